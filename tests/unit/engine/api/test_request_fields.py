"""Places of the fields of a request in its body."""

from __future__ import annotations

import pytest
from widgets import plain, row, sample

from conformance.engine.api.request_fields import body_rows, places_of
from specs.microversion import Microversion

NESTED = {"rent": {"car": {"name": "Beetle"}, "driver": {"address": {"town": "Bern"}}}}


@pytest.mark.parametrize(
    ("rows", "body", "place"),
    [
        (("name", "town", "age"), NESTED, None),
        (("name", "age"), NESTED, ("rent", "age")),
        (("car", "driver", "age"), NESTED, ("rent", "age")),
        (("car.name", "driver.address.town", "age"), NESTED, ("rent", "age")),
        (("name", "age"), {"rent": {"name": "Beetle"}}, ("rent", "age")),
    ],
    ids=["members of two objects", "members of one", "the objects", "members with the objects' names", "no object"],
)
def test_a_flat_table_over_nested_objects_does_not_tell_where_an_unseen_field_stands(rows, body, place):
    rent = plain("POST", "/rents", *map(row, rows), samples=(sample(body),))
    assert places_of(rent, list(rent.request.parameters)).get("age") == place


def test_a_row_that_is_required_from_a_later_version_on_is_optional_before_it():
    rows = (row("key", required=True, required_min="2.9"), row("name", required=True), row("size", required_min="2.9"))
    made = plain("POST", "/cars", *rows, samples=(sample({"key": "k", "name": "n"}),))
    needed = {v: [one.name for one in body_rows(made, Microversion.parse(v)) if one.required] for v in ("2.8", "2.9")}
    assert needed == {"2.8": ["name"], "2.9": ["key", "name"]}
