"""The parts by which a list is judged: orders, values that pass, and pages that stand still."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from widgets import evidence

from conformance.engine.judge.lists import Filtered, NextLink, has
from conformance.engine.judge.order import comparable, out_of_order, sorted_by
from conformance.engine.model.listing import Listing, Page, Pages
from conformance.engine.model.trial import Paged


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.integers(), st.text(max_size=6)), max_size=6))
def test_what_any_collation_could_have_sorted_is_in_order(values):
    if comparable(values):
        ordered = sorted(values)
        assert sorted_by(ordered, "asc")
        assert sorted_by(ordered[::-1], "desc")
        folded = sorted(values, key=lambda v: str(v).casefold() if isinstance(v, str) else v)
        assert sorted_by(folded, "asc")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("b", "a", True),
        ("B", "a", False),
        ("b", "A", True),
        ("a_c", "ab", False),
        (2, 1, True),
        (1, 1, False),
        ("8", "26", False),
        ("26", "8", False),
        ("26", "18", True),
        ("10.28.80.0/24", "10.172.152.0/24", False),
        ("10.172.152.0/24", "10.28.80.0/24", False),
        ("10.3.0.1", "10.2.0.1", True),
        ("10.28.80.0/24", "10.172.152.x", True),
    ],
)
def test_two_texts_are_out_of_order_where_every_collation_says_so(first, second, expected):
    # "B" before "a" is the order of letters by their codes, and "b" before "A" is no order at all.
    assert out_of_order(first, second) == expected


@pytest.mark.parametrize(
    ("values", "asked", "match", "expected"),
    [
        (["m1.tiny"], "tiny", "part", True),
        (["m1.tiny"], "m1?t", "part", False),
        (["x"], "(", "part", False),
        (["x"], "y", "part", False),
        ([True], "true", "equal", True),
        ([1], 1, "equal", True),
        ([11], 1, "equal", False),
        ([3], 2, "least", True),
        ([1], 2, "least", False),
        ([], "x", "part", False),
    ],
)
def test_whether_a_value_passes(values, asked, match, expected):
    assert has(values, asked, match) == expected


LISTING = Listing("next", "limit", ("widgets",), "name")


def pages(**asked):
    whole = Page(200, (1, 2), ("a", "b"))
    return Pages(whole, whole, asked, None, 1)


def test_a_judgement_names_the_code_of_the_page_that_decided():
    first = Page(200, (1,), ("a",), next="/widgets?marker=a")
    shown = evidence(200, pages=pages(page=first, next=Page(404)))
    shown = replace(shown, trial=replace(shown.trial, exchange=Paged(LISTING)))
    judgement = NextLink("limit").judge(shown)
    assert (judgement.verdict, judgement.status) == ("fail", 404)
    refused = replace(shown, pages=pages(page=Page(500)))
    assert (NextLink("limit").judge(refused).verdict, NextLink("limit").judge(refused).status) == ("fail", 500)


def test_a_trial_without_pages_decides_nothing():
    assert NextLink("x").judge(evidence(200)).verdict == "inconclusive"
    whole = Page(200, (1, 2), ("a", "b"))
    assert Pages(whole, Page(200, (2, 1), ("b", "a"))).still is False
    assert Pages(whole, Page(200, (3, 2), ("c", "b"))).stable == ("b",)


@pytest.mark.parametrize(
    ("values", "shown", "verdict"),
    [((4, 4), ("a",), "pass"), ((4, 4), (), "fail"), ((4, 5), (), "inconclusive"), ((4, 5), ("a",), "inconclusive")],
)
def test_an_element_that_changed_while_a_filter_was_tried_tells_nothing_of_the_filter(values, shown, verdict):
    """Another lane of the run may work on the element, and each change counts its revision up."""
    listing = Listing("filter", "revision", ("widgets",), "name", field=("revision",))
    before, after = (Page(200, ({"name": "a", "revision": value},), ("a",)) for value in values)
    page = Page(200, tuple({"name": name, "revision": 4} for name in shown), shown)
    seen = Pages(before, after, {"page": page, "none": Page(200)}, "a", 4)
    told = evidence(200, pages=seen)
    told = replace(told, trial=replace(told.trial, exchange=Paged(listing)))
    assert seen.quiet(listing) is (values[0] == values[1])
    assert Filtered("revision").judge(told).verdict == verdict
