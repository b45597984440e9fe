"""Requests about references between things: a body that names nothing, and the removal of a thing in use."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, case, evidence, ids, plain, row, suite

from conformance.engine.api.entries import BindingRule, Refusal
from conformance.engine.derive.refusals import UNKNOWN_ID
from conformance.engine.model.binding import Binding, Step
from conformance.engine.model.setup import Prepared

GEAR = BindingRule("*", "gear_id", Binding("/gears"))
KNOWN = replace(KNOWLEDGE, bindings=(*KNOWLEDGE.bindings, GEAR))


def collection(name, *rows, error=(400,), **more):
    """The operations of a collection: make, show and remove."""
    return (
        plain("POST", f"/{name}s", *rows, name=f"make-{name}", normal=(201,), error=error, **more),
        plain("GET", f"/{name}s/{{{name}_id}}", name=f"show-{name}", normal=(200,)),
        plain("DELETE", f"/{name}s/{{{name}_id}}", name=f"drop-{name}", normal=(204,), error=error),
    )


def wheels(*rows, service=KNOWN, **more):
    return suite(*collection("gear", row("name", required=True)), *collection("wheel", *rows, **more), service=service)


def test_a_field_of_the_body_names_nothing():
    found = wheels(row("gear_id", required=True))
    one = case(found, "make-wheel/situation/unknown-reference[gear_id]")
    assert one.trial.request.body == {"gear_id": UNKNOWN_ID}
    assert one.trial.outcome.accepted is None
    assert one.requirement.source.line == 11


def test_an_optional_field_is_added_to_the_documented_body():
    found = wheels(row("name", required=True), row("gear_id"))
    one = case(found, "make-wheel/situation/unknown-reference[gear_id]")
    assert one.trial.request.body["gear_id"] == UNKNOWN_ID
    assert one.trial.request.uses_optional_fields


@pytest.mark.parametrize(
    "rows",
    [
        (row("name", required=True),),  # it names no other thing
        (row("colourRef", required=True),),  # nobody knows an id of this kind that names nothing
        (row("name", required=True), row("axle", "object"), row("axle.gear_id")),  # wrong without the rest of the axle
    ],
)
def test_other_fields_are_not_tried(rows):
    assert ids(wheels(*rows), "unknown-reference") == []


def test_the_same_request_is_not_made_twice():
    found = wheels(row("gear_id", required=True), error=(400, 404))
    assert "make-wheel/error/404[unknown-gear_id]" in ids(found)
    assert ids(found, "unknown-reference") == []


def test_a_reference_without_errors_leaves_the_codes_out():
    assert ids(wheels(row("gear_id", required=True), error=()), "unknown-reference") == []


def test_a_thing_that_another_one_needs_is_removed_in_use():
    one = case(wheels(row("gear_id", required=True)), "drop-gear/situation/in-use[wheels]")
    assert one.trial.setups(Prepared) == [Prepared((Step("/wheels", {}),))]
    assert one.trial.outcome.accepted is None


@pytest.mark.parametrize(
    ("rows", "binding"),
    [
        ((row("name", required=True), row("gear_id")), GEAR),  # a wheel can be made without a gear
        ((row("gear_id", required=True),), replace(GEAR, value=Binding("/gears", relation="listed"))),  # one of others
    ],
)
def test_a_thing_that_others_need_not_name_is_not_in_use(rows, binding):
    found = wheels(*rows, service=replace(KNOWN, bindings=(*KNOWLEDGE.bindings, binding)))
    assert ids(found, "in-use") == []


def test_a_described_situation_is_not_tried_again():
    said = Refusal("widgets.drop-gear", 409, "on-a-wheel", None, steps=(Step("/wheels", {}),))
    found = wheels(row("gear_id", required=True), service=replace(KNOWN, refusals=(said,)))
    assert ids(found, "in-use") == []


@pytest.mark.parametrize(
    ("status", "verdict", "deviation"),
    [
        (500, "fail", "contradiction"),
        (404, "pass", "omission"),
        (400, "inapplicable", None),
        (201, "inapplicable", None),
    ],
)
def test_only_an_unlisted_code_counts(status, verdict, deviation):
    one = case(wheels(row("gear_id", required=True)), "make-wheel/situation/unknown-reference[gear_id]")
    judged = one.expectation.judge(evidence(status, trial=one.trial))
    assert (judged.verdict, judged.deviation) == (verdict, deviation)
