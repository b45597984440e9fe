"""The trials of an operation: what they share is never what somebody could change, or what belongs to another one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from widgets import KNOWLEDGE, TOP, action, plain, row, sample, view

from conformance.engine.api import bodies
from conformance.engine.derive.attempt import Asked, Where, attempt
from conformance.engine.derive.view import Variant
from specs.microversion import Microversion

SPEED, TAGS = row("speed", "integer", required=True, min="2.5"), row("tags", "object", required=True)
SPIN = action("spin", TAGS, SPEED, samples=(sample({"spin": {"tags": {}, "speed": 1}}),))
MAKE = plain("POST", "/widgets", TAGS, SPEED, samples=(sample({"tags": {"a": [{}]}, "speed": 1}),))
USUAL = Variant("", (), ("READY",), None)
FAST = Variant("fast", (("speed", 9),), ("READY",), None)
SURE = Variant("sure", (("speed", True),), ("READY",), None)
ONE = Variant("one", (("speed", 1),), ("READY",), None)  # to Python the same value, and to JSON another one
DEEP = Variant("deep", (("tags", {"a": {"b": 1}}),), ("READY",), None)


def sent(of, variant=USUAL, version=None):
    return attempt(of, "documented", Where(variant, "READY"), Asked(version=version)).request.body


def spoilt(body):
    """Change all objects and lists of a body."""
    if isinstance(body, dict):
        for inner in body.values():
            spoilt(inner)
        body["spoilt"] = True
    elif isinstance(body, list):
        for inner in body:
            spoilt(inner)
        body.clear()


versions = st.sampled_from([None, Microversion(2, 1), Microversion(2, 5), TOP])


@pytest.mark.parametrize("operation", [SPIN, MAKE], ids=["action", "tree"])
@given(asked=st.lists(st.tuples(st.sampled_from([USUAL, FAST, SURE, ONE, DEEP]), versions), max_size=6))
def test_each_trial_sends_the_body_of_its_own_form_and_version(operation, asked):
    shared = view(operation)
    for variant, version in asked:
        expected = bodies.build(operation, version or shared.default, KNOWLEDGE, dict(variant.include))
        assert json.dumps(sent(shared, variant, version)) == json.dumps(expected)


@pytest.mark.parametrize("operation", [SPIN, MAKE], ids=["action", "tree"])
def test_whoever_changes_the_body_of_a_trial_changes_no_other(operation):
    shared = view(operation)
    first, expected = sent(shared), sent(view(operation))
    spoilt(first)
    assert sent(shared) == expected != first


def test_optional_fields_are_told_by_the_plain_body():
    asked = Asked(body={"spin": {"tags": {}, "speed": 1}}, optional=True)
    where = Where(USUAL, "READY")
    usual = sent(view(SPIN))
    assert attempt(view(SPIN), "x", where, replace(asked, body={"spin": {"more": 1}})).request.uses_optional_fields
    assert not attempt(view(SPIN), "x", where, replace(asked, body=usual)).request.uses_optional_fields
