"""Divides work between two processors.

A second process takes half of the items. It is a fork, so it has all that this process has read, and sends back its
results alone. Where a fork is not possible or not worth it, or the second process fails, this process does all the work
itself: the results, and any error, are always those of one process.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH = 0.3
"""The least cost of all items for which a second process pays."""


def halved(work: Callable[[Item], Result], items: Sequence[Item], cost: Callable[[Item], float]) -> list[Result]:
    """Return the result of each item, in order.

    Args:
        work: makes the result of an item; it must change nothing that other code looks at.
        items: the items.
        cost: about how long an item takes, in seconds.
    """
    costs = [cost(item) for item in items]
    second = _second(costs) if sum(costs) >= WORTH and _possible() else []
    if not second:
        return [work(item) for item in items]
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        _work_and_end(sending, lambda: [work(items[number]) for number in second])
    os.close(sending)
    try:
        with os.fdopen(receiving, "rb") as stream:
            mine = {number: work(items[number]) for number in set(range(len(items))).difference(second)}
            theirs = _received(stream.read())
    except Exception:  # the first item that has an error raises it below
        theirs = None
    finally:
        os.waitpid(child, 0)
    if theirs is None:
        return [work(item) for item in items]
    results = {**mine, **dict(zip(second, theirs, strict=True))}
    return [results[number] for number in range(len(items))]


def _possible() -> bool:
    """Whether this process may fork: with other threads a fork may wait for a lock that nobody opens."""
    return sys.platform == "linux" and threading.active_count() == 1 and len(os.sched_getaffinity(0)) > 1


def _second(costs: Sequence[float]) -> list[int]:
    """The numbers of the items for the second process: about half of the cost, the dearest items divided first."""
    sums, second = [0.0, 0.0], []
    for number in sorted(range(len(costs)), key=lambda one: costs[one], reverse=True):
        lighter = int(sums[1] < sums[0])
        sums[lighter] += costs[number]
        if lighter:
            second.append(number)
    return sorted(second)


def _work_and_end(sending: int, work: Callable[[], list[Any]]) -> None:
    """Send the results of some work, and end this process, without a word if that fails."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)  # the first process tells the user that it was interrupted
        data = pickle.dumps(work(), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(sending, "wb") as stream:
            stream.write(data)
            stream.write(_WHOLE)
    finally:
        os._exit(0)


_WHOLE = b"whole"
"""The end of the results, without which they are cut."""


def _received(data: bytes) -> list[Any] | None:
    """The results of the second process; None if it has failed."""
    if not data.endswith(_WHOLE):
        return None
    found: list[Any] = pickle.loads(data[: -len(_WHOLE)])  # noqa: S301 -- written by a fork of this process
    return found
