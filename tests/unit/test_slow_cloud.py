"""The lower bound with which the benchmark of a slow cloud compares: a chain, or the work spread over the servers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, TOP, action, becomes, spec, status, trial

from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import views
from tests.benchmarks import slow_cloud
from tests.benchmarks.slow_cloud import bound

SPIN = action("spin", preconditions=(status("IDLE"),), postconditions=(becomes("SPINNING"),))
HALT = action("halt", preconditions=(status("SPINNING"),), postconditions=(becomes("HALTED"),))
SECONDS = {"build": 20.0, "other": 4.0, "resize": 30.0}


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_cloud, "KINDS", {SPIN.id: ("other",), HALT.id: ("resize",)})


def least(servers: int, *trials) -> float:
    graph = StateGraph.of(views([spec(SPIN, HALT)], TOP, KNOWLEDGE))
    made = {f"case-{number}": replace(one, key=str(number)) for number, one in enumerate(trials)}
    return bound(made, graph, "IDLE", SECONDS, servers)


def test_nothing_takes_no_time() -> None:
    assert least(2) == least(2, trial(SPIN, state=None)) == 0.0


def test_a_refusal_takes_a_server_in_its_status_and_no_work() -> None:
    assert least(2, trial(SPIN, accepted=False)) == 20.0
    assert least(2, trial(SPIN, state="SPINNING", accepted=False)) == 20.0 + 4.0


def test_the_longest_chain_counts_on_many_servers() -> None:
    spins = [trial(SPIN, leads_to=("SPINNING",))] * 3
    halt = trial(HALT, state="SPINNING", leads_to=("HALTED",))
    assert least(100, *spins, halt) == 20.0 + 4.0 + 30.0


def test_all_work_counts_on_few_servers_and_a_status_that_a_trial_enters_is_entered_by_it() -> None:
    spins = [trial(SPIN, leads_to=("SPINNING",))] * 30
    halts = [trial(HALT, state="SPINNING", leads_to=("HALTED",))] * 2
    assert least(2, *spins, *halts) == 20.0 + (30 * 4.0 + 2 * 30.0) / 2
    assert least(1, *halts) == 20.0 + 2 * 30.0 + 4.0


def test_a_status_is_entered_first_by_what_usually_leads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    undo = action("undo", preconditions=(status("SPINNING"),), postconditions=(becomes("IDLE", "HALTED"),))
    stop = action("stop", preconditions=(status("IDLE"),), postconditions=(becomes("HALTED"),))
    monkeypatch.setattr(slow_cloud, "KINDS", {stop.id: ("other",)})
    graph = StateGraph.of(views([spec(SPIN, undo, stop)], TOP, KNOWLEDGE))
    stopped = {"a": trial(SPIN, state="HALTED", accepted=False)}
    found, _ = slow_cloud.counted(stopped, graph, "IDLE", SECONDS)
    assert [one.seconds for one in found] == [4.0], "only a server that was stopped before comes back by the other"


def test_a_trial_that_several_cases_share_counts_once() -> None:
    graph = StateGraph.of(views([spec(SPIN, HALT)], TOP, KNOWLEDGE))
    shared = dict.fromkeys("abc", trial(SPIN, leads_to=("SPINNING",)))
    assert bound(shared, graph, "IDLE", SECONDS, 1) == 24.0


def test_each_counted_transition_names_the_case_that_needs_it() -> None:
    graph = StateGraph.of(views([spec(SPIN, HALT)], TOP, KNOWLEDGE))
    found, _ = slow_cloud.counted({"a": trial(HALT, state="SPINNING", leads_to=("HALTED",))}, graph, "IDLE", SECONDS)
    assert [(one.name, one.seconds, one.case) for one in found] == [(HALT.id, 30.0, "a"), ("into SPINNING", 4.0, "a")]


def test_work_of_several_kinds_takes_the_time_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_cloud, "KINDS", {SPIN.id: ("other", "resize")})
    assert least(1, trial(SPIN, leads_to=("SPINNING",))) == 20.0 + 34.0
