"""Expectations about values that come back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from widgets import evidence

from conformance.engine.judge.equality import HAD_IT, ComesBack, KeepsValue, shows
from conformance.engine.model.probe import Kept, Looked, RecordOf, ViewOf

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
UUID = "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10"
NAME = ComesBack("name", ("paint", "name"), ("widget", "name"), required=True)
OWN = replace(NAME, own=True)
LATER = ComesBack("name", ("paint", "name"), ("widget", "name"), required=False, probe=ViewOf("widgets.show"))


KEPT = Kept("widgets.show")
CHANGED = replace(NAME, was=(KEPT, ("widget", "name")))


def was(name):
    return {KEPT: Looked(shown={"widget": {"name": "w"}}, was={"widget": {"name": name}})}


COPIED = ComesBack("name", ("paint", "name"), ("image", "name"), required=False, probe=RecordOf("image"))


@pytest.mark.parametrize(
    ("image", "verdict"),
    [({"image": {"name": "n"}}, "pass"), ({"image": {"name": "n-other"}}, "fail"), (None, "inapplicable")],
)
def test_another_resource_shows_the_value_that_was_sent(image, verdict):
    found = {RecordOf("image"): image}
    assert COPIED.judge(evidence(sent={"paint": {"name": "n"}}, found=found)).verdict == verdict
    assert COPIED.expected == "name is shown by the image with the value that was sent"


@given(JSON.filter(lambda value: value is not None))
def test_every_value_shows_itself(value):
    assert shows(value, value)


@pytest.mark.parametrize(
    ("shown", "sent"),
    [
        ("7", 7),
        (7, "7"),
        (1.0, 1),
        ("True", True),
        ("", ""),
        (UUID.replace("-", ""), UUID),
        ({"a": 1, "more": 2}, {"a": 1}),
        ([{"name": "a", "id": 1}, {"name": "b", "id": 2}], [{"name": "b"}, {"name": "a"}]),
    ],
)
def test_a_service_may_add_to_a_value_and_write_a_number_as_text(shown, sent):
    assert shows(shown, sent)


@pytest.mark.parametrize(
    ("shown", "sent"),
    [
        ("Red", "red"),
        ("red ", "red"),
        (8, 7),
        (None, "red"),
        ("", "red"),
        (False, True),
        ([], ["red"]),
        (["blue"], ["red"]),
        ({}, {"a": 1}),
        ({"a": 2}, {"a": 1}),
        ("{'a': 1}", {"a": 1}),
        (UUID[:-1] + "1", UUID),
    ],
)
def test_everything_else_is_another_value(shown, sent):
    assert not shows(shown, sent)


@pytest.mark.parametrize(
    ("expectation", "more", "verdict", "observed"),
    [
        (NAME, {"body": {"widget": {"name": "w"}}}, "pass", "the same"),
        (NAME, {"body": {"widget": {"name": "v"}}}, "fail", "another value"),
        (NAME, {"body": {"widget": {}}}, "fail", "missing"),
        (LATER, {"found": {ViewOf("widgets.show"): {"widget": {}}}}, "inapplicable", "not shown"),
        (LATER, {"found": {ViewOf("widgets.show"): {"widget": {"name": "v"}}}}, "fail", "another value"),
        (LATER, {"found": {ViewOf("widgets.show"): {"widget": {"name": "w"}}}, "body": {}}, "pass", "the same"),
        (LATER, {"found": {ViewOf("widgets.show"): None}}, "inconclusive", "no view"),
        (LATER, {"body": {"widget": {"name": "w"}}}, "inconclusive", "no view"),
        (NAME, {"body": None}, "inapplicable", "not shown"),
        (NAME, {"body": {"widget": {"name": "w"}}, "sent": {"paint": {"name": None}}}, "inapplicable", "not shown"),
        (OWN, {"body": {"widget": {"name": "w"}}, "before": {"name": "w"}}, "inapplicable", HAD_IT),
        (OWN, {"body": {"widget": {"name": "w"}}, "before": {"name": "v"}}, "pass", "the same"),
        (OWN, {"body": {"widget": {"name": "v"}}, "before": {"name": "w"}}, "fail", "another value"),
        (NAME, {"body": {"widget": {"name": "w"}}, "before": {"name": "w"}}, "pass", "the same"),
        (CHANGED, {"body": {"widget": {"name": "w"}}, "found": was("w")}, "inapplicable", HAD_IT),
        (CHANGED, {"body": {"widget": {"name": "w"}}, "found": was("v")}, "pass", "the same"),
        (CHANGED, {"body": {"widget": {"name": "v"}}, "found": was("w")}, "fail", "another value"),
        (CHANGED, {"body": {"widget": {"name": "w"}}}, "pass", "the same"),
        (NAME, {"code": 400, "body": {"widget": {"name": "v"}}}, "inconclusive", "400"),
    ],
)
def test_verdicts(expectation, more, verdict, observed):
    judgement = expectation.judge(evidence(**{"sent": {"paint": {"name": "w"}}, **more}))
    assert (judgement.verdict, judgement.observed) == (verdict, observed)
    assert (judgement.deviation is not None) == (verdict == "fail")


def test_a_reason_names_both_values_but_no_secret():
    shown = evidence(sent={"paint": {"name": "w"}}, body={"widget": {"name": "v"}})
    assert NAME.judge(shown).reason == "name does not come back: 'w' was sent, 'v' is shown"
    secret = ComesBack("adminPass", ("paint", "adminPass"), ("adminPass",), required=True)
    told = secret.judge(evidence(sent={"paint": {"adminPass": "p-1"}}, body={"adminPass": "p-2"}))
    assert told.reason == "adminPass does not come back"


KEPT = KeepsValue("note", ("widget", "note"), Kept("widgets.show"), "name")


def noted(value):
    return {"widget": {"note": value} if value is not None else {}}


@pytest.mark.parametrize(
    ("was", "now", "verdict"),
    [
        (noted("n"), noted("n"), "pass"),
        (noted("n"), noted(""), "fail"),
        (noted("n"), noted("m"), "fail"),
        (noted("n"), noted(None), "fail"),
        (noted(""), noted("m"), "inapplicable"),
        (noted(None), noted("m"), "inapplicable"),
        (None, noted("n"), "inconclusive"),
        (noted("n"), None, "inconclusive"),
    ],
)
def test_a_field_that_was_not_sent_keeps_its_value(was, now, verdict):
    judgement = KEPT.judge(evidence(found={KEPT.probe: Looked(200, 200, now, was)}))
    assert judgement.verdict == verdict
    assert KEPT.judge(evidence(400, found={KEPT.probe: Looked(200, 200, now, was)})).verdict == "inconclusive"
    assert KEPT.judge(evidence()).verdict == "inconclusive", "nothing was looked at"


def test_the_reason_names_both_values_of_a_field_but_no_secret():
    def told(name):
        found = {KEPT.probe: Looked(200, 200, {name: "b"}, {name: "a"})}
        return KeepsValue(name, (name,), KEPT.probe, "name").judge(evidence(found=found)).reason

    assert told("note") == "note was not sent, and did not keep its value: it was 'a', and is 'b'"
    assert told("adminPass") == "adminPass was not sent, and did not keep its value"
