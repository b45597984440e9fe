"""Preconditions on what is not the status: a field of the resource, and what the path names while it lasts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, STATUS, WIDGET, action, becomes, case, evidence, ids, status, suite, untested

from conformance.engine.api.entries import Naming
from conformance.engine.judge.codes import Admitted, Refused, RefusedWhereSilent
from conformance.engine.judge.statuses import FieldRequired
from conformance.engine.model.binding import Step
from conformance.engine.model.setup import Ended
from specs.microversion import Microversion
from specs.model import Condition, When

POWER = Condition("status", "widget", 22, attribute="power", any_of=("on",))
BUSY = Condition("status", "widget", 23, attribute="task", any_of=("pushing",))
RUNNING = Condition("status", "job", 24, any_of=("running", "queued"))
BEGIN = Naming((Step("widgets.begin", {}),), statuses=("IDLE", "HALTED"), end_steps=(Step("widgets.end", {}),))
PUSHED = replace(WIDGET, status=replace(STATUS, task_field="task"))
PROFILE = replace(KNOWLEDGE.profile, kinds={"widget": PUSHED})
JOBS = replace(
    KNOWLEDGE,
    profile=PROFILE,
    placeholder_sources={"job_id": BEGIN},
    usable_elements=(("*", "jobs", {"state": "running"}),),
)
PATH = "/widgets/{widget_id}/jobs/{job_id}"


def push(*conditions, error=(409,), **more):
    return action("push", path=PATH, action=None, method="DELETE", error=error, preconditions=conditions, **more)


def test_a_field_of_the_resource_is_looked_at_in_every_status():
    found = suite(action(preconditions=(POWER,)))
    assert ids(found, "power") == [f"spin/precondition/power[{s}]" for s in ("IDLE", "SPINNING", "HALTED", "BROKEN")]
    one = case(found, "spin/precondition/power[IDLE]")
    assert one.expectation == FieldRequired("power", ("on",), fits=True)
    assert (one.trial.outcome.accepted, one.requirement.source.line) == (True, 22)
    other = case(found, "spin/precondition/power[HALTED]")
    assert other.expectation == FieldRequired("power", ("on",), fits=False)
    assert (other.trial.outcome.accepted, other.trial.situation.state) == (None, "HALTED")
    assert "spin/precondition/power" not in untested(found)


def test_a_field_of_which_the_same_sentence_names_the_statuses_needs_no_cases_of_its_own():
    same = replace(POWER, line=20)
    assert ids(suite(action(preconditions=(status("IDLE"), same))), "power") == ["spin/precondition/power[IDLE]"]


def test_what_lasts_for_a_while_is_tried_while_it_does_and_when_it_has_ended():
    found = suite(push(POWER, RUNNING, BUSY), service=JOBS)
    assert ids(found, "power") == [f"push/precondition/power[{s}]" for s in ("IDLE", "HALTED")]
    assert ids(found, "/task") == [f"push/precondition/task[{s}]" for s in ("IDLE", "ended")]
    assert ids(found, "status-job") == ["push/precondition/status-job[IDLE]", "push/precondition/status-job[ended]"]
    under_way, ended = (case(found, f"push/precondition/status-job[{s}]") for s in ("IDLE", "ended"))
    assert (type(under_way.expectation), under_way.trial.setup) == (Admitted, ())
    assert (type(ended.expectation), ended.expectation.any_refusal) == (Refused, True)
    assert (ended.trial.setup, ended.trial.outcome.accepted, ended.trial.request.version) == ((Ended(),), False, None)
    assert case(found, "push/precondition/task[ended]").trial is ended.trial
    conflict = case(found, "push/error/409[ended]")
    assert (type(conflict.expectation), conflict.trial) == (RefusedWhereSilent, ended.trial)
    assert untested(found)["push/precondition/status-job[queued]"] == "transient"
    assert "push/precondition/status-job[running]" not in untested(found)


def test_without_a_listed_conflict_the_end_of_it_conflicts_with_nothing():
    assert ids(suite(push(RUNNING, error=()), service=JOBS), "error") == []


def test_what_nobody_says_how_to_name_has_a_reason():
    found = suite(push(RUNNING))
    assert ids(found, "status-job") == []
    assert untested(found)["push/precondition/status-job"] == "not-derivable"


@pytest.mark.parametrize(
    ("when", "details"),
    [
        (When(max="2.10"), ["2.10", "ended-2.10"]),
        (When(min="2.11"), ["IDLE", "ended"]),
        (When(max="2.20"), ["IDLE", "ended"]),
        (When(max="2.99"), ["IDLE", "ended"]),
        (When(min="2.30"), []),
    ],
)
def test_a_condition_of_some_versions_is_tried_at_the_last_of_them(when, details):
    found = suite(push(replace(RUNNING, when=when)), service=JOBS)
    assert ids(found, "status-job") == [f"push/precondition/status-job[{d}]" for d in details]
    versions = {c.trial.request.version for c in found.cases if "status-job" in c.id}
    assert versions == ({Microversion(2, 10)} if "2.10" in details else {None} if details else set())
    assert ("push/precondition/status-job" in untested(found)) == (not details)


@pytest.mark.parametrize(
    ("fits", "shown", "code", "verdict"),
    [
        (True, "on", 202, "pass"),
        (True, "on", 409, "fail"),
        (True, "off", 409, "pass"),
        (True, "off", 202, "fail"),
        (False, "on", 202, "inapplicable"),
        (False, "on", 409, "inapplicable"),
        (False, "off", 202, "fail"),
        (False, None, 202, "fail"),
        (False, "off", 409, "pass"),
        (False, "off", 500, "fail"),
        (False, "off", 503, "fail"),
    ],
)
def test_the_field_as_shown_before_decides_what_is_due(fits, shown, code, verdict):
    before = {"status": "IDLE", "power": shown}
    judged = FieldRequired("power", ("on",), fits).judge(evidence(status=code, before=before, after=before))
    assert judged.verdict == verdict


def test_a_refusal_that_changes_the_field_all_the_same_breaks_it():
    before = {"status": "IDLE", "power": "off"}
    shown = evidence(status=409, before=before, after={**before, "status": "HALTED"})
    assert FieldRequired("power", ("on",), fits=False).judge(shown).verdict == "fail"


def test_a_field_that_is_not_shown_decides_nothing():
    judged = FieldRequired("power", ("on",), fits=True).judge(evidence(status=202, before={"status": "IDLE"}))
    assert (judged.verdict, judged.observed) == ("inapplicable", "not shown")


def test_every_promise_has_a_reason_where_no_request_can_be_accepted():
    """A condition that nothing can set up leaves no accepted case, and hides none of the promises."""
    nothing = Condition("environment", "widget", 20)
    broken = becomes(line=31, on_failure=("BROKEN",))
    after = (becomes("SPINNING", line=30), broken, becomes("LISTED", line=32, resource="shelf"))
    told = suite(action(preconditions=(nothing,), postconditions=after)).untested
    assert [(u.requirement, u.source.line) for u in told if "/postcondition/" in u.requirement] == [
        ("widgets.spin/postcondition/widget-SPINNING", 30),
        ("widgets.spin/postcondition/widget-BROKEN", 31),
        ("widgets.spin/postcondition/shelf-LISTED", 32),
    ]


def test_conditions_of_another_thing_are_told_one_by_one():
    several = tuple(
        Condition("status", "shelf", line, any_of=(status,), when=When(environment=trait))
        for line, status, trait in ((20, "full", "a"), (21, "empty", "b"), (22, "full", "c"))
    )
    told = suite(action(preconditions=several)).untested
    assert [(u.requirement, u.source.line) for u in told if "/precondition/" in u.requirement] == [
        ("widgets.spin/precondition/status-shelf", 20),
        ("widgets.spin/precondition/status-shelf[empty-b]", 21),
        ("widgets.spin/precondition/status-shelf[full-c]", 22),
    ]


def test_an_unknown_resource_is_refused_where_only_a_precondition_says_that_it_must_exist():
    found = suite(action(preconditions=(Condition("exists", "widget", 20),), error=(409,)))
    assert isinstance(case(found, "spin/precondition/exists[unknown-id]").expectation, Refused)


def test_without_an_operation_that_locks_there_is_no_locked_case():
    open_ = replace(KNOWLEDGE, resources=(replace(KNOWLEDGE.under_test, lock="", unlock=""),))
    said = Condition("locked_requires_admin", "widget", 21)
    found = suite(action(preconditions=(said,), error=(409,)), service=open_)
    assert not [one for one in ids(found) if "locked" in one]
    assert "widgets.spin/precondition/locked" in {one.requirement for one in found.untested}
