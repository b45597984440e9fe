"""Requests that break a documented constraint of a parameter: its type, length, range, format or enumeration."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from conformance.engine.api import json_path, request_fields
from conformance.engine.api.addresses import names_project
from conformance.engine.api.entries import ValueRule
from conformance.engine.api.producers import placeholders
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.derive.attempt import REFUSED, Asked, Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.versions import former_fields
from conformance.engine.derive.view import Variant, View
from conformance.engine.judge.codes import Refused
from conformance.engine.model.case import id_part
from conformance.engine.model.trial import Trial
from specs.microversion import Microversion
from specs.model import Parameter

STRICT = frozenset({"limit", "sort_key", "sort_dir", "sort", "changes-since", "changes-before"})
"""Query parameters that every service must understand, beside those that its description names. All other parameters
are filters, and many services accept any value of a filter."""

LONGEST = 2000
"""The longest text in a path or a query, in characters: some proxies refuse longer ones."""

OWN_ID = frozenset({"id", "uuid"})
"""Names of the field of a new thing that gives its id, if the client may choose it."""

UNNAMED = (403, 404, 409)
"""Codes of a name in a path that names nothing, or a thing of others, or one in another state, whatever its form."""

NOT_THERE = (404, 409)
"""Codes of a request whose body names nothing, or a thing in another state, whatever the form of the value."""

BROKEN_FORMATS = {
    "uuid": "not-a-uuid",
    "date-time": "not-a-date",
    "base64": "%%%",
    "ipv4": "999.0.2.1",
    "ipv6": "::zz",
}


def derive_constraints(view: View, book: Book, line: int | None) -> None:
    """Add the cases of the kinds error/400 and constraint; ``line`` lists the code 400, None if no line does."""
    if not view.can_be_held:
        _not_held(view, book, line)
        return
    _bad_request(view, book, line)
    _bad_query(view, book, line)
    _bad_path(view, book, line)


def _not_held(view: View, book: Book, line: int | None) -> None:
    """Note that no case breaks a constraint, since the resource does not stay in a status that allows the request."""
    variant, _ = view.main
    if view.body(variant, view.default) is ABSENT or view.reads:
        return
    for name, _, why, row, _ in _broken_bodies(view, variant):
        left = f"the status does not last, so it could be the cause of the refusal instead: {why}"
        _without_case(view, book, line, row, id_part(name), "not-derivable", left)


def _without_case(view: View, book: Book, line: int | None, row: Parameter, label: str, reason: str, why: str) -> None:
    """Note the reason why no case breaks a constraint of a row in the body."""
    if line is not None:
        requirement = view.requirement("error", "400", line)
        requirement = replace(requirement, id=f"{requirement.id}[{label}]")
    else:
        requirement = view.requirement("constraint", label, row.line, True)
    book.without_case(requirement, reason, why)


def _bad_request(view: View, book: Book, line: int | None) -> None:
    variant, state = view.main
    base = view.body(variant, view.default)
    if base is ABSENT or view.reads:
        return
    for field in request_fields.fields(view.operation, view.default):
        rule = _left_out(view, field)
        if field.row.required and rule is not None and rule.reason is not None:
            label = id_part(f"{field.name}-missing")
            _without_case(view, book, line, field.row, label, rule.reason, rule.explanation)
    for name, body, why, row, version in _broken_bodies(view, variant):
        label = id_part(name)
        if row.name in OWN_ID and name.endswith("-format") and view.makes and not view.service.described:
            left = f"a thing with such a value of {row.name} might be made, and no request could remove it"
            _without_case(view, book, line, row, label, "not-derivable", left)
            continue
        role = None if name.endswith("-missing") else _free_to_choose(view, row)
        asked = Asked(role=role, version=version, body=body)
        trial = attempt(view, f"bad-{label}", Where(variant, state), asked, outcome=REFUSED)
        if line is not None:
            requirement = view.requirement("error", "400", line)
            book.case(requirement, label, trial, Refused((400,), why, also_listed=True, elsewhere=NOT_THERE), row.name)
        else:
            requirement = view.requirement("constraint", label, row.line, True)
            book.case(requirement, "", trial, Refused((400,), why, any_refusal=True, elsewhere=NOT_THERE), row.name)


def _free_to_choose(view: View, row: Parameter) -> str | None:
    """The role that may give a row any value; None for the usual one.

    A member names no project but its own: whatever else it gives is refused for that, of whatever form.
    """
    return "admin" if view.role == "member" and row.name.endswith("_id") and names_project(row.name) else None


def _bad_query(view: View, book: Book, line: int | None) -> None:
    """Add cases of query values that cannot be read as documented, if 400 is listed; many services ignore them else."""
    if line is None:
        return
    variant, state = view.main
    requirement = view.requirement("error", "400", line)
    for row in view.operation.request.parameters:
        if row.location != "query" or view.default not in row.range:
            continue
        if row.required:
            trial = attempt(view, f"bad-{id_part(row.name)}-missing", Where(variant, state), outcome=REFUSED)
            without = tuple((name, value) for name, value in trial.request.query if name != row.name)
            trial = replace(trial, request=replace(trial.request, query=without))
            why = f"{row.name} is required"
            refused = Refused((400,), why, also_listed=True, elsewhere=NOT_THERE)
            book.case(requirement, f"{id_part(row.name)}-missing", trial, refused, row.name)
        if not must_understand(view, row):
            continue  # other parameters of a query are filters, and many services accept any value
        for case, trial, why in _texts(view, row):
            book.case(requirement, case, trial, Refused((400,), why, also_listed=True, elsewhere=NOT_THERE), row.name)


def must_understand(view: View, row: Parameter) -> bool:
    """Whether the service must refuse a value of a query parameter that cannot be read as documented."""
    return row.name in STRICT or row.name in view.service.understood_queries


def _bad_path(view: View, book: Book, line: int | None) -> None:
    """Add cases of path names in another form than the documented one: 400; a 404 says that they name nothing."""
    if line is None:
        return
    requirement = view.requirement("error", "400", line)
    for row in view.operation.request.parameters:
        if row.location != "path" or view.default not in row.range or row.name not in placeholders(view.operation.path):
            continue
        for case, trial, why in _texts(view, row):
            refused = Refused((400,), why, also_listed=True, elsewhere=UNNAMED)
            book.case(requirement, case, trial, refused, beside=True)


def _texts(view: View, row: Parameter) -> Iterator[tuple[str, Trial, str]]:
    """Yield trials with texts that break a row of a path or a query: the detail of the case, the trial, the reason."""
    variant, state = view.main
    for label, value, why in broken_texts(row):
        detail = f"{id_part(row.name)}-{label}"
        given = ((row.name, value),)
        trial = attempt(
            view,
            f"bad-{detail}",
            Where(variant, state),
            Asked(
                path=given if row.location == "path" else (),
                query=(*view.query_with(row.name), *given) if row.location == "query" else (),
            ),
            outcome=REFUSED,
        )
        yield detail, trial, why


def broken_texts(row: Parameter) -> Iterator[tuple[str, str, str]]:
    """Yield texts that a row of a path or a query excludes: label, text, reason."""
    if row.type in ("integer", "int", "boolean", "bool"):
        yield "type", "conformance", f"{row.name} is documented as {row.type}"
    elif row.enum:
        yield "enum", "conformance", f"{row.name} is none of the documented values"
    elif row.format in BROKEN_FORMATS:
        yield "format", BROKEN_FORMATS[row.format or ""], f"{row.name} is no {row.format}"
    if row.max_length is not None and row.max_length <= LONGEST:
        yield "max-length", "x" * (row.max_length + 1), f"{row.name} has more than {row.max_length} characters"


Broken = tuple[str, Any, str, Parameter, Microversion | None]
"""Name, body, reason, row, and the version if it is not the default version."""


def _broken_bodies(view: View, variant: Variant) -> Iterator[Broken]:
    """Yield bodies that break exactly one statement of the request table."""
    operation = view.operation
    for field in request_fields.fields(operation, view.default):
        yield from _broken_field(view, variant, field, None)
    for field in former_fields(view):
        last = field.row.range.max
        for name, body, why, row, _ in _broken_field(view, variant, field, last):
            yield f"{name}-{last}", body, why, row, last
    action = next((r for r in request_fields.body_rows(operation, view.default) if r.name == operation.action), None)
    if action is not None and action.type in ("object", "dict"):
        yield (
            f"{action.name}-type",
            {action.name: "text"},
            f"{action.name} is documented as an object",
            action,
            None,
        )


def _broken_field(
    view: View, variant: Variant, field: request_fields.Field, version: Microversion | None
) -> Iterator[Broken]:
    row, path = field.row, field.path
    full = view.body(variant, version or view.default, {field.name: ABSENT})
    if not isinstance(json_path.lookup(full, path[:-1]), list if path[-1] == "[]" else dict):
        return  # the description gives the field above as a whole, or the body is a list at this version
    if row.required and _left_out(view, field) is None:
        yield f"{field.name}-missing", json_path.replaced(full, path, ABSENT), f"{field.name} is required", row, version
    for label, value, why in _broken_values(row):
        if label == "type" and not view.service.described and _is_shown(view, path, type(value)):
            continue  # the reference contradicts itself, and no description says which of both is meant
        yield f"{field.name}-{label}", json_path.replaced(full, path, value), f"{field.name} {why}", row, version


def _is_shown(view: View, path: tuple[str, ...], kind: type) -> bool:
    """Whether a sample of the request shows a value of a JSON type at a place."""
    return any(type(json_path.lookup(s.body, path)) is kind for s in view.operation.request.samples if s.valid)


def _left_out(view: View, field: request_fields.Field) -> ValueRule | None:
    """The rule by which the description says why no case leaves a required field out; None if a case does."""
    rule = view.service.value_rule(view.operation, field.name, "missing")
    return rule if rule is not None and rule.value == "missing" and rule.reason is not None else None


def _broken_values(row: Parameter) -> Iterator[tuple[str, Any, str]]:
    """Yield values that a row excludes. Types in the free words of a reference exclude nothing."""
    if row.type in ("string", "uuid", "integer", "int", "float", "number", "boolean", "bool", "array", "list"):
        yield "type", {"conformance": "object"}, f"is documented as {row.type}"
    elif row.type in ("object", "dict"):
        yield "type", "text", f"is documented as {row.type}"
    if row.enum:
        yield "enum", "conformance-none-of-them", f"is none of {', '.join(map(str, row.enum))}"
    if row.max_length is not None and row.type == "string" and row.max_length <= 100_000:
        yield "max-length", "x" * (row.max_length + 1), f"has more than {row.max_length} characters"
    if row.min_length and row.type == "string":
        yield "min-length", "x" * (row.min_length - 1), f"has fewer than {row.min_length} characters"
    if row.minimum is not None:
        yield "minimum", row.minimum - 1, f"is below {row.minimum}"
    if row.maximum is not None:
        yield "maximum", row.maximum + 1, f"is above {row.maximum}"
    if row.format in BROKEN_FORMATS:
        yield "format", BROKEN_FORMATS[row.format or ""], f"is no {row.format}"
