"""Tell which values that are sent are compared with values that are shown, which are not and why, and which differ.

``python -m tests.equal SPECS... [--run RUN ...] [--list]``: SPECS are directories such as ``specs/network``. A pair is
a row of a request and a row of a documented answer about the same field: of the answer to the request, of the view of
the thing, of a list, or of a later view of a field that was not sent. For each service the command prints how many
pairs there are, how many have a case, and the others with the reason that the description or the reference gives. From
run records it adds how the judged pairs came out: a pair differs if one of its cases fails. Pairs that differ are
listed, each with its deviation, and whether it is an expected one, which a person has examined. ``--list`` prints each
pair. Status 1 if a pair differs and is not expected.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from conformance.engine.derive.suite import derive
from conformance.plugin.expected import expected_of
from specs.load import load_directory
from specs.model import Spec
from specs.record.model import Result
from specs.record.reader import RunRecord
from specs.record.totals import deviations_of

KIND = "/equality/"
OUTCOMES = ("differ", "equal", "not decided", "not shown", "not tried")
"""The outcomes of a pair; of several, the first one counts."""

_OF_VERDICT = {"fail": "differ", "pass": "equal", "inapplicable": "not shown"}


@dataclass(frozen=True)
class Table:
    """The pairs of one service.

    Attributes:
        service: the type of the service.
        judged: the ids of the pairs with a case -> their outcome.
        left: the ids of the pairs without a case -> the reason.
        differ: the ids of the deviations of pairs that differ -> True if it is an expected one.
    """

    service: str
    judged: Mapping[str, str]
    left: Mapping[str, str]
    differ: Mapping[str, bool] = field(default_factory=dict)


def table(specs: Sequence[Spec], results: Sequence[Result] = ()) -> Table:
    """The pairs of the specs of one service, with their outcomes in the results of runs."""
    suite = derive(specs)
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result.requirement, []).append(result)
    judged = {r.id: outcome(found.get(r.id, ())) for r in suite.requirements if KIND in r.id}
    left = {one.requirement: one.detail for one in suite.untested if KIND in one.requirement}
    reference = specs[0].reference
    known = expected_of(reference.package or "", reference.version or "")
    ids = {d.id for name in judged for result in found.get(name, ()) for d in deviations_of(result)}
    differ = {name: known is not None and name in known.by_id for name in sorted(ids)}
    return Table(specs[0].service, judged, left, differ)


def outcome(results: Sequence[Result]) -> str:
    """The outcome of a pair by the results of its cases; without any, it was not tried."""
    seen = {_OF_VERDICT.get(result.verdict, "not decided") for result in results} or {"not tried"}
    return next(one for one in OUTCOMES if one in seen)


def lines(one: Table, every: bool = False) -> Iterator[str]:
    """The lines about a service; ``every``: each pair included."""
    yield f"# {one.service}: {len(one.judged) + len(one.left)} pairs, {len(one.judged)} judged, {len(one.left)} not"
    counted = Counter(one.judged.values())
    yield "judged: " + ", ".join(f"{counted[name]} {name}" for name in OUTCOMES if counted[name])
    reasons = Counter(_bare(reason) for reason in one.left.values())
    yield from (f"  {count:4} not judged: {reason}" for reason, count in reasons.most_common())
    for name, expected in one.differ.items():
        yield f"  {'expected' if expected else 'NOT EXPECTED'}: {name}"
    if every:
        yield from (f"  {name}: {said}" for name, said in sorted({**one.judged, **one.left}.items()))
    yield ""


def _bare(reason: str) -> str:
    """A reason without the name of the field, so that the same reasons are counted together."""
    head, _, tail = reason.partition(" gives ")
    return f"{head} gives the field a value" if tail.endswith(" a value") else reason


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables; return 1 if a pair differs and is not expected."""
    parser = argparse.ArgumentParser(prog="python -m tests.equal")
    parser.add_argument("specs", nargs="+", type=Path)
    parser.add_argument("--run", action="append", type=Path, default=[], help="the directory of a run record")
    parser.add_argument("--list", action="store_true", help="print each pair")
    given = parser.parse_args(argv)
    records = [RunRecord.read(run) for run in given.run]
    wrong = False
    for directory in given.specs:
        specs = load_directory(directory).specs
        results = [result for record in records for result in record.results]
        one = table(specs, results)
        wrong = wrong or not all(one.differ.values())
        print("\n".join(lines(one, given.list)))
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
