"""Waits for a condition: looks again after growing pauses, until it holds or the time is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from conformance.engine.cloud.purpose import serving
from specs.record.purposes import Purpose

Seen = TypeVar("Seen")

FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 0.1, 1.6, 5.0
"""The seconds between the first two looks, the factor from pause to pause, and the longest pause in seconds."""


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
    """Look until a condition holds.

    Args:
        look: a function that returns the present view; it is called at least once.
        done: the condition on the view.
        within: the seconds after which no further look begins.
        stopping: an event that ends the wait; None for a wait that the end of a run must not cut short, such as that
            of its cleanup.
        pause: the seconds between the first two looks.
        growth: the factor by which each pause is longer than the one before.
        cap: the longest pause in seconds.

    Returns:
        The last view. If it is not ``done``, the wait was in vain.
    """
    deadline = time.monotonic() + within
    stopping = stopping or Event()
    seen = look()
    while True:
        if done(seen) or time.monotonic() + pause > deadline or stopping.wait(pause):
            return seen
        with serving(Purpose.POLLING):
            seen = look()
        pause = min(pause * growth, cap)
