"""The server of a lane: brought into statuses, locked, followed, and given up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from subjects import CALM, SPIN, WAKE, Cloud, answer, subject_on
from widgets import action, becomes, status

from conformance.engine.cloud.errors import ResourceError
from conformance.engine.cloud.poll import WaitResult
from conformance.engine.cloud.roles import Role
from conformance.engine.provision.context import Patience
from conformance.engine.provision.locking import lock

MEND = action("mend", preconditions=(status("ERROR"),), postconditions=(becomes("IDLE"),))


def test_the_first_status_needs_a_server_and_nothing_else():
    cloud = Cloud()
    subject = subject_on(cloud)
    assert subject.reach("IDLE") is None
    assert subject.reach("IDLE") is None
    assert (cloud.made, cloud.asked, subject.resources_made) == (1, [], 1)


def test_a_status_is_reached_by_the_edges_of_the_graph():
    cloud = Cloud()
    subject = subject_on(cloud)
    assert subject.reach("HALTED") is None
    assert cloud.asked == ["spin as member", "fix as member"]
    assert subject.reach("IDLE") is None
    assert cloud.asked[2:] == ["wake as member"]
    assert cloud.made == 1


def test_another_documented_status_is_no_broken_way():
    """What leads to one of two statuses may lead to the second; the way is then thought over, and nothing blamed."""
    cloud = Cloud(spin="HALTED")
    subject = subject_on(cloud)
    assert subject.reach("HALTED") is None
    assert cloud.asked == ["spin as member"]
    assert subject.context.notes.sorted() == []


def test_where_a_member_is_refused_an_administrator_goes():
    cloud = Cloud()
    answers = iter([403, "SPINNING"])
    cloud.does["spin"] = lambda: next(answers)
    subject = subject_on(cloud)
    assert subject.reach("SPINNING") is None
    assert cloud.asked == ["spin as member", "spin as admin"]
    assert [kind for kind, _ in subject.context.notes.sorted()] == ["broken-way"]


def test_what_only_an_administrator_can_reach_is_inapplicable_without_one():
    problem = subject_on(Cloud(), roles=("member",)).reach("BROKEN")
    assert problem.verdict == "inapplicable"
    assert "only an administrator" in problem.reason


def test_a_status_to_which_nothing_leads_is_inconclusive():
    problem = subject_on(Cloud(), operations=(SPIN,)).reach("BROKEN")
    assert (problem.verdict, problem.reason) == ("inconclusive", "no way leads from IDLE to BROKEN")


def test_a_way_that_does_not_work_is_given_up_with_its_reason():
    problem = subject_on(Cloud(spin=500)).reach("SPINNING")
    assert problem.verdict == "inconclusive"
    assert "widgets.spin was answered 500 in status IDLE" in problem.reason


def test_a_way_that_leads_elsewhere_is_given_up_and_the_server_with_it():
    cloud = Cloud(spin="DIZZY")
    problem = subject_on(cloud).reach("SPINNING")
    assert "led to DIZZY instead of SPINNING or HALTED" in problem.reason
    assert cloud.made == 3


def test_the_promise_that_a_way_breaks_is_named_and_called_in_question():
    subject = subject_on(Cloud(spin="DIZZY"))
    problem = subject.reach("SPINNING")
    assert problem.reason.endswith("against widgets.spin/postcondition/widget-SPINNING+HALTED")
    assert [edge.operation.id for edge in subject.unmet][:1] == ["widgets.spin"]


def test_the_broken_promise_is_named_for_every_later_trial_that_needs_the_status():
    subject = subject_on(Cloud(spin="DIZZY"))
    subject.reach("SPINNING")
    later = subject.reach("SPINNING")
    assert later.reason.startswith("no way leads from IDLE to SPINNING: widgets.spin led to DIZZY instead of")
    assert later.reason.endswith("against widgets.spin/postcondition/widget-SPINNING+HALTED")


def test_the_broken_promise_is_named_before_another_way_that_failed():
    answers = iter(["DIZZY", 409, 409, 409, 409])
    cloud = Cloud()
    cloud.does["spin"] = lambda: next(answers, 409)
    problem = subject_on(cloud).reach("SPINNING")
    assert cloud.asked[1] == "spin as admin", "the first way was given up"
    assert "led to DIZZY" in problem.reason


def test_a_way_that_is_refused_calls_no_status_in_question():
    subject = subject_on(Cloud(spin=500))
    subject.reach("SPINNING")
    assert subject.unmet == []


def test_a_server_that_has_failed_is_replaced_when_the_way_out_fails():
    cloud = Cloud(mend=409)
    subject = subject_on(cloud, operations=(SPIN, MEND))
    subject.reach("IDLE")
    cloud.server["status"] = "ERROR"
    subject.refresh()
    assert subject.reach("SPINNING") is None
    assert (cloud.asked, cloud.made) == (["mend as member"] * 2 + ["spin as member"], 2)


def test_without_a_server_there_is_no_situation():
    cloud = Cloud()

    def create(*_, **__):
        raise ResourceError("the quota is used up")

    cloud.create = create
    problem = subject_on(cloud).reach("IDLE")
    assert (problem.verdict, problem.reason) == ("inconclusive", "no widget could be made: the quota is used up")


def test_a_stopped_run_makes_no_server():
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.context.stopping.set()
    assert subject.reach("IDLE").reason == "the run was stopped"
    assert cloud.made == 0


def test_a_locked_server_is_unlocked_before_its_owner_acts():
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    assert lock(subject) is None
    assert subject.locked
    assert subject.reach("SPINNING") is None
    assert cloud.asked == ["lock as member", "unlock as member", "spin as member"]
    assert not subject.locked


def test_a_lock_that_does_not_show_is_no_situation():
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    cloud.does["lock"] = lambda: "IDLE"
    problem = lock(subject)
    assert (problem.verdict, subject.locked) == ("inconclusive", False)
    assert "does not show it" in problem.reason


def test_a_refused_lock_is_no_situation():
    cloud = Cloud(lock=409)
    subject = subject_on(cloud)
    subject.reach("IDLE")
    assert lock(subject).reason == "widgets.lock was answered 409"
    assert not subject.locked


def test_a_lock_where_old_versions_do_not_show_it_is_believed():
    cloud = Cloud()
    subject = subject_on(cloud)
    subject.reach("IDLE")
    cloud.server.pop("locked")
    cloud.does["lock"] = "IDLE"
    assert lock(subject) is None
    assert subject.locked


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


def test_what_is_attached_bears_the_requests_on_it_and_no_others():
    subject = subject_on(Cloud())
    subject.reach("IDLE")
    assert subject.suits("/widgets/w1/action")
    subject.stir()
    assert subject.suits("/widgets/w1/action"), "nothing is attached by what is merely under way"
    subject.stir("/widgets/w1/hooks")
    assert subject.suits("/widgets/w1/hooks/7")
    assert not subject.suits("/widgets/w1/action")
    subject.discard()
    assert subject.suits("/widgets/w2/action")


def test_a_status_that_is_not_reached_with_what_is_attached_is_inapplicable_and_blames_no_way():
    cloud = Cloud(spin=409)
    subject = subject_on(cloud)
    subject.reach("IDLE")
    subject.stir("/widgets/w1/hooks")
    problem = subject.reach("SPINNING")
    assert problem.verdict == "inapplicable"
    assert "a widget with attachments does not reach SPINNING" in problem.reason
    cloud.does["spin"] = "SPINNING"
    assert subject.reach("SPINNING") is None
    assert cloud.made == 2


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


def test_a_status_that_this_cloud_does_not_keep_is_reached_for_once():
    """Of an optional status the first try decides: no lane of the run asks for it again."""
    cloud = Cloud(spin="HALTED")
    subject = subject_on(cloud, operations=(SPIN, CALM, WAKE), optional=("SPINNING",))
    problem = subject.reach("SPINNING")
    reason = "this cloud does not keep a widget in SPINNING: after widgets.spin it was HALTED"
    assert (problem.verdict, problem.reason) == ("inapplicable", reason)
    assert subject.another().reach("SPINNING") == problem
    assert (cloud.asked, cloud.made) == (["spin as member"], 1)
    assert subject.context.notes.sorted() == [("unkept", reason)]


def test_a_deletion_that_is_not_deferred_is_seen_at_the_first_try():
    cloud = Cloud()

    def gone():
        cloud.server = None
        return 202

    cloud.does["spin"] = gone
    problem = subject_on(cloud, optional=("SPINNING",)).reach("SPINNING")
    assert problem.verdict == "inapplicable"
    assert problem.reason.endswith("after widgets.spin it was DELETED")
    assert cloud.asked == ["spin as member"]


@pytest.mark.parametrize("does", ["DIZZY", "BROKEN", 409, 500])
def test_a_way_that_failed_says_nothing_of_a_status_that_clouds_need_not_keep(does):
    problem = subject_on(Cloud(spin=does), optional=("SPINNING",)).reach("SPINNING")
    assert problem.verdict == "inconclusive"


def test_a_status_that_every_cloud_keeps_is_not_written_off():
    """Another documented status than the first is no reason to leave one out that all clouds keep."""
    problem = subject_on(Cloud(spin="HALTED"), optional=("IDLE",)).reach("SPINNING")
    assert problem.verdict == "inconclusive"


def test_the_environments_keep_their_statuses_each():
    cloud = Cloud(spin="HALTED")
    subject = subject_on(cloud, optional=("SPINNING",))
    assert subject.reach("SPINNING").verdict == "inapplicable"
    assert subject.context.unkept.reasons.get(("winged", "SPINNING"), "") == ""
