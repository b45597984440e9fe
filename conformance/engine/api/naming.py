"""The names in request bodies that a client chooses, keys of such objects included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conformance.engine.api.response_fields import NAMED
from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.model.binding import Binding
from specs.model import Operation


def chosen_name(operation: Operation) -> str | None:
    """The chosen name in the sample of a request, if the name is a key, such as ``foo`` in ``{"meta": {"foo": 1}}``.

    The path of the request has the same name.
    """
    rows = {row.name for row in operation.request.parameters if row.location == "body"}
    for sample in operation.request.samples:
        inner = sample.body if sample.valid else None
        while isinstance(inner, dict) and len(inner) == 1:
            (key, value), *_ = inner.items()
            if not isinstance(value, dict | list) and key not in rows:
                return str(key)
            inner = value
    return None


def members(body: Any) -> Iterator[str]:
    """The names of all members of a body, at any depth."""
    if isinstance(body, dict):
        yield from body
        for inner in body.values():
            yield from members(inner)
    elif isinstance(body, list):
        for inner in body:
            yield from members(inner)


def named(operation: Operation, body: Any, service: ServiceDescription, place: str = "") -> Any:
    """A body in which chosen keys are replaced by the names that the description gives.

    Of several such members in a sample, the first one is kept: no description says how they differ.
    """
    if isinstance(body, list):
        return [named(operation, inner, service, f"{place}.[]") for inner in body]
    if not isinstance(body, dict):
        return body
    if not body:
        return {}
    above = f"{place}." if place else ""
    key = service.key(operation, place)
    if key is ABSENT or any(isinstance(name, Binding) for name in body):
        return {name: named(operation, inner, service, f"{above}{name}") for name, inner in body.items()}
    first = next(iter(body.values()))
    return {key: named(operation, first, service, f"{above}{NAMED}")}
