"""The words of a list that is asked for in pages: what is tried, and what the exchanges of such a trial showed.

A list is asked for before (the control), in one or more pages, and after (the control again): other lanes and other
people make and delete things meanwhile, so that only what both controls show can decide anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Way = Literal["limit", "next", "marker", "offset", "filter", "changes", "sort"]
"""The question to the list: a page of one, the link to the next page, what comes after an element, what comes after a
number of elements, what has a value, what changed since or before a moment, an order."""

Match = Literal["equal", "lacks", "least", "part"]
"""How elements that pass a filter relate to its value: they have it, do not have it, have at least it, or have a text
that it is a part of."""


@dataclass(frozen=True)
class Listing:
    """A trial on a list.

    Attributes:
        way: what is asked.
        parameter: the query parameter that asks it.
        array: keys from the top of the body to the list.
        name: what names an element, as ``response_fields.identity`` takes it; None where nothing documented does.
        field: keys from an element to the field that a filter or an order is about.
        part: the key that holds the value in each object below the field; None where the field holds it.
        where: keys of such an object, and the values that they must have where they are there.
        match: how a filter selects.
        key: the value of the parameter that names the order's key.
        direction: the parameter that names the order's direction.
        choices: the documented values of the parameter.
        also: names and values of the query that the parameter needs beside it.
        shown_at: the path of the list that shows the field, where the operation's own does not.
        made: the entry of the table ``listed`` by which elements are made; None where no entry is.
    """

    way: Way
    parameter: str
    array: tuple[str, ...]
    name: str | None = None
    field: tuple[str, ...] = ()
    part: str | None = None
    where: tuple[tuple[str, Any], ...] = ()
    match: Match = "equal"
    key: str | None = None
    direction: str | None = None
    choices: tuple[Any, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    shown_at: str | None = None
    made: str | None = None


@dataclass(frozen=True)
class Page:
    """One answer to a list.

    Attributes:
        status: its code.
        elements: what it lists, each taken out of its wrapper.
        names: what names each element, in the same order; None for one that nothing names.
        next: where the link with the relation ``next`` leads; None where there is none.
    """

    status: int
    elements: tuple[Any, ...] = ()
    names: tuple[str | None, ...] = ()
    next: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the code is one of 2xx."""
        return 200 <= self.status < 300

    def element(self, name: str) -> Any:
        """The element of a name, None where the page does not show it."""
        return next((e for e, n in zip(self.elements, self.names, strict=True) if n == name), None)


@dataclass(frozen=True)
class Pages:
    """The pages that the exchanges of one trial showed.

    Attributes:
        before, after: the controls; with the field in question, if any list shows it.
        asked: the pages by what was asked: ``page``, and for filters ``none``, for orders ``asc``, ``desc`` and
            ``default``, for the next page ``next``, for an offset ``first``, the page of one.
        target: the name of the element that a marker or a filter's value was taken of.
        value: the value that was asked for.
    """

    before: Page
    after: Page
    asked: Mapping[str, Page] = field(default_factory=dict)
    target: str | None = None
    value: Any = None

    @property
    def stable(self) -> tuple[str, ...]:
        """The names that both controls show, in the order of the first."""
        there = set(self.after.names)
        return tuple(name for name in self.before.names if name is not None and name in there)

    @property
    def still(self) -> bool:
        """Whether what both controls show stands in the same order in both."""
        there = set(self.before.names)
        return self.stable == tuple(name for name in self.after.names if name is not None and name in there)

    def quiet(self, way: Way) -> bool:
        """Whether the list stood still enough between its controls for what was asked of it.

        What was asked about an element needs that element, and an offset, which counts, all of them.
        """
        if way == "offset" and set(self.before.names) != set(self.after.names):
            return False
        return self.still and (self.target is None or self.target in self.stable)


def values_of(element: Any, listing: Listing) -> tuple[Any, ...] | None:
    """The values of the field in question: one, or those of a list. None where the element does not show it.

    An object stands for its ``id``, or for the parts that the objects below it have. Null and the empty text are no
    values.
    """
    value = element
    for key in listing.field:
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    if listing.part is not None:
        fit = (one for one in _holders(value, listing.part) if all(one.get(key, v) == v for key, v in listing.where))
        return tuple(one[listing.part] for one in fit)
    if isinstance(value, Mapping):
        if "id" not in value:
            return None
        value = value["id"]
    found = value if isinstance(value, list) else [value]
    return tuple(v for v in found if v not in (None, "") and not isinstance(v, dict | list))


def _holders(value: Any, part: str) -> Iterator[Mapping[str, Any]]:
    """The objects below a value, at any depth, that hold a plain value under a key."""
    if isinstance(value, Mapping) and part in value and not isinstance(value[part], Mapping | list):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _holders(inner, part)
