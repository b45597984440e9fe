"""A transition that never ends is waited for in full once."""

from __future__ import annotations

import pytest
from subjects import Cloud, subject_on

from conformance.engine.cloud.waits import BRIEF, LEAST, MULTIPLE, PROMPT, UNKNOWN, Waits, transition_of


def test_the_first_wait_has_the_full_bound_and_the_next_one_a_multiple_of_the_longest_that_ended_well():
    waits = Waits()
    waits.ended("lift from DOWN", 20.0, well=True)
    waits.ended("turn from UP", 5.0, well=True)
    assert waits.bound("drop from UP", 300.0) == 300.0
    waits.ended("drop from UP", 300.0, well=False)
    assert waits.bound("drop from UP", 300.0) == MULTIPLE * 20.0
    assert waits.bound("drop from DOWN", 300.0) == 300.0, "another transition"


def test_a_bound_is_never_longer_than_the_full_one_nor_shorter_than_the_least():
    waits = Waits()
    waits.ended("drop", 30.0, well=False)
    assert waits.bound("drop", 30.0) == 30.0, "nothing is known yet of waits that end well"
    waits.ended("lift", 0.2, well=True)
    assert waits.bound("drop", 30.0) == LEAST
    assert waits.bound("drop", 1.0) == 1.0
    waits.ended("lift", 100.0, well=True)
    assert waits.bound("drop", 300.0) == 300.0


def test_a_transition_that_ends_well_after_all_has_the_full_bound_again():
    waits = Waits()
    waits.ended("lift", 1.0, well=True)
    waits.ended("drop", 300.0, well=False)
    waits.ended("drop", 9.0, well=True)
    assert waits.bound("drop", 300.0) == 300.0


def test_a_short_wait_begins_with_a_pause_a_little_shorter_than_the_last_one_for_the_same():
    waits = Waits()
    assert waits.brief("lift") == 0.0, "nothing is known"
    for seconds in (2.0, 1.0):
        waits.ended("lift from DOWN", seconds, well=True)
    assert 0.5 < waits.brief("lift") < 1.0
    assert waits.brief("drop") == 0.0
    waits.ended("lift", 300.0, well=False)
    assert waits.brief("lift") < 1.0, "a wait in vain tells nothing"
    waits.ended("lift", 2 * BRIEF, well=True)
    assert waits.brief("lift") == 0.0, "in a long one the resource is looked at meanwhile"


def test_a_wait_for_no_request_in_particular_shortens_no_other():
    waits = Waits(longest=1.0)
    waits.ended("", 300.0, well=False)
    assert waits.bound("", 300.0) == 300.0


@pytest.mark.parametrize(("problem", "stopped"), [(None, False), ("not answered", False), (None, True)])
def test_only_a_resource_that_was_seen_to_stay_as_it_is_shortens_waits(problem, stopped):
    cloud = Cloud(spin=202)
    subject = subject_on(cloud)
    subject.context.waits.ended("lift", 0.01, well=True)
    subject.reach("IDLE")
    cloud.problem = problem
    if stopped:
        subject.context.stopping.set()
    subject.settle(("SPINNING",), "widgets.spin")
    bound = subject.context.waits.bound("widgets.spin from IDLE", 300.0)
    assert bound == (300.0 if problem or stopped else LEAST)


def test_a_step_on_the_way_to_a_status_counts_as_the_same_transition():
    cloud = Cloud(spin=202)
    subject = subject_on(cloud)
    subject.context.waits.ended("lift", 0.01, well=True)
    asked = []
    until = subject.context.watch.until
    subject.context.watch.until = lambda id_, done, within, **_: asked.append(within) or until(id_, done, within)
    subject.context.patience = type(subject.context.patience)(status=300.0, settle=0.0)
    assert subject.reach("SPINNING") is not None
    assert asked[0] == 300.0
    assert subject.context.waits.bound("widgets.spin from IDLE", 300.0) == LEAST


def test_the_longest_wait_for_an_operation_that_ended_well_is_expected():
    waits = Waits()
    assert waits.expected("lift") == 0.0
    waits.ended(transition_of("lift", "DOWN", ""), 4.0, well=True)
    waits.ended(transition_of("lift", "UP", "large"), 3.0, well=True)
    waits.ended(transition_of("lift", "UP", "large"), 90.0, well=False)
    waits.ended(Waits.NEW, 7.0, well=True)
    assert (waits.expected("lift"), waits.expected(Waits.NEW), waits.expected("drop")) == (4.0, 7.0, 0.0)


def test_the_shortest_wait_that_ended_well_is_remembered_by_operation():
    waits = Waits()
    assert waits.soonest("widgets.spin") == 0.0
    waits.ended("widgets.spin from IDLE", 30.0, well=True)
    waits.ended("widgets.spin from HALTED", 20.0, well=True)
    waits.ended("widgets.spin from IDLE", 1.0, well=False)
    assert waits.soonest("widgets.spin") == 20.0
    assert waits.expected("widgets.spin") == 30.0


def test_an_operation_whose_action_ended_with_its_status_each_time_needs_no_look_at_the_action():
    waits = Waits()
    for _ in range(PROMPT):
        assert not waits.prompt("lift")
        waits.ended_with("lift", status=True)
    assert (waits.prompt("lift"), waits.prompt("drop"), waits.prompt("")) == (True, False, False)
    waits.ended_with("", status=True)
    assert not waits.prompt(""), "nobody knows which operation it was"
    waits.ended_with("lift", status=False)
    for _ in range(2 * PROMPT):
        waits.ended_with("lift", status=True)
    assert not waits.prompt("lift"), "it was late once"


def test_the_rest_of_a_wait_that_was_for_the_look_alone_does_not_count():
    waits = Waits()
    waits.ended("lift", 2.0, well=True)
    waits.sufficed("lift", 1.0)
    assert waits.brief("lift") < 1.0
    waits.ended("lift", 2.0, well=True)
    assert waits.brief("lift") > 1.0, "the first look came too early"


def test_a_change_that_once_showed_late_is_not_taken_to_show_soon():
    waits = Waits()
    assert waits.moving("lift") == UNKNOWN
    waits.moved("lift", 0.5, late=False)
    assert waits.moving("lift") == 0.5
    waits.moved("lift", 0.5, late=True)
    waits.moved("lift", 0.5, late=False)
    assert waits.moving("lift") == UNKNOWN
    waits.moved("", 0.5, late=False)
    assert waits.moving("") == UNKNOWN


def test_what_ends_as_it_began_is_looked_at_when_a_look_tells_most():
    waits = Waits()
    assert waits.telling("lift", 1.0, settle=0.3) == 0.3, "nobody knows whether it shows that it changes"
    assert waits.telling("lift", 0.2, settle=0.3) == 0.2
    waits.moved("lift", 0.5, late=False)
    assert waits.telling("lift", 0.4, settle=0.3) == 0.5, "before that, the old status tells nothing"
    assert waits.telling("lift", 1.0, settle=0.3) == 1.0
    waits.moved("lift", 5.0, late=False)
    assert waits.telling("lift", 1.0, settle=0.3) == 1.0, "too long without a look"
    waits.moved("lift", 0.5, late=True)
    assert waits.telling("lift", 1.0, settle=0.3) == 1.0, "an early look would tell nothing"


def test_a_look_that_found_the_end_brings_the_next_one_forward_by_little():
    waits = Waits()
    waits.ended("lift", 1.2, well=True)
    waits.sufficed("lift", 1.0)
    assert 0.95 < waits.brief("lift") < 1.0


def test_the_end_of_a_long_wait_is_supposed_between_two_looks_so_that_no_look_stays_late():
    waits = Waits()
    waits.ended("lift", 5.1, well=True, looked=4.1)
    assert waits.soonest("lift") == 4.6
    waits.ended("lift", 4.6, well=True, looked=0.0)
    assert 4.0 < waits.soonest("lift") < 4.3, "the first look has shown the end, so it may have come before that"
    waits.ended("lift", 4.4, well=True, looked=4.2)
    assert 4.0 < waits.soonest("lift") < 4.3, "it never comes back to a later one"
    waits.ended("drop", 1.0, well=True, looked=0.0)
    assert waits.soonest("drop") == 1.0, "what takes little time is not worth a further look"
