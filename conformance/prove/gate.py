"""A gate for provers that share a sandbox: many threads at a time may pass, or one alone."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Gate:
    """A lock that many threads can hold together, or one thread alone; waiting for it alone keeps new threads out."""

    _changed: threading.Condition = field(default_factory=threading.Condition)
    _within: int = 0
    _wanting: int = 0
    _closed: bool = False

    @contextlib.contextmanager
    def passed(self, alone: bool) -> Iterator[None]:
        """Wait for the gate and hold it; ``alone``: with no other thread. A thread that holds it must not call this."""
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
