"""The promise of a query parameter that names the fields of an answer: the answer shows these fields and no others.

The description of the service names the parameter. Lists have it, and operations that show one thing.
"""

from __future__ import annotations

from conformance.engine.api.response_fields import Place, place_of
from conformance.engine.derive.attempt import Asked, Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.view import View
from conformance.engine.judge.chosen import OnlyChosen
from conformance.engine.model.case import id_part
from specs.model import Operation

PREFERRED = ("id", "name")
"""The fields that are asked for where they are documented. Every role sees them, unlike some others."""


def derive_chosen(view: View, book: Book) -> None:
    """Add the case of the parameter that chooses fields, or the reason why an operation with it has none."""
    rows = [r for r in view.operation.request.parameters if r.location == "query"]
    row = next((r for r in rows if r.name == view.service.field_choice), None)
    if row is None or view.operation.method != "GET":
        return
    requirement = view.requirement("list", row.name, row.line, True)
    holder, names = _shown(view.operation)
    chosen = tuple(name for name in PREFERRED if name in names) or names[:1]
    if len(names) == len(chosen):  # an answer that shows all fields would look the same
        book.without_case(requirement, "no-field", row.name)
        return
    variant, state = view.main
    query = tuple((row.name, name) for name in chosen)
    trial = attempt(view, f"list-{id_part(row.name)}-chosen", Where(variant, state), Asked(query=query))
    book.case(requirement, "", trial, OnlyChosen(row.name, holder, chosen), row.name)


def _shown(operation: Operation) -> tuple[Place, tuple[str, ...]]:
    """Return the place of the object with most of the documented fields, and these fields; empty if there is none.

    It is below one key of the body: the element of a list, or the only thing that the answer shows.
    """
    found: dict[Place, list[str]] = {}
    for row in operation.response.parameters:
        place = place_of(operation, row)
        if place is not None and len(place) == 2 + ("[]" in place[1:2]) and place[-1] != "[]":
            found.setdefault(place[:-1], []).append(place[-1])
    holder = max(found, key=lambda one: len(found[one]), default=())
    return holder, tuple(found.get(holder, ()))
