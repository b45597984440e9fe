"""Requests in which an administrator makes a thing for the project of the member, who sees it then.

The administrator of a cloud may be in a project of its own, and members see the things of their project alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.engine.api.json_path import lookup, replaced
from conformance.engine.api.request_fields import fields
from conformance.engine.cloud.exchange import ABSENT

if TYPE_CHECKING:
    from conformance.engine.api.service import ServiceDescription
    from conformance.engine.provision.bindings import Bindings
    from specs.microversion import Microversion
    from specs.model import Operation

NOT_FOR_OTHERS = (400, 403)
"""The status codes of a request by somebody who may not make a thing for another project."""


def of_the_member(
    operation: Operation, version: Microversion, body: Any, service: ServiceDescription, bindings: Bindings
) -> Any:
    """The body of a request with the project of the member; as it is if the operation has no place for one.

    Args:
        operation: the operation that makes the thing.
        version: the microversion of the request.
        body: the body without a project.
        service: the description of the service, whose ``project_field`` names the field.
        bindings: gives the id of the project.
    """
    name = service.project_field
    bound, value = service.binding(operation, name) if name else (False, ABSENT)
    place = next((field.path for field in fields(operation, version) if field.name == name), None)
    held = lookup(body, place[:-1]) if bound and place is not None else ABSENT
    if place is None or not isinstance(held, dict) or place[-1] in held:
        return body
    return replaced(body, place, bindings.filled(value))
