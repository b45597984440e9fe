"""Requests with one optional field alone, where the samples give it together with others only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, case, evidence, ids, plain, row, sample, suite

from conformance.engine.api.entries import BindingRule, ValueRule

NAME, PAINT, SIZE = row("name", required=True), row("paint"), row("size", "integer")
TOGETHER = {"name": "n", "paint": "red", "size": 3}


def made(*rows, shown=TOGETHER, service=KNOWLEDGE, error=(400,)):
    samples = (sample(shown),) if shown else ()
    return suite(
        plain("POST", "/gears", *rows, name="make", samples=samples, normal=(201,), error=error), service=service
    )


def test_each_field_that_samples_give_beside_others_is_given_alone():
    found = made(NAME, PAINT, SIZE)
    assert ids(found, "[alone-") == ["make/normal/201[alone-paint]", "make/normal/201[alone-size]"]
    body = case(found, "make/normal/201[alone-paint]").trial.request.body
    assert set(body) == {"name", "paint"}
    assert body["paint"] == "red"


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ((NAME, PAINT), {"name": "n", "paint": "red"}),  # the sample gives it alone
        ((NAME, PAINT, SIZE), None),  # nobody knows a good value
        ((NAME, row("axle", "object"), row("axle.paint"), row("axle.size", "integer")), {"name": "n"}),
    ],
)
def test_no_request_is_made_twice_or_with_made_up_values(rows, shown):
    assert ids(made(*rows, shown=shown), "[alone-") == []


@pytest.mark.parametrize(
    "said",
    [
        {"value_rules": (ValueRule("*.make", "paint", "given", {"size": 3}),)},
        {"required_together": (("*.make", "paint", "size"),)},
    ],
)
def test_a_field_that_needs_another_one_is_not_given_alone(said):
    assert ids(made(NAME, PAINT, SIZE, service=replace(KNOWLEDGE, **said)), "[alone-paint]") == []


def test_an_operation_that_reads_has_no_such_case():
    shown = plain("GET", "/gears", NAME, PAINT, SIZE, samples=(sample(TOGETHER),), normal=(200,), error=(400,))
    assert ids(suite(shown), "[alone-") == []


def test_a_bound_value_is_used():
    known = replace(KNOWLEDGE, bindings=(*KNOWLEDGE.bindings, BindingRule("*", "paint", "blue")))
    one = case(made(NAME, PAINT, SIZE, service=known), "make/normal/201[alone-paint]")
    assert one.trial.request.body["paint"] == "blue"


@pytest.mark.parametrize(
    ("status", "verdict", "deviation"),
    [
        (201, "pass", None),
        (202, "fail", "contradiction"),
        (400, "inapplicable", None),  # no reference promises that a field is enough by itself
        (409, "pass", "omission"),
        (500, "fail", "contradiction"),
    ],
)
def test_an_acceptance_has_a_normal_code_and_a_refusal_a_listed_one(status, verdict, deviation):
    one = case(made(NAME, PAINT, SIZE), "make/normal/201[alone-paint]")
    judged = one.expectation.judge(evidence(status, trial=one.trial))
    assert (judged.verdict, judged.deviation) == (verdict, deviation)
    assert one.expectation.expected == "201, or refused with a listed code: paint alone"
