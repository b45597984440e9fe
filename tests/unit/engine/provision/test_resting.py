"""How often a resource is looked at until it rests, by the waits of the run so far."""

from __future__ import annotations

import time

import pytest
from subjects import Cloud, subject_on

from conformance.engine.provision.context import Patience


def followed(*courses, settle=0.01):
    """The number of looks of each wait for a request that leads to the status before it; a course is seen first."""
    cloud = Cloud(calm=202)
    subject = subject_on(cloud)
    subject.context.patience = Patience(status=1.0, settle=settle)
    subject.reach("SPINNING")
    until, looks = cloud.until, []

    def counted(server_id, predicate, timeout, **more):
        looks.append(0)

        def count(view):
            time.sleep(2 * settle)  # what a look takes
            looks[-1] += 1
            return predicate(view)

        return until(server_id, count, timeout, **more)

    subject.context.watch.until = counted
    for course in courses:
        cloud.course = list(course)
        subject.settle(("SPINNING",), "widgets.calm")
    return looks, subject


def test_one_look_is_enough_where_the_change_showed_at_once_before():
    looks, subject = followed(["TURNING"], [], [])
    assert looks == [2, 1, 1], "it was seen to turn, and the next one has turned by now"
    assert subject.status == "SPINNING"


@pytest.mark.parametrize("course", [[], ["SPINNING", "TURNING"]], ids=["never shown", "shown late"])
def test_a_status_that_may_still_begin_to_change_is_looked_at_twice(course):
    looks, _ = followed(course, [])
    assert looks[1] > 1


def test_what_was_never_seen_to_change_is_looked_at_early_and_then_no_sooner_than_it_shows():
    """An early look sees that it turns, and how soon: after that, one look suffices for each further one."""
    settle, pauses = 0.01, []
    looks, subject = followed([], settle=settle)
    subject.context.stopping.wait = pauses.append
    waits, cloud = subject.context.waits, subject.context.cloud
    cloud.course = ["TURNING"]
    subject.settle(("SPINNING",), "widgets.calm")
    assert pauses == [settle]
    cloud.course = []
    for _ in range(3):
        looks.clear()
        subject.settle(("SPINNING",), "widgets.calm")
        assert looks == [1]
        assert pauses[-1] >= waits.moving("widgets.calm")
