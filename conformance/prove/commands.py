"""``conformance prove``: a test of the suite itself, against clouds that break exactly one promise each."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from conformance.prove.breakage import Breakage
from conformance.prove.catalogue import catalogue, chosen, unbreakable
from conformance.prove.gate import Gate
from conformance.prove.ledger import Ledger, suite_of
from conformance.prove.outcome import Outcome
from conformance.prove.prover import Prover
from conformance.prove.score import Score
from conformance.prove.stock import Stock
from conformance.sandbox.cloud.part import PartOfCloud, sandbox_of
from conformance.sandbox.process import RunningSandbox
from reports import proof as report
from specs.load import load_directory
from specs.model import Spec
from specs.record.model import Result
from specs.record.writer import utc_now, write_atomically

WORKERS = 4
"""Number of breakages tried at a time, each through a proxy of its own: most of the time is spent waiting."""

Say = Callable[[str], None]


def prove(
    specs: Path,
    *,
    sample: int | None = None,
    kind: str | None = None,
    seed: int = 0,
    output: Path | None = None,
    workers: int = WORKERS,
    say: Say = print,
) -> int:
    """Break promises one at a time in front of a sandbox, and count the breakages that the suite detects.

    The sandbox is that of one process if it has the service of the specs first, else a cloud.

    Args:
        specs: a directory of specs, or one of its files: then only that file's operations are tried.
        sample: number of breakages to try; None for all.
        kind: only breakages of requirements of this kind (``error`` for every code).
        seed: seed of the random sample.
        output: directory for ``proof.json``, ``proof.txt`` and ``proof.html``, and for ``outcomes.jsonl``, to which
            each outcome is appended: a breakage that was decided in it is not tried again.
        workers: number of breakages tried at a time.
        say: called with a line for each breakage that was not caught, and at the end with the score.

    Returns:
        The exit status: 0 the proof has succeeded, 1 it has failed, 2 there was nothing to try.

    Raises:
        SpecError: the specs cannot be read.
        ProofError: the directory holds the proof of another suite or release.
        SandboxError: the sandbox does not start.
    """
    every, selected = _specs(specs)
    began, started = time.monotonic(), utc_now()
    with (
        sandbox_of(every[0].service) as sandbox,
        tempfile.TemporaryDirectory(prefix="prove-") as directory,
        Stock(sandbox, every, Path(directory)) as stock,
    ):
        bench = _Bench(sandbox, every, selected, stock)
        with bench.prover() as prover:
            ground = prover.ground
            everything = catalogue(ground)
            wanted = chosen(everything, sample, kind, seed)
            if not wanted:
                say(f"nothing to break: {specs} gives {len(everything)} breakages, and none of kind {kind!r}")
                return 2
            ledger = Ledger(output, suite_of(sandbox.release, everything))
            cloud = sandbox.service(every[0].service)[1] if isinstance(sandbox, RunningSandbox) else sandbox.release
            left = [breakage for breakage in wanted if breakage.id not in ledger.found]
            taken_over = len(wanted) - len(left)
            say(
                f"{len(wanted)} of {len(everything)} breakages, on {cloud}"
                + (f"; {taken_over} of them were tried before" if taken_over else "")
            )
            # All at once: in one run the cases share servers, and each breakage needs fewer runs of its own.
            prover.learn(case for breakage in left for case in prover.needs(breakage))
        teller = _Teller(say, ledger, len(left))
        unbroken = bench.try_all(left, prover.unbroken, workers, teller)
        ledger.deviates(r.deviation.id for r in unbroken.values() if r.deviation and r.verdict == "fail")
        head = {
            "release": sandbox.release,
            "cloud": cloud,
            "started": started,
            "breakages": len(everything),
            "tried": len(wanted),
            "taken_over": taken_over,
            "seed": seed,
            "kind": kind,
            "workers": workers,
            "seconds": round(time.monotonic() - began, 1),
        }
    outcomes = tuple(ledger.found[breakage.id] for breakage in wanted)
    score = Score(outcomes, tuple(sorted(ledger.deviations)), unbreakable(ground, everything), head)
    say(score.text())
    say(f"{head['seconds']} s")
    if output is not None:
        _write(score, output)
    return 0 if score.enough else 1


def _write(score: Score, output: Path) -> None:
    """Write the score as JSON, as text, and as an HTML page made from the JSON."""
    file = output / "proof.json"
    write_atomically(file, json.dumps(score.to_json(), indent=1) + "\n")
    write_atomically(output / "proof.txt", score.text())
    write_atomically(output / "proof.html", report.page(report.read(file)))


def _specs(path: Path) -> tuple[Sequence[Spec], Sequence[Spec]]:
    """Return all specs of the reference, and those whose operations are tried."""
    if path.is_file():
        return load_directory(path.parent).specs, load_directory(path).specs
    every = load_directory(path).specs
    return every, every


class _Teller:
    """Records each outcome, and prints those that were not caught. Safe to use from many threads."""

    def __init__(self, say: Say, ledger: Ledger, total: int) -> None:
        self._say = say
        self._ledger = ledger
        self._total = total
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self, outcome: Outcome) -> None:
        self._ledger.add(outcome)
        with self._lock:
            self._count += 1
            if outcome.fate != "caught" or outcome.alarms:
                alarms = f"; alarms: {' '.join(outcome.alarms)}" if outcome.alarms else ""
                self._say(f"[{self._count}/{self._total}] {outcome.fate}: {outcome.breakage}{alarms}")


@dataclass(frozen=True)
class _Bench:
    """The objects that all provers of a proof share."""

    sandbox: RunningSandbox | PartOfCloud
    every: Sequence[Spec]
    selected: Sequence[Spec]
    stock: Stock
    alone: threading.Lock = field(default_factory=threading.Lock)
    gate: Gate = field(default_factory=Gate)

    def prover(self, unbroken: dict[str, Result] | None = None) -> Prover:
        """Return a new prover; ``unbroken`` holds the known results of the unbroken cloud."""
        known = {} if unbroken is None else unbroken
        return Prover(
            self.sandbox,
            self.every,
            self.selected,
            unbroken=known,
            stock=self.stock,
            alone=self.alone,
            gate=self.gate,
        )

    def try_all(
        self, wanted: Sequence[Breakage], unbroken: dict[str, Result], workers: int, tell: _Teller
    ) -> dict[str, Result]:
        """Try breakages, ``workers`` at a time, and return the results of the unbroken cloud by case id."""
        queue: Iterator[Breakage] = iter(wanted)
        lock, stopping = threading.Lock(), threading.Event()

        def work(_: int) -> None:
            with self.prover(unbroken) as prover:
                while not stopping.is_set():
                    with lock:
                        breakage = next(queue, None)
                    if breakage is None:
                        return
                    try:
                        outcome = prover.try_(breakage)
                    except Exception as error:  # one breakage that cannot be tried ends no other
                        outcome = Outcome.of(breakage, "error", observed=f"{type(error).__name__}: {error}")
                    tell(outcome)

        count = min(workers, len(wanted))
        with ThreadPoolExecutor(max(1, count), "prover") as pool:
            try:
                list(pool.map(work, range(count)))
            finally:
                stopping.set()  # after an interruption the breakages under way end, and no further one begins
        return unbroken
