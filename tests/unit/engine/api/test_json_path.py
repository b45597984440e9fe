"""Request bodies that are trees: what the samples show of their branches."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from widgets import COLOUR, KNOWLEDGE, TOP, plain, row, sample

from conformance.engine.api import bodies, json_path, request_fields
from conformance.engine.api.entries import BindingRule
from conformance.engine.api.naming import chosen_name
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.model.binding import Binding
from specs.microversion import Microversion

NAME = Binding("name", "value", "new")
BOUND = replace(
    KNOWLEDGE,
    bindings=(
        BindingRule("*", "colourRef", COLOUR),
        BindingRule("*", "owner", ABSENT),
        BindingRule("*", "name", NAME),
        BindingRule("*", "paints", [{"colour": COLOUR}]),
    ),
)


def made(*rows, shown=(), version=TOP, include=(), service=KNOWLEDGE, **more):
    shown = tuple(one if isinstance(one, tuple) else (one, None) for one in shown)
    operation = plain("POST", "/gears", *rows, samples=tuple(sample(body, v) for body, v in shown), **more)
    return bodies.build(operation, version, service, include)


def places(*rows, shown=(), version=TOP):
    operation = plain("POST", "/gears", *rows, samples=tuple(sample(body) for body in shown))
    return {field.name: field.path for field in request_fields.fields(operation, version)}


def test_fields_stand_where_the_sample_shows_them():
    shown = {"gear": {"name": "g", "maker": {"city": "c"}, "teeth": [{"size": 1}]}}
    rows = [row("gear", "object"), row("name"), row("city"), row("size"), row("teeth", "array")]
    assert places(*rows, shown=[shown]) == {
        "gear": ("gear",),
        "name": ("gear", "name"),
        "teeth": ("gear", "teeth"),
        "city": ("gear", "maker", "city"),
        "size": ("gear", "teeth", "[]", "size"),
    }


def test_what_holds_others_comes_before_them():
    paths = list(
        places(
            row("gear.maker.city"),
            row("name"),
            row("gear", "object"),
            shown=[{"gear": {"name": "g", "maker": {"city": "c"}}}],
        ).values()
    )
    assert [len(path) for path in paths] == sorted(len(path) for path in paths)


def test_a_dotted_name_is_a_chain_of_keys():
    shown = {"gear": {"name": "g", "maker": {"name": "m"}}}
    assert places(row("name"), row("maker.name"), shown=[shown]) == {
        "name": ("gear", "name"),
        "maker.name": ("gear", "maker", "name"),
    }


def test_a_dotted_name_that_no_sample_shows_stands_below_its_parent():
    shown = {"gear": {"maker": {}, "teeth": []}}
    found = places(row("maker", "object"), row("maker.age"), row("teeth", "array"), row("teeth.size"), shown=[shown])
    assert found["maker.age"] == ("gear", "maker", "age")
    assert found["teeth.size"] == ("gear", "teeth", "[]", "size")


def test_a_field_stands_where_the_samples_show_it_with_another_prefix():
    rows = [row("gear", "object"), row("name"), row("os:hints", "object"), row("os:hints.group"), row("os:colour")]
    alone = {"gear": {"name": "g", "colour": "red"}}
    assert places(*rows, shown=[alone, alone | {"OS-EXT:hints": {"same": 1}}]) == {
        "gear": ("gear",),
        "name": ("gear", "name"),
        "os:hints": ("os:hints",),
        "os:hints.group": ("os:hints", "group"),
        "os:colour": ("gear", "os:colour"),
    }


def test_without_a_sample_a_field_stands_at_the_top():
    assert places(row("name")) == {"name": ("name",)}


def test_an_optional_field_that_no_sample_shows_stands_below_the_one_wrapper():
    assert places(row("note"), shown=[{"gear": {"name": "g"}}]) == {"note": ("gear", "note")}
    assert places(row("note"), shown=[{"gear": {"name": "g"}, "hints": {}}]) == {"note": ("note",)}
    assert places(row("note"), shown=[{"gear": "g"}]) == {"note": ("note",)}


def test_a_required_field_that_no_sample_shows_has_no_place():
    assert places(row("note", required=True), shown=[{"gear": {"name": "g"}}]) == {}


def test_a_required_field_of_versions_that_no_sample_is_of_stands_below_the_wrapper():
    shown = {"gear": {"name": "g"}}
    late = row("note", required=True, min="2.5")
    assert places(late, shown=[shown]) == {"note": ("gear", "note")}
    of_its_version = plain("POST", "/gears", late, samples=(sample(shown, "2.6"),))
    assert request_fields.fields(of_its_version, TOP) == []


def test_a_sample_that_is_no_json_shows_nothing():
    operation = plain("POST", "/gears", row("note"), samples=(replace(sample({"gear": {"note": 1}}), valid=False),))
    assert [field.path for field in request_fields.fields(operation, TOP)] == [("note",)]


def test_required_fields_alone_are_given():
    rows = [row("gear", "object", True), row("colourRef", required=True), row("gloss", "boolean")]
    shown = {"gear": {"colourRef": "red", "gloss": False}}
    assert made(*rows, shown=[shown]) == {"gear": {"colourRef": COLOUR}}
    assert made(*rows, shown=[shown], include=["gloss"]) == {"gear": {"colourRef": COLOUR, "gloss": False}}
    assert made(*rows, shown=[shown], include={"gloss": True}) == {"gear": {"colourRef": COLOUR, "gloss": True}}


def test_a_table_says_which_optional_field_a_request_is_of_no_use_without():
    service = replace(KNOWLEDGE, always_included=(("*.post-gears", "gloss"),))
    rows = [row("gear", "object", True), row("gloss", "boolean")]
    assert made(*rows, shown=[{"gear": {"gloss": False}}], service=service) == {"gear": {"gloss": False}}


def test_a_part_of_what_is_optional_is_given_with_it_or_not_at_all():
    rows = [row("gear", "object", True), row("name", required=True)]
    rows += [row("maker", "object"), row("maker.city", required=True), row("maker.age")]
    shown = {"gear": {"name": "g", "maker": {"city": "c", "age": "9"}}}
    assert made(*rows, shown=[shown]) == {"gear": {"name": "g"}}
    assert made(*rows, shown=[shown], include=["maker"])["gear"]["maker"] == {"city": "c"}
    assert made(*rows, shown=[shown], include=["maker.age"])["gear"]["maker"] == {"city": "c", "age": "9"}


def test_an_object_whose_parts_are_all_optional_is_as_the_sample_shows_it():
    rows = [row("gear", "object", True), row("name"), row("size")]
    shown = {"gear": {"name": "g"}}
    assert made(*rows, shown=[shown]) == shown
    assert made(*rows, shown=[shown], include=["size"]) == {"gear": {"size": "conformance"}}


def test_a_list_holds_one_element_with_its_required_parts():
    rows = [
        row("gear", "object", True),
        row("teeth", "array", True),
        row("teeth.size", "integer", True),
        row("teeth.note"),
    ]
    shown = {"gear": {"teeth": [{"size": 7, "note": "n"}, {"size": 8}]}}
    assert made(*rows, shown=[shown]) == {"gear": {"teeth": [{"size": 7}]}}


def test_a_list_whose_parts_are_all_optional_is_as_the_sample_shows_it():
    rows = [row("teeth", "array", True), row("teeth.size", "integer"), row("teeth.note", min="2.5")]
    shown = {"teeth": [{"size": 7, "note": "n"}]}
    assert made(*rows, shown=[shown]) == {"teeth": [{"size": 7, "note": "n"}]}
    assert made(*rows, shown=[shown], version=Microversion(2, 4)) == {"teeth": [{"size": 7}]}


def test_what_is_bound_as_a_whole_takes_no_parts():
    rows = [row("gear", "object", True), row("paints", "array", True), row("paints.colour", required=True)]
    shown = {"gear": {"paints": [{"colour": "red", "coats": 2}]}}
    assert made(*rows, shown=[shown], service=BOUND) == {"gear": {"paints": [{"colour": COLOUR}]}}


def test_what_is_given_as_a_whole_takes_no_parts():
    rows = [row("maker", "object"), row("maker.city", required=True)]
    assert made(*rows, shown=[{"maker": {"city": "c"}}], include={"maker": {"x": 1}}) == {"maker": {"x": 1}}


def test_what_another_version_has_is_put_where_that_has_it():
    name = row("name", required=True)
    shown = {"gear": {"name": "g"}}
    assert made(name, row("note", max="2.4"), shown=[shown], include={"note": "n"}) == {
        "gear": {"name": "g", "note": "n"}
    }
    shown = {"gear": {"name": "g", "maker": {"note": "x"}}}
    assert made(name, row("maker.note", max="2.4"), shown=[shown], include={"maker.note": "n"}) == {
        "gear": {"name": "g", "maker": {"note": "n"}}
    }


def test_what_is_put_into_a_body_does_not_change_the_sample_that_it_comes_from():
    shown = {"gear": {"name": "g"}}
    assert made(row("gear", "object", True), shown=[shown], include={"note": "n"})["gear"] == {"name": "g", "note": "n"}
    assert shown == {"gear": {"name": "g"}}


def test_a_member_of_a_sample_belongs_to_the_versions_of_the_row_that_knows_most_of_it():
    rows = [row("note", min="2.5"), row("maker.note"), row("maker.age", min="2.5")]
    shown = {"note": "n", "maker": {"note": "m", "age": "9"}}
    assert made(*rows, shown=[shown], version=Microversion(2, 4)) == {"maker": {"note": "m"}}
    assert made(*rows, shown=[shown]) == shown
    rows = [row("note"), row("maker.note", min="2.5")]
    assert made(*rows, shown=[shown], version=Microversion(2, 4)) == {"note": "n", "maker": {"age": "9"}}


def test_what_no_row_has_stands_below_the_wrapper():
    assert made(row("name"), shown=[{"gear": {"name": "g"}}], include={"extra": 1}) == {"gear": {"extra": 1}}


def test_where_nothing_is_required_the_wrapper_stands_alone():
    assert made(row("name"), shown=[{"gear": {"name": "g"}}]) == {"gear": {}}


def test_without_wrapper_and_requirement_the_sample_is_the_body():
    assert made(row("name"), row("size"), shown=[{"name": "g", "size": "s"}]) == {"name": "g", "size": "s"}


def test_without_rows_the_sample_is_the_body_with_bound_values_and_of_its_version():
    shown = {"gear": {"colourRef": "red", "parts": [{"colourRef": "blue"}], "owner": "me"}}
    assert made(shown=[shown], service=BOUND) == {"gear": {"colourRef": COLOUR, "parts": [{"colourRef": COLOUR}]}}
    of_others = [row("late", min="2.30")]
    assert made(*of_others, shown=[{"gear": 1, "late": 2}], version=Microversion(2, 4)) == {"gear": 1}


def test_neither_row_nor_sample_is_no_body():
    assert made() is ABSENT


def test_a_table_can_leave_a_member_of_a_sample_out():
    operation = plain("POST", "/gears", samples=(sample({"gear": {"owner": "me", "name": None}}),))
    body = bodies.from_sample(operation, operation.request.samples[0], BOUND)
    assert body == {"gear": {"name": None}}, "null stays null, whatever is bound"
    assert operation.request.samples[0].body["gear"]["owner"] == "me"


def test_built_values_are_not_shared():
    rows = [row("gear", "object", True), row("parts", "array", True)]
    operation = plain("POST", "/gears", *rows, samples=(sample({"gear": {"parts": [{"a": [1]}]}}),))
    one = bodies.build(operation, TOP, KNOWLEDGE)
    one["gear"]["parts"][0]["a"].append(2)
    assert bodies.build(operation, TOP, KNOWLEDGE) == {"gear": {"parts": [{"a": [1]}]}}


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({"note": {"colour": "red"}}, "colour"),
        ({"colour": "red"}, "colour"),
        ({"note": {"colour": {"deep": "red"}}}, "deep"),
        ({"note": {"colour": "red", "size": 1}}, None),
        ({"note": {"known": "red"}}, None),
        ({}, None),
        ([1], None),
        (None, None),
    ],
)
def test_the_only_key_of_a_sample_that_has_no_row_is_a_name_of_the_clients(shown, expected):
    operation = plain("PUT", "/notes/{key}", row("known"), samples=(sample(shown),))
    assert chosen_name(operation) == expected


steps = st.sampled_from(["a", "b", "c", "[]"])
paths = st.lists(steps, min_size=1, max_size=4).filter(lambda path: path[0] != "[]").map(tuple)
values = st.integers() | st.text(max_size=2) | st.none() | st.just({}) | st.just([])


@given(paths, values)
def test_what_is_put_is_found(path, value):
    body: dict = {}
    json_path.put(body, path, value)
    assert json_path.lookup(body, path) == value


@given(paths, values, values)
def test_what_is_put_last_counts(path, first, value):
    body: dict = {}
    json_path.put(body, path, first)
    json_path.put(body, path, value)
    assert json_path.lookup(body, path) == value


def agree(one, other):
    """Whether two paths want the same kind of container wherever they meet."""
    return all(
        (a == "[]") == (b == "[]") for n, (a, b) in enumerate(zip(one, other, strict=False)) if one[:n] == other[:n]
    )


@given(paths, paths, values)
def test_what_is_put_beside_something_leaves_it(path, other, value):
    body: dict = {}
    json_path.put(body, other, "kept")
    apart = path[: len(other)] != other and other[: len(path)] != path
    if apart and agree(path, other):
        json_path.put(body, path, value)
        assert json_path.lookup(body, other) == "kept"
        assert json_path.lookup(body, path) == value


branching = st.recursive(
    st.integers(),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=8,
)


@given(branching, paths, st.integers() | st.just(ABSENT))
def test_replaced_changes_a_copy_and_at_the_path_only(body, path, value):
    before = repr(body)
    parent = json_path.lookup(body, path[:-1])
    fits = isinstance(parent, list) if path[-1] == "[]" else isinstance(parent, dict)
    if not fits:
        with pytest.raises(KeyError):
            json_path.replaced(body, path, value)
    else:
        changed = json_path.replaced(body, path, value)
        if value is not ABSENT:
            assert json_path.lookup(changed, path) == value
        elif path[-1] != "[]":
            assert json_path.lookup(changed, path) is ABSENT
        was = json_path.lookup(body, path)
        if was is not ABSENT and value is not ABSENT:
            assert json_path.replaced(changed, path, was) == body
    assert repr(body) == before


def test_in_a_list_the_first_is_replaced_or_taken_out():
    body = {"teeth": [{"size": 1}, {"size": 2}]}
    assert json_path.replaced(body, ("teeth", "[]", "size"), 9) == {"teeth": [{"size": 9}, {"size": 2}]}
    assert json_path.replaced(body, ("teeth", "[]"), 9) == {"teeth": [9, {"size": 2}]}
    assert json_path.replaced(body, ("teeth", "[]"), ABSENT) == {"teeth": [{"size": 2}]}
    with pytest.raises(KeyError):
        json_path.replaced({"teeth": []}, ("teeth", "[]", "size"), 9)
