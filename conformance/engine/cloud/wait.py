"""Waiting for one thing: look, and look again after growing pauses, until it is so or the time is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

Seen = TypeVar("Seen")

FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 0.1, 1.6, 5.0
"""Seconds between the first two looks, the factor from pause to pause, and the seconds that a pause grows to."""


def until(
    look: Callable[[], Seen],
    done: Callable[[Seen], bool],
    within: float,
    stopping: Event | None = None,
    *,
    pause: float = FIRST_PAUSE,
    growth: float = GROWTH,
    cap: float = LONGEST_PAUSE,
) -> Seen:
    """Look until something is so.

    Args:
        look: gives the present view; it is called at least once.
        done: whether a view is the last one that is needed.
        within: seconds after which no further look begins.
        stopping: ends the wait when it is set; None for a wait that the end of a run must not cut short, such as
            that of its cleanup.
        pause: seconds between the first two looks.
        growth: by which each pause is longer than the one before.
        cap: seconds that a pause grows to.

    Returns:
        The last view. Whether it is ``done`` tells the caller whether the wait was in vain.
    """
    deadline = time.monotonic() + within
    stopping = stopping or Event()
    while True:
        seen = look()
        if done(seen) or time.monotonic() + pause > deadline or stopping.wait(pause):
            return seen
        pause = min(pause * growth, cap)
