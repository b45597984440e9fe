"""What a spec gives: cases in situations of which the reference says nothing."""

from __future__ import annotations

from dataclasses import replace

from widgets import KNOWLEDGE, action, case, driving, ids, plain, row, status, suite

from conformance.engine.derive.situations import NOWHERE
from conformance.engine.judge.codes import AnsweredAsListed
from conformance.engine.model.binding import Step
from conformance.engine.model.setup import Locked, UnderWay
from conformance.engine.run.lanes import lane_of
from specs.model import Code, Condition

LOCKED = Condition("locked_requires_admin", "widget", 23)


def test_an_operation_without_409_is_observed_in_every_other_status_and_on_a_locked_resource():
    found = suite(action(error=(404,)))
    assert ids(found, "situation") == [
        "spin/situation/status[SPINNING]",
        "spin/situation/status[HALTED]",
        "spin/situation/status[BROKEN]",
        "spin/situation/locked",
    ]
    one = case(found, "spin/situation/status[HALTED]")
    assert one.expectation == AnsweredAsListed("status HALTED", "HALTED")
    assert (one.trial.situation.state, one.trial.outcome.accepted, one.trial.setup) == ("HALTED", None, ())
    assert (one.requirement.kind, one.requirement.source.line) == ("situation", 11), "the line of the errors"
    locked = case(found, "spin/situation/locked")
    assert locked.expectation == AnsweredAsListed("a locked widget")
    assert (locked.trial.situation.state, locked.trial.setup) == ("IDLE", (Locked(),))


def test_so_is_every_operation_below_the_resource_whatever_its_method():
    for method in ("GET", "PUT", "DELETE"):
        one = plain(method, "/widgets/{widget_id}/labels", name="label", error=(404,))
        assert len(ids(suite(one), "situation/status")) == 3


def test_an_operation_that_is_about_no_resource_with_statuses_is_not():
    assert ids(suite(plain("GET", "/gears", name="spin", error=(404,))), "situation/status") == []


def test_cases_of_409_and_of_preconditions_try_the_same_situations():
    assert ids(suite(action(error=(409,))), "situation") == []
    assert ids(suite(action(error=(404, Code(409, 11, max="2.5")))), "situation/status") != []
    assert ids(suite(action(error=(404,), preconditions=(status("IDLE"),))), "situation") == ["spin/situation/locked"]
    assert "spin/situation/locked" not in ids(suite(action(error=(404,), preconditions=(LOCKED,))), "situation")


def test_a_reference_that_lists_no_error_leaves_the_codes_out():
    assert ids(suite(action()), "situation") == []


def test_without_a_lock_nothing_is_locked_and_a_lock_is_not_locked_twice():
    assert ids(suite(action(error=(404,)), service=driving(KNOWLEDGE, lock="", unlock="")), "situation/locked") == []
    assert ids(suite(action("lock", error=(404,))), "situation/locked") == []


def gears(*rows, error=(404,)):
    queries = [replace(one, location="query") for one in rows]
    return plain("GET", "/gears", *queries, name="list", normal=(200,), error=error)


def queries(found):
    cases = [one for one in found.cases if one.requirement.id.endswith("situation/query")]
    return {one.id.partition("[")[2].rstrip("]"): one for one in cases}


def test_values_that_a_parameter_cannot_have_and_a_parameter_that_nobody_knows_are_sent():
    rows = (row("limit", "integer"), row("marker"), row("all", "boolean"), row("colour", enum=("red",)), row("name"))
    found = queries(suite(gears(*rows)))
    assert {name: one.trial.request.query[-1] for name, one in found.items()} == {
        "limit-type": ("limit", "conformance"),
        "limit-negative": ("limit", "-1"),
        "marker-unknown": ("marker", NOWHERE),
        "all-type": ("all", "conformance"),
        "colour-enum": ("colour", "conformance"),
        "unknown": ("conformance", "none"),
    }
    one = found["unknown"]
    assert one.expectation == AnsweredAsListed("the query conformance=none")
    assert (one.trial.outcome.accepted, one.trial.request.version, one.requirement.kind) == (None, None, "situation")


def test_values_that_the_cases_of_400_try_are_not_tried_twice():
    found = queries(suite(gears(row("limit", "integer"), row("all", "boolean"), error=(400,))))
    assert list(found) == ["limit-negative", "all-type", "unknown"]


def test_a_lowest_number_is_a_constraint_of_its_own():
    assert "limit-negative" not in queries(suite(gears(row("limit", "integer", minimum=0))))


def test_a_request_that_changes_something_gets_an_unknown_parameter_only_where_it_has_known_ones():
    assert queries(suite(action(error=(404,)))) == {}
    drop = plain("DELETE", "/gears/{gear_id}", row("force", "boolean", location="query"), name="drop", error=(404,))
    assert list(queries(suite(drop))) == ["force-type", "unknown"]
    assert queries(suite(gears(row("limit", "integer"), error=()))) == {}, "no error is listed at all"


def test_a_get_that_acts_gets_an_unknown_parameter_as_any_get_does():
    start = plain("GET", "/gears/{gear_id}/start", name="start", error=(404,))
    assert list(queries(suite(start, service=replace(KNOWLEDGE, unsafe_gets=("widgets.start",))))) == ["unknown"]


def test_a_parameter_whose_value_is_an_object_as_json_gets_an_array_in_its_place():
    drop = plain("DELETE", "/gears/{gear_id}", row("info", location="query"), name="drop", error=(400,))
    service = replace(
        KNOWLEDGE, required_queries=(("widgets.drop", "info", {"gear": "1"}), ("widgets.drop", "all", "yes"))
    )
    one = queries(suite(drop, service=service))["info-json"]
    assert one.trial.request.query == (("all", "yes"), ("info", "[]")), "the object is not sent beside it"
    assert one.expectation == AnsweredAsListed("the query info=[]")
    text = replace(KNOWLEDGE, required_queries=(("widgets.drop", "info", "all of it"),))
    assert "info-json" not in queries(suite(drop, service=text))


MOVING = {"TURNING": (Step("widgets.turn", {}),)}


def test_every_request_on_the_resource_itself_is_tried_while_it_changes():
    service = driving(KNOWLEDGE, under_way=MOVING)
    found = suite(action(error=(404, 409), preconditions=(status("IDLE"),)), service=service)
    one = case(found, "spin/situation/under-way[TURNING]")
    assert one.expectation == AnsweredAsListed("a widget that is TURNING")
    assert one.trial.setup == (UnderWay("TURNING", MOVING["TURNING"]),)
    assert (one.trial.situation.state, one.trial.outcome.accepted) == ("IDLE", None)
    assert lane_of(one.trial, service) == "TURNING", "the trials share one transition"


def test_the_transition_itself_and_requests_on_parts_are_not_tried_meanwhile():
    service = driving(KNOWLEDGE, under_way=MOVING)
    assert not ids(suite(action("turn", error=(404,)), service=service), "under-way")
    part = plain("GET", "/widgets/{widget_id}/parts/{part_id}", name="part", error=(404,))
    assert not ids(suite(part, service=service), "under-way"), "no part can be made meanwhile"
    assert not ids(suite(action(error=(404,))), "under-way"), "no transition is described"
    assert not ids(suite(action(), service=service), "under-way"), "no error is listed"


def test_what_would_disturb_others_is_not_tried_meanwhile():
    spared = driving(KNOWLEDGE, under_way=MOVING, spared={"TURNING": ("widgets.spin",)})
    assert not ids(suite(action(error=(404,)), service=spared), "under-way")
    other = driving(KNOWLEDGE, under_way=MOVING, spared={"SPINNING": ("widgets.spin",), "TURNING": ("widgets.lock",)})
    assert ids(suite(action(error=(404,)), service=other), "under-way")


def test_a_name_of_another_form_is_sent_in_the_path_of_what_is_read():
    def show(*rows, method="GET", error=(404,)):
        found = suite(plain(method, "/gears/{gear_id}", *rows, name="show", normal=(200,), error=error))
        return {one.removeprefix("show/situation/path"): case(found, one) for one in ids(found, "situation/path")}

    number = row("gear_id", "integer", location="path", required=True)
    (detail, one), *more = show(number).items()
    assert (detail, more) == ("[gear_id-type]", [])
    assert (one.trial.request.path, one.trial.outcome.accepted) == ((("gear_id", "conformance"),), None)
    assert one.expectation == AnsweredAsListed("gear_id conformance in the path")
    assert show(replace(number, type="string")) == {}, "any text is a name"
    assert show(number, error=(400, 404)) == {}, "the cases of 400 send it"
    assert show(number, method="DELETE") == {}, "a request that changes something is not made for an observation"
    assert show(replace(number, name="cog_id")) == {}, "no part of the path"
