"""Breakages of accepted requests: clouds that give them another status code, body or header than promised."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from conformance.engine.api import request_fields
from conformance.engine.api.types import TYPES
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.afterwards import BroughtBack
from conformance.engine.judge.apart import AcceptedWith
from conformance.engine.judge.blanks import IsBlank
from conformance.engine.judge.codes import Refused, RefusedAsUnreadable
from conformance.engine.judge.contents import (
    DocumentedKeys,
    EmptyBody,
    FieldShown,
    HeaderShown,
    HiddenFrom,
    OfMediaType,
    OfRefusal,
)
from conformance.engine.judge.equality import ComesBack, KeepsValue
from conformance.engine.model.case import Case
from conformance.engine.model.probe import Listed
from conformance.prove.after import Altered, AlteredLater, Body, Code, Field, Header
from conformance.prove.ground import Catalogue, Ground, exactly
from conformance.prove.instead import Answer, Elsewhere
from conformance.prove.where import Holds, Unreadable, Where

UNDOCUMENTED = "conformance_added"
"""A key that no reference has."""

FILLED = {"array": ["conformance"], "list": ["conformance"], "object": {"conformance": "conformance"}}
"""The value of a documented type that a field gets which must be null or empty; a text for every other type."""

REFUSALS = (400, 409, 500)
"""Status codes that refuse a request which must be accepted. Not 403: to a member it could be the cloud's policy."""


def break_successes(ground: Ground, book: Catalogue) -> None:
    """Add the breakages of the requirements of the kinds normal, body, header and equality."""
    _normal(ground, book)
    _bodies(ground, book)
    _headers(ground, book)
    _equality(ground, book)


def _accepted(case: Case) -> Where:
    return Where.of(case.operation, answered="accepted")


def _normal(ground: Ground, book: Catalogue) -> None:
    for _, cases in ground.requirements("normal"):
        first = cases[0]
        other = ground.other_success(c.code for c in first.operation.responses.normal)
        book.add(first, "other-success", _accepted(first), after=Code(other))
        for case in cases:
            if case.trial.request.version:
                there = ground.here(case, versions=exactly(ground.version(case)))
                name = f"{case.trial.situation.state}-{case.trial.request.version}"
            else:
                there, name = ground.here(case), str(case.trial.situation.state)
            seen = replace(there, answered="accepted")
            book.add(case, "other-success", seen, after=Code(other), situation=name)
            for code in REFUSALS:
                book.add(case, f"refused-{code}", there, instead=Answer(code), situation=name)
            if isinstance(case.expectation, AcceptedWith):
                told = case.expectation.code
                swapped = next(c.code for c in case.operation.responses.normal if c.code != told)
                book.add(case, "other-situation", seen, after=Code(swapped), situation=name)


def _bodies(ground: Ground, book: Catalogue) -> None:
    for _, cases in ground.requirements("body"):
        case = cases[0]
        where, expectation = _accepted(case), case.expectation
        if isinstance(expectation, EmptyBody):
            if ground.normal_code(case.operation) != 204:  # HTTP allows no body with a 204
                book.add(case, "content", where, after=Body("content"))
                book.add(case, "html", where, after=Body("html"))
        elif isinstance(expectation, DocumentedKeys):
            added = Field((*expectation.known[0][0], UNDOCUMENTED), "set", "conformance")
            book.add(case, "key-added", where, after=added)
        elif isinstance(expectation, IsBlank):
            _filled(ground, book, case, expectation)
        elif isinstance(expectation, FieldShown):
            _field(ground, book, case, expectation)
        for other in cases:
            if other.beside:
                _beside(ground, book, other)
    _whole(ground, book)


def _whole(ground: Ground, book: Catalogue) -> None:
    """Add the breakages of whole bodies, as the promise of the outermost required field of each operation's answer."""
    outermost: dict[str, tuple[Case, int]] = {}
    for requirement, cases in ground.requirements("body"):
        expected = cases[0].expectation
        if isinstance(expected, FieldShown) and expected.required:
            # Of a field within a missing object nothing is known, unless no promise of its own tells of the object.
            depth = 1 if expected.wrapped else len(expected.place)
            if depth < outermost.get(requirement.operation, (None, depth + 1))[1]:
                outermost[requirement.operation] = cases[0], depth
    for case, _ in outermost.values():
        for kind in ("html", "empty"):
            book.add(case, kind, _accepted(case), after=Body(kind))


def _filled(ground: Ground, book: Catalogue, case: Case, expectation: IsBlank) -> None:
    """Add the breakage that gives a field a value where it must be null or empty, or takes it away where it is due."""
    if expectation.probe is not None:
        later = AlteredLater(expectation.place, ground.names_below(case.operation))
        book.add(case, "filled", _accepted(case), after=later)
        return
    kind = next((r.type for r in case.operation.response.parameters if r.name == expectation.name), None)
    there = replace(ground.here(case), answered="accepted", versions=exactly(ground.version(case)))
    if expectation.kind == "shown":
        book.add(case, "field-lost", there, after=Field(expectation.place, "drop"))
        return
    filled = Field(expectation.place, "set", FILLED.get(kind or "", "conformance"))
    book.add(case, "filled", there, after=filled)


def _beside(ground: Ground, book: Catalogue, case: Case) -> None:
    """Add the breakage that breaks a promise on a field in one situation alone: a version, a status or a role."""
    early = case.trial.request.version is not None
    there = replace(_accepted(case), versions=exactly(ground.version(case))) if early else ground.here(case)
    there = replace(there, answered="accepted")
    if isinstance(case.expectation, HiddenFrom):
        shown = Field(case.expectation.place, "set", "conformance")
        book.add(case, "field-shown", replace(there, roles=frozenset({case.expectation.role})), after=shown)
    elif isinstance(case.expectation, FieldShown) and (early or not _tells_status(ground, case, case.expectation)):
        book.add(case, "field-late" if early else "field-lost", there, after=Field(case.expectation.place, "drop"))


def _tells_status(ground: Ground, case: Case, expectation: FieldShown) -> bool:
    """True if a resource cannot be seen in its status without a field: no case of that status could be tried."""
    about = ground.service.about(case.operation)
    kind = about.profile.kind(about.resource)
    whole = () if kind.bare else (kind.key or kind.name,)
    return ground.reads(case.operation) and (*whole, kind.status.field)[: len(expectation.place)] == expectation.place


def _field(ground: Ground, book: Catalogue, case: Case, expectation: FieldShown) -> None:
    """Add the breakages of one field of an answer."""
    where, place = _accepted(case), expectation.place
    if expectation.required:
        book.add(case, "field-dropped", where, after=Field(place, "drop"))
        book.add(case, "field-renamed", where, after=Field(place, "rename"))
    if not expectation.nullable and expectation.type != "none":
        book.add(case, "field-null", where, after=Field(place, "null"), told_by=_has("nullable", False))
    if expectation.type in TYPES:  # any value is of a type that is no known word
        book.add(case, "field-retyped", where, after=Field(place, "retype"), told_by=_has("type", expectation.type))
    if expectation.enum:
        other = Field(place, "set", "conformance-none-of-them")
        book.add(case, "field-value", where, after=other, told_by=_has("enum", expectation.enum))
    if expectation.identifies:
        book.add(case, "other-id", where, after=Field(place, "other-id"))
        if ground.reads(case.operation) and ground.scoped(case.operation):
            elsewhere = Elsewhere(case.operation.path, ground.service.about(case.operation).identifier)
            book.add(case, "other-server", Where.of(case.operation), instead=elsewhere)


def _has(name: str, value: object) -> Callable[[Case], bool]:
    """A test for cases that judge a field by the same part of its row; at early versions, less is known of a field."""
    return lambda case: getattr(case.expectation, name, None) == value


def _headers(ground: Ground, book: Catalogue) -> None:
    for _, cases in ground.requirements("header", "everywhere"):
        case = cases[0]
        expectation, where = case.expectation, _accepted(case)
        for one in cases:
            if isinstance(one.expectation, OfRefusal):
                refused = Where.of(one.operation, roles=ground.roles(one), answered="refused")
                book.add(one, "header-dropped-in-refusals", refused, after=Header(one.expectation.promised.name))
        if isinstance(expectation, OfMediaType):
            book.add(case, "media-type", where, after=Header("Content-Type", "text/plain"))
        elif isinstance(expectation, Refused):
            versions = exactly(ground.version(case))
            book.add(case, "accepted", Where.of(case.operation, versions=versions), instead=Answer(200))
        elif isinstance(expectation, RefusedAsUnreadable):
            book.add(case, "500", Where.of(case.operation, body=Unreadable()), instead=Answer(500))
        if not isinstance(expectation, HeaderShown):
            continue
        if expectation.required:
            book.add(case, "header-dropped", where, after=Header(expectation.name))
        if expectation.form:
            book.add(case, "header-form", where, after=Header(expectation.name, "conformance"))


def _equality(ground: Ground, book: Catalogue) -> None:
    for _, cases in ground.requirements("equality"):
        case = cases[0]
        expectation, where = case.expectation, _accepted(case)
        if isinstance(expectation, BroughtBack):
            field = (ground.service.resource, expectation.field)
            here = ground.here(case, answered="accepted")
            book.add(case, "another-value", here, after=AlteredLater(field), made_anew=True)
        elif isinstance(expectation, KeepsValue):
            fields = request_fields.fields(case.operation, ground.version(case))
            path = next(field.path for field in fields if field.name == expectation.name)
            left_out = replace(where, body=Holds(path, "left out", lambda value: value is ABSENT))
            book.add(case, "another-value", left_out, after=AlteredLater(expectation.shown_at))
        elif not isinstance(expectation, ComesBack):
            continue
        elif expectation.probe is None:
            book.add(case, "another-value", where, after=Altered(expectation.shown_at))
        else:
            # The first key of a view does not matter in a list, so this one stands for the list alone.
            only = ("[]",) if isinstance(expectation.probe, Listed) else ()
            later = AlteredLater((*only, *expectation.shown_at), ground.names_below(case.operation))
            book.add(case, "another-value", where, after=later)
