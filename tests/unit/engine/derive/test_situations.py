"""What a spec gives: cases in situations of which the reference says nothing."""

from __future__ import annotations

from widgets import KNOWLEDGE, action, case, driving, ids, plain, status, suite

from conformance.engine.judge.codes import AnsweredAsListed
from conformance.engine.model.setup import Locked
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
        assert len(ids(suite(one), "situation")) == 4


def test_an_operation_that_is_about_no_resource_with_statuses_is_not():
    assert ids(suite(plain("GET", "/gears", name="spin", error=(404,))), "situation") == []


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
