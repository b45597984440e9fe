"""Keys of an answer that no document has: the table and the samples of an operation name every field of its objects.

Only objects are looked at in which a sample shows a row of the table, so that their keys are known to be fields. The
keys of any other object may be data, such as names that a user chose. A key that is documented for some microversion or
at another place of the answer, counts as documented: the cases of that row judge where it belongs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conformance.engine.api.response_fields import NAMED, Place, place_in, places_in
from conformance.engine.derive.attempt import Asked, Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.success import TEMPLATE
from conformance.engine.derive.view import View
from conformance.engine.judge.contents import DocumentedKeys
from specs.model import Operation, Parameter

PAGE = ("limit", "1")
"""The query for a page of one element: a list that has more may show a link to the next page, and nothing else does."""


def derive_undocumented(view: View, book: Book) -> None:
    """Add the cases that neither the documented answer nor a page of a list has other keys, at the highest version."""
    known = documented_keys(view.operation)
    if any(TEMPLATE.search(row.name) for row in view.operation.response.parameters):
        return  # such a row stands for fields of any name
    if not known or view.operation.response.body.content == "empty":
        return
    variant, state = view.main
    where = Where(variant, state)
    requirement = view.requirement("body", "undocumented", view.operation.response.body.line)
    expectation = DocumentedKeys(tuple(known.items()))
    book.case(requirement, "", attempt(view, "documented", where), expectation)
    if any(row.name == PAGE[0] and row.location == "query" for row in _rows_now(view)):
        page = attempt(view, "page", where, Asked(query=(PAGE,)))
        book.case(requirement, PAGE[0], page, expectation)


def _rows_now(view: View) -> Iterator[Parameter]:
    """Yield the rows of the request that exist at the highest version."""
    return (row for row in view.operation.request.parameters if view.default in row.range)


def documented_keys(operation: Operation) -> Mapping[Place, frozenset[str]]:
    """The documented keys of each object of an answer whose keys are fields, by the place of the object."""
    bodies = [sample.body for sample in operation.response.samples if sample.valid]
    rows = [row for row in operation.response.parameters if row.location in ("body", None)]
    placed = [place for row in rows if (place := place_in(bodies, row.name)) is not None and NAMED not in place]
    shown = [place for body in bodies for place in places_in(body)]
    anywhere = frozenset(row.name.rpartition(".")[2] for row in rows) | {row.name for row in rows}
    found: dict[Place, frozenset[str]] = {}
    for parent in {place[:-1] for place in placed if place[-1] != "[]"}:
        keys = {place[-1] for place in shown if place[:-1] == parent}
        if NAMED not in keys:
            found[parent] = anywhere | keys
    return dict(sorted(found.items()))
