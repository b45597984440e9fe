"""Conversion between the classes of ``specs.model`` and plain data, as in YAML and JSON.

The classes define the keys: a field's name is its key, and the field's type is the type of the value. A field with its
default value is left out, except those in ``ALWAYS``. Reading is strict: an unknown key, a missing key or a value of
another type is a ``PlainError`` with the path to it.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from specs import model, refusals

KEYS: dict[tuple[type, str], str] = {(model.Parameter, "location"): "in"}
"""Fields whose key is not their name, because ``in`` is a keyword of Python."""

ALWAYS: dict[type, tuple[str, ...]] = {
    model.Operation: (
        "microversions",
        "deprecated",
        "removed",
        "policy",
        "responses",
        "preconditions",
        "postconditions",
        "request",
        "response",
        "unread",
    ),
    model.Versions: ("min", "max"),
    model.Responses: ("normal", "error"),
    model.Request: ("parameters", "samples"),
    model.Response: ("body", "parameters", "samples"),
    model.Body: ("content",),
    model.Sample: ("microversion", "body"),
    model.Reference: ("package", "version"),
    model.Spec: ("operations",),
}
"""Fields that are written even if they have their default value."""

ORDER: dict[type, tuple[str, ...]] = {
    model.Reference: ("package", "version", "path", "sha256", "inputs", "parameters_path"),
    model.Operation: ("id", "title", "method", "path", "action", "line"),
    model.Code: ("code", "name", "min", "max", "when", "listed", "line"),
    model.Condition: (
        "kind",
        "resource",
        "attribute",
        "any_of",
        "becomes",
        "unchanged",
        "on_failure",
        "transient",
        "effect",
        "code",
        "as_written",
        "when",
        "line",
    ),
    refusals.Refusal: ("code", "cause", "min", "max", "line"),
    model.Parameter: ("name", "location", "type", "required", "ref", "line"),
    model.Header: ("name", "value", "min", "max", "line", "path"),
    model.Policy: ("roles", "provider_may_change", "line"),
    model.Deprecation: ("since", "replacement", "line"),
    model.Removal: ("release", "line"),
    model.Sample: ("file", "microversion", "line", "valid", "body"),
    model.Vocabulary: ("resource", "attribute", "values", "line"),
}
"""Fields that are written first, in this order, although the class has another order."""

_PAIRS = {(model.Reference, "inputs"), (model.When, "request"), (refusals.Cause, "has"), (refusals.Cause, "has_not")}
_ANY = {(model.Sample, "body"), (model.Parameter, "default")}
_ANY_ITEMS = {(model.Parameter, "enum")}


class PlainError(ValueError):
    """Plain data is not a valid spec: ``path`` is the place of the error, ``problem`` describes it."""

    def __init__(self, path: tuple[str | int, ...], problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{place(path)}: {problem}" if path else problem)


def place(path: tuple[str | int, ...]) -> str:
    """Write a path as ``operations[3].request.parameters[0]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


@dataclasses.dataclass(frozen=True)
class Field:
    """One field: its key, and its conversion in both directions."""

    name: str
    key: str
    always: bool
    default: Any
    write: Callable[[Any], Any]
    read: Callable[[Any, tuple[str | int, ...]], Any]

    @property
    def required(self) -> bool:
        """True if reading fails without the key."""
        return self.default is dataclasses.MISSING


def fields(cls: type) -> tuple[Field, ...]:
    """Return the fields of a class of the model in the order in which they are written."""
    if cls not in _FIELDS:
        _FIELDS[cls] = _fields_of(cls)
    return _FIELDS[cls]


_FIELDS: dict[type, tuple[Field, ...]] = {}


def _fields_of(cls: type) -> tuple[Field, ...]:
    hints = get_type_hints(cls)
    found = {}
    for item in dataclasses.fields(cls):
        default = item.default
        if item.default_factory is not dataclasses.MISSING:
            default = item.default_factory()
        write, read = _converters(cls, item.name, hints[item.name])
        found[item.name] = Field(
            item.name,
            KEYS.get((cls, item.name), item.name),
            default is dataclasses.MISSING or item.name in ALWAYS.get(cls, ()),
            default,
            write,
            read,
        )
    first = [name for name in ORDER.get(cls, ()) if name in found]
    return tuple(found[name] for name in [*first, *(name for name in found if name not in first)])


def to_plain(thing: Any) -> dict[str, Any]:
    """Turn an object of the model into dicts, lists and scalars."""
    plain = {}
    for item in fields(type(thing)):
        value = getattr(thing, item.name)
        if item.always or value != item.default:
            plain[item.key] = item.write(value)
    return plain


def from_plain(cls: type, plain: Any, path: tuple[str | int, ...] = ()) -> Any:
    """Turn plain data into an object of the class.

    Raises:
        PlainError: the data does not fit the class.

    """
    if not isinstance(plain, dict):
        raise PlainError(path, f"expected a mapping, found {_named(plain)}")
    left = dict(plain)
    values = {}
    for item in fields(cls):
        if item.key in left:
            values[item.name] = item.read(left.pop(item.key), (*path, item.key))
        elif item.required:
            raise PlainError(path, f"the key {item.key!r} is missing")
    if left:
        known = ", ".join(item.key for item in fields(cls))
        raise PlainError((*path, str(next(iter(left)))), f"unknown key; the known keys are {known}")
    return cls(**values)


def _converters(cls: type, name: str, hint: Any) -> tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]:
    if (cls, name) in _PAIRS:
        return dict, _read_pairs
    if (cls, name) in _ANY:
        return _same, lambda value, path: value  # noqa: ARG005
    if (cls, name) in _ANY_ITEMS:
        return list, _read_any_items
    return _by_type(hint)


def _by_type(hint: Any) -> tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        inner = [part for part in get_args(hint) if part is not type(None)]
        write, read = _by_type(inner[0])
        return (
            lambda value: None if value is None else write(value),
            lambda value, path: None if value is None else read(value, path),
        )
    if origin is tuple:
        write, read = _by_type(get_args(hint)[0])
        return (lambda values: [write(value) for value in values]), _reads_items(read)
    if origin is Literal:
        return _same, _reads_literal(get_args(hint))
    if dataclasses.is_dataclass(hint):
        return to_plain, lambda value, path: from_plain(typing.cast("type", hint), value, path)
    return _same, _reads_scalar(hint)


def _same(value: Any) -> Any:
    return value


def _read_pairs(value: Any, path: tuple[str | int, ...]) -> tuple[tuple[str, Any], ...]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise PlainError(path, f"expected a mapping of names, found {_named(value)}")
    return tuple(value.items())


def _read_any_items(value: Any, path: tuple[str | int, ...]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise PlainError(path, f"expected a list, found {_named(value)}")
    return tuple(value)


def _reads_items(read: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def reader(value: Any, path: tuple[str | int, ...]) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise PlainError(path, f"expected a list, found {_named(value)}")
        return tuple(read(item, (*path, number)) for number, item in enumerate(value))

    return reader


def _reads_literal(allowed: tuple[Any, ...]) -> Callable[[Any, Any], Any]:
    def reader(value: Any, path: tuple[str | int, ...]) -> Any:
        if not isinstance(value, str) or value not in allowed:
            raise PlainError(path, f"{value!r} is not one of {', '.join(map(str, allowed))}")
        return value

    return reader


def _reads_scalar(kind: type) -> Callable[[Any, Any], Any]:
    word = {str: "a string (put numbers in quotes)", int: "a whole number", bool: "true or false"}.get(kind, str(kind))

    def reader(value: Any, path: tuple[str | int, ...]) -> Any:
        if type(value) is not kind:
            raise PlainError(path, f"expected {word}, found {_named(value)}")
        return value

    return reader


def _named(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) < 60 else f"{text[:57]}..."
