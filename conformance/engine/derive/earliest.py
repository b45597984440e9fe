"""Required fields of an answer at an early version: a field without a first version is there from the beginning.

The newest version shows a field whose first version is missing from its row as well. So the answer that another case
asks for at the earliest version must show it, too. No request is made for these cases.
"""

from __future__ import annotations

from dataclasses import replace

from conformance.engine.derive.book import Book
from conformance.engine.derive.success import field_shown
from conformance.engine.derive.view import View
from conformance.engine.model.trial import Once, Trial
from specs.microversion import Microversion, VersionRange

EARLIEST = "at-"
"""The beginning of the detail of such a case; its version follows."""


def derive_earliest(view: View, book: Book) -> None:
    """Add a case body/<field> for each required field, at the earliest version that an accepted request has.

    All accepted requests of the operation must be in the book already.
    """
    found = earliest(view, book)
    if found is None:
        return
    version, trial = found
    for row in view.operation.response.parameters:
        if row.location not in ("body", None) or row.min is not None or version not in row.range:
            continue
        shown = field_shown(view, row, version)
        if shown is not None and shown.required and view.service.showing(view.operation, row.name) is None:
            # The type is that of the newest version: a text may tell of another one before it.
            shown = replace(shown, type=None, nullable=True, enum=(), open=True)
            requirement = view.requirement("body", row.name, row.line, True)
            book.case(requirement, f"{EARLIEST}{version}", trial, shown, row.name, beside=True)


def earliest(view: View, book: Book) -> tuple[Microversion, Trial] | None:
    """The accepted request of the lowest version with a body, if it is not the version of all other trials."""
    body = view.operation.response.body
    empty = VersionRange.parse(body.min, body.max)
    fit = [
        (trial.request.version, trial)
        for trial in book.trials_of(view.operation)
        if trial.request.version is not None
        and trial.request.version < view.default
        and trial.outcome.accepted is True
        and isinstance(trial.exchange, Once)
        and not trial.setup
        and not trial.gates
        and trial.situation.target == "own"
        and trial.situation.environment == view.within
        and trial.situation.state == view.main[1]
        and not (body.content == "empty" and trial.request.version in empty)
    ]
    return min(fit, key=lambda one: one[0], default=None)
