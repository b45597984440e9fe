"""The producers of a reference: the operations that make the things named by placeholders in paths.

They follow from the reference alone. An element of the collection ``/things`` is made by the POST on ``/things`` whose
documented answer names it, or by the PUT or the POST on ``/things/{name}`` if the client chooses the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from conformance.engine.api.naming import chosen_name
from conformance.engine.api.response_fields import elements, identity
from conformance.engine.cloud.addressed import addressed
from specs.microversion import Microversion
from specs.model import Operation

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
CREATED = 201
_VERSION = re.compile(r"\d+\.\d+")
SAFE = frozenset({"GET", "HEAD"})


def placeholders(path: str) -> list[str]:
    """The names of the placeholders of a path, in order."""
    return PLACEHOLDER.findall(path)


def with_values(path: str, values: Mapping[str, str]) -> str:
    """A path with values for all of its placeholders."""
    return PLACEHOLDER.sub(lambda found: quote(values[found[1]], safe=""), path)


def collection_of(path: str, name: str) -> str:
    """The part of a path before a placeholder: the collection whose element the placeholder names."""
    return path.partition(f"/{{{name}}}")[0]


def last_version(operation: Operation) -> Microversion | None:
    """The last version at which an operation can be requested; None if the reference names none.

    An operation may be replaced by another one whose path fits its own path, as ``/things/{id}`` fits ``/things/all``.
    From that version on, the request belongs to the other operation.
    """
    last, gone = operation.microversions.range.max, operation.deprecated
    if last is None and gone is not None and gone.replacement and _VERSION.fullmatch(gone.since or ""):
        method, _, path = gone.replacement.partition(" ")
        pattern = "[^/]+".join(re.escape(part) for part in PLACEHOLDER.split(path)[::2])
        if method == operation.method and re.fullmatch(pattern, operation.path):
            last = Microversion.parse(gone.since or "").previous
    return last


@lru_cache(maxsize=20_000)
def form(path: str) -> str:
    """A path with nameless placeholders, because two paths of one collection may name its parents differently."""
    return PLACEHOLDER.sub("{}", path)


@dataclass(frozen=True)
class Producer:
    """How an element of a collection is made, read and removed.

    Attributes:
        operation: the operation that makes it.
        name: the placeholder that names it in a path.
        chosen: True if the client chooses its name and writes it into the path.
        reader, remover: the operations that show it and delete it; None if the reference documents none.
        lister: the operation that lists the collection; None if the reference documents none.
        elsewhere: the path of the collection, if the operation has another one; else empty.
        id_field: the field of the answer that names the new element, if its name says nothing of the placeholder.
    """

    operation: Operation
    name: str
    chosen: bool
    reader: Operation | None = None
    remover: Operation | None = None
    lister: Operation | None = None
    elsewhere: str = ""
    id_field: str = ""

    @property
    def leads_to(self) -> frozenset[str]:
        """The statuses of a new element that the reference promises: they last, whatever they are called."""
        posts = (post for post in self.operation.postconditions if post.kind == "status")
        return frozenset(status for post in posts for status in post.becomes)


Said = Mapping[str, str | tuple[str, str]]
"""Collection -> the operation that makes its elements, or that and the field of its answer that names the element."""


class Producers:
    """The producers of a reference, by the form of their collections.

    Args:
        operations: the operations of the reference.
        said: collection -> the operation that makes its elements, if the reference lists no code that says so, or a
            pair of the operation and the field of its answer that names the element.
    """

    def __init__(self, operations: Iterable[Operation], said: Said | None = None) -> None:
        entries = {at: (entry, "") if isinstance(entry, str) else entry for at, entry in (said or {}).items()}
        self._said = {form(at): operation for at, (operation, _) in entries.items()}
        self._elsewhere = {form(at): (at, field) for at, (_, field) in entries.items()}
        self._by_id: dict[str, Operation] = {}
        self._by_place: dict[tuple[str, str], list[Operation]] = {}
        self._named: dict[str, set[str]] = {}
        for operation in operations:
            if operation.removed is None and operation.action is None:
                self._by_id[operation.id] = operation
                self._by_place.setdefault((operation.method, form(operation.path)), []).append(operation)
                for name in placeholders(operation.path):
                    self._named.setdefault(form(collection_of(operation.path, name)), set()).add(name)
        self._known: dict[str, Producer | None] = {}

    def of(self, collection: str) -> Producer | None:
        """The producer of a collection's elements; None if the reference documents none."""
        place = form(collection)
        if place not in self._known:
            self._known[place] = self._find(place)
        return self._known[place]

    def reader(self, path: str) -> Operation | None:
        """The operation that shows the thing at a path with placeholders; None if none is documented."""
        return self._first("GET", form(path))

    def names(self, collection: str) -> frozenset[str]:
        """The placeholders that name an element of a collection in some path."""
        return frozenset(self._named.get(form(collection), ()))

    def made_by(self, operation: Operation) -> Producer | None:
        """The producer with this operation; None if the operation makes no element of a collection."""
        above = operation.path.rpartition("/")[0]
        places = (above,) if operation.method == "PUT" else (operation.path, above)
        at = next((place for place, name in self._said.items() if name == operation.id), None)
        places = (*places, at) if at is not None else places
        for producer in map(self.of, places if operation.action is None else ()):
            if producer is not None and producer.operation.id == operation.id:
                return producer
        return None

    def several_by(self, operation: Operation) -> Producer | None:
        """The producer of a collection in which an operation makes several elements at once; None if it does not."""
        producer = self.of(operation.path) if operation.method == "POST" and operation.action is None else None
        if producer is None or producer.chosen or producer.operation.id == operation.id:
            return None
        bodies = [s.body for s in operation.response.samples if s.valid and isinstance(s.body, dict)]
        listed = any(len(body) == 1 and isinstance(next(iter(body.values())), list) for body in bodies)
        return producer if listed else None

    def joined_by(self, path: str) -> Operation | None:
        """The PUT that joins the element which a path names last, and which another collection has; None if none does.

        So ``PUT /garages/{garage_id}/cars/{car_id}`` puts a car of ``/cars`` into a garage.
        """
        names = placeholders(path)
        last = names[-1] if len(names) > 1 else ""
        if not last or self.of(collection_of(path, last)) is not None or self.elsewhere(last) is None:
            return None
        return self._first("PUT", form(path))

    def elsewhere(self, name: str) -> str | None:
        """The only collection at the top of the API whose elements a placeholder of this name stands for, or None."""
        found = [at for at, names in self._named.items() if name in names and "{}" not in at and self.of(at)]
        return found[0] if len(found) == 1 else None

    def _find(self, place: str) -> Producer | None:
        one = f"{place}/{{}}"
        reader, remover = self._first("GET", one), self._first("DELETE", one)
        lister = self._first("GET", place)
        said = self._by_id.get(self._said.get(place, ""))
        if said is not None and form(said.path) not in (place, one):
            name = min(self._named.get(place, {""}))
            return Producer(said, name, False, reader, remover, lister, *self._elsewhere[place])
        for operation in self._by_place.get(("POST", place), ()):
            if self._said.get(place, operation.id) != operation.id:
                continue
            for name in sorted(self._named.get(place, ())):
                if _names(operation, name) or place in self._said or (_creates(operation) and (reader or remover)):
                    return Producer(operation, name, False, reader, remover, lister)
        chosen = [o for method in ("PUT", "POST") for o in self._by_place.get((method, one), ())]
        for operation in chosen:
            created = any(code.code == CREATED for code in operation.responses.normal)
            if self._said.get(place, operation.id) != operation.id:
                continue
            if created or place in self._said or chosen_name(operation) is not None:
                name = placeholders(operation.path)[-1]
                return Producer(operation, name, True, reader, remover, lister)
        return None

    def _first(self, method: str, place: str) -> Operation | None:
        return next(iter(self._by_place.get((method, place), ())), None)


def _names(operation: Operation, name: str) -> bool:
    """Whether the documented answer names the new thing: in a sample, maybe by its address, or by a Location header."""
    for sample in (sample for sample in operation.response.samples if sample.valid):
        if identity(sample.body, name) is not None or addressed(sample.body, operation.path) is not None:
            return True
    return any(row.location == "header" and row.name.lower() == "location" for row in operation.response.parameters)


def _creates(operation: Operation) -> bool:
    """Whether 201 is the only documented code of success."""
    normal = [code.code for code in operation.responses.normal if code.listed]
    return normal == [CREATED]


def listed_by(operations: Mapping[str, Operation], collection: str) -> Operation | None:
    """The operation that lists a collection, which is a path with placeholders; None if none is documented."""
    listed = form(collection)
    return next((o for o in operations.values() if o.method == "GET" and form(o.path) == listed), None)


def element_in(body: Any, name: str, value: str) -> bool:
    """Whether a list shows an element with this value for the placeholder, or with this name in any field."""
    for element in elements(body):
        if identity(element, name) == value or (isinstance(element, dict) and value in map(str, element.values())):
            return True
    return False
