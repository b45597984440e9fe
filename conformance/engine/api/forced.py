"""Requests with which things go whatever their status, as a reference names them, for services without a description.

A thing may refuse its usual removal: a request of the run has set a status in which it may not go. Some actions remove
it by force, others set the status of a thing that has failed, in which nearly every service lets things go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from conformance.engine.api import bodies
from conformance.engine.api.service import ServiceDescription
from conformance.engine.api.set_statuses import status_field
from conformance.engine.cloud.kinds import Act
from specs.microversion import Microversion
from specs.model import Operation, Spec

_FORCE = re.compile(r"(?:os-)?force[-_]?delete", re.IGNORECASE)
_ACTION = re.compile(r"(?P<collection>(?:/[^/{}]+)+)/\{[^/{}]+\}/action")


FAILED = "error"
"""The status of a thing that has failed, by the word of most services."""


def forced_removals(specs: Iterable[Spec], service: ServiceDescription, version: Microversion) -> dict[str, Act]:
    """The actions that remove things by force, by the path of their collection, as requests at a microversion."""
    found: dict[str, Act] = {}
    for collection, operation in _actions(specs, version):
        if operation.action is not None and _FORCE.fullmatch(operation.action):
            found.setdefault(collection, Act(bodies.build(operation, version, service)))
    return found


def freeing_acts(specs: Iterable[Spec], service: ServiceDescription, version: Microversion) -> dict[str, Act]:
    """The actions that let things be removed, by the path of their collection: they set the status of a failed one."""
    found: dict[str, Act] = {}
    for collection, operation in _actions(specs, version):
        field = status_field(operation)
        if field is not None and (not field.enum or FAILED in field.enum):
            body = bodies.build(operation, version, service, {field.name: FAILED})
            found.setdefault(collection, Act(body))
    return found


def _actions(specs: Iterable[Spec], version: Microversion) -> Iterator[tuple[str, Operation]]:
    """The actions on things of a collection that there are at a microversion, each with the path of the collection."""
    for operation in (operation for spec in specs for operation in spec.operations):
        at = _ACTION.fullmatch(operation.path)
        if at and operation.action and operation.removed is None and version in operation.microversions.range:
            yield at["collection"], operation
