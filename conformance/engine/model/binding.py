"""Values that only a cloud can give, and requests that go before or after another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.model.content import Content

ADDRESS = "address"
"""The attribute of an element of a collection that is its URL, by which some services name things."""


@dataclass(frozen=True)
class Binding:
    """A value that only the cloud can give: an attribute of a resource in a relation to the resource under test.

    ``relation`` is ``any`` (discovered, only read), ``free`` (made by this run, not attached), ``attached``, ``other``
    (one that the resource does not use now) or ``new`` (a fresh value, such as a name). A resource that begins with a
    slash is a collection: the value names an element that the lane has made (``other``: a second one), a
    field that the view of this element shows now (``shown``), or the first element that the cloud lists (``listed``).
    ``plain`` is used instead if nothing must be made.
    """

    resource: str
    attribute: str = "id"
    relation: str = "any"
    plain: Any = None

    def __str__(self) -> str:
        return f"{self.resource}.{self.attribute} ({self.relation})"


@dataclass(frozen=True)
class Text:
    """A text with values in it, such as a header that signs a request.

    Attributes:
        form: the text, with names in braces. ``{now}`` stands for the seconds since 1970, ``{nonce}`` for something
            random.
        of: the value of each other name: a constant or a Binding.
    """

    form: str
    of: Mapping[str, Any]


def bindings_in(value: Any) -> list[Binding]:
    """Return all bindings in a body."""
    found: list[Binding] = []
    _gather(value, found)
    return found


def _gather(value: Any, found: list[Binding]) -> None:
    if isinstance(value, str):  # so are most values and nearly all keys
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            _gather(key, found)
            _gather(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _gather(inner, found)
    elif isinstance(value, Binding):
        found.append(value)
    elif isinstance(value, Text):
        _gather(dict(value.of), found)
    elif isinstance(value, Content):
        _gather(value.value, found)


@dataclass(frozen=True)
class Step:
    """A request before or after another request: its operation, and the unusual fields of its body.

    If the operation is the path of a collection, the step makes an element of it, unless the lane has one. ``shown_by``
    is an operation that shows the values that the step sets: the step then restores the values that were shown before,
    and sends its own fields beside them.
    ``seen_by`` is an operation that must show the values that the step has set, or the step is useless; the values that
    it showed before are restored after the trial. ``lasts`` is True if the step, once accepted, is not taken again by a
    lane with the same path and body: the service would refuse it. ``path`` has the values of placeholders of its path
    that are neither those of the request nor the usual ones.
    """

    operation: str
    fields: Mapping[str, Any]
    shown_by: str = ""
    seen_by: str = ""
    lasts: bool = False
    path: Mapping[str, Any] = field(default_factory=dict)
