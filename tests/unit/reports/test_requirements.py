"""What a requirement promises, in a few words for a reader of a report."""

from __future__ import annotations

import pytest

from reports.requirements import split


@pytest.mark.parametrize(
    ("requirement", "promise"),
    [
        ("w.lock/normal/202", "the documented request is answered with 202"),
        ("w.lock/postcondition/widget-LOCKED", "the documented status is reached afterwards"),
        ("w.lock/postcondition/copy-created", "the thing that it makes is there afterwards"),
        ("w.delete/postcondition/gone", "a removed thing is no longer shown"),
        ("w.make/postcondition/listed", "a new thing is in the list"),
        ("w.make/equality/name/show", "the value of name that was sent is shown"),
        ("w.change/equality/name/kept", "name stays as it was if an update leaves it out"),
        ("w.list/list/sort_key[name]", "the order that was asked for"),
        ("w.list/list/colour", "colour selects the elements that fit, and no others"),
        ("w.list/nothing/known", ""),
    ],
)
def test_each_requirement_says_what_it_promises(requirement, promise):
    assert split(requirement).promise == promise
