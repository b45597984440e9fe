"""Values that come back: a documented field of the request that a documented answer shows as well.

A row of the request table and a row of a table of answers are about one field where they have the same name and type at
the same place below the outermost key. Five answers are compared: that of the request itself, that of the operation
that shows the element which the request makes or changes, the list of the collection in which the request makes one,
the view of the resource under test, and that of another resource which the request makes of it. No request is made for
a case of its own but, at most, one GET by the operation that shows the element, and one by the operation that lists the
collection. A value that is the documented default shows nothing, since an answer has it without the request, too, and
true may be a default that nobody documents: so false is sent once in the place of true.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from conformance.engine.api import json_path, naming, request_fields
from conformance.engine.api.needs import PROJECT
from conformance.engine.api.producers import last_version, placeholders
from conformance.engine.api.response_fields import Place, place_of, values_at
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.derive.attempt import Asked, Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.success import sample_label
from conformance.engine.derive.view import View
from conformance.engine.judge.equality import ComesBack, shows
from conformance.engine.model.binding import Binding
from conformance.engine.model.case import Requirement, id_part
from conformance.engine.model.probe import Kept, Listed, RecordOf, ViewOf
from conformance.engine.model.trial import Once, Trial
from specs.microversion import Microversion
from specs.model import Operation, Parameter

MOST_VALUES = 3
"""The most values of one field that are compared: two different ones show that a value is not the default."""

EMPTY: tuple[object, ...] = (None, "", [], {})
"""Values that show nothing when they come back: a field that the service ignored may be empty as well."""

ASKING = (PROJECT, "user")
"""The things of the role that asks: a thing that it makes has them whether the request names them or not."""

UPDATES = ("PUT", "PATCH")
"""The methods of requests that change a thing whose path they have."""

OBJECTS = ("object", "dict", "none", None)
"""Types of rows that may only contain other rows."""


@dataclass(frozen=True)
class Shown:
    """A documented answer in which a sent value is looked for.

    Attributes:
        detail: the end of the requirement's id; empty for the answer of the request itself.
        row: the row of its table.
        place: the place of the row in the body.
        probe: the view, the list or the other resource to look up; None for the answer of the request itself.
    """

    detail: str
    row: Parameter
    place: Place
    probe: ViewOf | Listed | RecordOf | None = None


def derive_equality(view: View, book: Book) -> None:
    """Add the cases of the kind equality. All accepted requests of the operation must be in the book already."""
    if view.reads or view.environment is not None:
        return
    fields = request_fields.fields(view.operation, view.default)
    for field in fields:
        frame = field.row.type in OBJECTS and any(
            other is not field and other.path[: len(field.path)] == field.path for other in fields
        )
        if frame or field.row.type == "none":
            continue
        for answer in _answers(view, book, field):
            detail = f"{field.row.name}{answer.detail}"
            requirement = view.requirement("equality", detail, field.row.line, True)
            reason = view.service.why_not_returned(view.operation, detail)
            if reason is not None:
                book.used.add(f"not_returned: {view.operation.id} {detail}")
                book.without_case(requirement, "not-returned", reason)
            else:
                _compare(view, book, requirement, field, answer)


def _answers(view: View, book: Book, field: request_fields.Field) -> Iterator[Shown]:
    """The documented answers that show a field of the request."""
    own = same_row(view, view.operation, field)
    if own is not None:
        yield own
    yield from _in_list(view, field)
    yield from _in_other(view, field)
    reader = reader_of(view)
    # If the request changes the name in its path, the element is no longer shown at this path.
    if reader is None or (own is not None and placeholders(view.operation.path)[-1:] == [field.path[-1]]):
        return
    probe = ViewOf(reader.id)
    name = view.service.returned_as(view.operation, field.row.name)
    if name is not None:
        book.used.add(f"returned_under: {view.operation.id} {field.row.name}")
        yield Shown("/show", replace(field.row, required=False), name, probe)
        return
    shown = same_row(view, reader, field)
    # A field of an action may have the same name as a field of the resource, and mean something else.
    if shown is not None and (view.operation.action is None or own is not None or shown.row.ref == field.row.ref):
        yield replace(shown, detail="/show", probe=probe)


def same_row(
    view: View, operation: Operation, field: request_fields.Field, version: Microversion | None = None
) -> Shown | None:
    """The row of an operation's answer that is about a field of the request, at a version or that of the trials."""
    for row in operation.response.parameters:
        place = place_of(operation, row) if _alike(view, row, field, version) else None
        if place is not None and _tail(place) == _tail(field.path):
            return Shown("", row, place)
    return None


def _in_list(view: View, field: request_fields.Field) -> Iterator[Shown]:
    """The field of the elements in the list of the collection in which the request makes one; at most one."""
    lister = lister_of(view)
    for row in lister.response.parameters if lister is not None else ():
        place = place_of(lister, row) if lister is not None and _alike(view, row, field) else None
        if place is not None and "[]" in place:
            inside = place[place.index("[]") + 1 :]
            wrapped = inside[:1] == field.path[:1] and inside[1:] == _tail(field.path)
            if wrapped or inside == _tail(field.path):
                yield Shown("/list", row, inside, Listed(lister.id if lister is not None else ""))
                return


def _in_other(view: View, field: request_fields.Field) -> Iterator[Shown]:
    """The field of another resource that the request makes, where a promise of its status has it looked up."""
    made = {post.resource for post in view.operation.postconditions if post.kind == "status"}
    for resource, rule in view.service.related_statuses.items():
        place = dict(rule.fields).get(field.row.name)
        if place is not None and resource in made:
            row = replace(field.row, required=False)
            yield Shown(f"/{resource}", row, tuple(place.split(".")), RecordOf(resource))


def lister_of(view: View) -> Operation | None:
    """The operation that lists the collection in which the request makes an element, at the version of the request."""
    producer = view.producers.made_by(view.operation) if view.producers is not None else None
    lister = producer.lister if producer is not None else None
    return lister if lister is not None and exists_at(lister, view.default) else None


def exists_at(operation: Operation, version: Microversion) -> bool:
    """Whether an operation exists at a version."""
    first, last = operation.microversions.range.min, last_version(operation)
    return (first is None or first <= version) and (last is None or last >= version)


def _alike(view: View, row: Parameter, field: request_fields.Field, version: Microversion | None = None) -> bool:
    """Whether a row has the name and the type of a field, and is shown in a body at a version or that of the trials."""
    same = row.type == field.row.type and row.name.rpartition(".")[2] == field.path[-1]
    # Enumerations without a common value say the same in other words, such as enable and enabled.
    apart = row.enum and field.row.enum and set(row.enum).isdisjoint(field.row.enum)
    return same and not apart and row.location in ("body", None) and (version or view.default) in row.range


def reader_of(view: View, version: Microversion | None = None) -> Operation | None:
    """The operation that shows the element which the request makes or changes, at a version or that of the request."""
    operation, producers = view.operation, view.producers
    if producers is None:
        return None
    if operation.action is not None:
        found = producers.reader(operation.path.rpartition("/")[0])
    elif (made := producers.made_by(operation)) is not None:
        found = made.reader
    else:
        found = producers.reader(operation.path) if operation.method in ("PUT", "PATCH") else None
    return found if found is not None and exists_at(found, version or view.default) else None


def was(view: View, field: request_fields.Field) -> tuple[Kept, Place] | None:
    """The views of the thing that an update changes, before and after it, and the place of a field in them."""
    reader = reader_of(view) if view.operation.method in UPDATES and view.operation.action is None else None
    if reader is None or view.makes or view.names_what_it_makes:
        return None
    shown = same_row(view, reader, field)
    return (Kept(reader.id), shown.place) if shown is not None else None


def _tail(place: Place) -> Place:
    """A place without the outermost key, which names the resource or the action; list marks count."""
    return place[1:] if len(place) > 1 else place


def _compare(view: View, book: Book, requirement: Requirement, field: request_fields.Field, answer: Shown) -> None:
    """Add a case for each of the first different values that accepted requests of the operation send."""
    seen: list[object] = []
    asked = (_whole(view, _newest(view, one)) for one in trials_to_compare(view, book))
    for trial in (*asked, *_opposite(view, book, field)):
        version = trial.request.version or view.default
        if version not in field.row.range or version not in answer.row.range:
            continue
        values, _ = values_at(trial.request.body, field.path) if trial.request.body is not ABSENT else ([], 0)
        if not values or values[0] in EMPTY or values[0] in seen or len(seen) == MOST_VALUES:
            continue
        if is_default(field, values[0]):
            continue
        seen.append(values[0])
        required = answer.row.required and answer.row.visible_to is None and answer.row.required_min is None
        shown_itself = view.scoped and not isinstance(answer.probe, Listed) and len(answer.place) > 1
        own = shown_itself and answer.place[0] == view.service.resource
        expectation = ComesBack(
            field.row.name, field.path, answer.place, required, answer.probe, own, None if own else was(view, field)
        )
        book.case(requirement, "" if len(seen) == 1 else f"value-{len(seen)}", trial, expectation, field.row.name)
    if not seen:
        value = "a value" if field.row.default is None else "a value that is not its default"
        book.without_case(
            requirement, "not-derivable", f"no accepted request of the suite gives {field.row.name} {value}"
        )


def is_default(field: request_fields.Field, value: object) -> bool:
    """Whether an answer may well show a value although the field is ignored.

    So may the documented default be shown, and, where none must be named, the project or the user that asks.
    """
    if isinstance(value, Binding) and not field.row.required:
        return value.relation == "any" and value.resource in ASKING
    return field.row.default is not None and shows(field.row.default, value)


def _opposite(view: View, book: Book, field: request_fields.Field) -> Iterator[Trial]:
    """The simplest request that gives a field true, with false instead; nothing if another value is given too.

    A field that is ignored is often true as well. False turns something off, for a thing of the run alone; true might
    show or give a thing to all users, so that it is never sent in the place of false. Some things that are off cannot
    be removed: a service without a description does not say which, so that none is turned off there.
    """
    if field.row.default is False or not _of_the_run(view) or not view.service.described:
        return
    rule = view.service.value_rule(view.operation, field.row.name, "false")
    if rule is not None and rule.reason is not None:
        book.used.add(f"value_rules: {view.operation.id} {field.row.name}=false")
        return
    first: Trial | None = None
    for trial in trials_to_compare(view, book):
        values, _ = values_at(trial.request.body, field.path) if trial.request.body is not ABSENT else ([], 0)
        if values and values[0] is not True:
            return
        first = trial if values and first is None else first
    if first is None:
        return
    first = _newest(view, first)
    variant, version = view.main[0], first.request.version
    leaf = field.path[-1] if view.operation.action else field.name
    body = view.body(variant, version or view.default, {leaf: False})  # others of a sample may need that it is true
    if json_path.lookup(body, field.path) is not False:
        body = with_value(first.request.body, field.path, False)
    where = Where(variant, first.situation.state)
    asked = Asked(version=version, body=body, optional=True)
    trial = attempt(view, f"equality-{id_part(field.row.name)}-false", where, asked, setup=first.setup)
    yield replace(trial, gates=first.gates)


def _whole(view: View, trial: Trial) -> Trial:
    """A trial, or the same with the fields without which its request has no use by the description.

    A sample may lack them, so that it is refused and none of its values can be compared.
    """
    wanted = view.service.included(view.operation)
    body = trial.request.body
    if not wanted or body is ABSENT:
        return trial
    for field in request_fields.fields(view.operation, view.default):
        if field.row.name in wanted and json_path.lookup(body, field.path) is ABSENT:
            value = json_path.lookup(view.plain_body(view.main[0], view.default), field.path)
            if value is not ABSENT:
                body = copy.deepcopy(body)
                json_path.put(body, field.path, value)
    if body == trial.request.body:
        return trial
    where = Where(view.main[0], trial.situation.state)
    asked = Asked(version=trial.request.version, body=body, optional=True)
    label = f"equality-whole-{trial.key.rpartition('|')[2]}"
    return replace(attempt(view, label, where, asked, setup=trial.setup), gates=trial.gates)


def _newest(view: View, trial: Trial) -> Trial:
    """A trial, or for a sample of no version, which is sent at the first one that may take it, the same at the newest.

    The reference of an operation that came later may name no version at all, so that the first one does not have it. A
    request that leads the resource under test to another status costs more than it tells, and is not sent once more.
    """
    label, body = trial.key.rpartition("|")[2], trial.request.body
    unnamed = (sample for sample in view.operation.request.samples if sample.microversion is None)
    if trial.situation.state is not None or trial.request.version in (None, view.default) or body is ABSENT:
        return trial
    if label not in {sample_label(sample, trial.request.version) for sample in unnamed}:
        return trial
    rows = [row for row in view.operation.request.parameters if row.location == "body"]
    there = {row.name.rpartition(".")[2] for row in rows if view.default in row.range}
    if {row.name.rpartition(".")[2] for row in rows} & set(naming.members(body)) - there:
        return trial  # a field of the sample has ended
    asked = Asked(body=body, optional=True)
    newest = attempt(view, f"equality-newest-{label}", Where(view.main[0], None), asked, setup=trial.setup)
    return replace(newest, gates=trial.gates)


def _of_the_run(view: View) -> bool:
    """Whether the request makes an element, or changes one that another operation makes."""
    producers, operation = view.producers, view.operation
    if producers is None or operation.action is not None:
        return False
    above = operation.path.rpartition("/")[0]
    return (producers.made_by(operation) if operation.method == "POST" else producers.of(above)) is not None


def with_value(body: Any, path: Place, value: object) -> Any:
    """A body in which the member at a place has another value; in lists, that of each element."""
    if not path:
        return value
    if isinstance(body, list):
        return [with_value(one, path[1:] if path[0] == "[]" else path, value) for one in body]
    if isinstance(body, dict) and path[0] in body:
        return {**body, path[0]: with_value(body[path[0]], path[1:], value)}
    return body


def trials_to_compare(view: View, book: Book) -> list[Trial]:
    """The trials whose request must be accepted and is sent once: the simplest one in the usual situation first."""
    usual = view.main[1]
    fit = [
        trial
        for trial in book.trials_of(view.operation)
        if trial.outcome.accepted is True
        and isinstance(trial.exchange, Once)
        and trial.situation.target == "own"
        and trial.situation.environment == view.within
    ]

    def rank(trial: Trial) -> tuple[bool, bool, bool, bool, int]:
        # The fewer members a request has, the fewer can be the reason why a value does not come back.
        members = sum(1 for _ in naming.members(trial.request.body))
        older = trial.request.version not in (None, view.default)
        return trial.situation.state != usual, bool(trial.setup), bool(trial.gates), older, members

    return sorted(fit, key=rank)
