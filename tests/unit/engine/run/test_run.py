"""The run: each case is decided once, and a fail comes twice or is none."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace

import pytest
from fake_run import EVERY, GEAR, SPIN_IDLE, SPUN, SUITE, cloud, key, started
from widgets import TOP, evidence

from conformance.engine.model.evidence import Problem, holds
from specs.microversion import VersionRange

__all__ = ["cloud"]


def test_every_case_gets_one_result_and_one_record(cloud):
    run = started(*EVERY)
    results = [run.wait(case_id) for case_id in EVERY]
    assert [r.case for r in results] == EVERY
    assert Counter(r.case for r in run.results) == Counter(EVERY)
    assert {r.verdict for r in results} == {"pass"}
    assert sorted(cloud.made) == sorted({c.trial.key for c in SUITE.cases})
    run.stop()
    assert run.resources_made.total() == len({run.lane(case_id) for case_id in EVERY})


def test_a_result_says_what_case_it_is_of(cloud):
    run = started(SPIN_IDLE)
    result = run.wait(SPIN_IDLE)
    assert (result.requirement, result.operation) == ("widgets.spin/normal/202", "widgets.spin")
    assert (result.kind, result.state, result.role, result.microversion) == ("normal", "IDLE", "member", str(TOP))
    assert (result.expected, result.observed, result.deviation) == ("202", "202", None)
    assert (result.status, result.accepted) == (202, True)
    assert result.source.line == 10


def test_cases_of_a_trial_share_it_and_what_their_expectations_name_is_looked_up(cloud):
    together = [i for i in EVERY if next(c.trial.key for c in SUITE.cases if c.id == i) == key()]
    assert len(together) == 3
    run = started(*together)
    for case_id in together:
        run.wait(case_id)
    assert cloud.made == [key()]
    assert cloud.probes[key()] == {GEAR}


def test_a_fail_that_comes_again_is_a_fail_and_is_tried_on_another_server(cloud):
    cloud.answers[key()] = evidence(500)
    run = started(SPIN_IDLE)
    result = run.wait(SPIN_IDLE)
    run.stop()
    assert (result.verdict, result.observed) == ("fail", "500")
    assert (result.status, result.accepted) == (500, False)
    assert result.deviation.id == "widgets.spin/normal/202!contradiction!500"
    assert cloud.made == [key(), key()]
    assert cloud.discarded == 2, "before the second try, and at the end of the lane"
    assert cloud.forgotten == 1, "what a list has shown may be gone by now"


def test_what_holds_and_is_not_shown_to_be_there_is_inconclusive(cloud):
    cloud.hollow["widgets.spin"] = "any route is answered so"
    run = started(SPIN_IDLE, "widgets.spin/error/401[no-token]", "widgets.halt/error/401[no-token]")
    result, refused = run.wait(SPIN_IDLE), run.wait("widgets.spin/error/401[no-token]")
    assert (result.verdict, result.observed, result.deviation) == ("inconclusive", "202", None)
    assert result.reason == "nothing shows that POST /widgets/{widget_id}/action is there: any route is answered so"
    assert (refused.verdict, refused.observed) == ("inconclusive", "401")
    assert run.wait("widgets.halt/error/401[no-token]").verdict == "pass"
    run.stop()


@pytest.mark.parametrize(("answered", "verdict"), [(False, "inapplicable"), (True, "inconclusive")])
def test_what_the_guard_lets_nobody_show_is_inapplicable(cloud, answered, verdict):
    """Where an answer has not shown the route, the address may be wrong, whatever the guard says."""
    refused = "widgets.spin/error/401[no-token]"
    cloud.hollow["widgets.spin"] = "no answer yet"
    cloud.answered |= {"widgets.spin"} if answered else set()
    run = started()
    run.context.cloud.guard.forbids = lambda method, path: f"not sent: {method} {path}"
    run.start([refused])
    result = run.wait(refused)
    assert result.verdict == verdict
    why = "no answer yet" if answered else "not sent: POST /widgets/{widget_id}/action"
    assert result.reason == f"nothing shows that POST /widgets/{{widget_id}}/action is there: {why}"
    run.stop()


def test_what_a_later_answer_shows_to_be_there_holds(cloud):
    cloud.hollow["widgets.spin"] = "no answer yet"

    def shown(_):
        cloud.hollow.clear()
        return

    cloud.answers[key(SPIN_IDLE)] = shown
    run = started("widgets.spin/error/401[no-token]", SPIN_IDLE)
    assert run.wait("widgets.spin/error/401[no-token]").verdict == "pass"
    assert run.wait(SPIN_IDLE).verdict == "pass"
    run.stop()


def test_nothing_waits_for_a_trial_that_is_not_made_because_a_part_is_lacking(cloud):
    """The other trial of the run does not end before the refusal is decided."""
    refused, decided = "widgets.spin/error/401[no-token]", threading.Event()
    last = next(case_id for case_id in EVERY if case_id.startswith("widgets.melt/normal"))
    run = started(record=lambda result: decided.set() if result.case == refused else None)
    cases = [replace(c, parts=frozenset({"sails"})) if c.trial.key == key() else c for c in SUITE.cases]
    run.suite = replace(SUITE, cases=tuple(cases))
    run.context.lacking = frozenset({"sails"})
    run._controls.missing = lambda operation, harmless: None if harmless else "no answer yet"
    cloud.answers[key(last)] = lambda attempt: None if decided.wait(10) else RuntimeError("it waits for the end")
    run.start([refused, SPIN_IDLE, last])
    assert run.wait(SPIN_IDLE).reason == "this cloud does not have the optional part sails"
    assert (run.wait(refused).verdict, run.wait(last).verdict) == ("pass", "pass")
    run.stop()


def test_what_is_broken_where_nothing_of_the_api_is_shown_is_inconclusive(cloud):
    cloud.answers[key()] = evidence(404)
    cloud.hollow[""] = "a route that cannot exist is answered in the same way (404)"
    result = started(SPIN_IDLE).wait(SPIN_IDLE)
    assert (result.verdict, result.observed, result.deviation) == ("inconclusive", "404", None)


def test_a_service_without_microversions_was_asked_for_none(cloud):
    run = started()
    run.context.cloud.microversions = VersionRange()
    run.start([SPIN_IDLE])
    assert run.wait(SPIN_IDLE).microversion is None


def test_what_is_reported_is_what_came_the_second_time(cloud):
    cloud.answers[key()] = lambda attempt: evidence(500 if attempt == 1 else 404)
    assert started(SPIN_IDLE).wait(SPIN_IDLE).observed == "404"


def test_a_fail_that_does_not_come_again_is_inconclusive(cloud):
    cloud.answers[key()] = lambda attempt: evidence(500 if attempt == 1 else 202)
    result = started(SPIN_IDLE).wait(SPIN_IDLE)
    assert (result.verdict, result.deviation) == ("inconclusive", None)
    assert "seen once and not when tried again (202)" in result.reason


def test_a_fail_that_cannot_be_tried_again_is_inconclusive(cloud):
    lacking = evidence(None, problem=Problem("inapplicable", "the quota is used up"))
    cloud.answers[key()] = lambda attempt: evidence(500) if attempt == 1 else lacking
    result = started(SPIN_IDLE).wait(SPIN_IDLE)
    assert (result.verdict, result.deviation) == ("inconclusive", None)
    assert "could not be tried again: the quota is used up" in result.reason


def test_what_held_at_first_is_not_judged_again(cloud):
    related = next(i for i in EVERY if "gear" in i)
    good = evidence(200, found=SPUN)
    cloud.answers[key()] = lambda attempt: good if attempt == 1 else evidence(200)
    run = started(SPIN_IDLE, related)
    assert run.wait(SPIN_IDLE).verdict == "fail"
    assert run.wait(related).verdict == "pass"


def test_a_problem_is_the_verdict_of_all_its_cases(cloud):
    cloud.answers[key()] = evidence(None, problem=Problem("inapplicable", "no such role"))
    result = started(SPIN_IDLE).wait(SPIN_IDLE)
    assert (result.verdict, result.observed, result.reason) == ("inapplicable", "not tried", "no such role")
    assert (result.status, result.accepted) == (None, None)
    assert cloud.made == [key()]


def test_an_answer_that_did_not_come_has_no_code(cloud):
    cloud.answers[key()] = evidence(0, problem=Problem("error", "no answer came: it broke"))
    result = started(SPIN_IDLE).wait(SPIN_IDLE)
    assert (result.verdict, result.status, result.accepted) == ("error", None, None)


def test_the_code_is_that_of_the_answer_that_was_judged(cloud, monkeypatch):
    case = next(c for c in SUITE.cases if c.id == SPIN_IDLE)
    cloud.answers[key()] = evidence(202)
    judged = replace(holds("as it should"), status=409)
    monkeypatch.setattr(type(case.expectation), "judge", lambda self, evidence: judged)
    result = started(SPIN_IDLE).wait(SPIN_IDLE)
    assert (result.verdict, result.status, result.accepted) == ("pass", 409, False)


def test_a_fail_that_a_stop_leaves_unconfirmed_is_inconclusive(cloud):
    run = started()

    def stopped(attempt):
        run.context.stopping.set()
        return evidence(500)

    cloud.answers[key()] = stopped
    run.start([SPIN_IDLE])
    result = run.wait(SPIN_IDLE)
    assert (result.verdict, result.deviation) == ("inconclusive", None)
    assert "the run was stopped" in result.reason


def rest(run):
    """The way by which a widget comes to rest, and the case that promises it."""
    return run.context.graph.way("IDLE", "HALTED"), "widgets.rest/postcondition/widget-HALTED[IDLE]"


def test_a_transition_that_went_wrong_on_the_way_is_tried_as_a_case_and_fails(cloud):
    run = started()
    (edge,), promised = rest(run)
    cloud.unmet.append(edge)
    cloud.answers[key(promised)] = evidence(202, before={"status": "IDLE"}, after={"status": "SPINNING"})
    run.start([SPIN_IDLE])
    assert run.wait(SPIN_IDLE).verdict == "pass"
    run.stop()
    (failed,) = [r for r in run.results if r.case == promised]
    assert (failed.verdict, failed.observed) == ("fail", "SPINNING")
    assert cloud.made == [key(), key(promised), key(promised)], "a fail comes twice"
    assert len(run.results) == 2, "the other cases of its trial are not selected, and in no doubt"


def test_a_transition_that_went_wrong_once_and_not_again_is_not_recorded(cloud):
    run = started()
    (edge,), promised = rest(run)
    cloud.unmet.append(edge)
    cloud.answers[key(promised)] = evidence(202, before={"status": "IDLE"}, after={"status": "HALTED"})
    run.start([SPIN_IDLE])
    run.wait(SPIN_IDLE)
    run.stop()
    assert key(promised) in cloud.made
    assert [r.case for r in run.results] == [SPIN_IDLE]


def test_a_selected_case_is_not_tried_a_second_time_since_a_transition_went_wrong(cloud):
    run = started()
    (edge,), promised = rest(run)
    cloud.unmet.append(edge)
    cloud.answers[key(promised)] = evidence(202, before={"status": "IDLE"}, after={"status": "HALTED"})
    run.start([SPIN_IDLE, promised])
    assert run.wait(promised).verdict == "pass"
    run.stop()
    assert cloud.made.count(key(promised)) == 1
