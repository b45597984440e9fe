"""Requests with one optional field alone, where samples give it together with others only.

A field that is fine beside others may fail without them. No reference promises that every optional field can be given
alone: an accepted request must have a normal code, and a refusal is judged as in module ``situations``. Fields that
need others by the description, and members of optional objects, are left out.
"""

from __future__ import annotations

from typing import Any

from conformance.engine.api import json_path, request_fields, values
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.derive.attempt import Asked, Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.success import normal_requirement
from conformance.engine.derive.values import GIVEN
from conformance.engine.derive.view import View
from conformance.engine.judge.apart import TakenAlone
from conformance.engine.model.case import id_part


def derive_alone(view: View, book: Book) -> None:
    """Add a case for each optional field of the body that no other documented request has as its only optional one.

    All other accepted requests of the operation must be in the book already.
    """
    name, line, numbers = normal_requirement(view, view.default)
    if view.reads or not numbers:
        return
    requirement = view.requirement("normal", name, line)
    for field in request_fields.fields(view.operation, view.default):
        body = _body(view, field)
        if body is ABSENT:
            continue
        label = f"alone-{id_part(field.name)}"
        variant, state = view.main_with([field.path[-1]])
        trial = attempt(view, label, Where(variant, state), Asked(body=body, optional=True))
        others = (one for one in book.trials_of(view.operation) if one.outcome.accepted is True)
        if all(one.request.body != trial.request.body for one in others):
            book.case(requirement, label, trial, TakenAlone(numbers, field.name), field.row.name)


def _body(view: View, field: request_fields.Field) -> Any:
    """The body with the required fields and an optional one; ABSENT if the field has no value or needs others."""
    leaf = field.path[-1]
    value = values.known_value(view.operation, field, view.service)
    ruled = view.service.value_rule(view.operation, field.row.name, GIVEN) is not None
    if field.row.required or value is ABSENT or ruled or view.service.with_companions(view.operation, [leaf]):
        return ABSENT
    variant, _ = view.main_with([leaf])
    plain = view.body(variant, view.default)
    inner = json_path.lookup(plain, field.path[:-1])
    if inner is ABSENT and len(field.path) > 1 + bool(view.operation.action):
        return ABSENT
    body = view.body(variant, view.default, {leaf if view.operation.action else field.name: value})
    given = json_path.lookup(plain, field.path) is not ABSENT or json_path.lookup(body, field.path) is ABSENT
    return ABSENT if given else body
