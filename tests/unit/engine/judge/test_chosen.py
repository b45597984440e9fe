"""Answers to requests that choose fields: exactly these fields pass, in every thing of the answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from widgets import evidence

from conformance.engine.judge.chosen import OnlyChosen

LISTED = OnlyChosen("fields", ("widgets", "[]"), ("id", "name"))
SHOWN = OnlyChosen("fields", ("widget",), ("id",))
ONE = {"id": "w-1", "name": "first"}


@pytest.mark.parametrize(
    ("expectation", "body"),
    [(LISTED, {"widgets": [ONE, ONE]}), (SHOWN, {"widget": {"id": "w-1"}}), (LISTED, {"widgets": [ONE], "links": []})],
)
def test_the_chosen_fields_and_no_others_pass(expectation, body):
    assert expectation.judge(evidence(200, body=body)).verdict == "pass"


@pytest.mark.parametrize(
    ("expectation", "body", "reason"),
    [
        (LISTED, {"widgets": [ONE, {**ONE, "size": 1}]}, "fields=id&fields=name shows size"),
        (LISTED, {"widgets": [{**ONE, "size": 1, "made": 2}]}, "fields=id&fields=name shows made and 1 more"),
        (LISTED, {"widgets": [ONE, {"id": "w-2"}]}, "fields=id&fields=name does not show name"),
        (LISTED, {"widgets": ["w-1"]}, "fields=id&fields=name does not show id"),
        (SHOWN, {"widget": ONE}, "fields=id shows name"),
    ],
)
def test_a_field_more_or_less_breaks_the_promise(expectation, body, reason):
    judgement = expectation.judge(evidence(200, body=body))
    assert (judgement.verdict, judgement.reason) == ("fail", reason)


@pytest.mark.parametrize("body", [{"widgets": []}, {"others": [ONE]}, {}, None, "text"])
def test_an_answer_without_a_thing_proves_nothing(body):
    assert LISTED.judge(evidence(200, body=body)).verdict == "inconclusive"


@pytest.mark.parametrize(
    ("status", "verdict"), [(400, "fail"), (500, "fail"), (401, "inconclusive"), (403, "inconclusive")]
)
def test_a_refusal_breaks_the_promise_unless_the_sender_may_not_ask(status, verdict):
    assert LISTED.judge(evidence(status, body={})).verdict == verdict


@given(st.sets(st.text(max_size=6)))
def test_only_the_exact_fields_pass(names):
    judgement = LISTED.judge(evidence(200, body={"widgets": [ONE, dict.fromkeys(names)]}))
    assert (judgement.verdict == "pass") == (names == {"id", "name"})
