"""The run: each case is decided once, a fail comes twice or is none, and a stop ends all waits."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from widgets import KNOWLEDGE, TOP, action, becomes, evidence, plain, spec, status, suite

from conformance.engine import run as module
from conformance.engine.context import Notes
from conformance.engine.derive.suite import views
from conformance.engine.graph import StateGraph
from conformance.engine.judge.evidence import Problem
from conformance.engine.lanes import ALONE, NO_SERVER
from conformance.engine.run import Run, Stopped
from conformance.engine.turns import Turns

SPIN = action(
    "spin",
    error=(401, 404, 409),
    preconditions=(status("IDLE"),),
    postconditions=(becomes("SPINNING", resource="gear"),),
)
SUITE = suite(SPIN, action("halt", error=(401,)), action("melt"))
EVERY = [c.id for c in SUITE.cases]
SPIN_IDLE = "widgets.spin/normal/202[IDLE]"


@dataclass
class Cloud:
    """Decides trials by their keys: an Evidence without its trial, an exception, or a function of the attempt."""

    answers: dict[str, Any] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    wanted: dict[str, set[str]] = field(default_factory=dict)
    discarded: int = 0
    together: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def make(self, trial, wanted):
        with self.lock:
            self.made.append(trial.key)
            self.wanted[trial.key] = set(wanted)
            attempt = self.made.count(trial.key)
        answer = self.answers.get(trial.key)
        if callable(answer):
            answer = answer(attempt)
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            answer = as_promised(trial)
        return replace(answer, trial=trial)


def as_promised(trial):
    if trial.role in ("no-token", "bad-token"):
        return evidence(401, trial=trial)
    if trial.situation.target == "unknown" or trial.role == "alt":
        return evidence(404, trial=trial, body={"itemNotFound": {"code": 404, "message": "m"}})
    body = None if trial.accepted else {"conflict": {"code": 409, "message": "no"}}
    return evidence(202 if trial.accepted else 409, trial=trial, body=body, related={"gear": "SPINNING"})


@pytest.fixture
def cloud(monkeypatch):
    cloud = Cloud()

    class Stage:
        def __init__(self, context):
            self.status, self.locked, self.servers_made = None, False, 1

        def discard(self):
            with cloud.lock:
                cloud.discarded += 1

    class Executor:
        def __init__(self, context, stage):
            self.context, self.stage = context, stage
            self.discard = stage.discard

        def make(self, trial, wanted):
            return cloud.make(trial, wanted)

    monkeypatch.setattr(module, "Stage", Stage)
    monkeypatch.setattr(module, "Executor", Executor)
    return cloud


def started(*case_ids, parallel=3, record=None):
    context = SimpleNamespace(
        knowledge=KNOWLEDGE,
        graph=StateGraph.of(views([spec(SPIN)], TOP, KNOWLEDGE)),
        role_names=frozenset({"member", "admin"}),
        stopping=threading.Event(),
        notes=Notes(),
    )
    results: list[Any] = []
    run = Run(SUITE, context, record or results.append, parallel)
    run.results = results
    run.start(case_ids)
    return run


def key(case_id=SPIN_IDLE):
    return next(c.trial.key for c in SUITE.cases if c.id == case_id)


def test_every_case_gets_one_result_and_one_record(cloud):
    run = started(*EVERY)
    results = [run.wait(case_id) for case_id in EVERY]
    assert [r.case for r in results] == EVERY
    assert Counter(r.case for r in run.results) == Counter(EVERY)
    assert {r.verdict for r in results} == {"pass"}
    assert sorted(cloud.made) == sorted({c.trial.key for c in SUITE.cases})
    run.stop()
    assert run.servers_made == len({run.lane(case_id) for case_id in EVERY})


def test_a_result_says_what_case_it_is_of(cloud):
    run = started(SPIN_IDLE)
    result = run.wait(SPIN_IDLE)
    assert (result.requirement, result.operation) == ("widgets.spin/normal/202", "widgets.spin")
    assert (result.kind, result.state, result.role, result.microversion) == ("normal", "IDLE", "member", str(TOP))
    assert (result.expected, result.observed, result.deviation) == ("202", "202", None)
    assert result.source.line == 10


def test_cases_of_a_trial_share_it_and_what_they_want_is_looked_up(cloud):
    together = [i for i in EVERY if next(c.trial.key for c in SUITE.cases if c.id == i) == key()]
    assert len(together) == 3
    run = started(*together)
    for case_id in together:
        run.wait(case_id)
    assert cloud.made == [key()]
    assert cloud.wanted[key()] == {"gear"}


def test_a_fail_that_comes_again_is_a_fail_and_is_tried_on_another_server(cloud):
    cloud.answers[key()] = evidence(500)
    run = started(SPIN_IDLE)
    result = run.wait(SPIN_IDLE)
    run.stop()
    assert (result.verdict, result.observed) == ("fail", "500")
    assert result.deviation.id == "widgets.spin/normal/202!contradiction!500"
    assert cloud.made == [key(), key()]
    assert cloud.discarded == 2, "before the second try, and at the end of the lane"


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
    good = evidence(200, related={"gear": "SPINNING"})
    cloud.answers[key()] = lambda attempt: good if attempt == 1 else evidence(200)
    run = started(SPIN_IDLE, related)
    assert run.wait(SPIN_IDLE).verdict == "fail"
    assert run.wait(related).verdict == "pass"


def test_a_problem_is_the_verdict_of_all_its_cases(cloud):
    cloud.answers[key()] = evidence(None, problem=Problem("inapplicable", "no such role"))
    result = started(SPIN_IDLE).wait(SPIN_IDLE)
    assert (result.verdict, result.observed, result.reason) == ("inapplicable", "not tried", "no such role")
    assert cloud.made == [key()]


def test_an_exception_in_a_trial_is_an_error_and_the_lane_goes_on(cloud):
    cloud.answers[key()] = ZeroDivisionError("oh")
    run = started(*EVERY)
    verdicts = {case_id: run.wait(case_id).verdict for case_id in EVERY}
    assert {v for i, v in verdicts.items() if i.startswith("widgets.spin/normal/202[IDLE]")} == {"error"}
    assert Counter(verdicts.values())["error"] == 3
    assert "ZeroDivisionError: oh" in run.wait(SPIN_IDLE).reason


def test_an_exception_in_a_judgement_is_an_error_of_its_case_alone(cloud, monkeypatch):
    related = next(c for c in SUITE.cases if "gear" in c.id)

    def judge(self, evidence):
        raise KeyError("unheard of")

    monkeypatch.setattr(type(related.expectation), "judge", judge)
    run = started(SPIN_IDLE, related.id)
    assert run.wait(related.id).verdict == "error"
    assert run.wait(SPIN_IDLE).verdict == "pass"


def test_an_exception_outside_of_a_trial_ends_the_lane_with_errors(cloud, monkeypatch):
    monkeypatch.setattr(Run, "_next", lambda self, pending, stage: 1 / 0)
    run = started(*EVERY)
    assert {run.wait(case_id).verdict for case_id in EVERY} == {"error"}
    assert Counter(r.case for r in run.results) == Counter(EVERY)


def test_a_record_that_fails_keeps_nobody_waiting(cloud):
    def record(result):
        raise OSError("no space left")

    run = started(*EVERY, record=record)
    results = [run.wait(case_id) for case_id in EVERY]
    assert any("no space left" in (r.reason or "") for r in results if r.verdict == "error")


def test_others_can_be_started_later_even_of_the_same_trial(cloud):
    first = EVERY[0]
    run = started(first)
    run.wait(first)
    run.start(EVERY)
    assert [run.wait(case_id).case for case_id in EVERY] == EVERY
    assert Counter(r.case for r in run.results) == Counter(EVERY)


def test_others_of_a_trial_under_way_are_decided_once_each(cloud):
    under_way, go_on = threading.Event(), threading.Event()

    def slow(attempt):
        under_way.set()
        assert go_on.wait(10)
        return evidence(202, related={"gear": "SPINNING"})

    cloud.answers[key()] = slow
    run = started(SPIN_IDLE)
    assert under_way.wait(10)
    run.start(EVERY)
    go_on.set()
    assert {run.wait(case_id).verdict for case_id in EVERY} == {"pass"}
    assert Counter(r.case for r in run.results) == Counter(EVERY)


def test_a_start_at_the_end_of_a_lane_is_never_left_lying(cloud):
    """A thread that finds nothing to do must not be counted as one that will."""
    for _ in range(40):
        run = started(parallel=1)
        for case_id in EVERY:
            run.start([case_id])
        assert [run.wait(case_id).case for case_id in EVERY] == EVERY


def test_no_more_lanes_with_servers_at_a_time_than_allowed(cloud):
    def counted(attempt):
        with cloud.lock:
            cloud.together += 1
            cloud.most = max(cloud.most, cloud.together)
        threading.Event().wait(0.02)
        with cloud.lock:
            cloud.together -= 1

    for case in SUITE.cases:
        if case.trial.situation.state is not None:
            cloud.answers[case.trial.key] = counted
    run = started(*EVERY, parallel=2)
    for case_id in EVERY:
        run.wait(case_id)
    assert cloud.most == 2


def test_what_needs_no_server_does_not_wait_for_one(cloud):
    go_on = threading.Event()
    cloud.answers[key()] = lambda attempt: go_on.wait(10) and None
    nobody = "widgets.spin/error/401[no-token]"
    run = started(SPIN_IDLE, nobody, parallel=1)
    assert run.wait(nobody).verdict == "pass"
    go_on.set()
    assert run.wait(SPIN_IDLE).verdict == "pass"


def test_an_unknown_case_begins_nothing(cloud):
    run = started()
    with pytest.raises(KeyError):
        run.start([SPIN_IDLE, "widgets.unheard-of"])
    with pytest.raises(KeyError):
        run.wait(SPIN_IDLE)
    assert not run.active


def test_a_stop_ends_waits_and_keeps_what_was_decided(cloud):
    under_way, go_on = threading.Event(), threading.Event()
    first = "widgets.spin/normal/202[2.1]"

    def slow(attempt):
        under_way.set()
        assert go_on.wait(10)

    cloud.answers[key(first)] = slow
    run = started(first, SPIN_IDLE, parallel=1)
    assert under_way.wait(10)
    threading.Timer(0.05, go_on.set).start()
    run.stop()
    assert run.wait(first).verdict == "pass"
    with pytest.raises(Stopped):
        run.wait(SPIN_IDLE)
    assert [r.case for r in run.results] == [first]


def test_what_is_started_after_a_stop_is_stopped(cloud):
    run = started()
    run.stop()
    run.start([SPIN_IDLE])
    with pytest.raises(Stopped):
        run.wait(SPIN_IDLE)


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


def test_the_lane_of_a_case_is_known_before_it_runs(cloud):
    run = started()
    assert run.lane("widgets.spin/error/401[no-token]") == "none"
    assert run.lane("widgets.spin/error/409[HALTED]") == "HALTED"
    with pytest.raises(KeyError):
        run.lane("widgets.unheard-of")


SHUT = action("shut", error=(401, 404))
OPEN_AND_SHUT = suite(SPIN, SHUT, action("halt"), plain("POST", "/gears"))
LATE = "widgets.shut/normal/202[IDLE]"


def with_alone(parallel, monkeypatch):
    monkeypatch.setitem(globals(), "SUITE", OPEN_AND_SHUT)
    monkeypatch.setitem(globals(), "KNOWLEDGE", replace(KNOWLEDGE, alone=("widgets.shut",)))
    return started(parallel=parallel)


@pytest.mark.parametrize("parallel", [1, 2, 5])
def test_what_changes_what_all_others_share_begins_when_they_have_ended(cloud, monkeypatch, parallel):
    run = with_alone(parallel, monkeypatch)
    every = [case.id for case in OPEN_AND_SHUT.cases]
    alone = {c.trial.key for c in OPEN_AND_SHUT.cases if run.lane(c.id) == ALONE}
    assert len(alone) > 1
    under_way: set[str] = set()
    together = []

    unbound = {c.trial.key for c in OPEN_AND_SHUT.cases if run.lane(c.id) == NO_SERVER}

    def watched(key):
        def answer(attempt):
            with cloud.lock:
                under_way.add(key)
                together.append(set(under_way))
            threading.Event().wait(0.05 if key in unbound else 0.002)
            with cloud.lock:
                under_way.discard(key)

        return answer

    cloud.answers = {case.trial.key: watched(case.trial.key) for case in OPEN_AND_SHUT.cases}
    run.start([LATE, *every])
    assert {run.wait(case_id).verdict for case_id in every} == {"pass"}
    assert all(len(keys) == 1 for keys in together if keys & alone), "at no time beside another"
    assert set(cloud.made[-len(alone) :]) == alone, "after all others, even after those that need no server"
    run.stop()


@pytest.mark.parametrize("refused", [False, True])
def test_what_is_alone_waits_for_the_lanes_of_other_processes(cloud, monkeypatch, tmp_path, refused):
    mine, theirs = with_alone(2, monkeypatch), with_alone(2, monkeypatch)
    mine.turns = theirs.turns = Turns(tmp_path / "turns")
    if refused:
        mine.turns = Turns(tmp_path)  # a directory, which nobody can lock
    under_way, go_on, order = threading.Event(), threading.Event(), []

    def slow(attempt):
        under_way.set()
        assert go_on.wait(10)
        order.append("theirs")

    cloud.answers[key()] = slow
    cloud.answers[next(c.trial.key for c in OPEN_AND_SHUT.cases if c.id == LATE)] = lambda _: order.append("mine")
    theirs.start([SPIN_IDLE])
    assert under_way.wait(10)
    mine.start([LATE])
    if refused:
        assert mine.wait(LATE).verdict == "error"
    threading.Event().wait(0.3)
    assert order == []
    go_on.set()
    assert theirs.wait(SPIN_IDLE).verdict == "pass"
    if not refused:
        assert mine.wait(LATE).verdict == "pass"
        assert order == ["theirs", "mine"]


def test_what_is_alone_waits_for_what_is_alone_too(cloud, monkeypatch):
    """Lanes that are started one after the other must not wait for each other."""
    run = with_alone(4, monkeypatch)
    under_way, go_on = threading.Event(), threading.Event()

    def slow(attempt):
        under_way.set()
        assert go_on.wait(10)

    cloud.answers[key()] = slow
    alone = [c.id for c in OPEN_AND_SHUT.cases if run.lane(c.id) == ALONE]
    run.start([SPIN_IDLE])
    assert under_way.wait(10)
    for case_id in alone:
        run.start([case_id])
    assert len(cloud.made) == 1
    go_on.set()
    assert {run.wait(case_id).case for case_id in alone} == set(alone)


def test_what_is_alone_is_tried_where_there_is_nothing_else(cloud, monkeypatch):
    run = with_alone(2, monkeypatch)
    run.start([LATE])
    assert run.wait(LATE).verdict == "pass"


def test_what_is_alone_is_stopped_with_the_run(cloud, monkeypatch):
    go_on = threading.Event()
    run = with_alone(2, monkeypatch)
    cloud.answers[key()] = lambda attempt: go_on.wait(10) and None
    run.start([SPIN_IDLE, LATE])
    threading.Timer(0.05, go_on.set).start()
    run.stop()
    with pytest.raises(Stopped):
        run.wait(LATE)


def test_collections_without_a_server_have_lanes_of_their_own(cloud, monkeypatch):
    run = with_alone(2, monkeypatch)
    gears = next(case.id for case in OPEN_AND_SHUT.cases if "post-gears/normal" in case.id)
    assert run.lane(gears) == "none-gears"
    run.start([gears])
    assert run.wait(gears).verdict == "pass"
