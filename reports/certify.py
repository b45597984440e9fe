"""Writes the certificate of a run, and verifies one that somebody shows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports import words
from reports.badge import AMBER, GREEN, RED, draw
from reports.certificate import Certificate, certificate
from reports.certificate_json import as_earl, as_json
from reports.certificate_page import data_of, page
from reports.html import installed_version
from specs.record.reader import directory_of
from specs.record.writer import write_atomically

NAME = "certificate"
"""The name of the files without their suffix, in the run directory."""

LISTED = 20
"""Largest number of capabilities that the terminal lists."""

_DIGESTED = {
    "guideline": "another guideline",
    "needs": "another choice of cases",
    "record": "another record",
    "specs": "other specs",
}
"""The digests of a certificate, and in words the difference if one differs."""

_COLOURS = {"proved": GREEN, "broken": RED, "not proved": AMBER}


@dataclass(frozen=True)
class Done:
    """A written certificate: its exit status, the lines for the terminal, and the files."""

    status: int
    lines: tuple[str, ...]
    written: tuple[Path, ...]


def certify(run: Path, *, mode: int = 0o666) -> Done:
    """Write the certificate of a run into its directory: as a page, JSON, EARL in JSON-LD, and a badge.

    Args:
        run: the run directory.
        mode: permissions of the files, less the user's mask.

    Raises:
        GuidelineError: the run followed no guideline.
        RecordError: the record cannot be read, or a file cannot be written.
    """
    directory = directory_of(run)
    made = certificate(directory)
    contents = contents_of(made)
    written = []
    for suffix, content in contents.items():
        write_atomically(directory / f"{NAME}.{suffix}", content, mode)
        written.append(directory / f"{NAME}.{suffix}")
    return Done(made.status, tuple(lines_of(made, written[0])), tuple(written))


def contents_of(made: Certificate) -> dict[str, str]:
    """Return the texts of the files of a certificate, by suffix."""
    version = installed_version()
    return {
        "html": page(made),
        "json": json.dumps(as_json(made), indent=1, ensure_ascii=False) + "\n",
        "jsonld": json.dumps(as_earl(made, version), indent=1, ensure_ascii=False) + "\n",
        "svg": badge(made),
    }


def badge(made: Certificate) -> str:
    """Return the badge of a certificate as SVG: green if all is proved, red if something is broken, else amber."""
    counts = made.counts
    total = sum(counts.values())
    said = f"{counts['broken']} broken" if counts["broken"] else f"{counts['proved']} of {total} proved"
    return draw(f"{made.needs.guideline.id} {made.needs.guideline.version}", said, _COLOURS[made.standing])


def lines_of(made: Certificate, page_path: Path) -> list[str]:
    """Return the lines about a certificate for the terminal."""
    guideline, counts, tests = made.needs.guideline, made.counts, made.tests
    lines = [
        f"{one.capability.id}: {one.standing}: {words.one_line(one.why)}"
        for standing in ("broken", "not proved")
        for one in made.judged
        if one.counts and one.standing == standing
    ]
    if len(lines) > LISTED:
        lines[LISTED:] = [f"... and {len(lines) - LISTED} more: the page shows all"]
    excepted = sum(one.excepted is not None for one in made.judged)
    more = f", {excepted} excepted" if excepted else ""
    lines.append(
        f"{guideline.id} {guideline.version}: {made.standing}: of {sum(counts.values())} required capabilities "
        f"{counts['proved']} proved, {counts['broken']} broken, {counts['not proved']} not proved{more}"
    )
    if sum(tests.values()):
        said = ", ".join(f"{count} {standing or 'not covered'}" for standing, count in reversed(tests.items()))
        lines.append(f"tests of the older programme by what covers them: {said}")
    lines.append(f"certificate: {page_path}")
    return lines


@dataclass(frozen=True)
class Verified:
    """The outcome of a verification: one sentence, and True if the page is what the record gives."""

    holds: bool
    sentence: str


def verify(shown: Path, run: Path) -> Verified:
    """Compare a certificate, as a page or as JSON, with the one that a run record gives.

    Raises:
        GuidelineError, RecordError: the run gives no certificate.
        ValueError: the file is no certificate.
    """
    directory = directory_of(run)
    made = certificate(directory)
    text = shown.read_bytes().decode("utf-8", "replace")
    given: Any = _data(shown, text)
    mine = as_json(made)
    if given != mine:
        what = _difference(given, mine)
        return Verified(False, f"{shown} is not the certificate of {directory.name}: {what}")
    contents = contents_of(made)
    if text not in contents.values():
        return Verified(
            False,
            f"{shown} holds the data that {directory.name} gives, but another text around it: "
            "it was changed, or another version of this program wrote it",
        )
    return Verified(
        True,
        f"{shown} is the certificate that the record {directory.name} gives: {made.standing}, "
        f"record sha256 {made.record_sha256}",
    )


def _data(shown: Path, text: str) -> Any:
    try:
        data = json.loads(text) if shown.suffix == ".json" else data_of(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or "digests" not in data:
        raise ValueError(f"{shown} is no certificate: give the page or the JSON that `conformance certify` wrote")
    return data


def _difference(given: dict[str, Any], mine: dict[str, Any]) -> str:
    """Return in words what differs first between two certificates."""
    digests = given["digests"] if isinstance(given["digests"], dict) else {}
    for name, said in _DIGESTED.items():
        if digests.get(name) != mine["digests"][name]:
            return f"it is of {said}, by the digest"
    keys = [key for key in mine if given.get(key) != mine[key]]
    return f"its {keys[0] if keys else 'content'} differs from what the record gives"
