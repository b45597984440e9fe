"""Fields that must be null or empty in a situation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import evidence

from conformance.engine.judge.blanks import IsBlank
from conformance.engine.model.probe import ViewOf

SOLD = IsBlank("sold_at", ("gear", "sold_at"), "null", "as long as it is not sold")
REASON = IsBlank("reason", ("gears", "[]", "reason"), "null", "if it is on", (("state", "on"),))
TAGS = IsBlank("tags", ("gear", "tags"), "empty", "always")


def judged(expectation, body, status=200, **more):
    result = expectation.judge(evidence(status, body=body, **more))
    return result.verdict, result.observed


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (None, ("pass", "null")),
        ("2026-01-01", ("fail", "a value")),
        ("", ("fail", "empty")),
        (0, ("fail", "a value")),
        (False, ("fail", "a value")),
    ],
)
def test_null(value, outcome):
    assert judged(SOLD, {"gear": {"sold_at": value}}) == outcome


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        ("", ("pass", "empty")),
        ([], ("pass", "empty")),
        ({}, ("pass", "empty")),
        (None, ("fail", "null")),
        (["a"], ("fail", "a value")),
        (False, ("fail", "a value")),
    ],
)
def test_empty(value, outcome):
    assert judged(TAGS, {"gear": {"tags": value}}) == outcome


def test_only_objects_in_the_situation_count():
    off, on = {"state": "off", "reason": "worn"}, {"state": "ON", "reason": None}
    assert judged(REASON, {"gears": [off, on]}) == ("pass", "null")
    assert judged(REASON, {"gears": [off, {**on, "reason": "worn"}]}) == ("fail", "a value")
    for nothing in ({"gears": [off]}, {"gears": [{"reason": "worn"}]}, {"gears": [{"state": "on"}]}, {"gears": []}):
        assert judged(REASON, nothing)[0] == "inapplicable"


def test_zero_is_not_false_in_the_field_beside():
    flag = replace(REASON, beside=(("state", True),))
    assert judged(flag, {"gears": [{"state": 1, "reason": "worn"}]})[0] == "inapplicable"


def test_a_refusal_and_a_missing_view_show_nothing():
    assert judged(SOLD, {"gear": {"sold_at": None}}, 404)[0] == "inconclusive"
    later = replace(SOLD, probe=ViewOf("widgets.show"))
    assert judged(later, {"gear": {"sold_at": None}})[0] == "inconclusive"
    shown = {ViewOf("widgets.show"): {"gear": {"sold_at": None}}}
    assert judged(later, {"gear": {"sold_at": "now"}}, found=shown) == ("pass", "null")


def test_a_secret_is_not_in_the_reason():
    found = replace(SOLD, name="adminPass").judge(evidence(200, body={"gear": {"sold_at": "hush"}}))
    assert "hush" not in (found.reason or "")


def test_absent():
    fault = IsBlank("fault", ("gear", "fault"), "absent", "if it runs", outside=("status", ("ERROR", "LOST")))
    assert judged(fault, {"gear": {"status": "RUNS"}}) == ("pass", "absent")
    assert judged(fault, {"gear": {"status": "RUNS", "fault": {"code": 1}}}) == ("fail", "a value")
    assert judged(fault, {"gear": {"status": "RUNS", "fault": None}}) == ("fail", "null")
    for body in ({"gear": {"status": "error"}}, {"gear": {"status": "LOST", "fault": 1}}, {"gear": {}}, {}, None):
        assert judged(fault, body)[0] == "inapplicable"
    assert judged(fault, {}, 409)[0] == "inconclusive"
    assert judged(replace(fault, open=True), {}, 409)[0] == "inapplicable"


@pytest.mark.parametrize(
    ("gear", "outcome"),
    [
        ({"key": "secret"}, ("pass", "shown")),
        ({"key": 0}, ("pass", "shown")),
        ({}, ("fail", "absent")),
        ({"key": None}, ("fail", "null")),
        ({"key": ""}, ("fail", "empty")),
    ],
)
def test_shown(gear, outcome):
    shown = IsBlank("key", ("gear", "key"), "shown", "as long as the request leaves lock out")
    assert judged(shown, {"gear": gear}) == outcome
    assert judged(shown, {})[0] == "inapplicable"
