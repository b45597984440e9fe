"""Request bodies out of tables, samples and bindings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from widgets import COLOUR, KNOWLEDGE, TOP, action, plain, row, sample

from conformance.engine.api import bodies, json_path
from conformance.engine.api.entries import BindingRule
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.model.binding import Binding, bindings_in
from conformance.engine.model.content import Content
from specs.microversion import Microversion
from specs.model import Request


def build(operation, version=TOP, include=()):
    return bodies.build(operation, version, KNOWLEDGE, include)


def test_an_action_without_fields_holds_null():
    assert build(action("halt")) == {"halt": None}


def test_required_fields_alone_are_given():
    paint = action("paint", row("colourRef", required=True), row("gloss", "boolean"), row("coats", "integer", True))
    assert build(paint) == {"paint": {"colourRef": COLOUR, "coats": 3}}


def test_the_description_may_leave_a_required_field_of_an_action_out():
    paint = action("paint", row("gloss", "boolean", True), row("coats", "integer", True))
    rules = (BindingRule("*", "gloss", ABSENT),)
    assert bodies.build(paint, TOP, replace(KNOWLEDGE, bindings=rules)) == {"paint": {"coats": 1}}


@pytest.mark.parametrize("include", [["gloss"], {"gloss": ABSENT}])
def test_an_optional_field_is_added_by_name(include):
    paint = action("paint", row("gloss", "boolean"))
    assert build(paint, include=include) == {"paint": {"gloss": True}}


def test_a_given_value_wins_even_where_no_row_has_it():
    paint = action("paint", row("gloss", "boolean", True))
    assert build(paint, include={"gloss": False, "extra": 1}) == {"paint": {"gloss": False, "extra": 1}}


def test_fields_belong_to_their_versions():
    turn = action("turn", row("speed", "integer", True, max="2.4"), row("pace", "string", True, min="2.5"))
    assert build(turn, Microversion(2, 4)) == {"turn": {"speed": 1}}
    assert build(turn, Microversion(2, 5)) == {"turn": {"pace": "conformance"}}


def test_of_rows_with_one_name_the_one_of_the_version_counts():
    turn = action("turn", row("speed", "integer", True, max="2.4"), row("speed", "string", True, min="2.5"))
    assert build(turn, Microversion(2, 4)) == {"turn": {"speed": 1}}
    assert build(turn, Microversion(2, 5)) == {"turn": {"speed": "conformance"}}


def test_a_value_is_bound_or_of_the_sample_or_enumerated_or_of_the_type():
    rows = [row("colourRef", required=True), row("mood", required=True), row("mode", required=True, enum=("a", "b"))]
    shown = sample({"turn": {"colourRef": "red", "mood": "merry"}})
    turn = action("turn", *rows, row("size", "integer", True), samples=(shown,))
    assert build(turn) == {"turn": {"colourRef": COLOUR, "mood": "merry", "mode": "a", "size": 1}}


def test_a_sample_of_another_type_or_a_template_gives_no_value():
    shown = sample({"turn": {"size": "large", "mood": "%(mood)s"}})
    turn = action("turn", row("size", "integer", True), row("mood", required=True), samples=(shown,))
    assert build(turn) == {"turn": {"size": 1, "mood": "conformance"}}


@pytest.mark.parametrize(("shown", "expected"), [(None, None), ({}, {}), ({"a": 1}, {})])
def test_an_object_without_required_fields_is_as_bare_as_a_sample_shows(shown, expected):
    turn = action("turn", row("size", "integer"), samples=(sample({"turn": shown}),))
    assert build(turn) == {"turn": expected}


def test_a_nullable_action_is_null():
    turn = action("turn")
    rows = (row("turn", "object", True, nullable=True), row("size", "integer"))
    assert build(action("turn", request=type(turn.request)(rows))) == {"turn": None}


def test_a_row_with_the_action_before_a_dot_stands_below_it():
    assert build(action("turn", row("turn.size", "integer", True))) == {"turn": {"size": 1}}


def test_nested_rows_are_left_out_and_dotted_keys_of_a_sample_are_not():
    turn = action(
        "turn",
        row("parts.name", required=True),
        row("a.b", "integer", True),
        samples=(sample({"turn": {"a.b": 7}}),),
    )
    assert build(turn) == {"turn": {"a.b": 7}}


def test_without_an_action_fields_stand_at_the_top():
    plain = action("turn", row("size", "integer", True), action=None)
    assert build(plain)["size"] == 1


def test_no_row_and_no_sample_is_no_body():
    nothing = action("turn")
    assert build(action("turn", request=type(nothing.request)())) is ABSENT


def test_built_values_are_not_shared():
    turn = action("turn", row("parts", "array", True), row("whole", "object", True))
    one = build(turn)
    one["turn"]["parts"].append(1)
    one["turn"]["whole"]["a"] = 1
    assert build(turn) == {"turn": {"parts": [], "whole": {}}}


def test_a_sample_is_taken_whole_with_bound_values():
    shown = sample({"paint": {"colourRef": "red", "coats": 9, "gloss": True}})
    paint = action("paint", row("colourRef"), row("coats"), row("gloss"))
    assert bodies.from_sample(paint, shown, KNOWLEDGE) == {"paint": {"colourRef": COLOUR, "coats": 3, "gloss": True}}
    assert shown.body["paint"]["colourRef"] == "red"


def test_null_in_a_sample_stays_null():
    shown = sample({"paint": {"colourRef": None}})
    assert bodies.from_sample(action("paint"), shown, KNOWLEDGE) == {"paint": {"colourRef": None}}
    assert bodies.from_sample(action("paint"), sample({"paint": None}), KNOWLEDGE) == {"paint": None}


keys = st.sampled_from("abc")
branching = st.recursive(st.integers(), lambda inner: st.dictionaries(keys, inner, max_size=3), max_leaves=8)


@given(branching, st.lists(keys, min_size=1, max_size=3), st.integers() | st.just(ABSENT))
def test_replaced_changes_a_copy_and_at_the_path_only(body, path, value):
    before = repr(body)
    parent = json_path.lookup(body, path[:-1])
    if not isinstance(parent, dict):
        with pytest.raises(KeyError):
            json_path.replaced(body, tuple(path), value)
    else:
        changed = json_path.replaced(body, tuple(path), value)
        assert json_path.lookup(changed, path) == value
        back = json_path.replaced(changed, tuple(path), json_path.lookup(body, path))
        assert back == body
    assert repr(body) == before


def test_lookup_tells_null_from_nothing():
    assert json_path.lookup({"a": {"b": None}}, ("a", "b")) is None
    assert json_path.lookup({"a": {"b": None}}, ("a", "c")) is ABSENT
    assert json_path.lookup({"a": []}, ("a", "c")) is ABSENT


def test_a_sample_that_is_a_list_is_the_body_where_rows_have_no_place_in_it():
    patch = [{"op": "replace", "path": "/name", "value": "w"}]
    one = plain("PATCH", "/gears/{gear_id}", row("op"), samples=(sample(patch),))
    assert bodies.build(one, TOP, KNOWLEDGE) == patch


def test_a_required_field_that_the_description_leaves_out_is_not_sent():
    left_out = replace(KNOWLEDGE, bindings=(BindingRule("*", "batch", ABSENT),))
    rows = (row("gear", "object", True), row("size", "integer", True), row("batch", required=True))
    make = plain("POST", "/gears", *rows, samples=(sample({"gear": {"size": 1, "batch": "b"}}),))
    assert bodies.build(make, TOP, left_out) == {"gear": {"size": 1}}


def test_a_body_of_another_media_type_is_the_documented_one_or_the_described_one():
    put = plain("PUT", "/gears/{gear_id}/file")
    text = replace(KNOWLEDGE, contents=(("*", "application/octet-stream", "abc"),))
    assert bodies.build(put, TOP, text) == Content("application/octet-stream", "abc")
    make = plain("POST", "/gears", row("size", "integer", True))
    patch = replace(KNOWLEDGE, contents=(("*", "application/x-patch", ABSENT),))
    assert bodies.build(make, TOP, patch) == Content("application/x-patch", {"size": 1})
    assert bodies.build(plain("GET", "/gears"), TOP, patch) is ABSENT


def test_bindings_in_a_body_of_another_media_type_are_found():
    assert bindings_in(Content("application/x-patch", [{"value": COLOUR}])) == [COLOUR]


def test_a_text_is_sent_as_it_stands_and_all_else_as_json():
    assert Content("text/plain", "a b").data == b"a b"
    assert Content("application/x-patch", [{"op": "add"}]).data == b'[{"op": "add"}]'


@pytest.mark.parametrize(
    ("shown", "described", "undescribed"),
    [
        ({"name": "n", "isolated": True}, {"name": "n", "isolated": True}, {"name": "n"}),
        ({"size": 1, "isolated": True}, {"size": 1, "isolated": True}, {"size": 1}),
        ({"isolated": True}, {"isolated": True}, {"isolated": True}),
    ],
    ids=["the name stays", "what no row names stays", "not everything is left out"],
)
def test_without_a_description_optional_members_of_a_sample_are_left_out(shown, described, undescribed):
    """Only a description could say which of them mean anything on this cloud."""
    rows = (row("gadget", "object", True), row("gadget.name"), row("gadget.isolated", "boolean"))
    alone = replace(KNOWLEDGE, described=False)
    for method, service, expected in (
        ("POST", KNOWLEDGE, described),
        ("POST", alone, undescribed),
        ("PUT", alone, described),
    ):
        operation = plain(method, "/gadgets", *rows, samples=(sample({"gadget": shown}),))
        assert bodies.build(operation, TOP, service) == {"gadget": expected}


def test_without_a_description_the_objects_of_a_list_in_a_sample_have_values_of_the_cloud():
    shown = sample({"parts": [{"part_id": "1", "size": 2}]})
    operation = plain("POST", "/gadgets", row("parts", "array", True), samples=(shown,))
    rules = (*KNOWLEDGE.bindings, BindingRule("*", "part_id", Binding("/parts")))
    alone = replace(KNOWLEDGE, described=False, bindings=rules)
    assert bodies.build(operation, TOP, alone) == {"parts": [{"part_id": Binding("/parts"), "size": 2}]}
    described = bodies.build(operation, TOP, replace(alone, described=True))
    assert described == {"parts": [{"part_id": "1", "size": 2}]}


def test_a_request_that_reads_has_no_body_whatever_its_table_says():
    assert build(plain("GET", "/gears", row("frozen", "boolean", True))) is ABSENT


def test_an_action_without_a_row_holds_what_the_sample_shows():
    assert build(action("halt", samples=(sample({"halt": {}}),))) == {"halt": None}
    shown = replace(action("halt"), request=Request(samples=(sample({"halt": {}}),)))
    assert build(shown) == {"halt": {}}


def test_a_field_that_the_description_leaves_out_is_not_sent_with_a_sample():
    left_out = replace(KNOWLEDGE, bindings=(BindingRule("*", "batch", ABSENT),))
    shown = sample({"turn": {"batch": "b", "size": 1}})
    turn = action("turn", row("size", "integer"), samples=(shown,))
    assert bodies.from_sample(turn, shown, left_out) == {"turn": {"size": 1}}


def test_a_field_that_is_always_included_is_one_of_the_operation():
    always = replace(KNOWLEDGE, always_included=(("*", "name"),))
    shown = (sample({"gear": {"size": 1}}),)
    assert bodies.build(plain("PUT", "/gears/{gear_id}", samples=shown), TOP, always) == {"gear": {"size": 1}}
    named = plain("POST", "/gears", row("name"), row("size", "integer", True))
    assert bodies.build(named, TOP, always) == {"name": "conformance", "size": 1}
