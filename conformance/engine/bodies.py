"""Request bodies, from the request table, the samples and the bindings.

The tables of the dialect are flat: only a dotted name, the action's own row and the samples show nesting. A body is
built from the rows that the reference requires at a microversion; optional rows are added by name. Where a row's value
must come from the cloud, a ``Binding`` stands in the body until the trial runs.

The body of an action is one object below the action's name. Any other body is a tree, whose branches the samples show;
a required row that no sample shows has no place there, and so no field.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.engine.case import Binding
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.contents import is_of_type
from conformance.engine.knowledge import Knowledge
from conformance.engine.places import NAMED, place_in, places_in
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
    """The fields of the body: below the action, nested ones left out; without an action wherever the samples show."""
    return _of_action(operation, version) if operation.action else _of_tree(operation, version)


def _of_action(operation: Operation, version: Microversion) -> list[Field]:
    found = []
    for row in body_rows(operation, version):
        name = row.name
        if name == operation.action:
            continue
        if operation.action and name.startswith(operation.action + "."):
            name = name.removeprefix(operation.action + ".")
        if "." in name and name not in _sample_keys(operation):
            continue
        found.append(Field(row, (operation.action or "", name)))
    return found


def _of_tree(operation: Operation, version: Microversion) -> list[Field]:
    """The fields in the order of their depth, so that what holds others comes before them."""
    rows = body_rows(operation, version)
    places = _places(operation, rows, version)
    found = [Field(row, places[row.name]) for row in rows if row.name in places]
    return sorted(found, key=lambda field: len(field.path))


def _fitting(operation: Operation, version: Microversion | None) -> list[Sample]:
    """The sample of a version, where samples are told apart by version: the last that is not later."""
    earlier = [(Microversion.parse(s.microversion), s) for s in operation.request.samples if s.valid and s.microversion]
    best = max((at for at, _ in earlier if version is not None and at <= version), default=None)
    return [sample for at, sample in earlier if at == best]


def _places(
    operation: Operation, rows: list[Parameter], version: Microversion | None = None
) -> dict[str, tuple[str, ...]]:
    """The path of each row that has a place in the tree: in the sample of the version, else in any."""
    shown = [s.body for s in operation.request.samples if s.valid]
    fitting = [s.body for s in _fitting(operation, version)]
    kinds = {row.name: row.type for row in rows}
    places: dict[str, tuple[str, ...]] = {}
    for row in sorted(rows, key=lambda r: r.name.count(".")):
        name = ".".join(part for part in row.name.split(".") if not part.startswith("{"))
        place = place_in(fitting, name) or place_in(shown, name)
        parent, dot, last = row.name.rpartition(".")
        if place is None and dot and parent in places:
            many = kinds.get(parent) in ("array", "list")
            place = (*places[parent], "[]", last) if many else (*places[parent], last)
        elif place is None and not shown:
            place = (row.name,)
        elif place is None and not dot and _anywhere(shown):
            continue  # beside such a member, or within it
        elif place is None and not dot and (not row.required or _of_other_versions(operation, row)):
            place = (*_wrapper(shown), row.name)
        if place is not None:
            places[row.name] = place
    return places


def _anywhere(shown: list[Any]) -> bool:
    """Whether samples have members that are named by what they are about: what none shows may stand in any of them."""
    return any(NAMED in place for body in shown for place in places_in(body))


def _of_other_versions(operation: Operation, row: Parameter) -> bool:
    """Whether no sample belongs to the versions of a row, so that none can show it."""
    samples = [s for s in operation.request.samples if s.valid]
    return (row.min or row.max) is not None and not any(
        Microversion.parse(s.microversion) in row.range if s.microversion else row.min is None for s in samples
    )


def _wrapper(shown: list[Any]) -> tuple[str, ...]:
    """The one key that stands at the top of all samples, or nothing."""
    objects = [body for body in shown if isinstance(body, dict)]
    common = set.intersection(*map(set, objects)) if objects else set()
    only = next(iter(common)) if len(common) == 1 else None
    return (only,) if only is not None and isinstance(objects[0].get(only), dict) else ()


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
        if key == "[]" and isinstance(body, list) and body:
            body = body[0]
        elif isinstance(body, dict) and key in body:
            body = body[key]
        elif key == NAMED and isinstance(body, dict) and body:
            body = next(iter(body.values()))
        else:
            return ABSENT
    return body


def value_for(operation: Operation, field: Field, knowledge: Knowledge) -> Any:
    """A value that the reference lets one expect to be accepted: bound, enumerated, of the sample, or by its type."""
    bound, value = knowledge.binding(operation, field.path[-1])
    if bound:
        return copy.deepcopy(value)
    from_sample = _in_samples(operation, field)
    if (
        from_sample is not ABSENT
        and is_of_type(from_sample, field.row.type or "")
        and not (isinstance(from_sample, str) and from_sample.startswith("%("))
    ):
        return copy.deepcopy(from_sample)
    if field.row.enum:
        return [field.row.enum[0]] if field.row.type in ("array", "list") else field.row.enum[0]
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
    wanted = dict.fromkeys(knowledge.included(operation), ABSENT)
    wanted.update(include if isinstance(include, Mapping) else dict.fromkeys(include, ABSENT))
    if operation.action is None:
        return _tree(operation, version, knowledge, wanted)
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
    if inner:
        return {operation.action: inner}
    return {operation.action: _bare_action(operation, rows)}


def _tree(operation: Operation, version: Microversion, knowledge: Knowledge, wanted: Mapping[str, Any]) -> Any:
    fitting = _fitting(operation, version)
    if fitting and all(isinstance(sample.body, list) for sample in fitting):
        return from_sample(operation, fitting[0], knowledge)  # no row describes the list itself
    found = fields(operation, version)
    if not found and not wanted:
        shown = [s for s in operation.request.samples if s.valid]
        return _of_version(operation, version, from_sample(operation, shown[0], knowledge)) if shown else ABSENT
    held = {field.path for field in found}
    asked = {field.path for field in found if field.name in wanted}
    needed = {path[:n] for path in asked for n in range(1, len(path) + 1)}
    body: Any = {}
    whole: set[tuple[str, ...]] = set()
    for field in found:
        path = field.path
        above = [path[:n] for n in range(1, len(path))]
        if any(up in whole or (up in held and lookup(body, up) is ABSENT) for up in above):
            continue  # a part of what is left out, or of what was given as a whole
        if not field.row.required and path not in needed:
            continue
        given = wanted.get(field.name, ABSENT)
        parts = [p for p in held if len(p) > len(path) and p[: len(path)] == path]
        if given is ABSENT and parts and not knowledge.binding(operation, path[-1])[0]:
            put(body, path, [] if any(p[len(path)] == "[]" for p in parts) else {})
            continue
        put(body, path, value_for(operation, field, knowledge) if given is ABSENT else given)
        whole.add(path)
    _put_others(operation, version, body, found, wanted, knowledge)
    return _whole(body, operation, found, knowledge, version)


def _of_version(operation: Operation, version: Microversion, body: Any, above: str = "") -> Any:
    """A body of a sample without the members that have rows, but none at the version; ``above`` is its own place."""
    if isinstance(body, list):
        return [_of_version(operation, version, inner, above) for inner in body]
    if not isinstance(body, dict):
        return body
    found = {}
    for key, inner in body.items():
        place = f"{above}.{key}"
        rows = [r for r in operation.request.parameters if r.location == "body" and place.endswith(f".{r.name}")]
        nearest = max((len(r.name) for r in rows), default=0)  # a row of the whole chain knows more than one of its end
        if not rows or any(version in r.range for r in rows if len(r.name) == nearest):
            found[key] = _of_version(operation, version, inner, place)
    return found


def _put_others(
    operation: Operation,
    version: Microversion,
    body: Any,
    found: list[Field],
    wanted: Mapping[str, Any],
    knowledge: Knowledge,
) -> None:
    """Put what no row of this version has where another version has it, else below the wrapper."""
    wrapper = _wrapper([s.body for s in operation.request.samples if s.valid])
    places = _places(operation, [row for row in operation.request.parameters if row.location == "body"])
    known = {field.name for field in found}
    for name, given in wanted.items():
        if name not in known and given is not ABSENT:
            put(body, places.get(name, (*wrapper, name)), given)
    if not body and wrapper:
        put(body, wrapper, {})
    shown = [s for s in operation.request.samples if s.valid]
    if not body and shown:
        body.update(_of_version(operation, version, from_sample(operation, shown[0], knowledge)))


def _whole(body: Any, operation: Operation, found: list[Field], knowledge: Knowledge, version: Microversion) -> Any:
    """The body, where a list or an object whose parts are all optional is as the sample shows it, not empty."""
    for field in found:
        if field.row.required and lookup(body, field.path) in ([], {}):
            value = value_for(operation, field, knowledge)
            if not isinstance(value, Binding) and value:
                above = "".join(f".{key}" for key in field.path if key != "[]")
                put(body, field.path, _of_version(operation, version, _rebound(operation, value, knowledge), above))
    return body


def put(body: Any, path: tuple[str, ...], value: Any) -> None:
    """Set the value at a path of keys, with whatever objects and lists are missing on the way; ``[]`` is the first.

    A path of another version may not fit the body, which stays as it is then.
    """
    for depth, key in enumerate(path, 1):
        fits = isinstance(body, list) if key == "[]" else isinstance(body, dict)
        if not fits:
            return
        last = depth == len(path)
        empty: Any = [] if not last and path[depth] == "[]" else {}
        if key == "[]":
            if not body:
                body.append(value if last else empty)
            elif last:
                body[0] = value
            body = body[0]
        else:
            if last:
                body[key] = value
            elif not isinstance(body.get(key), dict | list):
                body[key] = empty
            body = body[key]


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
    if operation.action is None:
        return _rebound(operation, body, knowledge)
    inner = body.get(operation.action) if operation.action and isinstance(body, dict) else body
    if isinstance(inner, dict):
        for key in list(inner):
            bound, value = knowledge.binding(operation, key)
            if bound and inner[key] is not None:
                inner[key] = value
    return body


def _rebound(operation: Operation, value: Any, knowledge: Knowledge) -> Any:
    """A sample's value with bound values, at any depth."""
    if isinstance(value, list):
        return [_rebound(operation, inner, knowledge) for inner in value]
    if not isinstance(value, dict):
        return value
    rebound = {}
    for key, inner in value.items():
        bound, given = knowledge.binding(operation, key)
        if bound and given is ABSENT:
            continue
        rebound[key] = copy.deepcopy(given) if bound and inner is not None else _rebound(operation, inner, knowledge)
    return rebound


def replaced(body: Any, path: tuple[str, ...], value: Any) -> Any:
    """A copy of the body with the value at a path of keys; ABSENT takes the key out.

    Raises:
        KeyError: the path's parents are not in the body.
    """
    copied = copy.deepcopy(body)
    target = copied
    for key in path[:-1]:
        if key == "[]" and isinstance(target, list) and target:
            target = target[0]
        elif key == NAMED and isinstance(target, dict) and key not in target:
            target = next(iter(target.values()), None)
        else:
            target = target[key] if isinstance(target, dict) else None
    if path[-1] == "[]" and isinstance(target, list):
        target[:1] = [] if value is ABSENT else [value]
        return copied
    if not isinstance(target, dict) or path[-1] == "[]":
        raise KeyError(path)
    if value is ABSENT:
        target.pop(path[-1], None)
    else:
        target[path[-1]] = value
    return copied
