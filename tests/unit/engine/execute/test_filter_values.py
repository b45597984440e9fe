"""Which element of a list, and which value of it, a filter is tried with."""

from __future__ import annotations

import pytest

from conformance.engine.execute.filter_values import pick
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
        ({"addresses": None}, ("addresses",), ()),
        (
            {
                "addresses": {
                    "n": [{"addr": "1", "version": 4, "OS-EXT-IPS:type": "floating"}, {"addr": "2", "version": 4}]
                }
            },
            ("addresses",),
            ("2",),
        ),
    ],
)
def test_the_values_of_a_field(element, field, expected):
    assert values_of(element, Listing("filter", "ip", ("x",), field=field)) == expected


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
