"""Requests in situations of which the reference says nothing: every other status of the resource, and its lock.

A reference that names no status for an operation and does not list 409 promises nothing about the answer there, except
that a service never answers with an error of its own that the reference does not list. So any other answer is observed,
and an unlisted refusal is an omission. One request is made in each status; the lanes hold the resource in it anyway.
"""

from __future__ import annotations

from conformance.engine.derive.attempt import SILENT, Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.view import View
from conformance.engine.judge.codes import AnsweredAsListed
from conformance.engine.model.setup import Locked

CONFLICT = 409
"""The code of a refusal because of the state of a resource (RFC 9110, 15.5.10)."""


def derive_situations(view: View, book: Book) -> None:
    """Add the cases of the kind situation, for an operation on one resource that has statuses.

    If the reference lists 409, the cases of this code try the same situations (module ``refusals``). If it lists no
    error at all, it leaves the codes out, and no refusal is more unlisted than another.
    """
    listed = [code for code in view.operation.responses.error if code.listed and view.default in code.range]
    if view.scoped and listed and all(code.code != CONFLICT for code in listed):
        _statuses(view, book, listed[0].line)
        _locked(view, book, listed[0].line)


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
