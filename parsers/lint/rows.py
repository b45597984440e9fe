"""Rows of tables: repeated rows, and rows in a table that their entry does not allow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from parsers.lint.findings import CERTAIN, TASTE, Place, Rule, listed
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


def _detailed(view: View) -> Iterator[Place]:
    """Find query rows that one of two lists of the same elements has: the brief one, and the one with details."""
    lists = {
        (subject.path, subject.operation.path): subject
        for subject in view.subjects
        if subject.operation.method == "GET" and subject.operation.removed is None and not subject.lost
    }
    for (path, url), brief in lists.items():
        detailed = lists.get((path, f"{url}/detail"))
        names = [_queries(one) for one in (brief, detailed)] if detailed is not None else []
        if detailed is None or not all(names):
            continue  # a list without any row may leave all of them to the text
        for lacking, other in ((detailed, brief), (brief, detailed)):
            missing = [name for name in _queries(other) if name not in _queries(lacking)]
            if missing:
                yield Place(
                    path,
                    lacking.method_line,
                    f"GET {other.operation.path} selects by {listed(missing)}, but the query of GET "
                    f"{lacking.operation.path} has no such row; add rows, or say in the text that the lists differ",
                )


def _queries(subject: Subject) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.name for row in subject.requests if row.parameter.location == "query"))


RULES = (
    Rule("filter-of-one-list", TASTE, "Two lists of the same elements differ in their query parameters.", _detailed),
    Rule("duplicate-row", CERTAIN, "A table contains the same row twice.", _duplicates),
    Rule("request-part-in-response", CERTAIN, "A response table has a row in path or query.", _path_in_response),
    Rule("repeated-row", TASTE, "A flat table contains a row twice without naming the objects.", _apart),
)
