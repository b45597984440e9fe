"""The run goes on and ends: lanes and threads, starts that come later, exceptions, a lost cloud, and a stop."""

from __future__ import annotations

import errno
import threading
from collections import Counter
from types import SimpleNamespace

import pytest
from fake_run import EVERY, SPIN_IDLE, SPUN, SUITE, cloud, key, started
from widgets import evidence

from conformance.engine.run.run import Stopped

__all__ = ["cloud"]


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
    monkeypatch.setattr("conformance.engine.run.pending.turn", lambda usual, late, executor: 1 / 0)
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
        return evidence(202, found=SPUN)

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


def test_the_lane_of_a_case_is_known_before_it_runs(cloud):
    run = started()
    assert run.lane("widgets.spin/error/401[no-token]") == "none"
    assert run.lane("widgets.spin/error/409[HALTED]") == "HALTED"
    with pytest.raises(KeyError):
        run.lane("widgets.unheard-of")


def test_a_trial_in_which_the_cloud_is_lost_decides_nothing(cloud):
    """Its waits and lookups may have ended for that: what they did not see is not missing."""
    run = started()

    def lose(attempt):
        run.context.cloud.lost = "the token of the role member is no longer accepted"
        run.context.stopping.set()
        return evidence(500)

    cloud.answers[key()] = lose
    run.start([SPIN_IDLE])
    with pytest.raises(Stopped):
        run.wait(SPIN_IDLE)
    run.stop()
    assert run.results == []
    assert not run.active


def test_a_trial_in_which_the_journal_cannot_be_written_decides_nothing(cloud):
    """That is no defect of this suite. The disk is told, and the run ends."""
    run = started()
    run.context.cloud.journal = SimpleNamespace(trouble=None)

    def fill(attempt):
        run.context.cloud.journal.trouble = "journal.jsonl cannot be written: No space left on device; make room"
        run.context.stopping.set()
        raise OSError(errno.ENOSPC, "No space left on device")

    cloud.answers[key()] = fill
    run.start([SPIN_IDLE])
    with pytest.raises(Stopped):
        run.wait(SPIN_IDLE)
    run.stop()
    assert run.results == []


def test_cases_that_are_expected_to_fail_come_last_in_their_lane(cloud):
    first, second = "widgets.spin/normal/202[2.1]", SPIN_IDLE
    run = started()
    lane = [case_id for case_id in EVERY if run.lane(case_id) == run.lane(first)]
    run.deviating = frozenset(case_id for case_id in lane if key(case_id) == key(lane[0]))
    run.start(lane)
    for case_id in lane:
        run.wait(case_id)
    run.stop()
    assert second in lane
    assert cloud.made[-1] == key(lane[0])
    assert sorted(cloud.made) == sorted({key(case_id) for case_id in lane})


def test_a_lane_that_takes_long_is_divided_when_a_thread_has_nothing_left_to_do(cloud):
    run = started()
    run.context.waits.ended("widgets.spin from IDLE", 100.0, well=True)
    cases = [case_id for case_id in EVERY if case_id.startswith("widgets.spin/")]
    run.start(cases)
    assert {run.wait(case_id).verdict for case_id in cases} >= {"pass"}
    run.stop()
    assert (run._workers.working, run._workers.open) == (0, 0)


def test_a_thread_without_a_lane_makes_trials_of_one_whose_own_trial_lasts(cloud):
    rests = [case_id for case_id in EVERY if case_id.startswith("widgets.rest/normal/")]
    begun, beside = threading.Event(), threading.Event()

    def lasting(_):
        if begun.is_set():
            beside.set()
        run.context.waits.ended("widgets.rest from IDLE", 100.0, well=True)
        begun.set()
        assert beside.wait(10), "nobody made the other one meanwhile"

    cloud.answers.update((key(case_id), lasting) for case_id in rests)
    cloud.answers[key()] = lambda _: begun.wait(10) and None
    run = started(SPIN_IDLE, *rests, parallel=2)
    assert {run.wait(case_id).verdict for case_id in (SPIN_IDLE, *rests)} == {"pass"}
    run.stop()
    assert sorted(cloud.made) == sorted({key(case_id) for case_id in (SPIN_IDLE, *rests)})
    assert (run._workers.working, run._workers.open) == (0, 0)


def test_on_a_slow_cloud_a_thread_goes_on_with_its_resource(cloud):
    run = started(parallel=1)
    run.context.waits.ended("widgets.spin from IDLE", 100.0, well=True)
    run.start(EVERY)
    assert {run.wait(case_id).verdict for case_id in EVERY} == {"pass"}
    run.stop()
    assert sorted(cloud.made) == sorted({c.trial.key for c in SUITE.cases})
    without = {run.lane(case_id) for case_id in EVERY if run.lane(case_id).startswith("none")}
    assert run.resources_made.total() == len(without) + 1, "one lane for all trials with a resource"
    assert (run._workers.working, run._workers.open) == (0, 0)
