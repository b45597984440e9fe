"""The server of a lane: brought into statuses, locked, followed, and given up."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from widgets import KNOWLEDGE, TOP, action, becomes, spec, status

from conformance.engine.cloud.errors import ResourceError
from conformance.engine.cloud.exchange import ABSENT, Answer
from conformance.engine.cloud.poll import GONE, WaitResult
from conformance.engine.cloud.roles import Role
from conformance.engine.context import Notes, Patience
from conformance.engine.derive.suite import views
from conformance.engine.graph import StateGraph
from conformance.engine.stage import Stage
from specs.model import Policy

SPIN = action("spin", preconditions=(status("IDLE"),), postconditions=(becomes("SPINNING", "HALTED"),))
CALM = action("calm", preconditions=(status("SPINNING"),), postconditions=(becomes("IDLE"),))
WAKE = action("wake", preconditions=(status("HALTED"),), postconditions=(becomes("IDLE"),))
BREAK = action(
    "break", policy=Policy(("admin",), 1), preconditions=(status("IDLE"),), postconditions=(becomes("BROKEN"),)
)
FIX = action("fix", preconditions=(status("SPINNING"),), postconditions=(becomes("HALTED"),))
LOCK, UNLOCK = action("lock"), action("unlock")


class Cloud:
    """One widget at a time. ``does`` maps an action to an answer's code, a status it leads to, or a function."""

    def __init__(self, **does):
        self.does = {"spin": "SPINNING", "calm": "IDLE", "wake": "IDLE", "break": "BROKEN", "fix": "HALTED", **does}
        self.asked = []
        self.made = 0
        self.server = None
        self.task = None
        self.problem = None
        self.course = []

    def create(self, **_):
        self.made += 1
        self.server = {"id": f"w{self.made}", "status": "IDLE", "locked": False, "OS-EXT-STS:task_state": None}
        return SimpleNamespace(id=self.server["id"], body=dict(self.server), role=Role.MEMBER)

    def send(self, ask):
        (name,) = ask.body
        self.asked.append(f"{name} as {ask.role}")
        does = self.does.get(name, 202)
        does = does() if callable(does) else does
        if isinstance(does, str):
            self.server["status"] = does
        elif does == 202 and name in ("lock", "unlock"):
            self.server["locked"] = name == "lock"
        return answer(202 if isinstance(does, str) else does)

    def get(self, path, **_):
        return answer(404) if self.server is None else answer(200, {"server": dict(self.server)})

    def until(self, server_id, predicate, timeout):
        """The statuses of ``course`` one after the other, and then what the server is, until the predicate holds."""
        seen = []
        for at in [*self.course, *[None] * 200]:
            if self.problem:
                return WaitResult((), None, True, timeout, problem=self.problem)
            view = None if self.server is None else {**self.server, **({"status": at} if at else {})}
            now = GONE if view is None else view["status"]
            if not seen or seen[-1] != now:
                seen.append(now)
            if predicate(view):
                return WaitResult(tuple(seen), view, False, 0.1)
        return WaitResult(tuple(seen), view, True, timeout)


def answer(code, json=ABSENT):
    return Answer(code, {}, "", json, 1.0, None)


OPERATIONS = (SPIN, CALM, WAKE, BREAK, FIX, LOCK, UNLOCK)


def staged(cloud, roles=("member", "admin"), operations=OPERATIONS):
    context = SimpleNamespace(
        cloud=cloud,
        watch=SimpleNamespace(until=cloud.until),
        resources=SimpleNamespace(server=cloud.create, drop=lambda id_, role: None),
        knowledge=KNOWLEDGE,
        graph=StateGraph.of(views([spec(*operations)], TOP, KNOWLEDGE)),
        operations={o.id: o for o in operations},
        top=TOP,
        patience=Patience(status=1.0, settle=0.0),
        notes=Notes(),
        stopping=threading.Event(),
        role_names=frozenset(roles),
        version_for=lambda operation: TOP,
    )
    return Stage(context)


def test_the_first_status_needs_a_server_and_nothing_else():
    cloud = Cloud()
    stage = staged(cloud)
    assert stage.reach("IDLE") is None
    assert stage.reach("IDLE") is None
    assert (cloud.made, cloud.asked, stage.servers_made) == (1, [], 1)


def test_a_status_is_reached_by_the_edges_of_the_graph():
    cloud = Cloud()
    stage = staged(cloud)
    assert stage.reach("HALTED") is None
    assert cloud.asked == ["spin as member", "fix as member"]
    assert stage.reach("IDLE") is None
    assert cloud.asked[2:] == ["wake as member"]
    assert cloud.made == 1


def test_another_documented_status_is_no_broken_way():
    """What leads to one of two statuses may lead to the second; the way is then thought over, and nothing blamed."""
    cloud = Cloud(spin="HALTED")
    stage = staged(cloud)
    assert stage.reach("HALTED") is None
    assert cloud.asked == ["spin as member"]
    assert stage.context.notes.sorted() == []


def test_where_a_member_is_refused_an_administrator_goes():
    cloud = Cloud()
    answers = iter([403, "SPINNING"])
    cloud.does["spin"] = lambda: next(answers)
    stage = staged(cloud)
    assert stage.reach("SPINNING") is None
    assert cloud.asked == ["spin as member", "spin as admin"]
    assert [kind for kind, _ in stage.context.notes.sorted()] == ["broken-way"]


def test_what_only_an_administrator_can_reach_is_inapplicable_without_one():
    problem = staged(Cloud(), roles=("member",)).reach("BROKEN")
    assert problem.verdict == "inapplicable"
    assert "only an administrator" in problem.reason


def test_a_status_to_which_nothing_leads_is_inconclusive():
    problem = staged(Cloud(), operations=(SPIN,)).reach("BROKEN")
    assert (problem.verdict, problem.reason) == ("inconclusive", "no way leads from IDLE to BROKEN")


def test_a_way_that_does_not_work_is_given_up_with_its_reason():
    problem = staged(Cloud(spin=500)).reach("SPINNING")
    assert problem.verdict == "inconclusive"
    assert "widgets.spin was answered 500 in status IDLE" in problem.reason


def test_a_way_that_leads_elsewhere_is_given_up_and_the_server_with_it():
    cloud = Cloud(spin="DIZZY")
    problem = staged(cloud).reach("SPINNING")
    assert "led to DIZZY instead of SPINNING or HALTED" in problem.reason
    assert cloud.made == 3


def test_without_a_server_there_is_no_situation():
    cloud = Cloud()

    def create(**_):
        raise ResourceError("the quota is used up")

    cloud.create = create
    problem = staged(cloud).reach("IDLE")
    assert (problem.verdict, problem.reason) == ("inconclusive", "no server could be made: the quota is used up")


def test_a_stopped_run_makes_no_server():
    cloud = Cloud()
    stage = staged(cloud)
    stage.context.stopping.set()
    assert stage.reach("IDLE").reason == "the run was stopped"
    assert cloud.made == 0


def test_a_locked_server_is_unlocked_before_its_owner_acts():
    cloud = Cloud()
    stage = staged(cloud)
    stage.reach("IDLE")
    assert stage.lock() is None
    assert stage.locked
    assert stage.reach("SPINNING") is None
    assert cloud.asked == ["lock as member", "unlock as member", "spin as member"]
    assert not stage.locked


def test_a_lock_that_does_not_show_is_no_situation():
    cloud = Cloud()
    stage = staged(cloud)
    stage.reach("IDLE")
    cloud.does["lock"] = lambda: "IDLE"
    problem = stage.lock()
    assert (problem.verdict, stage.locked) == ("inconclusive", False)
    assert "does not show it" in problem.reason


def test_a_refused_lock_is_no_situation():
    cloud = Cloud(lock=409)
    stage = staged(cloud)
    stage.reach("IDLE")
    assert stage.lock().reason == "widgets.lock was answered 409"
    assert not stage.locked


def test_a_lock_where_old_versions_do_not_show_it_is_believed():
    cloud = Cloud()
    stage = staged(cloud)
    stage.reach("IDLE")
    cloud.server.pop("locked")
    cloud.does["lock"] = "IDLE"
    assert stage.lock() is None
    assert stage.locked


def test_a_worn_server_is_replaced():
    cloud = Cloud()
    stage = staged(cloud)
    stage.reach("IDLE")
    stage.worn = True
    stage.reach("IDLE")
    assert cloud.made == 2
    assert not stage.worn


def test_a_server_that_is_gone_is_seen_and_replaced():
    cloud = Cloud()
    stage = staged(cloud)
    stage.reach("IDLE")
    cloud.server = None
    assert stage.refresh() is None
    assert stage.reach("IDLE") is None
    assert cloud.made == 2


@pytest.mark.parametrize("shown", [answer(500), answer(200), answer(200, []), answer(200, {"other": 1})])
def test_an_answer_that_shows_no_server_does_not_take_it_away(shown):
    stage = staged(Cloud())
    stage.reach("IDLE")
    stage.refresh_from(shown)
    assert stage.status == "IDLE"


def settled(targets, *course, cloud=None):
    cloud = cloud or Cloud()
    stage = staged(cloud)
    stage.reach("IDLE")
    cloud.course = course
    if course:
        cloud.server["status"] = course[-1]
    return stage, stage.settle(targets)


def test_settling_waits_through_other_statuses():
    stage, result = settled(("SPINNING",), "IDLE", "STARTING", "SPINNING")
    assert (result.statuses, result.timed_out) == (("IDLE", "STARTING", "SPINNING"), False)
    assert stage.status == "SPINNING"


def test_settling_ends_at_a_failure():
    stage, result = settled(("SPINNING",), "IDLE", "ERROR", "SPINNING")
    assert result.statuses == ("IDLE", "ERROR")
    assert stage.status == "ERROR"


def test_settling_waits_for_the_end_of_a_task():
    cloud = Cloud()
    stage = staged(cloud)
    stage.reach("IDLE")
    cloud.server["OS-EXT-STS:task_state"] = "turning"
    assert stage.settle(()).timed_out


def test_settling_times_out_where_the_status_does_not_come():
    stage, result = settled(("SPINNING",), "IDLE")
    assert result.timed_out
    assert stage.status == "IDLE"


def test_settling_takes_any_status_that_lasts_where_none_is_known():
    _, result = settled(None, "IDLE", "STARTING", "HALTED")
    assert result.statuses[-1] in ("IDLE", "HALTED")
    assert not result.timed_out


def test_settling_ends_with_the_run():
    cloud = Cloud()
    stage = staged(cloud)
    stage.reach("IDLE")
    stage.context.stopping.set()
    assert not stage.settle(("SPINNING",)).timed_out


def test_a_poll_in_trouble_does_not_take_the_server_away():
    cloud = Cloud()
    stage = staged(cloud)
    stage.reach("IDLE")
    cloud.problem = "the listing was answered 500"
    assert stage.settle(("SPINNING",)).timed_out
    assert stage.status == "IDLE"


def test_a_server_that_goes_away_while_it_settles_is_gone():
    cloud = Cloud()
    stage = staged(cloud)
    stage.reach("IDLE")
    cloud.server = None
    stage.settle(("SPINNING",))
    assert stage.view is None
    assert stage.reach("IDLE") is None
    assert cloud.made == 2


def test_without_a_server_its_id_is_an_error_of_ours():
    with pytest.raises(RuntimeError):
        assert staged(Cloud()).server_id


def test_what_is_attached_bears_the_requests_on_it_and_no_others():
    stage = staged(Cloud())
    stage.reach("IDLE")
    assert stage.suits("/widgets/w1/action")
    stage.stir()
    assert stage.suits("/widgets/w1/action"), "nothing is attached by what is merely under way"
    stage.stir("/widgets/w1/hooks")
    assert stage.suits("/widgets/w1/hooks/7")
    assert not stage.suits("/widgets/w1/action")
    stage.discard()
    assert stage.suits("/widgets/w2/action")


def test_a_status_that_is_not_reached_with_what_is_attached_is_inapplicable_and_blames_no_way():
    cloud = Cloud(spin=409)
    stage = staged(cloud)
    stage.reach("IDLE")
    stage.stir("/widgets/w1/hooks")
    problem = stage.reach("SPINNING")
    assert problem.verdict == "inapplicable"
    assert "with what is attached to it a server does not reach SPINNING" in problem.reason
    cloud.does["spin"] = "SPINNING"
    assert stage.reach("SPINNING") is None
    assert cloud.made == 2


def test_a_server_that_is_given_up_is_dropped():
    stage = staged(Cloud())
    dropped = []
    stage.context.resources.drop = lambda id_, role: dropped.append((id_, role))
    stage.reach("IDLE")
    stage.discard()
    stage.discard()
    assert dropped == [("w1", Role.MEMBER)]
    assert (stage.known_id, stage.view) == ("", None)
