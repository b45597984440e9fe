"""The fields of a request body: the rows of its table, each with its path of keys from the top of the body.

The tables of the dialect are flat: only a dotted name, the action's own row and the samples show nesting. The body of
an action is one object below the action's name. Any other body is a tree, whose branches the samples show. A row that
no sample shows has no place in the tree, and so is no field.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from conformance.engine.api.response_fields import NAMED, place_among, places_in, places_of_each
from conformance.engine.api.same import Same
from specs.microversion import Microversion
from specs.model import Operation, Parameter, Sample


@dataclass(frozen=True)
class Field:
    """A field of the request body: its row, and its path of keys from the top of the body."""

    row: Parameter
    path: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of the row, as in ids."""
        return self.row.name


def body_rows(operation: Operation, version: Microversion) -> list[Parameter]:
    """The body rows of the request that exist at a version. Of several rows with a name, the first one counts.

    A request that reads has no body: its rows are those of the answer, in the wrong table. A row that is required from
    a later version on is optional before it.
    """
    return list(_body_rows(Same(operation), version))


@lru_cache(maxsize=4_000)
def _body_rows(of: Same[Operation], version: Microversion) -> tuple[Parameter, ...]:
    operation = of.value
    rows: dict[str, Parameter] = {}
    for row in operation.request.parameters if operation.method not in ("GET", "HEAD") else ():
        if row.location == "body" and version in row.range:
            rows.setdefault(row.name, _at(row, version))
    return tuple(rows.values())


def _at(row: Parameter, version: Microversion) -> Parameter:
    late = row.required_min is not None and version < Microversion.parse(row.required_min)
    return replace(row, required=False) if row.required and late else row


def fields(operation: Operation, version: Microversion) -> list[Field]:
    """The fields of the body: those right below the action, or without an action those that samples show."""
    return list(_fields(Same(operation), version))


@lru_cache(maxsize=4_000)
def _fields(of: Same[Operation], version: Microversion) -> tuple[Field, ...]:
    operation = of.value
    return tuple(_of_action(operation, version) if operation.action else _of_tree(operation, version))


def _of_action(operation: Operation, version: Microversion) -> list[Field]:
    found = []
    for row in body_rows(operation, version):
        name = row.name
        if name == operation.action:
            continue
        if operation.action and name.startswith(operation.action + "."):
            name = name.removeprefix(operation.action + ".")
        if "." in name and name not in _sample_keys(operation):
            continue
        found.append(Field(row, (operation.action or "", name)))
    return found


def _of_tree(operation: Operation, version: Microversion) -> list[Field]:
    """The fields in the order of their depth: an object comes before its members."""
    rows = body_rows(operation, version)
    places = places_of(operation, rows, version)
    found = [Field(row, places[row.name]) for row in rows if row.name in places]
    return sorted(found, key=lambda field: len(field.path))


def samples_of(operation: Operation, version: Microversion | None) -> list[Sample]:
    """The sample of a version: the last one that is not later, if the samples name versions."""
    earlier = [(Microversion.parse(s.microversion), s) for s in operation.request.samples if s.valid and s.microversion]
    best = max((at for at, _ in earlier if version is not None and at <= version), default=None)
    return [sample for at, sample in earlier if at == best]


def places_of(
    operation: Operation, rows: list[Parameter], version: Microversion | None = None
) -> dict[str, tuple[str, ...]]:
    """The path of each row that has a place in the tree, in the sample of the version or else in any sample."""
    shown = [s.body for s in operation.request.samples if s.valid]
    fitting = [s.body for s in samples_of(operation, version)]
    places_shown, places_fitting = places_of_each(shown), places_of_each(fitting)
    kinds = {row.name: row.type for row in rows}
    unclear = cache(lambda: _anywhere(shown) or _is_flat(shown, rows))
    places: dict[str, tuple[str, ...]] = {}
    for row in sorted(rows, key=lambda r: r.name.count(".")):
        name = ".".join(part for part in row.name.split(".") if not part.startswith("{"))
        place = place_among(places_fitting, name) or place_among(places_shown, name)
        parent, dot, last = row.name.rpartition(".")
        if place is None and dot and parent in places:
            many = kinds.get(parent) in ("array", "list")
            place = (*places[parent], "[]", last) if many else (*places[parent], last)
        elif place is None and (kin := _of_another_prefix(shown, row.name)) is not None:
            place = (*kin[:-1], row.name)
        elif place is None and not shown:
            place = (row.name,)
        elif place is None and not dot and unclear():
            continue  # the row stands beside such a member, or within it; or in an object that no row's name tells
        elif place is None and not dot and (not row.required or _of_other_versions(operation, row)):
            place = (*wrapper_of(shown), row.name)
        if place is not None:
            places[row.name] = place
    return places


def _of_another_prefix(shown: list[Any], name: str) -> tuple[str, ...] | None:
    """The place of a key that is the name of a row but for a prefix (``os:``, or that of an extension)."""
    prefix, colon, rest = name.partition(":")
    if not colon or "." in name:
        return None
    places = (place for body in shown for place in places_in(body))
    return next((p for p in places if p[-1].endswith(f":{rest}") and not p[-1].startswith(f"{prefix}:")), None)


def _anywhere(shown: list[Any]) -> bool:
    """Whether samples have an object whose keys are data: a row that no sample shows may stand in its members."""
    return any(NAMED in place for body in shown for place in places_in(body))


def _is_flat(shown: list[Any], rows: Iterable[Parameter]) -> bool:
    """Whether a table names members of nested objects without the names of the objects, of which samples show several.

    Such a table does not tell in which object a row stands that no sample shows.
    """
    own, places = len(wrapper_of(shown)) + 1, places_of_each(shown)
    deep = (place for row in rows if "." not in row.name and (place := place_among(places, row.name)) is not None)
    return len({place[:-1] for place in deep if len(place) > own}) > 1


def _of_other_versions(operation: Operation, row: Parameter) -> bool:
    """Whether no sample belongs to a version of the row, so that none can show the row."""
    samples = [s for s in operation.request.samples if s.valid]
    return (row.min or row.max) is not None and not any(
        Microversion.parse(s.microversion) in row.range if s.microversion else row.min is None for s in samples
    )


def wrapper_of(shown: list[Any]) -> tuple[str, ...]:
    """The one key at the top of all samples, and the mark of a list if it holds one; empty if there is none."""
    objects = [body for body in shown if isinstance(body, dict)]
    common = set.intersection(*map(set, objects)) if objects else set()
    only = next(iter(common)) if len(common) == 1 else None
    if only is None:
        return ()
    inner = objects[0].get(only)
    if isinstance(inner, list):
        return (only, "[]") if inner and isinstance(inner[0], dict) else ()
    return (only,) if isinstance(inner, dict) else ()


def _sample_keys(operation: Operation) -> set[str]:
    keys: set[str] = set()
    for sample in operation.request.samples:
        body = sample.body
        if isinstance(body, dict):
            inner = body.get(operation.action) if operation.action else body
            if isinstance(inner, dict):
                keys.update(inner)
    return keys
