"""Things that a run did not make and a request may change: how each is read before that, and how it is put back.

A service's description says it (section ``shared``): quotas, the states of services, defaults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from specs.microversion import Microversion

View = Mapping[str, Any]
"""A thing as the cloud shows it."""


@dataclass(frozen=True)
class Change:
    """A request that changes a shared thing.

    Attributes:
        method, path: of the request; the placeholders of the path name the thing.
        where: field of the thing -> member of the body that names the thing by it.
        sets: field -> values, one of which the field has after the request.
        members: whether the request sets the fields that its body names.
        becomes: path of a view that shows the fields as they are after the request, such as defaults.
    """

    method: str
    path: str
    where: Mapping[str, str] = field(default_factory=dict)
    sets: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    members: bool = False
    becomes: str = ""

    def named(self, method: str, path: str) -> dict[str, str] | None:
        """The values of the placeholders where a request is this one, else None."""
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        found = re.fullmatch(f"{pattern}/?", path) if method.upper() == self.method else None
        return {name: unquote(value) for name, value in found.groupdict().items()} if found else None


@dataclass(frozen=True)
class Restoration:
    """The request that sets fields of a shared thing.

    Attributes:
        method, path: of the request; ``{id}`` is the field of that name where the thing comes from a list.
        within: the member of the body that holds the fields; empty where the body holds them itself.
        beside: further members, such as one that enforces the change.
        together: fields of which none is set without the others.
    """

    path: str
    method: str = "PUT"
    within: str = ""
    beside: Mapping[str, Any] = field(default_factory=dict)
    together: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shared:
    """A sort of shared things.

    Attributes:
        name: as sentences call one.
        path: at which one is read, or a list of them.
        key: the member of the answer that holds it, or the list.
        put_back: the request that sets its fields.
        changes: the requests that change one; the first that fits counts.
        id_field: of an element of the list, by which ``put_back`` names it.
        query: query parameters of a change that name the thing, too.
        microversion: of the requests that read it and put it back; empty for none.
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
    """A shared thing that the run changes, and all that is needed to put it back, also by another process later.

    Attributes:
        key: names the debt within the run's journals.
        name: of the sort of thing.
        path, query, holder, where: the request that reads it, the member of the answer that holds it, and the fields
            by which it is known in a list (none where the member holds the thing alone).
        back, method, within, beside, together: the request that puts it back (see ``Restoration``).
        microversion: of both; empty for none.
        was: field -> value before the first change of the run.
        meant: field -> values to which the run has set the field; another value is somebody else's.
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

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> Debt | None:
        """The debt of a line of a journal; None where the line holds none that can be understood."""
        given = {name: line[name] for name in cls.__dataclass_fields__ if name in line}
        try:
            debt = cls(**given)
        except TypeError:
            return None
        query = tuple((str(name), str(value)) for name, value in debt.query)
        return cls(**{**given, "query": query, "together": tuple(debt.together)})

    @property
    def of(self) -> tuple[Any, ...]:
        """The thing that it is about."""
        return self.back, self.query

    def __str__(self) -> str:
        values = ", ".join(f"{name} {value}" for name, value in self.was.items())
        return f"{self.name} at {self.back} ({values})"

    def shown_in(self, body: Any) -> View | None:
        """The thing as the body of an answer shows it; None where it is not there."""
        return next(views(body, self.holder, self.where), None)

    def body(self, fields: Mapping[str, Any]) -> Any:
        """The body of the request that sets fields."""
        given = {name: value for name, value in fields.items() if value is not None}
        return {self.within: {**given, **self.beside}} if self.within else {**given, **self.beside}


def views(body: Any, holder: str, where: Mapping[str, str]) -> Iterator[View]:
    """The thing that a member of an answer holds, or the things of the list there that have some fields."""
    held = body.get(holder) if isinstance(body, Mapping) else None
    for one in held if isinstance(held, list) else [held]:
        if isinstance(one, Mapping) and all(str(one.get(name)) == value for name, value in where.items()):
            yield one


def filled(path: str, values: Mapping[str, str]) -> str:
    """A path with values for its placeholders."""
    return re.sub(r"\{(\w+)\}", lambda found: quote(values.get(found[1], found[0]), safe=""), path)


def same(one: Any, other: Any) -> bool:
    """Whether two values are one, although a request may write a number or a truth value as a text."""
    return one == other or str(one).lower() == str(other).lower()
