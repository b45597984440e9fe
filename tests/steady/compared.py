"""What several runs say of each case, and where they do not agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from specs.record.model import Result
from specs.record.totals import deviations_of

UNDECIDED = ("inconclusive", "error")


def said(result: Result) -> str:
    """The verdict, and the deviations that stand beside it."""
    found = sorted(f"{deviation.class_} {deviation.observed}" for deviation in deviations_of(result))
    return f"{result.verdict} ({', '.join(found)})" if found else str(result.verdict)


def differing(runs: Sequence[Iterable[Result]]) -> dict[str, tuple[str | None, ...]]:
    """The cases of which not all runs say the same, with what each says; None where one does not speak of it."""
    heard: list[Mapping[str, str]] = [{result.case: said(result) for result in run} for run in runs]
    names = sorted(set().union(*heard))
    every = {name: tuple(one.get(name) for one in heard) for name in names}
    return {name: words for name, words in every.items() if len(set(words)) > 1}


def undecided(runs: Sequence[Iterable[Result]]) -> dict[str, dict[int, str]]:
    """The cases that some run could not decide, with the reason by the number of the run, from 1."""
    found: dict[str, dict[int, str]] = {}
    for number, run in enumerate(runs, 1):
        for result in run:
            if result.verdict in UNDECIDED:
                found.setdefault(result.case, {})[number] = f"{result.verdict}: {result.reason}"
    return dict(sorted(found.items()))
