"""Refusals with their causes: sentences that tie a code to a cause, and situations that the description gives.

A sentence such as "if the size is the present one, 400 is returned" is a fact of the spec (``Refusal``). The module
makes one requirement of the kind ``refusal`` of each such fact. Where the request alone brings the cause about, the
case is derived from the fact: a field is left out, is given, names nothing, or keeps the present value. Where the cause
is a situation of other things, the description of the service names the requests that bring it about (``refusals`` with
a ``cause``). Every other fact is listed without a case, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from conformance.engine.api import entries, json_path, request_fields, values
from conformance.engine.api.producers import placeholders
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.derive.apart import UNSATISFIABLE
from conformance.engine.derive.attempt import DOCUMENTED, ONCE, REFUSED, SILENT, Asked, Where, attempt, prepared
from conformance.engine.derive.book import Book
from conformance.engine.derive.constraints import BROKEN_FORMATS
from conformance.engine.derive.view import View
from conformance.engine.judge.codes import Refused, RefusedWhereSilent
from conformance.engine.model.binding import Binding
from conformance.engine.model.case import Requirement, id_part
from conformance.engine.model.content import Content
from conformance.engine.model.trial import Exchange, Outcome, Trial, Twice
from specs.microversion import Microversion, VersionRange
from specs.model import Parameter
from specs.refusals import Cause, Refusal

KIND = "refusal"

NOWHERE = "0f0f0f0f-5d0c-4b7e-9f3a-6f1d2b8c9e7b"
"""A UUID that names nothing."""

NO_SUCH = "conformance-none"
"""A name that names nothing, and a text that is no valid value of a field with a format."""

NOT_FOUND = 404

LATER, EARLIER = "2031-01-02T00:00:00Z", "2031-01-01T00:00:00Z"

MALFORMED = Content("application/json", '{"conformance":')

WHOLE = ("body", "request body")
"""Words for the whole body of a request."""

REASONS = {
    "used_by": "a thing that is in use",
    "has": "the state of a thing",
    "has_not": "the state of a thing",
    "lacks": "a role that the sentence alone does not name",
    "status": "the status of a thing",
}
"""The attributes of a cause that no request alone brings about -> the situation, in words."""


@dataclass(frozen=True)
class _Way:
    """How a trial brings a cause about.

    Attributes:
        giving: fields of the body, each with its value.
        without: fields that are left out.
        asked: the rest of the request.
        target: the target of the path.
        label: the label of a trial that another case makes as well; empty for a trial of its own.
        outcome: the outcome of the trial.
        exchange: how often the request is sent.
    """

    giving: tuple[tuple[request_fields.Field, Any], ...] = ()
    without: tuple[request_fields.Field, ...] = ()
    asked: Asked = DOCUMENTED
    target: str = "own"
    label: str = ""
    outcome: Outcome = REFUSED
    exchange: Exchange = ONCE


def derive_causes(view: View, book: Book, listed: Mapping[int, int]) -> None:
    """Add the cases of the kind refusal, and those of situations that the description gives for listed codes."""
    for refusal, line, in_parameters in _stated(view):
        name = _name(refusal.cause)
        requirement = view.requirement(KIND, name, line, in_parameters)
        version = _version(view, refusal)
        if refusal.cause.locked and _has_lock(view):
            continue  # the cases of locks try it
        if version is None:
            book.without_case(requirement, "beyond-cloud", f"from {refusal.min} to {refusal.max}")
        elif (situation := _described(view, refusal)) is not None:
            _situation(view, book, requirement, situation, refusal.code)
        else:
            _from_the_fact(view, book, requirement, refusal, version)
    for situation in view.service.refusals:
        if situation.operation == view.operation.id and situation.code in listed:
            requirement = view.requirement("error", str(situation.code), listed[situation.code])
            _situation(view, book, requirement, situation, None)


def _stated(view: View) -> Iterator[tuple[Refusal, int | None, bool]]:
    """Yield each fact with its line, and True if the line is one of the parameter file."""
    for refusal in view.operation.refusals:
        yield refusal, refusal.line, False
    for row in view.operation.request.parameters:
        if view.default in row.range:
            for refusal in row.refusals:
                yield refusal, row.line, True


def _has_lock(view: View) -> bool:
    return view.scoped and bool(view.service.under_test.lock)


def _attributes(cause: Cause) -> list[str]:
    """The names of the attributes that a cause gives, without the thing that they are about."""
    return [one.name for one in fields(cause) if one.name != "resource" and getattr(cause, one.name) != one.default]


def _name(cause: Cause) -> str:
    """A name of a cause, for ids: each attribute with the words that it gives."""
    parts = []
    for attribute in _attributes(cause):
        given = getattr(cause, attribute)
        words = [given] if isinstance(given, str) else list(given) if isinstance(given, tuple) else []
        flat = [str(one) for word in words for one in (word if isinstance(word, tuple) else (word,))]
        parts.append("-".join([attribute.replace("_", "-"), *flat]))
    return id_part("-".join(parts)).lower()


def _why(cause: Cause) -> str:
    """The cause in words, for the reason of a verdict."""
    return f"the reference gives this as the cause of a refusal: {_name(cause).replace('-', ' ')}"


def _version(view: View, refusal: Refusal) -> Microversion | None:
    """The highest version at which the sentence holds; None if there is none among those that are tried."""
    held = VersionRange.parse(refusal.min, refusal.max)
    if view.default in held:
        return view.default
    return held.max if held.max is not None and held.max in view.range else None


def _described(view: View, refusal: Refusal) -> entries.Refusal | None:
    """The entry of the description that brings the cause about; None if there is none."""
    given = _attributes(refusal.cause)
    for one in view.service.refusals:
        if one.operation == view.operation.id and one.cause in given and refusal.code in (one.code, None):
            return one
    return None


def _situation(view: View, book: Book, requirement: Requirement, one: entries.Refusal, code: int | None) -> None:
    """Add the case of a situation from the description; ``code`` is the one that a sentence ties to it."""
    variant, state = view.main
    name = one.parameter
    given = {name: one.binding} if name is not None else {}
    rows = view.operation.request.parameters
    queried = {n: v for n, v in given.items() if any(r.location == "query" and r.name == n for r in rows)}
    in_body = {r.name for r in rows if r.location == "body"}
    in_path = set(placeholders(view.operation.path)) - in_body
    named = tuple((n, str(v)) for n, v in given.items() if n in in_path)
    headers = {n: v for n, v in given.items() if any(r.location == "header" and r.name == n for r in rows)}
    body = view.body(variant, view.default, {} if queried or named or headers else given)
    query = (*queried.items(), *one.query)
    trial = attempt(
        view,
        one.name,
        Where(variant, state),
        Asked(role=one.role, path=named, query=query, headers=tuple(headers.items()), body=body),
        setup=prepared(one.steps),
        outcome=REFUSED,
    )
    if requirement.kind == KIND:
        stated = Refused((one.code,) if code is not None else (), one.name, any_refusal=code is None)
        book.case(requirement, "", trial, stated)
    else:
        book.case(requirement, one.name, trial, RefusedWhereSilent(one.code, one.name))
    book.used.add(f"refusals: {one.operation} {one.name}")


def _from_the_fact(view: View, book: Book, requirement: Requirement, refusal: Refusal, version: Microversion) -> None:
    """Add the case that the fact alone gives, or note the reason why there is none."""
    cause = refusal.cause
    if not view.can_be_held:
        book.without_case(requirement, "transient", "the operation is allowed in passing statuses alone")
        return
    given = set(_attributes(cause))
    if given & {"environment", "quota"}:
        reason = "not-through-api" if "environment" in given else "quota"
        book.without_case(requirement, reason, cause.environment or " and ".join(cause.quota))
        return
    statuses = cause.status if given == {"status"} else _shown_as(view, cause)
    if statuses and view.scoped and cause.resource in (None, view.service.resource):
        _in_statuses(view, book, requirement, refusal, statuses)
        return
    way = _way(view, cause, refusal.code, version)
    if isinstance(way, str):
        book.without_case(requirement, "no-situation", way)
        return
    trial = _trial(view, requirement, way, version)
    if trial is None:
        book.without_case(requirement, "no-place", f"no body has a place for the fields of {_name(cause)}")
        return
    codes = (refusal.code,) if refusal.code is not None else ()
    expectation = Refused(codes, _why(cause), any_refusal=refusal.code is None)
    book.case(requirement, "", trial, expectation, next((field.name for field, _ in way.giving), ""))


def _shown_as(view: View, cause: Cause) -> tuple[str, ...]:
    """The status that the resource under test shows by the field and the value of a cause; empty for other causes."""
    kind = view.service.profile.kind(view.service.resource)
    if _attributes(cause) != ["has"] or [name for name, _ in cause.has] != [kind.status.field]:
        return ()
    return (kind.state_of(dict(cause.has))[0],)


def _in_statuses(view: View, book: Book, requirement: Requirement, refusal: Refusal, statuses: tuple[str, ...]) -> None:
    """Add a case in each stable status of a sentence. Beside another cause, such as a role, it refuses nothing."""
    variant, _ = view.main
    held = [state for state in statuses if state in view.service.under_test.stable_statuses]
    codes = (refusal.code,) if refusal.code is not None else ()
    for state in held:
        trial = attempt(view, "documented", Where(variant, state), outcome=REFUSED)
        book.case(requirement, state, trial, Refused(codes, f"the status is {state}", any_refusal=not codes))
    if not held:
        book.without_case(requirement, "transient", " or ".join(statuses))


def _trial(view: View, requirement: Requirement, way: _Way, version: Microversion) -> Trial | None:
    """The trial of a way; None if the body has no place for a field."""
    names = {_key(view, field): value for field, value in way.giving}
    variant, state = view.main_with(names)
    body = way.asked.body
    if way.giving:
        body = view.body(variant, version, names)
        for field in way.without:
            if json_path.lookup(body, field.path) is not ABSENT:
                body = json_path.replaced(body, field.path, ABSENT)
        for field, value in way.giving:
            if json_path.lookup(body, field.path) is ABSENT:
                return None
            body = json_path.replaced(body, field.path, value)
    label = way.label or requirement.id.removeprefix(f"{view.operation.id}/")
    place = Where(variant, None if way.target == "unknown" else state, "unknown" if way.target == "unknown" else "own")
    at = None if version == view.default else version
    asked = replace(way.asked, body=body, version=at)
    return attempt(view, label, place, asked, outcome=way.outcome, exchange=way.exchange)


def _way(view: View, cause: Cause, code: int | None, version: Microversion) -> _Way | str:
    """The way in which one request brings all of a cause about, or the reason why none does."""
    given = _attributes(cause)
    if given == ["missing"]:
        return _missing(view, cause.missing, version)
    if given == ["invalid"] and code == NOT_FOUND:
        return _missing(view, cause.invalid, version)  # such an id has its form, and names nothing
    if given == ["invalid"]:
        return _invalid(view, cause.invalid, version)
    if given == ["unchanged"]:
        return _unchanged(view, cause.unchanged, version)
    if given == ["ascending"]:
        return _ascending(view, cause.ascending)
    if given == ["taken"]:
        return _taken(view, cause.taken, version)
    if set(given) <= {"present", "absent", "has_not"} and "present" in given and cause.resource is None:
        return _together(view, cause, version)
    words = [REASONS.get(one, one.replace("_", " ")) for one in given]
    return f"it needs {' and '.join(words)}, and the description of the service names no request for it"


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _field(view: View, word: str, version: Microversion) -> request_fields.Field | None:
    """The field of the body that a word of a sentence names; None if no field has this name."""
    wanted = _plain(word)
    found = request_fields.fields(view.operation, version)
    for ending in ("", "id", "ref"):
        for field in found:
            if _plain(field.path[-1]) == wanted + ending:
                return field
    return None


def _query_row(view: View, word: str) -> Parameter | None:
    rows = (row for row in view.operation.request.parameters if row.location == "query")
    return next((row for row in rows if row.name == word), None)


def _none(word: str) -> str:
    return f"no field of the request has the name {word}"


def _missing(view: View, names: tuple[str, ...], version: Microversion) -> _Way | str:
    """Name something that does not exist: in the body, or else in the path."""
    for word in names:
        field = _field(view, word, version)
        if field is not None:
            return _Way(giving=((field, _unknown(view, field)),))
        if word in placeholders(view.operation.path):
            return _Way(target="unknown", label="documented")
        own = [name for name in placeholders(view.operation.path) if _plain(name) == _plain(word) + "id"]
        if own and len(placeholders(view.operation.path)) == 1:
            return _Way(target="unknown", label="documented")
    return _none(names[0])


def _unknown(view: View, field: request_fields.Field) -> Any:
    """A value of a field that names nothing: that of the kind of thing, or one of the form of the field."""
    bound, value = view.service.binding(view.operation, field.path[-1])
    kind = view.service.kinds.get(value.resource) if bound and isinstance(value, Binding) else None
    if kind is not None and kind.unknown is not None:
        return kind.unknown
    of_an_id = field.path[-1].endswith(("id", "ref")) or "uuid" in (field.row.format, field.row.type)
    return NOWHERE if of_an_id else NO_SUCH


def _invalid(view: View, names: tuple[str, ...], version: Microversion) -> _Way | str:
    """Give a field a value that its form excludes."""
    if names[0] in WHOLE:
        return _Way(asked=Asked(body=MALFORMED)) if not view.reads else _none(names[0])
    if names[0] in UNSATISFIABLE:
        return _Way(asked=Asked(headers=((names[0], UNSATISFIABLE[names[0]]),)))
    field = _field(view, names[0], version)
    row = field.row if field is not None else _query_row(view, names[0])
    if row is None:
        return _none(names[0])
    if row.type not in ("string", "uuid", "boolean", "bool", None) and not row.enum:
        return f"no form of {row.name} is documented"
    wrong = BROKEN_FORMATS.get(row.format or "", NO_SUCH)
    if field is None:
        return _Way(asked=Asked(query=((row.name, wrong),)))
    return _Way(giving=((field, wrong),))


def _unchanged(view: View, names: tuple[str, ...], version: Microversion) -> _Way | str:
    """Give a field the value that the resource under test, or the element of the path, has now."""
    field = _field(view, names[0], version)
    if field is None:
        return _none(names[0])
    bound, value = view.service.binding(view.operation, field.path[-1])
    if bound and isinstance(value, Binding) and value.relation == "other":
        return _Way(giving=((field, replace(value, relation="own")),))
    return f"the description of the service does not say where the present {field.name} is shown"


def _taken(view: View, names: tuple[str, ...], version: Microversion) -> _Way | str:
    """Ask twice for the same thing: the second request asks for the values that the first one has taken."""
    body = view.body(view.main[0], version)
    for word in names:
        field = _field(view, word, version)
        if not view.makes or field is None or body is ABSENT or json_path.lookup(body, field.path) is ABSENT:
            return (
                f"the documented request chooses no {word}, and the description of the service names no request for it"
            )
    return _Way(label="twice", outcome=SILENT, exchange=Twice())


def _ascending(view: View, names: tuple[str, ...]) -> _Way | str:
    """Send two values of a query in the order that is excluded."""
    rows = [_query_row(view, name) for name in names]
    if any(row is None for row in rows):
        return _none(names[0])
    dates = all(row is not None and (row.format == "date-time" or row.type == "string") for row in rows)
    first, second = (LATER, EARLIER) if dates else ("2", "1")
    return _Way(asked=Asked(query=((names[0], first), (names[1], second))))


def _together(view: View, cause: Cause, version: Microversion) -> _Way | str:
    """Give the fields that must not be given in this way, and leave out or change those that would allow it."""
    giving: list[tuple[request_fields.Field, Any]] = []
    without = []
    for word in cause.present:
        field = _field(view, word, version)
        if field is None:
            return _none(word)
        value = values.known_value(view.operation, field, view.service)
        if value is ABSENT:
            return f"neither the reference nor the description names a good value of {field.name}"
        giving.append((field, value))
    for word, allowed in (*((word, None) for word in cause.absent), *cause.has_not):
        field = _field(view, word, version)
        if field is None:
            return f"{word} is no field of the request, and the description names no request that sets it"
        others = [one for one in field.row.enum if one != allowed] if allowed is not None else []
        if field.row.required and others:
            giving.append((field, others[0]))
        else:
            without.append(field)
    return _Way(tuple(giving), tuple(without))


def _key(view: View, field: request_fields.Field) -> str:
    """The name under which a body is asked for a field."""
    return field.path[-1] if view.operation.action else field.name
