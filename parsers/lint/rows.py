"""Rows of tables: repeated rows, and rows in a table that their entry does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from parsers.lint.findings import CERTAIN, TASTE, Place, Rule
from parsers.lint.view import SIDES

if TYPE_CHECKING:
    from parsers.lint.view import Row, Subject, View


def _repeated(view: View, subject: Subject) -> Iterator[tuple[Row, Row, bool]]:
    """Yield pairs of rows with the same name and reference in one table, and True if they are true duplicates.

    A flat table may list the same field of two objects, so two body rows are true duplicates only if they follow each
    other. Headers and parameters are not nested, so two such rows are always duplicates.
    """
    for side in SIDES:
        rows = subject.rows(side)
        following = {id(after): before for before, after in pairwise(rows)}
        first: dict[tuple[str, str], Row] = {}
        for row in rows:
            key = (row.name, row.parameter.ref)
            if key in first and view.together(subject.path, first[key].line, row.line):
                before = following.get(id(row))
                beside = before is not None and (before.name, before.parameter.ref) == key
                yield first[key], row, beside or row.parameter.location not in ("body", None)
            first[key] = row


def _duplicates(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        for first, row, certain in _repeated(view, subject):
            if certain:
                yield Place(
                    subject.path,
                    row.line,
                    f"{row.name} is already in this table (line {first.line}); remove one of the two rows",
                )


def _apart(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        for first, row, certain in _repeated(view, subject):
            if not certain:
                yield Place(
                    subject.path,
                    row.line,
                    f"{row.name} is in this table twice (first in line {first.line}); if the rows belong to "
                    f"different objects, write `object.{row.last}`",
                )


def _path_in_response(view: View) -> Iterator[Place]:
    for subject in view.subjects:
        for row in subject.responses:
            if row.parameter.location in ("path", "query"):
                yield Place(
                    subject.path,
                    row.line,
                    f"{row.name} is in the table of the response, but {row.told_by} puts it in "
                    f"{row.parameter.location}, which only requests have; "
                    + (
                        "write another part" if row.written_out else "refer to an entry with `in: body` or `in: header`"
                    ),
                    row.cause,
                )


RULES = (
    Rule("duplicate-row", CERTAIN, "A table contains the same row twice.", _duplicates),
    Rule("request-part-in-response", CERTAIN, "A response table has a row in path or query.", _path_in_response),
    Rule("repeated-row", TASTE, "A flat table contains a row twice without naming the objects.", _apart),
)
