"""A spec gives cases of bodies that break a constraint of their rows, or name a thing that is not there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import COLOUR, KNOWLEDGE, PARAMETERS, action, case, ids, plain, row, suite, untested

from conformance.engine.api.entries import BindingRule
from conformance.engine.derive.refusals import UNKNOWN_ID
from conformance.engine.judge.codes import RefusedWhereSilent
from conformance.engine.judge.contents import ErrorBody
from conformance.engine.model.binding import Binding
from specs.model import Parameter, Request
from specs.record.model import Source


def broken(*rows: Parameter):
    """Bodies that are to be refused, by the case's detail."""
    found = suite(action("paint", *rows, error=(400,)))
    return {
        c.id.partition("[")[2].rstrip("]"): c.trial.request.body["paint"]
        for c in found.cases
        if "/error/400[" in c.id and "unknown-id" not in c.id
    }


THING = {"conformance": "object"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (row("f"), {"f-type": {"f": THING}}),
        (row("f", "integer"), {"f-type": {"f": THING}}),
        (row("f", "boolean"), {"f-type": {"f": THING}}),
        (row("f", "object"), {"f-type": {"f": "text"}}),
        (row("f", "array"), {"f-type": {"f": THING}}),
        (row("f", "none"), {}),
        (row("f", None), {}),
        (row("f", "a word of its own"), {}),
        (row("f", None, enum=("a", "b")), {"f-enum": {"f": "conformance-none-of-them"}}),
        (row("f", "string", max_length=3), {"f-type": {"f": THING}, "f-max-length": {"f": "xxxx"}}),
        (row("f", "string", min_length=1), {"f-type": {"f": THING}, "f-min-length": {"f": ""}}),
        (row("f", "string", min_length=0), {"f-type": {"f": THING}}),
        (row("f", "integer", minimum=1), {"f-type": {"f": THING}, "f-minimum": {"f": 0}}),
        (row("f", "integer", minimum=0), {"f-type": {"f": THING}, "f-minimum": {"f": -1}}),
        (row("f", "integer", maximum=9), {"f-type": {"f": THING}, "f-maximum": {"f": 10}}),
        (row("f", "string", format="uuid"), {"f-type": {"f": THING}, "f-format": {"f": "not-a-uuid"}}),
        (row("f", "string", format="unheard-of"), {"f-type": {"f": THING}}),
        (row("f", "integer", True), {"f-missing": {}, "f-type": {"f": THING}}),
    ],
)
def test_each_constraint_of_a_row_is_broken_by_itself(given, expected):
    assert broken(given) == {**expected, "paint-type": "text"}


def test_one_thing_is_broken_at_a_time():
    bodies = broken(row("colourRef", required=True), row("mood", max_length=2))
    assert bodies == {
        "colourRef-missing": {},
        "colourRef-type": {"colourRef": THING},
        "mood-type": {"colourRef": COLOUR, "mood": THING},
        "mood-max-length": {"colourRef": COLOUR, "mood": "xxx"},
        "paint-type": "text",
    }


def test_an_optional_field_of_what_may_be_null_is_broken_too():
    turn = action("turn", error=(400,))
    rows = (row("turn", "object", True, nullable=True), row("mood"))
    found = suite(replace(turn, request=replace(turn.request, parameters=rows)))
    assert case(found, "turn/error/400[mood-type]").trial.request.body == {"turn": {"mood": THING}}


def test_what_names_nothing_where_404_is_not_listed_is_a_400_or_observed():
    found = suite(action(error=(400,)))
    assert ids(found, "error/400") == ["spin/error/400[unknown-id]"]
    one = case(found, "spin/error/400[unknown-id]")
    assert one.expectation == RefusedWhereSilent(400, "an id that names nothing")
    assert (one.trial.situation.state, one.trial.situation.target) == (None, "unknown")
    assert ids(suite(action(error=(400, 404))), "error/400") == []


@pytest.mark.parametrize(
    ("bound", "unknown"),
    [
        (Binding("/gears"), UNKNOWN_ID),
        (Binding("/gears", "id", "fresh"), UNKNOWN_ID),
        (Binding("/gears", "name"), None),
        ("a constant", None),
    ],
)
def test_what_a_body_names_is_unknown_if_it_is_an_element_of_a_collection(bound, unknown):
    service = replace(KNOWLEDGE, bindings=(BindingRule("*", "gear_id", bound),))
    make = plain("POST", "/widgets", row("gear_id", required=True), error=(404,), normal=(202,))
    found = suite(make, service=service)
    sent = [one.trial.request.body for one in found.cases if one.id.endswith("error/404[unknown-gear_id]")]
    assert sent == ([{"gear_id": unknown}] if unknown else [])


def test_400_may_be_another_listed_refusal_and_has_a_body():
    found = suite(action("paint", row("mood"), error=(400,)))
    one = case(found, "paint/error/400[mood-type]")
    assert one.expectation.also_listed
    assert one.expectation.elsewhere == (404, 409), "what the body names may be missing, or in use"
    assert one.fault == ErrorBody()


def test_a_broken_name_of_a_project_comes_from_somebody_who_may_name_any():
    """A member that names another project than its own is refused for that, whatever the form of the name."""
    found = suite(action("paint", row("project_id", required=True), row("mood"), error=(400,)))
    roles = {part: case(found, f"paint/error/400[{part}]").trial.request.role for part in
             ("project_id-type", "project_id-missing", "mood-type")}  # fmt: skip
    assert roles == {"project_id-type": "admin", "project_id-missing": "member", "mood-type": "member"}


def test_a_constraint_whose_code_is_not_listed_is_a_promise_of_its_row():
    found = suite(action("paint", row("mood", required=True)))
    assert ids(found, "constraint") == [
        "paint/constraint/mood-missing",
        "paint/constraint/mood-type",
        "paint/constraint/paint-type",
    ]
    one = case(found, "paint/constraint/mood-type")
    assert one.expectation.any_refusal
    assert one.requirement.source == Source(PARAMETERS, 104)


def test_a_request_that_nothing_can_break_has_a_reason():
    """Not where it could name something in vain: only 400 is listed for that."""
    nameless = action(error=(400,), action=None, path="/gears", request=Request())
    assert untested(suite(nameless)) == {"spin/error/400": "no-constraint"}
    assert untested(suite(action(error=(400,)))) == {}


def test_a_nested_row_has_a_reason():
    found = suite(action("paint", row("parts", "array"), row("parts.name", required=True), error=(400,)))
    assert untested(found) == {
        "paint/constraint/parts.name": "no-place",
        "paint/normal/202[with-parts]": "not-derivable",
    }
