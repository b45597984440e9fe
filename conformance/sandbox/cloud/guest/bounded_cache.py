"""The cache of Keystone, `dogpile.cache.memory_pickle`, with an end to its size.

As it comes, it keeps everything, each token that was ever checked included.
"""

import threading
from collections import OrderedDict

from dogpile.cache.backends import memory

LARGEST = 1_000
"""Entries of one region of the cache; Keystone has about a dozen."""


class Entries(OrderedDict):
    """A dictionary of so many entries: what was used least lately goes first."""

    def __init__(self, largest: int = LARGEST) -> None:
        super().__init__()
        self._largest = largest
        self._lock = threading.RLock()

    def get(self, key, default=None):
        """Return a value, and count it as used."""
        with self._lock:
            if key not in self:
                return default
            self.move_to_end(key)
            return self[key]

    def __setitem__(self, key, value):
        with self._lock:
            super().__setitem__(key, value)
            self.move_to_end(key)
            while len(self) > self._largest:
                self.popitem(last=False)

    def pop(self, key, default=None):
        """Remove a value."""
        with self._lock:
            return super().pop(key, default)


def install() -> None:
    """Give every back end of that kind such a dictionary; a configuration may only name back ends that are known."""

    def init(self, arguments) -> None:
        self._cache = arguments.get("cache_dict", Entries())

    memory.MemoryBackend.__init__ = init
