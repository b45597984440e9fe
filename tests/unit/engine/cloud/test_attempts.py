"""Requests that were accepted in vain: refused for a while, and then tried by one for all."""

import pytest

from conformance.engine.cloud.attempts import IN_VAIN, NO_MORE, PAUSE, ROUNDS, Attempts


class Clock:
    """Seconds that pass when a test says so, or when something waits."""

    now = 1000.0
    waited = 0.0
    ended = False
    then = staticmethod(lambda: None)

    def __call__(self):
        return self.now

    def wait(self, seconds):
        """What a run's event does: it tells whether the run ends."""
        self.now += seconds
        self.waited += seconds
        self.then()
        return self.ended


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def attempts(clock):
    return Attempts(clock, clock)


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


def test_where_it_worked_before_all_wait_for_the_next_attempt(attempts, clock):
    """Whoever comes first tries; the others wait for it."""
    attempts.worked("boat")
    fail(attempts, NO_MORE)
    assert attempts.refused("boat") is None
    assert clock.waited == PAUSE
    clock.then = lambda: attempts.worked("boat") if clock.waited == PAUSE + 10 else None
    assert attempts.refused("boat") is None
    assert clock.waited == PAUSE + 10
    fail(attempts, NO_MORE)


def test_an_outage_that_lasts_is_waited_for_a_few_times(attempts, clock):
    attempts.worked("boat")
    fail(attempts, NO_MORE)
    for _ in range(ROUNDS):
        assert attempts.refused("boat") is None
        attempts.failed("boat", "leak again")
    waited = clock.waited
    assert waited == PAUSE * (2**ROUNDS - 1)
    assert attempts.refused("boat")
    assert clock.waited == waited


def test_the_end_of_the_run_ends_the_wait(attempts, clock):
    attempts.worked("boat")
    fail(attempts, NO_MORE)
    clock.ended = True
    assert attempts.refused("boat")
    assert clock.waited < PAUSE


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
