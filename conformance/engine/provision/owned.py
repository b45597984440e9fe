"""Elements that a lane has made, paths with their names, and their ids and names in bodies and answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from conformance.engine.api.producers import Producer, placeholders, with_values
from conformance.engine.api.response_fields import elements, identity
from conformance.engine.cloud.addressed import addressed
from conformance.engine.cloud.exchange import ABSENT, Answer
from conformance.engine.cloud.kinds import Kind
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.things import Thing

FRESH = "fresh-"
"""The beginning of the label of an element that is made for one request, which uses it up."""

ACCEPTED = 202
"""The status code of a request that is not yet complete when it is answered (RFC 9110, 15.3.3)."""


@dataclass(frozen=True)
class Owned:
    """An element of a collection that a lane has made.

    Attributes:
        value: the id or name that stands for it in a path.
        collection: the filled path of the collection.
        path: the filled path of the element itself.
        role: the role that has made it.
        producer: the operation that has made it; None if a factory has.
        with_fields: the fields of its request body that differ from the usual ones, as pairs of name and value.
        answer: the body of the answer to the request that has made it; it may be the only one that shows a secret.
    """

    value: str
    collection: str
    path: str
    role: str
    producer: Producer | None = None
    with_fields: tuple[tuple[str, Any], ...] = field(default=(), compare=False)
    answer: Any = field(default=ABSENT, compare=False, repr=False)

    def as_thing(self, kind: Kind) -> Thing:
        """The element as a thing of its kind, to be removed."""
        return Thing(kind.name, self.value, self.path, Role(self.role))


@dataclass(frozen=True)
class Filled:
    """A path with values for its placeholders.

    Attributes:
        path: the filled path.
        values: the value of each placeholder.
        owned: the element that the last placeholder names; None if this lane has not made it.
        passing: the collection and the placeholder of each short-lived thing in the path.
        query: the fixed query that follows the path in the reference.
    """

    path: str
    values: Mapping[str, str] = field(default_factory=dict)
    owned: Owned | None = None
    passing: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()

    def at(self, path: str) -> Filled:
        """Another path of the same thing; each placeholder of it has a value here."""
        values = {name: self.values[name] for name in placeholders(path)}
        return replace(self, path=with_values(path, values), values=values)


def key_of(collection: str, fields: Mapping[str, Any]) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """The key of an element in a lane's pool: its collection, and its unusual fields with their values as texts."""
    return collection, tuple(sorted((name, repr(value)) for name, value in fields.items()))


def content(answer: Answer) -> Any:
    """The value of the only key of a response body, or the whole body if it has several; None for any other answer."""
    if not answer.ok or not isinstance(answer.json, dict):
        return None
    return next(iter(answer.json.values())) if len(answer.json) == 1 else answer.json


def background(answer: Answer) -> bool:
    """True if the new element is still being made: the status code is 202, or the element has a status field."""
    shown = next(iter(answer.json.values()), None) if isinstance(answer.json, dict) else None
    return answer.status == ACCEPTED or (isinstance(shown, Mapping) and "status" in shown)


def name_in(body: Any) -> str | None:
    """The name that a request body gives to the new element; None if it gives no name."""
    if isinstance(body, dict):
        for key in ("name", "display_name"):
            if isinstance(body.get(key), str):
                return str(body[key])
    for inner in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        found = name_in(inner)
        if found is not None:
            return found
    return None


def named_by(answer: Answer, name: str, sent: Any = None, id_field: str = "", collection: str = "") -> str | None:
    """The name of a new element: from the response body, the Location header, or the request body ``sent``.

    A body may hold the address of the element below its ``collection``. ``id_field`` is the field of the response that
    alone tells it; empty if no such field is known.
    """
    if id_field:
        shown = answer.json.get(id_field) if isinstance(answer.json, Mapping) else None
        return str(shown) if isinstance(shown, str | int) else None
    value = identity(answer.json, name) if answer.json is not ABSENT else None
    value = value or addressed(answer.json, collection)
    if value is not None:
        return value
    made = list(elements(answer.json)) if isinstance(answer.json, dict) and len(answer.json) == 1 else []
    if len(made) == 1 and isinstance(made[0], Mapping):
        return identity(made[0], name)
    last = urlsplit(answer.headers.get("Location", "")).path.rstrip("/").rpartition("/")[2]
    return unquote(last) or _member(sent, re.sub(r"[^a-z0-9]", "", name.lower()))


def _member(body: Any, wanted: str) -> str | None:
    """The text of the member ``wanted`` at any depth of a body; only letters and digits of its name are compared."""
    for key, value in body.items() if isinstance(body, Mapping) else ():
        if isinstance(value, Mapping):
            found = _member(value, wanted)
            if found is not None:
                return found
        elif isinstance(value, str) and re.sub(r"[^a-z0-9]", "", key.lower()) == wanted:
            return value
    return None
