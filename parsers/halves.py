"""Divides work between two processors.

A second process does a part of the work. It is a fork, so it has all that this process has read, and sends back its
result alone. Where a fork is not possible or not worth it, or the second process fails, this process does all the work
itself: the results, and any error, are always those of one process.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH = 0.05
"""The least cost of all items for which a second process pays, in seconds."""

_WHOLE = b"whole"
"""The end of a result, without which it is cut."""


class Beside(Generic[Result]):
    """Work that a second process does, from now on.

    Args:
        work: the work; it must change nothing that other code looks at.
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        receiving, sending = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            _work_and_end(sending, work)
        os.close(sending)
        self._stream = os.fdopen(receiving, "rb")

    def result(self) -> Result:
        """Wait for the result. If the second process has failed, this one does the work."""
        try:
            data = self._stream.read()
        finally:
            self.end()
        if not data.endswith(_WHOLE):
            return self._work()
        found: Result = pickle.loads(data[: -len(_WHOLE)])  # noqa: S301 -- written by a fork of this process
        return found

    def end(self) -> None:
        """Give up the result: the second process ends when it sends it."""
        self._stream.close()
        os.waitpid(self._child, 0)


def possible() -> bool:
    """Whether this process may fork: with other threads a fork may wait for a lock that nobody opens."""
    return sys.platform == "linux" and threading.active_count() == 1 and len(os.sched_getaffinity(0)) > 1


def halved(work: Callable[[Item], Result], items: Sequence[Item], cost: Callable[[Item], float]) -> list[Result]:
    """Return the result of each item, in order.

    Args:
        work: makes the result of an item; it must change nothing that other code looks at.
        items: the items.
        cost: about how long an item takes, in seconds.
    """
    costs = [cost(item) for item in items]
    second = _second(costs) if sum(costs) >= WORTH and possible() else []
    if not second:
        return [work(item) for item in items]
    beside = Beside(lambda: [work(items[number]) for number in second])
    try:
        mine = {number: work(items[number]) for number in set(range(len(items))).difference(second)}
    except Exception:  # the first item that has an error raises it
        beside.end()
        return [work(item) for item in items]
    results = {**mine, **dict(zip(second, beside.result(), strict=True))}
    return [results[number] for number in range(len(items))]


def _second(costs: Sequence[float]) -> list[int]:
    """The numbers of the items for the second process: about half of the cost, the dearest items divided first."""
    sums, second = [0.0, 0.0], []
    for number in sorted(range(len(costs)), key=lambda one: costs[one], reverse=True):
        lighter = int(sums[1] < sums[0])
        sums[lighter] += costs[number]
        if lighter:
            second.append(number)
    return sorted(second)


def _work_and_end(sending: int, work: Callable[[], object]) -> None:
    """Send the result of some work, and end this process, without a word if that fails."""
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)  # the first process tells the user that it was interrupted
        data = pickle.dumps(work(), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(sending, "wb") as stream:
            stream.write(data)
            stream.write(_WHOLE)
    finally:
        os._exit(0)
