"""A wait looks at once, looks again after pauses, and ends when it is so, when the time is over, or with the run."""

import threading

import pytest

from conformance.engine.cloud.wait import until


class Seen:
    """Gives one view after the other, and the last one for ever."""

    def __init__(self, *views):
        self.views, self.looks = list(views), 0

    def __call__(self):
        self.looks += 1
        return self.views.pop(0) if len(self.views) > 1 else self.views[0]


class Clock(threading.Event):
    """An event in whose waits no time passes; it remembers how long they were to be."""

    def __init__(self, stop_after=None):
        super().__init__()
        self.pauses, self.stop_after = [], stop_after

    def wait(self, timeout=None):
        self.pauses.append(timeout)
        return self.stop_after is not None and len(self.pauses) >= self.stop_after


def test_what_is_so_already_is_looked_at_once():
    seen, clock = Seen("there"), Clock()
    assert until(seen, bool, 60, clock) == "there"
    assert (seen.looks, clock.pauses) == (1, [])


def test_the_pauses_grow_up_to_the_longest():
    seen, clock = Seen(0, 0, 0, 0, 0, 1), Clock()
    assert until(seen, bool, 60, clock, pause=1, growth=2, cap=5) == 1
    assert clock.pauses == [1, 2, 4, 5, 5]


def test_what_does_not_come_ends_with_the_last_view_when_the_time_is_over():
    seen = Seen("no")
    assert until(seen, lambda view: view == "yes", 0.05, pause=0.01, cap=0.01) == "no"
    assert seen.looks > 1


@pytest.mark.parametrize("within", [0, -1])
def test_there_is_always_one_look(within):
    seen = Seen("no")
    assert until(seen, lambda view: False, within) == "no"
    assert seen.looks == 1


def test_a_stopped_run_is_not_waited_for():
    seen, clock = Seen("no"), Clock(stop_after=2)
    assert until(seen, lambda view: False, 3600, clock) == "no"
    assert seen.looks == 2
    stopped = threading.Event()
    stopped.set()
    assert until(Seen("no"), lambda view: False, 3600, stopped) == "no"


def test_what_a_look_raises_comes_out():
    def look():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        until(look, bool, 60)
