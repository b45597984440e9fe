"""The server of a lane is followed until it settles, and given up when it is worn, gone, or of no use."""

from __future__ import annotations

from dataclasses import replace

import pytest
from subjects import CALM, SPIN, Cloud, answer, subject_on

from conformance.engine.cloud.poll import WaitResult
from conformance.engine.cloud.roles import Role
from conformance.engine.provision.context import Patience
from conformance.engine.provision.locking import lock


def test_a_worn_server_is_replaced():
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    subject.must_replace = True
    subject.reach("IDLE")
    assert cloud.made == 2
    assert not subject.must_replace


def test_a_server_that_is_gone_is_seen_and_replaced():
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    cloud.server = None
    assert subject.refresh() is None
    assert subject.reach("IDLE") is None
    assert cloud.made == 2


@pytest.mark.parametrize("shown", [answer(500), answer(200), answer(200, []), answer(200, {"other": 1})])
def test_an_answer_that_shows_no_server_does_not_take_it_away(shown):
    subject = subject_on(Cloud())
    subject.reach("IDLE")
    subject.refresh_from(shown)
    assert subject.status == "IDLE"


@pytest.mark.parametrize(("lenient", "looks"), [(True, 0), (False, 1)])
def test_a_view_from_before_the_end_of_an_action_will_do_where_a_later_look_corrects_it(lenient, looks):
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    subject.actions.ended = lambda resource, by="": True
    subject.stir()
    subject.calm()
    asked, cloud.get = [], lambda path, **_: asked.append(path) or answer(200, {"widget": dict(cloud.server)})
    subject.lenient = lenient
    subject.current()
    assert len(asked) == looks
    subject.lenient = False
    subject.current()
    assert len(asked) == 1, "one look is enough"


@pytest.mark.parametrize(("handed", "by"), [(True, SPIN.id), (False, "")])
def test_what_another_lane_has_begun_has_ended_once_a_resource_obeys(handed, by):
    """Then only the last step is asked for. What goes on for another reason may do so in the background."""
    subject = subject_on(Cloud())
    subject.reach("IDLE")
    subject.actions.began = lambda answer: setattr(subject.actions, "last", "an action")
    asked = []
    subject.actions.ended = lambda resource, by="": asked.append(by) or True
    subject.stir(handed=handed)
    subject.reach("SPINNING")
    assert asked == [by]


def test_a_locked_server_is_unlocked_before_it_is_given_up():
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    lock(subject)
    subject.discard()
    assert cloud.asked[-1] == "unlock as member"
    subject.discard()
    assert cloud.asked.count("unlock as member") == 1, "there is none any more"


@pytest.mark.parametrize(("gone", "left"), [(True, []), (False, ["/widgets/w1"])])
def test_what_may_not_be_deleted_yet_is_asked_for_again_where_a_quota_is_narrow(gone, left):
    subject = subject_on(Cloud())
    subject.context.resources.drop = lambda id_, role, kind, view: gone
    subject.reach("IDLE")
    subject.discard()
    subject.context.places.most = 1
    assert [one.path for one in subject.context.places.take_spent()] == left


def test_what_had_to_wait_is_asked_for_again_when_another_is_given_up(monkeypatch):
    subject = subject_on(Cloud())
    asked = []
    subject.context.resources.drop = lambda id_, role, kind, view: id_ != "w1"
    subject.context.resources.drop_again = lambda thing: asked.append((now[0], thing.path)) or len(asked) > 1
    now = [0.0]
    monkeypatch.setattr("conformance.engine.provision.places.time.monotonic", lambda: now[0])
    for now[0] in (0.0, 10.0, 20.0, 30.0, 100.0, 500.0):
        subject.reach("IDLE")
        subject.discard()
    assert asked == [(20.0, "/widgets/w1"), (100.0, "/widgets/w1")], "after 15 s it may not go yet, 60 s later it does"


def settled(targets, *course, cloud=None):
    cloud = cloud or Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    cloud.course = course
    if course:
        cloud.server["status"] = course[-1]
    return subject, subject.settle(targets)


def test_settling_waits_through_other_statuses():
    subject, result = settled(("SPINNING",), "IDLE", "STARTING", "SPINNING")
    assert (result.statuses, result.timed_out) == (("IDLE", "STARTING", "SPINNING"), False)
    assert subject.status == "SPINNING"


@pytest.mark.parametrize(("calm", "looks"), [(False, 2), (True, 1)])
def test_where_no_change_is_known_one_look_after_the_time_is_enough(calm, looks):
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    subject.context.patience = Patience(status=1.0, settle=0.05)
    seen = []

    def until(server_id, predicate, timeout, **_):
        while not predicate(dict(cloud.server)):
            seen.append("look")
            subject.context.stopping.wait(0.05)
        return WaitResult(("IDLE",), dict(cloud.server), False, 0.1)

    subject.context.watch.until = until
    subject.settle((), calm=calm)
    assert len(seen) + 1 == looks


@pytest.mark.parametrize("calm", [False, True])
def test_a_change_that_was_not_known_is_followed_all_the_same(calm):
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    cloud.course = ("STARTING", "IDLE")
    assert subject.settle((), calm=calm).statuses == ("STARTING", "IDLE")


def test_settling_ends_at_a_failure():
    subject, result = settled(("SPINNING",), "IDLE", "ERROR", "SPINNING")
    assert result.statuses == ("IDLE", "ERROR")
    assert subject.status == "ERROR"


def test_settling_waits_for_the_end_of_a_task():
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    cloud.server["turning"] = "turning"
    assert subject.settle(()).timed_out


def test_settling_times_out_where_the_status_does_not_come():
    subject, result = settled(("SPINNING",), "IDLE")
    assert result.timed_out
    assert subject.status == "IDLE"


def test_settling_takes_any_status_that_lasts_where_none_is_known():
    _, result = settled(None, "IDLE", "STARTING", "HALTED")
    assert result.statuses[-1] in ("IDLE", "HALTED")
    assert not result.timed_out


def test_settling_ends_with_the_run():
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    subject.context.stopping.set()
    assert not subject.settle(("SPINNING",)).timed_out


def test_a_poll_in_trouble_does_not_take_the_server_away():
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    cloud.problem = "the listing was answered 500"
    assert subject.settle(("SPINNING",)).timed_out
    assert subject.status == "IDLE"


def test_a_server_that_goes_away_while_it_settles_is_gone():
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    cloud.server = None
    subject.settle(("SPINNING",))
    assert subject.view is None
    assert subject.reach("IDLE") is None
    assert cloud.made == 2


def test_without_a_server_its_id_is_an_error_of_ours():
    with pytest.raises(RuntimeError):
        assert subject_on(Cloud()).resource_id


def test_a_server_that_is_given_up_is_dropped():
    subject = subject_on(Cloud())
    dropped = []
    subject.context.resources.drop = lambda id_, role, kind, view: dropped.append((id_, role, view))
    subject.reach("IDLE")
    seen = subject.view
    subject.discard()
    subject.discard()
    assert dropped == [("w1", Role.MEMBER, seen)]
    assert seen, "the view tells what the removal needs before"
    assert (subject.known_id, subject.view) == ("", None)


def test_a_few_servers_that_are_given_up_stay_in_a_sandbox(monkeypatch):
    monkeypatch.setattr("conformance.engine.provision.places.STAY", 1)
    cloud, dropped = Cloud(), []
    subject = subject_on(cloud)
    subject.context.sandbox = True
    subject.context.resources.drop = lambda id_, role, kind, view: dropped.append(id_)
    for _ in range(2):
        subject.reach("IDLE")
        lock(subject)
        subject.discard()
        assert subject.known_id == ""
        subject.discard()
    assert (dropped, cloud.asked) == (["w2"], ["lock as member", "lock as member", "unlock as member"])


def test_no_server_stays_in_a_sandbox_that_lacks_room():
    subject, dropped = subject_on(Cloud()), []
    subject.context.sandbox = True
    subject.context.places.most = 1
    subject.context.resources.drop = lambda id_, role, kind, view: dropped.append(id_)
    subject.reach("IDLE")
    subject.discard()
    assert dropped == ["w1"]


@pytest.mark.parametrize(("sparing", "asked"), [(True, "wake as member"), (False, "calm as member")])
def test_a_resource_that_no_trial_uses_goes_the_usual_way(sparing, asked):
    cloud = Cloud()
    subject = subject_on(cloud, operations=(SPIN, CALM, replace(CALM, id="widgets.wake", action="wake")))
    subject.context.spending.add("widgets.calm")
    subject.sparing = sparing
    assert subject.reach("SPINNING") is None
    assert subject.reach("IDLE") is None
    assert cloud.asked == ["spin as member", asked]
