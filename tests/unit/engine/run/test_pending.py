"""The trials that are left of a lane: in order, each for one thread."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from widgets import KNOWLEDGE, action, trial

from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.run import pending as module
from conformance.engine.run.jobs import Job
from conformance.engine.run.pending import Pending

LOOK, SPIN = action("look"), action("spin")
CONTEXT: Any = SimpleNamespace(service=KNOWLEDGE, graph=StateGraph(()), about=lambda operation: CONTEXT)
EXECUTOR: Any = SimpleNamespace(context=CONTEXT)


def job(name: str, operation: Any = LOOK) -> Job:
    return Job(trial(operation, key=name, accepted=False), (SimpleNamespace(id=name),), ())  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def first_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "turn", lambda usual, late, executor, **_: (usual or late)[0])


def names(jobs: Any) -> list[str]:
    return [one.trial.key for one in jobs]


def test_trials_begin_in_order_and_those_that_are_expected_to_fail_come_last() -> None:
    left = Pending([job("fails"), job("a"), job("b")], {"fails"})
    begun = [left.begin(EXECUTOR), left.begin(EXECUTOR), left.begin(EXECUTOR)]
    assert names(begun) == ["a", "b", "fails"]
    assert left.begin(EXECUTOR) is None
    assert not left


def test_what_one_thread_has_taken_no_other_begins() -> None:
    jobs = [job("a"), job("b"), job("c")]
    left = Pending(jobs)
    assert names(left.take(jobs[:2])) == ["a", "b"]
    assert left.take(jobs[:2]) == []
    assert names(left.every()) == ["c"]


def test_a_trial_that_is_taken_while_the_next_one_is_chosen_is_chosen_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [job("a"), job("b")]
    left = Pending(jobs)

    def meanwhile(there: list[Job], late: list[Job], executor: Any, *, bare: bool) -> Job:
        left.take([jobs[0]])
        return there[0]

    monkeypatch.setattr(module, "turn", meanwhile)
    assert names([left.begin(EXECUTOR)]) == ["b"]


def test_trials_alike_are_told_apart() -> None:
    one = job("a")
    left = Pending([one, replace(one)])
    assert len(left.take([one])) == 1
    assert len(left.every()) == 1


def test_what_is_to_be_made_again_goes_to_its_place() -> None:
    left = Pending([job("b", SPIN), job("fails", SPIN)], {"fails"})
    left.put_back([job("a", LOOK), job("fails", LOOK)], EXECUTOR)
    assert [(one.trial.key, one.trial.operation.action) for one in left.every()] == [
        ("a", "look"),
        ("b", "spin"),
        ("fails", "look"),
        ("fails", "spin"),
    ]


@pytest.mark.parametrize(("state", "bare"), [(None, True), ("IDLE", False)])
def test_a_lane_is_bare_if_none_of_its_trials_has_a_resource(
    state: str | None, bare: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []
    monkeypatch.setattr(module, "turn", lambda usual, late, executor, *, bare: told.append(bare) or (usual or late)[0])
    jobs = [job("a"), job("b")]
    one = replace(jobs[0], trial=replace(jobs[0].trial, situation=replace(jobs[0].trial.situation, state=None)))
    other = replace(jobs[1], trial=replace(jobs[1].trial, situation=replace(jobs[1].trial.situation, state=state)))
    Pending([one, other]).begin(EXECUTOR)
    assert told == [bare]
