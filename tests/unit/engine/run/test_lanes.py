"""Which trials share a server: a function of the trial alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, action, plain, trial

from conformance.engine.model.binding import Step
from conformance.engine.model.setup import Existing, Locked, Prepared, UnderWay
from conformance.engine.run.lanes import ALONE, HOME_LANES, NO_RESOURCE, lane_of, order

GET, POST = plain("GET", "/gears"), plain("POST", "/gears")
SHUT = plain("PUT", "/rooms/{room}/shut")
KNOWN = replace(KNOWLEDGE, run_exclusively=("*rooms*",), unsafe_gets=("widgets.get-rooms-room-start",))


def lane(operation, state=None, **more):
    return lane_of(trial(operation, state=state, **more), KNOWN)


@pytest.mark.parametrize("operation", [GET, plain("HEAD", "/gears")])
def test_what_reads_needs_nothing(operation):
    assert lane(operation) == NO_RESOURCE


def test_what_names_nothing_needs_nothing():
    assert lane(POST, target="unknown") == NO_RESOURCE


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (POST, "none-gears"),
        (plain("DELETE", "/gears/{gear_id}/teeth/{tooth_id}"), "none-gears"),
        (plain("PUT", "/badges/{badge}"), "none-badges"),
    ],
)
def test_what_changes_a_collection_shares_a_lane_with_the_others_of_it(operation, expected):
    assert lane(operation) == expected
    assert lane(operation, accepted=False) == expected


@pytest.mark.parametrize("accepted", [True, None])
def test_what_changes_what_all_others_share_is_alone(accepted):
    assert lane(SHUT, accepted=accepted) == ALONE
    assert lane(SHUT, "IDLE", accepted=accepted) == ALONE


def test_what_is_to_be_refused_changes_nothing_that_others_share():
    assert lane(SHUT, accepted=False) == "none-rooms"


@pytest.mark.parametrize("accepted", [True, None, False])
def test_what_has_a_step_that_changes_what_all_others_share_is_alone(accepted):
    assert lane(POST, accepted=accepted, setup=(Prepared((Step(GET.id, {}), Step(SHUT.id, {}))),)) == ALONE
    assert lane(POST, accepted=accepted, setup=(Prepared((Step(GET.id, {}),)),)) == "none-gears"


def test_a_lane_is_called_by_its_status_or_by_the_one_that_it_leads_to():
    assert lane(action(), "HALTED") == "HALTED"
    assert lane(action(), "IDLE", leads_to=("SPINNING", "HALTED")) == "SPINNING"


def test_what_begins_and_ends_in_the_first_status_is_divided_by_its_operation():
    lanes = {lane(action(f"spin{n}"), "IDLE") for n in range(40)}
    assert lanes == {f"IDLE-{n}" for n in range(1, HOME_LANES + 1)}
    assert (
        lane(action(), "IDLE")
        == lane(action(), "IDLE", leads_to=("IDLE",))
        == lane(action(), "IDLE", setup=(Locked(),))
    )


def test_what_is_made_below_a_server_is_shared_by_the_operations_on_it():
    one, other = plain("POST", "/widgets/{widget_id}/hooks"), plain("DELETE", "/widgets/{widget_id}/hooks/{hook_id}")
    assert lane(one, "IDLE") == lane(other, "IDLE", accepted=False)


def test_refusals_come_first_and_what_ends_the_server_last():
    def rank(**more):
        return order(trial(more.pop("operation", action()), **more), KNOWN)[0]

    ranks = [
        rank(accepted=False),
        rank(accepted=False, refused_for="sender"),
        rank(accepted=False, setup=(Locked(),)),
        rank(setup=(Locked(),)),
        rank(),
        rank(accepted=None),
        rank(leads_to=("HALTED",)),
        rank(uses_optional_fields=True),
        rank(operation=action("melt")),
    ]
    assert ranks == sorted(set(ranks))
    assert rank(leads_to=("IDLE",)) == rank()
    assert rank(operation=action("melt"), accepted=False) == rank(accepted=False)


def sorted_keys(**trials):
    made = [trial(more.pop("operation", action()), key=key, **more) for key, more in trials.items()]
    return [one.key for one in sorted(made, key=lambda one: order(one, KNOWN))]


def test_a_lock_comes_after_the_others_of_its_kind_which_would_have_to_unlock():
    assert sorted_keys(
        a={"operation": action("lock"), "accepted": None},
        b={"operation": action("turn"), "accepted": None},
        c={"leads_to": ("HALTED",)},
    ) == ["b", "a", "c"]


def test_what_a_trial_has_locked_is_unlocked_by_the_trial_of_that():
    assert sorted_keys(
        a={"operation": action("unlock"), "accepted": None},
        b={"operation": action("lock"), "accepted": None},
        c={"operation": action("wash"), "accepted": None},
    ) == ["c", "b", "a"]


def test_a_lock_under_way_comes_last():
    moving = (UnderWay("MOVING", ()),)
    assert sorted_keys(
        a={"operation": action("lock"), "accepted": None, "setup": moving},
        b={"operation": action("turn"), "leads_to": ("HALTED",), "setup": moving},
    ) == ["b", "a"]


def test_trials_that_need_the_same_things_follow_each_other():
    existing = (Existing(("widgets.x",)),)
    assert sorted_keys(a={"setup": existing}, b={}, c={"setup": existing}, d={}) == ["b", "d", "a", "c"]
