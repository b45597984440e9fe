"""Defects that the reader of the reference reports, and documents that no other document includes."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from parsers.lint.findings import CERTAIN, Finding, Place, Rule
from parsers.meant import MISTYPED, UNREAD

if TYPE_CHECKING:
    from parsers.build import Reading
    from parsers.lint.view import View
    from parsers.parameters import Flaw

_MET = {
    "undefined-parameter": "A row refers to an entry that does not exist in the parameter file.",
    "duplicate-parameter": "A parameter file defines an entry twice; only the last one counts.",
    "malformed-parameter": "An entry of a parameter file has no keys.",
    "missing-parameter-file": "A table names a parameter file that does not exist.",
    "missing-status-file": "A table names a status file that does not exist.",
    "missing-include": "A document includes a file that does not exist.",
    "table-without-file": "A table names no parameter file or status file.",
    "empty-table": "A table has no rows.",
    "malformed-row": "A row of a table does not have the form `- name: reference`.",
    "malformed-status-table": "A table of codes does not say whether it lists success or error codes.",
    "malformed-method": "A method directive names no method and URL.",
    MISTYPED: "A directive is written wrongly; it was read as the intended directive.",
    UNREAD: "A directive is written wrongly, and its content was not read.",
    "method-without-section": "A method directive stands outside of every section, so it makes no operation.",
}
"""Rules of the reader: name -> summary."""

_ONE_CAUSE = frozenset({"undefined-parameter", "missing-parameter-file", "missing-status-file", "missing-include"})
"""Rules of the reader whose places have one cause if their messages are equal: the same thing is missing."""


def flaws(read: Reading) -> Iterator[Flaw]:
    """Return all defects that the reader found, in documents and in parameter files."""
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
    """Return the reader's defects whose rule is not listed in this module."""
    for flaw in flaws(read):
        if flaw.rule not in _MET:
            yield Finding(flaw.path, flaw.line, flaw.rule, flaw.message)


def _orphans(view: View) -> Iterator[Place]:
    """Find files with operations that stand beside the documents and that no document includes."""
    for name, line in view.orphans:
        yield Place(
            name,
            line,
            f"no document includes {posixpath.basename(name)}, so its operations are not shown; include it, or "
            "remove it",
        )


RULES = (
    *(Rule(name, CERTAIN, summary, _met(name)) for name, summary in _MET.items()),
    Rule("orphaned-file", CERTAIN, "No document includes a file with operations.", _orphans),
)
