"""Compare what this project reads with what os-api-ref renders, one for one, and print each difference.

    python -m tests.oracle.compare nova==34.0.0 openstack-placement==16.0.0 ...

Exit status 1 if anything differs. Takes directories too. Needs Sphinx and os-api-ref beside this project (the tox
environment ``oracle``).
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from parsers.build import build_specs
from parsers.references import read_reference
from parsers.source import open_source
from tests.oracle.rendered import Rendered, plain, render

if TYPE_CHECKING:
    from parsers.build import Reading
    from parsers.document import OperationSource
    from specs.model import Operation


@dataclass
class Counts:
    """Both sides' totals, and the differences as lines with file and line."""

    source: str
    operations: list[int] = field(default_factory=lambda: [0, 0])
    rows: list[int] = field(default_factory=lambda: [0, 0])
    codes: list[int] = field(default_factory=lambda: [0, 0])
    samples: list[int] = field(default_factory=lambda: [0, 0])
    differences: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=lambda: [0.0, 0.0])


def compare(source: str) -> Counts:
    """Read a reference both ways."""
    counts = Counts(source)
    begin = time.perf_counter()
    layout, _ = open_source(source)
    reading = read_reference(layout)
    specs = build_specs(reading)
    counts.seconds[0] = time.perf_counter() - begin
    begin = time.perf_counter()
    root = layout.root.directory
    theirs_all, _ = render(root / layout.top, root)
    counts.seconds[1] = time.perf_counter() - begin
    theirs: dict[tuple[str, int, str, str], Rendered] = {}
    for made in theirs_all:
        theirs.setdefault(made.key, made)
    operations = {
        (spec.reference.path, o.line, o.method, plain(o.path)): o for spec in specs.values() for o in spec.operations
    }
    ours = _ours(reading)
    for key in [*theirs, *(key for key in ours if key not in theirs)]:
        _operation(counts, key, ours.get(key), operations.get(key), theirs.get(key))
    return counts


def _ours(reading: Reading) -> dict[tuple[str, int, str, str], OperationSource]:
    return {
        (file.context.path, source.line, source.method, plain(source.path)): source
        for file in reading.files
        for source in file.operations
    }


def _operation(
    counts: Counts,
    key: tuple[str, int, str, str],
    ours: OperationSource | None,
    operation: Operation | None,
    theirs: Rendered | None,
) -> None:
    where = f"{key[0]}:{key[1]}: {key[2]} {key[3]}"
    counts.operations[0] += ours is not None
    counts.operations[1] += theirs is not None
    if ours is None or operation is None or theirs is None:
        counts.differences.append(f"{where}: only {'we' if theirs is None else 'os-api-ref'} read this operation")
        return

    def same(what: str, mine: object, other: object) -> None:
        if mine != other:
            counts.differences.append(f"{where}: {what}: we {mine!r}, os-api-ref {other!r}")

    same("title", plain(ours.title), theirs.title)
    same("versions", (ours.versions.min, ours.versions.max), (theirs.min, theirs.max))
    rows = [_row(row) for row in ours.rows]
    counts.rows[0] += len(rows)
    counts.rows[1] += len(theirs.rows)
    _sequence(counts, where, "row", rows, theirs.rows)
    for what, codes, others in (
        ("normal codes", operation.responses.normal, theirs.success),
        ("error codes", operation.responses.error, theirs.error),
    ):
        mine = sorted({code.code for code in codes if code.listed})
        distinct = sorted(set(others))
        counts.codes[0] += len(mine)
        counts.codes[1] += len(distinct)
        same(what, mine, distinct)
    samples = [sample.path for sample in ours.samples]
    counts.samples[0] += len(samples)
    counts.samples[1] += len(theirs.samples)
    same("samples", samples, theirs.samples)


def _row(row: object) -> tuple[str, ...]:
    p = row.parameter  # type: ignore[attr-defined]
    return (
        plain(p.name),
        plain(p.location or ""),
        plain(p.type or ""),
        "required" if p.required else "optional",
        (p.min or "").replace(".", "_"),
        (p.max or "").replace(".", "_"),
    )


def _sequence(
    counts: Counts, where: str, what: str, mine: list[tuple[str, ...]], others: list[tuple[str, ...]]
) -> None:
    if mine == others:
        return
    if len(mine) != len(others):
        lacking = [row for row in others if row not in mine]
        surplus = [row for row in mine if row not in others]
        counts.differences.append(
            f"{where}: {what}s: we {len(mine)}, os-api-ref {len(others)}; "
            f"only os-api-ref {lacking!r}; only we {surplus!r}"
        )
        return
    for own, other in zip(mine, others, strict=True):
        if own != other:
            counts.differences.append(f"{where}: {what}: we {own!r}, os-api-ref {other!r}")


def main(sources: list[str]) -> int:
    """Print a table, and every difference."""
    different = 0
    print("| reference | operations | rows | codes | samples | differences | seconds ours / theirs |")
    print("|---|---|---|---|---|---|---|")
    for source in sources:
        counts = compare(source)
        cells = " | ".join(
            f"{a}" if a == b else f"{a} / {b}"
            for a, b in (counts.operations, counts.rows, counts.codes, counts.samples)
        )
        print(f"| {source} | {cells} | {len(counts.differences)} | {counts.seconds[0]:.1f} / {counts.seconds[1]:.1f} |")
        for line in counts.differences:
            print(f"    {line}", file=sys.stderr)
        different += len(counts.differences)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
