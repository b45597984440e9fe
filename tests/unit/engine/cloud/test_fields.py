"""Fields of what a cloud shows, and what a description asks of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.fields import Condition, value, values

GEAR = {
    "id": 7,
    "size": 0,
    "hub": {"name": "n", "X:teeth": [{"of": "a"}, {"of": "b"}, {}]},
    "nets": {"x": [1], "y": [2]},
}


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("id", [7]),
        ("hub.name", ["n"]),
        ("hub.X:teeth.*.of", ["a", "b"]),
        ("nets.*.*", [1, 2]),
        ("hub.name.more", []),
        ("nothing", []),
        ("id.*", []),
    ],
)
def test_a_field_is_found_by_its_dotted_name(field, expected):
    assert list(values(GEAR, field)) == expected
    assert value(GEAR, field) == (expected[0] if expected else ABSENT)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("hub.name", any_of=("N", "m")), True),
        (Condition("hub.name", any_of=("m",)), False),
        (Condition("nothing", any_of=("m",)), False),
        (Condition("hub.name", none_of=("m",)), True),
        (Condition("hub.name", none_of=("N",)), False),
        (Condition("nothing", none_of=("n",)), True),
        (Condition("size", filled=False), True),
        (Condition("nothing", filled=False), True),
        (Condition("size", filled=True), False),
        (Condition("id", filled=True), True),
        (Condition("size", present=True), True),
        (Condition("nothing", present=False), True),
        (Condition("size", present=False), False),
        (Condition("hub.name", any_of=("n",), filled=False), False),
    ],
)
def test_a_condition_holds_or_does_not(condition, expected):
    assert condition.holds(GEAR) is expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(JSON, st.text(max_size=6))
def test_whatever_is_shown_can_be_looked_at(record, field):
    found = list(values(record, field))
    assert value(record, field) == (found[0] if found else ABSENT)
    assert Condition(field, present=True).holds(record) is bool(found)
