"""The forecast walks lanes as a run does: resources, transitions and requests are counted without a cloud."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, TOP, action, becomes, plain, row, spec, status, trial

from conformance.engine.model.listing import Listing
from conformance.engine.model.setup import Existing, Locked
from conformance.engine.model.trial import Paged, Twice
from conformance.engine.run.costs import requests_beside, requests_of
from conformance.engine.run.forecast import AT_START, PER_OPERATION, Ground, forecast
from specs.model import Versions

SPIN = action("spin", preconditions=(status("IDLE"),), postconditions=(becomes("SPINNING"),))
HALT = action("halt", preconditions=(status("SPINNING"),), postconditions=(becomes("HALTED"),))
WAKE = action("wake", preconditions=(status("HALTED"),), postconditions=(becomes("IDLE"),))
GEAR = plain("POST", "/widgets/{widget_id}/gears", normal=(202,), answers=(row("Location", location="header"),))
SHOW_GEAR = plain("GET", "/widgets/{widget_id}/gears/{gear_id}")
GEARS = plain("GET", "/gears")
LAST = plain("GET", "/", microversions=Versions(max=str(TOP)))
SPEC = spec(SPIN, HALT, WAKE, GEAR, SHOW_GEAR, GEARS, LAST)
GROUND = Ground(KNOWLEDGE, [SPEC])


def plan(*trials):
    return forecast(trials, GROUND)


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


def test_trials_with_optional_fields_come_last_so_that_one_resource_serves_all():
    large = {"environment": "large", "accepted": True}
    first = in_status("a", "SPINNING", uses_optional_fields=True, **large)
    (lane,) = plan(first, in_status("b", "HALTED", **large)).lanes
    assert lane.resources == 1


def test_another_environment_needs_another_resource():
    lanes = plan(in_status("a", "IDLE", environment="large"), in_status("b", "IDLE")).lanes
    assert [lane.resources for lane in lanes] == [1, 1]


def test_the_longest_chain_is_that_of_the_lane_with_the_most_transitions():
    found = plan(in_status("a", "HALTED"), in_status("b", "SPINNING"), in_status("c", "IDLE"))
    assert found.longest is not None
    assert (found.longest.name, found.longest.transitions) == ("HALTED", 2)
    assert plan().longest is None


def test_reads_need_no_resource_and_one_request_each():
    found = plan(trial(GEARS, key="a", state=None))
    assert (found.lanes[0].resources, found.requests) == (0, AT_START + PER_OPERATION + 1)


def cost(one, **more):
    return requests_of(one, GROUND.needs_of(one.operation), **more)


def test_setups_and_repeats_cost_more():
    once = trial(SPIN, accepted=True)
    assert cost(replace(once, exchange=Twice())) > cost(once)
    assert cost(replace(once, setup=(Existing(("x",)),))) > cost(once)
    assert cost(replace(once, setup=(Locked(),))) > cost(once)
    assert cost(trial(SPIN, accepted=False)) < cost(once)
    assert cost(trial(SPIN, state=None, target="unknown", accepted=False)) == 1


def test_a_list_costs_less_where_nothing_may_be_put_into_it():
    pages = trial(GEARS, state=None, exchange=Paged(Listing("limit", "limit", ("gears",))))
    assert cost(pages, changes=False) == 1 < cost(pages)


def test_the_first_refusal_of_an_operation_costs_more_than_further_ones():
    refused = trial(GEAR, state=None, accepted=False)
    assert (
        requests_beside([refused] * 2, GROUND.needs_of(GEAR)) == requests_beside([refused], GROUND.needs_of(GEAR)) > 0
    )
    assert requests_beside([trial(GEARS, state=None)], GROUND.needs_of(GEARS)) == 0


def test_an_expected_deviation_is_tried_again_on_another_resource():
    found = in_status("a", "IDLE")
    once, twice = plan(found), forecast([found], GROUND, {"a"})
    assert (once.lanes[0].resources, twice.lanes[0].resources) == (1, 2)
    assert twice.requests > once.requests


def test_a_thing_that_is_attached_to_a_resource_spoils_it_for_requests_beside_it():
    shown = trial(SHOW_GEAR, key="a")
    assert plan(shown, replace(shown, key="b")).lanes[0].resources == 1
    after = trial(SHOW_GEAR, key="a"), trial(SPIN, key="b", accepted=True, uses_optional_fields=True)
    assert plan(*after).lanes[0].resources == 2


def test_a_thing_that_cannot_be_made_in_a_status_is_made_before_it():
    (lane,) = plan(in_status("a", "SPINNING"), trial(SHOW_GEAR, key="b", state="SPINNING")).lanes
    assert (lane.resources, lane.ways) == (2, 2)


@pytest.mark.parametrize(("role", "resources"), [("admin", 2), ("member", 1)])
def test_some_of_the_silent_requests_of_administrators_spoil_a_resource(role, resources):
    silent = [trial(HALT, key=str(number), accepted=None, role=role) for number in range(6)]
    assert plan(*silent).lanes[0].resources == resources


@pytest.mark.parametrize(("parallel", "resources"), [(1, 1), (6, 2)])
def test_a_lane_that_begins_later_takes_the_resource_that_another_one_has_left(parallel, resources):
    lanes = in_status("a", "IDLE"), in_status("b", "SPINNING")
    found = forecast(lanes, GROUND, parallel=parallel)
    assert (found.resources, sum(lane.resources for lane in found.lanes)) == (resources, 2)


def test_an_operation_that_is_none_of_the_specs_own_is_counted_too():
    """The documents of versions are tried by a session whose specs hold only the operations of its version."""
    above = plain("GET", "/../versions")
    (lane,) = plan(trial(above, key="a", state=None)).lanes
    assert (lane.trials, lane.resources) == (1, 0)
