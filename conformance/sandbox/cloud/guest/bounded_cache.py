"""A size limit for Keystone's cache, `dogpile.cache.memory_pickle`.

Without it, the cache keeps every entry for ever, also those of all tokens that were ever checked.
"""

import threading
from collections import OrderedDict

from dogpile.cache.backends import memory

LARGEST = 1_000
"""Largest number of entries of one region of the cache; Keystone has about a dozen regions."""


class Entries(OrderedDict):
    """A dictionary of at most `LARGEST` entries: the least recently used one is dropped first."""

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
    """Replace the dictionary of this kind of back end; a configuration can name only back ends that Keystone knows."""

    def init(self, arguments) -> None:
        self._cache = arguments.get("cache_dict", Entries())

    memory.MemoryBackend.__init__ = init
