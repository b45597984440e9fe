"""The headers that the reference asks for in a request, beside those of tokens and versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.model.binding import Text
from specs.model import Operation

SIGNATURE = "Authorization"
"""The header in which a client signs a request (RFC 9110, section 11.6.2; OAuth 1.0: RFC 5849, section 3.5.1)."""


def needed(operation: Operation, service: ServiceDescription) -> Mapping[str, Any]:
    """Return the documented headers of an operation to which the description binds a value: name -> the value.

    A header without such an entry is not sent: no sample shows a header, and a wrong one may change the request. The
    signature of a request is sent as well: no table has it, since a specification of its own gives its form.
    """
    names = [row.name for row in operation.request.parameters if row.location == "header"]
    bound = ((name, service.binding(operation, name)) for name in names)
    found = {name: value for name, (known, value) in bound if known and value is not ABSENT}
    known, value = service.binding(operation, SIGNATURE)
    return {**found, SIGNATURE: value} if known and isinstance(value, Text) else found
