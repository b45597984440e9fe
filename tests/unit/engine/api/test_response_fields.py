"""Where fields stand in a response body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from widgets import action, row, sample

from conformance.engine.api.response_fields import (
    NAMED,
    elements,
    identity,
    is_filled,
    place_in,
    place_of,
    places_in,
    values_at,
)
from specs.model import Sample


def place(name, *shown, rows=()):
    operation = action(answers=(row(name), *rows), answered=tuple(sample(body) for body in shown))
    return place_of(operation, operation.response.parameters[0])


def test_a_plain_name_is_the_shallowest_key():
    assert place("name", {"widget": {"parts": [{"name": "x"}], "name": "y"}}) == ("widget", "name")
    assert place("name", {"widget": {"parts": [{"name": "x"}]}}) == ("widget", "parts", "[]", "name")


def test_of_several_samples_the_shallowest_counts():
    assert place("name", {"widget": {"maker": {"name": "m"}}}, {"widget": {"name": "w"}}) == ("widget", "name")


def test_a_dotted_name_is_a_chain_of_keys_through_lists():
    shown = {"widget": {"name": "w", "maker": {"name": "m"}, "parts": [{"name": "p"}]}}
    assert place("maker.name", shown) == ("widget", "maker", "name")
    assert place("parts.name", shown) == ("widget", "parts", "[]", "name")
    assert place("a.b", {"widget": {"a.b": 1}}) == ("widget", "a.b")


def test_an_unseen_child_is_placed_below_its_parent():
    shown = {"widget": {"parts": [], "maker": {}}}
    assert place("parts.name", shown, rows=[row("parts", "array")]) == ("widget", "parts", "[]", "name")
    assert place("maker.name", shown, rows=[row("maker", "object")]) == ("widget", "maker", "name")
    assert place("maker.name", shown) is None


@pytest.mark.parametrize(
    ("body", "label", "found"),
    [
        ({"private": [{"addr": "a"}]}, row("network_label", "array"), (NAMED, "[]", "addr")),
        (
            {"addresses": {"private": [{"addr": "a"}]}},
            row("network_label", "array"),
            ("addresses", NAMED, "[]", "addr"),
        ),
        ({"private": [{"addr": "a"}]}, row("network_label", "object"), ("private", "[]", "addr")),
        ({"private": [{"addr": "a"}]}, row("networks", "array"), ("private", "[]", "addr")),
        ({"private": [{"addr": "a", "network_label": "l"}]}, row("network_label", "array"), ("private", "[]", "addr")),
        ({"widget": {"private": {"addr": "a"}}}, row("network_label", "object"), ("widget", "private", "addr")),
    ],
)
def test_a_key_that_a_row_names_by_its_kind_is_data(body, label, found):
    """The addresses of a server are shown by the name of its network, which is not that of the sample elsewhere."""
    assert place("addr", body, rows=[row("addresses", "object"), label]) == found


WIDE = {"widgets": [{"a": 1, "b": 2, "d": 4, "e": 5, "inner": {"x": 1, "y": 2}}], "count": 1}


def between(*names, body=WIDE, of="c"):
    operation = action(answers=tuple(map(row, names)), answered=(sample(body),))
    return place_of(operation, next(r for r in operation.response.parameters if r.name == of))


def test_a_row_between_rows_of_one_object_is_one_of_it():
    assert between("widgets", "a", "b", "c", "d", "e") == ("widgets", "[]", "c")
    assert between("widgets", "a", "c", "f", "b", "d", "e") == ("widgets", "[]", "c")
    assert between("widgets", "a", "b", "c", "c.d", "d", "e", of="c.d") == ("widgets", "[]", "c", "d")


@pytest.mark.parametrize(
    "names",
    [
        ("c", "widgets", "a", "b", "d", "e"),  # at one end: it may be of what is around
        ("widgets", "a", "b", "d", "e", "c"),
        ("widgets", "a", "b", "d", "e", "c", "count"),  # between two objects
        ("widgets", "a", "c", "b", "d"),  # between too few
        ("widgets", "a", "b", "x", "c", "y", "d", "e"),  # within a small one
    ],
)
def test_a_row_that_may_be_of_another_object_has_no_place(names):
    assert between(*names) is None


def test_links_from_page_to_page_stand_beside_a_list():
    assert between("widgets", "a", "b", "widget_links", "d", "e", of="widget_links") is None


def test_no_field_stands_among_what_names_call():
    named = {"widgets": {"VCPU": {"a": 1, "b": 2, "d": 4, "e": 5}}}
    assert between("widgets", "a", "b", "c", "d", "e", body=named) is None


def test_what_nothing_shows_has_no_place():
    assert place("name") is None
    assert place("name", {"widget": {"names": 1}}) is None
    assert place("name", [], [[]], [1, 2], "text", None) is None


def test_a_body_may_be_a_list():
    assert place("name", [{"name": "x"}]) == ("[]", "name")


def test_a_sample_that_is_no_json_shows_nothing():
    operation = action(answers=(row("name"),), answered=(Sample("f", 1, None, {"name": 1}, valid=False),))
    assert place_of(operation, operation.response.parameters[0]) is None


@pytest.mark.parametrize(
    ("body", "where", "expected"),
    [
        ({"w": {"a": 1}}, ("w", "a"), ([1], 1)),
        ({"w": {"a": None}}, ("w", "a"), ([None], 1)),
        ({"w": {}}, ("w", "a"), ([], 1)),
        ({}, ("w", "a"), ([], 0)),
        ({"w": None}, ("w", "a"), ([], 0)),
        ({"w": "text"}, ("w", "a"), ([], 0)),
        ("<html>", ("w",), ([], 0)),
        (None, ("w",), ([], 0)),
        ({"w": [{"a": 1}, {}, {"a": 3}]}, ("w", "[]", "a"), ([1, 3], 3)),
        ({"w": []}, ("w", "[]", "a"), ([], 0)),
        ({"w": {"a": 1}}, ("w", "[]", "a"), ([], 0)),
        ({"w": [1, 2]}, ("w", "[]"), ([1, 2], 2)),
        ([{"a": 1}], ("[]", "a"), ([1], 1)),
    ],
)
def test_values_and_how_many_could_hold_them(body, where, expected):
    assert values_at(body, where) == expected


json = st.recursive(
    st.none() | st.integers() | st.text(max_size=2),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3) | st.lists(inner, max_size=3),
    max_leaves=12,
)


@given(json, st.sampled_from(["a", "b", "a.b", "c.a"]))
def test_where_a_place_is_found_its_sample_shows_a_value(body, name):
    where = place(name, body)
    if where is not None:
        values, parents = values_at(body, where)
        assert values
        assert parents >= len(values)


def depth(where):
    return len([key for key in where if key not in ("[]", NAMED)])


@given(st.lists(json, max_size=3), st.sampled_from(["a", "b", "a.b", "c.a", "a.b.c"]))
def test_the_place_is_the_first_of_the_shallowest_ones(bodies, name):
    chain = tuple(name.split("."))
    firsts = []
    for body in bodies:
        keys = {where: tuple(key for key in where if key not in ("[]", NAMED)) for where in places_in(body)}
        fitting = [
            w
            for w, k in keys.items()
            if w[-1] in (name, chain[-1]) and (k[-1:] == (name,) or k[-len(chain) :] == chain)
        ]
        firsts += fitting[:1]
    assert place_in(bodies, name) == min(firsts, key=depth, default=None)


@pytest.mark.parametrize(
    ("body", "filled"),
    [
        ({"gears": [{"id": "1"}]}, True),
        ({"gears": []}, False),
        ({"gears": [], "count": 0}, False),
        ({"notes": {"a": 1}}, True),
        ({"notes": {}}, False),
        ({"cipher": "x", "size": None}, True),
        ({}, False),
        ("<html>", False),
        (None, False),
    ],
)
def test_a_body_without_a_list_or_an_object_is_an_element_itself(body, filled):
    assert is_filled(body) is filled


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"gears": [1, 2], "links": [3]}, [1, 2]),
        ({"first": {"a": 1}, "gears": [{"id": "1"}]}, [{"id": "1"}]),
        ({"notes": {"a": 1, "b": 2}}, ["a", "b"]),
        ({"gears": []}, []),
        ({"gears": [], "notes": {"a": 1}}, []),
        ({"name": "text"}, []),
        ({}, []),
        ([1, 2], []),
        ("<html>", []),
        (None, []),
    ],
)
def test_elements_of_the_first_list_or_the_keys_of_the_first_object(body, expected):
    assert list(elements(body)) == expected


@pytest.mark.parametrize(
    ("element", "name", "expected"),
    [
        ("red", "colour", "red"),
        ({"id": "1", "gear_id": "2"}, "gear_id", "2"),
        ({"id": "1", "gearId": "2"}, "gear_id", "2"),
        ({"id": "1", "GEAR-ID": "2"}, "gear_id", "2"),
        ({"name": "n", "id": "1"}, "gear_name", "n"),
        ({"uuid": "u", "id": "1"}, "gear", "1"),
        ({"uuid": "u"}, "gear_id", "u"),
        ({"id": 7}, "gear_id", "7"),
        ({"gear": {"id": "1"}}, "gear_id", "1"),
        ({"gear": {"id": "1"}, "more": 1}, "gear_id", None),
        ({"id": True}, "gear_id", None),
        ({"id": None, "uuid": "u"}, "gear_id", "u"),
        ({"size": 1}, "gear_id", None),
        ({}, "gear_id", None),
        (7, "gear_id", None),
        (None, "gear_id", None),
        (["1"], "gear_id", None),
    ],
)
def test_an_element_is_named_by_the_field_that_the_placeholder_names_or_by_its_id(element, name, expected):
    assert identity(element, name) == expected


@given(json)
def test_whatever_a_body_is_its_elements_can_be_asked_for_their_names(body):
    assert all(isinstance(identity(one, "a_id"), str | None) for one in elements(body))


KEYS = st.sampled_from(["a", "b", "b.c", "c", "ID", "ACTIVE"])
BODIES = st.recursive(
    st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


def walked(body, place=()):
    """The places below a value, level by level, found without an index."""
    level = [(place, body)]
    while level:
        below = []
        for above, value in level:
            if above:
                yield above
            if isinstance(value, dict):
                below += [((*above, "{}" if key == "ACTIVE" else key), inner) for key, inner in value.items()]
            elif isinstance(value, list):
                below += [((*above, "[]"), inner) for inner in value[:3]]
        level = below


@given(st.lists(BODIES, max_size=3), st.sampled_from(["a", "b", "b.c", "a.b", "a.b.c", "x"]))
def test_the_place_of_a_name_is_the_first_of_the_shallowest_that_ends_in_it(bodies, name):
    def keys(place):
        return tuple(key for key in place if key not in ("[]", "{}"))

    chain = tuple(name.split("."))
    first = []
    for body in bodies:
        fitting = [
            place
            for place in walked(body)
            if place[-1] in (name, chain[-1]) and (keys(place)[-1:] == (name,) or keys(place)[-len(chain) :] == chain)
        ]
        first += fitting[:1]
    assert place_in(bodies, name) == min(first, key=lambda place: len(keys(place)), default=None)


def test_equal_bodies_are_not_mixed_up_with_each_other_or_with_later_ones():
    for n in range(50):
        assert place_in([{f"k{n}": {"x": 1}}], "x") == (f"k{n}", "x")


def test_links_beside_a_thing_do_not_hide_its_name():
    assert identity({"gear": {"id": "7"}, "links": []}, "gear_id") == "7"
    assert identity({"gear": {"id": "7"}, "shelf": {"id": "8"}}, "gear_id") is None
    assert identity({"gear": {"id": "7"}, "cog": {"id": "7"}}, "gear_id") == "7"
