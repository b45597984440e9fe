"""Breakages of value constraints: clouds that accept forbidden values, or refuse permitted ones."""

from __future__ import annotations

import base64
import ipaddress
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from conformance.engine.api import request_fields
from conformance.engine.api.types import is_of_type
from conformance.engine.api.values import FREE_VALUES, LONGEST, longest
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.codes import Refused
from conformance.engine.model.case import Case, id_part
from conformance.prove.broken_refusals import UNLISTED, break_quietly
from conformance.prove.ground import Catalogue, Ground, detail
from conformance.prove.instead import Answer
from conformance.prove.where import Holds, Queried, Where, named
from specs.model import Operation, Parameter

Test = Callable[[Any], bool]

_TYPES = frozenset(
    ("string", "uuid", "integer", "int", "float", "number", "boolean", "bool", "object", "dict", "array", "list")
)


def break_constraints(ground: Ground, book: Catalogue) -> None:
    """Add breakages of every constraint of a request parameter, also of those for which the suite has no case."""
    operations = {case.operation.id: case for case in ground.suite.cases}
    for any_case in operations.values():
        operation = any_case.operation
        if operation.removed is not None or ground.reads(operation):
            continue  # a removed operation refuses every request, and a GET request has no body
        listed = any(code.code == 400 and code.listed for code in operation.responses.error)
        for name, path, row in _rows(ground, operation):
            for label, test in violations(row):
                breaks = _Constraint(id_part(f"{name}-{label}"), Holds(path, label, test), listed)
                breaks.write(ground, book, any_case)
            _within(ground, book, any_case, path, row)
    _queries(ground, book)


def _rows(ground: Ground, operation: Operation) -> list[tuple[str, tuple[str, ...], Parameter]]:
    """Return name, path and row of the request body's fields with a known path, the action's own included."""
    version = ground.default(operation)
    found = [(field.name, field.path, field.row) for field in request_fields.fields(operation, version)]
    for row in request_fields.body_rows(operation, version):
        if row.name == operation.action and row.type in ("object", "dict"):
            # Without this field the request is one of another action.
            found.append((row.name, (row.name,), replace(row, required=False)))
    return found


@dataclass(frozen=True)
class _Constraint:
    name: str
    broken: Holds
    listed: bool

    def write(self, ground: Ground, book: Catalogue, any_case: Case) -> None:
        """Add the breakages of the constraint; ``any_case`` of the operation serves if the constraint has no case."""
        operation = any_case.operation
        requirement = f"{operation.id}/error/400" if self.listed else f"{operation.id}/constraint/{self.name}"
        case_id = f"{requirement}[{self.name}]" if self.listed else requirement
        case = next((c for c in ground.by_requirement.get(requirement, []) if c.id == case_id), any_case)
        if case is any_case and case_id in ground.reasons:
            return  # the suite says why no request breaks it
        # Where the reference contradicts itself, a documented request breaks it, too: two promises would be broken.
        documented = (c.trial for c in ground.of(operation) if c.trial.outcome.accepted and not c.trial.request.version)
        if any(self.broken(trial.request.body) for trial in documented):
            return
        situation = self.name if self.listed else ""
        asked = Where.of(operation, body=self.broken)
        for mutation, code in (("accepted", ground.normal_code(operation)), ("unlisted", UNLISTED), ("500", 500)):
            book.add(case, mutation, asked, instead=Answer(code), situation=situation, requirement=requirement)
        refused = Where.of(operation, body=self.broken, answered="refused")
        break_quietly(ground, book, case, refused, situation, requirement)


def _within(ground: Ground, book: Catalogue, any_case: Case, path: tuple[str, ...], row: Parameter) -> None:
    """Add refusals of permitted values: of each enumerated one, of those at the limits, and of any value."""
    operation = any_case.operation
    cases = [c for r, cs in ground.requirements("normal") if r.operation == operation.id for c in cs]
    if not cases or row.name == operation.action:
        return
    for label, test in _allowed(row):
        where = Where.of(operation, body=Holds(path, label, test, bindings=label == "given"), answered=None)
        case = next((c for c in cases if where.covers(c.trial, ground.version(c))), None)
        name = f"{row.name}-{label}"
        rest = label.removeprefix("value-").removeprefix("limit-").removeprefix("given")
        untried = f"{cases[0].requirement.id}[{id_part('-'.join(filter(None, (row.name, rest))))}]"
        if case is None and untried in ground.reasons:
            continue  # the suite says why no request has such a value
        case = case or cases[0]
        book.add(case, f"{label.partition('-')[0]}-refused", where, instead=Answer(400), situation=name)


def _allowed(row: Parameter) -> list[tuple[str, Test]]:
    """Return tests of values that a row's constraints permit, each with a label; its first word is the mutation."""
    broken = [test for _, test in violations(row)]
    found: list[tuple[str, Test]] = []
    if not row.required:  # a required field is given in every documented request
        found.append(("given", lambda value: _is_given(value, row) and not any(test(value) for test in broken)))
    if 1 < len(row.enum) <= FREE_VALUES:
        found += [(f"value-{id_part(str(one))}", _equal(one)) for one in row.enum]
    most, least = longest(row), row.min_length
    if most is not None:
        found.append(("limit-longest", lambda value: isinstance(value, str) and len(value) == most))
    if least and row.type == "string":
        found.append(("limit-shortest", lambda value: isinstance(value, str) and len(value) == least))
    for label, limit in (("lowest", row.minimum), ("highest", row.maximum)):
        if limit is not None:
            found.append((f"limit-{label}", _equal(limit)))
    return found


def _is_given(value: Any, row: Parameter) -> bool:
    return value is not ABSENT and (value is not None or bool(row.nullable))


def _equal(wanted: Any) -> Test:
    return lambda value: value == wanted and not isinstance(value, bool)


def violations(row: Parameter) -> list[tuple[str, Test]]:
    """Return the constraints of a row by label, each with a test that is True for a value that violates it."""
    found: list[tuple[str, Test]] = []
    if row.required:
        found.append(("missing", lambda value: value is ABSENT))
    kind = row.type or ""
    if kind in _TYPES:
        found.append(("type", lambda value: value is not ABSENT and value is not None and _mistyped(value, kind)))
    if row.enum:
        found.append(("enum", lambda value: isinstance(value, str) and value not in row.enum))
    if row.max_length is not None and row.type == "string" and row.max_length <= LONGEST:
        limit = row.max_length
        found.append(("max-length", lambda value: isinstance(value, str) and len(value) > limit))
    if row.min_length and row.type == "string":
        least = row.min_length
        found.append(("min-length", lambda value: isinstance(value, str) and len(value) < least))
    if row.minimum is not None:
        low = row.minimum
        found.append(("minimum", lambda value: isinstance(value, int) and value < low))
    if row.maximum is not None:
        high = row.maximum
        found.append(("maximum", lambda value: isinstance(value, int) and value > high))
    if row.format in _READERS:
        reads = _READERS[row.format or ""]
        found.append(("format", lambda value: isinstance(value, str) and not _can(reads, value)))
    return found


def _mistyped(value: Any, kind: str) -> bool:
    return not is_of_type(value, "string" if kind == "uuid" else kind)


_READERS: Mapping[str, Callable[[str], object]] = {
    "uuid": uuid.UUID,
    "date-time": datetime.fromisoformat,
    "base64": lambda text: base64.b64decode(text, validate=True),
    "ipv4": ipaddress.IPv4Address,
    "ipv6": ipaddress.IPv6Address,
}
"""Format -> function that raises ValueError for a text that does not have the format."""


def _can(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _queries(ground: Ground, book: Catalogue) -> None:
    """Add breakages of query values that must be refused with 400, as the suite's own cases write them."""
    for requirement, cases in ground.requirements("error"):
        if not requirement.kind.endswith("/400"):
            continue
        for case in cases:
            # The wrong value comes last; the parameters before it are needed by every request of the operation.
            if (
                not case.trial.request.query
                or case.trial.outcome.accepted is not False
                or not isinstance(case.expectation, Refused)
            ):
                continue
            name, value = case.trial.request.query[-1]
            where = Where.of(case.operation, query=Queried(name, named(name), str(value)))
            code = ground.normal_code(case.operation)
            for mutation, answer in (("accepted", code), ("unlisted", UNLISTED), ("500", 500)):
                book.add(case, mutation, where, instead=Answer(answer), situation=detail(case))
