"""Trials on a resource that is changing: the transition is started once, and kept for the trials that need it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from widgets import action, plain
from workshop import EVERY, opened, tried

from conformance.engine.judge.codes import changed_by
from conformance.engine.model.binding import Step
from conformance.engine.model.setup import Prepared, UnderWay
from conformance.engine.provision.context import Patience

MOVE = action("move", path="/servers/{server_id}/action")
OPEN = action("open", path="/servers/{server_id}/action", error=(404,))
LOOK = plain("GET", "/servers/{server_id}/face", normal=(200,))
MOVING = UnderWay("MOVING", (Step("widgets.move", {}),))


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.setattr("conformance.engine.execute.under_way.SOON", 0.0)
    shop, executor = opened(tmp_path, *EVERY, MOVE, OPEN, LOOK)

    def act(ask):
        name, server = next(iter(ask.body)), shop.things["/servers"][ask.path.split("/")[2]]
        if name == "move":
            server["status"] = "MOVING"
            return 202
        return shop.opens(server)

    shop.opens = lambda _: 409
    for number in range(1, 9):
        shop.does[f"POST /servers/server-{number}/action"] = act
        shop.does[f"GET /servers/server-{number}/face"] = 200
    return shop, executor


def moving(operation, **more):
    return tried(operation, "IDLE", setup=(MOVING,), accepted=None, **more)


def opening(key="k"):
    return moving(OPEN, body={"open": None}, key=key)


def moves(shop):
    return [one for one in shop.asked if one.body == {"move": None}]


def test_one_transition_serves_all_trials_that_leave_it_under_way(shop):
    for key in "ab":
        evidence = shop[1].make(opening(key))
        assert (evidence.problem, evidence.status) == (None, 409)
    assert shop[1].make(moving(LOOK)).status == 200
    assert (len(moves(shop[0])), shop[0].dropped) == (1, [])


def test_a_look_just_after_one_trial_serves_the_next(shop):
    transitions = shop[1].arrangement.transitions
    transitions.context = replace(transitions.context, patience=Patience(status=0.3, settle=60.0))
    shop[1].make(opening("a"))
    said = len(shop[0].said)
    shop[1].make(opening("b"))
    assert shop[0].said[said:] == ["POST /servers/server-1/action", "GET /servers/server-1"]


def test_the_look_after_some_refusals_serves_the_trial_after_them(shop, monkeypatch):
    transitions, clock, late = shop[1].arrangement.transitions, time.monotonic, 0.0
    monkeypatch.setattr(time, "monotonic", lambda: clock() + late)
    transitions.context = replace(transitions.context, patience=Patience(status=0.3, settle=60.0))
    shop[1].make(opening("first"))  # tells that such requests are refused
    shop[1].make(opening("a"), together=True)
    late = 100.0
    said = len(shop[0].said)
    shop[1].make(opening("alone"))
    assert shop[0].said[said:].count("GET /servers/server-1") == 2, "that of the group, and that after the answer"


def test_refusals_while_it_lasts_share_the_look_that_shows_it_lasts(shop):
    shop[1].make(opening("first"))  # tells that such requests are refused
    trials = [opening(key) for key in "abc"]
    said = len(shop[0].said)
    for trial in trials:
        shop[1].make(trial, together=True)
    assert all(shop[1].looks.waits(trial) for trial in trials)
    shop[1].looks.take()
    assert [evidence.status for evidence in shop[1].looks.collect().values()] == [409] * 3
    assert shop[0].said[said:].count("GET /servers/server-1") == 2, "before the first and after the last"


def test_a_transition_that_ends_among_refusals_has_each_made_again_alone(shop):
    shop[1].make(opening("first"))
    trials = [opening(key) for key in "ab"]
    shop[1].make(trials[0], together=True)
    shop[0].things["/servers"]["server-1"]["status"] = "IDLE"
    shop[1].make(trials[1], together=True)
    shop[1].looks.take()
    assert shop[1].looks.collect() == dict.fromkeys("ab")
    assert [shop[1].make(trial).problem for trial in trials] == [None, None]
    assert shop[0].dropped == ["server-1"], "the transition was started on another one"


def test_a_trial_without_it_gets_another_resource(shop):
    shop[1].make(opening())
    shop[1].make(tried(OPEN, "IDLE", body={"open": None}, accepted=None, key="free"))
    assert shop[0].dropped == ["server-1"]


def test_a_transition_that_has_ended_is_started_on_another_resource(shop):
    shop[1].make(opening("a"))
    shop[0].things["/servers"]["server-1"]["status"] = "IDLE"
    assert shop[1].make(opening("b")).problem is None
    assert (len(moves(shop[0])), shop[0].dropped) == (2, ["server-1"])


def test_a_refusal_that_comes_after_the_end_says_nothing(shop):
    def ends(server):
        server["status"] = "IDLE"
        return 409

    shop[0].opens = ends
    problem = shop[1].make(opening()).problem
    assert problem is not None
    assert (problem.verdict, problem.reason) == (
        "inapplicable",
        "the resource was no longer MOVING when the answer came",
    )


def test_a_resource_that_is_locked_meanwhile_serves_no_other_trial(shop):
    def locks(server):
        server["locked"] = True
        return 202

    shop[0].opens = locks
    assert shop[1].make(opening("a")).problem is None
    shop[1].make(opening("b"))
    assert shop[0].dropped == ["server-1"]


def test_an_accepted_request_is_not_followed_until_the_transition_has_ended(shop):
    shop[0].opens = lambda _: 202
    evidence = shop[1].make(opening())
    assert (evidence.status, evidence.timed_out, evidence.statuses) == (202, False, ())


@pytest.mark.parametrize("code", [202, 409])
def test_a_transition_that_does_not_begin_makes_the_trial_inapplicable(shop, code):
    shop[0].does["POST /servers/server-1/action"] = code
    problem = shop[1].make(opening()).problem
    assert problem is not None
    assert problem.verdict == "inapplicable"
    assert "MOVING" in problem.reason
    del shop[0].does["POST /servers/server-1/action"]
    shop[1].make(tried(LOOK, "IDLE"))
    assert shop[0].dropped == ["server-1"], "it may begin yet"


def test_a_cloud_on_which_it_fails_twice_makes_no_further_resource_for_it(shop):
    for number in range(1, 9):
        shop[0].does[f"POST /servers/server-{number}/action"] = 409
    problems = [shop[1].make(opening(key)).problem for key in "abcd"]
    assert [problem.verdict for problem in problems] == ["inapplicable"] * 4
    assert shop[0].made == 2


def test_an_answer_to_a_look_after_the_end_says_nothing(shop):
    def looked(_):
        shop[0].things["/servers"]["server-1"]["status"] = "IDLE"
        return 200

    shop[0].does["GET /servers/server-1/face"] = looked
    problem = shop[1].make(moving(LOOK)).problem
    assert problem is not None
    assert problem.reason == "the resource was no longer MOVING when the answer came"


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize(("after", "trace"), [("IDLE", None), ("MOVING", "locked changed from False to True")])
def test_the_end_of_a_transition_is_no_trace_of_a_request_that_was_refused_meanwhile(shop, together, after, trace):
    """A thing below the resource, such as a migration, is there only while the resource changes."""

    def go_on(server):
        server.update({"status": after, "locked": True})
        return 403

    shop[0].opens = go_on
    setup = (Prepared(MOVING.steps),)
    trial = tried(OPEN, "IDLE", setup=setup, accepted=False, body={"open": None})
    executor, act = shop[1], shop[0].does["POST /servers/server-1/action"]

    def seen_to_act(ask):
        executor.subject.outdated = "move" in ask.body
        return act(ask)

    shop[0].does["POST /servers/server-1/action"] = seen_to_act
    evidence = executor.make(trial, together=together)
    executor.looks.take()
    evidence = executor.looks.collect().get(trial.key) or evidence
    assert evidence.status == 403
    assert changed_by(evidence) == trace
