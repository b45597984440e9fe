"""The pauses between two polls: short enough to notice the end of a wait, and long enough to spare the endpoint."""

from __future__ import annotations

import math

GROWTH = 0.2
"""The pause between two polls, as a part of the duration of the youngest wait."""

UNKNOWN = 1 / 3
"""The longest pause while nobody knows how long a wait takes, as a part of the usual one: the first wait of its kind
tells the run what to expect of the others, and its end is noticed late by as much as a pause."""

REST = 3.0
"""The shortest pause between two polls, as a multiple of the duration of the last poll: so the poll uses at most a
quarter of one connection."""

REST_NEAR = 1.0
"""The same towards the expected end of a wait. Where a poll takes seconds, the usual rest would be longer than many a
transition."""


LATE, STEP = 1.5, 0.05
"""The last part of the time that a wait is expected to take, until which the pauses are at most the second part."""

MOMENT = 1.0
"""The longest such pause, in seconds: a later look would make a run on a slow cloud longer by as much."""

JOINED = 0.5
"""The part of the shortest pause by which a look is put off, so that it shows the ends of further waits."""


def wished(so_far: float, expected: float, longest: float, known: bool) -> float:
    """The seconds after which a wait should be looked at again.

    A look comes when the end is expected, and few before it: a thing that fails, or passes through other statuses, is
    seen then.

    Args:
        so_far: the duration of the wait.
        expected: the seconds that such a wait took before; 0 if nobody knows.
        longest: the longest pause.
        known: whether it is known of each wait how long it is likely to take.
    """
    left = expected - so_far
    if left > 0:
        return left / math.ceil(left / longest)
    return min(STEP * expected, MOMENT) if so_far < LATE * expected else grown(so_far, longest, known)


def chosen(wishes: list[float], shortest: float) -> float:
    """The seconds until a look that does for several waits, of which each has a wish."""
    soonest = max(shortest, min(wishes))
    return max(soonest, *(one for one in wishes if one <= soonest + JOINED * shortest))


def grown(so_far: float, longest: float, known: bool) -> float:
    """The seconds to which the pause has grown.

    Args:
        so_far: the duration of the youngest wait.
        longest: the seconds to which it grows at most.
        known: whether it is known of each wait how long it is likely to take.
    """
    return min(so_far * GROWTH, longest * (1.0 if known else UNKNOWN))


def rested(pause: float, patience: float, took: float) -> float:
    """The seconds until the next poll.

    Args:
        pause: the seconds that it would be without regard to the endpoint.
        patience: the seconds after which the end of a wait is expected; infinite if no wait has such an end.
        took: the duration of the last poll in seconds.
    """
    usual = REST * took
    return max(pause, usual if patience >= usual else max(REST_NEAR * took, patience))
