"""Promises that a field of an answer is null, empty, absent or shown in a situation: "null if it has not been updated".

The situation must be one that the run can tell. Another field of the same object shows it; the answer itself does,
since a thing that is shown at its own path has not been removed; or the request does, which makes the thing and leaves
a field out, so that nobody has changed the thing since. Every other promise is listed without a case. Judged are
answers that other cases ask for, and the view of a thing right after the request that has made it. A field that is
shown only if the request leaves another one out is asked for in a form that does so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from conformance.engine.api import json_path, request_fields
from conformance.engine.api.response_fields import Place, place_of
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.derive.attempt import Asked, Where, attempt, showing
from conformance.engine.derive.book import Book
from conformance.engine.derive.equality import reader_of, trials_to_compare
from conformance.engine.derive.moments import elsewhere
from conformance.engine.derive.view import View
from conformance.engine.judge.blanks import IsBlank
from conformance.engine.model.case import Requirement, id_part
from conformance.engine.model.probe import ViewOf
from conformance.engine.model.trial import Trial
from specs.microversion import Microversion
from specs.model import Operation, Parameter, When
from specs.refusals import Blank

REMOVED = "deleted"
"""The event that no thing has seen that is shown at its own path."""

MOST_NAMES = 2
"""The most statuses that an id names."""

STATUS = "status"
"""The field that shows the status of a thing."""

SHOWN = "/show"
"""The end of the detail of a promise that the view of a new thing keeps."""


@dataclass(frozen=True)
class _Row:
    """A row of an answer with its place, and the view that shows it; None for the answer of the request itself."""

    row: Parameter
    place: Place
    shower: Operation
    probe: ViewOf | None = None


def derive_blanks(view: View, book: Book) -> None:
    """Add the cases body/<field>/<situation>. The requests of the operation must be in the book already."""
    for found in _rows(view):
        for blank in (one for one in found.row.blanks if not one.outside):
            detail = f"{found.row.name}/{_name(blank)}"
            if found.probe is None:
                line = blank.line or found.row.line
                _case(view, book, view.requirement("body", detail, line, blank.line is None), found, blank)
            elif _of_new_things(blank):
                _new(view, book, view.requirement("body", detail + SHOWN, found.row.line, True), found, blank)


def derive_outside(view: View, book: Book) -> None:
    """Add the cases of promises about all statuses but some: in every such status in which a case asks for the answer.

    The cases of statuses must be in the book already.
    """
    for found in _rows(view):
        for blank in (one for one in found.row.blanks if one.outside and found.probe is None):
            requirement = view.requirement("body", f"{found.row.name}/{_name(blank)}", found.row.line, True)
            judged = _judged(view, found, blank)
            main = showing(view, found.row, _version(view, found.row))
            trials = [main, *elsewhere(view, book)] if judged is not None else []
            fit = [one for one in trials if one.situation.state not in blank.outside]
            for trial in fit:
                detail = "" if trial is main else f"in-{trial.situation.state}"
                asked = replace(judged, open=trial is not main) if judged is not None else None
                if asked is not None:
                    book.case(requirement, detail, trial, asked, found.row.name)
            if not fit:
                book.without_case(requirement, "no-situation", "no case asks for the answer in another status")


def _rows(view: View) -> Iterator[_Row]:
    """Yield the rows with such promises: of the answer, and of the view of the thing that the request makes."""
    reader = reader_of(view) if _makes(view) else None
    for operation in (view.operation, *([reader] if reader is not None else [])):
        probe = ViewOf(operation.id) if operation is not view.operation else None
        for row in operation.response.parameters:
            place = place_of(operation, row) if row.blanks and row.location in ("body", None) else None
            at = view.default if probe is not None else _version(view, row)
            if place is not None and at in row.range and at in view.range and row.type != "none":
                yield _Row(row, place, operation, probe)


def _version(view: View, row: Parameter) -> Microversion:
    """The highest version at which the answer has a row."""
    last = row.range.max
    return view.default if last is None else min(last, view.default)


def _makes(view: View) -> bool:
    return view.makes or view.makes_resource


def _plainly_asked(view: View, blank: Blank) -> bool:
    """Whether the promise is about an answer to a query without some parameters, which the documented query lacks."""
    asked = {name for name, _ in view.service.query(view.operation)}
    known = {row.name for row in view.operation.request.parameters if row.location == "query"}
    return view.reads and bool(blank.absent) and set(blank.absent) <= known - asked


def _of_new_things(blank: Blank) -> bool:
    """Whether the situation is that of a thing right after the request that has made it."""
    return bool(blank.absent or set(blank.never) - {REMOVED})


def _case(view: View, book: Book, requirement: Requirement, found: _Row, blank: Blank) -> None:
    """Add the case of a promise about the answer of the operation, or the reason why it has none."""
    if _of_new_things(blank) and not _plainly_asked(view, blank):
        if _makes(view):
            _new(view, book, requirement, found, blank)
        else:
            book.without_case(requirement, "no-situation", "only the answer to the request that makes it shows that")
        return
    judged = _judged(view, found, blank)
    within = view.of_environment(When(environment=blank.environment)) if view.scoped else ""
    if judged is None or (blank.environment and not within):
        book.without_case(requirement, "no-situation", "the run cannot tell whether the thing is in the situation")
    elif blank.environment:
        there = replace(view, within=within)
        variant, state = there.main
        book.case(requirement, within, attempt(there, "documented", Where(variant, state)), judged, found.row.name)
    else:
        book.case(requirement, "", showing(view, found.row, _version(view, found.row)), judged, found.row.name)


def _new(view: View, book: Book, requirement: Requirement, found: _Row, blank: Blank) -> None:
    """Add the case of a promise about a new thing, by the simplest request that leaves the fields out."""
    trial = next(_without(view, book, blank.absent), None) if blank.kind != "shown" else _bare(view, found, blank)
    judged = _judged(view, found, blank)
    if trial is None or judged is None or "[]" in found.place:
        book.without_case(requirement, "no-situation", f"no accepted request leaves {' and '.join(blank.absent)} out")
    else:
        book.case(requirement, "", trial, judged, found.row.name)


def _without(view: View, book: Book, names: tuple[str, ...]) -> Iterator[Trial]:
    """Yield the trials with an accepted request at the usual version that leaves fields out, the simplest first."""
    fields = [f for f in request_fields.fields(view.operation, view.default) if f.path[-1] in names]
    for trial in trials_to_compare(view, book):
        usual = trial.request.version in (None, view.default)
        if usual and all(json_path.lookup(trial.request.body, field.path) is ABSENT for field in fields):
            yield trial


def _bare(view: View, found: _Row, blank: Blank) -> Trial | None:
    """The request without some fields, at the highest version that shows the row; None if it demands one of them."""
    version, (variant, state) = _version(view, found.row), view.main
    fields = [f for f in request_fields.fields(view.operation, version) if f.path[-1] in blank.absent]
    if {f.path[-1] for f in fields} != set(blank.absent) or any(field.row.required for field in fields):
        return None
    at, body = None if version == view.default else version, view.plain_body(variant, version)
    if all(json_path.lookup(body, field.path) is ABSENT for field in fields):
        return attempt(view, "documented", Where(variant, state), Asked(version=at))
    for field in fields:
        body = json_path.replaced(body, field.path, ABSENT)
    label = f"without-{id_part('-'.join(blank.absent))}"
    return attempt(view, label, Where(variant, state), Asked(version=at, body=body, optional=True))


def _judged(view: View, found: _Row, blank: Blank) -> IsBlank | None:
    """The expectation of a promise; None if nothing shows whether the thing is in the situation."""
    beside: list[tuple[str, Any]] = []
    for name in blank.unset:
        beside.append((name, None))
    for word in blank.status:
        shown = _state(found, word)
        if shown is None:
            return None
        beside.append(shown)
    if any(_place(found, name) is None for name, _ in beside) or (blank.outside and _place(found, STATUS) is None):
        return None
    if REMOVED in blank.never and not _is_there(view, found):
        return None
    if replace(blank, line=None) == Blank(blank.kind):
        return None
    return IsBlank(
        found.row.name,
        found.place,
        blank.kind,
        _words(blank),
        tuple(beside),
        (STATUS, blank.outside) if blank.outside else None,
        probe=found.probe,
    )


def _is_there(view: View, found: _Row) -> bool:
    """Whether the answer shows one thing that has not been removed: the thing of its path, or a new one."""
    operation = view.operation
    own = operation.path.endswith("}") or operation.action is not None
    return "[]" not in found.place and operation.method != "DELETE" and (own or _makes(view))


def _state(found: _Row, word: str) -> tuple[str, Any] | None:
    """The field of the same object that shows a state in words, and its value; None if no row has the word."""
    for row in found.shower.response.parameters:
        name = row.name.rpartition(".")[2]
        if _place(found, name) is None:
            continue
        if any(isinstance(one, str) and one.lower() == word for one in row.enum):
            return name, word
        if (row.type or "").startswith("bool") and name in (word, f"is_{word}"):
            return name, True
    return None


def _place(found: _Row, name: str) -> Place | None:
    """The place of a field of the same object, by its name; None if no row has it."""
    for row in found.shower.response.parameters:
        if row.name.rpartition(".")[2] == name:
            place = place_of(found.shower, row)
            if place is not None and place[:-1] == found.place[:-1]:
                return place
    return None


def _name(blank: Blank) -> str:
    """A name of the situation, for ids."""
    parts = [blank.kind, *(["always"] if blank.always else [])]
    given = {"never": blank.never, "unless": blank.absent, "without": blank.unset, "if": blank.status}
    more = len(blank.outside) - MOST_NAMES
    given["outside"] = (*blank.outside[:MOST_NAMES], *((f"and-{more}-more",) if more > 0 else ()))
    for word, names in given.items():
        parts += [word, *names] if names else []
    return "-".join([*parts, *(["if", blank.environment] if blank.environment else [])])


def _words(blank: Blank) -> str:
    """The situation in words, for the verdict."""
    parts = [
        *(["always"] if blank.always else []),
        *(f"as long as it is not {event}" for event in blank.never),
        *(f"if the request leaves {name} out" for name in blank.absent),
        *(f"if {name} is null" for name in blank.unset),
        *(f"if it is {word}" for word in blank.status),
        *([f"if its status is none of {', '.join(blank.outside)}"] if blank.outside else []),
        *([f"if it is {blank.environment}"] if blank.environment else []),
    ]
    return " and ".join(parts)
