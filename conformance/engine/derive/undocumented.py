"""Keys of an answer that no document has: the table and the samples of an operation name every field of its objects.

Only objects are looked at in which a sample shows a row of the table, so that their keys are known to be fields. The
keys of any other object may be data, such as names that a user chose. A key that is documented for some microversion or
at another place of the answer, counts as documented: the cases of that row judge where it belongs.
"""

from __future__ import annotations

from collections.abc import Mapping

from conformance.engine.api.response_fields import NAMED, Place, place_in, places_in
from conformance.engine.derive.attempt import Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.success import TEMPLATE
from conformance.engine.derive.view import View
from conformance.engine.judge.contents import DocumentedKeys
from specs.model import Operation


def derive_undocumented(view: View, book: Book) -> None:
    """Add the case that the answer of the documented request has no other keys, at the highest version."""
    known = documented_keys(view.operation)
    if any(TEMPLATE.search(row.name) for row in view.operation.response.parameters):
        return  # such a row stands for fields of any name
    if not known or view.operation.response.body.content == "empty":
        return
    variant, state = view.main
    trial = attempt(view, "documented", Where(variant, state))
    requirement = view.requirement("body", "undocumented", view.operation.response.body.line)
    book.case(requirement, "", trial, DocumentedKeys(tuple(known.items())))


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
