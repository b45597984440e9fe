"""Fields of a cloud's records, found by dotted names, and conditions on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.engine.cloud.exchange import ABSENT

EVERY = "*"
"""The part of a dotted name that stands for every member of an object, or every element of a list."""


def values(record: Any, field: str) -> Iterator[Any]:
    """All values of a field of a record, none if it lacks the field; a dot in the name leads into an object."""
    first, _, rest = field.partition(".")
    if first == EVERY:
        inner = list(record.values()) if isinstance(record, Mapping) else record
        found = list(inner) if isinstance(inner, list) else []
    else:
        found = [record[first]] if isinstance(record, Mapping) and first in record else []
    for value in found:
        if rest:
            yield from values(value, rest)
        else:
            yield value


def value(record: Any, field: str, default: Any = ABSENT) -> Any:
    """The first value of a field of a record, or the default."""
    return next(values(record, field), default)


@dataclass(frozen=True)
class Condition:
    """A condition on a field of a record. All given parts must hold.

    Attributes:
        field: the name of the field; dots lead into objects.
        any_of: texts of which the value must be one; capitals do not matter.
        none_of: texts of which the value must be none; a record without the field fits.
        filled: True if the field must exist and be neither empty, nor false, nor 0; False if it must not.
        present: True if the record must have the field, with any value; False if it must not.
    """

    field: str
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    filled: bool | None = None
    present: bool | None = None

    def holds(self, record: Any) -> bool:
        """Whether the condition holds for a record."""
        found = value(record, self.field)
        text = "" if found is ABSENT or found is None else str(found).lower()
        if self.any_of and text not in {one.lower() for one in self.any_of}:
            return False
        if self.none_of and text in {one.lower() for one in self.none_of}:
            return False
        if self.filled is not None and bool(found) is not self.filled:
            return False
        return self.present is None or (found is not ABSENT) is self.present


def alike(view: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two views show the same. Only fields in both are compared, because a list may show fewer."""
    if view is None or other is None:
        return view is other
    return all(view[name] == other[name] for name in view.keys() & other.keys())


def texts(value: Any) -> Iterator[str]:
    """Yield all texts in a value, at any depth, but no names of members."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from texts(inner)
