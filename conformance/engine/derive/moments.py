"""Required fields of an answer about a resource in other statuses: the table of an answer holds whenever it is asked.

A resource that has failed, or that no host runs any more, lacks much of which an answer about it tells. So the answers
that the cases of other statuses ask for are judged field by field. No request is made for these cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from conformance.engine.api.producers import placeholders
from conformance.engine.derive.book import Book
from conformance.engine.derive.success import field_shown
from conformance.engine.derive.view import View
from conformance.engine.model.trial import Once, Trial


def derive_moments(view: View, book: Book) -> None:
    """Add a case body/<field> for each required field, in each other status in which another case asks for the answer.

    The cases of statuses must be in the book already.
    """
    if not view.reads or placeholders(view.operation.path) != [view.service.identifier] or view.environment is not None:
        return  # a part of the resource cannot be made in every status
    trials = list(elsewhere(view, book))
    for row in view.operation.response.parameters if trials else ():
        if row.location not in ("body", None) or view.default not in row.range:
            continue
        shown = field_shown(view, row, view.default)
        if shown is None or not shown.required or view.service.showing(view.operation, row.name) is not None:
            continue
        requirement = view.requirement("body", row.name, row.line, True)
        for trial in trials:
            judged = replace(shown, open=True)
            book.case(requirement, f"in-{trial.situation.state}", trial, judged, row.name, beside=True)


def elsewhere(view: View, book: Book) -> Iterator[Trial]:
    """Yield the documented request in each other status, at the version of the other cases of the body."""
    variant, main = view.main
    plain = view.body(variant, view.default)
    for trial in book.trials_of(view.operation):
        request, state = trial.request, trial.situation.state
        usual = request.role == view.role and request.version is None and request.body == plain
        asked = request.query == view.service.query(view.operation) and isinstance(trial.exchange, Once)
        there = trial.situation.target == "own" and not trial.setup and not trial.gates
        if usual and asked and there and trial.outcome.accepted is not False and state not in (None, main):
            yield trial
