"""The action by which an administrator sets the status of a resource, as a way into statuses and back.

Several services document one that is called ``reset_status``, with the status as a field of its body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from conformance.engine.api.entries import Transition
from conformance.engine.api.stateful import StatefulResource
from specs.model import Operation, Parameter

_SETS = re.compile(r"(?:os-)?reset_?stat(?:us|e)", re.IGNORECASE)
_STATUS = frozenset({"status", "state"})


def with_set_statuses(resource: StatefulResource, operations: Iterable[Operation]) -> StatefulResource:
    """The resource, with the ways into its ``set_statuses`` and back before its described ways."""
    setter = next((o for o in operations if _sets(o, resource.identifier)), None)
    if setter is None or not resource.set_statuses:
        return resource
    field = next(row.name for row in setter.request.parameters if row.name in _STATUS)
    away = ((resource.initial_status, status) for status in resource.set_statuses)
    back = ((status, resource.initial_status) for status in resource.set_statuses)
    ways = (Transition(setter.id, source, target, "admin", ((field, target),)) for source, target in (*away, *back))
    return replace(resource, transitions=(*ways, *resource.transitions))


def status_field(operation: Operation) -> Parameter | None:
    """The field with which an operation sets the status of a thing; None if it is no such operation."""
    named = operation.action is not None and _SETS.fullmatch(operation.action) is not None
    rows = (row for row in operation.request.parameters if row.location == "body" and row.name in _STATUS)
    return next(rows, None) if named else None


def _sets(operation: Operation, identifier: str) -> bool:
    """Whether an operation sets the status of the things that a placeholder names."""
    return f"/{{{identifier}}}/" in operation.path and status_field(operation) is not None
