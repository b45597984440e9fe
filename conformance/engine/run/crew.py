"""The threads of a run on a slow cloud: which piece of the work that waits each of them does next.

On a cloud where a transition takes half a minute, the time of a run is that of its transitions, and of the resources
that are made between them. So all of it is planned (``schedule``): with the first thread that asks, and again when a
thread has done its piece sooner or later than expected, or has left its resource otherwise. A thread for which the plan
has nothing waits: others do what is left sooner.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from conformance.engine.provision.durations import SLOW
from conformance.engine.provision.handing import under_test
from conformance.engine.run.pieces import Piece, Pieces, Standing, standing_of
from conformance.engine.run.schedule import Row, Schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from conformance.engine.provision.context import RunContext
    from conformance.engine.run.executors import Executors
    from conformance.engine.run.jobs import Job

FIRST, AGAIN = 15000, 6000
"""The tries of the first plan, and those of a plan that begins with the one before, as products with its pieces."""

MOST = 400
"""The most tries of a plan."""

STALE = 2.0
"""The seconds after which a thread that waits has the plan made again: another one may take longer than expected."""

CLOSE = 2.0
"""The seconds by which the pieces of a thread may end earlier or later than planned without another plan."""

SHARE, AT_FIRST = 0.01, 5.0
"""The most of the time of a run that goes into better plans, as a share of its seconds, and seconds to begin with."""

SOON = 0.5
"""The least seconds until a thread is expected to have done its piece."""


@dataclass(eq=False)
class Seat:
    """A thread, with the pieces that it will do.

    Attributes:
        row: its row in the schedule.
        until: the moment when its present piece is likely to end; None while it waits.
        lasts: the seconds that this piece is likely to take.
        late: the seconds by which it has done its pieces later than the plan expected.
    """

    row: Row = field(default_factory=lambda: Row(0.0, None))
    until: float | None = None
    lasts: float = 0.0
    late: float = 0.0

    def begin(self, piece: Piece, seconds: float) -> None:
        """Note that the thread begins a piece, which takes so many seconds."""
        self.lasts, self.row.standing = seconds, piece.left(self.row.standing)
        self.until = time.monotonic() + seconds

    def end(self, standing: Standing | None) -> bool:
        """Note that the thread waits, and how its resource stands. Returns whether that is about as it was planned.

        Pieces that are late by a little each are late by much in the end.
        """
        planned, until, self.until = self.row.standing, self.until, None
        same = (planned.as_seen() if isinstance(planned, Standing) else planned) == standing
        if not same:
            self.row.standing = standing
        if until is not None:
            self.late += time.monotonic() - until
        return same and abs(self.late) <= CLOSE

    def look(self) -> bool:
        """Reckon when the thread can begin another piece. Returns False if nobody can tell, since it is too late."""
        if self.until is None:
            self.row.free = 0.0
            return True
        left = self.until - time.monotonic()
        self.row.free = max(abs(left), SOON)  # the longer one is late, the later it is expected to end
        return left > -max(self.lasts, SLOW)


class Crew:
    """The pieces that wait, and the threads. Its owner holds a lock around each call.

    Args:
        context: the objects that all lanes share.
        deviating: gives the ids of cases that are expected to fail.
    """

    def __init__(self, context: RunContext, deviating: Callable[[], Collection[str]] = frozenset) -> None:
        self._context = context
        self._pieces = Pieces(context, deviating)
        self._waiting: dict[Piece, None] = {}
        self._seats: dict[int, Seat] = {}
        self._coming: list[Seat] = []
        self._changed, self._planned = True, float("-inf")
        self._seen: set[str] = set()
        self._began, self._spent = time.monotonic(), 0.0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, lanes: Iterable[Sequence[Job]]) -> None:
        """Divide lanes, and let their pieces wait."""
        self._waiting |= dict.fromkeys(piece for lane in lanes for piece in self._pieces.of(lane))
        self._changed = True

    def next(self, lane: Executors | None, threads: int) -> list[Job] | None:
        """The piece that this thread should do next; None if it should wait. At least one must be waiting.

        Args:
            lane: the lane whose resource the thread has; None if it has none.
            threads: the number of threads that do pieces.
        """
        standing = self._standing(lane)
        if self._context.places.most is not None:  # who waits would keep a place that others need
            piece = min(self._waiting, key=lambda one: (self._pieces.between(standing, one)[0], -one.seconds))
            self._waiting.pop(piece)
            return list(piece.jobs)
        seat = self._seat(standing)
        if (seen := self._context.waits.operations().keys()) != self._seen:  # others like those are unlike expected
            self._changed, self._seen = True, set(seen)
        if self._changed or (time.monotonic() - self._planned > STALE and not self._is_dear()):
            self._plan(threads)
        if not seat.row.works:
            return None
        work = seat.row.works.pop(0)
        piece = next(one for one in self._waiting if one is work)
        self._waiting.pop(piece)
        stands = seat.row.standing if isinstance(seat.row.standing, Standing) else None
        seat.begin(piece, self._pieces.between(stands, piece)[0] + piece.seconds)
        return list(piece.jobs)

    def gone(self) -> None:
        """Note that this thread ends."""
        self._changed = self._seats.pop(threading.get_ident(), None) is not None or self._changed

    def spare(self) -> bool:
        """Whether the resource of this thread, which waits, is one too many: each piece may be done with a nearer one.

        A thread that waits keeps its resource, since others may be late. But more resources than pieces are of no use.
        """
        idle = {
            seat: min(self._pieces.between(seat.row.standing, piece)[0] for piece in self._waiting)
            for seat in self._seats.values()
            if seat.until is None and isinstance(seat.row.standing, Standing) and not seat.row.works and self._waiting
        }
        nearest = sorted(idle, key=lambda seat: idle[seat])[: len(self._waiting)]
        mine = self._seats.get(threading.get_ident())
        return mine in idle and mine not in nearest

    def _standing(self, lane: Executors | None) -> Standing | None:
        """How the resource of this thread stands, or the one with which it would begin, which is kept for it."""
        if lane is not None:
            return next((found for one in lane if (found := standing_of(one.subject)) is not None), None)
        for about in {piece.about.service.resource: piece.about for piece in self._waiting}.values():
            if offered := self._context.places.offered(under_test(about.kind)):
                self._context.places.keep(offered[0])
                return Standing(about.service.resource, about.kind.state_of(offered[0].body)[0])
        return next(iter(self._spare(1)), None)

    def _spare(self, count: int) -> list[Standing]:
        """How so many resources stand that were made ahead and that nobody has yet; fewer if there are fewer."""
        about = self._context
        known, kind = about.service.under_test, about.service.resource
        there = about.resources.spares.count(about.kind.name, known.role)
        return [Standing(kind, known.initial_status)] * min(count, there)

    def _seat(self, standing: Standing | None) -> Seat:
        """The seat of this thread, which waits: a new thread takes that of the longest plan."""
        me = threading.get_ident()
        seat = self._seats.get(me)
        if seat is None:
            self._coming.sort(key=lambda one: sum(work.seconds for work in one.row.works))
            seat = self._seats[me] = self._coming.pop() if self._coming else Seat()
            seat.until = None
            self._changed = self._changed or not seat.row.works
        if not seat.end(standing):
            self._changed = True
        return seat

    def _is_dear(self) -> bool:
        """Whether plans have taken so much time of the processor that the run would rather go on with what it has."""
        return self._spent > AT_FIRST + SHARE * (time.monotonic() - self._began)

    def _plan(self, threads: int) -> None:
        """Plan all pieces that wait, beginning with the plan of before."""
        began = time.thread_time()
        self._pieces.learn(self._waiting)
        expected = max(0, threads - len(self._seats))
        more = (Seat(until=time.monotonic()) for _ in range(expected))
        self._coming = [*self._coming, *more][:expected]
        spare: list[Standing | None] = [*self._spare(len(self._coming))]
        for seat, standing in zip(self._coming, [*spare, *[None] * len(self._coming)], strict=False):
            seat.row.standing = standing
        every = [*self._seats.values(), *self._coming]
        for seat in every:
            seat.late = 0.0
        seats = [seat for seat in every if seat.look()]
        for seat in every:
            seat.row.works = [work for work in seat.row.works if work in self._waiting and seat in seats]
        known = {work for seat in seats for work in seat.row.works}
        anew = [piece for piece in self._waiting if piece not in known]
        tries = 0 if self._is_dear() else (FIRST if anew else AGAIN) // max(1, len(self._waiting))
        self._schedule([seat.row for seat in seats]).improve(anew, min(MOST, tries))
        self._changed, self._planned = False, time.monotonic()
        self._spent += time.thread_time() - began

    def _schedule(self, rows: Sequence[Row]) -> Schedule:
        between = lru_cache(maxsize=None)(self._pieces.between)
        return Schedule(rows, between)
