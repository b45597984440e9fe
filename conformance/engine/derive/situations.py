"""Requests in situations of which the reference says nothing: other statuses, locks, and odd values in queries.

A reference that names no status for an operation and does not list 409 promises nothing about the answer there, except
that a service never answers with an error of its own that the reference does not list. So any other answer is observed,
and an unlisted refusal is an omission. One request is made in each status; the lanes hold the resource in it anyway.
One more is made while the resource changes, if the description names a transition that lasts long enough.
The same holds for a query with a value that a documented parameter cannot have, or with a parameter that no document
knows: services differ in whether they ignore or refuse these. Of a parameter whose value is the text of a JSON object,
such a value is the text of an array. It also holds for a name in the path of another form than
the documented one, which most services do not find and some refuse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from conformance.engine.api.producers import placeholders
from conformance.engine.derive.attempt import SILENT, Asked, Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.constraints import broken_texts, must_understand
from conformance.engine.derive.view import View
from conformance.engine.judge.codes import AnsweredAsListed
from conformance.engine.model.case import id_part
from conformance.engine.model.setup import Locked, UnderWay
from specs.model import Parameter

BAD_REQUEST = 400
CONFLICT = 409
"""The code of a refusal because of the state of a resource (RFC 9110, 15.5.10)."""

UNKNOWN = ("conformance", "none")
"""A parameter of a query that no document knows, and its value."""

NOWHERE = "0f0f0f0f-5d0c-4b7e-9f3a-6f1d2b8c9e7a"
"""A UUID that names nothing."""

NO_OBJECT = "[]"
"""A text of JSON that is no object."""

NO_NUMBER = "-1"
"""A value that no count of elements has."""


def derive_situations(view: View, book: Book) -> None:
    """Add the cases of the kind situation.

    If the reference lists 409, the cases of this code try the same statuses (module ``refusals``). If it lists no error
    at all, it leaves the codes out, and no refusal is more unlisted than another.
    """
    listed = [code for code in view.operation.responses.error if code.listed and view.default in code.range]
    if view.scoped and listed and all(code.code != CONFLICT for code in listed):
        _statuses(view, book, listed[0].line)
        _locked(view, book, listed[0].line)
    if view.scoped and listed and view.can_be_held and view.environment is None:
        _under_way(view, book, listed[0].line)
    if listed and view.can_be_held and view.environment is None:
        refused = any(code.code == BAD_REQUEST for code in listed)
        _queries(view, book, listed[0].line, refused)
        if view.reads and not refused:
            _paths(view, book, listed[0].line)


def _statuses(view: View, book: Book, line: int) -> None:
    """Add a case in every stable status in which no other case tries the request; ``line`` lists the errors."""
    requirement = view.requirement("situation", "status", line)
    for variant in view.variants:
        if variant.condition is not None:
            continue  # the cases of the precondition try the other statuses
        for state in view.service.under_test.stable_statuses:
            if state not in variant.states:
                trial = attempt(view, "documented", Where(variant, state), outcome=SILENT)
                book.case(requirement, f"{variant.prefix}{state}", trial, AnsweredAsListed(f"status {state}", state))


def _locked(view: View, book: Book, line: int) -> None:
    """Add the case of a resource that its owner has locked, if the reference says nothing about locks."""
    under_test = view.service.under_test
    said = any(condition.kind == "locked_requires_admin" for condition in view.operation.preconditions)
    if said or not under_test.lock or view.operation.id in (under_test.lock, under_test.unlock):
        return
    variant, state = view.main
    trial = attempt(view, "documented", Where(variant, state), setup=(Locked(),), outcome=SILENT)
    requirement = view.requirement("situation", "locked", line)
    book.case(requirement, "", trial, AnsweredAsListed(f"a locked {view.service.resource}"))


def _under_way(view: View, book: Book, line: int) -> None:
    """Add a case while each described transition of the resource is under way.

    Elements below the resource, and the things that the request would use, cannot be made meanwhile.
    """
    under_test = view.service.under_test
    variant = view.main[0]
    starting = {step.operation for steps in under_test.under_way.values() for step in steps}
    if placeholders(view.operation.path) != [view.service.identifier] or view.operation.id in starting:
        return
    requirement = view.requirement("situation", "under-way", line)
    for status, steps in under_test.under_way.items():
        if view.operation.id in under_test.spared.get(status, ()):
            continue
        trial = attempt(
            view,
            f"under-way-{id_part(status)}",
            Where(variant, under_test.initial_status),
            setup=(UnderWay(status, steps),),
            outcome=SILENT,
        )
        if all(one.relation != "attached" for one in trial.request.bindings):
            book.case(requirement, status, trial, AnsweredAsListed(f"a {view.service.resource} that is {status}"))


def _queries(view: View, book: Book, line: int, listed: bool) -> None:
    """Add the cases of queries; ``listed`` tells whether 400 is listed, so that its cases try some of the values."""
    variant, state = view.main
    rows = [row for row in view.operation.request.parameters if row.location == "query" and view.default in row.range]
    odd = [
        (f"{id_part(row.name)}-{label}", (row.name, value))
        for row in rows
        for label, value in _odd_values(row, listed and must_understand(view, row))
    ]
    needed = view.service.query(view.operation)
    odd += [(f"{id_part(name)}-json", (name, NO_OBJECT)) for name, value in needed if isinstance(value, Mapping)]
    if rows or view.operation.method in ("GET", "HEAD"):
        odd.append(("unknown", UNKNOWN))
    requirement = view.requirement("situation", "query", line)
    for detail, pair in odd:
        trial = attempt(view, f"odd-{detail}", Where(variant, state), Asked(query=(pair,)), outcome=SILENT)
        others = tuple(one for one in needed if one[0] != pair[0])
        trial = replace(trial, request=replace(trial.request, query=(*others, pair)))
        book.case(requirement, detail, trial, AnsweredAsListed(f"the query {pair[0]}={pair[1]:.40}"))


def _paths(view: View, book: Book, line: int) -> None:
    """Add the cases of names in the path that have another form than the documented one."""
    variant, state = view.main
    requirement = view.requirement("situation", "path", line)
    for row in view.operation.request.parameters:
        if row.location != "path" or view.default not in row.range or row.name not in placeholders(view.operation.path):
            continue
        for label, value, _ in broken_texts(row):
            detail = f"{id_part(row.name)}-{label}"
            given = Asked(path=((row.name, value),))
            trial = attempt(view, f"odd-{detail}", Where(variant, state), given, outcome=SILENT)
            book.case(requirement, detail, trial, AnsweredAsListed(f"{row.name} {value:.40} in the path"))


def _odd_values(row: Parameter, refused: bool) -> Iterator[tuple[str, str]]:
    """Yield the label and the text of each value that a parameter cannot have.

    ``refused``: True if the cases of 400 have the values that its row excludes.
    """
    for label, value, _ in broken_texts(row) if not refused else ():
        yield label, value
    if row.name in ("limit", "offset") and row.minimum is None:
        yield "negative", NO_NUMBER
    if row.name == "marker":
        yield "unknown", NOWHERE
