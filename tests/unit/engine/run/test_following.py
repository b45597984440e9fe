"""The trial that follows in a lane: near ones first, and those after which the resource serves no others last."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from subjects import CALM, SPIN
from widgets import KNOWLEDGE, trial

import conformance.engine.run.following as module
from conformance.engine.model.binding import Binding
from conformance.engine.model.setup import Locked
from conformance.engine.run.following import attached_for, following, turn, wear_out
from conformance.engine.run.jobs import Job


def job(key, state="IDLE", optional=False, accepted=True):
    made = trial(SPIN, state=state, key=key, accepted=accepted)
    return Job(replace(made, request=replace(made.request, uses_optional_fields=optional)), (), ())


def looking(**more):
    """The looks of a lane in which no refusal waits."""
    known = {"knows": lambda trial: trial.key != "unknown", "expects_refusal": lambda trial: True}
    known |= {"waits": lambda: False, "may_be_refused": lambda trial: False, "parts": lambda trial: False}
    return SimpleNamespace(**(known | more))


def executor(status="IDLE", spending=()):
    """The executor of a lane whose resource is in a status, from which all others are one step away."""
    graph = SimpleNamespace(
        way=lambda source, target, broken, roles, spending: [SimpleNamespace(cost=1.0)],
        is_calm=lambda operation: operation != "changes",
        undoing=lambda operations, state: frozenset(),
    )
    looks = looking()
    context = SimpleNamespace(service=KNOWLEDGE, graph=graph, role_names=frozenset(), spending=spending)
    bindings = SimpleNamespace(as_before=None, attached={})
    subject = SimpleNamespace(status=status, locked=False, bindings=bindings)
    return SimpleNamespace(context=context, subject=subject, looks=looks)


@pytest.mark.parametrize(("status", "first"), [("IDLE", "near"), ("SPINNING", "far")])
def test_a_trial_in_the_present_status_comes_first(status, first):
    assert following([job("far", "SPINNING"), job("near")], executor(status)).trial.key == first


def test_trials_with_optional_fields_come_after_all_others_in_whatever_status():
    pending = [job("optional", optional=True), job("far", "SPINNING")]
    assert following(pending, executor()).trial.key == "far"
    assert following(pending[:1], executor()).trial.key == "optional"
    refused = job("refused", optional=True, accepted=False)
    assert following([refused, pending[1]], executor()).trial.key == "refused", "it leaves the resource as it is"
    pending[1] = job("spends", "SPINNING")
    assert following(pending, executor(spending={SPIN.id})).trial.key == "spends"


def test_what_was_seen_to_take_something_from_a_resource_comes_after_all_others():
    pending = [job("spends"), job("far", "SPINNING")]
    assert following(pending, executor(spending={SPIN.id})).trial.key == "spends", "both spend"
    pending[1] = Job(trial(CALM, state="SPINNING", key="far"), (), ())
    assert following(pending, executor(spending={SPIN.id})).trial.key == "far"
    pending[0] = Job(trial(SPIN, accepted=None, key="silent"), (), ())
    assert following(pending, executor(spending={SPIN.id})).trial.key == "silent", "it may be refused"


def silent(operation, key):
    return Job(trial(operation, accepted=None, key=key), (), ())


def test_where_the_reference_is_silent_what_may_change_the_status_comes_last():
    lane = executor()
    lane.looks = looking(expects_refusal=lambda trial: trial.key == "refused")
    lane.context.graph.is_calm = lambda operation: operation == CALM.id
    pending = [silent(SPIN, "changes"), silent(CALM, "calm"), silent(SPIN, "refused")]
    first = []
    while pending:
        first.append(following(pending, lane))
        pending.remove(first[-1])
    assert [one.trial.key for one in first] == ["refused", "calm", "changes"]


def test_what_is_expected_to_lead_on_without_a_document_comes_after_all_that_keep_the_resource():
    lane = executor()
    lane.looks = looking(expects_refusal=lambda trial: False)
    lane.context.graph.is_calm = lambda operation: operation == CALM.id
    pending = [silent(SPIN, "leads on"), job("far", "SPINNING"), job("optional", optional=True)]
    first = []
    while pending:
        assert wear_out(pending, lane) == bool(first)
        first.append(following(pending, lane))
        pending.remove(first[-1])
    assert [one.trial.key for one in first] == ["far", "leads on", "optional"]


def locked(key, **more):
    made = job(key, **more)
    return Job(replace(made.trial, setup=(Locked(),)), (), ())


def test_a_lock_serves_as_many_trials_as_it_can():
    pending = [locked("with a lock"), job("refused", accepted=False), job("accepted")]
    lane = executor()
    assert following(pending, lane).trial.key == "accepted", "the lock can wait for a trial that needs it"
    assert following(pending[:2], lane).trial.key == "with a lock"
    assert following(pending[1:], lane).trial.key == "refused"
    lane.subject.locked = True
    assert following(pending[::-1], lane).trial.key == "with a lock"
    assert following(pending[1:], lane).trial.key == "refused"


def test_what_is_refused_without_a_document_follows_what_a_document_has_refused():
    pending = [job("accepted"), silent(CALM, "refused"), silent(SPIN, "unknown")]
    lane = executor()
    assert following(pending, lane).trial.key == "refused", "it shares their look"
    assert following([pending[0], pending[2]], lane).trial.key == "accepted", "it may be accepted, and spoil the look"
    assert following(pending[2:], lane).trial.key == "unknown"
    with_a_lock = Job(
        replace(pending[0].trial, setup=(Locked(),), outcome=job("x", accepted=False).trial.outcome), (), ()
    )
    assert following([with_a_lock, pending[1]], lane).trial.key == "refused", "the lock comes after it"
    lane.subject.locked = True
    assert following([with_a_lock, pending[1]], lane).trial.key == "accepted"
    assert following([job("no", accepted=False), pending[1]], executor()).trial.key == "no"


def leads(key, to, state="IDLE"):
    made = job(key, state)
    return replace(made, trial=replace(made.trial, outcome=replace(made.trial.outcome, leads_to=(to,))))


def test_what_is_expected_to_fail_is_tried_before_the_resource_leaves_the_status_that_it_needs():
    fails, elsewhere = job("fails"), job("elsewhere", "HALTED")
    stays, goes, far = leads("stays", "IDLE"), leads("goes", "SPINNING"), job("far", "SPINNING")

    def chosen(pending, deviating, status="IDLE"):
        return turn(pending, deviating, executor(status)).trial.key

    assert chosen([stays, goes], [elsewhere, fails]) == "stays"
    assert chosen([goes], [elsewhere, fails]) == "fails"
    assert chosen([far], [elsewhere, fails]) == "fails"
    assert chosen([goes], [elsewhere]) == "goes"
    assert chosen([goes], [fails], "") == "goes", "there is no resource that could leave"
    assert chosen([], [elsewhere, fails]) == "fails"
    assert chosen([job("optional", optional=True)], [elsewhere]) == "elsewhere", "no other serves it any more"


@pytest.mark.parametrize(("waits", "first"), [(True, "rides"), (False, "fails")])
def test_what_may_come_before_the_look_of_refusals_comes_before_what_is_expected_to_fail(waits, first):
    lane = executor()
    rides = {"waits": lambda: waits, "rides": lambda trial: trial.key == "rides"}
    lane.looks = looking(expects_refusal=lambda trial: False, **rides)
    lane.context.graph.is_calm = lambda operation: operation == CALM.id
    drops = bound("drops", "attached", accepted=None)
    assert turn([silent(CALM, "rides"), drops], [bound("fails", "free")], lane).trial.key == first


def bound(key, relation, **more):
    made = job(key, **more)
    body = {"spin": Binding("wheel", "id", relation)}
    return replace(made, trial=replace(made.trial, request=replace(made.trial.request, body=body)))


def test_what_attaches_a_thing_in_vain_is_tried_after_the_refusals_and_before_what_takes_one_away():
    holds, other, drops = bound("holds", "free"), bound("other", "own"), bound("drops", "attached")
    first, refused, silent = job("first"), job("refused", accepted=False), job("silent", accepted=None)
    for fails, expected in (([holds], holds), ([other], first), ([other, holds], holds)):
        assert turn([first, drops], fails, executor()) == expected
    assert turn([first], [holds], executor()) == first, "no trial takes the thing away"
    assert turn([refused, drops], [holds], executor()) == refused
    assert turn([silent, drops], [holds], executor()) == silent, "it is expected to be refused"
    lane = executor()
    lane.subject.bindings = SimpleNamespace(as_before={}, attached={"wheel": object()})
    assert turn([refused, bound("no", "attached", accepted=False), first, drops], [other], lane) == drops
    assert turn([refused, first], [other], lane) == refused
    assert attached_for([holds, drops]) == attached_for([drops], "IDLE") == {"wheel"}
    assert attached_for([drops], "SPINNING") == frozenset()


@pytest.mark.parametrize(
    ("waits", "locked", "first"), [(False, False, "accepted"), (True, False, "rides"), (True, True, "bound")]
)
def test_what_may_come_before_the_look_of_refusals_does(waits, locked, first):
    rides, bound = silent(CALM, "rides"), silent(CALM, "bound")
    bound = replace(bound, trial=replace(bound.trial, setup=(Locked(),)))
    lane = executor()
    lane.subject.locked = locked
    lane.looks = looking(
        waits=lambda: waits, expects_refusal=lambda trial: False, rides=lambda trial: trial.key in ("rides", "bound")
    )
    assert following([job("accepted"), bound, silent(CALM, "may change"), rides], lane).trial.key == first


@pytest.mark.parametrize(
    ("parts", "known", "first"), [(False, True, "back"), (True, True, "away"), (False, False, "away")]
)
def test_what_could_undo_the_refused_comes_before_it_although_no_document_refuses_it(parts, known, first):
    lane = executor()
    lane.looks = looking(parts=lambda trial: parts, knows=lambda trial: known)
    lane.context.graph.is_calm = lambda operation: operation == CALM.id
    lane.context.graph.undoing = lambda operations, state: frozenset({SPIN.id} if CALM.id in operations else ())
    away, back = Job(trial(CALM, accepted=False, key="away"), (), ()), silent(SPIN, "back")
    assert following([away, back], lane).trial.key == first
    assert following([job("no", accepted=False), away, back], lane).trial.key == "no", "it undoes nothing of this one"
    far = Job(trial(SPIN, state="HALTED", accepted=None, key="far"), (), ())
    assert following([away, far], lane).trial.key == "away"


@pytest.mark.parametrize(
    ("refused", "more", "first"),
    [
        (True, [], "unsure"),
        (False, [], "goes"),
        (True, ["stays"], "stays"),
        (True, ["goes too"], "goes"),
    ],
    ids=["likely", "unlikely", "one that stays is left", "another one leaves"],
)
def test_what_may_lead_on_without_a_document_comes_before_the_last_that_leaves_if_it_is_likely_to_be_refused(
    refused, more, first
):
    lane = executor()
    lane.looks = looking(expects_refusal=lambda trial: False, may_be_refused=lambda trial: refused)
    lane.context.graph.is_calm = lambda operation: operation == CALM.id
    others = [leads(key, "IDLE" if key == "stays" else "SPINNING") for key in more]
    pending = [*others, leads("goes", "SPINNING"), silent(SPIN, "unsure"), job("far", "SPINNING")]
    assert following(sorted(pending, key=lambda one: one.trial.key != first), lane).trial.key == first
    lane.subject.locked = True
    assert following(pending[len(others) :], lane).trial.key == "goes", "the lock would have to go"


def test_a_lane_without_a_resource_is_not_looked_through_for_refusals(monkeypatch):
    looked_at = []
    refused = module._refused_too
    monkeypatch.setattr(
        module, "_refused_too", lambda among, *more: looked_at.append(list(among)) or refused(among, *more)
    )
    pending = [job("first", None), job("second", None)]
    assert following(pending, executor(), bare=True).trial.key == "first"
    assert turn([], pending, executor(), bare=True).trial.key == "first"
    assert looked_at == [[], []]
    assert following(pending, executor()).trial.key == "first"
    assert looked_at[2] == pending


LANES = st.lists(
    st.tuples(
        st.sampled_from(["IDLE", "SPINNING", None]),
        st.booleans(),
        st.sampled_from([True, False, None]),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@given(LANES, st.sampled_from(["IDLE", "SPINNING", ""]), st.booleans(), st.booleans())
def test_the_short_way_to_a_refusal_leads_to_the_same_trial(lane, status, locked, spends):
    pending = [job(str(n), state, optional, accepted) for n, (state, optional, accepted, _) in enumerate(lane)]
    pending = [
        replace(one, trial=replace(one.trial, setup=(Locked(),) if needs_lock else ()))
        for one, (*_, needs_lock) in zip(pending, lane, strict=True)
    ]
    walker = executor(status, {SPIN.id} if spends else ())
    walker.subject.locked = locked
    chosen = following(pending, walker)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_first_refused", lambda *_: None)
        assert following(pending, walker) is chosen


def test_a_long_lane_of_refusals_is_not_looked_through_for_each(monkeypatch):
    seen = []
    wear = module._wear
    monkeypatch.setattr(module, "_wear", lambda trial, executor: (seen.append(trial), wear(trial, executor))[1])
    pending = [job(str(number), accepted=False) for number in range(100)]
    while pending:
        pending.remove(following(pending, executor()))
    assert len(seen) == 100
