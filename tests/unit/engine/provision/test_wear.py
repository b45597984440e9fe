"""A resource that requests have worn: one that lacks a value, and one that already shows what is to be sent."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from conformance.engine.provision.wear import discard_spent, repeats, shows_all


def worn(view=None, made=None, changed_by=""):
    left = []
    body = None if made is None else SimpleNamespace(body=made)
    context = SimpleNamespace(spending=set())
    return SimpleNamespace(
        context=context, made=body, view=view, changed_by=changed_by, left=left, discard=lambda: left.append("gone")
    )


@pytest.mark.parametrize(("changed_by", "noted"), [("widgets.grow", {"widgets.grow"}), ("", set())])
def test_the_operation_that_took_a_value_is_noted(changed_by, noted):
    subject = worn(changed_by=changed_by)
    discard_spent(subject)
    assert (subject.context.spending, subject.left) == (noted, ["gone"])


@pytest.mark.parametrize(
    ("made", "view", "sent", "expected"),
    [
        ({"size": 1}, {"size": 2}, {"size": 2}, True),
        ({"size": 1}, {"size": 2}, {"size": 3}, False),
        ({"size": 2}, {"size": 2}, {"size": 2}, False),
        ({}, {"tags": {"colour": "red"}}, {"tags": {"colour": "red"}}, True),
        ({}, {"size": None}, {"size": None}, False),
        ({}, {"size": 2}, {}, False),
    ],
    ids=["set before", "another value", "so from the start", "inside of an object", "null", "not sent"],
)
def test_a_value_that_an_earlier_request_has_set_tells_nothing(made, view, sent, expected):
    assert repeats(worn(view, made), {"change": sent}) is expected


def test_without_a_resource_nothing_is_repeated():
    assert not repeats(worn(), {"change": {"size": 2}})


@pytest.mark.parametrize(
    ("view", "made", "expected"),
    [
        ({"size": 1}, {"size": 2}, True),
        ({"size": 1}, {"size": 1, "groups": []}, False),
        ({"size": 1, "groups": []}, {"size": 1, "groups": []}, True),
        (None, {"size": 1}, False),
        ({}, {"colour": "red"}, True),
    ],
    ids=["all", "one is missing", "more", "no view", "another field"],
)
def test_a_view_of_a_list_may_show_fewer_fields(view, made, expected):
    assert shows_all(view, SimpleNamespace(body=made), ("size", "groups")) is expected
