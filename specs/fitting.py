"""Whether a value surely fits a JSON Schema, for files that nearly always do.

``jsonschema`` tells each fault with its place, and takes a tenth of a second for the description of a service, at each
start of a run. Here nothing is told but whether a fault is possible, and then the caller asks ``jsonschema``. The
keywords are some of draft 2020-12, and have its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

Schema = Mapping[str, Any] | bool

Formats = Mapping[str, Callable[[str], bool]]
"""Format of a schema -> the test of a text."""


class _UnsureError(Exception):
    """A keyword, a reference or a comparison is none of those below."""


def surely_fits(value: Any, schema: Schema, formats: Formats = MappingProxyType({})) -> bool:
    """Whether a value fits a schema for certain. False says nothing."""
    try:
        return _Reader(schema, formats).fits(value, schema)
    except _UnsureError:
        return False


class _Reader:
    """Reads the keywords of one schema, whose references lead into its own ``$defs``."""

    def __init__(self, root: Schema, formats: Formats) -> None:
        self._root = root
        self._formats = formats

    def fits(self, value: Any, schema: Schema) -> bool:
        if isinstance(schema, bool):
            return schema
        if not schema.keys() <= _KNOWN:
            raise _UnsureError
        for name, limit in schema.items():
            if name not in _SILENT:
                concerns, test = _TESTS[name]
                if concerns(value) and not test(self, limit, value, schema):
                    return False
        return True

    def _ref(self, limit: str, value: Any, _: Any) -> bool:
        above, _, name = limit.rpartition("/")
        if above != "#/$defs" or isinstance(self._root, bool):
            raise _UnsureError(limit)
        return self.fits(value, self._root["$defs"][name])

    def _if(self, limit: Schema, value: Any, schema: Mapping[str, Any]) -> bool:
        return self.fits(value, schema.get("then" if self.fits(value, limit) else "else", True))

    def _properties(self, limit: Mapping[str, Schema], value: dict[str, Any], _: Any) -> bool:
        return all(self.fits(value[name], inner) for name, inner in limit.items() if name in value)

    def _additional(self, limit: Schema, value: dict[str, Any], schema: Mapping[str, Any]) -> bool:
        own = schema.get("properties", ())
        return all(self.fits(inner, limit) for name, inner in value.items() if name not in own)

    def _format(self, limit: str, value: str, _: Any) -> bool:
        return limit not in self._formats or self._formats[limit](value)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal for JSON, where true is not 1."""
    if _is_number(one) and _is_number(other):
        return bool(one == other)
    if isinstance(one, dict | list) and isinstance(other, dict | list):
        raise _UnsureError("equal")
    return type(one) is type(other) and bool(one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return _is_number(value) and (isinstance(value, int) or value.is_integer())


_IS: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": _is_integer,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}

_SILENT = frozenset({"$schema", "$id", "$defs", "$comment", "title", "description", "then", "else"})
"""The keywords that demand nothing by themselves."""

_Test = Callable[[_Reader, Any, Any, Mapping[str, Any]], bool]
"""Whether a value fits a keyword: of the reader, the value of the keyword, the value, and the schema around it."""

_OF_ANY: Mapping[str, _Test] = {
    "$ref": _Reader._ref,
    "type": lambda _, limit, value, __: any(
        _IS[kind](value) for kind in ([limit] if isinstance(limit, str) else limit)
    ),
    "enum": lambda _, limit, value, __: any(_same(one, value) for one in limit),
    "const": lambda _, limit, value, __: _same(limit, value),
    "allOf": lambda self, limit, value, _: all(self.fits(value, one) for one in limit),
    "not": lambda self, limit, value, _: not self.fits(value, limit),
    "if": _Reader._if,
}

_OF_KIND: Mapping[str, Mapping[str, _Test]] = {
    "object": {
        "properties": _Reader._properties,
        "additionalProperties": _Reader._additional,
        "required": lambda _, limit, value, __: all(name in value for name in limit),
        "propertyNames": lambda self, limit, value, _: all(self.fits(name, limit) for name in value),
        "dependentRequired": lambda _, limit, value, __: all(
            need in value for name, needs in limit.items() if name in value for need in needs
        ),
        "minProperties": lambda _, limit, value, __: len(value) >= limit,
    },
    "array": {
        "items": lambda self, limit, value, _: all(self.fits(one, limit) for one in value),
        "minItems": lambda _, limit, value, __: len(value) >= limit,
        "maxItems": lambda _, limit, value, __: len(value) <= limit,
    },
    "string": {
        "format": _Reader._format,
        "pattern": lambda _, limit, value, __: re.search(limit, value) is not None,
        "minLength": lambda _, limit, value, __: len(value) >= limit,
    },
    "number": {
        "minimum": lambda _, limit, value, __: value >= limit,
        "maximum": lambda _, limit, value, __: value <= limit,
        "exclusiveMinimum": lambda _, limit, value, __: value > limit,
    },
}
"""The keywords that demand something of values of one kind alone."""

_TESTS: Mapping[str, tuple[Callable[[Any], bool], _Test]] = {
    **{name: (lambda _: True, test) for name, test in _OF_ANY.items()},
    **{name: (_IS[kind], test) for kind, tests in _OF_KIND.items() for name, test in tests.items()},
}
"""Each keyword, with the values that it is about, and its test."""

_KNOWN = _SILENT | _TESTS.keys()
