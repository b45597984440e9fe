"""Data about trials on lists: the question to the list, and the pages that came back.

Each trial requests the whole list first (the control), then one or more pages, and then the whole list again (the
second control). Other lanes and other users make and delete things meanwhile, so only elements in both controls can
decide anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Way = Literal["limit", "next", "marker", "offset", "filter", "changes", "sort"]
"""The question to the list: a page of one, the link to the next page, the elements after a marker, the elements after a
number of elements, the elements with a value, the elements changed since or before a moment, an order."""

Match = Literal["equal", "lacks", "least", "part"]
"""How elements that pass a filter relate to its value: they have it, do not have it, have at least it, or have a text
that it is a part of."""

UNSORTED, RISING_ALONE, FALLING_ALONE, OTHER_KEY = "unsorted", "asc alone", "desc alone", "other key"
"""Pages that show another order than that of a key: the list without a key, in each direction without a key, and by
another key in rising order."""

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
"""The beginning of a text that tells a moment."""


@dataclass(frozen=True)
class Listing:
    """A trial on a list.

    Attributes:
        way: the question.
        parameter: the query parameter of the question.
        array: keys from the top of the body to the list.
        name: the field that names an element, by ``response_fields.identity``; None if no documented field does.
        field: keys from an element to the field that a filter or an order is about.
        part: the key that holds the value in each object below the field; None where the field holds it.
        where: keys of such an object, with the values that they must have if they are present.
        match: how a filter selects.
        pairs: True if the filter takes an object of names and values, and selects elements that have these pairs.
        key: the value of the parameter that names the order's key.
        direction: the parameter that names the order's direction.
        contrast: another key, if the list comes by ``key`` without a key as well.
        choices: the documented values of the parameter.
        also: names and values of the query that the parameter needs beside it.
        shown_at: the path of the list that shows the field, if the list of the operation does not.
        made: the entry of ``made_for_lists`` that makes elements; None if there is no such entry.
    """

    way: Way
    parameter: str
    array: tuple[str, ...]
    name: str | None = None
    field: tuple[str, ...] = ()
    part: str | None = None
    where: tuple[tuple[str, Any], ...] = ()
    match: Match = "equal"
    pairs: bool = False
    key: str | None = None
    direction: str | None = None
    contrast: str | None = None
    choices: tuple[Any, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    shown_at: str | None = None
    made: str | None = None


@dataclass(frozen=True)
class Page:
    """One response with a list.

    Attributes:
        status: the status code.
        elements: the elements, each without its wrapper.
        names: the name of each element, in the same order; None for an element without one.
        next: the target of the link with the relation ``next``; None if there is no such link.
    """

    status: int
    elements: tuple[Any, ...] = ()
    names: tuple[str | None, ...] = ()
    next: str | None = None

    @property
    def ok(self) -> bool:
        """True if the status code is 2xx."""
        return 200 <= self.status < 300

    def element(self, name: str) -> Any:
        """Return the element with a name; None if the page does not show it."""
        return next((e for e, n in zip(self.elements, self.names, strict=True) if n == name), None)


@dataclass(frozen=True)
class Pages:
    """The pages that the exchanges of one trial showed.

    Attributes:
        before, after: the controls; with the field in question, if any list shows it.
        asked: the pages by question: ``page``, and for filters ``none``, for orders ``asc``, ``desc``, ``default``
            and those beside ``UNSORTED``, for the next page ``next``, for an offset ``first``, the page of one.
        target: the name of the element that gave the marker or the value of the filter.
        value: the value in the query.
        controlled: False if no second control was asked for, so that only a pass can be told by the pages.
    """

    before: Page
    after: Page
    asked: Mapping[str, Page] = field(default_factory=dict)
    target: str | None = None
    value: Any = None
    controlled: bool = True

    @property
    def stable(self) -> tuple[str, ...]:
        """The names that both controls show, in the order of the first."""
        there = set(self.after.names)
        return tuple(name for name in self.before.names if name is not None and name in there)

    @property
    def still(self) -> bool:
        """True if the elements of both controls are in the same order in both."""
        there = set(self.before.names)
        return self.stable == tuple(name for name in self.after.names if name is not None and name in there)

    def quiet(self, listing: Listing) -> bool:
        """Return whether the list changed so little between its controls that the question can be decided.

        A question about one element needs that element in both controls, with the same value of the field in question;
        an offset, which counts, needs all elements.
        """
        if listing.way == "offset" and set(self.before.names) != set(self.after.names):
            return False
        return self.still and (self.target is None or (self.target in self.stable and self.kept(listing)))

    def kept(self, listing: Listing) -> bool:
        """Whether the element that gave the value shows the same value of the field in both controls."""
        shown = [page.element(self.target or "") for page in (self.before, self.after)]
        return values_of(shown[0], listing) == values_of(shown[1], listing)


def values_of(element: Any, listing: Listing) -> tuple[Any, ...] | None:
    """Return the values of the field in question: one, or those of a list; None if the element does not show the field.

    An object counts as its ``id``, or as the parts of the objects below it; for a filter of pairs, as the JSON text of
    each name with its value. Null and the empty text are not values.
    """
    value = element
    for key in listing.field:
        if not isinstance(value, Mapping) or key not in value:
            return None
        value = value[key]
    if listing.part is not None:
        fit = (one for one in _holders(value, listing.part) if all(one.get(key, v) == v for key, v in listing.where))
        return tuple(one[listing.part] for one in fit)
    if listing.pairs and isinstance(value, Mapping):
        return tuple(json.dumps({name: one}) for name, one in value.items() if isinstance(one, str))
    if isinstance(value, Mapping):
        if "id" not in value:
            return None
        value = value["id"]
    found = value if isinstance(value, list) else [value]
    return tuple(v for v in found if v not in (None, "") and not isinstance(v, dict | list))


def _holders(value: Any, part: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects below a value, at any depth, that have a scalar under a key."""
    if isinstance(value, Mapping) and part in value and not isinstance(value[part], Mapping | list):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _holders(inner, part)
