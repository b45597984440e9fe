"""Requests that remove things whatever their status, as a reference names them, for services without a description.

A thing may refuse its usual removal: a request of the run has set a status in which it may not go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from conformance.engine.api import bodies
from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.kinds import Act
from specs.microversion import Microversion
from specs.model import Spec

_FORCE = re.compile(r"(?:os-)?force[-_]?delete", re.IGNORECASE)
_ACTION = re.compile(r"(?P<collection>(?:/[^/{}]+)+)/\{[^/{}]+\}/action")


def forced_removals(specs: Iterable[Spec], service: ServiceDescription, version: Microversion) -> dict[str, Act]:
    """The actions that remove things by force, by the path of their collection, as requests at a microversion."""
    found: dict[str, Act] = {}
    for operation in (operation for spec in specs for operation in spec.operations):
        at = _ACTION.fullmatch(operation.path)
        named = operation.action is not None and _FORCE.fullmatch(operation.action)
        if at and named and operation.removed is None and version in operation.microversions.range:
            found.setdefault(at["collection"], Act(bodies.build(operation, version, service)))
    return found
