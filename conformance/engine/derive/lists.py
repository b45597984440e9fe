"""Promises of lists: pages, an order, and filters, from the query rows of operations that list a collection.

A filter is a query row whose name is, in one of the spellings of ``_kin``, a documented field of the listed elements,
so that an answer shows whether it was kept. Where a list shows less than its neighbour ``<path>/detail``, the field is
looked up there. A row whose promise no response can show is noted with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conformance.engine.api.response_fields import place_of, values_at
from conformance.engine.derive.attempt import Asked, Where, attempt
from conformance.engine.derive.book import Book
from conformance.engine.derive.pages import ARRAYS, leads_on
from conformance.engine.derive.view import View
from conformance.engine.judge.lists import (
    AfterMarker,
    AfterOffset,
    ChangedWithin,
    Filtered,
    NextLink,
    OneOfAPage,
)
from conformance.engine.judge.sorting import BOTH, DEFAULT, Sorted
from conformance.engine.model.binding import Binding
from conformance.engine.model.case import Requirement, id_part
from conformance.engine.model.expectation import Expectation
from conformance.engine.model.listing import MOMENT, Listing, Match, Way
from conformance.engine.model.trial import Paged, Trial
from specs.microversion import Microversion
from specs.model import Operation, Parameter

PAGING = ("limit", "marker", "offset")
SORTING = ("sort_key", "sort_dir")
CHANGES = ("changes-since", "changes-before")
PERIOD = {"start", "end"}
"""Two rows that together choose the elements to count, and not the elements to show."""

_SAME = {"uuid": "id"}
_PREFIXES, _SUFFIXES = ("display", "not", "min"), ("any", "pattern", "at", "gb", "ref")


@dataclass(frozen=True)
class Shown:
    """A documented field of the elements: its row, its keys from the element, and the list that shows it."""

    row: Parameter
    field: tuple[str, ...]
    at: str | None = None


def derive_lists(view: View, book: Book) -> None:
    """Add cases of the kind list, and a reason for every query row of a list without a case."""
    rows = [r for r in view.operation.request.parameters if r.location == "query"]
    array = collection(view.operation, rows)
    if view.operation.method != "GET" or not rows or array is None:
        return
    lists = _Lists(view, book, array, rows)
    for row in rows:
        if row.name != view.service.field_choice:
            lists.row(row)


def collection(operation: Operation, rows: list[Parameter]) -> tuple[str, ...] | None:
    """Return the keys from the top of the body to the list of the operation; None if it has no list.

    The list is the first documented array at the top that is no list of links. An operation with pages may also have
    it inside an object at the top, or its list may have no row: then it is the only array of the samples whose elements
    show most of the documented fields.
    """
    documented = {row.name for row in operation.response.parameters if row.type in ARRAYS}
    bodies = [s.body for s in operation.response.samples if s.valid and isinstance(s.body, dict)]
    for body in bodies:
        for key, value in body.items():
            if isinstance(value, list) and key in documented and not key.endswith("links"):
                return (key,)
    if not any(row.name in ("limit", "marker") for row in rows):
        return None
    if (alone := _undocumented(operation, bodies)) is not None:
        return alone
    for body in bodies:
        for outer, inner in body.items():
            for key, value in inner.items() if isinstance(inner, dict) else ():
                if isinstance(value, list) and key in documented and not key.endswith("links"):
                    return (outer, key)
    return None


def _undocumented(operation: Operation, bodies: list[dict[str, Any]]) -> tuple[str, ...] | None:
    """Return the key of the list that only the samples show, while rows document the fields of its elements."""
    places = [place for row in operation.response.parameters if (place := place_of(operation, row)) is not None]
    arrays = {key for body in bodies for key, value in body.items() if isinstance(value, list)}
    found = [key for key in arrays if 2 * sum(place[:2] == (key, "[]") for place in places) > len(places)]
    return (found[0],) if len(found) == 1 and not found[0].endswith("links") else None


def plain(name: str) -> str:
    """Return a name without differences of spelling: no prefix before a colon, no capitals, only letters and digits."""
    return re.sub(r"[^a-z0-9]", "", name.rpartition(":")[2].lower())


def _kin(name: str, array: str, same: Mapping[str, str]) -> Iterator[str]:
    """Return the plain names of fields that a parameter may be about, the likeliest first.

    ``same`` gives the plain name of a field for the plain name of a parameter with a different word.
    """
    base = plain(name)
    yield base
    if base in same:
        yield same[base]
    if base.endswith("id") and plain(array) in (f"{base[:-2]}s", base[:-2]):
        yield "id"
    for prefix in _PREFIXES:
        if base.startswith(prefix) and len(base) > len(prefix):
            yield from _kin(base[len(prefix) :], array, same)
    for suffix in _SUFFIXES:
        if base.endswith(suffix) and len(base) > len(suffix):
            yield base[: -len(suffix)]


class _Lists:
    """One operation that lists a collection."""

    def __init__(self, view: View, book: Book, array: tuple[str, ...], rows: list[Parameter]) -> None:
        self.view, self.book, self.array, self.rows = view, book, array, rows
        self.names = {row.name for row in rows}
        self.fields: dict[str, list[Shown]] = {}
        self.same = _SAME | {plain(name): plain(one.field) for name, one in view.service.query_fields.items()}
        self._learn(view.operation, None)
        detail = f"{view.operation.path}/detail"
        for other in view.spec.operations:
            if (other.method, other.path) == ("GET", detail) and other.removed is None:
                self._learn(other, detail)

    def _learn(self, operation: Operation, at: str | None) -> None:
        found: dict[str, list[Shown]] = {}
        for row in operation.response.parameters:
            place = place_of(operation, row)
            inside = (*self.array, "[]")
            if place is None or place[: len(inside)] != inside:
                continue
            keys = tuple(key for key in place[len(inside) :] if key != "[]")
            if keys and keys[0] == row.name.partition(".")[0] and len(keys) > 1 and keys[-1] != "id":
                continue  # no filter has the name of a part of a field
            if len(keys) in (1, 2) and (len(keys) == 1 or keys[-1] == "id"):
                found.setdefault(plain(keys[0]), []).append(Shown(row, keys, at))
        if not found and at is None:
            found = self._from_samples(operation)
        for label, shown in found.items():
            # A filter compares the id of an object, if the id is documented.
            self.fields.setdefault(label, [s for s in shown if len(s.field) == 2] or shown)

    def _from_samples(self, operation: Operation) -> dict[str, list[Shown]]:
        """Return the fields that the samples show in the elements, where the table documents nothing but their list."""
        array = next((row for row in operation.response.parameters if row.name == self.array[-1]), None)
        bodies = [sample.body for sample in operation.response.samples if sample.valid]
        there = [one for body in bodies for one in values_at(body, (*self.array, "[]"))[0] if isinstance(one, dict)]
        if array is None:
            return {}
        shown = {name: value for one in there for name, value in one.items()}
        return {
            plain(name): [Shown(replace(array, format="date-time" if MOMENT.match(str(value)) else None), (name,))]
            for name, value in shown.items()
        }

    def row(self, row: Parameter) -> None:
        """Add the cases of one query row, or the reason why it has none."""
        requirement = self._requirement(row)
        version = self._version(row)
        if version is None:
            self.book.without_case(requirement, "beyond-cloud", str(row.range))
        elif row.name in PAGING:
            self._paging(row, requirement, version)
        elif row.name in SORTING:
            self._sorting(row, requirement)
        elif row.name in CHANGES:
            trial = self._trial(row, "changes", version, self._name(row, version))
            self.book.case(requirement, "", trial, ChangedWithin(row.name), row.name)
        else:
            self._filter(row, requirement)

    def _requirement(self, row: Parameter) -> Requirement:
        """The requirement of a row. If several rows have the name, the last version distinguishes the former rows."""
        twins = [r for r in self.rows if r.name == row.name and r is not row]
        plainly = self.view.requirement("list", row.name, row.line, True)
        if twins and row.range.max is not None:
            return replace(plainly, id=f"{plainly.id}/max-{row.range.max}")
        return plainly

    def _version(self, *rows: Parameter) -> Microversion | None:
        """The highest tried version at which all the rows exist; None if there is none."""
        highest = min([self.view.default, *(r.range.max for r in rows if r.range.max is not None)])
        lowest = max([self.view.lowest, *(r.range.min for r in rows if r.range.min is not None)])
        return highest if lowest <= highest else None

    def _name(self, row: Parameter, version: Microversion) -> str | None:
        """Return the field that names an element in markers: a uuid if the row wants one, else as in paths."""
        names = self.view.service.marker_fields
        if self.array[-1] in names:
            return names[self.array[-1]]
        here = [label for label, shown in self.fields.items() if any(version in s.row.range for s in shown)]
        if row.format == "uuid" and "uuid" in here:
            return "uuid"
        path = self.view.operation.path.removesuffix("/detail")
        for other in self.view.spec.operations:
            rest = other.path.removeprefix(f"{path}/")
            if other.path != rest and re.fullmatch(r"\{[^{}]+\}", rest):
                called = rest.strip("{}")
                thing = called.removesuffix("_name")  # the elements may show their name as the thing itself
                return thing if "name" not in here and plain(thing) in here else called
        return next((label for label in ("id", "uuid") if label in here), None)

    def _trial(
        self, row: Parameter, way: Way, version: Microversion, name: str | None, label: str = "", **more: Any
    ) -> Trial:
        view = self.view
        variant, state = view.main
        key = f"{row.name}={more['key']}" if "key" in more else row.name
        rule = view.service.list_rule(view.operation, key, version)
        if rule is not None:
            self.book.used.add(f"list_rules: {view.operation.id} {key}")
        stock = view.service.stock(self.array[-1])
        if stock is not None:
            self.book.used.add(f"made_for_lists: {stock.name}")
        trial = attempt(
            view,
            "-".join(filter(None, ("list", id_part(row.name), way, label))),
            Where(variant, state if view.scoped else None),
            Asked(role=rule.role if rule else None, version=None if version == view.default else version),
        )
        plan = Listing(
            way,
            row.name,
            self.array,
            name,
            choices=row.enum,
            also=rule.query if rule else (),
            made=stock.name if stock else None,
            **more,
        )
        found = self.view.service.profile.discovery
        given = tuple(
            (n, v)
            for n, v in trial.request.query
            # A thing of the run would make the list show this thing alone.
            if n != row.name and (not isinstance(v, Binding) or v.resource in found)
        )
        return replace(trial, request=replace(trial.request, query=given), exchange=Paged(plan))

    def _paging(self, row: Parameter, requirement: Requirement, version: Microversion) -> None:
        name = self._name(row, version)
        if row.name in ("marker", "offset") and name is None:
            self.book.without_case(requirement, "no-field", "no documented field names an element")
            return
        ways: dict[str, tuple[Way, Expectation]] = {
            "limit": ("limit", OneOfAPage()),
            "marker": ("marker", AfterMarker()),
            "offset": ("offset", AfterOffset()),
        }
        way, expectation = ways[row.name]
        self.book.case(requirement, "", self._trial(row, way, version, name), expectation, row.name)
        links = [r for r in self.view.operation.response.parameters if leads_on(self.view, r, version)]
        if row.name == "limit" and links:
            trial = self._trial(row, "next", version, name)
            self.book.case(requirement, "next", trial, NextLink(links[0].name))

    def _sorting(self, row: Parameter, requirement: Requirement) -> None:
        """Add cases of the documented keys that are documented fields, in both directions."""
        keys = next((r for r in self.rows if r.name == "sort_key"), None)
        direction = "sort_dir" if "sort_dir" in self.names else None
        found = list(self._keys(keys)) if keys is not None and direction else []
        if keys is None or not found:
            self.book.without_case(requirement, "no-field", row.name)
            return
        trials = [
            (key, self._trial(keys, "sort", version, self._name(keys, version), key, key=key, direction=direction,
                              field=shown.field, shown_at=shown.at, contrast=_contrast(keys, key, found)))
            for key, shown, version in found
        ]  # fmt: skip
        if row is keys:
            for key, trial in trials:
                self.book.case(requirement, key, trial, Sorted(key, BOTH), key)
            return
        # Any key shows the direction; elements surely differ in their names.
        key, trial = next((pair for pair in trials if plain(pair[0]).endswith("name")), trials[0])
        for one in row.enum:
            if one in ("asc", "desc"):
                self.book.case(requirement, one, trial, Sorted(key, (one,)), key)
        if row.default is not None:
            self.book.case(requirement, "default", trial, Sorted(key, (DEFAULT,)), key)

    def _keys(self, row: Parameter) -> Iterator[tuple[str, Shown, Microversion]]:
        values = [str(v) for v in row.enum]
        for key in values:
            if plain(key) == "id" and any(k != key and plain(k).endswith("id") for k in values):
                continue  # the reference does not say which of the two keys is the documented field
            shown = self._shown(key)
            version = self._version(row, shown.row) if shown else None
            if shown is not None and version is not None:
                yield key, shown, version

    def _shown(self, name: str) -> Shown | None:
        """Return the field of a name, at the highest version that shows it."""
        for label in _kin(name, self.array[-1], self.same):
            there = [s for s in self.fields.get(label, ()) if self._version(s.row) is not None]
            if there:
                return max(there, key=lambda s: self._version(s.row) or self.view.lowest)
        return None

    def _parts(self, row: Parameter, shown: Shown) -> dict[str, Any]:
        """Return the place of the values below a field of objects, by the description of the service."""
        named = set(_kin(row.name, self.array[-1], self.same))
        for name, one in self.view.service.query_fields.items():
            if one.part is not None and plain(name) in named and (one.field,) == shown.field:
                return {"part": one.part, "where": one.where}
        return {}

    def _exact(self, row: Parameter) -> bool:
        """Return whether the description knows that the field of a filter by a moment shows the whole moment."""
        return any(one.exact and name == row.name for name, one in self.view.service.query_fields.items())

    def _filter(self, row: Parameter, requirement: Requirement) -> None:
        shown = None if self.names >= PERIOD and row.name in PERIOD else self._shown(row.name)
        if shown is None:
            self.book.without_case(requirement, "no-field", row.name)
            return
        if "date-time" in (row.format, shown.row.format) and not self._exact(row):
            why = f"the exact moment that {row.name} is compared with"
            self.book.without_case(requirement, "not-through-api", why)
            return
        version = self._version(row, shown.row)
        if version is None:
            self.book.without_case(requirement, "beyond-cloud", str(shown.row.range))
            return
        name = self._name(row, version)
        if name is None:
            self.book.without_case(requirement, "no-field", "no documented field names an element")
            return
        more = {"field": shown.field, "shown_at": shown.at, "match": _match(row), **self._parts(row, shown)}
        more["pairs"] = row.type == "object"
        trial = self._trial(row, "filter", version, name, **more)
        expectation = Filtered(row.name, by_name=not self.view.service.described)
        self.book.case(requirement, "", trial, expectation, row.name)


def _contrast(row: Parameter, key: str, found: list[tuple[str, Shown, Microversion]]) -> str | None:
    """Return another key beside the one by which lists come without a key; None for all others.

    Names are the best other key, since those of a run fall while its times rise.
    """
    others = sorted((other for other, _, _ in found if other != key), key=lambda k: not plain(k).endswith("name"))
    return others[0] if others and row.default is not None and str(row.default) == key else None


def _match(row: Parameter) -> Match:
    """Return how the row selects, by its name and type: texts may match in part, unless they are identifiers."""
    if row.name.startswith("not-"):
        return "lacks"
    if re.match(r"min[A-Z_]", row.name) and row.type in ("integer", "int"):
        return "least"
    return "part" if row.type in ("string", None) and row.format not in ("uuid", "date-time") else "equal"
