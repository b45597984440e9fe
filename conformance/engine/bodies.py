"""Request bodies, from the request table, the samples and the bindings.

The tables of the dialect are flat: only a dotted name, the action's own row and the samples show nesting. A body is
built from the rows that the reference requires at a microversion; optional rows are added by name. Where a row's value
must come from the cloud, a ``Binding`` stands in the body until the trial runs.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.contents import is_of_type
from conformance.engine.knowledge import Knowledge
from specs.microversion import Microversion
from specs.model import Operation, Parameter, Sample

NO_CHILDREN = frozenset({"none", "null", "key-only, no value expected"})
"""Types of a row that holds null."""

_BY_TYPE: Mapping[str, Any] = {
    "string": "conformance",
    "integer": 1,
    "int": 1,
    "float": 1.0,
    "number": 1,
    "boolean": True,
    "bool": True,
    "object": {},
    "dict": {},
    "array": [],
    "list": [],
}


@dataclass(frozen=True)
class Field:
    """A field of the request body: its row, and its path of keys from the top of the body."""

    row: Parameter
    path: tuple[str, ...]

    @property
    def name(self) -> str:
        """The row's name, as ids use it."""
        return self.row.name


def body_rows(operation: Operation, version: Microversion) -> list[Parameter]:
    """The body rows of the request that exist at a version. Of rows with one name the first that fits counts."""
    rows: dict[str, Parameter] = {}
    for row in operation.request.parameters:
        if row.location == "body" and version in row.range:
            rows.setdefault(row.name, row)
    return list(rows.values())


def fields(operation: Operation, version: Microversion) -> list[Field]:
    """The fields below the action (or at the top, for an operation that has none), nested ones left out."""
    found = []
    for row in body_rows(operation, version):
        name = row.name
        if name == operation.action:
            continue
        if operation.action and name.startswith(operation.action + "."):
            name = name.removeprefix(operation.action + ".")
        if "." in name and name not in _sample_keys(operation):
            continue
        path = (operation.action, name) if operation.action else (name,)
        found.append(Field(row, path))
    return found


def _sample_keys(operation: Operation) -> set[str]:
    keys: set[str] = set()
    for sample in operation.request.samples:
        body = sample.body
        if isinstance(body, dict):
            inner = body.get(operation.action) if operation.action else body
            if isinstance(inner, dict):
                keys.update(inner)
    return keys


def _in_samples(operation: Operation, field: Field) -> Any:
    for sample in operation.request.samples:
        value = lookup(sample.body, field.path)
        if value is not ABSENT and value is not None:
            return value
    return ABSENT


def lookup(body: Any, path: Iterable[str]) -> Any:
    """The value at a path of keys, or ABSENT."""
    for key in path:
        if not isinstance(body, dict) or key not in body:
            return ABSENT
        body = body[key]
    return body


def value_for(operation: Operation, field: Field, knowledge: Knowledge) -> Any:
    """A value that the reference lets one expect to be accepted: bound, enumerated, of the sample, or by its type."""
    bound, value = knowledge.binding(operation, field.path[-1])
    if bound:
        return value
    from_sample = _in_samples(operation, field)
    if (
        from_sample is not ABSENT
        and is_of_type(from_sample, field.row.type or "")
        and not (isinstance(from_sample, str) and from_sample.startswith("%("))
    ):
        return from_sample
    if field.row.enum:
        return field.row.enum[0]
    return copy.deepcopy(_BY_TYPE.get(field.row.type or "string", "conformance"))


def build(
    operation: Operation,
    version: Microversion,
    knowledge: Knowledge,
    include: Mapping[str, Any] | Iterable[str] = (),
) -> Any:
    """The smallest documented body at a version, with the optional fields of ``include``.

    Args:
        operation: what is asked.
        version: the microversion that the request will name.
        knowledge: the tables.
        include: names of optional fields, or a mapping from names to values; dotted names are not built.

    Returns:
        A JSON value with Bindings in it, or ABSENT where the operation documents no body.
    """
    rows = body_rows(operation, version)
    if not rows and not operation.request.samples:
        return ABSENT
    wanted = dict(include) if isinstance(include, Mapping) else dict.fromkeys(include, ABSENT)
    inner: dict[str, Any] = {}
    for field in fields(operation, version):
        short = field.path[-1]
        if short in wanted or field.name in wanted:
            given = wanted.get(short, wanted.get(field.name, ABSENT))
            inner[short] = value_for(operation, field, knowledge) if given is ABSENT else given
        elif field.row.required:
            inner[short] = value_for(operation, field, knowledge)
    for name, given in wanted.items():
        if name not in inner and given is not ABSENT:
            inner[name] = given
    if operation.action is None:
        return inner
    if inner:
        return {operation.action: inner}
    return {operation.action: _bare_action(operation, rows)}


def _bare_action(operation: Operation, rows: Iterable[Parameter]) -> Any:
    row = next((r for r in rows if r.name == operation.action), None)
    if row is None or (row.type or "none") in NO_CHILDREN or row.nullable:
        return None
    for sample in operation.request.samples:
        value = lookup(sample.body, (operation.action or "",))
        if value is None or value == {}:
            return value
    return {}


def from_sample(operation: Operation, sample: Sample, knowledge: Knowledge) -> Any:
    """The sample's body with what only the cloud knows put in its place."""
    body = copy.deepcopy(sample.body)
    inner = body.get(operation.action) if operation.action and isinstance(body, dict) else body
    if isinstance(inner, dict):
        for key in list(inner):
            bound, value = knowledge.binding(operation, key)
            if bound and inner[key] is not None:
                inner[key] = value
    return body


def replaced(body: Any, path: tuple[str, ...], value: Any) -> Any:
    """A copy of the body with the value at a path of keys; ABSENT takes the key out.

    Raises:
        KeyError: the path's parents are not in the body.
    """
    copied = copy.deepcopy(body)
    target = copied
    for key in path[:-1]:
        target = target[key] if isinstance(target, dict) else None
    if not isinstance(target, dict):
        raise KeyError(path)
    if value is ABSENT:
        target.pop(path[-1], None)
    else:
        target[path[-1]] = value
    return copied
