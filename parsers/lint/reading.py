"""Defects that were met while the reference was read, and documents that nobody includes."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from parsers.lint.findings import CERTAIN, Finding, Place, Rule
from parsers.reader import MISTYPED, UNREAD

if TYPE_CHECKING:
    from parsers.build import Reading
    from parsers.lint.view import View
    from parsers.parameters import Flaw

_MET = {
    "undefined-parameter": "A row refers to an entry that the parameter file lacks.",
    "duplicate-parameter": "A parameter file defines one entry twice, and only the last counts.",
    "malformed-parameter": "An entry of a parameter file has no keys of its own.",
    "missing-parameter-file": "A table names a parameter file that is not there.",
    "missing-status-file": "A table names a status file that is not there.",
    "missing-include": "A document includes a file that is not there.",
    "table-without-file": "A table names no parameter file or status file.",
    "empty-table": "A table has no rows.",
    "malformed-row": "A row of a table is not of the form that tables have.",
    "malformed-status-table": "A table of codes does not say whether they are of success or of errors.",
    "malformed-method": "A method directive names no method and URL.",
    MISTYPED: "Text was meant as a directive, is none as it stands, and was read as one all the same.",
    UNREAD: "Text was meant as a directive, is none, and nothing reads it.",
    "method-without-section": "A method directive stands in no section, so there is no operation for it.",
}
"""Rules that the reader itself applies: name -> what it finds."""

_ONE_CAUSE = frozenset({"undefined-parameter", "missing-parameter-file", "missing-status-file", "missing-include"})
"""Rules of the reader by which the same message tells of the same thing that is missing."""


def flaws(read: Reading) -> Iterator[Flaw]:
    """What was met in documents, and in parameter files."""
    yield from read.flaws
    for held in read.tables.parameter_files.values():
        yield from held.flaws


def _met(name: str) -> Callable[[View], Iterator[Place]]:
    def check(view: View) -> Iterator[Place]:
        for flaw in flaws(view.reading):
            if flaw.rule == name:
                cause = flaw.message if name in _ONE_CAUSE else ""
                yield Place(flaw.path, view.line(flaw.path, flaw.line), flaw.message, cause)

    return check


def unnamed(read: Reading) -> Iterator[Finding]:
    """What the reader met under a name that no rule of this module has."""
    for flaw in flaws(read):
        if flaw.rule not in _MET:
            yield Finding(flaw.path, flaw.line, flaw.rule, flaw.message)


def _orphans(view: View) -> Iterator[Place]:
    """A part with operations that stands beside the documents, and that none of them includes."""
    for name, line in view.orphans:
        yield Place(
            name,
            line,
            f"no document includes {posixpath.basename(name)}, so its operations are not shown; include it, or "
            "remove it",
        )


RULES = (
    *(Rule(name, CERTAIN, summary, _met(name)) for name, summary in _MET.items()),
    Rule("orphaned-file", CERTAIN, "A file with operations is included by no document.", _orphans),
)
