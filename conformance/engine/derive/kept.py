"""Values that stay: a field that an update leaves out keeps the value that an earlier update has given it.

If all rows of an update are optional, an update changes the fields that it names. So one update gives values to all
texts that the element's own view shows but one, and the next update gives a value to this one alone: the view must show
the others as before. Numbers, switches and words of an enumeration are left as they are, since some of them depend on
each other. That is tried on elements that the run has made, and on the resource under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.engine.api import json_path, request_fields, values
from conformance.engine.api.producers import placeholders
from conformance.engine.api.response_fields import Place
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.derive.attempt import Asked, Where, attempt, prepared
from conformance.engine.derive.book import Book
from conformance.engine.derive.equality import EMPTY, OBJECTS, UPDATES, reader_of, same_row
from conformance.engine.derive.view import View
from conformance.engine.judge.equality import KeepsValue
from conformance.engine.model.binding import Step
from conformance.engine.model.probe import Kept
from specs.model import Operation

TEXT = "string"


@dataclass(frozen=True)
class _Given:
    """An optional field with a value that an update may give it, and its place in the view of the element."""

    field: request_fields.Field
    value: Any
    place: Place


def derive_kept(view: View, book: Book) -> None:
    """Add the cases equality/<field>/kept of an update with at least two such fields."""
    operation = view.operation
    reader = reader_of(view) if operation.method in UPDATES and operation.action is None else None
    if reader is None or view.environment is not None or not _is_own(view) or view.makes:
        return
    found = list(_given(view, reader))
    if not found:
        return
    changed = found[0]
    variant, state = view.main_with([changed.field.path[-1]])
    body = view.body(variant, view.default, {changed.field.name: changed.value})
    kept = [one for one in found[1:] if json_path.lookup(body, one.field.path) is ABSENT]
    if json_path.lookup(body, changed.field.path) is ABSENT or not kept:
        return
    step = Step(operation.id, {one.field.name: one.value for one in kept})
    trial = attempt(
        view,
        "kept",
        Where(variant, state),
        Asked(body=body, optional=True),
        setup=prepared((step,)),
    )
    for one in kept:
        detail = f"{one.field.name}/kept"
        requirement = view.requirement("equality", detail, one.field.row.line, True)
        reason = view.service.why_not_returned(operation, detail)
        if reason is not None:
            book.used.add(f"not_returned: {operation.id} {detail}")
            book.without_case(requirement, "not-returned", reason)
        else:
            expectation = KeepsValue(one.field.name, one.place, Kept(reader.id), changed.field.name)
            book.case(requirement, "", trial, expectation, one.field.row.name)


def _is_own(view: View) -> bool:
    """Whether the path names an element that the run makes, or the resource under test, and nothing of others."""
    collection = view.operation.path.rpartition("/")[0]
    made = view.producers.of(collection) if view.producers is not None else None
    return view.operation.path.endswith("}") and (view.scoped or made is not None)


def _given(view: View, reader: Operation) -> Iterator[_Given]:
    """Yield the optional fields that the element's view shows and that an update may give by themselves."""
    operation = view.operation
    fields = request_fields.fields(operation, view.default)
    wrapper = min((len(field.path) for field in fields), default=0)
    if any(field.row.required and (len(field.path) > wrapper or field.row.type not in OBJECTS) for field in fields):
        return  # what an update must name, it may replace as a whole
    for field in fields:
        if field.row.type != TEXT or field.row.enum:
            continue
        shown = None if field.row.required else same_row(view, reader, field)
        whole = any(other is not field and other.path[: len(field.path)] == field.path for other in fields)
        renames = placeholders(operation.path)[-1:] == [field.path[-1]]
        if shown is None or renames or whole or {"[]", "{}"} & set(field.path):
            continue
        rule = view.service.value_rule(operation, field.name, "given")
        value = values.known_value(operation, field, view.service)
        bound_to_others = view.service.with_companions(operation, [field.path[-1]])
        if rule is None and value is not ABSENT and value not in EMPTY and not bound_to_others:
            yield _Given(field, value, shown.place)
