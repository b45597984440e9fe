"""Requests of which no document says that they are refused share a look only where little is risked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from looking import BACK, LOCK, MOVE, NO, TURN, doing, looked, refused, refusing_shop, together
from workshop import CHANGE, SPIN, tried

from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.roles import Role
from conformance.engine.execute.riding import FEW, wider_sort_of
from conformance.engine.judge.codes import changed_by
from conformance.engine.model.binding import Binding
from conformance.engine.provision.silence import SEVERAL


@pytest.fixture
def shop(tmp_path):
    return refusing_shop(tmp_path)


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
