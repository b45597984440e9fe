"""Lists that keep each promise pass, and every promise that one breaks is told."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelf import (
    ANSWERS,
    EVERY,
    FILTERED,
    FILTERS,
    ROWS,
    SUITE,
    Shelf,
    in_order,
    judged,
    operation,
    paged,
    shelf,
    widget,
)
from widgets import KNOWLEDGE, case, evidence, suite

# --- what a kept promise shows ---


@pytest.mark.parametrize("short", EVERY)
def test_a_shelf_that_does_as_it_says_passes(short):
    assert judged(shelf(), short).verdict == "pass"


@pytest.mark.parametrize("short", EVERY)
def test_what_other_people_make_meanwhile_decides_nothing(short):
    coming = (widget(2, id=f"new-{number}", name=f"zz-{number}") for number in count())
    judgement = judged(shelf(coming=coming), short)
    assert judgement.verdict == "pass" or (short == "offset" and judgement.verdict == "inconclusive"), judgement


@settings(max_examples=60, deadline=None)
@given(
    numbers=st.lists(st.integers(0, 9), min_size=2, max_size=6, unique=True),
    same=st.booleans(),
    short=st.sampled_from(EVERY),
)
def test_no_list_that_is_as_promised_fails(numbers, same, short):
    more = {"name": "same", "X:size": 1, "flag": True, "tags": ["same"], "colour": {"id": "same"}} if same else {}
    judgement = judged(Shelf([widget(number, **more) for number in numbers]), short)
    orders = {"sort_key": [sorted(numbers), sorted(numbers, reverse=True)], "sort_dir[default]": [sorted(numbers)]}
    hollow = any(short.startswith(about) and numbers in alike for about, alike in orders.items())
    undecided = hollow or (same and short.startswith("sort")) or (len(numbers) < 3 and short == "sort_dir[default]")
    assert judgement.verdict == ("inapplicable" if undecided else "pass")


@pytest.mark.parametrize("short", EVERY)
def test_an_empty_list_is_no_evidence(short):
    judgement = judged(Shelf([]), short)
    assert judgement.verdict == "inapplicable"
    assert "the cloud shows" in judgement.reason or "no element shows" in judgement.reason


@pytest.mark.parametrize("short", ["limit", "limit[next]", "marker", "offset", "sort_key[size]"])
def test_one_element_is_too_few_for_a_page(short):
    assert "fewer than two" in judged(Shelf([widget(1)]), short).reason


def test_a_list_that_cannot_be_had_decides_nothing():
    assert judged(shelf(answer=lambda _: 503), "limit").verdict == "inconclusive"
    assert judged(shelf(answer=lambda _: 403), "limit").verdict == "inapplicable"


# --- what a broken one shows ---


@pytest.mark.parametrize("name", ["limit", "marker", "offset", *FILTERED])
def test_a_parameter_that_is_ignored_is_told_of(name):
    assert judged(shelf(ignores=(name,)), name).verdict == "fail"


@pytest.mark.parametrize("name", ["size", "colour"])
def test_without_a_description_a_parameter_may_have_another_meaning_than_its_name(name):
    found = suite(operation(), service=replace(KNOWLEDGE, described=False))
    told = judged(shelf(ignores=(name,)), name, found)
    assert (told.verdict, told.observed) == ("inconclusive", "shows others")
    assert told.reason.endswith("no description says that it selects by this field")
    assert judged(shelf(), name, found).verdict == "pass"


@pytest.mark.parametrize("short", ["sort_key[display_name]", "sort_key[size]", "sort_dir[asc]", "sort_dir[desc]"])
def test_an_order_that_is_ignored_is_told_of(short):
    assert judged(shelf(ignores=("sort_key", "sort_dir")), short).verdict == "fail"
    assert judged(shelf(ignores=("sort_key",)), short).verdict == "fail"


def test_a_direction_that_is_ignored_is_told_of():
    assert judged(shelf(ignores=("sort_dir",)), "sort_dir[desc]").verdict == "fail"
    untold = judged(shelf(ignores=("sort_dir",)), "sort_dir[asc]")
    assert (untold.verdict, untold.observed) == ("inapplicable", "no other order")
    assert judged(shelf(), "sort_dir[asc]").verdict == "pass"
    falling = shelf(order=lambda found, query: in_order(found, {"sort_dir": "desc"} | query))
    told = judged(falling, "sort_dir[default]")
    assert (told.verdict, told.observation) == ("pass", {"default direction": "display_name: desc"})
    assert judged(shelf(ignores=("sort_key",)), "sort_dir[default]").verdict == "fail"


@pytest.mark.parametrize("name", FILTERED)
def test_a_filter_that_lets_nothing_or_the_contrary_through_is_told_of(name):
    rule = FILTERS[name]
    assert judged(shelf(filters={**FILTERS, name: lambda *_: False}), name).verdict == "fail"
    assert judged(shelf(filters={**FILTERS, name: lambda w, v: not rule(w, v)}), name).verdict == "fail"


def test_a_filter_that_loses_one_of_those_that_pass_is_told_of():
    alike = [widget(number, **{"X:size": 7}) for number in (1, 2, 3)] + [widget(9)]
    assert judged(Shelf(list(alike)), "size").verdict == "pass"
    losing = {**FILTERS, "size": lambda w, v: w["X:size"] == int(v) and w["id"] != "w-2"}
    assert judged(Shelf(list(alike), filters=losing), "size").observed == "lacks what it selects"
    exact = {**FILTERS, "min_size": lambda w, v: w["X:size"] == int(v)}
    assert judged(shelf(filters=exact), "min_size").observed == "lacks what it selects"


def test_a_filter_is_judged_by_the_neighbour_where_the_list_does_not_show_the_field():
    loose = {**FILTERS, "size": lambda w, v: w["X:size"] in (int(v), 1, 3)}
    short = operation(answers=ANSWERS[:3], body={"widgets": [{"id": "w-1", "name": "first"}]})
    detail = replace(operation(path="/widgets/detail"), id="widgets.detail")
    found = suite(short, detail)

    class Short(Shelf):
        def send(self, ask):
            self.hides = () if ask.path.endswith("/detail") else ("X:size",)
            return super().send(ask)

    assert judged(Short(shelf().widgets), "size", found).verdict == "pass"
    assert judged(Short(shelf().widgets, filters=loose), "size", found).observed == "shows others"
    assert judged(Short(shelf().widgets), "sort_key[size]", found).verdict == "pass"
    assert judged(Short(shelf().widgets, ignores=("sort_dir",)), "sort_key[size]", found).verdict == "fail"


def test_pages_that_begin_or_end_at_the_wrong_element_are_told_of():
    def too_early(found, query):
        at = [w["id"] for w in found].index(query["marker"]) if "marker" in query else 0
        return found[at:]

    def too_late(found, query):
        return paged(found, query)[1:] if "marker" in query or "offset" in query else paged(found, query)

    def wrapped(found, query):
        return [*paged(found, query), found[0]] if "marker" in query else found

    assert judged(shelf(page=too_early), "marker").observed == "the marker itself"
    assert judged(shelf(page=too_late), "marker").observed == "less than what follows"
    assert judged(shelf(page=too_late), "offset").observed == "less than what follows"
    assert judged(shelf(page=wrapped), "marker").observed == "what stands before"
    assert judged(shelf(page=lambda f, q: [] if "limit" in q else f), "limit").observed == "no element"
    assert judged(shelf(page=lambda f, q: f[:2] if "limit" in q else f), "limit").observed == "more than one element"


def test_slices_of_what_nothing_tells_apart_decide_nothing():
    def unnamed(found, query):
        return [{name: value for name, value in one.items() if name != "id"} for one in paged(found, query)]

    judgement = judged(shelf(page=unnamed), "offset")
    assert (judgement.verdict, judgement.observed) == ("inconclusive", "no names")


def test_slices_may_be_counted_in_another_order_than_is_shown():
    def backwards(found, query):
        return paged(found[::-1], query) if {"limit", "offset"} & set(query) else found

    assert judged(shelf(page=backwards), "offset").verdict == "pass"


@pytest.mark.parametrize(
    ("link", "observed"),
    [
        (lambda *_: None, "no next link"),
        (lambda *_: "http://x/widgets?limit=1", "the same page again"),
        (lambda *_: "http://x/widgets?limit=1&marker=w-3", "an empty next page"),
    ],
)
def test_a_link_to_the_next_page_leads_on(link, observed):
    assert judged(shelf(link=link), "limit[next]").observed == observed


def test_a_link_to_a_page_that_is_refused_is_told_of():
    refusing = shelf(answer=lambda query: 500 if "marker" in query else 200)
    assert judged(refusing, "limit[next]").observed == "next answered 500"


@pytest.mark.parametrize(
    ("code", "listed", "verdict", "deviation"),
    [(400, True, "pass", None), (404, False, "pass", "omission"), (500, False, "fail", "contradiction"),
     (429, False, "inconclusive", None)],
)  # fmt: skip
def test_a_value_that_nothing_has_may_be_refused(code, listed, verdict, deviation):
    on = shelf(answer=lambda query: code if "none-of-them" in query.get("colour", "") else 200)
    judgement = judged(on, "colour")
    assert (judgement.verdict, judgement.deviation) == (verdict, deviation)
    assert listed == (code in evidence(trial=case(SUITE, "list/list/colour").trial).listed())


@pytest.mark.parametrize(
    ("code", "verdict"), [(400, "fail"), (500, "fail"), (403, "inconclusive"), (404, "inconclusive")]
)
@pytest.mark.parametrize("short", EVERY)
def test_a_refusal_of_what_is_documented(short, code, verdict):
    parameters = {r.name for r in ROWS}
    on = shelf(answer=lambda query: code if parameters & set(query) else 200)
    assert judged(on, short).verdict == verdict


def test_members_who_are_refused_the_list_give_way_to_an_administrator():
    found = suite(operation())

    class Private(Shelf):
        def send(self, ask):
            self.answer = lambda _: 200 if ask.role == "admin" else 403
            return super().send(ask)

    elevated: set[str] = set()
    assert judged(Private(shelf().widgets), "limit", found, elevated=elevated).verdict == "pass"
    assert elevated == {"widgets.list"}


def test_an_offset_that_leaves_nothing_out_is_told_of_although_no_first_is_known():
    on = shelf(page=lambda found, query: [] if "limit" in query else found)
    assert judged(on, "offset").observed == "all elements"


def test_a_list_that_nobody_answers_is_undecided(monkeypatch):
    on = shelf()
    send = on.send

    def nothing(ask):
        return replace(send(ask), status=0, error="h did not answer within 60 s") if ask.query else send(ask)

    monkeypatch.setattr(on, "send", nothing)
    judgement = judged(on, "limit")
    assert (judgement.verdict, judgement.reason) == ("inconclusive", "no answer: h did not answer within 60 s")
