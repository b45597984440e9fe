"""The headers that the reference asks for in a request, beside those of tokens and versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.exchange import ABSENT
from specs.model import Operation


def needed(operation: Operation, service: ServiceDescription) -> Mapping[str, Any]:
    """Return the documented headers of an operation to which the description binds a value: name -> the value.

    A header without such an entry is not sent: no sample shows a header, and a wrong one may change the request.
    """
    rows = (row for row in operation.request.parameters if row.location == "header")
    bound = ((row.name, service.binding(operation, row.name)) for row in rows)
    return {name: value for name, (found, value) in bound if found and value is not ABSENT}
