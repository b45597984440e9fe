"""The end of a run: totals, exit status, the report, and the closing lines on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.engine.cloud.faults import rooms_that_lack
from conformance.engine.model.case import Case
from conformance.interrupt import INTERRUPTED
from conformance.plugin.choices import Choices
from conformance.plugin.share import Share
from conformance.plugin.shares import Shares, said, undescribed
from reports.known import sentences_of
from reports.words import left_out, work_of
from specs.record import RecordError, Tally
from specs.record.directory import PRIVATE
from specs.record.model import Result, RunInfo, Verdict

CANNOT_RUN = 2
REPORT = "report.html"

NOTHING = "nothing was selected: no case matches -k, -m and the other options (`conformance list` shows all)"


Accepted = Callable[[Share], int | None]
"""Gives the number of requests about a service that the cloud has accepted; None if it is unknown."""


@dataclass(frozen=True)
class Outcome:
    """The end of a run: its exit status and the lines to print."""

    status: int
    lines: tuple[str, ...]


def status_of(
    tally: Tally,
    choices: Choices,
    *,
    interrupted: bool,
    nothing_shown: bool = False,
    other_failed: bool = False,
) -> int:
    """Return the exit status of a finished run.

    Args:
        tally: the counts of the results.
        choices: the options of the run.
        interrupted: True if a signal interrupted the run.
        nothing_shown: True if the results of a service show nothing of the cloud.
        other_failed: True if a test failed that is no case of this suite.
    """
    if interrupted:
        return INTERRUPTED
    if not tally.cases and not other_failed:
        return CANNOT_RUN
    status = tally.exit_status(choices.fail_on_omission, choices.allow_undecided)
    return 1 if other_failed else status or (3 if nothing_shown else 0)


def nothing_shown(shares: Shares, tallies: Mapping[str | None, Tally], accepted: Accepted) -> list[str]:
    """Return one sentence for each service whose results show nothing of the cloud."""
    found = (
        (share, tallies[share.service].nothing_shown(accepted(share))) for share in shares if share.service in tallies
    )
    return [said(share, why) for share, why in found if why is not None]


def write_report(directory: Path) -> str | None:
    """Write report.html. Returns None, or a sentence that says why it could not be written."""
    from parsers.kept import kept_release
    from reports.commands import report

    try:
        report([directory], html=directory / REPORT, find=kept_release, mode=PRIVATE)
    except Exception as error:  # the report can be made from the record later, so the run must not fail for it
        return f"the report could not be written: {' '.join(str(error).split()) or type(error).__name__}"
    return None


def closing_lines(info: RunInfo, tally: Tally, directory: Path, notes: Iterable[str]) -> list[str]:
    """Return the closing lines: totals, notes, and the paths of the record and the report."""
    extra = [f"{tally.waived} waived"] if tally.waived else []
    extra += [f"{tally.omissions} with an omission"] if tally.omissions else []
    lines = [
        f"{tally.cases.total()} cases: {', '.join([_counts(tally.cases), *extra])}; "
        f"{len(tally.requirements)} requirement{'' if len(tally.requirements) == 1 else 's'}",
        ", ".join((*work_of(info), f"{info.totals['seconds']:.1f} s")),
    ]
    if tally.undecided:
        lines[0] += f"; {tally.undecided_percent:.1f} % undecided"
    for part in info.services:
        cases: dict[Any, int] = Counter(part.totals)
        counted = f"{cases['cases']} cases: {_counts(cases)}"
        lines.append(f"{part.service}: {part.lacking or counted}")
    lines += sentences_of(info)
    lines += [f"note: {note}" for note in (*left_out(info), *notes)]
    lines.append(f"record: {_shown(directory)}")
    if (directory / REPORT).exists():
        lines.append(f"report: {_shown(directory / REPORT)}")
    return lines


def _counts(cases: Mapping[Any, int]) -> str:
    """The numbers of cases by verdict in words."""
    order: tuple[Verdict, ...] = ("pass", "fail", "error", "inconclusive", "inapplicable")
    return ", ".join(f"{cases[v]} {v}" for v in order if cases[v] or v == "fail")


def notes_at_end(shares: Shares, directory: Path) -> list[str]:
    """Return the notes beside the totals: expired waivers, versions left out, a wrong clock, and things left behind."""
    left = [one for share in shares for one in share.session.left]
    clocks = dict.fromkeys(clock for share in shares if (clock := share.session.cloud.clock))
    again = f"{len(left)} resources could not be removed: try again with `conformance cleanup {_shown(directory)}`"
    return [
        *shares.first.waivers.sentences,
        *(
            said(share, text)
            for share in shares
            for text in (*undescribed(share), *share.session.hints, *share.session.versions_left_out)
        ),
        *clocks,
        *([again] if left else []),
    ]


def without_room(results: Iterable[Result]) -> list[str]:
    """Return one sentence for each limit of the project that left cases undecided, the worst one first."""
    return rooms_that_lack(result.reason or "" for result in results if result.verdict == "inconclusive")


def missing_results(cases: Iterable[Case], reason: str) -> list[Result]:
    """Make results with the verdict error for cases that have no result because a process of the run died."""
    return [
        Result(
            case=case.id,
            requirement=case.requirement.id,
            operation=case.operation.id,
            verdict="error",
            source=case.requirement.source,
            expected=case.expectation.expected,
            observed="not tried",
            microversion=str(version) if (version := case.trial.request.version) else None,
            role=case.trial.request.role,
            reason=reason,
            kind=case.requirement.kind,
            state=case.trial.situation.state,
        )
        for case in cases
    ]


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


__all__ = [
    "CANNOT_RUN",
    "INTERRUPTED",
    "Outcome",
    "RecordError",
    "closing_lines",
    "missing_results",
    "notes_at_end",
    "status_of",
    "without_room",
    "write_report",
]
