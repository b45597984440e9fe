"""What a guide promises of every operation: a header, a media type, the refusal of an unknown version or of no JSON.

Headers and media types are judged by the answer to the documented request, and headers also by the refusal of a name
that does not exist if another case asks for one, so they need no request of their own. An
unknown version is asked for once by each operation that only reads, and a body that is not JSON is sent once by each
operation that has a body and is no action.
"""

from __future__ import annotations

import re
from dataclasses import replace

from conformance.engine.api.given import Everywhere
from conformance.engine.derive.attempt import REFUSED, Asked, Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.view import View
from conformance.engine.judge.codes import Refused, RefusedAsUnreadable
from conformance.engine.judge.contents import HeaderShown, OfMediaType, OfRefusal
from conformance.engine.model.case import Requirement, id_part
from conformance.engine.model.content import Content
from conformance.engine.model.trial import Trial, UnknownVersion
from specs.microversion import Microversion
from specs.record.model import Source

BEYOND = 9999
"""The minor number of a version that no service knows."""


NO_JSON = Content("application/json", "{conformance")
"""A text that says that it is JSON, and is not."""


def derive_everywhere(view: View, book: Book) -> None:
    """Add the cases of the promises that the description of the service has from a guide."""
    for promise in view.service.every_operation:
        if promise.min_microversion is None or promise.min_microversion <= view.default:
            _promise(view, book, promise)


def derive_everywhere_refused(view: View, book: Book) -> None:
    """Add the cases of headers in a refusal. The cases of refusals must be in the book already.

    The cases of error codes judge the body of a refusal.
    """
    refused = next((one for one in book.trials_of(view.operation) if _names_nothing(view, one)), None)
    if refused is None:
        return
    for promise in view.service.every_operation:
        if promise.promise == "header" and (promise.min_microversion or view.default) <= view.default:
            book.case(_requirement(view, promise), "unknown-id", refused, OfRefusal(_header(view, promise)))


def _names_nothing(view: View, trial: Trial) -> bool:
    """Whether a trial is the documented request of the documented role for something that does not exist."""
    usual = trial.request.version is None and trial.request.role == view.role
    return usual and trial.situation.target == "unknown" and trial.outcome == REFUSED


def _header(view: View, promise: Everywhere) -> HeaderShown:
    form = re.escape(promise.value).replace(re.escape("{version}"), re.escape(str(view.default)))
    return HeaderShown(promise.name, True, form or None)


def _requirement(view: View, promise: Everywhere) -> Requirement:
    detail = id_part(promise.name or promise.promise)
    source = Source(promise.document, promise.line)
    return Requirement(f"{view.operation.id}/everywhere/{detail}", view.operation.id, "everywhere", source)


def _promise(view: View, book: Book, promise: Everywhere) -> None:
    variant, state = view.main
    requirement = _requirement(view, promise)
    if promise.promise == "unknown_version":
        if view.reads and not view.only:
            unknown = Microversion(view.top.major, BEYOND)
            asked = Asked(version=unknown, body=view.body(variant, view.default))
            trial = attempt(view, "unknown-version", Where(variant, None, "unknown"), asked, outcome=REFUSED)
            refused = Refused((promise.code,), f"the service does not know the version {unknown}")
            book.case(requirement, "", replace(trial, gates=(UnknownVersion(),)), refused)
        return
    if promise.promise == "not_json":
        # All actions of a path are read by the same code, and any other operation shows what it does.
        told = isinstance(view.body(variant, view.default), dict | list)
        if told and view.operation.action is None and not view.reads:
            unread = attempt(view, "not-json", Where(variant, state), Asked(body=NO_JSON), outcome=REFUSED)
            book.case(requirement, "", unread, RefusedAsUnreadable("the body is not JSON"))
        return
    trial = attempt(view, "documented", Where(variant, state))
    if promise.promise == "header":
        book.case(requirement, "", trial, _header(view, promise))
    elif view.operation.response.body.content != "empty":
        book.case(requirement, "", trial, OfMediaType(promise.name))
