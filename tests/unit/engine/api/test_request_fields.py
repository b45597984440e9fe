"""Places of the fields of a request in its body."""

from __future__ import annotations

import pytest
from widgets import plain, row, sample

from conformance.engine.api.request_fields import places_of

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
