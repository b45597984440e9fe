"""Fields that administrators see: which answers to members are judged, and what a shown field means."""

from __future__ import annotations

import pytest
from widgets import case, evidence, ids, plain, row, sample, suite

from conformance.engine.judge.contents import HiddenFrom

SHOWN = sample({"gear": {"id": "g", "host": "h"}})
HOST = row("host", visible_to="admin")


def show(*rows, **more):
    answers = (row("id", required=True), *rows)
    return plain("GET", "/gears/{gear_id}", name="show", answers=answers, answered=(SHOWN,), normal=(200,), **more)


def hidden(operation):
    return [one for one in ids(suite(operation)) if "hidden" in one]


def test_the_answer_to_a_member_is_judged():
    one = case(suite(show(HOST), default_policy=True), "show/body/host[hidden-from-member]")
    assert one.expectation == HiddenFrom("host", ("gear", "host"), "member", True)
    assert (one.trial.request.role, one.trial.request.version) == ("member", None)


def test_a_field_of_older_versions_is_looked_for_in_the_earliest_answer():
    found = suite(show(row("host", visible_to="admin", max="2.5")))
    assert str(case(found, "show/body/host[hidden-from-member]").trial.request.version) == "2.1"


def test_fields_that_all_see_have_no_case():
    assert hidden(show(row("host"))) == []


@pytest.mark.parametrize(
    ("status", "role", "body", "default", "verdict", "deviation"),
    [
        (200, "member", {"gear": {"host": "h"}}, True, "pass", "omission"),
        (200, "member", {"gear": {"host": "h"}}, False, "inapplicable", None),
        (200, "member", {"gear": {}}, True, "inapplicable", None),
        (200, "admin", {"gear": {"host": "h"}}, True, "inapplicable", None),
        (403, "member", None, True, "inapplicable", None),
    ],
)
def test_only_a_field_that_a_member_sees_says_something(status, role, body, default, verdict, deviation):
    found = HiddenFrom("host", ("gear", "host"), "member", default).judge(evidence(status, body=body, role=role))
    assert (found.verdict, found.deviation) == (verdict, deviation)
