"""Several certificates side by side: the standing of each capability in each run, as a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import words
from reports.certificate import Certificate, certificate
from reports.matrix import cell, mark
from specs.guideline.needed import FILE
from specs.text import visible_value

if TYPE_CHECKING:
    from reports.view import View


@dataclass(frozen=True)
class Row:
    """A capability, with its standing in each run; None for a run whose guideline does not have it."""

    id: str
    title: str
    standings: tuple[str | None, ...]


@dataclass(frozen=True)
class Matrix:
    """The capabilities of some runs.

    Attributes:
        guidelines: the guideline of each run, with its version.
        rows: every capability, in the order of the first guideline that has it.
    """

    guidelines: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def differing(self) -> int:
        """The number of capabilities that do not stand the same in all runs."""
        return sum(len(set(row.standings)) > 1 for row in self.rows)


def matrix_of(views: Sequence[View]) -> Matrix | None:
    """Return the capabilities of some runs; None if one of them followed no guideline.

    Raises:
        GuidelineError: the file of a guideline is damaged.
        RecordError: a record cannot be read.
    """
    paths = [view.path for view in views if view.path is not None and (view.path / FILE).exists()]
    return compared([certificate(path) for path in paths]) if len(paths) == len(views) else None


def compared(certificates: Sequence[Certificate]) -> Matrix:
    """Return the capabilities of some certificates side by side."""
    titles: dict[str, str] = {}
    found: list[dict[str, str]] = []
    for made in certificates:
        found.append({one.capability.id: one.label for one in made.judged})
        for one in made.judged:
            titles.setdefault(one.capability.id, one.capability.title)
    names = tuple(f"{made.needs.guideline.id} {made.needs.guideline.version}" for made in certificates)
    rows = (Row(name, title, tuple(one.get(name) for one in found)) for name, title in titles.items())
    return Matrix(names, tuple(rows))


def lines_of(matrix: Matrix, names: Sequence[str]) -> list[str]:
    """Return, for a terminal, the capabilities that differ, and the counts of each run."""
    lines = [
        f"{name}  {guideline}: {_counted([row.standings[at] for row in matrix.rows])}"
        for at, (name, guideline) in enumerate(zip(names, matrix.guidelines, strict=True))
    ]
    lines.append(f"The runs differ on {words.count(matrix.differing, 'capability', 'capabilities')}.")
    for row in matrix.rows:
        if len(set(row.standings)) > 1:
            lines.append(f"  {row.id}: {', '.join(standing or 'not in it' for standing in row.standings)}")
    return lines


def written(matrix: Matrix, names: Sequence[str], form: str) -> str:
    """Return the matrix as text: ``csv``, ``md`` or ``json``."""
    if form == "json":
        data = {
            "format": 1,
            "runs": [
                {"run": name, "guideline": guideline} for name, guideline in zip(names, matrix.guidelines, strict=True)
            ],
            "capabilities": [
                {"id": row.id, "title": row.title, "standings": list(row.standings)} for row in matrix.rows
            ],
        }
        return json.dumps(visible_value(data), indent=1) + "\n"
    if form == "csv":
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(["capability", "title", *map(cell, names)])
        writer.writerows([cell(row.id), cell(row.title), *(one or "" for one in row.standings)] for row in matrix.rows)
        return stream.getvalue()
    lines = [
        "| " + " | ".join(["Capability", *map(mark, names)]) + " |",
        "| " + " | ".join(["---"] * (len(names) + 1)) + " |",
    ]
    lines += ["| " + " | ".join([mark(row.title), *(one or "" for one in row.standings)]) + " |" for row in matrix.rows]
    return "\n".join(lines) + "\n"


def _counted(standings: Sequence[str | None]) -> str:
    order = ("proved", "broken", "not proved", "excepted", "flagged")
    return ", ".join(f"{standings.count(one)} {one}" for one in order if standings.count(one) or one == "proved")
