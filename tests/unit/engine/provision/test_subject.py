"""The server of a lane is brought into statuses and locked, and a way that does not work is told."""

from __future__ import annotations

import pytest
from subjects import CALM, SPIN, WAKE, Cloud, subject_on
from widgets import action, becomes, status

from conformance.engine.cloud.errors import ResourceError
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
