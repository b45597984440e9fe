"""The cache of Keystone: dogpile's dictionary of pickled values, with an end to its size.

The back end `dogpile.cache.memory_pickle` keeps everything, each token that was ever checked included.
"""

import threading
from collections import OrderedDict

from dogpile.cache import register_backend
from dogpile.cache.backends.memory import MemoryPickleBackend

NAME = "sandbox.bounded"
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


class BoundedBackend(MemoryPickleBackend):
    """The back end: values are pickled, so that nobody changes one in place."""

    def __init__(self, arguments) -> None:
        super().__init__({**arguments, "cache_dict": Entries()})


def register() -> None:
    """Make the back end known by its name."""
    register_backend(NAME, __name__, BoundedBackend.__name__)
