"""Requests about references between things: a body that names nothing, and the removal of a thing that another uses.

A reference rarely says how a service answers these. So any listed answer is observed, an unlisted refusal is an
omission, and an unlisted 5xx a contradiction, as in module ``situations``. One request is made for each reference,
unless another case makes it.

The references are those that the description or the reference binds: the value of a field is the id of a thing of
another kind. A thing is in use if the lane has made another one with such a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from conformance.engine.api import bodies, json_path, request_fields
from conformance.engine.api.producers import Producers, last_version, placeholders
from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.derive.attempt import SILENT, Asked, Where, attempt, prepared
from conformance.engine.derive.book import Book
from conformance.engine.derive.refusals import unknown_in_place_of
from conformance.engine.derive.view import View
from conformance.engine.judge.codes import AnsweredAsListed
from conformance.engine.model.binding import Step, bindings_in
from conformance.engine.model.case import id_part
from specs.microversion import Microversion
from specs.model import Operation

Users = Mapping[str, tuple[str, ...]]
"""A collection -> the collections whose elements cannot be made without naming one of its elements."""


def users_of(
    operations: Iterable[Operation], service: ServiceDescription, producers: Producers, top: Microversion
) -> Users:
    """Find the collections at the top of the API whose elements name elements of other such collections."""
    found: dict[str, list[str]] = {}
    for operation in operations:
        producer = producers.made_by(operation)
        if "{" in operation.path or producer is None or producer.remover is None:
            continue
        version = min(last_version(operation) or top, top)
        for binding in bindings_in(bodies.build(operation, version, service.about(operation))):
            used = binding.resource
            if used.startswith("/") and used != operation.path and binding.relation == "any":
                found.setdefault(used, []).append(operation.path)
    return {used: tuple(dict.fromkeys(by)) for used, by in found.items()}


def derive_references(view: View, book: Book, users: Users) -> None:
    """Add the cases of unknown references, and of the removal of a thing in use; none if no error is listed."""
    listed = [code for code in view.operation.responses.error if code.listed and view.default in code.range]
    if not listed or not view.can_be_held or view.environment is not None:
        return
    if view.operation.method == "DELETE":
        _in_use(view, book, users, listed[0].line)
    elif not view.reads and not view.service.steps(view.operation, "steps_before"):  # which may take the same value
        _unknown(view, book, listed[0].line)


def _unknown(view: View, book: Book, line: int) -> None:
    """Add a case for each field of the body that names a thing: it names nothing."""
    requirement = view.requirement("situation", "unknown-reference", line)
    for field in request_fields.fields(view.operation, view.default):
        variant, state = view.main_with([field.path[-1]])
        body = _body(view, field)
        if body is ABSENT:
            continue
        trial = attempt(
            view,
            f"unknown-{id_part(field.name)}",
            Where(variant, state),
            Asked(body=body, optional=not field.row.required),
            outcome=SILENT,
        )
        if all(other.request.body != trial.request.body for other in book.trials_of(view.operation)):
            book.case(requirement, field.name, trial, AnsweredAsListed(f"an unknown {field.name}"), field.row.name)


def _body(view: View, field: request_fields.Field) -> Any:
    """The documented body with an id that names nothing in a field; ABSENT if the field names no thing.

    A member of an optional object is not given: it would be wrong without its other members, whatever its value.
    """
    variant, _ = view.main_with([field.path[-1]])
    body = view.body(variant, view.default)
    value = json_path.lookup(body, field.path)
    if value is ABSENT and json_path.lookup(body, field.path[:-1]) is not ABSENT:
        value = view.service.binding(view.operation, field.path[-1])[1]
    unknown = unknown_in_place_of(view, value)
    if unknown is None:
        return ABSENT
    if json_path.lookup(body, field.path) is ABSENT:
        name = field.path[-1] if view.operation.action else field.name
        body = view.body(variant, view.default, {name: unknown})
    there = json_path.lookup(body, field.path)
    return ABSENT if there is ABSENT else json_path.replaced(body, field.path, unknown)


def _in_use(view: View, book: Book, users: Users, line: int) -> None:
    """Add a case for each collection an element of which can use the thing."""
    requirement = view.requirement("situation", "in-use", line)
    for user in _using(view, users):
        variant, state = view.main
        name = id_part(user.strip("/"))
        trial = attempt(view, f"in-use-{name}", Where(variant, state), setup=prepared([Step(user, {})]), outcome=SILENT)
        book.case(requirement, name, trial, AnsweredAsListed(f"use by an element of {user}"))


def _using(view: View, users: Users) -> Iterator[str]:
    """Yield the collections of the things that can use the thing in the path, without those of described situations."""
    collection = view.operation.path.rpartition("/")[0]
    if view.scoped or len(placeholders(view.operation.path)) != 1 or not view.operation.path.endswith("}"):
        return
    tried = {
        step.operation for one in view.service.refusals if one.operation == view.operation.id for step in one.steps
    }
    yield from (user for user in users.get(collection, ()) if user not in tried)
