"""How close a run on a slow cloud comes to the shortest time that is possible.

```
python -m tests.benchmarks.slow_cloud [--servers N ...] [-k EXPR] [--delays build=20,resize=30,image=15,other=4]
```

A sandbox is started whose hypervisor does its work slowly, and the chosen cases are tried on it as on a cloud of
others, with at most N servers at a time. The table shows the seconds of each run, the lower bound, and their ratio.

No run can be faster than the longer one of two times. The chain: one server is built, brought into the status of a
case, and the request of this case does its work. The sum: each accepted request of a case does its work once, each
status is entered once, and all that work is spread evenly over N servers, after one of them was built.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from conformance.engine.api.load import load_service
from conformance.engine.derive.state_graph import Edge, StateGraph
from conformance.engine.derive.suite import derive, highest_version, views
from conformance.engine.model.trial import Trial
from conformance.sandbox.guest.delays import VARIABLE, read
from conformance.sandbox.process import start
from specs.load import load_directory
from specs.record import RunRecord

ROOT = Path(__file__).parents[2]
DELAYS = "build=20,resize=30,image=15,other=4"
CASES = " or ".join(f"servers-actions.{name}/" for name in ("pause", "unpause", "suspend", "resume", "resize"))

KINDS = {
    "servers-actions.resize": "resize",
    "servers-actions.createImage": "image",
    "servers-actions.rebuild": "build",
    "servers-action-shelve.shelve": "image",
    "servers-action-shelve.unshelve": "build",
    **{
        f"servers-actions.{name}": "other"
        for name in ("pause", "unpause", "suspend", "resume", "rescue", "unrescue", "reboot", "os-start", "os-stop")
    },
}
"""The kind of work that an accepted request of an operation makes at least; others make none."""


def bound(
    trials: Iterable[Trial], graph: StateGraph, initial: str, seconds: Mapping[str, float], servers: int
) -> float:
    """The seconds that no run of trials can fall below.

    Args:
        trials: the trials; only those on a server count.
        graph: the ways from one status to another.
        initial: the status of a new server.
        seconds: the seconds of each kind of work.
        servers: the most servers at a time.
    """

    def work(operation: str) -> float:
        return seconds.get(KINDS.get(operation, ""), 0.0)

    def entered(edges: list[Edge] | None) -> float:
        return sum(work(edge.operation.id) for edge in edges or ())

    build, chain, total = seconds.get("build", 0.0), 0.0, 0.0
    visited: set[str] = set()
    reached: set[str] = {initial}
    for trial in {one.key: one for one in trials}.values():
        state, outcome = trial.situation.state, trial.outcome
        if state is None:
            continue
        visited.add(state)
        own = work(trial.operation.id) if outcome.accepted else 0.0
        total += own
        if outcome.accepted and outcome.leads_to:
            reached.add(outcome.leads_to[0])
        chain = max(chain, entered(graph.way(initial, state)) + own)
    for state in visited - reached:
        total += min((work(edge.operation.id) for edge in graph.into(state)), default=0.0)
    return build + max(chain, total / servers) if visited else 0.0


def main(argv: Sequence[str] | None = None) -> int:
    """Make the runs and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--servers", type=int, nargs="+", default=(2, 4, 8), metavar="N")
    parser.add_argument("-k", dest="cases", default=CASES, metavar="EXPR")
    parser.add_argument("--delays", default=DELAYS)
    given = parser.parse_args(argv)
    seconds = read(given.delays)
    specs, service = load_directory(ROOT / "specs" / "compute").specs, load_service("compute")
    graph = StateGraph.of(views(specs, highest_version(specs), service))
    trials = {case.id: case.trial for case in derive(specs).cases}
    os.environ[VARIABLE] = given.delays
    print("| servers | seconds | bound | ratio |\n|---|---|---|---|", flush=True)
    for servers in given.servers:
        took, tried = _run(given.cases, servers)
        least = bound(
            (trials[case] for case in tried if case in trials),
            graph,
            service.under_test.initial_status,
            seconds,
            servers,
        )
        ratio = f"{took / least:.2f}" if least else "-"
        print(f"| {servers} | {took:.0f} | {least:.0f} | {ratio} |", flush=True)
    return 0


def _run(cases: str, servers: int) -> tuple[float, list[str]]:
    """The seconds of a run on a sandbox of its own, and the cases that applied to it."""
    sandbox = start()
    try:
        with tempfile.TemporaryDirectory() as directory:
            output = Path(directory) / "run"
            tokens = {"token": "member", "admin-token": "admin", "reader-token": "reader", "alt-token": "member2"}
            command = [sys.executable, "-m", "conformance", "run", f"--url={sandbox.url}", "-k", cases, "-q"]
            command += [f"--{option}={sandbox.tokens[role]}" for option, role in tokens.items()]
            command += [f"--max-servers={servers}", f"--output={output}", "--tb=no"]
            command += ["-p", "tests.benchmarks.timeline"] if "TIMELINE" in os.environ else []
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            record = RunRecord.read(output)
            applied = [result.case for result in record.results if result.verdict != "inapplicable"]
            return float(record.info.totals["seconds"]), applied
    finally:
        sandbox.stop()


if __name__ == "__main__":
    sys.exit(main())
