"""When it is worth asking a cloud again for something that it accepted and could not make.

A cloud may accept requests for things that it cannot make, and a run would wait for each of them. So nobody asks again
for a while after some failures in a row; then one attempt shows whether the outage is over. Where such things did
become ready before, all others wait for that attempt, a few times: cases that are given up take no time at all, so that
a moment's outage would cost all those that are left.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock

IN_VAIN = 2
"""The number of failures in a row after which a pause begins, if no such thing ever became ready."""

NO_MORE = 8
"""The same if such things did become ready before: more than the lanes of a run meet in one outage."""

PAUSE = 30.0
"""The seconds of the first pause; each further attempt doubles the pause, so that failures take ever less of a run."""

ROUNDS = 3
"""The number of pauses that are waited for. During later ones, cases are given up."""

STEP = 0.5
"""The seconds between two looks whether the attempt of another thread has told more."""


@dataclass
class _Failures:
    """The failures since a thing last became ready.

    Attributes:
        reasons: why each attempt failed.
        until: the moment when the pause ends; pause: its seconds.
        rounds: the number of attempts after a pause.
        worked: whether such a thing ever became ready.
    """

    reasons: list[str] = field(default_factory=list)
    until: float = 0.0
    pause: float = PAUSE
    rounds: int = 0
    worked: bool = False

    @property
    def many(self) -> bool:
        """Whether there are too many failures in a row."""
        return len(self.reasons) >= (NO_MORE if self.worked else IN_VAIN)


class Attempts:
    """Remembers which requests were accepted in vain. Safe to use from many threads.

    Args:
        stopping: the event that ends the run, and the waits.
        clock: the seconds since some moment.
    """

    def __init__(self, stopping: Event | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stopping = stopping or Event()
        self._clock = clock
        self._lock = Lock()
        self._of: dict[str, _Failures] = {}

    def refused(self, request: str) -> str | None:
        """The reason why a request is not worth sending now; None if it is. It waits while that may change soon.

        After a pause only the caller who asks first gets None: its attempt tells for all.
        """
        while True:
            with self._lock:
                known = self._of.setdefault(request, _Failures())
                if not known.many:
                    return None
                if self._clock() >= known.until:
                    known.rounds, known.pause = known.rounds + 1, 2 * known.pause
                    known.until = self._clock() + known.pause
                    return None
                waits = known.worked and known.rounds < ROUNDS
            if not waits or self._stopping.wait(STEP):
                return f"{known.reasons[0]}; this was tried {len(known.reasons)} times, and is not tried again for now"

    def failed(self, request: str, reason: str) -> None:
        """Note that a thing was not ready in the end."""
        with self._lock:
            known = self._of.setdefault(request, _Failures())
            known.reasons.append(reason)
            if known.many:
                known.until = self._clock() + known.pause

    def worked(self, request: str) -> None:
        """Note that a thing became ready: its failures are forgotten."""
        with self._lock:
            self._of[request] = _Failures(worked=True)

    def forget(self) -> None:
        """Forget all failures: the cloud that was slow is known to be able to make these things."""
        with self._lock:
            self._of.clear()
