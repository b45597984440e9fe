"""The places of documented fields in a response body.

A response table is flat, so the place of a row follows from the samples. A dotted name is a chain of keys, a plain name
is the shallowest key of that name; lists on the way are passed through. A row that no sample shows is placed below its
parent if the parent has a place, or beside its neighbours in the table if these stand in one object. A row without a
place is not judged (``Untested``, reason ``no-place``).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from conformance.engine.api.same import Same
from specs.model import Operation, Parameter

Place = tuple[str, ...]
"""Keys from the top of the body; ``[]`` stands for every element of a list, ``{}`` for every member of an object whose
keys
are data and not documented fields."""

NAMED = "{}"

_HOLDS: Mapping[str, type] = {"array": list, "list": list, "object": dict, "dict": dict}
"""The types of rows that hold others, and those of their values."""

LINKS = "_links"
"""A pattern for the names of links from page to page, which stand beside a list and not in its elements."""

BESIDE = 4
"""The least number of fields with places in one object that make a row between them a field of it, too."""

_NAME = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[A-Z][A-Z0-9]{2,}(_[A-Z0-9]+)*")
"""A pattern for keys that are data: a UUID, or a constant in capitals."""

_LABEL = re.compile(r"(?:.*[_-])?(?:label|key|name)", re.IGNORECASE)
"""A pattern for rows that stand for keys that are data, such as names of other things, if no sample has their name."""

_SIGNS = re.compile(r"[^a-z0-9]")
"""What the spellings of a name differ in, beside capitals."""


@lru_cache(maxsize=10_000)
def _step(key: str) -> str:
    return NAMED if _NAME.fullmatch(key) else key


@dataclass(frozen=True)
class Places:
    """Every place in a body, the shallowest places first.

    Attributes:
        every: the places, in order.
        ending: the last key of a place -> its number and its keys without those that stand for elements or members.
    """

    every: tuple[Place, ...]
    ending: Mapping[str, tuple[tuple[int, tuple[str, ...]], ...]]


@lru_cache(maxsize=4_000)
def _places(of: Same[Any]) -> Places:
    """The places in the body of a sample, which nobody changes; many rows are looked for in each."""
    found: list[Place] = []
    queue: deque[tuple[Place, Any]] = deque([((), of.value)])
    while queue:
        place, value = queue.popleft()
        if place:
            found.append(place)
        if isinstance(value, dict):
            for key, child in value.items():
                queue.append(((*place, _step(key)), child))
        elif isinstance(value, list):
            for child in value[:3]:
                queue.append(((*place, "[]"), child))
    ending: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for number, place in enumerate(found):
        ending.setdefault(place[-1], []).append((number, _keys(place)))
    return Places(tuple(found), {key: tuple(places) for key, places in ending.items()})


def places_in(body: Any) -> tuple[Place, ...]:
    """Every place in the body of a sample, the shallowest ones first."""
    return _places(Same(body)).every


def _keys(place: Place) -> tuple[str, ...]:
    return tuple(key for key in place if key not in ("[]", NAMED))


def place_of(operation: Operation, row: Parameter) -> Place | None:
    """The place of a response row in the body; None if the reference shows none."""
    return _place_of(Same(operation), Same(row))


@lru_cache(maxsize=20_000)
def _place_of(of: Same[Operation], of_row: Same[Parameter]) -> Place | None:
    operation, row = of.value, of_row.value
    bodies = [s.body for s in operation.response.samples if s.valid]
    place = place_in(bodies, row.name)
    if place is not None:
        return _with_names(place, _labelled(of))
    parent, dot, last = row.name.rpartition(".")
    if not dot:
        return _between(operation, row, bodies)
    rows = [r for r in operation.response.parameters if r.name == parent]
    above = place_of(operation, rows[0]) if rows else None
    if above is not None and all((*above, NAMED) not in places_in(body) for body in bodies):
        is_list = any(r.type in ("array", "list") for r in rows)
        return (*above, "[]", last) if is_list else (*above, last)
    return None


@lru_cache(maxsize=4_000)
def _labelled(of: Same[Operation]) -> frozenset[Place]:
    """The places of the samples whose last key is data: a row that no sample shows stands for it and names its kind.

    Such a key is no row itself, and what it holds is of the type of the row.
    """
    bodies = [s.body for s in of.value.response.samples if s.valid]
    rows = [r for r in of.value.response.parameters if r.location in ("body", None)]
    names = {part for row in rows for part in (row.name, *row.name.split("."))}
    labels = (row for row in rows if _LABEL.fullmatch(row.name) and place_in(bodies, row.name) is None)
    types = {_HOLDS[row.type] for row in labels if row.type is not None and row.type in _HOLDS}
    found = {
        place
        for body in bodies
        for place in places_in(body)
        if place[-1] not in names and place[-1] not in ("[]", NAMED)
        if types & {type(value) for value in values_at(body, place)[0]}
    }
    # Of keys at several depths nobody knows which the row stands for: the object around the thing may be no row either.
    return frozenset(found if len({len(place) for place in found}) == 1 else ())


def _with_names(place: Place, labelled: frozenset[Place]) -> Place:
    """A place in which the keys that are data stand for every member of their object."""
    return tuple(NAMED if place[: at + 1] in labelled else key for at, key in enumerate(place))


def _between(operation: Operation, row: Parameter, bodies: list[Any]) -> Place | None:
    """The place of a row that stands between the rows of one object in the table; None if it does not.

    Samples show some versions only, so they lack former and rare fields. Tables keep the fields of an object together.
    """
    rows = _plain_rows(operation)
    if row not in rows or row.name.endswith(LINKS):
        return None
    at = rows.index(row)
    placed = _placed(Same(operation))
    before = next((p for p in reversed(placed[:at]) if p is not None), None)
    after = next((p for p in placed[at + 1 :] if p is not None), None)
    if before is None or after is None or before[:-1] != after[:-1] or len(before) == 1 or NAMED in before:
        return None
    of_all_versions = row.min is None and row.max is None
    if of_all_versions and any(value in ([], {}) for body in bodies for value in values_at(body, before)[0]):
        return None  # the row may stand within its neighbour, of which the sample shows nothing
    beside = sum(p is not None and p[:-1] == before[:-1] for p in placed)
    return (*before[:-1], row.name) if beside >= BESIDE else None


def _plain_rows(operation: Operation) -> list[Parameter]:
    """The rows of a response body whose names are no chains of keys."""
    return [r for r in operation.response.parameters if r.location in ("body", None) and "." not in r.name]


@lru_cache(maxsize=4_000)
def _placed(of: Same[Operation]) -> tuple[Place | None, ...]:
    """The place of each plain row of an operation's response that a sample shows; None for each other one."""
    bodies = [s.body for s in of.value.response.samples if s.valid]
    return tuple(place_in(bodies, row.name) for row in _plain_rows(of.value))


def place_in(bodies: Iterable[Any], name: str) -> Place | None:
    """The shallowest place of a row's name in some bodies; None if it has none."""
    return place_among(places_of_each(bodies), name)


def places_of_each(bodies: Iterable[Any]) -> list[Places]:
    """The places in each body of some samples, to look for many names."""
    return [_places(Same(body)) for body in bodies]


def place_among(bodies: Iterable[Places], name: str) -> Place | None:
    """The shallowest place of a row's name among the places of some bodies; None if it has none."""
    chain = tuple(name.split("."))
    best: tuple[int, Place] | None = None
    for places in bodies:
        fitting = places.ending.get(name, ())[:1]  # the first one is the shallowest one
        if len(chain) > 1:
            inner = (one for one in places.ending.get(chain[-1], ()) if one[1][-len(chain) :] == chain)
            fitting = (*fitting, *inner)
        if fitting:
            number, keys = min(fitting)
            if best is None or len(keys) < best[0]:
                best = len(keys), places.every[number]
    return best[1] if best is not None else None


def values_at(body: Any, place: Place) -> tuple[list[Any], int]:
    """The values at a place, and the number of objects that could have the last key.

    Fewer values than objects mean that the field is missing somewhere. No object at all means that the body could not
    show the field (an empty list, or null for an object).
    """
    parents = [body]
    for key in place[:-1]:
        parents = [child for parent in parents for child in children(parent, key)]
    if place[-1] in ("[]", NAMED):
        values = [child for parent in parents for child in children(parent, place[-1])]
        return values, len(values)
    holders = [p for p in parents if isinstance(p, dict)]
    return [p[place[-1]] for p in holders if place[-1] in p], len(holders)


def children(parent: Any, key: str) -> list[Any]:
    """Return the values below a value by one key of a place; empty if there are none."""
    if key == "[]":
        return list(parent) if isinstance(parent, list) else []
    if key == NAMED:
        return list(parent.values()) if isinstance(parent, dict) else []
    return [parent[key]] if isinstance(parent, dict) and key in parent else []


def elements(body: Any) -> Iterator[Any]:
    """The elements of the first list in a body; if it has none, the keys of its first object."""
    if not isinstance(body, dict):
        return
    for value in body.values():
        if isinstance(value, list):
            yield from value
            return
    for value in body.values():
        if isinstance(value, Mapping):
            yield from value
            return


def is_filled(body: Any) -> bool:
    """Whether a body shows an element; one without a list or an object is an element itself, with its own fields."""
    if isinstance(body, dict) and not any(isinstance(value, list | Mapping) for value in body.values()):
        return bool(body)
    return any(True for _ in elements(body))


def identity(element: Any, name: str) -> str | None:
    """The name of an element in a path: the field of the placeholder's name, or the likeliest other field.

    The fields are tried in this order: the placeholder's own name (in any spelling), its last word, ``id``, ``uuid``. A
    text is its own name. An object in an object with one key is taken out of it; links beside it do not count. So is an
    object that is shown under several keys, an old and a new one.
    """
    if isinstance(element, str):
        return element
    if not isinstance(element, Mapping):
        return None
    inner = [value for key, value in element.items() if key != "links"]
    if inner and all(isinstance(one, Mapping) and one.get("id") for one in inner):
        element = inner[0] if len({str(one["id"]) for one in inner}) == 1 else element
    elif len(inner) == 1 and isinstance(inner[0], Mapping):
        element = inner[0]
    plain = {_SIGNS.sub("", key.lower()): value for key, value in element.items()}
    for wanted in (name, name.rpartition("_")[2], "id", "uuid"):
        value = plain.get(_bare(wanted))
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
    return None


@lru_cache(maxsize=20_000)
def _bare(name: str) -> str:
    """A name without its spelling: the letters and digits alone."""
    return _SIGNS.sub("", name.lower())
