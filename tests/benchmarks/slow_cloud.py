"""How close a run on a slow cloud comes to the shortest time that is possible.

```
python -m tests.benchmarks.slow_cloud [--servers N ...] [-k EXPR] [--delays build=20,resize=30,image=15,other=4]
                                      [--measured] [--why] [--trace FILE]
```

A sandbox is started whose hypervisor does its work slowly, and the chosen cases are tried on it as on a cloud of
others, with at most N servers at a time, for which the quota of the project has room. The table shows the seconds of
each run, the lower bound, and their ratio.

No run can be faster than the longer one of two times. The chain: one server is built, brought into the status of a
case, and the request of this case does its work. The sum: each accepted request of a case does its work once, each
status is entered once, and all that work is spread evenly over N servers, after one of them was built. `--measured`
lets the sandbox do each kind of work once before the run, and gives a second bound by the seconds that it took (see
`tests.benchmarks.measured`): no plan can end the cloud's own part of a transition sooner. `--why` names the case that
needs each of these transitions. `--trace` writes what `tests.benchmarks.timeline` prints.

Left out, so that the bound stays one: servers that a run makes because a trial has spent one, ways back from a status,
the work of requests on which the reference is silent, trials that are made again because they failed, the removal of
the last server, and all that the cloud and the run do beside the delays: the last columns show the seconds of the
processor that each of the two has used.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

from conformance.engine.api.load import load_service
from conformance.engine.derive.state_graph import Edge, StateGraph
from conformance.engine.derive.suite import derive, highest_version, views
from conformance.engine.model.trial import Trial
from conformance.sandbox.guest.delays import VARIABLE, read
from conformance.sandbox.process import start
from specs.load import load_directory
from specs.record import RunRecord
from tests.benchmarks.measured import measured
from tests.benchmarks.timeline import VARIABLE as TRACE

ROOT = Path(__file__).parents[2]
DELAYS = "build=20,resize=30,image=15,other=4"
CASES = " or ".join(f"servers-actions.{name}/" for name in ("pause", "unpause", "suspend", "resume", "resize"))

KINDS: Mapping[str, tuple[str, ...]] = {
    "servers-actions.resize": ("resize",),
    "servers-actions.createImage": ("image",),
    "servers-actions.rebuild": ("other", "build"),
    "servers-actions.rescue": ("other", "other"),
    "servers-action-shelve.shelve": ("other", "image"),
    "servers-action-shelve.shelveOffload": ("other",),
    "servers-action-shelve.unshelve": ("build",),
    "servers-action-evacuate.evacuate": ("build",),
    "servers-admin-action.migrate": ("resize",),
    **{
        f"servers-actions.{name}": ("other",)
        for name in ("pause", "unpause", "suspend", "resume", "unrescue", "reboot", "os-start", "os-stop")
    },
}
"""The kinds of work that an accepted request of an operation makes one after the other; others make none.

Nova 34.0.0, nova/compute/manager.py: rebuild powers the server off (3823) before it builds it (3875), rescue before the
rescue (4894, 4898), shelve before the snapshot (7260, 7261), and shelveOffload powers it off (7322). An
evacuation builds the server on another host (3875), and a migration does the work of a resize (6608).
"""


@dataclass(frozen=True)
class Counted:
    """A transition that the bound counts: its seconds, its name, and the case that needs it."""

    seconds: float
    name: str
    case: str


def counted(
    trials: Mapping[str, Trial], graph: StateGraph, initial: str, seconds: Mapping[str, float]
) -> tuple[list[Counted], float]:
    """The fewest transitions that serve all trials, and the seconds of the longest chain of them on one server.

    Args:
        trials: the trial of each case; only those on a server count.
        graph: the ways from one status to another.
        initial: the status of a new server.
        seconds: the seconds of each kind of work.
    """

    def work(operation: str) -> float:
        return sum(seconds.get(kind, 0.0) for kind in KINDS.get(operation, ()))

    def entered(edges: list[Edge] | None) -> float:
        return sum(work(edge.operation.id) for edge in edges or ())

    found: list[Counted] = []
    chain = 0.0
    visited: dict[str, str] = {}
    reached: set[str] = {initial}
    for case, trial in {one.key: (case, one) for case, one in trials.items()}.values():
        state, outcome = trial.situation.state, trial.outcome
        if state is None:
            continue
        visited.setdefault(state, case)
        own = work(trial.operation.id) if outcome.accepted else 0.0
        if own:
            found.append(Counted(own, trial.operation.id, case))
        if outcome.accepted and outcome.leads_to:
            reached.add(outcome.leads_to[0])
        chain = max(chain, entered(graph.way(initial, state)) + own)
    for state in visited.keys() - reached:
        entering = min((work(edge.operation.id) for edge in _entering(graph, state)), default=0.0)
        if entering:
            found.append(Counted(entering, f"into {state}", visited[state]))
    return found, chain


def _entering(graph: StateGraph, state: str) -> list[Edge]:
    """The edges by which a server comes into a status first: those of which it is the usual end, if there are any.

    Another end is that of a server which was in the status before: a resize is undone with a server that was stopped.
    """
    edges = list(graph.into(state))
    return [edge for edge in edges if edge.targets[0] == state] or edges


def bound(
    trials: Mapping[str, Trial], graph: StateGraph, initial: str, seconds: Mapping[str, float], servers: int
) -> float:
    """The seconds that no run of trials can fall below (see ``counted``), with so many servers at a time."""
    if not any(trial.situation.state is not None for trial in trials.values()):
        return 0.0
    found, chain = counted(trials, graph, initial, seconds)
    return seconds.get("build", 0.0) + max(chain, sum(one.seconds for one in found) / servers)


def main(argv: Sequence[str] | None = None) -> int:
    """Make the runs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--servers", type=int, nargs="+", default=(2, 4, 8), metavar="N")
    parser.add_argument("-k", dest="cases", default=CASES, metavar="EXPR")
    parser.add_argument("--delays", default=DELAYS)
    parser.add_argument("--measured", action="store_true", help="bound the run also by what the cloud really takes")
    parser.add_argument("--why", action="store_true", help="name the case that needs each counted transition")
    parser.add_argument("--trace", type=Path, metavar="FILE", help="of the last run, for tests.benchmarks.timeline")
    given = parser.parse_args(argv)
    seconds = read(given.delays)
    specs, service = load_directory(ROOT / "specs" / "compute").specs, load_service("compute")
    graph = StateGraph.of(views(specs, highest_version(specs), service))
    trials = {case.id: case.trial for case in derive(specs).cases}
    os.environ[VARIABLE] = given.delays
    heads = ("servers", "seconds", "bound", "ratio", "measured bound", "ratio", "processor: run", "cloud")
    print(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|", flush=True)
    for servers in given.servers:
        took, used, applied, real = _run(given.cases, servers, given.trace, given.measured)
        tried = {case: trials[case] for case in applied if case in trials}
        row = [str(servers), f"{took:.0f}"]
        for times in (seconds, real):
            least = bound(tried, graph, service.under_test.initial_status, times, servers) if times else 0.0
            row += [f"{least:.0f}", f"{took / least:.2f}"] if least else ["-", "-"]
        print(f"| {' | '.join([*row, f'{used[0]:.0f}', f'{used[1]:.0f}'])} |", flush=True)
    for one in counted(tried, graph, service.under_test.initial_status, seconds)[0] if given.why else ():
        print(f"{one.seconds:5.0f} s  {one.name:<36} {one.case}")
    return 0


def _run(
    cases: str, servers: int, trace: Path | None, measures: bool
) -> tuple[float, tuple[float, float], list[str], Mapping[str, float]]:
    """The seconds of a run on a sandbox of its own, those of the processor for both, the cases that applied, and the
    seconds of each kind of work if they are measured."""
    sandbox = start()
    try:
        room = {"quota_class_set": {"instances": 10 * servers, "cores": 40 * servers, "ram": 81920 * servers}}
        headers = {"X-Auth-Token": sandbox.tokens["admin"]}
        requests.put(f"{sandbox.url}/os-quota-class-sets/default", json=room, headers=headers, timeout=60)
        real = measured(sandbox.url, sandbox.tokens["admin"]) if measures else {}
        with tempfile.TemporaryDirectory() as directory:
            output = Path(directory) / "run"
            tokens = {"token": "member", "admin-token": "admin", "reader-token": "reader", "alt-token": "member2"}
            command = [sys.executable, "-m", "conformance", "run", f"--url={sandbox.url}", "-k", cases, "-q"]
            command += [f"--{option}={sandbox.tokens[role]}" for option, role in tokens.items()]
            command += [f"--max-servers={servers}", f"--output={output}", "--tb=no"]
            command += ["-p", "tests.benchmarks.timeline"] if trace is not None else []
            environment = {**os.environ, **({TRACE: str(trace)} if trace is not None else {})}
            subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            record = RunRecord.read(output)
            applied = [result.case for result in record.results if result.verdict != "inapplicable"]
            totals, own = record.info.totals, Path(f"/proc/{sandbox.pid}/stat").read_text().rpartition(") ")[2].split()
            cloud = sum(map(int, own[11:13])) / os.sysconf("SC_CLK_TCK")
            return float(totals["seconds"]), (float(totals["processor_seconds"]), cloud), applied, real
    finally:
        sandbox.stop()


if __name__ == "__main__":
    sys.exit(main())
