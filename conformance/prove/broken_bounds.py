"""Breakages of microversion bounds: clouds whose bound is off by one in either direction, or ignored."""

from __future__ import annotations

import copy
from typing import Any

from conformance.engine.api import request_fields
from conformance.engine.api.response_fields import Place, values_at
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.codes import Accepted, OutsideVersions, Refused
from conformance.engine.judge.contents import FieldAbsent, FieldShown, HeaderAbsent, HeaderShown
from conformance.engine.model.case import Case
from conformance.prove.after import Field, Header
from conformance.prove.ground import Catalogue, Ground, exactly
from conformance.prove.instead import Answer, ForwardAs
from conformance.prove.where import Holds, Where
from specs.microversion import Microversion, VersionRange
from specs.model import Operation

_VALUES: dict[str, Any] = {
    "string": "conformance",
    "integer": 1,
    "boolean": True,
    "object": {},
    "array": [],
}


def break_bounds(ground: Ground, book: Catalogue) -> None:
    """Add the breakages of the requirements of kind microversion."""
    for requirement, cases in ground.requirements("microversion"):
        bound = requirement.id.rpartition("/")[2]
        versions = sorted({ground.version(case) for case in cases})
        for case in cases:
            here = ground.version(case)
            beyond = _beyond(bound, here)
            inner = next((v for v in versions if v != here), here)
            match case.expectation:
                case FieldShown(place=place, required=True):
                    book.add(case, "too-late", _seen(case, exactly(here)), after=Field(place, "drop"))
                case FieldAbsent(place=place):
                    value = Field(place, "set", _value(case.operation, place))
                    book.add(case, "too-early", _seen(case, exactly(here)), after=value)
                    book.add(case, "ignored", _seen(case, beyond), after=value)
                case HeaderShown(name=name, required=True):
                    book.add(case, "too-late", _seen(case, exactly(here)), after=Header(name))
                case HeaderAbsent(name=name):
                    header = Header(name, "http://127.0.0.1/conformance")
                    book.add(case, "too-early", _seen(case, exactly(here)), after=header)
                    book.add(case, "ignored", _seen(case, beyond), after=header)
                case Refused():
                    book.add(case, "too-early", _asked(case, exactly(here)), instead=ForwardAs(version=inner))
                    book.add(case, "ignored", _asked(case, beyond), instead=ForwardAs(version=inner))
                case Accepted() if "/operation/" in requirement.id:
                    book.add(case, "too-late", _asked(case, exactly(here)), instead=Answer(404))
                case Accepted():
                    _inside(book, case, here)
                case OutsideVersions(field=name):
                    _outside(ground, book, case, name, beyond, inner)


def _beyond(bound: str, outside: Microversion) -> VersionRange:
    """Return all versions outside of a bound; ``outside`` is the one next to it."""
    return VersionRange(None, outside) if bound.startswith("min") else VersionRange(outside, None)


def _seen(case: Case, versions: VersionRange) -> Where:
    return Where.of(case.operation, versions=versions, answered="accepted")


def _asked(case: Case, versions: VersionRange, body: Holds | None = None) -> Where:
    return Where.of(case.operation, versions=versions, body=body)


def _given(case: Case, name: str) -> Holds:
    """Return a test for requests that hold a field at the path where the engine puts it."""
    rows = [r for r in case.operation.request.parameters if r.location == "body" and name in (r.name, _last(r.name))]
    versions = [v for row in rows for v in (row.range.min, row.range.max) if v is not None]
    placed = {f.path[-1]: f.path for v in versions for f in request_fields.fields(case.operation, v)}
    plain = (case.operation.action, name) if case.operation.action else (name,)
    path = placed.get(name, plain)
    return Holds(path, "given", lambda value: value is not ABSENT, bindings=True)


def _inside(book: Catalogue, case: Case, here: Microversion) -> None:
    """Add the breakage that refuses a field at the first version that has it."""
    name = case.requirement.id.split("/")[-2]
    rows = [r.name for r in case.operation.request.parameters if name in (r.name, _last(r.name))]
    if rows:
        where = _asked(case, exactly(here), _given(case, _last(rows[0])))
        book.add(case, "too-late", where, instead=Answer(400))


def _outside(ground: Ground, book: Catalogue, case: Case, name: str, beyond: VersionRange, inner: Microversion) -> None:
    """Add the breakages in which a field takes effect, or fails with 500, at versions that do not have it."""
    here = ground.version(case)
    given = _given(case, _last(name))
    book.add(case, "too-early", _asked(case, exactly(here), given), instead=ForwardAs(version=inner))
    book.add(case, "ignored", _asked(case, beyond, given), instead=ForwardAs(version=inner))
    book.add(case, "500", _asked(case, exactly(here), given), instead=Answer(500))


def _last(name: str) -> str:
    """Return the last part of a dotted name."""
    return name.rpartition(".")[2]


def _value(operation: Operation, place: Place) -> Any:
    """Return a value for a field: the one of a sample, else one of its documented type."""
    for sample in operation.response.samples:
        if sample.valid and sample.body is not None:
            values, _ = values_at(sample.body, place)
            if values:
                return copy.deepcopy(values[0])
    row = next((r for r in operation.response.parameters if r.name == ".".join(k for k in place if k != "[]")), None)
    return _VALUES.get((row.type if row else None) or "string", "conformance")
