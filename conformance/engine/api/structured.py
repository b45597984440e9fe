"""Turns the values of a description into frozen classes of the engine, by the names and types of their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import cattrs

from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.roles import Role
from conformance.engine.model.binding import Binding, Text
from specs.microversion import Microversion

T = TypeVar("T")

LEFT_OUT = "<left out>"
"""The text in place of a value that leaves the parameter out."""


def value(given: Any) -> Any:
    """A value of a description, in which every object with a ``resource``, at any depth, is a Binding.

    An object of a ``text`` and the values ``of`` its names is a Text.
    """
    if isinstance(given, list):
        return [value(inner) for inner in given]
    if not isinstance(given, Mapping):
        return ABSENT if given == LEFT_OUT else given
    if "resource" in given:
        return Binding(
            given["resource"], given.get("attribute", "id"), given.get("relation", "any"), given.get("plain")
        )
    if given.keys() == {"text", "of"}:
        return Text(given["text"], {name: value(inner) for name, inner in given["of"].items()})
    return {_key(key): value(inner) for key, inner in given.items()}


def _key(key: str) -> Any:
    """A key of a body; ``</things>`` is a Binding for the name of an element of the collection."""
    return Binding(key[1:-1]) if key.startswith("</") and key.endswith(">") else key


def _pairs(given: Mapping[str, Any], _: object) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(one)) for name, one in given.items())


# The schema has told every fault before, with its place: the converter's own account of them takes long to prepare.
_READER = cattrs.Converter(forbid_extra_keys=True, detailed_validation=False)
_READER.register_structure_hook(Microversion, lambda given, _: Microversion.parse(given))
_READER.register_structure_hook(Role, lambda given, _: Role(given))
_READER.register_structure_hook_func(lambda type_: type_ is Any, lambda given, _: value(given))
_READER.register_structure_hook_func(lambda type_: type_ == tuple[tuple[str, str], ...], _pairs)


def structured(given: Any, type_: type[T]) -> T:
    """The content of a section as an object of a class of the engine, or as a mapping of such objects.

    Raises:
        Exception: the content does not have the form of the class. Every description is checked before.
    """
    return _READER.structure(given, type_)
