"""A resource that a lane leaves as it was made serves a lane after it; a resource that may be changed does not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from subjects import Cloud, subject_on

from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.made import Made
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.waits import Waits
from conformance.engine.provision.handing import FAR, hand_on, taken_over, under_test, withdraw
from conformance.engine.provision.locking import lock


def left(cloud, change=lambda subject: None):
    """A subject whose lane has ended after a change, and whether its resource was handed on."""
    subject = subject_on(cloud)
    dropped = []
    subject.context.resources.drop = lambda id_, role, kind, view: not dropped.append(id_)
    subject.reach("IDLE")
    change(subject)
    handed = hand_on(subject)
    subject.discard()
    assert dropped == ([] if handed else ["w1"])
    return subject, handed


def test_the_next_lane_begins_with_what_the_one_before_has_left():
    cloud = Cloud()
    subject, handed = left(cloud)
    other = subject.another()
    assert handed
    assert other.reach("SPINNING") is None
    assert (cloud.made, other.known_id, other.resources_made) == (1, "w1", 0)


def test_the_next_lane_waits_until_the_last_action_of_the_one_before_has_ended():
    subject, _ = left(Cloud())
    other = subject.another()
    waited = []
    other.actions.ended = lambda id_, by="": waited.append(id_) or True
    other.reach("IDLE")
    assert (waited, other.outdated) == (["w1"], True)


def test_the_next_lane_knows_the_name_of_the_last_action():
    subject, handed = left(Cloud(), lambda subject: setattr(subject.actions, "last", "req-7"))
    other = subject.another()
    asked = []
    other.actions.ended = lambda id_, by="": asked.append(other.actions.last) or True
    other.reach("IDLE")
    assert (handed, asked) == (True, ["req-7"])


def test_a_lane_takes_the_resource_that_is_nearest_to_its_first_status():
    cloud = Cloud()
    subject, handed = left(cloud, lambda subject: subject.reach("SPINNING"))
    assert handed
    other = subject.another()
    assert other.reach("SPINNING") is None
    assert (cloud.made, cloud.asked) == (1, ["spin as member"])


@pytest.mark.parametrize(("seconds", "taken"), [((30.0, 2.0), "w2"), ((2.0, 30.0), "w1"), ((2.0, 4.0), "w1")])
def test_of_two_resources_the_one_is_taken_from_which_the_way_takes_less_time(seconds, taken):
    subject = subject_on(Cloud())
    context, ids = subject.context, {"SPINNING": "widgets.slow", "HALTED": "widgets.quick"}
    costs = {"SPINNING": 1.0, "HALTED": 2.0}  # where the times are about the same, the number of requests decides
    things = [
        Made(context.kind.name, f"w{number}", "", "", Role.MEMBER, {"id": f"w{number}", "status": status}, None)
        for number, status in enumerate(ids, 1)
    ]
    context.places.offer(under_test(context.kind), things)
    for (status, id_), length in zip(ids.items(), seconds, strict=True):
        context.waits.ended(f"{id_} from {status}", length, well=True)
    context.graph.way = lambda source, target, *_: [
        SimpleNamespace(cost=costs[source], operation=SimpleNamespace(id=ids[source]))
    ]
    assert taken_over(subject, "IDLE")
    assert subject.known_id == taken


@pytest.mark.parametrize(
    ("new", "seconds", "cost", "taken"),
    [(1.0, 0.5, FAR, True), (1.0, 0.5, FAR + 1, False), (20.0, 5.0, FAR + 1, True), (20.0, 25.0, 1.0, False)],
)
def test_a_resource_is_near_by_requests_on_a_fast_cloud_and_by_seconds_on_a_slow_one(new, seconds, cost, taken):
    subject = subject_on(Cloud())
    context = subject.context
    made = Made(context.kind.name, "w1", "", "", Role.MEMBER, {"id": "w1", "status": "SPINNING"}, None)
    context.places.offer(under_test(context.kind), [made])
    context.waits.ended(Waits.NEW, new, well=True)
    context.waits.ended("widgets.halt from SPINNING", seconds, well=True)
    context.graph.way = lambda *_, **__: [SimpleNamespace(cost=cost, operation=SimpleNamespace(id="widgets.halt"))]
    assert taken_over(subject, "IDLE") is taken


def test_a_lane_that_no_way_leads_to_begins_with_a_resource_of_its_own():
    cloud = Cloud()
    subject, _ = left(cloud, lambda subject: subject.reach("SPINNING"))
    subject.context.graph.way = lambda source, target, *_, **__: None if source == "SPINNING" else []
    other = subject.another()
    other.reach("IDLE")
    assert cloud.made == 2


def test_the_look_that_a_group_waits_for_is_taken_before():
    taken = []

    def look(subject):
        subject.before_leaving = lambda: taken.append(subject.known_id)

    left(Cloud(), look)
    assert taken == ["w1"]


def test_what_is_tried_again_is_tried_on_a_new_resource():
    cloud = Cloud()
    first, _ = left(cloud)
    second = first.another()
    second.reach("IDLE")
    third = first.another()
    third.reach("IDLE")
    hand_on(third)
    second.discard()
    second.reach("IDLE")
    assert (cloud.made, second.known_id) == (3, "w3")


def test_a_lane_of_another_environment_begins_with_a_resource_of_its_own():
    cloud = Cloud()
    subject, _ = left(cloud)
    other = subject.another()
    other.environment = "large"
    other.reach("IDLE")
    assert cloud.made == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda subject: setattr(subject, "must_replace", True),
        lambda subject: setattr(subject, "altered", True),
        lambda subject: setattr(subject, "environment", "large"),
        lambda subject: subject.furnished.add("/widgets/w1/gears"),
        lambda subject: subject.bindings.attached.update(gear=None),
        lock,
        lambda subject: subject.view.update(status="TURNING"),
        lambda subject: subject.view.update(status="ERROR"),
        lambda subject: subject.context.unkept.reasons.update({("", "IDLE"): "this cloud does not keep it"}),
    ],
)
def test_a_resource_that_may_be_changed_is_given_up(change):
    assert not left(Cloud(), change)[1]


@pytest.mark.parametrize(("gone", "made"), [(False, 1), (True, 2)])
def test_a_resource_in_a_status_that_a_cloud_need_not_keep_is_looked_at_before_it_serves_again(gone, made):
    cloud = Cloud()
    subject, handed = left(cloud, lambda subject: subject.context.unkept.__setattr__("optional", ("IDLE",)))
    other = subject.another()
    looks = []

    def refresh():
        looks.append(other.known_id)
        other.view = None if gone and len(looks) == 1 else other.view
        return other.view

    other.refresh = refresh
    other.reach("IDLE")
    assert handed
    assert (looks[0], cloud.made) == ("w1", made)


def test_a_lane_without_a_resource_leaves_none():
    assert not hand_on(subject_on(Cloud()))


@pytest.mark.parametrize("error", [None, CloudError("the endpoint is lost")])
def test_at_the_end_what_lanes_have_left_is_dropped_as_they_drop_it_and_nothing_else(error):
    subject, handed = left(Cloud())
    assert handed
    context, dropped = subject.context, []
    context.places.offer("address", [SimpleNamespace(id="a1")])

    def drop(id_, role, kind, view):
        dropped.append((id_, role, kind, view["status"]))
        if error is not None:
            raise error

    context.cloud.profile = SimpleNamespace(kind=lambda name: context.kind)
    context.graphs = {}
    context.resources.drop = drop
    withdraw(context)
    assert dropped == [("w1", Role.MEMBER, context.kind, "IDLE")]
    assert context.places.offered(under_test(context.kind)) == ()
    assert context.places.offered("address")
