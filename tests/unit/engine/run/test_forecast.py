"""The forecast walks lanes as a run does: resources, transitions and requests are counted without a cloud."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, TOP, action, becomes, plain, spec, status, trial

from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import views
from conformance.engine.model.setup import Existing
from conformance.engine.model.trial import Twice
from conformance.engine.run.forecast import AT_START, forecast, requests_of

SPIN = action("spin", preconditions=(status("IDLE"),), postconditions=(becomes("SPINNING"),))
HALT = action("halt", preconditions=(status("SPINNING"),), postconditions=(becomes("HALTED"),))
WAKE = action("wake", preconditions=(status("HALTED"),), postconditions=(becomes("IDLE"),))
GRAPHS = StateGraph.of_each(views([spec(SPIN, HALT, WAKE)], TOP, KNOWLEDGE))


def plan(*trials):
    return forecast(trials, KNOWLEDGE, GRAPHS)


def in_status(key, state, **more):
    return trial(SPIN, **({"key": key, "state": state, "accepted": False} | more))


def test_trials_in_one_status_share_a_resource_and_the_way_to_it():
    (lane,) = plan(in_status("a", "HALTED"), in_status("b", "HALTED")).lanes
    assert (lane.trials, lane.resources, lane.ways, lane.tried) == (2, 1, 2, 0)


def test_a_transition_that_is_a_trial_is_no_way():
    spun = trial(SPIN, key="a", state="IDLE", accepted=True, leads_to=("SPINNING",))
    (lane,) = plan(spun, in_status("b", "SPINNING")).lanes
    assert (lane.resources, lane.tried, lane.ways) == (1, 1, 0)


def test_a_trial_that_comes_for_two_cases_is_made_once():
    assert plan(in_status("a", "IDLE"), in_status("a", "IDLE")).lanes[0].trials == 1


@pytest.mark.parametrize("more", [{"setup": (Existing(("widgets.spin",)),)}, {"accepted": True, "leads_to": ("GONE",)}])
def test_what_a_trial_has_lost_or_spoilt_is_replaced(more):
    lanes = plan(in_status("a", "HALTED", **more), in_status("b", "HALTED", **more)).lanes
    assert sum(lane.resources for lane in lanes) == 2


def test_optional_fields_spoil_a_resource_for_trials_without_them():
    large = {"environment": "large", "accepted": True}
    first = in_status("a", "SPINNING", uses_optional_fields=True, **large)
    for same, resources in ((True, 1), (False, 2)):
        (lane,) = plan(first, in_status("b", "HALTED", uses_optional_fields=same, **large)).lanes
        assert lane.resources == resources


def test_another_environment_needs_another_resource():
    lanes = plan(in_status("a", "IDLE", environment="large"), in_status("b", "IDLE")).lanes
    assert [lane.resources for lane in lanes] == [1, 1]


def test_the_longest_chain_is_that_of_the_lane_with_the_most_transitions():
    found = plan(in_status("a", "HALTED"), in_status("b", "SPINNING"), in_status("c", "IDLE"))
    assert found.longest is not None
    assert (found.longest.name, found.longest.transitions) == ("HALTED", 2)
    assert plan().longest is None


def test_reads_need_no_resource_and_one_request_each():
    found = plan(trial(plain("GET", "/gears"), key="a", state=None))
    assert (found.lanes[0].resources, found.requests) == (0, AT_START + 1)


def test_setups_and_repeats_cost_more():
    once = trial(SPIN, accepted=True)
    assert requests_of(replace(once, exchange=Twice())) > requests_of(once)
    assert requests_of(replace(once, setup=(Existing(("x",)),))) > requests_of(once)
    assert requests_of(trial(SPIN, accepted=False)) < requests_of(once)
