"""Values for the fields of a request: from the description, from a sample, from an enumeration, or by the type.

``let_in`` gives further values that a request may have: each enumerated one, and those at the limits of a row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conformance.engine.api.json_path import copied, lookup
from conformance.engine.api.request_fields import Field
from conformance.engine.api.service import ServiceDescription
from conformance.engine.api.types import is_of_type
from conformance.engine.cloud.exchange import ABSENT
from specs.model import Operation, Parameter

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


UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""The form of a generated name: in a sample it names a thing that this cloud does not have."""

FREE_VALUES = 12
"""The largest number of enumerated values that are tried; a longer list counts as a vocabulary."""

LONGEST = 100_000
"""Characters. The limit of a text that may be longer is not tried."""

GROUP = 4
"""The length of a base64 text is a multiple of this number of characters (RFC 4648, section 4)."""


def _in_samples(operation: Operation, field: Field) -> Any:
    for sample in operation.request.samples:
        value = lookup(sample.body, field.path)
        if value is not ABSENT and value is not None:
            return value
    return ABSENT


def value_for(operation: Operation, field: Field, service: ServiceDescription) -> Any:
    """A value that should be accepted: bound, enumerated, from a sample, or by the type of the field."""
    bound, value = service.binding(operation, field.path[-1])
    if bound:
        return copied(value)
    from_sample = _in_samples(operation, field)
    usable = from_sample is not ABSENT and not (isinstance(from_sample, str) and from_sample.startswith("%("))
    if usable and is_of_type(from_sample, field.row.type or ""):
        # No description says which members need a value of the cloud, so that what the reference implies must do.
        return copied(from_sample) if service.described else rebound(operation, copied(from_sample), service)
    if field.row.enum:
        return [field.row.enum[0]] if field.row.type in ("array", "list") else field.row.enum[0]
    if isinstance(from_sample, bool | int | float) and field.row.type == "string":
        return from_sample  # the table and the sample disagree, and no made-up text stands for true, false or a number
    return copied(_BY_TYPE.get(field.row.type or "string", "conformance"))


def rebound(operation: Operation, value: Any, service: ServiceDescription) -> Any:
    """A value of a sample, with Bindings at any depth."""
    if isinstance(value, list):
        return [rebound(operation, inner, service) for inner in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for key, inner in value.items():
        bound, given = service.binding(operation, key)
        if bound and given is ABSENT:
            continue
        found[key] = copied(given) if bound and inner is not None else rebound(operation, inner, service)
    return found


def known_value(operation: Operation, field: Field, service: ServiceDescription) -> Any:
    """The same as ``value_for``, but ABSENT if only the type speaks for the value; booleans are an exception."""
    row = field.row
    bound, value = service.binding(operation, field.path[-1])
    if bound:
        return ABSENT if value is None and not row.nullable else copied(value)
    shown = _in_samples(operation, field)
    if isinstance(shown, str) and UUID.fullmatch(shown):
        return ABSENT
    if shown is ABSENT and not row.enum and row.type not in ("boolean", "bool"):
        return ABSENT
    return value_for(operation, field, service)


def longest(row: Parameter) -> int | None:
    """The length of the longest text that a row allows; None if it states none, or one too long for a request."""
    if row.max_length is None or row.type != "string" or row.max_length > LONGEST:
        return None
    return row.max_length - (row.max_length % GROUP if row.format == "base64" else 0)


def let_in(row: Parameter) -> list[tuple[str, Any]]:
    """The values that a row names: each enumerated one, and those at its limits, by the name of the limit.

    A text with a format has no values at its limits, unless any letters fit the format.
    """
    found: list[tuple[str, Any]] = []
    if 1 < len(row.enum) <= FREE_VALUES:
        listed = row.type in ("array", "list")
        found += [(str(one), [one] if listed else one) for one in row.enum]
    if row.type == "string" and not row.enum and row.format in (None, "base64"):
        most = longest(row)
        if most is not None:
            found.append(("longest", "A" * most))
        if row.min_length and row.format is None:
            found.append(("shortest", "A" * row.min_length))
    for label, limit in (("lowest", row.minimum), ("highest", row.maximum)):
        if limit is not None:
            found.append((label, limit))
    return found
