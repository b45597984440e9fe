"""Cases at several microversions: both sides of each bound, and the operation at each version that changes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from conformance.engine.api import naming, request_fields, values
from conformance.engine.api.producers import form, placeholders
from conformance.engine.api.response_fields import Place, place_of
from conformance.engine.derive.attempt import REFUSED, Asked, Where, attempt, showing
from conformance.engine.derive.book import Book
from conformance.engine.derive.equality import reader_of, same_row
from conformance.engine.derive.success import field_shown, header_shown, normal_requirement
from conformance.engine.derive.view import View
from conformance.engine.judge.codes import Accepted, OutsideVersions, Refused
from conformance.engine.judge.contents import EmptyBody, FieldAbsent, HeaderAbsent
from conformance.engine.judge.equality import shows
from conformance.engine.model.case import Requirement
from conformance.engine.model.probe import FieldTaken
from conformance.engine.model.trial import Outcome, Trial
from specs.microversion import Microversion, VersionRange
from specs.model import Parameter

GONE = 410
"""The status code of a removed resource (RFC 9110, 15.5.11)."""


def derive_versions(view: View, book: Book) -> None:
    """Add the cases of the kind microversion, and of the kind normal at every version that changes the operation."""
    _operation_bounds(view, book)
    variant, state = view.main
    for version in points(view):
        name, line, numbers = normal_requirement(view, version)
        if not numbers or version == view.default:
            continue
        trial = attempt(view, "documented", Where(variant, state), Asked(version=version))
        book.case(view.requirement("normal", name, line), str(version), trial, Accepted(numbers))
        body = view.operation.response.body
        if body.content == "empty" and version in VersionRange.parse(body.min, body.max) and (body.min or body.max):
            book.case(view.requirement("body", "empty", body.line), str(version), trial, EmptyBody())
    for row in view.operation.response.parameters:
        _response_row(view, book, row)
    for field in request_fields.fields(view.operation, view.default) + former_fields(view):
        _request_field(view, book, field)


def derive_removed(view: View, book: Book) -> None:
    """Add the case of the kind removed: a removed operation is refused, with 410 if this code is listed."""
    removal = view.operation.removed
    if removal is None:
        return
    variant, state = view.main
    gone = any(code.code == GONE for code in view.operation.responses.error)
    # A removed operation may have no elements any more, so its path may hold an unknown name.
    names = placeholders(view.operation.path)
    apart = bool(names) and not view.needs_resource
    trial = attempt(
        view,
        "documented",
        Where(
            variant,
            None if apart else state,
            ("any" if view.reads else "unknown") if apart else "missing" if len(names) > 1 else "own",
        ),
        outcome=REFUSED,
    )
    why = f"the operation was removed in {removal.release or 'an earlier release'}"
    requirement = view.requirement("removed", removal.release or "", removal.line)
    book.case(requirement, "", trial, Refused((GONE,), why, any_refusal=not gone))


def points(view: View) -> list[Microversion]:
    """The versions at which the operation is tried: its lowest and highest, and both sides of each bound."""
    low, high = view.lowest, view.default
    if high < low:
        return []
    chosen = {low, high}
    for first in _bounds(view):
        if low < first <= high:
            chosen.add(first)
            if first.previous is not None:
                chosen.add(first.previous)
    return sorted(chosen)


def _bounds(view: View) -> Iterator[Microversion]:
    """The first version after each change of the documented response or its code."""
    operation = view.operation
    parts: list[VersionRange] = [row.range for row in operation.response.parameters]
    parts += [code.range for code in operation.responses.normal]
    parts.append(VersionRange.parse(operation.response.body.min, operation.response.body.max))
    for part in parts:
        if part.min is not None:
            yield part.min
        if part.max is not None:
            yield part.max.next


def _edges(part: VersionRange, view: View) -> Iterator[tuple[str, Microversion, Microversion]]:
    """Yield the name, the version outside and the version inside of each bound within the operation's versions."""
    before = part.min.previous if part.min is not None else None
    if part.min is not None and before is not None and before in view.range and part.min in view.range:
        yield f"min-{part.min}", before, part.min
    if part.max is not None and part.max in view.range and part.max.next in view.range:
        yield f"max-{part.max}", part.max.next, part.max


def _said(bound: str) -> str:
    kind, _, version = bound.partition("-")
    return f"from {version} on" if kind == "min" else f"up to {version}"


def _bound_requirement(view: View, name: str, line: int | None, bound: str, in_parameters: bool = True) -> Requirement:
    """The requirement of one bound: ``microversion/<name>/min-2.73``."""
    plain = view.requirement("microversion", name, line, in_parameters)
    return replace(plain, id=f"{plain.id}/{bound}")


def _response_row(view: View, book: Book, row: Parameter) -> None:
    twins = [r for r in view.operation.response.parameters if r.name == row.name and r is not row]
    asked = any(r.name == row.name for r in view.operation.request.parameters)
    for bound, outside, inside in _edges(row.range, view):
        if any(outside in twin.range for twin in twins):
            continue
        # A field of both the request and the response has two requirements.
        name = f"response/{row.name}" if asked else row.name
        requirement = _bound_requirement(view, name, row.line, bound)
        trial_out, trial_in = showing(view, row, outside), showing(view, row, inside)
        if row.location == "header":
            book.case(requirement, str(inside), trial_in, header_shown(row))
            if not any(row.name == other.name for _, other in view.common):
                book.case(requirement, str(outside), trial_out, HeaderAbsent(row.name, _said(bound)))
            continue
        place, shown = place_of(view.operation, row), field_shown(view, row, inside)
        if place is None or shown is None:
            book.without_case(requirement, "no-place", row.name)
            continue
        book.case(requirement, str(inside), trial_in, shown)
        book.case(requirement, str(outside), trial_out, FieldAbsent(row.name, place, _said(bound)))


def former_fields(view: View) -> list[request_fields.Field]:
    """The request fields that end before the default version."""
    known = {f.row for f in request_fields.fields(view.operation, view.default)}
    former: dict[str, request_fields.Field] = {}
    for row in view.operation.request.parameters:
        if row.location == "body" and row not in known and row.range.max is not None:
            last = row.range.max
            for field in request_fields.fields(view.operation, last) if last in view.range else ():
                if field.row is row:
                    former[field.name] = field
    return list(former.values())


CONFLICT = 409
"""The code of a refusal that depends on what there is: a service that does not look at a field never gives it."""


def _refused_inside(view: View, name: str, value: Any) -> Any:
    """A value that is refused with a conflict where the field exists, if one is described: its refusal outside tells.

    With any other value, a service that takes the field may answer as one that ignores it, and show the same.
    """
    return next(
        (
            rule.binding
            for rule in view.service.refusals
            if rule.operation == view.operation.id and rule.parameter == name and rule.code == CONFLICT
            if not rule.steps and not rule.cause
        ),
        value,
    )


def _request_field(view: View, book: Book, field: request_fields.Field) -> None:
    """Add the cases of a request field with bounds: accepted inside, refused or without effect outside."""
    row, name = field.row, field.path[-1] if view.operation.action else field.name
    variant, state = view.main_with([field.path[-1]])
    twins = any(r.name == row.name and r is not row for r in view.operation.request.parameters)
    for bound, outside, inside in _edges(row.range, view):
        requirement = _bound_requirement(view, row.name, row.line, bound)
        if twins:
            book.without_case(requirement, "not-derivable", f"{row.name} is described more than once")
            continue
        _, _, numbers = normal_requirement(view, inside)
        for version, accepted in ((inside, True), (outside, None)):
            value = _value(view, field, version)
            if not accepted:
                value = _not_the_default(view, field, _refused_inside(view, name, value))
            body = view.body(variant, version, {name: value})
            if not accepted and field.path[-1] not in naming.members(body):
                one = replace(requirement, id=f"{requirement.id}[{version}]")
                book.without_case(one, "no-place", f"the body of {version} has no place for {row.name}")
                continue
            trial = attempt(
                view,
                f"with-{row.name}",
                Where(variant, state),
                Asked(version=version, body=body, optional=True),
                outcome=Outcome(accepted),
            )
            if accepted and numbers:
                book.case(requirement, str(version), trial, Accepted(numbers))
            elif not accepted:
                probe = FieldTaken(name, value, *_seen_inside(view, field, value, inside), _is_chosen(view, field))
                book.case(requirement, str(version), trial, OutsideVersions(probe, row.name, _said(bound)))


def _seen_inside(
    view: View, field: request_fields.Field, value: Any, inside: Microversion
) -> tuple[Microversion | None, Place]:
    """A version and the place of a field in the view of the thing that the request makes or changes; or neither.

    The view must not show the value without the field. A text that names the version is of this case alone; a number
    that is not the documented default can show only in a thing which the request itself makes, and so can a word that
    another thing, made without the field, does not show.
    """
    row = field.row
    told = _is_number(row.default) and not shows(row.default, value)
    if not _is_free_text(view, field) and not (_makes(view) and (told or _is_chosen(view, field))):
        return None, ()
    reader = reader_of(view, inside)
    shown = same_row(view, reader, field, inside) if reader is not None else None
    return (inside, shown.place) if shown is not None else (None, ())


def _makes(view: View) -> bool:
    """Whether the operation makes a thing."""
    return view.producers is not None and view.producers.made_by(view.operation) is not None


def _is_chosen(view: View, field: request_fields.Field) -> bool:
    """Whether a field that no request needs takes one of several words, none of them the documented default.

    Only another thing, made without the field, tells which of them it shows without it.
    """
    bound, _ = view.service.binding(view.operation, field.path[-1])
    row = field.row
    return not bound and len(row.enum) > 1 and row.default is None and not row.required


def _not_the_default(view: View, field: request_fields.Field, value: Any) -> Any:
    """A value other than the one that a thing may show without the field: another number, or the last of some words."""
    row = field.row
    if _makes(view) and _is_chosen(view, field):
        return next((one for one in reversed(row.enum) if one != value), value)
    if not _is_number(row.default) or not shows(row.default, value):
        return value
    other = type(row.default)(row.default + 1)
    return other if row.maximum is None or other <= row.maximum else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_free_text(view: View, field: request_fields.Field) -> bool:
    """Whether a field takes any text, so that a text can name the version of its request."""
    bound, _ = view.service.binding(view.operation, field.path[-1])
    return not bound and field.row.type == "string" and not field.row.enum and not field.row.format


def _value(view: View, field: request_fields.Field, version: Microversion) -> Any:
    """A value for a field. A free text names the version, so that its effect can be traced to the request."""
    bound, value = view.service.binding(view.operation, field.path[-1])
    if bound:
        return value
    if _is_free_text(view, field):
        return f"conformance {version}"
    return values.value_for(view.operation, field, view.service)


def _operation_bounds(view: View, book: Book) -> None:
    """Add the cases of the operation's own bounds: accepted inside, refused with 404 or 400 outside."""
    operation, own = view.operation, view.operation.microversions
    variant, state = view.main
    if operation.removed is not None:
        return
    for bound, outside in _outside(view):
        if _taken(view, outside):
            continue
        requirement = _bound_requirement(view, "operation", own.line, bound, in_parameters=False)
        body = view.body(variant, view.default)
        # If another operation has the path at this version, only the method is unknown.
        codes = (404, 400, 405) if _other_method(view, outside) else (404, 400)
        refused: Trial = attempt(
            view, "outside", Where(variant, state), Asked(version=outside, body=body), outcome=REFUSED
        )
        why = f"the operation exists only {_said(bound)}"
        book.case(requirement, str(outside), refused, Refused(codes, why))
        inside = view.lowest if bound.startswith("min") else view.default
        _, _, numbers = normal_requirement(view, inside)
        label_version = None if inside == view.default else inside
        accepted = attempt(view, "documented", Where(variant, state), Asked(version=label_version))
        if numbers:
            book.case(requirement, str(inside), accepted, Accepted(numbers))


def _other_method(view: View, version: Microversion) -> bool:
    """Whether another operation has the same path with another method at a version."""
    own = view.operation
    return any(
        form(o.path) == form(own.path) and o.method != own.method and version in o.microversions.range
        for o in view.spec.operations
        if o.removed is None
    )


def _taken(view: View, version: Microversion) -> bool:
    """Whether another operation answers the same request at a version."""
    own = view.operation
    return own.action is None and any(
        (o.method, form(o.path)) == (own.method, form(own.path)) and version in o.microversions.range
        for o in view.spec.operations
        if o.id != own.id and o.action is None and o.removed is None
    )


def _outside(view: View) -> Iterator[tuple[str, Microversion]]:
    own = view.operation.microversions.range
    if view.only:
        return  # no request can ask for a version outside
    if own.min is not None and own.min.previous is not None and own.min > view.service.first_microversion:
        yield f"min-{own.min}", own.min.previous
    if own.max is not None and own.max.next <= view.top:
        yield f"max-{own.max}", own.max.next
