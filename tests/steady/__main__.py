"""Try a sandbox several times, and say what comes out otherwise than before.

```
python -m tests.steady --runs 3
python -m tests.steady --runs 2 --delay-one-in 50 --seconds 5 --beside 4 -- -n 2 -k os-volumes
```

Each run has a sandbox of its own. What stands after ``--`` goes to ``conformance run``. Exit status: 0 all runs say the
same of every case; 1 they do not; 2 a run could not run. The records stay in ``--output``.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.sandbox.guest.slow import VARIABLE
from specs.record import RunRecord
from specs.record.totals import Tally
from tests.steady.compared import differing, undecided

CANNOT_RUN = 2
_BUSY = "while True: pass"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.steady", description="Runs that should say the same.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--delay-one-in", type=int, metavar="N", help="one request in N is late, at random")
    parser.add_argument("--seconds", type=float, default=5.0, help="by how much it is late")
    parser.add_argument("--beside", type=int, default=0, metavar="N", help="processes that keep the processors busy")
    parser.add_argument("--output", type=Path, default=Path("runs/steady"), help="directory of the records")
    parser.add_argument("more", nargs="*", help="after --: arguments of `conformance run`")
    return parser.parse_args(argv)


@contextlib.contextmanager
def busy(number: int) -> Iterator[None]:
    """So many processes that do nothing but take time, while the block runs."""
    with contextlib.ExitStack() as stack:
        for _ in range(number):
            child = stack.enter_context(subprocess.Popen([sys.executable, "-c", _BUSY]))
            stack.callback(child.kill)
        yield


def run(directory: Path, more: Sequence[str], slow: str | None) -> int:
    """Make one run on a sandbox of its own; returns its exit status."""
    environment = dict(os.environ) | ({VARIABLE: slow} if slow else {})
    command = [sys.executable, "-m", "conformance", "run", "--sandbox", "--output", str(directory), "-q", "--tb=no"]
    with (directory.parent / f"{directory.name}.txt").open("wb") as said:
        return subprocess.run([*command, *more], env=environment, stdout=said, stderr=said, check=False).returncode


def main(argv: Sequence[str] | None = None) -> int:
    """Run, compare, and say what was found."""
    chosen = _arguments(argv)
    began = time.strftime("%Y%m%dT%H%M%S")
    records = []
    for number in range(1, chosen.runs + 1):
        directory = chosen.output / began / f"run-{number}"
        directory.parent.mkdir(parents=True, exist_ok=True)
        slow = f"{chosen.delay_one_in}:{chosen.seconds}:{number}" if chosen.delay_one_in else None
        start = time.monotonic()
        with busy(chosen.beside):
            status = run(directory, chosen.more, slow)
        if status in (CANNOT_RUN, 130) or status < 0:
            print(f"run {number} ended with status {status}: see {directory}.txt", file=sys.stderr)
            return CANNOT_RUN
        records.append(RunRecord.read(directory))
        cases = Tally.of(records[-1].results).cases
        totals = ", ".join(f"{count} {verdict}" for verdict, count in sorted(cases.items()))
        print(f"run {number}: {totals}; status {status}, {time.monotonic() - start:.0f} s, {directory}", flush=True)
    results = [record.results for record in records]
    for case, reasons in undecided(results).items():
        for number, reason in reasons.items():
            print(f"undecided in run {number}: {case}: {reason}")
    rows = differing(results)
    for case, words in rows.items():
        print(f"differs: {case}: {' | '.join(word or 'not tried' for word in words)}")
    print(f"{len(rows)} cases differ in {len(records)} runs")
    return 1 if rows else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started must end, too
    sys.exit(main())
