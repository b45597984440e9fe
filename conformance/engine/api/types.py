"""The types in a reference, and the types of JSON values."""

from __future__ import annotations

from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "int": (int,),
    "float": (int, float),
    "number": (int, float),
    "boolean": (bool,),
    "bool": (bool,),
    "object": (dict,),
    "dict": (dict,),
    "array": (list,),
    "list": (list,),
}
"""The words for types that say which values are of the type."""

_NAMES = {
    str: "string",
    int: "integer",
    float: "float",
    bool: "boolean",
    dict: "object",
    list: "array",
    type(None): "null",
}


def type_name(value: Any) -> str:
    """The reference's word for the type of a JSON value."""
    return _NAMES.get(type(value), type(value).__name__)


def is_of_type(value: Any, documented: str) -> bool:
    """Whether a value is of a documented type. Any value is of a type that is no known word."""
    wanted = TYPES.get(documented)
    if wanted is None:
        return True
    if isinstance(value, bool):
        return bool in wanted
    return isinstance(value, wanted)
