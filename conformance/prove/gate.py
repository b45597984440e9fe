"""A gate for provers that share a sandbox: many at a time, or one by itself."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Gate:
    """Lets many through at a time, until one wants to be alone: it waits for those within, and all others for it."""

    _changed: threading.Condition = field(default_factory=threading.Condition)
    _within: int = 0
    _wanting: int = 0
    _closed: bool = False

    @contextlib.contextmanager
    def passed(self, alone: bool) -> Iterator[None]:
        """Go through when it is one's turn. Who is within must not go through again."""
        with self._changed:
            if alone:
                self._wanting += 1
                self._changed.wait_for(lambda: not self._within and not self._closed)
                self._wanting -= 1
                self._closed = True
            else:
                self._changed.wait_for(lambda: not self._wanting and not self._closed)
            self._within += 1
        try:
            yield
        finally:
            with self._changed:
                self._within -= 1
                self._closed = self._closed and not alone
                self._changed.notify_all()
