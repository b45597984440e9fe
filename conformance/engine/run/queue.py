"""The lanes that wait for a thread: which one is taken next, and when the lane of another thread is divided for it.

On a cloud where a transition takes half a minute, the time of a run is that of its longest lane. So the longest lane is
taken first, unless a resource that another lane has left saves more for a different one. A lane that takes longer than
its share of all the work that is left gives a part away, and a thread without a lane takes a part of one that another
thread is walking, whose own trial may last for half a minute. On a fast cloud, the transitions are counted instead.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from conformance.engine.model.setup import UnderWay
from conformance.engine.provision.durations import Durations
from conformance.engine.provision.handing import under_test
from conformance.engine.run.dividing import WORTH, length, moves, part_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.engine.cloud.made import Made
    from conformance.engine.derive.state_graph import Edge
    from conformance.engine.provision.context import RunContext
    from conformance.engine.run.jobs import Job
    from conformance.engine.run.pending import Pending

NEAR = 0.5
"""A thread waits for a resource of another one for at most this part of the time that it needs without it."""

HESITATION = 0.25
"""The seconds between two looks of a thread that waits so."""


class Queue:
    """The waiting lanes of a run. Its owner holds a lock around each call.

    Args:
        context: the objects that all lanes share.
        parallel: the most lanes that run at a time.
    """

    def __init__(self, context: RunContext, parallel: int) -> None:
        self._context = context
        self._parallel = parallel
        self._durations = Durations.in_run(context.waits, context.service)
        self._waiting: list[list[Job]] = []
        self._walked: dict[int, Pending] = {}
        self._left: dict[int, float] = {}
        self._left_at: dict[int, float] = {}
        self._leaves: dict[int, bool] = {}
        self._hesitating: set[int] = set()
        self._kept_for: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, lanes: Iterable[list[Job]]) -> None:
        """Add lanes. Those with the most transitions come first, so that no long lane is left for the end."""
        self._waiting += sorted(lanes, key=length, reverse=True)

    def begin_with(self, lanes: Iterable[list[Job]]) -> int:
        """Add the lanes with which a run begins. On a slow cloud, those that take longer than their share are divided.

        Otherwise the threads would begin with short lanes, and the parts of the long ones would come last.

        Returns:
            The number of lanes that came of dividing others.
        """
        self.add(lanes)
        if not self._slow:
            return 0
        undivided, self._waiting = self._waiting, []
        share = (sum(self._left.values()) + sum(map(self._seconds, undivided))) / self._parallel
        whole: list[list[Job]] = []
        before = len(undivided)
        while undivided:
            lane = undivided.pop()
            usual = not any(job.trial.situation.environment for job in lane)
            part = part_of(lane, self._durations, at_hand=usual)[0] if self._seconds(lane) > share else []
            if part:
                taken = set(map(id, part))
                undivided += [part, [job for job in lane if id(job) not in taken]]
            else:
                whole.append(lane)
        self.add(whole)
        return len(whole) - before

    def take(self) -> list[Job]:
        """Take the lane that this thread should walk next; at least one must be waiting."""
        chosen, kept = self._next_of_many() if self._slow else (self._next(), None)
        if kept is not None:
            self._kept_for[id(kept)] = threading.get_ident()
        self._waiting = [lane for lane in self._waiting if lane is not chosen]
        self._kept_for.pop(id(chosen), None)
        self._note_left(self._seconds(chosen) if self._slow else 0.0)
        if self._slow:  # two threads must not count on the same resource
            self._context.places.keep(self._nearest(chosen))
        return chosen

    def _nearest(self, lane: Sequence[Job]) -> Made | None:
        """The resource at hand with which a lane begins soonest; None if there is none."""
        context = self._context.about(lane[0].trial.operation)
        near = set(self._near(lane))
        there = (
            (context.kind.state_of(made.body)[0], made) for made in context.places.offered(under_test(context.kind))
        )
        soon = [(self._entering(lane, status), made) for status, made in there if status in near]
        return min(soon, key=lambda one: one[0])[1] if soon else None

    def hesitates(self, since: float) -> bool:
        """Whether this thread should wait for a resource that another one leaves soon, before it takes a lane.

        Its lane would else begin with a new resource, or with one that is far away. It waits for a part of the time
        that this takes, and only if a thread for each that waits is expected to leave a resource within it.

        Args:
            since: the moment when it began to wait, on the monotonic clock.
        """
        me = threading.get_ident()
        self._hesitating.discard(me)
        if not self._slow or not self._waiting or self._context.places.most is not None:
            return False
        chosen, _ = self._next_of_many()
        begins, now = self._beginning(chosen), time.monotonic()
        within = begins * NEAR - (now - since)
        usual = _states(chosen) and not any(job.trial.situation.environment for job in chosen)
        if begins < WORTH or within <= 0 or not usual:
            return False
        walkers = (one for one in self._walked if self._leaves[one])
        left = (self._left.get(one, 0.0) - (now - self._left_at.get(one, now)) for one in walkers)
        if sum(seconds <= within for seconds in left) <= len(self._hesitating):
            return False
        self._hesitating.add(me)
        return True

    def _beginning(self, lane: Sequence[Job]) -> float:
        """The seconds until a lane can begin now: with a new resource, or with one at hand."""
        ways = (self._entering(lane, status) for status in self._near(lane))
        return min((self._durations.new + self._entering(lane), *ways))

    def _note_left(self, seconds: float) -> None:
        """Note how long the lane of this thread will take from now on."""
        me = threading.get_ident()
        self._left[me], self._left_at[me] = seconds, time.monotonic()

    def left(self) -> None:
        """Note that the lane of this thread has ended."""
        self._left.pop(threading.get_ident(), None)
        self._context.places.keep(None)

    def walk(self, pending: Pending) -> None:
        """Note the trials that this thread is about to make. Other threads may take some of them."""
        me = threading.get_ident()
        self._walked[me] = pending
        self._leaves[me] = not any(map(_alters, pending.every()))

    def walked(self) -> None:
        """Note that the trials of this thread are no longer to be shared."""
        self._walked.pop(threading.get_ident(), None)

    def part(self, idle: bool) -> list[Job]:
        """Take those of this thread's trials that another thread should make; none if that saves too little.

        Args:
            idle: True if a thread has no lane; otherwise the part waits, and only a lane that takes longer than its
                share of all the work that is left is divided.
        """
        me = threading.get_ident()
        if not self._slow or me not in self._walked or not (pending := self._walked[me].every()):
            return []
        self._note_left(mine := self._seconds(pending))
        all_left = sum(self._left.values()) + sum(map(self._seconds, self._waiting))
        if not idle and mine <= all_left / self._parallel:
            return []
        # A part that waits gets a thread that has walked a lane, and most lanes leave their resource for the next one.
        part, _ = part_of(pending, self._durations, at_hand=not idle or self._has_at_hand(pending))
        return self._walked[me].take(part)

    def share(self) -> bool:
        """Let a part of a lane that another thread is walking wait for this one, which has none; return whether."""
        if not self._slow:
            return False
        found: tuple[float, Pending, list[Job]] | None = None
        for walked in self._walked.values():
            if pending := walked.every():
                part, saved = part_of(pending, self._durations, self._has_at_hand(pending), busy=True)
                if part and (found is None or saved > found[0]):
                    found = saved, walked, part
        part = found[1].take(found[2]) if found is not None else []
        self.add([part] if part else [])
        return bool(part)

    @property
    def _slow(self) -> bool:
        """Whether this cloud has taken so long for a transition that a further resource may save time."""
        return (self._context.waits.longest or 0.0) >= WORTH

    def _next(self) -> list[Job]:
        """On a fast cloud: a lane that begins in the status of a resource at hand, or else that of most transitions.

        So fewer requests are needed to bring resources into statuses.
        """
        return next((one for one in self._waiting if not _states(one).isdisjoint(self._at_hand(one))), self._waiting[0])

    def _next_of_many(self) -> tuple[list[Job], list[Job] | None]:
        """On a slow cloud: the lane for which a resource at hand saves most, or else the longest one.

        A lane whose status lies on the way to that of the chosen one goes first, and the chosen one is kept for the
        same thread: other threads take it only if nothing else is left. So does one that leaves a new resource as it
        is, if the chosen one may wait: after the chosen one, no resource may be left for it.

        Returns:
            The lane, and the one that is to be kept for this thread; None if none is.
        """
        me = threading.get_ident()
        mine = [lane for lane in self._waiting if self._kept_for.get(id(lane)) == me]
        free = [lane for lane in self._waiting if id(lane) not in self._kept_for]
        chosen = max(mine or free or self._waiting, key=self._worth)
        others = [lane for lane in free if lane is not chosen and self._alike(lane, chosen)]
        passed = next((lane for lane in others if self._may_wait(chosen) and self._is_calm(lane)), None)
        for edge in self._way(chosen) or ():
            on_the_way = (lane for lane in others if _states(lane) == {edge.targets[0]} != _states(chosen))
            passed = passed or next(on_the_way, None)
        return (chosen, None) if passed is None else (passed, chosen)

    def _alike(self, lane: Sequence[Job], other: Sequence[Job]) -> bool:
        """Whether one resource can serve both lanes."""
        one, two = lane[0].trial, other[0].trial
        same = self._context.about(one.operation).kind.name == self._context.about(two.operation).kind.name
        return same and one.situation.environment == two.situation.environment

    def _is_calm(self, lane: Sequence[Job]) -> bool:
        """Whether the trials of a lane leave a new resource as it is, so that it serves another lane after them."""
        settled = {self._context.about(lane[0].trial.operation).service.under_test.initial_status}
        return _states(lane) == settled and not any(moves(job.trial) or job.trial.setups(UnderWay) for job in lane)

    def _may_wait(self, lane: Sequence[Job]) -> bool:
        """Whether a lane would begin with a new resource, and a lane that another thread walks lasts longer."""
        fresh = self._at_hand(lane) <= {self._context.about(lane[0].trial.operation).service.under_test.initial_status}
        return fresh and self._seconds(lane) < max(self._left.values(), default=0.0)

    def _worth(self, lane: Sequence[Job]) -> tuple[float, bool, float, float]:
        """How urgent a lane is: by the seconds that a resource at hand saves, and then by the length of the lane.

        Between these, lanes that leave the resource as it is come first, and those that use it up last.
        """
        saved, away = max(
            ((self._saved(lane, status), -self._entering(lane, status)) for status in self._near(lane)),
            default=(0.0, 0.0),
        )
        uses_up = any(job.trial.setups(UnderWay) for job in lane)
        return saved, not uses_up, away, self._seconds(lane)

    def _seconds(self, lane: Sequence[Job]) -> float:
        """The seconds that the transitions of a lane take, from the initial status on."""
        return self._sum(job.trial.operation.id for job in lane if moves(job.trial)) + self._entering(lane)

    def _entering(self, lane: Sequence[Job], status: str | None = None) -> float:
        return self._sum(edge.operation.id for edge in self._way(lane, status) or ())

    def _sum(self, operations: Iterable[str]) -> float:
        return self._durations.sum(operations)

    def _saved(self, lane: Sequence[Job], status: str) -> float:
        """The seconds by which a lane begins sooner with a resource in a status than with a new one."""
        return self._durations.new + self._entering(lane) - self._entering(lane, status)

    def _near(self, lane: Sequence[Job]) -> list[str]:
        """The statuses of resources at hand from which a way leads to those of a lane."""
        return [status for status in self._at_hand(lane) if self._way(lane, status) is not None]

    def _way(self, lane: Sequence[Job], status: str | None = None) -> list[Edge] | None:
        """The ways from a status to those of a lane into which no trial of it leads; None if there is none.

        Args:
            lane: the lane.
            status: the status; None for the initial one.
        """
        context = self._context.about(lane[0].trial.operation)
        status = status or context.service.under_test.initial_status
        entered = {job.trial.outcome.leads_to[0] for job in lane if moves(job.trial)}
        edges: list[Edge] = []
        for state in sorted(_states(lane) - entered - {status}):
            way = context.graph.way(status, state, (), context.role_names)
            if way is None:
                return None
            edges += way
        return edges

    def _at_hand(self, lane: Sequence[Job]) -> set[str]:
        """The statuses of the resources that other lanes have left, and that a lane can begin with."""
        context = self._context.about(lane[0].trial.operation)
        if any(job.trial.situation.environment for job in lane) or not _states(lane):
            return set()
        return {context.kind.state_of(made.body)[0] for made in context.places.offered(under_test(context.kind))}

    def _has_at_hand(self, lane: Sequence[Job]) -> bool:
        """Whether there is a resource for a part of a lane, beside those with which waiting lanes begin."""
        context = self._context.about(lane[0].trial.operation)
        if any(job.trial.situation.environment for job in lane):
            return False
        there = len(context.places.offered(under_test(context.kind)))
        there += context.resources.spares.count(context.kind.name, context.service.under_test.role)
        return there > sum(bool(_states(waiting)) for waiting in self._waiting)


def _alters(job: Job) -> bool:
    """Whether a resource does not serve all other trials after a trial."""
    trial = job.trial
    changes = trial.request.uses_optional_fields and trial.outcome.accepted is not False
    return changes or bool(trial.setups(UnderWay))


def _states(lane: Sequence[Job]) -> set[str]:
    """The statuses that the trials of a lane need."""
    return {job.trial.situation.state for job in lane if job.trial.situation.state is not None}
