"""``conformance prove``: try the suite itself, on clouds that break exactly one promise."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conformance.prove.breakage import Breakage
from conformance.prove.catalogue import catalogue, chosen, unbreakable
from conformance.prove.outcome import Outcome
from conformance.prove.prover import Prover
from conformance.prove.score import Score
from conformance.sandbox.process import RunningSandbox, Sandbox
from specs.load import load_directory
from specs.model import Spec
from specs.record.model import Result

WORKERS = 3
"""Breakages that are tried at a time, each through a proxy of its own: most of the time is waiting."""

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
    """Break promises one at a time in front of a sandbox, and see which the suite tells of.

    Args:
        specs: a directory of specs, or one of its files: then only that file's operations are tried.
        sample: how many breakages to try; all where None.
        kind: only breakages of requirements of this kind (``error`` for every code).
        seed: of the sample.
        output: directory for ``proof.json`` and ``proof.txt``, and ``outcomes.jsonl``, which grows as it goes.
        workers: breakages at a time.
        say: is told of each breakage that was not caught, and in the end the score.

    Returns:
        The exit status: 0 the suite has proven itself, 1 it has not, 2 there was nothing to try.

    Raises:
        SpecError: the specs cannot be read.
        SandboxError: the sandbox does not start.
    """
    every, selected = _specs(specs)
    began = time.monotonic()
    with Sandbox() as sandbox:
        prover = Prover(sandbox, every, selected, tidy=False)
        with prover:
            ground = prover.ground
        everything = catalogue(ground)
        wanted = chosen(everything, sample, kind, seed)
        if not wanted:
            say(f"nothing to break: {specs} gives {len(everything)} breakages, and none of kind {kind!r}")
            return 2
        say(f"{len(wanted)} of {len(everything)} breakages, on nova {sandbox.release}")
        outcomes, unbroken = _try_all(sandbox, every, selected, wanted, workers, _Teller(say, output, len(wanted)))
        head = {
            "release": sandbox.release,
            "breakages": len(everything),
            "tried": len(outcomes),
            "seed": seed,
            "kind": kind,
            "seconds": round(time.monotonic() - began, 1),
        }
    deviations = sorted({r.deviation.id for r in unbroken.values() if r.deviation and r.verdict == "fail"})
    score = Score(outcomes, tuple(deviations), unbreakable(ground, everything), head)
    say(score.text())
    say(f"{head['seconds']} s")
    if output is not None:
        (output / "proof.json").write_text(json.dumps(score.to_json(), indent=1) + "\n", "utf-8")
        (output / "proof.txt").write_text(score.text(), "utf-8")
    return 0 if score.enough else 1


def _specs(path: Path) -> tuple[Sequence[Spec], Sequence[Spec]]:
    """All specs of the reference, and those whose operations are tried."""
    if path.is_file():
        return load_directory(path.parent).specs, load_directory(path).specs
    every = load_directory(path).specs
    return every, every


class _Teller:
    """Says and writes down what becomes of each breakage, from many threads."""

    def __init__(self, say: Say, output: Path | None, total: int) -> None:
        self._say = say
        self._total = total
        self._count = 0
        self._lock = threading.Lock()
        self._lines: Path | None = None
        if output is not None:
            output.mkdir(parents=True, exist_ok=True)
            self._lines = output / "outcomes.jsonl"
            self._lines.write_text("", "utf-8")

    def __call__(self, outcome: Outcome) -> None:
        with self._lock:
            self._count += 1
            if self._lines is not None:
                with self._lines.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(outcome.to_json()) + "\n")
            if outcome.fate != "caught" or outcome.alarms:
                alarms = f"; alarms: {' '.join(outcome.alarms)}" if outcome.alarms else ""
                self._say(f"[{self._count}/{self._total}] {outcome.fate}: {outcome.breakage}{alarms}")


def _try_all(
    sandbox: RunningSandbox,
    every: Sequence[Spec],
    selected: Sequence[Spec],
    wanted: Sequence[Breakage],
    workers: int,
    tell: _Teller,
) -> tuple[tuple[Outcome, ...], dict[str, Result]]:
    with Prover(sandbox, every, selected, tidy=False) as prover:
        # At once: the cases share servers then, and each breakage has less to find out.
        prover.learn(case for breakage in wanted for case in prover.needs(breakage))
    unbroken = prover.unbroken
    found: dict[str, Outcome] = {}
    queue: Iterator[Breakage] = iter(wanted)
    lock = threading.Lock()

    def work(_: int) -> None:
        with Prover(sandbox, every, selected, tidy=False, unbroken=unbroken) as prover:
            while True:
                with lock:
                    breakage = next(queue, None)
                if breakage is None:
                    return
                try:
                    outcome = prover.try_(breakage)
                except Exception as error:
                    outcome = Outcome.of(breakage, "error", observed=f"{type(error).__name__}: {error}")
                found[breakage.id] = outcome
                tell(outcome)

    with ThreadPoolExecutor(min(workers, len(wanted)), "prover") as pool:
        list(pool.map(work, range(min(workers, len(wanted)))))
    return tuple(found[b.id] for b in wanted), unbroken
