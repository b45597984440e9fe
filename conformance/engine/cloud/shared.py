"""Shared things: a run did not make them, and a request may change them. This module reads and restores them.

The section ``shared`` of a description lists them: quotas, the states of services, defaults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from specs.microversion import Microversion

View = Mapping[str, Any]
"""The view of a thing."""


@lru_cache(maxsize=1024)
def _pattern(path: str) -> re.Pattern[str]:
    """The expression for the paths of a template such as "/things/{id}"."""
    named = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
    return re.compile(f"{named}/?")


@dataclass(frozen=True)
class Change:
    """A request that changes a shared thing.

    Attributes:
        method, path: the method and the path of the request; the placeholders of the path name the thing.
        where: a field of the thing -> the member of the body that names the thing by this field.
        sets: a field -> the values of which it has one after the request.
        members: True if the request sets the fields that its body names.
        becomes: the path of a view with the fields as they are after the request, such as defaults.
    """

    method: str
    path: str
    where: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    members: bool = False
    becomes: str = ""

    def named(self, method: str, path: str) -> dict[str, str] | None:
        """The values of the placeholders if a request is this one; else None."""
        # Every request is compared with all changes, twice: the pattern is made only once.
        found = _pattern(self.path).fullmatch(path) if method.upper() == self.method else None
        return {name: unquote(value) for name, value in found.groupdict().items()} if found else None


@dataclass(frozen=True)
class Unset:
    """The way back for a thing that nobody had set, such as quotas of a project that had the defaults.

    Attributes:
        path: the path of the DELETE after which nobody has set it.
        listed: the path of the list of all things that somebody has set.
        key: the member of the answer with the list.
        field: the field of an element with the value of the placeholder of the same name in the path of the thing.
    """

    path: str
    listed: str
    key: str
    field: str


@dataclass(frozen=True)
class Restoration:
    """The request that sets fields of a shared thing.

    Attributes:
        method, path: the method and the path of the request; ``{id}`` stands for the id of an element of a list.
        within: the member of the body with the fields; empty if they are at the top.
        beside: further members, such as one that enforces the change.
        together: fields that can only be set together.
        unset: the way back for a thing that nobody had set before; None if the API does not tell such things.
    """

    path: str
    method: str = "PUT"
    within: str = ""
    beside: Mapping[str, Any] = field(default_factory=dict)
    together: tuple[str, ...] = ()
    unset: Unset | None = None


@dataclass(frozen=True)
class Shared:
    """A sort of shared things.

    Attributes:
        name: the name of one thing in messages.
        path: the path at which one thing, or a list of them, is read.
        key: the member of the answer with the thing or the list.
        put_back: the request that sets the fields of a thing.
        changes: the requests that change a thing; the first one that fits counts.
        id_field: the field of an element of the list with the id for ``put_back``.
        query: query parameters of a change that belong to the name of the thing.
        microversion: the microversion of the requests that read and restore it; empty for none.
    """

    name: str
    path: str
    key: str
    put_back: Restoration
    changes: tuple[Change, ...]
    id_field: str = "id"
    query: tuple[str, ...] = ()
    microversion: Microversion | None = None


@dataclass(frozen=True)
class Debt:
    """A shared thing that the run changes, with everything that any later process needs to restore it.

    Attributes:
        key: the name of the debt in the journals of the run.
        name: the name of the thing in messages.
        path, query, holder, where: the request that reads it, the member of the answer with the thing or a list, and
            the fields by which it is found in the list (none without a list).
        back, method, within, beside, together: the request that restores it (see ``Restoration``).
        microversion: the microversion of both requests; empty for none.
        was: a field -> its value before the first change of the run.
        meant: a field -> the values that the run has set; any other value was set by somebody else.
        unset: the path of the DELETE that restores a thing that nobody had set before; empty if it was set.
        listed: the list that showed that somebody had set it: its path, the member with the list, the field of an
            element and its value; empty if nothing showed that.
    """

    key: str
    name: str
    path: str
    holder: str
    back: str
    method: str
    was: Mapping[str, Any]
    meant: Mapping[str, list[Any]]
    query: tuple[tuple[str, str], ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    within: str = ""
    beside: Mapping[str, Any] = field(default_factory=dict)
    together: tuple[str, ...] = ()
    microversion: str = ""
    unset: str = ""
    listed: tuple[str, ...] = ()

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> Debt | None:
        """The debt in a line of a journal; None if the line holds no readable debt."""
        given = {name: line[name] for name in cls.__dataclass_fields__ if name in line}
        try:
            debt = cls(**given)
        except TypeError:
            return None
        query = tuple((str(name), str(value)) for name, value in debt.query)
        return cls(**{**given, "query": query, "together": tuple(debt.together), "listed": tuple(debt.listed)})

    @property
    def of(self) -> tuple[Any, ...]:
        """The thing in words."""
        return self.back, self.query

    def __str__(self) -> str:
        values = ", ".join(f"{name} {value}" for name, value in self.was.items())
        return f"{self.name} at {self.back} ({values})"

    def paid_by(self, method: str, path: str) -> bool:
        """Whether a request is one of those that restore the thing."""
        return (method, path) == (self.method, self.back) or (method == "DELETE" and path == self.unset != "")

    def shown_in(self, body: Any) -> View | None:
        """The thing in the body of an answer; None if it is missing."""
        return next(views(body, self.holder, self.where), None)

    def body(self, fields: Mapping[str, Any]) -> Any:
        """The body of the request that sets fields; of those that go together, an empty one is left to the others."""
        given = {name: value for name, value in fields.items() if value is not None or name not in self.together}
        return {self.within: {**given, **self.beside}} if self.within else {**given, **self.beside}


def views(body: Any, holder: str, where: Mapping[str, str]) -> Iterator[View]:
    """The thing in a member of an answer, or the things with some fields in the list there."""
    held = body.get(holder) if isinstance(body, Mapping) else None
    for one in held if isinstance(held, list) else [held]:
        if isinstance(one, Mapping) and all(str(one.get(name)) == value for name, value in where.items()):
            yield one


def filled(path: str, values: Mapping[str, str]) -> str:
    """A path with values for its placeholders."""
    return re.sub(r"\{(\w+)\}", lambda found: quote(values.get(found[1], found[0]), safe=""), path)


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, although a request may write a number or a truth value as text."""
    return one == other or str(one).lower() == str(other).lower()
