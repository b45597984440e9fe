"""Operations of any method have cases for samples, versions, environments, and values of a description."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import COLOUR, KNOWLEDGE, TOP, action, becomes, case, ids, plain, row, sample, suite, untested, view
from workshop import MAKE, NEW_NAME, SHOW

from conformance.engine.api.entries import BindingRule, Refusal
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.codes import Accepted
from conformance.engine.judge.contents import EmptyBody, FieldShown
from conformance.engine.model.binding import Binding, Step
from specs.microversion import Microversion
from specs.model import Body, Condition, Deprecation, Removal, Versions, When

GEAR = sample({"gear": {"id": "1", "name": "g"}})


def test_a_sample_with_an_id_of_somebody_elses_has_a_reason():
    named = {"gear": {"owner_id": "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10"}}
    found = suite(plain("POST", "/gears", row("gear", "object"), samples=(sample(named),), normal=(200,)))
    assert ids(found, "sample") == []
    (left,) = found.untested
    assert left.requirement == "widgets.post-gears/normal/200[sample-widget-sample-2.1]"
    assert (left.reason, left.detail) == (
        "not-derivable",
        "the sample's owner_id names a resource that the suite cannot make",
    )


@pytest.mark.parametrize(
    "shown",
    [
        {"gear": {"owner_id": "me"}},
        {"gear": {"reservation": "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10"}},
        {"gear": {"colourRef": "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10"}},
    ],
)
def test_a_sample_that_names_nothing_of_others_is_a_documented_request(shown):
    found = suite(plain("POST", "/gears", row("gear", "object"), samples=(sample(shown),), normal=(200,)))
    assert ids(found, "sample") == ["post-gears/normal/200[sample-widget-sample-2.1]"]


def test_a_sample_whose_id_the_table_binds_is_a_documented_request():
    shown = {"gear": {"colour_id": "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10"}}
    service = replace(KNOWLEDGE, bindings=(BindingRule("*", "colour_id", COLOUR),))
    found = suite(plain("POST", "/gears", samples=(sample(shown),), normal=(200,)), service=service)
    assert case(found, "post-gears/normal/200[sample-widget-sample-2.1]").trial.request.body == {
        "gear": {"colour_id": COLOUR}
    }


def test_the_fields_of_a_body_that_ended_are_judged_at_the_last_version_that_had_them():
    answers = (row("gear", "object", True),)
    one = plain("POST", "/gears", answers=answers, answered=(GEAR,), normal=(200,), body=Body("empty", 40, min="2.9"))
    found = suite(one)
    shown = case(found, "post-gears/body/gear")
    assert isinstance(shown.expectation, FieldShown)
    assert str(shown.trial.request.version) == "2.8"
    empty = case(found, "post-gears/body/empty")
    assert (empty.expectation, empty.trial.request.version) == (EmptyBody(), None)


def test_a_body_that_was_always_empty_has_no_fields():
    one = plain("POST", "/gears", answers=(row("gear"),), answered=(GEAR,), normal=(200,), body=Body("empty", 40))
    assert ids(suite(one), "body/gear") == []


def test_an_operation_whose_replacement_takes_its_path_is_tried_up_to_the_version_before():
    gone = Deprecation(7, "2.9", "GET /gears/{gear_id}")
    found = suite(plain("GET", "/gears/all", normal=(200,), deprecated=gone))
    assert ids(found) == ["get-gears-all/normal/200", "get-gears-all/normal/200[2.1]"]
    late = suite(plain("GET", "/gears/all", normal=(200,), deprecated=gone, microversions=Versions(min="2.9")))
    assert (late.cases, untested(late)) == ((), {"get-gears-all": "beyond-cloud"})


def test_an_operation_without_a_server_is_tried_in_no_status():
    found = suite(MAKE, SHOW)
    one = case(found, "post-gears/normal/200")
    assert one.expectation == Accepted((200,))
    assert (one.trial.situation.state, one.trial.request.body) == (None, {"gear": {"name": NEW_NAME}})


@pytest.mark.parametrize("relation", ["own", "other", "attached"])
def test_an_operation_whose_values_belong_to_a_server_is_tried_on_one(relation):
    rules = (BindingRule("*", "colourRef", Binding("colour", "id", relation)),)
    one = plain("POST", "/gears", row("colourRef", required=True), normal=(200,))
    found = suite(one, service=replace(KNOWLEDGE, bindings=rules))
    assert case(found, "post-gears/normal/200").trial.situation.state == "IDLE"


def test_an_environment_that_the_tables_meet_is_no_hindrance():
    one = plain("POST", "/gears", normal=(200,), preconditions=(Condition("environment", "gear", 21),))
    assert untested(suite(one))["post-gears/normal/200"] == "not-through-api"
    met = replace(KNOWLEDGE, environment_satisfied=("*.post-gears",))
    stepped = replace(KNOWLEDGE, steps_before=(("*.post-gears", Step("widgets.oil", {})),))
    for service in (met, stepped):
        assert case(suite(one, service=service), "post-gears/normal/200")


def test_a_field_that_is_refused_without_another_goes_with_it():
    service = replace(KNOWLEDGE, required_together=(("*.post-gears", "force", "host"),))
    one = plain("POST", "/gears", row("force", "boolean", min="2.5"), row("host"), normal=(200,))
    found = suite(one, service=service)
    inside = case(found, "post-gears/microversion/force/min-2.5[2.5]")
    assert inside.trial.request.body == {"force": True, "host": "conformance"}


def test_a_header_of_the_table_is_sent_if_the_description_binds_it():
    """No sample shows a header, so the others are left out."""
    rows = (row(name, location="header") for name in ("X-Thing", "X-Other", "X-Gone"))
    rules = (BindingRule("*", "X-Thing", Binding("token")), BindingRule("*", "X-Gone", ABSENT))
    one = plain("GET", "/gears", *rows, normal=(200,), error=(401, 404))
    refusal = Refusal(one.id, 404, "no-such-thing", "X-Thing", "none")
    found = suite(one, service=replace(KNOWLEDGE, bindings=rules, refusals=(refusal,)))
    for name in ("normal/200", "error/401[no-token]"):
        assert case(found, f"get-gears/{name}").trial.request.headers == (("X-Thing", Binding("token")),)
    wrong = case(found, "get-gears/error/404[no-such-thing]").trial
    assert (wrong.request.headers, wrong.request.query) == ((("X-Thing", "none"),), ())


def test_a_postcondition_of_other_versions_does_not_lead_anywhere_at_this_one():
    post = becomes("SPINNING", when=When(min="2.9"))
    spin = view(action(postconditions=(post,)), TOP)
    variant = spin.variants[0]
    assert spin.leads_to("IDLE", variant) == ("SPINNING",)
    assert spin.leads_to("IDLE", variant, Microversion(2, 8)) == ()


def test_what_needs_others_beside_it_may_be_named_by_a_pattern():
    service = replace(KNOWLEDGE, required_together=(("*", "teeth*", "teeth.size"),))
    gears = plain("POST", "/gears")
    assert service.with_companions(gears, ["teeth.note"]) == ["teeth.size"]
    assert service.with_companions(gears, ["teeth.size"]) == []
    assert service.with_companions(gears, ["name"]) == []


@pytest.mark.parametrize(
    ("method", "path", "target"),
    [
        ("GET", "/gears/{gear_id}", "any"),
        ("DELETE", "/gears/{gear_id}", "unknown"),
        ("GET", "/gears", "own"),
        ("GET", "/widgets/{widget_id}/gears", "own"),
        ("GET", "/widgets/{widget_id}/gears/{gear_id}", "missing"),
        ("DELETE", "/widgets/{widget_id}/gears/{gear_id}", "missing"),
    ],
)
def test_what_was_removed_is_looked_for_and_never_acted_on(method, path, target):
    (one,) = suite(plain(method, path, removed=Removal(44, "7.0.0"))).cases
    assert one.trial.situation.target == target


@pytest.mark.parametrize("path", ["/gears/(gear_id)", "/gears/:gear_id", "/gears/<gear_id>", "gears/{gear_id}"])
def test_a_url_of_another_form_is_never_sent(path):
    """A cloud would take the placeholder for a name."""
    found = suite(plain("GET", path, normal=(200,), error=(404,), name="get-gear"))
    assert not found.cases
    assert untested(found)["get-gear"] == "not-derivable"
