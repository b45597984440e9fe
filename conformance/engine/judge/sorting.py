"""Expectations about the order of a list: the elements come in the order of a key, and the key is the reason for it.

Things that are made one after another are in the order of their times, and often of their numbers and names as well. So
an order shows that a service has heard of the key only where the list would come in another order without it: the
pages that were asked for without the key, or with another one, tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from conformance.engine.judge.lists import opened_page
from conformance.engine.judge.order import comparable, out_of_order, sorted_by
from conformance.engine.model.evidence import Evidence, Judgement, broken, holds, silent, undecided
from conformance.engine.model.expectation import Expectation
from conformance.engine.model.listing import (
    FALLING_ALONE,
    OTHER_KEY,
    RISING_ALONE,
    UNSORTED,
    Listing,
    Page,
    Pages,
    values_of,
)

BOTH = ("asc", "desc")
"""The two directions of an order."""

DEFAULT = "default"
"""No direction."""


@dataclass(frozen=True)
class Sorted(Expectation):
    """Elements come in the order of a key, in each of some directions, and not without the key or the direction.

    ``default`` means that no direction is sent: the reference gives one default and lets attributes have another.
    """

    key: str
    directions: tuple[str, ...]

    @property
    def expected(self) -> str:
        return f"the order of {self.key}, {' and '.join(self.directions)}"

    def judge(self, evidence: Evidence) -> Judgement:
        seen = []
        for direction in self.directions:
            opened = opened_page(evidence, direction)
            if isinstance(opened, Judgement):
                return opened
            pages, page, listing = opened
            values = key_values(pages, page, listing)
            if not comparable(values):
                return silent("no order", f"the values of {self.key} are not of one kind", {"key": self.key})
            different = len({str(v).casefold() for v in values})
            if different < 2:
                return undecided("alike", f"the page shows fewer than two different values of {self.key}")
            if direction == DEFAULT and different < 3:
                # Two values are always in one of the two orders.
                few = f"the page shows fewer than three different values of {self.key}, and two are always in an order"
                return silent("too few", few, {"key": self.key})
            if not sorted_by(values, direction):
                return broken(
                    f"not {direction}" if direction != DEFAULT else "no order",
                    f"sort_key={self.key} in the direction {direction} gave {_first_wrong(values, direction)}",
                )
            seen.append("desc" if direction == DEFAULT and not sorted_by(values, "asc") else direction)
            lacking = self._hollow(pages, listing, "desc" if seen == ["desc"] else "asc")
        if lacking is not None:
            return silent("no other order", lacking, {"key": self.key})
        if self.directions == (DEFAULT,):
            way = "asc" if seen == [DEFAULT] else "desc"
            return holds("an order", {"default direction": f"{self.key}: {way}"})
        return holds(f"the order of {self.key}")

    def _hollow(self, pages: Pages, listing: Listing, way: str) -> str | None:
        """Return the reason why the list would come in this order without the key or the direction as well; or None."""
        same = f"the list comes in the order of {self.key}"
        if self.directions == (DEFAULT,):
            page = _unsorted(pages, listing)
            if page is not None and not sorted_by(key_values(pages, page, listing), way):
                return None
            return f"{same} without a key as well, so that it does not show a direction of the key"
        if self.directions == BOTH:
            alike = f"{same} without the key as well, so that it does not show the key"
            return None if heard(pages, listing) else alike
        page = pages.asked.get("desc" if way == "asc" else "asc")
        if page is not None and page.ok and not sorted_by(key_values(pages, page, listing), way):
            return None
        return f"{same} in the other direction as well, so that it does not show the direction"


def _unsorted(pages: Pages, listing: Listing) -> Page | None:
    """Return the list without a key and a direction; None if it was not asked for or not shown."""
    page = pages.asked.get(UNSORTED, None if listing.shown_at else pages.before)
    return page if page is not None and page.ok else None


def heard(pages: Pages, listing: Listing) -> bool:
    """Return whether a service that ignores the key would have shown its elements in another order.

    Such a service shows the list in the order that it has without the key: as it stands, reversed, or, where a
    direction alone is heard as well, in this direction. Elements with the same value decide nothing. By the key that is
    the documented default the list comes in this order anyway: there a service that ignores all keys would show
    another key in this order, too.
    """
    other = pages.asked.get(OTHER_KEY)
    if other is not None and other.ok and not sorted_by(key_values(pages, other, listing), "asc"):
        return True
    plain = _unsorted(pages, listing)
    if plain is not None and not sorted_by(key_values(pages, plain, listing), DEFAULT):
        return True
    rising, falling = pages.asked.get(RISING_ALONE), pages.asked.get(FALLING_ALONE)
    if rising is None or falling is None or not rising.ok or not falling.ok:
        return False
    if _stable(pages, rising) == _stable(pages, falling):
        return False  # a direction alone is not heard, and may be heard beside a key
    up, down = key_values(pages, rising, listing), key_values(pages, falling, listing)
    return not (sorted_by(up, "asc") and sorted_by(down, "desc"))


def _stable(pages: Pages, page: Page) -> list[str | None]:
    return [name for name in page.names if name in pages.stable]


def key_values(pages: Pages, page: Page, listing: Listing) -> list[Any]:
    """Return the values of the key in the order of the page: from the page, or from both controls if they agree."""
    found = []
    for element, name in zip(page.elements, page.names, strict=True):
        if name not in pages.stable:
            continue
        shown = values_of(element, listing)
        if shown is None:
            controls = [values_of(p.element(name), listing) for p in (pages.before, pages.after)]
            shown = controls[0] if controls[0] == controls[1] else None
        if shown is not None and len(shown) == 1:
            found.append(shown[0])
    return found


def _first_wrong(values: Sequence[Any], direction: str) -> str:
    for first, second in pairwise(values):
        if out_of_order(*((first, second) if direction != "desc" else (second, first))):
            return f"{first} before {second}"
    return "another order"
