"""The trial that follows in a lane: near ones first, and those after which the resource serves no others last."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from subjects import SPIN
from widgets import KNOWLEDGE, trial

from conformance.engine.run.following import following
from conformance.engine.run.jobs import Job


def job(key, state="IDLE", optional=False):
    made = trial(SPIN, state=state, key=key)
    return Job(replace(made, request=replace(made.request, uses_optional_fields=optional)), (), ())


def executor(status="IDLE"):
    """The executor of a lane whose resource is in a status, from which all others are one step away."""
    graph = SimpleNamespace(way=lambda source, target, roles: [SimpleNamespace(cost=1.0)])
    context = SimpleNamespace(service=KNOWLEDGE, graph=graph, role_names=frozenset())
    return SimpleNamespace(context=context, subject=SimpleNamespace(status=status))


@pytest.mark.parametrize(("status", "first"), [("IDLE", "near"), ("SPINNING", "far")])
def test_a_trial_in_the_present_status_comes_first(status, first):
    assert following([job("far", "SPINNING"), job("near")], executor(status)).trial.key == first


def test_trials_with_optional_fields_come_after_all_others_in_whatever_status():
    pending = [job("optional", optional=True), job("far", "SPINNING")]
    assert following(pending, executor()).trial.key == "far"
    assert following(pending[:1], executor()).trial.key == "optional"
