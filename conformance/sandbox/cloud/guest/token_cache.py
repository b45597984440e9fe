"""The cache of checked tokens that all threads of a service share, under a key of the WSGI environment.

Without it the middleware has a cache for each thread, and old tokens stay in the caches of seldom used threads.
"""

import threading
import time
from collections import OrderedDict

KEY = "sandbox.token_cache"
"""The key, as in `[keystone_authtoken] cache`."""
LARGEST = 500


class Bounded:
    """The methods of a memcached client that the middleware needs; entries expire, and the oldest are dropped first."""

    def __init__(self, largest: int = LARGEST, clock=time.monotonic) -> None:
        self._largest = largest
        self._clock = clock
        self._entries: OrderedDict[str, tuple[float, object]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key):
        """Return a value; None if it does not exist, or has expired."""
        with self._lock:
            end, value = self._entries.get(key, (0.0, None))
            if end < self._clock():
                self._entries.pop(key, None)
                return None
            return value

    def set(self, key, value, time=0, **_more):
        """Store a value for some seconds."""
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = (self._clock() + time, value)
            while len(self._entries) > self._largest:
                self._entries.popitem(last=False)
        return True


class TokenCache:
    """WSGI middleware that gives every request the same cache."""

    def __init__(self, app) -> None:
        self._app = app
        self._cache = Bounded()

    def __call__(self, environ, start_response):
        """Answer one request."""
        environ[KEY] = self._cache
        return self._app(environ, start_response)
