"""Request bodies, from the request table, the samples and the bindings.

A body has the rows that the reference requires at a microversion; optional rows are added by name. A ``Binding`` stands
in the body for each value that must come from the cloud, until the trial is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conformance.engine.api.json_path import copied, lookup, put
from conformance.engine.api.request_fields import Field, body_rows, fields, places_of, samples_of, wrapper_of
from conformance.engine.api.service import ServiceDescription
from conformance.engine.api.values import rebound, value_for
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.model.binding import Binding
from specs.microversion import Microversion
from specs.model import Operation, Parameter, Sample

NAME = "name"
"""The member by which most services let a client name a thing, so that the things of a run can be found."""

NO_CHILDREN = frozenset({"none", "null", "key-only, no value expected"})
"""Types of a row whose value is null."""


def build(
    operation: Operation,
    version: Microversion,
    service: ServiceDescription,
    include: Mapping[str, Any] | Iterable[str] = (),
) -> Any:
    """The smallest documented body at a version, with the optional fields of ``include``.

    Args:
        operation: the operation of the request.
        version: the microversion of the request.
        service: the description of the service.
        include: names of optional fields, or a mapping from names to values; dotted names are not built.

    Returns:
        A JSON value that may hold Bindings, or a ``Content`` with one; ABSENT if the operation documents no body.
    """
    return service.content(operation, _documented(operation, version, service, include))


def _documented(
    operation: Operation,
    version: Microversion,
    service: ServiceDescription,
    include: Mapping[str, Any] | Iterable[str] = (),
) -> Any:
    rows = body_rows(operation, version)
    if not rows and not operation.request.samples:
        return ABSENT
    known = {name for field in fields(operation, version) for name in (field.name, field.path[-1])}
    wanted = dict.fromkeys((name for name in service.included(operation) if name in known), ABSENT)
    wanted.update(include if isinstance(include, Mapping) else dict.fromkeys(include, ABSENT))
    if operation.action is None:
        return _tree(operation, version, service, wanted)
    inner: dict[str, Any] = {}
    for field in fields(operation, version):
        short = field.path[-1]
        if short in wanted or field.name in wanted:
            given = wanted.get(short, wanted.get(field.name, ABSENT))
            inner[short] = value_for(operation, field, service) if given is ABSENT else given
        elif field.row.required:
            inner[short] = value_for(operation, field, service)
    for name, given in wanted.items():
        if name not in inner and given is not ABSENT:
            inner[name] = given
    inner = {name: given for name, given in inner.items() if given is not ABSENT}  # the description leaves others out
    return {operation.action: inner or _bare_action(operation, rows)}


def _tree(operation: Operation, version: Microversion, service: ServiceDescription, wanted: Mapping[str, Any]) -> Any:
    fitting = samples_of(operation, version)
    if fitting and all(isinstance(sample.body, list) for sample in fitting):
        return from_sample(operation, fitting[0], service)  # no row describes the list itself
    found = fields(operation, version)
    if not found and not wanted:
        shown = [s for s in operation.request.samples if s.valid]
        return _of_version(operation, version, from_sample(operation, shown[0], service)) if shown else ABSENT
    held = {field.path for field in found}
    within: dict[tuple[str, ...], set[str]] = {}
    """The keys right below each path that has fields below it."""
    for path in held:
        for n in range(1, len(path)):
            within.setdefault(path[:n], set()).add(path[n])
    asked = {field.path for field in found if field.name in wanted}
    needed = {path[:n] for path in asked for n in range(1, len(path) + 1)}
    body: Any = {}
    whole: set[tuple[str, ...]] = set()
    for field in found:
        path = field.path
        above = [path[:n] for n in range(1, len(path))]
        if any(up in whole or (up in held and lookup(body, up) is ABSENT) for up in above):
            continue  # the field above is left out, or has a value as a whole
        if not field.row.required and path not in needed:
            continue
        given = wanted.get(field.name, ABSENT)
        if given is ABSENT and path in within and not service.binding(operation, path[-1])[0]:
            put(body, path, [] if "[]" in within[path] else {})
            continue
        value = value_for(operation, field, service) if given is ABSENT else given
        if value is not ABSENT:  # the description may leave a required field out
            put(body, path, value)
        whole.add(path)
    _put_others(operation, body, found, wanted)
    if not body and (shown := [s for s in operation.request.samples if s.valid]):
        body = _of_version(operation, version, from_sample(operation, shown[0], service))
    return _whole(body, operation, found, service, version) if isinstance(body, dict) else body


def _of_version(operation: Operation, version: Microversion, body: Any, above: str = "") -> Any:
    """The body of a sample, at the place ``above``, without the members that have rows at other versions alone."""
    if isinstance(body, list):
        return [_of_version(operation, version, inner, above) for inner in body]
    if not isinstance(body, dict):
        return body
    found = {}
    for key, inner in body.items():
        place = f"{above}.{key}"
        rows = [r for r in operation.request.parameters if r.location == "body" and place.endswith(f".{r.name}")]
        nearest = max((len(r.name) for r in rows), default=0)  # a longer chain says more
        if not rows or any(version in r.range for r in rows if len(r.name) == nearest):
            found[key] = _of_version(operation, version, inner, place)
    return found


def _put_others(
    operation: Operation,
    body: Any,
    found: list[Field],
    wanted: Mapping[str, Any],
) -> None:
    """Put fields without a row at this version at their place in another version, else below the wrapper."""
    wrapper = wrapper_of([s.body for s in operation.request.samples if s.valid])
    known = {field.name for field in found}
    others = {name: given for name, given in wanted.items() if name not in known and given is not ABSENT}
    rows = [row for row in operation.request.parameters if row.location == "body"] if others else []
    places = places_of(operation, rows)
    for name, given in others.items():
        put(body, places.get(name, (*wrapper, name)), given)
    if not body and wrapper:
        put(body, wrapper, {})


def _whole(
    body: Any, operation: Operation, found: list[Field], service: ServiceDescription, version: Microversion
) -> Any:
    """The body with lists and objects of optional parts as the sample shows them, instead of empty ones."""
    for field in found:
        if field.row.required and lookup(body, field.path) in ([], {}):
            value = value_for(operation, field, service)
            if not service.described and operation.method == "POST":
                value = _without_optional(value, field.path, found)
            if not isinstance(value, Binding) and value:
                above = "".join(f".{key}" for key in field.path if key != "[]")
                put(body, field.path, _of_version(operation, version, rebound(operation, value, service), above))
    return body


def _without_optional(value: Any, path: tuple[str, ...], found: Iterable[Field]) -> Any:
    """An object of a sample without its optional members, of which no description says what they need; the name stays.

    An object that has optional members only keeps them all: most requests need one of them.
    """
    if not isinstance(value, dict):
        return value
    optional = {field.path[-1] for field in found if field.path[:-1] == path and not field.row.required}
    return {key: inner for key, inner in value.items() if key not in optional or key == NAME} or value


def _bare_action(operation: Operation, rows: Iterable[Parameter]) -> Any:
    row = next((r for r in rows if r.name == operation.action), None)
    if row is not None and ((row.type or "none") in NO_CHILDREN or row.nullable):
        return None
    for sample in operation.request.samples:
        value = lookup(sample.body, (operation.action or "",))
        if value is None or value == {}:
            return value
    return None if row is None else {}


def from_sample(operation: Operation, sample: Sample, service: ServiceDescription) -> Any:
    """The body of a sample, with Bindings for the values that only the cloud can give."""
    body = copied(sample.body)
    if operation.action is None:
        return rebound(operation, body, service)
    inner = body.get(operation.action) if operation.action and isinstance(body, dict) else body
    if isinstance(inner, dict):
        for key in list(inner):
            bound, value = service.binding(operation, key)
            if bound and value is ABSENT:
                del inner[key]  # the description leaves it out
            elif bound and inner[key] is not None:
                inner[key] = value
    return body
