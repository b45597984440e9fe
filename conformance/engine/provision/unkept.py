"""Statuses that this cloud was seen not to keep, although others do: no lane of a run reaches for one twice."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

Key = tuple[str, str]
"""An environment, empty for the usual one, and a status: a cloud may keep one sort of things in it, and not another."""


@dataclass
class Unkept:
    """The statuses that were seen to pass on by themselves. Safe to use from many threads.

    Args:
        optional: statuses of which the description says that a cloud need not keep them; no other is ever noted.
    """

    optional: tuple[str, ...] = ()
    reasons: dict[Key, str] = field(default_factory=dict)
    _tried: set[Key] = field(default_factory=set)
    _turns: dict[Key, threading.RLock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, environment: str, status: str, reason: str) -> bool:
        """Note that a status is not kept; whether it is one of which that can be said."""
        if status in self.optional:
            self.reasons.setdefault((environment, status), reason)
        return status in self.optional

    @contextlib.contextmanager
    def turn(self, environment: str, status: str) -> Iterator[None]:
        """Let one lane at a time reach for an optional status, until a first one has: the others learn from it."""
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
