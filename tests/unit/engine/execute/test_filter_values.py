"""Which element of a list, and which value of it, a filter is tried with."""

from __future__ import annotations

import pytest

from conformance.engine.execute.filter_values import LONG_AGO, NONE_OF_THEM, none_of, pick, text
from conformance.engine.model.listing import Listing, Page, values_of


@pytest.mark.parametrize(
    ("element", "field", "expected"),
    [
        ({}, ("a",), None),
        ({"a": None}, ("a",), ()),
        ({"a": ""}, ("a",), ()),
        ({"a": 0}, ("a",), (0,)),
        ({"a": ["x", "y", {}]}, ("a",), ("x", "y")),
        ({"a": {"id": "x"}}, ("a",), ("x",)),
        ({"a": {"name": "x"}}, ("a",), None),
        ({"a": {"id": "x"}}, ("a", "id"), ("x",)),
        ("text", ("a",), None),
    ],
)
def test_the_values_of_a_field(element, field, expected):
    assert values_of(element, Listing("filter", "a", ("x",), field=field)) == expected


@pytest.mark.parametrize(
    ("wheels", "expected"),
    [
        (None, ()),
        ("round", ()),
        ({"left": [{"size": 4, "side": "front"}, {"size": 5, "side": "back"}]}, (4,)),
        ({"left": [{"size": 4}, {"colour": "red"}], "right": [{"size": 7, "side": "front"}]}, (4, 7)),
        ({"size": [{"size": 4}]}, (4,)),
        ([{"size": 4, "side": "front"}], (4,)),
    ],
)
def test_the_values_of_the_objects_below_a_field_are_those_of_the_ones_that_fit(wheels, expected):
    listing = Listing("filter", "wheel", ("x",), field=("wheels",), part="size", where=(("side", "front"),))
    assert values_of({"wheels": wheels}, listing) == expected


def test_a_value_is_written_as_the_reference_writes_it():
    plan = Listing("filter", "state", ("x",), "id", field=("state",), choices=("ACTIVE", "ERROR"))
    page = Page(200, ({"id": "1", "state": "active"}, {"id": "2", "state": "(odd)"}), ("1", "2"))
    assert pick(page, plan) == ("1", "ACTIVE")
    assert pick(Page(200, page.elements[1:], ("2",)), plan) is None


def test_what_is_on_its_way_to_another_status_is_the_last_to_be_taken():
    plan = Listing("filter", ("images",), "status", field=("status",), name="id")
    saving, active = {"id": "1", "status": "SAVING"}, {"id": "2", "status": "ACTIVE"}
    assert pick(Page(200, (saving, active), ("1", "2")), plan) == ("2", "ACTIVE")
    assert pick(Page(200, (saving,), ("1",)), plan) == ("1", "SAVING")


@pytest.mark.parametrize("shown", ["2026-02-03T04:05:06.789", "2026-02-03T04:05:06Z", "2026-02-03 04:05:06"])
def test_the_moment_that_no_element_has_is_a_moment(shown):
    plan = Listing("filter", "made_at", ("x",), "id", field=("made_at",))
    assert none_of(Page(200, ({"id": "1", "made_at": shown},), ("1",)), plan, shown) == LONG_AGO


def test_an_object_of_pairs_is_selected_by_one_pair_of_an_element_of_this_run():
    plan = Listing("filter", "metadata", ("widgets",), "id", ("metadata",), pairs=True)
    theirs = {"id": "1", "name": "his", "metadata": {"readonly": "True", "odd": "{}"}}
    ours = {"id": "2", "name": "conformance-1-a", "metadata": {"key": "a"}}
    page = Page(200, (theirs, ours, {"id": "3", "metadata": {}}), ("1", "2", "3"))
    assert pick(page, plan, "conformance-1") == ("2", '{"key": "a"}')
    assert pick(page, plan) == ("1", '{"readonly": "True"}')
    assert none_of(page, plan, '{"key": "a"}') == f'{{"{NONE_OF_THEM}": "{NONE_OF_THEM}"}}'
    assert pick(Page(200, ({"id": "1", "metadata": {"odd": "{}"}},), ("1",)), plan) is None


@pytest.mark.parametrize(("value", "expected"), [(True, "true"), (False, "false"), (3, "3"), ("True", "True")])
def test_a_query_has_true_and_false_in_small_letters_and_texts_as_they_are(value, expected):
    assert text(value) == expected


def test_a_value_that_the_reference_does_not_name_is_not_asked_for():
    plan = Listing("filter", "state", ("x",), "id", field=("state",), choices=("ACTIVE", "ERROR"))
    inner, active = {"id": "1", "state": "inner"}, {"id": "2", "state": "active"}
    assert pick(Page(200, (inner, active), ("1", "2")), plan) == ("2", "ACTIVE")
    assert pick(Page(200, (inner,), ("1",)), plan) is None
