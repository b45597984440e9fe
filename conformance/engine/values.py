"""Values for the fields of a request: bound by the tables, as a sample shows them, enumerated, or of the type."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.fields import Field
from conformance.engine.judge.contents import is_of_type
from conformance.engine.knowledge import Knowledge
from conformance.engine.trees import lookup
from specs.model import Operation

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


def _in_samples(operation: Operation, field: Field) -> Any:
    for sample in operation.request.samples:
        value = lookup(sample.body, field.path)
        if value is not ABSENT and value is not None:
            return value
    return ABSENT


def value_for(operation: Operation, field: Field, knowledge: Knowledge) -> Any:
    """A value that the reference lets one expect to be accepted: bound, enumerated, of the sample, or by its type."""
    bound, value = knowledge.binding(operation, field.path[-1])
    if bound:
        return copy.deepcopy(value)
    from_sample = _in_samples(operation, field)
    if (
        from_sample is not ABSENT
        and is_of_type(from_sample, field.row.type or "")
        and not (isinstance(from_sample, str) and from_sample.startswith("%("))
    ):
        return copy.deepcopy(from_sample)
    if field.row.enum:
        return [field.row.enum[0]] if field.row.type in ("array", "list") else field.row.enum[0]
    return copy.deepcopy(_BY_TYPE.get(field.row.type or "string", "conformance"))
