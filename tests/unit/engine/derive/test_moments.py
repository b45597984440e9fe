"""Required fields of an answer about a resource in other statuses: which answers are judged, and for which rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import case, evidence, ids, plain, row, sample, suite

from conformance.engine.judge.contents import FieldShown

SHOWN = sample({"widget": {"id": "w", "name": "n", "hue": "red"}})
ROWS = (row("id", required=True), row("name", required=True), row("hue"), row("key", required=True, visible_to="admin"))


def show(path="/widgets/{widget_id}", method="GET", **more):
    fields = {"answers": ROWS, "answered": (SHOWN,), "normal": (200,), "error": (404,), **more}
    return plain(method, path, name="show", **fields)


def others(operation):
    return [one for one in ids(suite(operation), "show/body/") if "[in-" in one]


def test_each_required_field_is_judged_in_every_other_status():
    found = suite(show())
    assert others(show()) == [
        f"show/body/{name}[in-{state}]" for name in ("id", "name") for state in ("SPINNING", "HALTED", "BROKEN")
    ]
    one = case(found, "show/body/name[in-HALTED]")
    assert one.expectation == replace(case(found, "show/body/name").expectation, open=True)
    assert one.trial == case(found, "show/situation/status[HALTED]").trial, "no request is made for it"


def test_parts_of_the_resource_and_requests_that_change_something_are_left_out():
    assert others(show("/widgets/{widget_id}/parts/{part_id}")) == []
    assert others(show(method="PUT")) == []


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, {"widget": {"name": "n"}}, "pass"),
        (200, {"widget": {}}, "fail"),
        (200, {"widget": {"name": 5}}, "fail"),
        (409, None, "inapplicable"),
    ],
)
def test_a_refusal_in_such_a_status_shows_nothing(status, body, verdict):
    shown = FieldShown("name", ("widget", "name"), "string", True, False, open=True)
    assert shown.judge(evidence(status, body=body)).verdict == verdict
    if status == 409:
        assert replace(shown, open=False).judge(evidence(status, body=body)).verdict == "inconclusive"
