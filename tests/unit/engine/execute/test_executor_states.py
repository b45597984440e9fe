"""A trial needs a status or a lock of its server and room in the quota, and leaves others behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from acting import BODY, CALM, SPIN, UNBADGE, acting, acting_shop, asks, make
from widgets import COLOUR, plain, row, sample
from workshop import CHANGE, DROP, EVERY, KNOWN, MAKE, NOTE, SHOW, opened, tried

from conformance.engine.cloud.errors import ResourceError
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.model.binding import Binding
from conformance.engine.provision.places import Places

COLOURED = {"note": {"colour": COLOUR}}


@pytest.fixture
def shop(tmp_path):
    return acting_shop(tmp_path)


USED_UP = (403, {"forbidden": {"code": 403, "message": "Quota exceeded for gears: 3 of 3"}})


def test_what_the_quota_refuses_is_tried_again_when_others_have_given_their_things_back(shop, monkeypatch):
    monkeypatch.setattr("conformance.engine.provision.places.PAUSE", 0.001)
    answers = iter([USED_UP, USED_UP, None])
    shop[0].does["POST gears"] = lambda ask: next(answers)
    places = shop[1].context.places
    places.take()
    evidence = make(shop, MAKE)
    assert (evidence.problem, evidence.status) == (None, 200)
    assert places.most == 1
    assert [text for text in shop[0].changes if text == "POST /gears"] == ["POST /gears"] * 3


@pytest.mark.parametrize("later", [USED_UP, (400, {"badRequest": {"code": 400, "message": "no name"}}), None])
def test_a_group_of_refusals_keeps_none_that_a_quota_has_caused(shop, monkeypatch, later):
    """The things of the lane are given back before the next attempt, and the group looks at what it has before that."""
    monkeypatch.setattr("conformance.engine.provision.places.PAUSE", 0.001)
    monkeypatch.setattr("conformance.engine.provision.places.WAIT", 0.01)
    answers = iter([USED_UP])
    shop[0].does["POST gears"] = lambda ask: next(answers, later)
    shop[1].context.places.take()
    trial = tried(MAKE, key="nameless", accepted=False, body={"gear": {}})
    evidence = shop[1].make(trial, together=True)
    shop[1].looks.take()
    judged_by = shop[1].looks.collect().get("nameless", evidence)
    if later is USED_UP:
        assert judged_by.problem.verdict == "inconclusive"
    else:
        assert (judged_by.problem, judged_by.status) == (None, 400 if later else 200)


def test_what_was_made_for_bindings_is_removed_when_a_quota_is_used_up(shop):
    removed = []
    shop[1].context.resources.remove_all = lambda things: removed.extend(one.name for one in things)
    places = shop[1].context.places
    make(shop, NOTE, body=COLOURED)
    shop[1].discard()
    assert removed == [], "another lane may use it"
    places.take()
    places.used_up()
    make(shop, NOTE, body=COLOURED)
    shop[1].discard()
    assert removed == ["red"], "that of the lane that has ended, which this one has used"


def test_an_element_of_a_lane_goes_with_the_lane(shop):
    make(shop, CHANGE)
    assert shop[0].changes == ["POST /gears", "PUT /gears/gear-1"]
    make(shop, SHOW)
    shop[1].discard()
    assert shop[0].changes[-1] == "DELETE /gears/gear-1"
    assert not shop[0].journal.entries()[0].left


def test_a_thing_of_an_environment_that_the_quota_refuses_is_not_one_that_the_cloud_lacks(shop):
    environment = "of-glass"
    shop[1].subject.environment = environment

    def refused(kind, **_):
        raise ResourceError(f"no {kind} could be made: {said}")

    shop[1].context.resources.make = refused
    said = "POST /servers gave 403 (Quota exceeded for servers)"
    assert shop[1].subject.reach("IDLE").verdict == "inconclusive"
    said = "POST /servers gave 400 (no such glass)"
    assert shop[1].subject.reach("IDLE").verdict == "inapplicable"


def test_a_status_is_reached_and_what_becomes_of_the_server_is_followed(shop):
    evidence = make(shop, CALM, "SPINNING", body={"calm": None}, leads_to=("IDLE",))
    assert (evidence.before["status"], evidence.after["status"]) == ("SPINNING", "IDLE")
    assert shop[0].changes == [f"POST /servers/server-1/{'action'}"] * 2


def test_after_a_refusal_the_server_is_looked_at(shop):
    shop[0].does["POST /servers/server-1/action"] = 409
    evidence = make(shop, SPIN, "IDLE", body={"spin": None}, accepted=False)
    assert (evidence.before["status"], evidence.after["status"]) == ("IDLE", "IDLE")
    assert len(evidence.exchanges) == 2


@pytest.mark.parametrize("last", [(), (CALM.id,)])
def test_after_an_operation_that_uses_a_server_up_it_must_be_replaced(tmp_path, last):
    shop = opened(tmp_path, *EVERY[:-1], SPIN, CALM, service=replace(KNOWN, tried_last=last))
    shop[0].does["POST action"] = acting(shop[0])
    make(shop, CALM, "SPINNING", body={"calm": None}, leads_to=("IDLE",))
    assert shop[1].subject.must_replace == bool(last)


def test_after_a_change_of_status_that_nobody_documents_the_server_must_be_replaced(shop):
    make(shop, CALM, "IDLE", body={"calm": None}, accepted=None)
    assert not shop[1].subject.must_replace, "its status is as before"
    make(shop, SPIN, "IDLE", body={"spin": None}, accepted=None)
    assert shop[1].subject.status == "SPINNING"
    assert shop[1].subject.must_replace


def test_optional_fields_alter_the_server_for_trials_without_them(shop):
    make(shop, SPIN, "IDLE", body={"spin": None}, uses_optional_fields=True, leads_to=("SPINNING",))
    assert shop[1].subject.altered
    make(shop, CALM, "SPINNING", body={"calm": None}, uses_optional_fields=True, leads_to=("IDLE",))
    assert list(shop[0].things["/servers"]) == ["server-1"], "a trial that alters it may be made on an altered one"
    make(shop, SPIN, "IDLE", body={"spin": None}, leads_to=("SPINNING",))
    assert list(shop[0].things["/servers"]) == ["server-2"]


def test_a_server_is_locked_after_all_that_the_request_needs_was_made(shop):
    """A locked server would let nothing be made in it."""
    make(shop, UNBADGE, "IDLE", locked=True, accepted=False)
    names = [text.split("/")[3] + str(ask.body if ask.body is not ABSENT else "") for text, ask in asks(shop)]
    assert [name.split("{")[0] for name in names] == ["badges", "action", "badges"]
    assert asks(shop)[1][1].body == {"lock": None}


def test_a_lock_that_is_not_why_a_member_is_refused_decides_nothing(shop):
    act = acting(shop[0])
    shop[0].does["POST action"] = lambda ask: 403 if "spin" in ask.body else act(ask)
    problem = make(shop, SPIN, "IDLE", locked=True, accepted=None, body={"spin": None}).problem
    assert (problem.verdict, problem.reason) == (
        "inapplicable",
        "members are refused widgets.spin on this cloud, locked or not",
    )


def test_a_lock_that_is_why_a_member_is_refused_is_evidence(shop):
    act = acting(shop[0])

    def spin(ask):
        locked = shop[0].things["/servers"]["server-1"]["locked"]
        return 403 if "spin" in ask.body and locked else act(ask)

    shop[0].does["POST action"] = spin
    evidence = make(shop, SPIN, "IDLE", locked=True, accepted=None, body={"spin": None})
    assert (evidence.problem, evidence.status) == (None, 403)


def test_what_cannot_be_made_in_a_status_is_made_before_it_is_reached(shop):
    def put(ask):
        server = shop[0].things["/servers"][ask.path.split("/")[2]]
        return None if server["status"] == "IDLE" else 409

    shop[0].does["PUT badges"] = put
    evidence = make(shop, UNBADGE, "SPINNING", leads_to=())
    assert (evidence.problem, evidence.status) == (None, 204)
    assert evidence.before["status"] == "SPINNING"
    said = [text.partition("/")[0] + text.split("/")[3] for text in shop[0].changes]
    way, put = "POST action", "PUT badges"
    assert said == [way, put, way, put, way, "DELETE badges"], "the same resource goes back for it"
    assert {text.split("/")[2] for text in shop[0].changes} == {"server-1"}


def test_what_can_be_made_in_no_status_leaves_the_trial_undecided(shop):
    shop[0].does["PUT badges"] = 409
    problem = make(shop, UNBADGE, "SPINNING").problem
    assert problem.verdict == "inconclusive"
    assert "put-servers-server_id-badges-badge, which makes an element for {badge}, was answered 409" in problem.reason


HOOK = plain(
    "POST", "/servers/{server_id}/hooks", answered=(sample({"hook": {"id": "1", "name": "h"}}),), normal=(200, 202)
)
UNHOOK = plain("DELETE", "/servers/{server_id}/hooks/{hook_id}", normal=(204,))


@pytest.mark.parametrize("code", [202, 200])
def test_what_was_attached_in_the_background_belongs_to_the_requests_on_it(tmp_path, code):
    """Another request gets another server; what is there when it is answered is in nobody's way."""
    shop = opened(tmp_path, *EVERY, HOOK, UNHOOK)
    shop[0].does |= {"POST hooks": (code, {"hook": {"id": "h-1"}}), "DELETE hooks": 409}
    make(shop, HOOK, "IDLE")
    make(shop, HOOK, "IDLE")
    make(shop, UNHOOK, "IDLE")
    assert list(shop[0].things["/servers"]) == ["server-1"]
    assert shop[1].subject.furnished == ({"/servers/server-1/hooks"} if code == 202 else set())
    make(shop, SPIN, "IDLE", body={"spin": None})
    assert shop[0].changes[-1] == f"POST /servers/server-{2 if code == 202 else 1}/action"


FULL = 403, {"forbidden": {"code": 403, "message": "Quota exceeded, too many gears."}}, {}


@pytest.mark.parametrize("accepted", [True, False, None])
def test_a_quota_that_is_used_up_is_not_the_clouds_contradiction(shop, accepted):
    shop[0].does["POST /gears"] = FULL
    problem = make(shop, MAKE, body=BODY, accepted=accepted).problem
    assert problem.verdict == "inconclusive"
    assert problem.reason == (
        "the quota of the project is used up (Quota exceeded, too many gears.): raise it, or remove what is not needed"
    )


def test_what_is_needed_and_not_made_for_a_quota_says_so(shop):
    shop[0].does["POST /gears"] = FULL
    problem = make(shop, DROP).problem
    assert problem.verdict == "inconclusive"
    assert problem.reason.endswith("was answered 403 (Quota exceeded, too many gears.)")


@pytest.mark.parametrize(("operation", "rarely"), [(MAKE, True), (DROP, False)])
def test_only_a_request_under_test_is_sent_again_rarely(shop, monkeypatch, operation, rarely):
    shop[0].does["POST /gears"], given = FULL, []
    monkeypatch.setattr(Places, "found", lambda *args, **more: given.append(more["rarely"]) or args[1])
    make(shop, operation, body=BODY)
    assert given == [rarely]


def test_a_trial_that_finds_the_room_it_lacked_lets_others_wait_for_it_again(tmp_path):
    _, executor = opened(tmp_path)
    executor.context.places.in_vain |= {"carts": {SHOW.id}, "wheels": {DROP.id}}
    executor.make(tried(SHOW))
    assert executor.context.places.in_vain == {"wheels": {DROP.id}}


def test_trials_on_a_locked_server_that_need_nothing_else_share_the_lock(shop):
    act = acting(shop[0])
    shop[0].does["POST action"] = lambda ask: 409 if "spin" in ask.body else act(ask)
    for number in range(3):
        make(shop, SPIN, "IDLE", key=str(number), locked=True, accepted=False, body={"spin": None})
    assert [ask.body for _, ask in asks(shop)] == [{"lock": None}, *[{"spin": None}] * 3]
    shop[0].does["DELETE badges"] = 409
    make(shop, UNBADGE, "IDLE", locked=True, accepted=False)
    names = [next(iter(ask.body)) if ask.path.endswith("action") else ask.method for _, ask in asks(shop)[4:]]
    assert names == ["unlock", "PUT", "lock", "DELETE"], "what the path names is made without the lock"
    make(shop, SPIN, "IDLE", body={"spin": None}, leads_to=("SPINNING",))
    assert [ask.body for _, ask in asks(shop)[-2:]] == [{"unlock": None}, {"spin": None}]


@pytest.mark.parametrize(("sandbox", "removed"), [(False, ["used-up"]), (True, [])])
def test_what_a_lane_has_used_up_goes_with_the_lane_where_others_need_the_room(tmp_path, sandbox, removed):
    shop = opened(tmp_path, sandbox=sandbox)
    gone = []
    shop[1].context.resources.remove_all = gone.extend
    shop[1].context.places.spend(["used-up"])
    shop[1].discard()
    assert gone == removed


def test_what_an_earlier_request_has_taken_away_unseen_is_made_anew(tmp_path):
    """As a transfer whose path does not name the thing: its maker sees it no more. It stays in the journal."""
    shop = opened(tmp_path)
    lane = shop[1]
    lane.make(tried(CHANGE, body=BODY))
    del shop[0].things["/gears"]["gear-1"]
    evidence = lane.make(tried(CHANGE, body=BODY))
    assert evidence.status == 200
    assert [line for line in shop[0].changes if line.startswith("P")][-3:] == [
        "PUT /gears/gear-1",
        "POST /gears",
        "PUT /gears/gear-2",
    ]
    left = [id_ for entry in shop[0].journal.entries() for id_, _ in entry.left]
    assert "gear-1" in left


def test_a_refusal_of_a_thing_that_is_there_is_no_loss(tmp_path):
    shop = opened(tmp_path)
    shop[0].does["PUT gears"] = 404
    evidence = shop[1].make(tried(CHANGE, body=BODY))
    assert evidence.status == 404
    assert sum(line.startswith("POST /gears") for line in shop[0].changes) == 1


FIT = plain("POST", "/wheels", row("wheel", "object"), samples=(sample({"wheel": {"gear_id": "1"}}),), normal=(201,))
WHEEL = {"wheel": {"gear_id": Binding("/gears")}}


@pytest.mark.parametrize(("room", "status", "gears"), [(1, 200, 2), (0, 409, 2)])
def test_without_a_description_a_thing_that_is_full_gives_way_to_another_one(tmp_path, room, status, gears):
    """Once in vain, and then no more for this operation."""
    shop = opened(tmp_path, *EVERY, FIT, service=replace(KNOWN, described=False))
    fitted = []

    def fit(ask):
        gear = ask.body["wheel"]["gear_id"]
        fitted.append(gear)
        return 409 if fitted.count(gear) > room else None

    shop[0].does["POST wheels"] = fit
    statuses = [shop[1].make(tried(FIT, body=WHEEL)).status for _ in range(2)]
    assert statuses[-1] == status
    assert len(set(fitted)) == gears
    described = opened(tmp_path / "described", *EVERY, FIT)
    described[0].does["POST wheels"] = 409
    assert described[1].make(tried(FIT, body=WHEEL)).status == 409
    assert sum(line == "POST /gears" for line in described[0].changes) == 1
