"""The answers to requests on which the reference is silent: whether they are refused, and whether anything changes.

Nobody knows their outcome before, so where it matters, they are taken to be answered as those like them were.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Sort = tuple[str, str]
"""A sort of requests: its operation, empty for several operations, and the reason why such requests may be refused."""

ACCEPTED = -1
"""The number of refusals of a sort of which one was accepted: it may be accepted again."""

SEVERAL = 2
"""The number of refusals after which a sort of requests that was never accepted is taken to be refused."""

MOSTLY = 4
"""The number of refusals for each acceptance with which requests of several operations are taken to be refused."""


@dataclass
class Silence:
    """The answers of a run to such requests, and what accepted requests have changed. Safe to use from many threads."""

    _refused: Counter[Sort] = field(default_factory=Counter)
    _accepted: Counter[Sort] = field(default_factory=Counter)
    _quiet: dict[str, bool] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self, sorts: Iterable[Sort], accepted: bool) -> None:
        """Note the answer to a request of some sorts."""
        with self._lock:
            for sort in sorts:
                (self._accepted if accepted else self._refused)[sort] += 1

    def refusals(self, sort: Sort) -> int:
        """The number of refusals of a sort; ``ACCEPTED`` if a request of it was accepted."""
        with self._lock:
            return ACCEPTED if self._accepted[sort] else self._refused[sort]

    def knows(self, sort: Sort) -> bool:
        """Whether a request of a sort was answered."""
        with self._lock:
            return bool(self._accepted[sort] or self._refused[sort])

    def mostly_refused(self, sort: Sort) -> bool:
        """Whether requests of a sort were refused several times, and accepted seldom."""
        with self._lock:
            return self._refused[sort] >= max(SEVERAL, MOSTLY * self._accepted[sort])

    def as_often_refused(self, sort: Sort) -> bool:
        """Whether requests of a sort were refused, and at least as often as they were accepted."""
        with self._lock:
            return self._refused[sort] >= max(1, self._accepted[sort])

    def left(self, operation: str, as_it_was: bool) -> None:
        """Note whether a resource showed the same as before after an accepted request of an operation."""
        with self._lock:
            self._quiet[operation] = as_it_was and self._quiet.get(operation, True)

    def quiet(self, operation: str) -> bool | None:
        """Whether a resource showed the same after each accepted request of an operation; None if none was seen."""
        with self._lock:
            return self._quiet.get(operation)
