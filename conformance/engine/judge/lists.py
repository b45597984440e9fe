"""Expectations about lists: a page, the elements after a marker, and the elements that pass a filter.

Only elements that both controls show decide anything, since other people make and delete things at the same time. A
filter is decided from two sides: the element with the value is shown, and is not shown for another value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.engine.model.evidence import Evidence, Judgement, broken, holds, left_out, undecided
from conformance.engine.model.expectation import Expectation
from conformance.engine.model.listing import Listing, Page, Pages, values_of
from conformance.engine.model.trial import Paged


def without_page(evidence: Evidence, page: Page, what: str) -> Judgement | None:
    """Return the verdict if there is no page; None if there is one."""
    if page.ok:
        return None
    if evidence.framework or page.status in (401, 403, 404):
        judgement = undecided(page.status, f"answered {page.status}, which says nothing of {what}")
    else:
        judgement = broken(page.status, f"the request with {what}, which is documented, was answered {page.status}")
    return replace(judgement, status=page.status)


def opened_page(evidence: Evidence, which: str = "page") -> tuple[Pages, Page, Listing] | Judgement:
    """Return the controls, the page and the plan of a trial, or the verdict if there is no page to judge."""
    pages, exchange = evidence.pages, evidence.trial.exchange
    if pages is None or not isinstance(exchange, Paged) or which not in pages.asked:
        return undecided(evidence.status, "the list was not asked for in pages")
    page = pages.asked[which]
    return without_page(evidence, page, exchange.listing.parameter) or (pages, page, exchange.listing)


def _unsteady(pages: Pages) -> Judgement | None:
    if pages.still:
        return None
    return undecided("moving", "the order of the list changed while it was looked at")


@dataclass(frozen=True)
class OneOfAPage(Expectation):
    """``limit=1`` returns one element if there are two or more."""

    expected = "one element"

    def judge(self, evidence: Evidence) -> Judgement:
        opened = opened_page(evidence)
        if isinstance(opened, Judgement):
            return opened
        pages, page, _ = opened
        number = len(page.elements)
        if number > 1:
            return broken("more than one element", f"limit=1 gave {number} elements")
        if not number and pages.stable:
            return broken("no element", f"limit=1 gave none of {len(pages.stable)} elements")
        return holds("one element")


@dataclass(frozen=True)
class NextLink(Expectation):
    """A page that is not the last has a link ``next``, which leads to a page without the elements of this one."""

    row: str

    @property
    def expected(self) -> str:
        return f"{self.row} has a link with the relation next, which leads on"

    def judge(self, evidence: Evidence) -> Judgement:
        opened = opened_page(evidence)
        if isinstance(opened, Judgement):
            return opened
        pages, page, _ = opened
        if len(page.elements) > 1:
            return undecided("no page", f"limit=1 gave {len(page.elements)} elements, so that this is no page")
        if page.next is None:
            return broken("no next link", "the page of one element has no link to the next, although there are more")
        following = pages.asked.get("next")
        if following is None:
            return undecided("not followed", "the link to the next page was not followed")
        if not following.ok:
            gone = broken(f"next answered {following.status}", f"the link to the next page gave {following.status}")
            return replace(gone, status=following.status)
        again = sorted({n for n in page.names if n is not None} & {n for n in following.names if n is not None})
        if again:
            return broken("the same page again", f"the next page shows {again[0]}, which the page before has shown")
        if not following.elements:
            return broken("an empty next page", "the next page is empty, although there are more elements")
        return holds("a next link that leads on")


@dataclass(frozen=True)
class AfterMarker(Expectation):
    """The page after a marker contains the elements after the marker in the list, and none before it."""

    expected = "only what stands after the element that is the marker"

    def judge(self, evidence: Evidence) -> Judgement:
        opened = opened_page(evidence)
        if isinstance(opened, Judgement):
            return opened
        pages, page, _ = opened
        if pages.target not in pages.stable:
            return undecided("gone", "the element that was the marker went away meanwhile")
        if pages.target in page.names:
            return broken("the marker itself", f"the page after {pages.target} shows {pages.target}")
        unsteady = _unsteady(pages)
        if unsteady:
            return unsteady
        at = pages.stable.index(pages.target)
        for name in pages.stable[:at]:
            if name in page.names:
                return broken("what stands before", f"the page after {pages.target} shows {name}, which is before it")
        for name in pages.stable[at + 1 :]:
            if name not in page.names:
                return broken("less than what follows", f"the page after {pages.target} lacks {name}, which follows")
        return holds("what stands after the marker")


@dataclass(frozen=True)
class AfterOffset(Expectation):
    """``offset=1`` leaves out the element that ``limit=1`` returns, and no other.

    The reference does not say in which order a service counts; it does say that the slices make up the list.
    """

    expected = "all but the first element"

    def judge(self, evidence: Evidence) -> Judgement:
        opened, start = opened_page(evidence), opened_page(evidence, "first")
        if isinstance(opened, Judgement):
            return opened
        if isinstance(start, Judgement):
            return start
        pages, page, _ = opened
        first = start[1]
        if set(pages.before.names) != set(pages.after.names):
            return undecided("moving", "the list changed while it was looked at")
        if pages.stable and set(pages.stable) <= set(page.names):
            return broken("all elements", f"offset=1 leaves out none of {len(pages.stable)} elements")
        if len(first.names) != 1:
            return undecided("no page", f"limit=1 gave {len(first.names)} elements, so that the first is not known")
        if None in (*first.names, *page.names):
            return undecided("no names", "the elements show nothing that tells one from another")
        if first.names[0] in page.names:
            return broken("the first element", f"offset=1 shows {first.names[0]}, which is the first of the list")
        missing = sorted(n for n in pages.stable if n not in (*first.names, *page.names))
        if missing:
            return broken("less than what follows", f"offset=1 leaves out {missing[0]}, too, which is not the first")
        return holds("all but the first element")


def _text(value: Any) -> str:
    return str(value).casefold()


def has(values: Sequence[Any], asked: Any, match: str) -> bool:
    """Return whether values pass a filter; a text passes if it contains the value, or fits it as a pattern."""
    if match == "least":
        return any(isinstance(v, int | float) and v >= asked for v in values)
    if match == "equal":
        return any(_text(v) == _text(asked) for v in values)
    for value in values:
        if _text(asked) in _text(value):
            return True
        try:
            if re.search(str(asked), str(value), re.IGNORECASE):
                return True
        except re.error:
            continue
    return False


@dataclass(frozen=True)
class Filtered(Expectation):
    """The list shows the elements that pass the filter, and no others.

    Attributes:
        parameter: the name of the parameter.
        by_name: True if its name alone says by which field it selects, so that it may as well widen the list, or be
            heard only beside another parameter.
    """

    parameter: str
    by_name: bool = False

    @property
    def expected(self) -> str:
        return f"only what {self.parameter} selects, and all of it"

    def judge(self, evidence: Evidence) -> Judgement:
        opened = opened_page(evidence)
        if isinstance(opened, Judgement):
            return opened
        pages, page, listing = opened
        target = pages.target or ""
        if target not in pages.stable:
            return undecided("gone", f"{target} went away meanwhile")
        if not pages.kept(listing):
            return undecided("moving", f"{target} changed its value meanwhile")
        if (target in page.names) == (listing.match == "lacks"):
            if listing.match == "lacks":
                return broken("shows what it excludes", f"{self._asked(pages)} shows {target}, which has that value")
            return broken("lacks what it selects", f"{self._asked(pages)} does not show {target}, which has that value")
        lost = self._lost(pages, page, listing)
        if lost is not None:
            return broken("lacks what it selects", f"{self._asked(pages)} does not show {lost}, which passes")
        wrong = self._wrong(pages, page, listing)
        if wrong is not None:
            return self._others(f"{self._asked(pages)} shows {wrong}, which does not pass")
        other = pages.asked.get("none")
        if other is None:
            return undecided("half", "only what passes was asked for")
        return replace(self._none(evidence, other, listing, target), status=other.status)

    def _others(self, reason: str) -> Judgement:
        if self.by_name:
            return undecided("shows others", f"{reason}, and no description says that it selects by this field")
        return broken("shows others", reason)

    def _asked(self, pages: Pages) -> str:
        return f"{self.parameter}={pages.value}"

    def _lost(self, pages: Pages, page: Page, listing: Listing) -> str | None:
        """Return the first element that passes literally, by both controls, and is missing from the page."""
        match = "least" if listing.match == "least" else "equal"
        for name in pages.stable:
            shown = [values_of(p.element(name), listing) for p in (pages.before, pages.after)]
            if name in page.names or any(values is None for values in shown):
                continue
            if all(has(values or (), pages.value, match) != (listing.match == "lacks") for values in shown):
                return name
        return None

    def _wrong(self, pages: Pages, page: Page, listing: Listing) -> str | None:
        """Return the first element of the page that does not pass: by its own fields, or else by both controls."""
        for element, name in zip(page.elements, page.names, strict=True):
            shown = [values_of(element, listing)]
            if shown[0] is None and name is not None:
                shown = [values_of(p.element(name), listing) for p in (pages.before, pages.after)]
            if any(values is None for values in shown):
                continue
            match = "equal" if listing.match == "lacks" else listing.match
            passes = [has(values or (), pages.value, match) != (listing.match == "lacks") for values in shown]
            if not any(passes):
                return name or "an element"
        return None

    def _none(self, evidence: Evidence, other: Page, listing: Listing, target: str) -> Judgement:
        """Return the judgement on a value that the element lacks; a refusal of the value also keeps the promise."""
        if other.ok:
            if (target in other.names) == (listing.match == "lacks"):
                return holds("what it selects")
            if listing.match == "lacks":
                return broken("excludes others", f"{target} is not shown although it has not the excluded value")
            return self._others(f"{target} is shown for a value of {self.parameter} that it has not")
        if other.status in (413, 429) or other.status >= 500:
            known = other.status in evidence.listed() or other.status in (413, 429)
            reason = f"a value that nothing has was answered {other.status}"
            return undecided(other.status, reason) if known else broken(other.status, reason)
        if other.status in evidence.listed():
            return holds("what it selects")
        return left_out(other.status, f"a value that nothing has is refused with {other.status}, which is not listed")


@dataclass(frozen=True)
class ChangedWithin(Expectation):
    """All elements changed since a day long ago and before a distant day, and none changed since the distant day."""

    parameter: str

    @property
    def expected(self) -> str:
        return f"everything within {self.parameter}, and nothing outside"

    def judge(self, evidence: Evidence) -> Judgement:
        opened = opened_page(evidence)
        if isinstance(opened, Judgement):
            return opened
        pages, page, _ = opened
        missing = [name for name in pages.stable if name not in page.names]
        if missing:
            return broken("less than what changed", f"{self.parameter}={pages.value} does not show {missing[0]}")
        other = pages.asked.get("none")
        if other is None:
            return undecided("half", "only one side was asked for")
        refused = without_page(evidence, other, self.parameter)
        if refused:
            return refused
        shown = [name for name in pages.stable if name in other.names]
        if shown:
            return broken("not applied", f"{self.parameter} shows {shown[0]}, which did not change at such a time")
        return holds("what changed within")
