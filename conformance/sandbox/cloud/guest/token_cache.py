"""The cache of checked tokens that all threads of a service share, under a key of the WSGI environment.

Without it the middleware has a cache for each thread, and old tokens stay in those that are seldom used.
"""

import threading
import time
from collections import OrderedDict

KEY = "sandbox.token_cache"
"""As in `[keystone_authtoken] cache`."""
LARGEST = 500


class Bounded:
    """As much of a memcached client as the middleware needs: entries end by time, and the oldest go first."""

    def __init__(self, largest: int = LARGEST, clock=time.monotonic) -> None:
        self._largest = largest
        self._clock = clock
        self._entries: OrderedDict[str, tuple[float, object]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key):
        """Return a value, or None if it is not there any more."""
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
    """WSGI middleware that hands every request the same cache."""

    def __init__(self, app) -> None:
        self._app = app
        self._cache = Bounded()

    def __call__(self, environ, start_response):
        """Answer one request."""
        environ[KEY] = self._cache
        return self._app(environ, start_response)
