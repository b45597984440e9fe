"""How long a run on a slow cloud would take by its plan, without a cloud: to try other plans in seconds.

```
python -m tests.benchmarks.simulated [--servers N ...] [-k NAME ...] [--delays build=20,resize=30,image=15,other=4] [-v]
```

The threads of a run ask its crew for pieces of work, as they do in a run, at moments that are reckoned and not waited
for. The table shows the seconds until the last piece has ended, once as a run plans, which learns the durations of
operations as it meets them, and once as if it knew all of them; the lower bound of `tests.benchmarks.slow_cloud`; and
the servers that are made beside the first of each thread. `-v` prints the pieces of each thread. A real run also needs
the time of its requests beyond those reckoned here, and that until its last servers are gone.
"""

from __future__ import annotations

import argparse
import heapq
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from conformance.engine.api.load import load_service
from conformance.engine.cloud.waits import Waits
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import derive, highest_version, views
from conformance.engine.model.case import Case
from conformance.engine.provision.durations import Durations
from conformance.engine.run.crew import Crew
from conformance.engine.run.jobs import Job
from conformance.engine.run.lanes import ALONE, NO_RESOURCE, lane_of
from conformance.engine.run.pieces import Pieces, Standing
from conformance.engine.run.workers import WAIT
from conformance.sandbox.guest.delays import read
from specs.load import load_directory
from tests.benchmarks.slow_cloud import DELAYS, KINDS, ROOT, bound

NAMES = tuple(f"servers-actions.{name}/" for name in ("pause", "unpause", "suspend", "resume", "resize"))

BESIDE = 0.5
"""The seconds by which the sandbox takes longer for a transition than its hypervisor, and the look that notices it."""

AHEAD = 3.0
"""The seconds after the first server until the others are ready, which are requested somewhat later."""


@dataclass
class Real:
    """How long operations really take. A crew that knows all durations asks it, too."""

    graph: StateGraph
    initial: str
    delays: Mapping[str, float]

    def of(self, operation: str) -> float:
        """The seconds of an operation."""
        return sum(self.delays.get(kind, 0.0) for kind in KINDS.get(operation, ())) + BESIDE

    @property
    def new(self) -> float:
        """The seconds of a new server."""
        return self.delays.get("build", 0.0) + 2 * BESIDE


@dataclass
class Thread:
    """A thread: how its server stands, and what it has done: from when, for how long, and what."""

    standing: Standing | None = None
    begun: bool = False
    seen: list[tuple[str, float]] = field(default_factory=list)
    done: list[tuple[float, float, str]] = field(default_factory=list)


class Simulation:
    """The threads of one run."""

    def __init__(self, lanes: Sequence[list[Job]], service: Any, real: Real, servers: int, *, knows: bool) -> None:
        self.real, self.threads, self.waits, self.now, self.made = (
            real,
            [Thread() for _ in range(servers)],
            Waits(),
            0.0,
            0,
        )
        self.waits.ended(Waits.NEW, real.new, well=True)
        spares = SimpleNamespace(count=lambda kind, role: sum(not thread.begun for thread in self.threads))
        self.context: Any = SimpleNamespace(
            waits=self.waits,
            service=service,
            graph=real.graph,
            role_names=("member", "admin"),
            spending=frozenset(),
            kind=SimpleNamespace(name=service.resource),
            places=SimpleNamespace(most=None, offered=lambda kind: (), keep=lambda made: None),
            resources=SimpleNamespace(spares=spares),
        )
        self.context.about = lambda operation: self.context
        with patch("conformance.engine.run.crew.time", self._clock()):
            self.crew = Crew(self.context)
        if knows:
            self.crew._pieces.durations = self._known()
        self.crew.add(lanes)

    def _clock(self) -> Any:
        """The clock of the simulation. Plans take no time in it, so that none is too dear."""
        return SimpleNamespace(monotonic=lambda: self.now, thread_time=lambda: 0.0)

    def _known(self) -> Durations:
        known = Durations(self.waits)
        known.of = self.real.of  # type: ignore[method-assign]  # a stand-in
        return known

    def run(self) -> float:
        """The seconds until the last piece has ended."""
        moments = [(self.real.new, number) for number in range(len(self.threads))]
        while moments and len(self.crew):
            self.now, number = heapq.heappop(moments)
            thread = self.threads[number]
            for operation, seconds in thread.seen:
                self.waits.ended(f"{operation} from X", seconds, well=True)
            thread.seen = []
            me = SimpleNamespace(get_ident=lambda number=number: number)
            with patch.multiple("conformance.engine.run.crew", time=self._clock(), threading=me):
                jobs = self.crew.next(self._lane(thread), len(self.threads))
            heapq.heappush(moments, (self.now + (WAIT if jobs is None else self._do(thread, jobs)), number))
        return max(begun + seconds for thread in self.threads for begun, seconds, _ in thread.done)

    def _lane(self, thread: Thread) -> Any:
        """The lane of a thread, as far as the crew asks for it; None if it has none yet."""
        if not thread.begun:
            return None
        status, altered = (thread.standing.status, thread.standing.altered) if thread.standing else (None, False)
        more = {"must_replace": False, "under_way": "", "environment": "", "context": self.context}
        return [SimpleNamespace(subject=SimpleNamespace(status=status, altered=altered, **more))]

    def _do(self, thread: Thread, jobs: list[Job]) -> float:
        """Let a thread do a piece. Returns the seconds that it really takes."""
        pieces = Pieces(self.context)
        piece = pieces._piece(jobs)
        learned, pieces.durations = pieces.durations, self._known()
        if not thread.begun:
            late = self.real.new + AHEAD if any(other.begun for other in self.threads) else 0.0
            thread.begun, thread.standing = True, Standing(self.context.service.resource, self.real.initial)
            seconds = max(0.0, late - self.now)
        else:
            seconds = 0.0
        before = thread.standing
        way, new = pieces.between(before, piece)
        self.made += new
        piece = pieces._piece(jobs)
        seconds += way + piece.seconds
        source = self.real.initial if new or before is None else before.status
        edges = self.real.graph.way(source, piece.needs.status) if piece.needs else ()
        moved = [edge.operation.id for edge in edges or ()] + [job.trial.operation.id for job in jobs if len(jobs) == 1]
        thread.seen = [(one, self.real.of(one)) for one in moved if KINDS.get(one) or learned.of(one)]
        thread.standing = piece.left(before) if piece.needs else before
        name = jobs[0].trial.key if len(jobs) == 1 else f"{len(jobs)} in {jobs[0].trial.situation.state}"
        thread.done.append((self.now, seconds, name))
        return seconds


def lanes_of(cases: Sequence[Case], service: Any) -> list[list[Job]]:
    """The lanes of cases that need a resource."""
    lanes: dict[str, dict[str, list[Case]]] = {}
    for case in cases:
        lanes.setdefault(lane_of(case.trial, service), {}).setdefault(case.trial.key, []).append(case)
    usual = (lane for name, lane in lanes.items() if name not in (ALONE, NO_RESOURCE))
    return [[Job.of(alike) for alike in lane.values()] for lane in usual]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--servers", type=int, nargs="+", default=(2, 4, 8), metavar="N")
    parser.add_argument(
        "-k", dest="names", nargs="+", default=NAMES, metavar="NAME", help="what ids of cases begin with"
    )
    parser.add_argument("--delays", default=DELAYS)
    parser.add_argument("-v", dest="verbose", action="store_true", help="print the pieces of each thread")
    given = parser.parse_args(argv)
    specs, service = load_directory(ROOT / "specs" / "compute").specs, load_service("compute")
    initial, delays = service.under_test.initial_status, read(given.delays)
    real = Real(StateGraph.of(views(specs, highest_version(specs), service)), initial, delays)
    cases = [case for case in derive(specs).cases if case.id.startswith(tuple(given.names))]
    lanes = lanes_of(cases, service)
    print("| servers | as it plans | as if it knew all | bound | further servers |\n|---|---|---|---|---|")
    for servers in given.servers:
        planned, known = (Simulation(lanes, service, real, servers, knows=knows) for knows in (False, True))
        took = [planned.run(), known.run()]
        least = bound({case.id: case.trial for case in cases}, real.graph, initial, delays, servers)
        print(f"| {servers} | {took[0]:.0f} | {took[1]:.0f} | {least:.0f} | {planned.made} |", flush=True)
        for number, thread in enumerate(planned.threads if given.verbose else ()):
            print(f"thread {number}:")
            for begun, seconds, name in thread.done:
                print(f"  {begun:6.1f} {seconds:6.1f}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
