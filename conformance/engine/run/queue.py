"""The lanes that wait for a thread: which one is taken next, and when the lane of another thread is divided for it.

On a cloud where a transition takes half a minute, the time of a run is that of its longest lane. So the longest lane is
taken first, and a lane that takes longer than its share of all the work that is left gives a part away. Nobody knows
these times before the run has made a transition once. Until then, and on a fast cloud, the transitions are counted.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from conformance.engine.provision.handing import under_test
from conformance.engine.run.dividing import WORTH, length, moves, part_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.engine.provision.context import RunContext
    from conformance.engine.run.jobs import Job


class Queue:
    """The waiting lanes of a run. Its owner holds a lock around each call.

    Args:
        context: the objects that all lanes share.
        parallel: the most lanes that run at a time.
    """

    def __init__(self, context: RunContext, parallel: int) -> None:
        self._context = context
        self._parallel = parallel
        self._waiting: list[list[Job]] = []
        self._left: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, lanes: Iterable[list[Job]]) -> None:
        """Add lanes. Those with the most transitions come first, so that no long lane is left for the end."""
        self._waiting += sorted(lanes, key=length, reverse=True)

    def take(self) -> list[Job]:
        """Take a lane for this thread: one that begins in the status of a resource at hand, or else the longest one.

        Raises:
            ValueError: no lane is left.
        """
        lanes = sorted(self._waiting, key=self._seconds, reverse=True) if self._slow else self._waiting
        chosen = next((lane for lane in lanes if self._at_hand(lane)), lanes[0] if lanes else [])
        self._waiting.remove(chosen)
        self._left[threading.get_ident()] = self._seconds(chosen) if self._slow else 0.0
        return chosen

    def left(self) -> None:
        """Note that the lane of this thread has ended."""
        self._left.pop(threading.get_ident(), None)

    def part(self, pending: Sequence[Job], idle: bool) -> list[Job]:
        """The trials of this thread's lane that another thread should make; none if that saves too little.

        Args:
            pending: the trials of the lane that are still to be made.
            idle: True if a thread has no lane; otherwise the part waits, and only a lane that takes longer than its
                share of all the work that is left is divided.
        """
        if not self._slow:
            return []
        mine = self._left[threading.get_ident()] = self._seconds(pending)
        all_left = sum(self._left.values()) + sum(map(self._seconds, self._waiting))
        return part_of(pending, self._context.waits) if idle or mine > all_left / self._parallel else []

    @property
    def _slow(self) -> bool:
        """Whether this cloud has taken so long for a transition that a further resource may save time."""
        return (self._context.waits.longest or 0.0) >= WORTH

    def _seconds(self, lane: Sequence[Job]) -> float:
        """The seconds that the transitions of a lane take. One that was not made yet may be among the longest."""
        waits, longest = self._context.waits, self._context.waits.longest or 0.0
        operations = [job.trial.operation.id for job in lane if moves(job.trial)]
        for state in {job.trial.situation.state for job in lane}:
            context = self._context.about(lane[0].trial.operation)
            way = context.graph.way(context.service.under_test.initial_status, state or "") if state else None
            operations += [edge.operation.id for edge in way or ()]
        return sum(waits.expected(operation) or longest for operation in operations)

    def _at_hand(self, lane: Sequence[Job]) -> bool:
        """Whether a lane begins in the status of a resource that another one has left."""
        context = self._context.about(lane[0].trial.operation)
        statuses = {context.kind.state_of(made.body)[0] for made in context.places.offered(under_test(context.kind))}
        first = (job.trial.situation for job in lane)
        return bool(statuses) and any(one.state in statuses and not one.environment for one in first)
