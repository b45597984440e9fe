"""The optional parts of the service that a cloud does not have, and requests without their fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from conformance.engine.api.entries import OptionalParts
from conformance.engine.cloud.client import Cloud
from conformance.engine.cloud.errors import CloudError
from specs.model import Operation


def lacking(cloud: Cloud, optional: OptionalParts) -> frozenset[str]:
    """The described parts that the cloud does not list; none if it shows no list, or if no part is optional."""
    if not optional.parts:
        return frozenset()
    try:
        answer = cloud.get(optional.path)
    except CloudError:
        return frozenset()
    listed = answer.json.get(optional.key) if answer.ok and isinstance(answer.json, Mapping) else None
    if not isinstance(listed, list):
        return frozenset()
    has = {entry.get(optional.name_field) for entry in listed if isinstance(entry, Mapping)}
    return frozenset(part.name for part in optional.parts if part.name not in has)


def without(body: Any, operation: Operation, optional: OptionalParts, lacking: Collection[str]) -> Any:
    """A body, or a query as pairs, without the fields of the parts that the cloud lacks."""

    def kept(name: Any) -> bool:
        return not isinstance(name, str) or lacks(operation.id, name, optional, lacking) is None

    if not lacking:
        return body
    if isinstance(body, Mapping):
        return {name: without(inner, operation, optional, lacking) for name, inner in body.items() if kept(name)}
    if isinstance(body, tuple):
        return tuple(pair for pair in body if kept(pair[0]))
    return [without(inner, operation, optional, lacking) for inner in body] if isinstance(body, list) else body


def lacks(operation: str, field: str, optional: OptionalParts, lacking: Collection[str]) -> str | None:
    """The part that the cloud lacks and to which a field of an operation belongs; None if there is none."""
    needed = optional.of(operation, field) - optional.of(operation)
    return next(iter(sorted(needed.intersection(lacking))), None)
