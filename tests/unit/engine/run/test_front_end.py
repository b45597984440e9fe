"""A fail counts only if no front end gave its answers, as one does now and then for a service out of reach."""

from __future__ import annotations

import pytest
from fake_run import SPIN_IDLE, cloud, key, started
from widgets import evidence

__all__ = ["cloud"]


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
