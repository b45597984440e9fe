"""Statuses that resources of this cloud leave by themselves: once seen, no lane of the run tries to reach them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

Key = tuple[str, str]
"""An environment (empty for the usual one) and a status: resources of one environment may keep it, others may not."""


@dataclass
class Unkept:
    """The statuses that resources were seen to leave by themselves. Safe to use from many threads.

    Attributes:
        optional: the statuses that a cloud need not keep, by the description; others are never noted.
        reasons: the reason why a status is not kept, by environment and status.
    """

    optional: tuple[str, ...] = ()
    reasons: dict[Key, str] = field(default_factory=dict)
    _tried: set[Key] = field(default_factory=set)
    _turns: dict[Key, threading.RLock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, environment: str, status: str, reason: str) -> bool:
        """Note that a status is not kept, if it is optional. Returns whether it is."""
        if status in self.optional:
            self.reasons.setdefault((environment, status), reason)
        return status in self.optional

    @contextlib.contextmanager
    def turn(self, environment: str, status: str) -> Iterator[None]:
        """Let one lane at a time try to reach an optional status, until the first has tried: others learn from it."""
        key = (environment, status)
        if status not in self.optional or key in self._tried:
            yield
            return
        with self._lock:
            turn = self._turns.setdefault(key, threading.RLock())
        with turn:
            try:
                yield
            finally:
                self._tried.add(key)
