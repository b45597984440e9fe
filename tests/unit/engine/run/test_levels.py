"""The levels: one case of each requirement, chosen so that few requests decide them all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import suite_of
from widgets import KNOWLEDGE, action, plain, trial

from conformance.engine.api.load import load_service
from conformance.engine.model.case import Case, Requirement
from conformance.engine.model.setup import Existing, Locked
from conformance.engine.run.levels import cheapest, reads_only
from specs.record.model import Source

SPIN = action()


def case(name, requirement, of):
    return Case(name, Requirement(requirement, "widgets.spin", "error/409", Source("x.inc", 1)), of, None)


def refused(key, state):
    return trial(SPIN, key=key, state=state, accepted=False)


def chosen(*cases, possible=lambda _: True):
    return [one.id for one in cheapest(cases, KNOWLEDGE, possible)]


def test_each_requirement_is_tried_once_by_a_case_without_a_change_of_status():
    cases = [case("far", "r", refused("far", "JAMMED")), case("near", "r", refused("near", "IDLE"))]
    assert chosen(*cases) == ["near"]


def test_a_trial_that_another_requirement_needs_is_free():
    far = refused("far", "JAMMED")
    cases = [
        case("a/near", "a", refused("near", "IDLE")),
        case("a/far", "a", far),
        case("b/far", "b", far),
    ]
    assert chosen(*cases) == ["a/far", "b/far"]


def test_a_status_that_another_requirement_needs_is_not_paid_for_twice():
    cases = [
        case("a/locked", "a", replace(refused("locked", "IDLE"), setup=(Existing(("x", "y", "z")),))),
        case("a/far", "a", refused("far", "JAMMED")),
        case("b/far", "b", refused("other", "JAMMED")),
    ]
    assert chosen(*cases) == ["a/far", "b/far"]


def test_a_case_that_judges_less_is_chosen_only_for_want_of_others():
    near = replace(case("near", "r", refused("near", "IDLE")), beside=True)
    assert chosen(near, case("far", "r", refused("far", "JAMMED"))) == ["far"]
    assert chosen(near) == ["near"]


def test_a_case_that_the_run_cannot_make_is_chosen_only_for_want_of_others():
    cases = [case("near", "r", refused("near", "IDLE")), case("far", "r", refused("far", "JAMMED"))]
    assert chosen(*cases, possible=lambda one: one.key != "near") == ["far"]
    assert chosen(*cases, possible=lambda _: False) == ["near"]


@given(st.permutations(range(40)))
def test_the_choice_of_some_cases_decides_each_of_their_requirements_once(order):
    suite = suite_of("placement")
    cases = [suite.cases[n] for n in order]
    found = cheapest(cases, load_service("placement"))
    assert [one.requirement.id for one in found] == [
        one.requirement.id for one in cases if one.id in {kept.id for kept in found}
    ]
    assert sorted(one.requirement.id for one in found) == sorted({one.requirement.id for one in cases})


@pytest.mark.parametrize(
    ("one", "reads"),
    [
        (trial(plain("GET", "/widgets"), state=None), True),
        (trial(plain("HEAD", "/widgets/{widget_id}"), state=None, target="unknown"), True),
        (trial(plain("GET", "/widgets/{widget_id}")), False),
        (trial(plain("GET", "/widgets"), state=None, environment="large"), False),
        (trial(plain("GET", "/widgets"), state=None, setup=(Existing(("x",)),)), False),
        (trial(plain("GET", "/widgets"), state=None, setup=(Locked(),)), False),
        (trial(plain("POST", "/widgets"), state=None, target="unknown", accepted=False), False),
        (trial(plain("DELETE", "/widgets/{widget_id}"), state=None), False),
    ],
)
def test_a_trial_reads_only_if_it_needs_nothing_made(one, reads):
    assert reads_only(one) is reads
