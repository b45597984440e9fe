"""What a spec gives: cases of refusals that a sentence ties to a cause, and reasons where no case can be made."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, action, case, driving, ids, plain, row, sample, suite, untested

from conformance.engine.api.entries import BindingRule
from conformance.engine.api.entries import Refusal as Situation
from conformance.engine.derive.causes import EARLIER, LATER, MALFORMED, NO_SUCH, NOWHERE
from conformance.engine.judge.codes import Refused
from conformance.engine.model.binding import Binding
from conformance.engine.model.setup import Locked
from conformance.engine.model.trial import Twice
from specs.refusals import Cause, Refusal

DYED = Binding("dye", "id", "other")
DYEING = replace(KNOWLEDGE, bindings=(*KNOWLEDGE.bindings, BindingRule("*", "dyeRef", DYED)))


def refused(code=400, line=40, **cause):
    return Refusal(Cause(**cause), code, line)


def said(*refusals, **more):
    """An action whose prose ties refusals to causes."""
    return action("spin", *more.pop("rows", ()), error=(400, 404), refusals=refusals, **more)


def about(found, operation="spin"):
    return ids(found, f"{operation}/refusal/")


def test_a_value_that_the_resource_has_already_is_sent():
    found = suite(
        said(refused(unchanged=("dyeRef",)), rows=(row("dyeRef", required=True),)),
        service=DYEING,
    )
    one = case(found, "spin/refusal/unchanged-dyeref")
    assert one.trial.request.body == {"spin": {"dyeRef": replace(DYED, relation="own")}}
    assert isinstance(one.expectation, Refused)
    assert (one.expectation.codes, one.expectation.any_refusal) == ((400,), False)
    assert (one.requirement.kind, one.requirement.source.line) == ("refusal", 40)
    assert one.trial.outcome.accepted is False


def test_a_value_that_no_description_can_show_is_not_sent():
    found = suite(said(refused(unchanged=("dyeRef",)), rows=(row("dyeRef", required=True),)))
    assert about(found) == []
    assert untested(found)["spin/refusal/unchanged-dyeref"] == "no-situation"


def test_a_name_in_the_body_names_nothing():
    rows = (row("gear", required=True), row("part", type_="uuid", required=True))
    found = suite(said(refused(missing=("gear",)), refused(409, missing=("part",)), rows=rows))
    gear, part = case(found, "spin/refusal/missing-gear"), case(found, "spin/refusal/missing-part")
    assert gear.trial.request.body["spin"]["gear"] == NO_SUCH
    assert part.trial.request.body["spin"]["part"] == NOWHERE
    assert part.expectation.codes == (409,)


def test_an_optional_field_that_names_nothing_is_added():
    found = suite(said(refused(missing=("gear",)), rows=(row("gear"),)))
    assert case(found, "spin/refusal/missing-gear").trial.request.body == {"spin": {"gear": NO_SUCH}}


def test_a_name_in_the_path_shares_the_trial_of_an_unknown_id():
    found = suite(
        plain("GET", "/gears/{gear_id}", name="spin", error=(400,), refusals=(refused(missing=("gear_id",)),))
    )
    one = case(found, "spin/refusal/missing-gear_id")
    assert one.trial.situation.target == "unknown"
    assert one.trial == case(found, "spin/error/400[unknown-id]").trial


def test_a_word_that_no_field_has_is_listed_with_the_word():
    found = suite(said(refused(missing=("the store",))))
    (one,) = (u for u in found.untested if "refusal" in u.requirement)
    assert (one.reason, one.detail) == ("no-situation", "no field of the request has the name the store")


def test_two_values_of_a_query_are_sent_in_the_excluded_order():
    rows = tuple(row(name, location="query", format="date-time") for name in ("since", "before"))
    stated = replace(rows[0], refusals=(Refusal(Cause(ascending=("since", "before")), 400),))
    found = suite(plain("GET", "/gears", stated, rows[1], name="spin", error=(400,)))
    one = case(found, "spin/refusal/ascending-since-before")
    assert one.trial.request.query == (("since", LATER), ("before", EARLIER))
    assert LATER > EARLIER
    assert one.requirement.source.path == "source/parameters.yaml", "the description of the parameter has the line"


def test_a_field_is_given_without_the_one_that_it_needs():
    rows = (row("reason", enum=("rust",)), row("state", required=True, enum=("on", "off")))
    found = suite(said(refused(present=("reason",), has_not=(("state", "off"),)), rows=rows))
    body = case(found, "spin/refusal/present-reason-has-not-state-off").trial.request.body
    assert body == {"spin": {"reason": "rust", "state": "on"}}, "a required field gets another of its values"
    rows = (row("reason", enum=("rust",)), row("state", enum=("on", "off")))
    found = suite(said(refused(None, present=("reason",), absent=("state",)), rows=rows))
    one = case(found, "spin/refusal/present-reason-absent-state")
    assert one.trial.request.body == {"spin": {"reason": "rust"}}
    assert one.expectation.any_refusal, "the sentence names no code"


def test_an_invalid_value_has_not_the_form_of_the_field():
    rows = (row("address", format="ipv4", required=True),)
    found = suite(said(refused(invalid=("address",)), refused(invalid=("body",)), rows=rows))
    assert case(found, "spin/refusal/invalid-address").trial.request.body == {"spin": {"address": "999.0.2.1"}}
    assert case(found, "spin/refusal/invalid-body").trial.request.body == MALFORMED
    counted = suite(said(refused(invalid=("size",)), rows=(row("size", "object", required=True),)))
    assert untested(counted)["spin/refusal/invalid-size"] == "no-situation"


def test_a_taken_value_is_asked_for_twice_and_shares_that_trial():
    making = plain("POST", "/gears", row("name", required=True), samples=(sample({"name": "g"}),), name="make-gear",
                   normal=(201,), error=(409,), refusals=(refused(409, taken=("name",)),))  # fmt: skip
    found = suite(making, plain("GET", "/gears/{gear_id}", name="show-gear"))
    one = case(found, "make-gear/refusal/taken-name")
    assert one.trial.exchange == Twice()
    assert one.trial == case(found, "make-gear/error/409[twice]").trial


def test_a_value_that_the_service_chooses_is_not_asked_for_twice():
    making = plain("POST", "/gears", row("name", required=True), row("serial"), samples=(sample({"name": "g"}),),
                   name="make-gear", normal=(201,), refusals=(refused(409, taken=("serial",)),))  # fmt: skip
    found = suite(making)
    assert untested(found)["make-gear/refusal/taken-serial"] == "no-situation"


def test_an_invalid_id_that_is_not_found_has_its_form_and_names_nothing():
    found = suite(said(refused(404, invalid=("gear id",)), rows=(row("gear_id", required=True),)))
    assert case(found, "spin/refusal/invalid-gear-id").trial.request.body == {"spin": {"gear_id": NOWHERE}}


def test_a_lock_is_tried_as_a_precondition_on_locks_is():
    found = suite(said(refused(409, locked=True)))
    assert about(found) == []
    one = case(found, "spin/precondition/locked[member]")
    assert (one.trial.setup, one.requirement.source.line) == ((Locked(),), 40)
    without = suite(said(refused(409, locked=True)), service=driving(KNOWLEDGE, lock="", unlock=""))
    assert untested(without)["spin/refusal/locked"] == "no-situation"


def test_statuses_that_can_be_held_are_tried():
    found = suite(said(refused(409, status=("HALTED", "TURNING"))))
    assert about(found) == ["spin/refusal/status-halted-turning[HALTED]"]
    passing = suite(said(refused(409, status=("TURNING",))))
    assert untested(passing)["spin/refusal/status-turning"] == "transient"


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ({"environment": "steam"}, "not-through-api"),
        ({"quota": ("gears",)}, "quota"),
        ({"used_by": ("gear",)}, "no-situation"),
        ({"lacks": ("admin",)}, "no-situation"),
        ({"has": (("rusty", True),)}, "no-situation"),
        ({"status": ("HALTED",), "lacks": ("admin",)}, "no-situation"),
        ({"status": ("HALTED",), "has_not": (("rusty", True),)}, "no-situation"),
    ],
)
def test_what_no_request_alone_brings_about_is_listed_with_its_reason(cause, reason):
    found = suite(said(refused(**cause)))
    assert about(found) == []
    assert [r for name, r in untested(found).items() if "refusal" in name] == [reason]


def test_the_description_brings_such_a_situation_about():
    at = Situation("widgets.spin", 409, "geared", "tooth", 3, cause="used_by")
    operation = said(refused(409, used_by=("gear",)), rows=(row("tooth", "integer"),))
    found = suite(operation, service=replace(KNOWLEDGE, refusals=(at,)))
    one = case(found, "spin/refusal/used-by-gear")
    assert one.trial.request.body == {"spin": {"tooth": 3}}
    assert one.expectation == Refused((409,), "geared")
    assert "refusals: widgets.spin geared" in found.used
    other = suite(operation, service=replace(KNOWLEDGE, refusals=(replace(at, cause="lacks"),)))
    assert untested(other)["spin/refusal/used-by-gear"] == "no-situation", "it is about another cause"


def test_a_sentence_about_later_versions_has_no_case():
    found = suite(said(replace(refused(missing=("gear",)), min="2.30"), rows=(row("gear"),)))
    assert untested(found)["spin/refusal/missing-gear"] == "beyond-cloud"
    before = suite(said(replace(refused(missing=("gear",)), max="2.5"), rows=(row("gear"),)))
    assert str(case(before, "spin/refusal/missing-gear").trial.request.version) == "2.5"
