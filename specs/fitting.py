"""Whether a value fits a JSON Schema, told at once, for files that nearly always do.

``jsonschema`` tells each fault with its place, and takes a fifth of a second for the description of a service, at each
start of a run. ``jsonschema-rs`` takes a hundredth. So the former is only asked where the latter does not agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import jsonschema_rs

Formats = Mapping[str, Callable[[str], bool]]
"""Format of a schema -> the test of a text."""


def surely_fits(value: Any, schema: dict[str, Any] | bool, formats: Formats = MappingProxyType({})) -> bool:
    """Whether a value fits a schema for certain. False says nothing."""
    try:
        validator = jsonschema_rs.Draft202012Validator(schema, formats=dict(formats), validate_formats=True)
        return validator.is_valid(value)
    except ValueError:
        return False  # the schema has a pattern, or the value a key, of which the two have different notions
