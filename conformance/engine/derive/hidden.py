"""Fields that the reference shows to administrators only: the answer to a member does not show them.

The answer to the documented request is judged, at the newest version that has the field among those that are asked for
anyway. No request is made for these cases. A provider may change who sees a field.
"""

from __future__ import annotations

from dataclasses import replace

from conformance.engine.api.response_fields import place_of
from conformance.engine.derive.attempt import Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.earliest import earliest
from conformance.engine.derive.view import ADMIN, View
from conformance.engine.judge.contents import HiddenFrom
from conformance.engine.model.trial import Trial
from specs.model import Parameter


def derive_hidden(view: View, book: Book, default_policy: bool) -> None:
    """Add a case body/<field> for each field that only administrators see, if members may send the request.

    Args:
        view: the view of the operation.
        book: the book, which has all accepted requests of the operation already.
        default_policy: True if the cloud is known to keep the documented defaults of its policy.
    """
    if not view.reads or view.role == ADMIN:
        return
    for row in view.operation.response.parameters:
        if row.visible_to == ADMIN and row.location in ("body", None):
            place, trial = place_of(view.operation, row), _asked(view, book, row)
            if place is not None and trial is not None:
                requirement = view.requirement("body", row.name, row.line, True)
                expectation = HiddenFrom(row.name, place, view.role, default_policy)
                book.case(requirement, f"hidden-from-{view.role}", trial, expectation, row.name, beside=True)


def _asked(view: View, book: Book, row: Parameter) -> Trial | None:
    """The documented request of the role at a version that has the row; None if the suite sends none."""
    variant, state = view.main
    if view.default in row.range:
        trial = attempt(view, "documented", Where(variant, state))
        return next((one for one in book.trials_of(view.operation) if one == replace(trial, key=one.key)), None)
    found = earliest(view, book)
    return found[1] if found is not None and found[0] in row.range and found[1].request.role == view.role else None
