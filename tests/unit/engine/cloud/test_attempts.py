"""Requests that were accepted in vain: refused for a while, and then tried by one for all."""

import pytest

from conformance.engine.cloud.attempts import IN_VAIN, NO_MORE, PAUSE, Attempts


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def attempts(clock):
    return Attempts(clock)


def fail(attempts, times=IN_VAIN, request="boat"):
    for number in range(times):
        assert attempts.refused(request) is None
        attempts.failed(request, f"leak {number}")


def test_after_some_failures_the_first_reason_is_told_to_all(attempts):
    fail(attempts)
    for _ in range(3):
        assert attempts.refused("boat") == f"leak 0; this was tried {IN_VAIN} times, and is not tried again for now"
    assert attempts.refused("another boat") is None


def test_after_the_pause_one_tries_for_all(attempts, clock):
    fail(attempts)
    clock.now += PAUSE
    assert attempts.refused("boat") is None
    assert attempts.refused("boat"), "that attempt is under way"


def test_an_outage_that_is_over_is_forgotten(attempts, clock):
    fail(attempts)
    clock.now += PAUSE
    assert attempts.refused("boat") is None
    attempts.worked("boat")
    fail(attempts, NO_MORE)
    assert attempts.refused("boat")


def test_each_further_failure_doubles_the_pause(attempts, clock):
    fail(attempts)
    for pause in (PAUSE, 2 * PAUSE, 4 * PAUSE):
        clock.now += pause - 1
        assert attempts.refused("boat")
        clock.now += 1
        assert attempts.refused("boat") is None
        attempts.failed("boat", "leak again")


def test_a_pause_begins_when_the_attempt_ends(attempts, clock):
    fail(attempts)
    clock.now += PAUSE
    assert attempts.refused("boat") is None
    clock.now += 300  # the attempt waited for as long
    attempts.failed("boat", "leak again")
    clock.now += 2 * PAUSE - 1
    assert attempts.refused("boat")


def test_what_is_forgotten_is_tried_at_once(attempts):
    fail(attempts)
    attempts.forget()
    fail(attempts)
