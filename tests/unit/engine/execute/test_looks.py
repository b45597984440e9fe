"""A group of refusals shares one look: those that it cannot decide are made again alone, and nothing comes between."""

from __future__ import annotations

from dataclasses import replace

import pytest
from looking import (
    BACK,
    LOCK,
    LOOK,
    MOVE,
    NO,
    OPERATIONS,
    PATH,
    PIN,
    TURN,
    UNLOCK,
    UNPIN,
    doing,
    looked,
    refused,
    refusing_shop,
    together,
)
from workshop import CHANGE, DROP, LIST, SHOW, SPIN, opened, tried

from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.execute import looks as module
from conformance.engine.judge.codes import changed_by
from conformance.engine.model.binding import Binding, Step
from conformance.engine.model.probe import FieldTaken, StatusOf
from conformance.engine.model.setup import Prepared
from conformance.engine.model.trial import Twice
from conformance.engine.provision.context import Patience


@pytest.fixture
def shop(tmp_path):
    return refusing_shop(tmp_path)


def test_refusals_in_one_status_share_a_look(shop):
    looks = together(shop, refused(SPIN), refused(TURN), refused(SPIN, key="again"))
    assert all(looks.waits(trial) for trial in (refused(SPIN), refused(TURN), refused(SPIN, key="again")))
    assert (looked(shop), looks.collect()) == (0, {})
    looks.take()
    seen = looks.collect()
    assert looked(shop) == 1
    assert list(seen) == [f"{SPIN.id} refused", f"{TURN.id} refused", "again"]
    assert [changed_by(evidence) for evidence in seen.values()] == [None, None, None]
    assert {evidence.exchanges[-1].request.url for evidence in seen.values()} == {"http://workshop/servers/server-1"}
    assert not looks.waits(refused(SPIN))
    looks.take()
    assert (looked(shop), looks.collect()) == (1, {}), "nothing waits any more"


def test_a_look_that_shows_a_change_has_the_whole_group_made_again(shop):
    doing(shop, turn={"locked": True})
    looks = together(shop, refused(SPIN), refused(TURN))
    looks.take()
    assert looks.collect() == {f"{SPIN.id} refused": None, f"{TURN.id} refused": None}
    alone = [shop[1].make(trial) for trial in (refused(SPIN), refused(TURN))]
    assert [changed_by(evidence) for evidence in alone] == [None, "locked changed from False to True"]
    assert list(shop[0].things["/servers"]) == ["server-2"], "a changed server is replaced before that"


def test_a_group_that_is_made_again_names_other_things(shop):
    """What a refused request has attached cannot be attached a second time, and would hide that it is done again."""
    joined = []

    def act(ask):
        (thing,) = ask.body.values()
        if "unlock" in ask.body:
            shop[0].things["/servers"][ask.path.split("/")[2]]["locked"] = False
            return 202
        if thing is not None and thing["gear"] not in joined:
            joined.append(thing["gear"])
            shop[0].things["/servers"][ask.path.split("/")[2]]["locked"] = True
        return 409, NO

    shop[0].does["POST action"] = act
    turning = refused(TURN, body={"turn": {"gear": Binding("/gears", "id")}})
    looks = together(shop, refused(SPIN), turning)
    looks.take()
    assert list(looks.collect().values()) == [None, None]
    for made in (2, 3):  # as does what is made alone
        assert "locked changed from" in (changed_by(shop[1].make(turning)) or "")
        assert len(set(joined)) == made


def test_an_accepted_request_leaves_its_group_undecided(shop):
    """What it does could hide what another request of the group has done."""
    shop[0].does["POST action"] = lambda ask: 202 if "turn" in ask.body else (409, NO)
    looks = together(shop, refused(SPIN), refused(TURN))
    assert looks.collect() == {f"{SPIN.id} refused": None, f"{TURN.id} refused": None}


def test_an_accepted_request_without_a_group_is_decided_at_once(shop):
    shop[0].does["POST action"] = 202
    looks = together(shop, refused(SPIN))
    assert looks.collect() == {}
    assert not looks.waits(refused(SPIN))


@pytest.mark.parametrize(
    "trial",
    [
        tried(TURN, "IDLE", key="t", body={"turn": None}),
        tried(MOVE, "IDLE", key="t", body={"move": None}, accepted=None),
        tried(TURN, "IDLE", key="t", body={"turn": None}, accepted=False, exchange=Twice()),
        tried(TURN, "IDLE", key="t", body={"turn": None}, accepted=False, setup=(Prepared((Step(TURN.id, {}),)),)),
    ],
    ids=["accepted", "silent and leads on", "twice", "prepared"],
)
def test_what_may_change_something_comes_after_the_look(shop, trial):
    looks = together(shop, refused(SPIN))
    shop[1].make(trial, together=True)
    asked = [text for text in shop[0].said if text in (LOOK, f"POST {PATH}".replace("{server_id}", "server-1"))]
    assert asked[:2] == ["POST /servers/server-1/action", LOOK]
    assert next(iter(looks.collect())) == f"{SPIN.id} refused"
    assert looks.waits(trial) == (trial.outcome.accepted is None), "a refusal that nobody expected is the next group's"


def test_reading_leaves_the_group_together(shop):
    looks = together(shop, refused(SPIN), tried(LIST, key="list", accepted=False), refused(TURN))
    assert looked(shop) == 0
    looks.take()
    assert len(looks.collect()) == 2


def locking(shop, works=True):
    """Refuse all but the lock, which works or seems to."""

    def act(ask):
        for server in shop[0].things["/servers"].values() if "lock" in ask.body else ():
            server["locked"] = works
        return 202 if "lock" in ask.body else (409, NO)

    shop[0].does["POST action"] = act


def test_a_lock_for_a_trial_leaves_the_group_together(shop):
    looks = together(shop, refused(SPIN))
    locking(shop)
    shop[1].make(refused(TURN, locked=True), together=True)
    assert looks.waits(refused(SPIN))
    assert looks.waits(refused(TURN))
    assert looked(shop) == 0
    looks.take()
    assert looked(shop) == 1
    assert [changed_by(evidence) for evidence in looks.collect().values()] == [None, None]


def test_a_lock_that_does_not_show_lets_each_of_the_group_be_made_alone(shop):
    looks = together(shop, refused(SPIN))
    locking(shop, works=False)
    shop[1].make(refused(TURN, locked=True), together=True)
    looks.take()
    assert list(looks.collect().values()) == [None, None]
    alone = shop[1].make(refused(TURN, locked=True))
    assert (alone.problem.verdict, alone.problem.reason) == (
        "inconclusive",
        f"{LOCK.id} was accepted, and the server does not show it",
    )


def test_a_lock_that_could_hide_what_a_refused_request_has_done_comes_after_the_look(shop):
    looks = together(shop, refused(LOCK))
    locking(shop)
    shop[1].make(refused(TURN, locked=True), together=True)
    assert changed_by(looks.collect()[f"{LOCK.id} refused"]) is None
    assert looks.waits(refused(TURN))


def test_a_lock_hides_nothing_of_a_request_to_unlock_that_was_refused_before_it(shop):
    """Of a server that is not locked, it takes nothing away that would show; and what it does late takes the lock."""
    looks = together(shop, refused(UNLOCK))
    locking(shop)
    shop[1].make(refused(TURN, locked=True), together=True)
    assert (looked(shop), looks.waits(refused(UNLOCK))) == (0, True)
    shop[0].things["/servers"]["server-1"]["locked"] = False
    looks.take()
    assert list(looks.collect().values()) == [None, None], "each is made again, alone"


def test_the_end_of_a_lock_comes_after_the_look_for_a_request_to_unlock(shop):
    lockable(shop)
    shop[1].make(refused(TURN, locked=True), together=True)
    refuse = shop[0].does["POST action"]
    shop[0].does["POST action"] = lambda ask: (409, NO) if "unlock" in ask.body else refuse(ask)
    looks = together(shop, refused(UNLOCK, locked=True))
    assert (looked(shop), looks.waits(refused(UNLOCK))) == (0, True)
    shop[0].does["POST action"] = refuse
    together(shop, refused(SPIN))
    sent = [ask.method if ask.body is ABSENT else next(iter(ask.body)) for ask in shop[0].asked]
    assert sent == ["lock", "turn", "unlock", "GET", "unlock", "GET", "spin"]


def test_a_trial_of_the_request_to_unlock_takes_away_the_lock_of_the_trial_before(shop):
    shop[0].does["POST action"] = lambda ask: (
        shop[0].things["/servers"]["server-1"].update(locked="lock" in ask.body) or 202
    )
    shop[1].make(tried(LOCK, "IDLE", key="lock", body={"lock": None}))
    assert shop[1].subject.locked
    asked = len(shop[0].said)
    shop[1].make(tried(UNLOCK, "IDLE", key="unlock", body={"unlock": None}, accepted=None))
    sent = [ask.body for ask in shop[0].asked[asked:] if ask.method == "POST"]
    assert (sent, shop[1].subject.locked) == ([{"unlock": None}], False)


def lockable(shop, unlocks=True):
    """Requests to lock and to unlock are accepted, and all others refused."""

    def act(ask):
        (name,) = ask.body
        if name in ("lock", "unlock"):
            shop[0].things["/servers"]["server-1"]["locked"] = name == "lock" or not unlocks
            return 202
        return 409, NO

    shop[0].does["POST action"] = act


def test_the_end_of_a_lock_leaves_the_group_together(shop):
    lockable(shop)
    trials = refused(SPIN), refused(TURN, locked=True), refused(SPIN, key="unlocked")
    looks = together(shop, *trials)
    assert [next(iter(ask.body)) for ask in shop[0].asked if ask.body] == ["spin", "lock", "turn", "unlock", "spin"]
    assert (looked(shop), all(looks.waits(trial) for trial in trials)) == (0, True)
    looks.take()
    assert looked(shop) == 1
    assert [changed_by(evidence) for evidence in looks.collect().values()] == [None] * 3


def test_a_lock_that_does_not_go_lets_each_of_the_group_be_made_alone(shop):
    lockable(shop, unlocks=False)
    looks = together(shop, refused(TURN, locked=True), refused(SPIN))
    looks.take()
    assert list(looks.collect().values()) == [None, None]
    assert shop[1].make(refused(SPIN)).status == 409
    assert shop[0].dropped == ["server-1"], "it may stay locked"


def test_what_was_done_before_the_end_of_a_lock_is_seen_after_it(shop):
    lockable(shop)
    refuse = shop[0].does["POST action"]

    def act(ask):
        shop[0].things["/servers"]["server-1"].update({"status": "HALTED"} if "turn" in ask.body else {})
        return refuse(ask)

    shop[0].does["POST action"] = act
    looks = together(shop, refused(TURN, locked=True), refused(SPIN))
    looks.take()
    assert list(looks.collect().values()) == [None, None], "each is made again, alone"


@pytest.mark.parametrize(("state", "expected"), [("BROKEN", False), ("SPINNING", True)])
def test_in_a_status_of_failure_nothing_is_taken_to_be_refused_before_it_was(shop, state, expected):
    looks = shop[1].looks
    broken = replace(looks.context.kind, status=replace(looks.context.kind.status, failed=("BROKEN",)))
    object.__setattr__(looks.context, "kind", broken)
    assert looks.expects_refusal(refused(MOVE, state, accepted=None)) is expected


def test_a_server_is_looked_at_before_it_is_given_up(shop):
    looks = together(shop, refused(SPIN))
    shop[1].discard()
    assert changed_by(looks.collect()[f"{SPIN.id} refused"]) is None
    assert shop[0].dropped == ["server-1"]


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [(MOVE, BACK, True), (BACK, MOVE, False), (LOCK, UNLOCK, True), (MOVE, TURN, False), (MOVE, MOVE, False)],
)
def test_what_could_take_back_an_effect_is_not_in_its_group(shop, one, other, apart):
    looks = together(shop, refused(one), refused(other, key="other"))
    assert bool(looks.collect()) == apart


def test_what_could_remove_what_another_has_made_is_not_in_its_group(shop):
    shop[0].does["DELETE badges"] = (409, NO)
    shop[0].does["PUT badges"] = (409, NO)
    looks = together(
        shop,
        refused(PIN, body={}),
        refused(PIN, body={}, key="again"),
        refused(UNPIN, body={}),
    )
    assert list(looks.collect()) == [f"{PIN.id} refused", "again"]


def test_a_group_stays_small(shop, monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)
    looks = together(shop, *(refused(SPIN, key=str(number)) for number in range(5)))
    assert list(looks.collect()) == ["0", "1", "2", "3"]
    assert looked(shop) == 2


def test_without_leave_a_refusal_has_a_look_of_its_own(shop):
    evidence = shop[1].make(refused(SPIN))
    assert (len(evidence.exchanges), evidence.after["status"]) == (2, "IDLE")
    assert not shop[1].looks.waits(refused(SPIN))


def test_a_probe_that_only_compares_the_views_leaves_the_look_to_the_group(shop):
    for key in "ab":
        shop[1].make(refused(key=key), (FieldTaken("colour", "red"),), together=True)
    assert all(shop[1].looks.waits(refused(key=key)) for key in "ab")
    shop[1].looks.take()
    assert [changed_by(evidence) for evidence in shop[1].looks.collect().values()] == [None, None]


def test_a_trial_with_probes_has_a_look_of_its_own(shop):
    shop[1].make(refused(SPIN), (StatusOf("image"),), together=True)
    assert not shop[1].looks.waits(refused(SPIN))


def test_a_trial_that_could_not_be_made_does_not_wait(shop):
    shop[0].does["POST action"] = lambda ask: (403, {"forbidden": {"code": 403, "message": "Quota exceeded for x"}})
    evidence = shop[1].make(refused(SPIN), together=True)
    assert evidence.problem is not None
    assert not shop[1].looks.waits(refused(SPIN))


def test_a_look_that_fails_decides_nothing(shop):
    looks = together(shop, refused(SPIN))

    def fail(ask):
        raise CloudError("not sent")

    shop[0].does[LOOK] = fail
    looks.take()
    assert looks.collect() == {f"{SPIN.id} refused": None}


def test_the_effect_of_a_request_that_only_its_sender_may_not_send_has_time_to_show(tmp_path):
    shop = opened(tmp_path, *OPERATIONS, patience=Patience(status=0.3, settle=0.01))
    shop[0].does["POST action"] = (409, NO)
    waited = []
    shop[1].context.stopping.wait = lambda seconds: waited.append(seconds) or False
    looks = together(shop, refused(SPIN, refused_for="sender"), refused(TURN, refused_for="sender"))
    looks.take()
    assert waited.count(0.01) == 1, "once for the group"


def test_things_without_a_status_are_looked_at_once_for_a_group_too(shop):
    shop[0].does["PUT gears"] = (400, NO)
    looks = together(shop, *(refused(CHANGE, None, key=str(number), body={}) for number in range(3)))
    before = [text for text in shop[0].said if text == "GET /gears/gear-1"]
    looks.take()
    after = [text for text in shop[0].said if text == "GET /gears/gear-1"]
    assert (len(before), len(after)) == (2, 3), "when it was made, before the group and after it"
    assert [changed_by(evidence) for evidence in looks.collect().values()] == [None] * 3


def test_a_thing_without_a_status_that_was_changed_all_the_same_is_seen_and_made_anew(shop):
    def change(ask):
        shop[0].things["/gears"]["gear-1"]["name"] = "changed"
        return 400, NO

    shop[0].does["PUT gears"] = change
    looks = together(shop, refused(CHANGE, None, key="a", body={}), refused(CHANGE, None, key="b", body={}))
    looks.take()
    assert looks.collect() == {"a": None, "b": None}
    shop[0].does.clear()
    shop[1].make(tried(SHOW, key="show"))
    assert "gear-1" not in shop[0].things["/gears"]


def test_views_are_taken_anew_after_a_change(shop):
    shop[0].does["PUT gears"] = (400, NO)
    shop[0].does["DELETE gears"] = (409, NO)
    looks = together(shop, refused(CHANGE, None, body={}))
    shop[1].make(tried(MOVE, "IDLE", key="move", body={"move": None}), together=True)
    shop[0].things["/gears"]["gear-1"]["name"] = "changed meanwhile"
    together(shop, refused(DROP, None, body={}))
    looks.take()
    assert [changed_by(evidence) for evidence in looks.collect().values()] == [None, None]
