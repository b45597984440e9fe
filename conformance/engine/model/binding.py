"""Values that only a cloud can give, and requests that go before or after another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Binding:
    """A value that only the cloud can give: an attribute of a resource in a relation to the resource under test.

    ``relation`` is ``any`` (discovered, only read), ``free`` (made by this run, not attached), ``attached``, ``other``
    (one that the resource does not use now) or ``new`` (a fresh value, such as a name). A resource that begins with a
    slash is a collection: the value names an element that the lane has made (``other``: a second one), or is what the
    element's own view shows now (``shown``). ``plain`` stands for it where nothing is to be made.
    """

    resource: str
    attribute: str = "id"
    relation: str = "any"
    plain: Any = None

    def __str__(self) -> str:
        return f"{self.resource}.{self.attribute} ({self.relation})"


def bindings_in(value: Any) -> list[Binding]:
    """All bindings in a body."""
    if isinstance(value, Binding):
        return [value]
    if isinstance(value, dict):
        return [b for pair in value.items() for v in pair for b in bindings_in(v)]
    if isinstance(value, list):
        return [b for v in value for b in bindings_in(v)]
    return []


@dataclass(frozen=True)
class Step:
    """A request that goes before or after another: its operation, and the fields of its body that are not as built.

    Where the operation is the path of a collection, an element of it is made, unless the lane has one. ``shown_by`` is
    an operation that shows what the step sets: then the step puts back what was shown there before, and has its fields
    beside that.
    ``seen_by`` is an operation that must show what the step has set, or the step is of no use; what it showed of that
    before is put back after the trial.
    """

    operation: str
    fields: Mapping[str, Any]
    shown_by: str = ""
    seen_by: str = ""
