"""The command ``conformance report``: it reads records, writes reports, and returns a summary."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import capabilities, text
from reports.badge import badge as draw_badge
from reports.compare import Comparison, compare
from reports.html import installed_version, page
from reports.matrix import FORMATS
from reports.matrix import matrix as write_matrix
from reports.runs import run_names, runs_page, runs_text
from reports.sarif import sarif as write_sarif
from reports.site import site as make_site
from reports.site_folder import write_site
from reports.view import View, view
from specs.record import RunRecord
from specs.record.writer import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from reports.quotes import Find


@dataclass(frozen=True)
class Summary:
    """The result of ``report``.

    Attributes:
        text: summary for the terminal.
        written: the written files, in the order of the options.
        exit_status: the gravest exit status of the runs: 2, then 1, 3, 130, 0; None if a run has not ended and no other
            has a graver status.
        comparison: the comparison with the baseline; None if no baseline was given.
    """

    text: str
    written: tuple[Path, ...]
    exit_status: int | None
    comparison: Comparison | None = None


def report(
    runs: Sequence[Path],
    html: Path | None = None,
    sarif: Path | None = None,
    baseline: Path | None = None,
    *,
    matrix: Path | None = None,
    badge: Path | None = None,
    site: Path | None = None,
    find: Find | None = None,
    mode: int = 0o666,
) -> Summary:
    """Read the records of one or several runs and write reports, each completely or not at all.

    Args:
        runs: directories of runs. For several, the page compares them, and the SARIF log holds one run for each.
        html: file for the page; None writes none, as for the other files.
        sarif: file for the SARIF log.
        baseline: directory of an earlier run, with which a single run is compared.
        matrix: file for the matrix of a single run, or by capability for several runs that followed a guideline; its
            suffix (csv, md or json) is the form.
        badge: file for the SVG badge of a single run.
        site: folder for the report as a site; it must be new, empty or an earlier site.
        find: finds the directory of the reference of a run, whose sentences are then quoted.
        mode: permissions of the written files, less the user's mask.

    Raises:
        RecordError: a record cannot be read, or a file cannot be written.
        ValueError: the arguments do not fit together.
    """
    if not runs:
        raise ValueError("name at least one run, such as runs/latest")
    if len(runs) > 1:
        for name, value in (("--baseline", baseline), ("--badge", badge)):
            if value is not None:
                raise ValueError(f"{name} is for one run, and {len(runs)} were named: name one")
    form = matrix.suffix.lstrip(".").lower() if matrix is not None else "csv"
    if form not in FORMATS:
        raise ValueError(f"the matrix cannot be written to {matrix}: the name must end in .{', .'.join(FORMATS)}")
    views = [view(RunRecord.read(path), find) for path in runs]
    one = views[0]
    several = capabilities.matrix_of(views) if len(views) > 1 else None
    if len(views) > 1 and several is None and matrix is not None:
        raise ValueError("--matrix is for one run, or for several that each followed a guideline: name one")
    earlier = view(RunRecord.read(baseline)) if baseline is not None else None
    comparison = compare(one, earlier) if earlier is not None else None
    version = installed_version()
    files: tuple[tuple[Path | None, Callable[[], str]], ...] = (
        (html, lambda: page(one, comparison) if len(views) == 1 else runs_page(views, several)),
        (sarif, lambda: json.dumps(write_sarif(views, version, comparison), indent=1) + "\n"),
        (
            matrix,
            lambda: capabilities.written(several, run_names(views), form) if several else write_matrix(one, form),
        ),
        (badge, lambda: draw_badge(one)),
    )
    written = []
    for file, content in files:
        if file is not None:
            write_atomically(file, content(), mode)
            written.append(file)
    if site is not None:
        written.append(write_site(site, make_site(views, earlier), mode))
    said = text.of_view(one, comparison) if len(views) == 1 else runs_text(views, several)
    return Summary(said, tuple(written), _gravest(views), comparison)


def _gravest(views: Sequence[View]) -> int | None:
    statuses = [view.exit_status for view in views]
    for status in (2, 1, 3, 130, None):
        if status in statuses:
            return status
    return statuses[0]
