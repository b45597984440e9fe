"""A fail counts only if no front end gave its answers, as one does now and then for a service out of reach."""

from __future__ import annotations

import pytest
from fake_run import GEAR, SPIN_IDLE, SUITE, cloud, key, started
from widgets import evidence

__all__ = ["cloud"]

WRONG = evidence(202, found={GEAR: "HALTED"})


@pytest.mark.parametrize("status", [502, 503, 504])
def test_an_answer_that_a_front_end_gives_now_and_then_is_no_fail(cloud, status):
    cloud.answers[key()] = lambda attempt: evidence(status) if attempt < 3 else None
    run = started(SPIN_IDLE)
    result = run.wait(SPIN_IDLE)
    run.stop()
    assert (result.verdict, result.deviation) == ("inconclusive", None)
    assert len(cloud.made) == 3


def test_a_fail_beside_an_answer_of_a_front_end_must_come_again_too(cloud):
    cloud.answers[key()] = lambda attempt: {1: evidence(503), 2: evidence(409)}.get(attempt)
    run = started(SPIN_IDLE)
    assert run.wait(SPIN_IDLE).verdict == "inconclusive"
    run.stop()
    assert len(cloud.made) == 3


def test_an_answer_of_a_front_end_that_always_comes_is_a_fail(cloud):
    cloud.answers[key()] = evidence(503)
    run = started(SPIN_IDLE)
    result = run.wait(SPIN_IDLE)
    run.stop()
    assert (result.verdict, result.observed) == ("fail", "503")
    assert len(cloud.made) == 4


@pytest.fixture
def beside():
    """A case that shares the trial of the documented request, and judges something else of it."""
    return next(c.id for c in SUITE.cases if c.trial.key == key() and c.id != SPIN_IDLE and "postcondition" in c.id)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_what_a_front_end_has_kept_undecided_is_decided_by_the_next_answer_of_the_service(cloud, beside, times):
    cloud.answers[key()] = lambda attempt: evidence(503) if attempt <= times else None
    run = started(SPIN_IDLE, beside)
    result = run.wait(beside)
    run.stop()
    assert (result.verdict, result.reason) == ("pass", None)
    assert len(cloud.made) == times + 1, "all cases of the trial share each try"


def test_what_a_front_end_always_keeps_undecided_stays_so(cloud, beside):
    cloud.answers[key()] = evidence(503)
    run = started(beside)
    result = run.wait(beside)
    run.stop()
    assert (result.verdict, result.deviation) == ("inconclusive", None)
    assert "503" in result.reason


@pytest.mark.parametrize(("third", "verdict"), [(WRONG, "fail"), (None, "inconclusive")])
def test_a_fail_after_an_answer_of_a_front_end_must_come_twice(cloud, beside, third, verdict):
    cloud.answers[key()] = lambda attempt: {1: evidence(503), 2: WRONG, 3: third}.get(attempt)
    run = started(beside)
    result = run.wait(beside)
    run.stop()
    assert (result.verdict, len(cloud.made)) == (verdict, 3)
