"""The end of a run: totals, exit status, the report, and the closing lines on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.interrupt import INTERRUPTED
from conformance.plugin.choices import Choices
from conformance.plugin.share import Share
from reports.known import sentence_of
from reports.words import left_out, work_of
from specs.record import RecordError, RunRecord, Tally
from specs.record.directory import PRIVATE
from specs.record.model import Result, RunInfo, Verdict

CANNOT_RUN = 2
REPORT = "report.html"


@dataclass(frozen=True)
class Outcome:
    """The end of a run: its exit status and the lines to print."""

    status: int
    lines: tuple[str, ...]


def tally_of(directory: Path) -> Tally:
    """Count the results in a record. Raises RecordError."""
    return Tally.of(RunRecord.read(directory).results)


def status_of(
    tally: Tally,
    choices: Choices,
    *,
    interrupted: bool,
    accepted: int | None = None,
    other_failed: bool = False,
) -> int:
    """Return the exit status of a finished run.

    Args:
        tally: the counts of the results.
        choices: the options of the run.
        interrupted: True if a signal interrupted the run.
        accepted: the number of requests that the cloud has accepted; None if it is unknown.
        other_failed: True if a test failed that is no case of this suite.
    """
    if interrupted:
        return INTERRUPTED
    if not tally.cases and not other_failed:
        return CANNOT_RUN
    status = tally.exit_status(choices.fail_on_omission, choices.allow_undecided, accepted)
    return 1 if other_failed else status


def write_report(directory: Path) -> str | None:
    """Write report.html. Returns None, or a sentence that says why it could not be written."""
    from reports.commands import report

    try:
        report([directory], html=directory / REPORT, mode=PRIVATE)
    except Exception as error:  # the report can be made from the record later, so the run must not fail for it
        return f"the report could not be written: {' '.join(str(error).split()) or type(error).__name__}"
    return None


def closing_lines(info: RunInfo, tally: Tally, directory: Path, notes: Iterable[str]) -> list[str]:
    """Return the closing lines: totals, notes, and the paths of the record and the report."""
    order: tuple[Verdict, ...] = ("pass", "fail", "error", "inconclusive", "inapplicable")
    counts = ", ".join(f"{tally.cases[v]} {v}" for v in order if tally.cases[v] or v == "fail")
    extra = [f"{tally.waived} waived"] if tally.waived else []
    extra += [f"{tally.omissions} with an omission"] if tally.omissions else []
    lines = [
        f"{tally.cases.total()} cases: {', '.join([counts, *extra])}; {len(tally.requirements)} requirements",
        ", ".join((*work_of(info), f"{info.totals['seconds']:.1f} s")),
    ]
    if tally.undecided:
        lines[0] += f"; {tally.undecided_percent:.1f} % undecided"
    lines += [sentence] if (sentence := sentence_of(info)) else []
    lines += [f"note: {note}" for note in (*left_out(info), *notes)]
    lines.append(f"record: {_shown(directory)}")
    if (directory / REPORT).exists():
        lines.append(f"report: {_shown(directory / REPORT)}")
    return lines


def notes_at_end(share: Share, directory: Path) -> list[str]:
    """Return the notes beside the totals: expired waivers, versions left out, a wrong clock, and things left behind."""
    left, clock = share.session.left, share.session.cloud.clock
    again = f"{len(left)} resources could not be removed: try again with `conformance cleanup {_shown(directory)}`"
    return [
        *share.waivers.sentences,
        *share.session.versions_left_out,
        *([clock] if clock else []),
        *([again] if left else []),
    ]


def missing_results(cases: Iterable[Any], recorded: Iterable[str], reason: str) -> list[Result]:
    """Make results with the verdict error for cases that have no result because a process of the run died."""
    known = set(recorded)
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
        if case.id not in known
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
    "tally_of",
    "write_report",
]
