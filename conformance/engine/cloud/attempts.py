"""When it is worth asking a cloud again for something that it accepted and could not make.

A cloud may accept requests for things that it cannot make, and a run would wait for each of them. So nobody asks again
for a while after some failures in a row; an outage may be over by then, and one attempt shows whether it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

IN_VAIN = 2
"""The number of failures in a row after which a pause begins, if no such thing ever became ready."""

NO_MORE = 8
"""The same if such things did become ready before: more than the lanes of a run meet in one outage."""

PAUSE = 60.0
"""The seconds of the first pause; each further attempt doubles the pause, so that failures take ever less of a run."""


@dataclass
class _Failures:
    """The failures since a thing last became ready, when the pause ends, and whether such a thing ever became ready."""

    reasons: list[str] = field(default_factory=list)
    until: float = 0.0
    pause: float = PAUSE
    worked: bool = False


class Attempts:
    """Remembers which requests were accepted in vain. Safe to use from many threads.

    Args:
        clock: the seconds since some moment.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._of: dict[str, _Failures] = {}

    def refused(self, request: str) -> str | None:
        """The reason why a request is not worth sending now; None if it is.

        After a pause only the caller who asks first gets None: its attempt tells for all.
        """
        with self._lock:
            known = self._of.setdefault(request, _Failures())
            if len(known.reasons) < (NO_MORE if known.worked else IN_VAIN):
                return None
            now = self._clock()
            if now < known.until:
                return f"{known.reasons[0]}; this was tried {len(known.reasons)} times, and is not tried again for now"
            known.pause *= 2
            known.until = now + known.pause
            return None

    def failed(self, request: str, reason: str) -> None:
        """Note that a thing was not ready in the end."""
        with self._lock:
            known = self._of.setdefault(request, _Failures())
            known.reasons.append(reason)
            if len(known.reasons) >= (NO_MORE if known.worked else IN_VAIN):
                known.until = self._clock() + known.pause

    def worked(self, request: str) -> None:
        """Note that a thing became ready: its failures are forgotten."""
        with self._lock:
            self._of[request] = _Failures(worked=True)

    def forget(self) -> None:
        """Forget all failures: the cloud that was slow is known to be able to make these things."""
        with self._lock:
            self._of.clear()
