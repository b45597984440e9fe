"""Several runs side by side: the results of each, and the requirements on which they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import words
from reports.capabilities import lines_of
from reports.certificate_page import SIGNS
from reports.html import render, subject
from specs.record.model import scoped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.capabilities import Matrix
    from reports.view import View
    from specs.record.model import Verdict

ROWS = 5_000
"""Largest number of requirements that one page lists."""


@dataclass(frozen=True)
class Row:
    """A requirement or a deviation, with the verdict of each run; None for a run that does not have it."""

    name: str
    verdicts: tuple[Verdict | None, ...]


def differing(views: Sequence[View]) -> list[Row]:
    """Return the requirements with different verdicts among the runs, in order of their ids."""
    several = any(view.parts for view in views)
    verdicts = [_verdicts(view, several) for view in views]
    names = sorted({name for found in verdicts for name in found})
    rows = (Row(name, tuple(found.get(name) for found in verdicts)) for name in names)
    return [row for row in rows if len(set(row.verdicts)) > 1]


def _verdicts(view: View, several: bool) -> dict[str, Verdict]:
    """The verdict of each requirement; with their services if one of the compared runs is of several."""
    if view.parts or not several:
        return view.tally.requirements
    return {scoped(view.info.service, name): verdict for name, verdict in view.tally.requirements.items()}


def deviating(views: Sequence[View]) -> list[Row]:
    """Return the deviations of all runs, those of most runs first; the verdict of a run that has one is ``fail``."""
    several = any(view.parts for view in views)
    have = [
        {
            scoped(part.info.service if several else None, finding.id): finding.class_
            for part in view.services
            for finding in part.findings
        }
        for view in views
    ]
    names = dict.fromkeys(name for found in have for name in found)
    rows = [Row(name, tuple("fail" if name in found else None for found in have)) for name in names]
    return sorted(rows, key=lambda row: -sum(verdict is not None for verdict in row.verdicts))


def runs_page(views: Sequence[View], capabilities: Matrix | None = None) -> str:
    """Return the HTML page that compares several runs, with their capabilities if all followed a guideline."""
    differ, deviate = differing(views), deviating(views)
    return render(
        "runs.html.j2",
        views=views,
        names=run_names(views),
        capabilities=capabilities,
        signs=SIGNS,
        subjects=[subject(view.info) for view in views],
        headlines=[view.headline for view in views],
        whens=[words.when(view.info.started) for view in views],
        differ=differ[:ROWS],
        deviate=deviate[:ROWS],
        left_out=(max(0, len(differ) - ROWS), max(0, len(deviate) - ROWS)),
    )


def runs_text(views: Sequence[View], capabilities: Matrix | None = None) -> str:
    """Return, for a terminal, the results of several runs and the requirements on which they differ."""
    lines = []
    for at, view in enumerate(views):
        lines.append(f"{_name(view, at)}  {words.one_line(str(view.info.endpoint.get('url') or ''), 200)}".rstrip())
        lines.append(f"  {view.headline}")
        lines.append(f"  {words.exit_meaning(view.exit_status, view.info.finished is not None)}")
    if capabilities is not None:
        lines += lines_of(capabilities, run_names(views))
    differ = differing(views)
    lines.append(f"The runs differ on {words.count(len(differ), 'requirement')}.")
    for row in differ[:40]:
        said = ", ".join(verdict or "not tried" for verdict in row.verdicts)
        lines.append(f"  {words.one_line(row.name, 200)}: {said}")
    if len(differ) > 40:
        lines.append(f"  ... and {words.number(len(differ) - 40)} more: the page shows all")
    return words.visible("\n".join(lines)) + "\n"


def run_names(views: Sequence[View]) -> list[str]:
    """Return the names of some runs: those of their directories."""
    return [_name(view, at) for at, view in enumerate(views)]


def _name(view: View, at: int) -> str:
    return words.one_line(view.path.name, 100) if view.path else f"run {at + 1}"
