"""The book writes each trial and each case down once, and refuses trials that would be taken for one another."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import action, becomes, case, row, sample, status, suite, trial

from conformance.engine.derive.book import Book
from conformance.engine.judge.codes import Accepted
from conformance.engine.model.case import Requirement
from conformance.engine.model.setup import Locked
from conformance.engine.model.trial import Outcome, ProviderDependent, Situation, Twice
from specs.model import Condition
from specs.record.model import Source

FIRST = trial()
NORMAL = Requirement("widgets.spin/normal/202", "widgets.spin", "normal", Source("x", 1))


def test_an_equal_trial_is_the_first_one():
    book = Book()
    assert book.trial(FIRST) is FIRST
    assert book.trial(trial()) is FIRST


OTHERS = {
    "body": replace(FIRST, request=replace(FIRST.request, body={"spin": 1})),
    "fallback role": replace(FIRST, request=replace(FIRST.request, fallback_role="admin")),
    "situation": replace(FIRST, situation=Situation("HALTED")),
    "setup": replace(FIRST, setup=(Locked(),)),
    "outcome": replace(FIRST, outcome=Outcome(accepted=False)),
    "exchange": replace(FIRST, exchange=Twice()),
    "gates": replace(FIRST, gates=(ProviderDependent(),)),
}
"""Trials that share the key of the first one, and differ from it."""


def test_a_trial_that_differs_in_its_key_alone_is_the_first_one():
    book = Book()
    again = replace(FIRST, key="sample")
    assert (book.trial(FIRST), book.trial(again), book.trial(again)) == (FIRST,) * 3
    assert list(book.trials_of(FIRST.operation)) == [FIRST]


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_a_trial_that_differs_in_more_than_its_key_stays_apart(other):
    book = Book()
    book.trial(FIRST)
    apart = replace(other, key="sample")
    assert book.trial(apart) is apart
    assert list(book.trials_of(FIRST.operation)) == [FIRST, apart]


def test_a_sample_that_is_the_documented_request_at_its_version_shares_its_trial():
    found = suite(action(samples=(sample({"spin": None}, "2.1"),)))
    asked = case(found, "spin/normal/202[sample-widget-sample-2.1]").trial
    assert asked is case(found, "spin/normal/202[2.1]").trial


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_two_trials_that_share_a_key_and_are_not_the_same_are_refused(other):
    book = Book()
    book.case(NORMAL, "first", FIRST, Accepted((202,)))
    with pytest.raises(ValueError, match=r"two trials that are not the same have the key k"):
        book.case(NORMAL, "second", other, Accepted((202,)))
    assert list(book.cases) == ["widgets.spin/normal/202[first]"]


def test_the_second_case_of_an_id_is_dropped():
    book = Book()
    for codes in ((202,), (200,)):
        book.case(NORMAL, "first", FIRST, Accepted(codes))
    assert [one.expectation for one in book.cases.values()] == [Accepted((202,))]


def test_fields_whose_names_are_one_in_an_id_have_one_case():
    (kept,) = [c for c in suite(action("turn", row("a b"), row("a;b"))).cases if c.id.endswith("/a-b-type")]
    assert list(kept.trial.request.body["turn"]) == ["a b"]


def test_what_is_accepted_by_status_and_open_by_a_field_is_tried_for_both():
    power = Condition("status", "widget", 22, attribute="power", any_of=("on",))
    found = suite(action(preconditions=(status("IDLE", "HALTED"), power), postconditions=(becomes("IDLE"),)))
    by_status, by_field = (case(found, f"spin/precondition/{name}[HALTED]").trial for name in ("status", "power"))
    assert by_status.situation == by_field.situation
    assert (by_status.outcome.accepted, by_field.outcome.accepted) == (True, None)


def test_fields_whose_names_are_one_in_an_id_keep_their_own_trials_at_a_version():
    first, last = row("a b", min="2.5"), row("a;b", max="2.5")
    found = suite(action("turn", first, last))
    asked = [case(found, f"turn/microversion/a-b/{bound}-2.5[2.5]").trial for bound in ("min", "max")]
    assert [list(one.request.body["turn"]) for one in asked] == [["a b"], ["a;b"]]
