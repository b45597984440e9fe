"""Values that come back: which rows are about one field, and which requests are judged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, TOP, action, case, ids, plain, row, sample, suite, untested

from conformance.engine.api.entries import BindingRule, ValueRule
from conformance.engine.api.given import RelatedStatus
from conformance.engine.judge.equality import ComesBack
from conformance.engine.model.api_version import ApiVersion
from conformance.engine.model.binding import Binding
from conformance.engine.model.probe import Kept, RecordOf, ViewOf
from specs.microversion import Microversion
from specs.model import Condition, Request

MADE = sample({"widget": {"id": "w", "name": "n", "colour": "red", "size": 1}})
ROWS = (row("widget", "object", required=True), row("name", required=True), row("colour", enum=("red", "blue")))
SHOWN = {"answers": (row("id", required=True), row("name", required=True), row("colour")), "answered": (MADE,)}
ASKED = (sample({"widget": {"name": "n", "colour": "red"}}),)
SHOW = plain("GET", "/gears/{gear_id}", normal=(200,), **SHOWN)


def make(*rows, samples=ASKED, **more):
    return plain("POST", "/gears", *rows, samples=samples, normal=(201,), **{**SHOWN, **more})


def test_a_row_that_request_and_answers_share_is_judged_in_both_answers():
    found = suite(make(*ROWS), SHOW)
    assert ids(found, "equality") == [
        "post-gears/equality/name",
        "post-gears/equality/name/show",
        "post-gears/equality/colour",
        "post-gears/equality/colour[value-2]",
        "post-gears/equality/colour/show",
        "post-gears/equality/colour/show[value-2]",
    ]
    own, later = case(found, "post-gears/equality/name"), case(found, "post-gears/equality/name/show")
    assert own.expectation == ComesBack("name", ("widget", "name"), ("widget", "name"), required=True)
    assert later.expectation == replace(own.expectation, probe=ViewOf("widgets.get-gears-gear_id"))
    assert own.trial.outcome.accepted


def test_enumerated_values_are_sent_so_that_one_is_not_the_default():
    found = suite(make(*ROWS), SHOW)
    cases = [c for c in found.cases if c.requirement.id.endswith("equality/colour")]
    assert {c.trial.request.body["widget"]["colour"] for c in cases} == {"red", "blue"}


@pytest.mark.parametrize(
    "other",
    [
        row("colour", "integer"),
        row("hue"),
        row("colour", enum=("reddish", "bluish")),
        row("colour", min="2.20", max="2.19"),
    ],
)
def test_rows_that_are_not_about_one_field_are_not_compared(other):
    found = suite(make(*ROWS, answers=(other,)))
    assert not ids(found, "equality/colour")


def test_a_field_at_another_place_is_another_field():
    nested = sample({"widget": {"owner": {"name": "somebody"}, "id": "w"}})
    assert not ids(suite(make(*ROWS, answered=(nested,))), "equality/name")


def test_an_action_does_not_name_the_resource_by_a_field_of_the_same_name():
    view = plain("GET", "/widgets/{widget_id}", normal=(200,), **SHOWN)
    own = replace(row("name"), ref="name_of_the_copy")
    copied = action("copy", own, samples=(sample({"copy": {"name": "n"}}),))
    assert not ids(suite(copied, view), "copy/equality")
    renamed = action("rename", row("name", required=True), samples=(sample({"rename": {"name": "n"}}),))
    assert ids(suite(renamed, view), "rename/equality") == ["rename/equality/name/show"]


def test_the_description_binds_other_names_and_excepts_fields_with_a_reason():
    view = plain("GET", "/widgets/{widget_id}", normal=(200,), **SHOWN)
    paint = action("paint", row("tint", required=True), samples=(sample({"paint": {"tint": "red"}}),))
    bound = replace(KNOWLEDGE, returned_under=(("*.paint", "tint", ("widget", "colour")),))
    found = suite(paint, view, service=bound)
    assert ids(found, "paint/equality") == ["paint/equality/tint/show"]
    assert case(found, "paint/equality/tint/show").expectation.shown_at == ("widget", "colour")
    assert "returned_under: widgets.paint tint" in found.used
    excepted = replace(bound, not_returned=(("*.paint", "tint/show", "paint dries in another colour"),))
    found = suite(paint, view, service=excepted)
    assert not ids(found, "paint/equality")
    assert untested(found)["paint/equality/tint/show"] == "not-returned"


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_an_empty_value_shows_nothing(empty):
    asked = (sample({"widget": {"name": "n", "labels": empty}}),)
    shown = {"answers": (row("labels", "array"),), "answered": (sample({"widget": {"labels": ["a"]}}),)}
    found = suite(make(row("widget", "object", required=True), row("labels", "array"), samples=asked, **shown))
    assert not ids(found, "equality")
    assert untested(found)["post-gears/equality/labels"] == "not-derivable"


def test_another_resource_that_the_request_makes_shows_the_fields_that_the_description_names():
    copied = RelatedStatus("/images/{id}", "image.status", fields=(("name", "image.name"),))
    service = replace(KNOWLEDGE, related_statuses={"image": copied})
    asked = (row("name", required=True), row("colour"))
    body = (sample({"copy": {"name": "n", "colour": "red"}}),)
    made = action("copy", *asked, postconditions=(Condition("status", "image", 30, becomes=("active",)),), samples=body)
    (one,) = (c for c in suite(made, service=service).cases if "/equality/" in c.id)
    assert one.requirement.id.endswith("copy/equality/name/image")
    assert one.expectation == ComesBack("name", ("copy", "name"), ("image", "name"), False, RecordOf("image"))
    assert not ids(suite(action("copy", *asked, samples=body), service=service), "equality")


def test_reading_and_a_field_that_nothing_sends_have_no_case():
    assert not ids(suite(SHOW), "equality")
    found = suite(make(row("widget", "object", required=True), row("name"), samples=()), SHOW)
    assert not ids(found, "equality")


ON = replace(row("on", "boolean"), default=True)


def switched(value, on=ON, **more):
    request = sample({"widget": {"name": "n", "on": value}})
    answer = sample({"widget": {"id": "w", "name": "n", "on": True}})
    shown = {"answers": (row("name", required=True), row("on", on.type)), "answered": (answer,)}
    return plain("POST", "/gears", *ROWS[:2], on, samples=(request,), normal=(201,), **shown, **more)


def test_a_value_that_is_the_default_shows_nothing_so_that_its_opposite_is_sent():
    found = suite(switched(True), SHOW)
    one = case(found, "post-gears/equality/on")
    assert one.trial.request.body["widget"]["on"] is False
    assert one.trial.request.body["widget"].keys() == {"name", "on"}
    assert one.trial.outcome.accepted


def test_a_value_that_is_not_the_default_is_judged_as_it_is_sent():
    found = suite(switched(False), SHOW)
    assert case(found, "post-gears/equality/on").trial.request.body["widget"]["on"] is False
    assert not [c.trial.key for c in found.cases if "equality-on" in c.trial.key]


@pytest.mark.parametrize("on", [replace(ON, default=False), replace(ON, type="integer", default=1)])
def test_a_default_without_an_opposite_that_turns_off_is_not_judged(on):
    found = suite(switched(on.default, on), SHOW)
    assert not ids(found, "equality/on")
    assert untested(found)["post-gears/equality/on"] == "not-derivable"


def test_true_may_be_a_default_that_nobody_documents():
    found = suite(switched(True, replace(ON, default=None)), SHOW)
    cases = [c for c in found.cases if c.requirement.id == "widgets.post-gears/equality/on"]
    assert [c.trial.request.body["widget"]["on"] for c in cases] == [True, False]


def test_false_is_not_sent_where_it_is_the_default():
    found = suite(switched(True, replace(ON, default=False)), SHOW)
    assert [c.trial.request.body["widget"]["on"] for c in found.cases if c.id.endswith("equality/on")] == [True]
    assert not [c.trial.key for c in found.cases if "equality-on" in c.trial.key]


@pytest.mark.parametrize(
    "service",
    [
        replace(KNOWLEDGE, described=False),
        replace(
            KNOWLEDGE, value_rules=(ValueRule("*", "on", "false", reason="not-derivable", explanation="it stays"),)
        ),
    ],
)
def test_nothing_is_turned_off_that_could_not_be_removed_then(service):
    found = suite(switched(True), SHOW, service=service)
    assert not [c.trial.key for c in found.cases if "equality-on" in c.trial.key]
    assert ids(suite(switched(True), SHOW), "equality/on")


@pytest.mark.parametrize(("required", "judged"), [(False, False), (True, True)])
def test_the_project_that_asks_is_shown_whether_it_is_sent_or_not(required, judged):
    own = Binding("project", "id", "any")
    request = sample({"widget": {"name": "n", "project_id": "p"}})
    answer = sample({"widget": {"id": "w", "name": "n", "project_id": "p"}})
    shown = {"answers": (row("name", required=True), row("project_id")), "answered": (answer,)}
    rows = (*ROWS[:2], row("project_id", required=required))
    bound = replace(KNOWLEDGE, bindings=(*KNOWLEDGE.bindings, BindingRule("*", "project_id", own)))
    post = plain("POST", "/gears", *rows, samples=(request,), normal=(201,), **shown)
    found = suite(post, SHOW, service=bound)
    assert bool(ids(found, "equality/project_id")) is judged


def test_what_is_turned_off_is_turned_off_alone_since_other_fields_may_need_that_it_is_on():
    request = sample({"widget": {"name": "n", "colour": "red", "on": True}})
    one = replace(switched(True), request=Request((*ROWS, ON), (request,)))
    found = suite(one, SHOW)
    assert set(case(found, "post-gears/equality/on").trial.request.body["widget"]) == {"name", "on"}


def test_a_sample_gets_the_fields_without_which_its_request_has_no_use():
    service = replace(KNOWLEDGE, always_included=(("widgets.post-gears", "size"),))
    rows = (*ROWS, row("size", "integer"))
    bound = replace(service, bindings=(*service.bindings, BindingRule("*", "size", 3)))
    found = suite(make(*rows), SHOW, service=bound)
    bodies = [c.trial.request.body["widget"] for c in found.cases if "post-gears/equality/colour" in c.id]
    assert {one["size"] for one in bodies} == {3}
    assert "size" not in case(found, "post-gears/normal/201[sample-widget-sample-2.1]").trial.request.body["widget"]


def test_an_update_is_compared_with_the_view_before_it():
    asked, shown = (sample({"widget": {"name": "n"}}),), {"answers": SHOWN["answers"], "answered": SHOWN["answered"]}
    update = plain("PUT", "/gears/{gear_id}", *ROWS[:2], samples=asked, normal=(200,), **shown)
    cases = [c for c in suite(make(*ROWS), SHOW, update).cases if "put-gears-gear_id/equality" in c.id]
    before = (Kept("widgets.get-gears-gear_id"), ("widget", "name"))
    assert [c.expectation.was for c in cases] == [before, before]
    alone = [c for c in suite(make(*ROWS), update).cases if "put-gears-gear_id/equality" in c.id]
    assert [c.expectation.was for c in alone] == [None], "nothing shows it"


def test_nothing_of_others_is_turned_off():
    update = plain(
        "PUT",
        "/others/{other_id}",
        ON,
        samples=(sample({"widget": {"on": True}}),),
        normal=(200,),
        answers=(row("on", "boolean"),),
        answered=(sample({"widget": {"on": True}}),),
    )
    found = suite(update)
    assert not ids(found, "equality/on")


@pytest.mark.parametrize(
    ("microversion", "last", "at"), [(None, None, None), ("2.1", None, "2.1"), (None, "2.5", "2.1")]
)
def test_a_sample_without_a_version_is_compared_at_the_newest(microversion, last, at):
    """Nobody says that the operation exists at the first version, at which such a sample is sent."""
    asked = replace(sample({"widget": {"name": "n", "colour": "red", "hue": "dark"}}), microversion=microversion)
    found = suite(make(*ROWS[:2], row("colour"), row("hue", max=last), samples=(asked,)), SHOW)
    trial = case(found, "post-gears/equality/colour").trial
    assert trial.request.body["widget"]["colour"] == "red"
    assert trial.request.version == (at and Microversion.parse(at))
    sent = {c.trial.request.version for c in found.cases if "[sample-" in c.id}
    assert sent == {Microversion.parse("2.1")}, "the sample itself stays where it was"


def test_an_api_of_one_version_is_not_asked_twice_for_a_sample():
    found = suite(make(*ROWS), SHOW, api=ApiVersion(only=True))
    trial = case(found, "post-gears/equality/name").trial
    assert not [c for c in found.cases if "equality-newest" in c.trial.key]
    assert trial.request.version in (None, TOP)
