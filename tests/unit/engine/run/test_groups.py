"""Cases whose refusals share a look: decided after it, made again alone where it shows a change, lost never."""

from __future__ import annotations

import pytest
from fake_run import SUITE, cloud, key, started
from widgets import KNOWLEDGE, evidence

from conformance.engine.run import lanes
from conformance.engine.run.lanes import order

__all__ = ["cloud"]

REFUSED = [c.id for c in SUITE.cases if c.id.startswith("widgets.spin/error/409")]
NO = {"conflict": {"code": 409, "message": "no"}}
IDLE = {"status": "IDLE"}


class Looks:
    """Lets every refusal wait for a look, and gives what ``show`` tells of it."""

    def __init__(self):
        self.waiting, self.taken, self.looks, self.expected = {}, {}, 0, set()
        self.show = lambda trial: evidence(409, trial=trial, body=NO)
        self.before_look = lambda: None
        self.again = frozenset()

    def leave(self, trial, together, made):
        if together and trial.outcome.accepted is False and made.status == 409:
            self.waiting[trial.key] = trial

    def waits(self, trial=None):
        return bool(self.waiting) if trial is None else trial.key in self.waiting

    def rides(self, trial):
        return False

    def may_be_refused(self, trial):
        return False

    def take(self):
        self.before_look()
        self.looks += 1
        self.taken |= {name: self.show(trial) for name, trial in self.waiting.items()}
        self.waiting = {}

    def expects_refusal(self, trial):
        return trial.key in self.expected

    def knows(self, trial):
        return True

    def take_again(self):
        again, self.again = self.again, frozenset()
        return again

    def collect(self):
        taken, self.taken = self.taken, {}
        return taken


@pytest.fixture
def looks(cloud, monkeypatch):
    from conformance.engine.run import executors as module

    looks = Looks()

    class Executor(module.Executor):
        def __init__(self, context, subject):
            super().__init__(context, subject)
            self.looks = looks

        def make(self, trial, probes, together=False):
            made = super().make(trial, probes)
            looks.leave(trial, together, made)
            return made

    monkeypatch.setattr(module, "Executor", Executor)
    return looks


def lane():
    """Refused cases of one lane, and the key of each."""
    run = started()
    by_lane = {}
    for case_id in REFUSED:
        by_lane.setdefault(run.lane(case_id), []).append(case_id)
    run.stop()
    return max(by_lane.values(), key=len)


def test_a_case_is_decided_after_the_look_of_its_group_and_not_before(cloud, looks):
    cases, recorded = lane(), []
    looks.before_look = lambda: recorded.append(len(run.results))
    run = started(*cases)
    assert [run.wait(case_id).verdict for case_id in cases] == ["pass"] * len(cases)
    run.stop()
    assert recorded == [0]
    assert cloud.made == [key(case_id) for case_id in cases], "each was made once"


def test_a_group_that_cannot_be_decided_is_made_again_one_by_one(cloud, looks):
    cases = lane()
    looks.show = lambda trial: None
    cloud.answers = {key(cases[0]): lambda attempt: evidence(409, body=NO, before=IDLE, after={"status": "HALTED"})}
    run = started(*cases)
    verdicts = {case_id: run.wait(case_id).verdict for case_id in cases}
    run.stop()
    assert verdicts == {case_id: "fail" if case_id == cases[0] else "pass" for case_id in cases}
    assert cloud.made.count(key(cases[0])) == 3, "in the group, alone, and again since it failed"
    assert run.results[0].reason == "refused with 409, and yet status changed from IDLE to HALTED"


def test_a_group_with_an_accepted_request_is_made_again_as_a_group(cloud, looks):
    cases = lane()
    looks.again = frozenset(key(case_id) for case_id in cases[:1])
    run = started(*cases)
    assert [run.wait(case_id).verdict for case_id in cases] == ["pass"] * len(cases)
    run.stop()
    assert (cloud.made.count(key(cases[0])), looks.looks) == (2, 1), "one look serves it and the others"


def test_a_stopped_run_leaves_such_a_group_undecided(cloud, looks):
    cases = lane()

    def stop():
        run.context.stopping.set()

    looks.show, looks.before_look = (lambda trial: None), stop
    run = started()
    run.start(cases)
    results = [run.wait(case_id) for case_id in cases]
    run.stop()
    assert {(r.verdict, r.deviation) for r in results} == {("inconclusive", None)}
    assert "the run was stopped before each was tried alone" in results[0].reason
    assert len(cloud.made) == len(cases)


def test_a_stopped_run_takes_the_look_of_its_group(cloud, looks):
    cases = lane()
    run = started()

    def stopped(attempt):
        run.context.stopping.set()
        return evidence(409, body=NO)

    cloud.answers[key(cases[0])] = stopped
    run.start(cases)
    assert run.wait(cases[0]).verdict == "pass"
    assert looks.looks == 1


def test_cases_of_a_group_are_errors_if_the_lane_fails(cloud, looks):
    cases = lane()

    def fail():
        raise RuntimeError("a defect")

    looks.before_look = fail
    run = started(*cases)
    results = [run.wait(case_id) for case_id in cases]
    assert {(r.verdict, r.reason) for r in results} == {("error", "this suite failed: RuntimeError: a defect")}


def test_silent_trials_that_are_expected_to_be_refused_come_before_the_other_silent_ones(cloud, looks, monkeypatch):
    monkeypatch.setattr(lanes, "HOME_LANES", 1)
    silent = [c for c in SUITE.cases if c.trial.outcome.accepted is None and c.trial.situation.state == "IDLE"]
    first, second = sorted(silent, key=lambda case: order(case.trial, KNOWLEDGE))
    for expected, made in ((second, [second, first]), (first, [first, second])):
        looks.expected = {expected.trial.key}
        cloud.made.clear()
        run = started(first.id, second.id)
        assert {run.wait(case.id).verdict for case in made} == {"pass"}
        run.stop()
        assert cloud.made == [case.trial.key for case in made]
