"""A group of refusals shares one look: what it cannot decide is made again alone, and nothing comes between."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import action, becomes, plain, status
from workshop import CHANGE, DROP, EVERY, LIST, SHOW, SPIN, opened, tried

from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import ABSENT, Ask
from conformance.engine.cloud.roles import Role
from conformance.engine.execute import looks as module
from conformance.engine.execute.riding import FEW, wider_sort_of
from conformance.engine.judge.codes import changed_by
from conformance.engine.model.binding import Binding, Step
from conformance.engine.model.probe import FieldTaken, StatusOf
from conformance.engine.model.setup import Prepared
from conformance.engine.model.trial import Twice
from conformance.engine.provision.context import Patience
from conformance.engine.provision.silence import SEVERAL

PATH = "/servers/{server_id}/action"
TURN = action("turn", path=PATH)
LOCK, UNLOCK = action("lock", path=PATH), action("unlock", path=PATH)
BADGES = plain("GET", "/servers/{server_id}/badges", normal=(200,))
PIN = plain("PUT", "/servers/{server_id}/badges/{badge}", normal=(201,))
UNPIN = plain("DELETE", "/servers/{server_id}/badges/{badge}", normal=(204,))
MOVE = action(
    "move",
    path=PATH,
    preconditions=(replace(status("IDLE"), resource="server"),),
    postconditions=(replace(becomes("SPINNING"), resource="server"),),
)
BACK = action(
    "back",
    path=PATH,
    preconditions=(replace(status("SPINNING"), resource="server"),),
    postconditions=(replace(becomes("IDLE"), resource="server"),),
)
OPERATIONS = (*EVERY, TURN, LOCK, UNLOCK, MOVE, BACK, BADGES, PIN, UNPIN)
NO = {"conflict": {"code": 409, "message": "no"}}
LOOK = "GET /servers/server-1"


@pytest.fixture
def shop(tmp_path):
    shop = opened(tmp_path, *OPERATIONS)
    shop[0].does["POST action"] = (409, NO)
    return shop


def refused(operation=SPIN, state="IDLE", **more):
    more.setdefault("key", f"{operation.id} refused")
    return tried(operation, state, **({"accepted": False, "body": {operation.action: None}} | more))


def together(shop, *trials):
    for trial in trials:
        shop[1].make(trial, together=True)
    return shop[1].looks


def looked(shop):
    return shop[0].said.count(LOOK)


def doing(shop, **effects):
    """Actions are refused, and those of ``effects`` are done all the same."""

    def act(ask):
        (name,) = ask.body
        shop[0].things["/servers"][ask.path.split("/")[2]].update(effects.get(name, {}))
        return 409, NO

    shop[0].does["POST action"] = act


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
        if thing is not None and thing["gear"] not in joined:
            joined.append(thing["gear"])
            shop[0].things["/servers"][ask.path.split("/")[2]]["locked"] = True
        return 409, NO

    shop[0].does["POST action"] = act
    turning = refused(TURN, body={"turn": {"gear": Binding("/gears", "id")}})
    looks = together(shop, refused(SPIN), turning)
    looks.take()
    assert list(looks.collect().values()) == [None, None]
    assert changed_by(shop[1].make(turning)) == "locked changed from False to True"
    assert len(set(joined)) == 2


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


def test_a_refusal_that_nobody_expected_shares_its_look_with_those_after_it(shop):
    silent = tried(TURN, "IDLE", key="silent", body={"turn": None}, accepted=None)
    looks = together(shop, silent, refused(SPIN))
    looks.take()
    assert looked(shop) == 1
    assert [changed_by(evidence) for evidence in looks.collect().values()] == [None, None]
    doing(shop, turn={"locked": True})
    shop[1].make(replace(silent, key="again"), together=True)
    looks.take()
    assert looks.collect() == {"again": None}, "it is made again, alone"


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


def test_where_the_reference_is_silent_a_refusal_is_expected_of_what_changes_other_statuses(shop):
    looks = together(
        shop,
        refused(BACK, accepted=None, key="back"),
        refused(TURN, accepted=None, key="turn"),
        refused(MOVE, accepted=None, key="move"),
    )
    assert list(looks.collect()) == ["back", "turn"], "turning may be accepted, and moving leads on from here"


def test_a_refusal_that_was_expected_in_vain_leaves_its_group_undecided(shop):
    shop[0].does["POST action"] = lambda ask: 202 if "back" in ask.body else (409, NO)
    looks = together(shop, refused(SPIN), refused(BACK, accepted=None))
    assert looks.collect() == {f"{SPIN.id} refused": None}, "where the reference is silent, the acceptance is enough"
    looks = together(shop, refused(SPIN), refused(BACK, key="back"))
    assert looks.collect() == {f"{SPIN.id} refused": None, "back": None}


def test_a_group_with_an_accepted_request_is_made_again_together_once_and_then_alone(shop):
    accepted = {"back"}
    shop[0].does["POST action"] = lambda ask: 202 if accepted & ask.body.keys() else (409, NO)
    group = [refused(SPIN), refused(TURN), refused(BACK, accepted=None)]
    looks = together(shop, *group)
    assert looks.take_again() == {trial.key for trial in group[:2]}
    assert looks.take_again() == frozenset()
    together(shop, *group)
    assert not looks.waits(group[2]), "the accepted request has no part in the group"
    seen = looks.collect()
    assert all(seen[trial.key] is not None for trial in group[:2]), "one look serves the others"
    accepted.add("turn")
    together(shop, group[0], group[1])
    assert looks.take_again() == frozenset()
    assert looks.collect() == dict.fromkeys(trial.key for trial in group[:2])


def test_where_the_reference_is_silent_requests_are_taken_to_be_refused_until_one_was_accepted(shop):
    silent = [refused(TURN, accepted=None, key=str(number)) for number in range(3)]
    looks = together(shop, *silent[:1])
    looks.take()
    assert not looks.expects_refusal(silent[1]), "one refusal tells little of the second"
    together(shop, *silent[1:])
    assert list(looks.collect()) == ["0"]
    assert all(looks.waits(trial) for trial in silent[1:])
    shop[0].does["POST action"] = 202
    last = refused(TURN, accepted=None, key="accepted")
    together(shop, last)
    assert looks.collect() == dict.fromkeys(["1", "2"])
    shop[0].does["POST action"] = (409, NO)
    for key in ("later", "last"):
        together(shop, refused(TURN, accepted=None, key=key))
        assert not looks.shared, "it is looked at before, since it may be accepted again"


def test_a_request_on_a_thing_without_a_status_is_taken_to_be_refused_at_first(shop):
    shop[0].does["PUT gears"] = (409, NO)
    silent = refused(CHANGE, None, accepted=None, body={})
    assert together(shop, silent).waits(silent)


def test_a_trial_that_other_answers_say_is_refused_shares_the_look_although_no_document_says_so(shop):
    odd = refused(TURN, accepted=None, key="odd")
    shop[1].looks.expected.add("odd")
    looks = together(shop, refused(SPIN), odd)
    assert (looks.shared, looked(shop)) == (True, 0)
    shop[0].does["POST action"] = 202
    together(shop, odd, odd)
    assert not looks.shared, "it was accepted"


def silent(operation=TURN, **more):
    return refused(operation, accepted=None, **({"key": f"{operation.id} silent"} | more))


def answering(shop, code, **effects):
    """Turning is answered with a code and has effects; all other actions are refused."""

    def act(ask):
        if "turn" not in ask.body:
            return 409, NO
        shop[0].things["/servers"]["server-1"].update(effects)
        return code if code == 202 else (code, NO)

    shop[0].does["POST action"] = act


@pytest.mark.parametrize("code", [202, 409])
def test_what_changes_nothing_where_the_reference_is_silent_leaves_the_group_together(shop, code):
    answering(shop, code)
    looks = together(shop, refused(SPIN), silent(), refused(SPIN, key="after"))
    assert (looked(shop), looks.waits(refused(SPIN)), looks.waits(silent())) == (0, True, code == 409)
    looks.take()
    seen = looks.collect()
    assert {changed_by(evidence) for evidence in seen.values()} == {None}
    assert ("after" in seen, looked(shop)) == (True, 1)


def test_what_changes_something_where_the_reference_is_silent_has_the_group_made_again(shop):
    answering(shop, 202, project="another")
    looks = together(shop, refused(SPIN), silent())
    assert looks.collect() == {f"{SPIN.id} refused": None}
    assert looks.take_again() == {f"{SPIN.id} refused"}
    together(shop, refused(SPIN))
    before = looked(shop)
    together(shop, silent(key="again"))
    assert looked(shop) == before + 1, "it is known now to change something, and comes after the look"


def test_a_large_group_is_risked_only_for_what_is_known_to_change_nothing(shop):
    answering(shop, 202)
    group = [refused(SPIN, key=str(number)) for number in range(FEW + 1)]
    looks = together(shop, *group)
    assert not looks.rides(silent())
    shop[1].context.silence.answered([(TURN.id, silent().outcome.refused_for)] * SEVERAL, accepted=False)
    shop[1].context.silence.answered([(TURN.id, silent().outcome.refused_for)], accepted=True)
    assert not looks.rides(silent()), "it may be accepted, and nobody has seen what it does"
    shop[1].context.silence.left(TURN.id, as_it_was=True)
    assert looks.rides(silent())


@pytest.mark.parametrize(
    "trial",
    [
        silent(MOVE),
        silent(LOCK),
        silent(uses_optional_fields=True),
        silent(body={"turn": {"picture": Binding("picture", "id", "free")}}),
        silent(state=None),
        refused(TURN),
        tried(TURN, "IDLE", key="t", body={"turn": None}),
    ],
    ids=["leads on", "locks", "sets fields", "attaches", "of no server", "refused by a document", "accepted by one"],
)
def test_what_may_change_something_does_not_come_before_the_look(shop, trial):
    looks = together(shop, refused(SPIN))
    assert looks.rides(silent())
    assert not looks.rides(trial)


def test_a_thing_of_another_kind_may_be_made_before_the_look(shop):
    """A server shows the same after it. What names the server, or changes something, may do more."""
    looks, journal = together(shop, refused(SPIN)), shop[0].journal
    image = Ask("POST", "/images", Role.MEMBER, None, {"image": {}}, intent=journal.intend("image", "i", role="member"))
    looks.announced(image)
    assert looked(shop) == 0
    for ask in (
        replace(image, body={"image": {"of": "server-1"}}),
        replace(image, path="/servers/server-1/images"),
        replace(image, intent=None),
        replace(image, intent=journal.intend("server", "s", role="member")),
    ):
        together(shop, refused(SPIN, key="another"))
        before = looked(shop)
        looks.announced(ask)
        assert looked(shop) == before + 1
    together(shop, refused(CHANGE, None, body={}))
    looks.announced(image)
    assert not looks.waits(), "the list of a collection may show it"


def test_requests_as_unfit_as_many_others_are_taken_to_be_known(shop):
    looks, silence = shop[1].looks, shop[1].context.silence
    wider = wider_sort_of(shop[1].context, silent(BACK))
    assert (wider, wider_sort_of(shop[1].context, silent())) == (("", "in another status"), None)
    assert not looks.knows(silent(BACK))
    silence.answered([wider] * SEVERAL, accepted=False)
    assert looks.knows(silent(BACK))
    silence.answered([wider], accepted=True)
    assert not looks.knows(silent(BACK)), "one of three was accepted"
