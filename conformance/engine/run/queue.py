"""The lanes that wait for a thread, and which one is taken next.

On a fast cloud, requests count: a lane that begins in the status of a resource that another lane has left goes first,
and else the one with most transitions. On a slow cloud, seconds count: the lanes are divided, and a crew plans who does
which piece.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.provision.durations import Durations
from conformance.engine.provision.handing import under_test
from conformance.engine.run.crew import Crew
from conformance.engine.run.pieces import moves

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from conformance.engine.provision.context import RunContext
    from conformance.engine.run.executors import Executors
    from conformance.engine.run.jobs import Job
    from conformance.engine.run.pending import Pending

WAIT = 0.25
"""The seconds between two looks of a thread that waits for a lane."""


class Queue:
    """The waiting lanes of a run. Its owner holds a lock around each call.

    Args:
        context: the objects that all lanes share.
        deviating: gives the ids of cases that are expected to fail.
    """

    def __init__(self, context: RunContext, deviating: Callable[[], Collection[str]] = frozenset) -> None:
        self._context = context
        self._durations = Durations.in_run(context.waits, context.service)
        self._whole: list[list[Job]] = []
        self._walked: list[Pending] = []
        self._crew = Crew(context, deviating)

    def __len__(self) -> int:
        return len(self._whole) + len(self._crew)

    def add(self, lanes: Iterable[list[Job]]) -> None:
        """Add lanes. Those with the most transitions come first, so that no long lane is left for the end."""
        self._whole += sorted(lanes, key=_length, reverse=True)
        self._divide()

    def take(self, threads: int, lane: Executors | None = None) -> list[Job] | None:
        """Take the lane that this thread should walk next; at least one must be waiting.

        Args:
            threads: the number of threads that take lanes.
            lane: the lane of this thread, which may go on with its resource; None if it has none.

        Returns:
            The lane; None if this thread should wait, or, on a fast cloud, if it should leave the lane that it has.
        """
        if self._divide():
            return self._crew.next(lane, threads)
        if lane is not None:
            return None
        chosen = self._next()
        self._whole = [lane for lane in self._whole if lane is not chosen]
        return chosen

    def spare(self) -> bool:
        """Whether the resource with which this thread waits is one too many."""
        return self._crew.spare()

    def left(self) -> None:
        """Note that the lane of this thread has ended: no resource is kept for it any more."""
        self._context.places.keep(None)

    def gone(self) -> None:
        """Note that this thread ends."""
        self._crew.gone()

    def walk(self, pending: Pending) -> None:
        """Note the trials that a thread is about to make: others may do them if the cloud turns out to be slow."""
        if not self.plans:
            self._walked.append(pending)

    def gather(self) -> None:
        """On a cloud that turned out to be slow, let all trials wait that threads have begun to walk as whole lanes."""
        if self.plans and self._context.places.most is None:
            walked, self._walked = self._walked, []
            self._crew.add([jobs for pending in walked if (jobs := pending.take(pending.every()))])

    @property
    def plans(self) -> bool:
        """Whether the cloud is slow, so that threads go on with their resources and wait for each other."""
        return self._durations.slow

    def _divide(self) -> bool:
        """On a slow cloud, divide the lanes that wait. Returns whether it is slow."""
        if self.plans and self._whole:
            self._crew.add(self._whole)
            self._whole = []
        return self.plans

    def _next(self) -> list[Job]:
        """On a fast cloud: a lane that begins in the status of a resource at hand, or else that of most transitions.

        So fewer requests are needed to bring resources into statuses.
        """
        return next((one for one in self._whole if not _states(one).isdisjoint(self._at_hand(one))), self._whole[0])

    def _at_hand(self, lane: Sequence[Job]) -> set[str]:
        """The statuses of the resources that other lanes have left, and that a lane can begin with."""
        context = self._context.about(lane[0].trial.operation)
        if any(job.trial.situation.environment for job in lane) or not _states(lane):
            return set()
        return {context.kind.state_of(made.body)[0] for made in context.places.offered(under_test(context.kind))}


def _states(lane: Sequence[Job]) -> set[str]:
    """The statuses that the trials of a lane need."""
    return {job.trial.situation.state for job in lane if job.trial.situation.state is not None}


def _length(lane: Sequence[Job]) -> tuple[int, int]:
    """How long a lane takes, as far as it is known: the number of its trials that make a transition, then of all."""
    return sum(moves(job.trial) for job in lane), len(lane)
