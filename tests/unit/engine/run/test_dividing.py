"""A lane that still takes long is divided, and one that does not is left whole."""

from __future__ import annotations

import pytest
from widgets import action, trial

from conformance.engine.cloud.waits import Waits
from conformance.engine.provision.durations import BRIEF, Durations
from conformance.engine.run.dividing import WORTH, WORTH_AT_HAND, moves, part_of
from conformance.engine.run.jobs import Job

SPIN, CALM, LOOK = action("spin"), action("calm"), action("look")


def job(name, operation, **more):
    return Job(trial(operation, key=name, **more), (), ())


def spins(count):
    return [job(f"spin-{n}", SPIN, accepted=True, leads_to=("SPINNING",)) for n in range(count)]


def knows(**seconds):
    waits = Waits()
    for name, length in seconds.items():
        waits.ended(f"widgets.{name} from IDLE", length, well=True)
    return waits


def part(pending, waits, **more):
    return part_of(pending, Durations(waits), **more)[0]


@pytest.mark.parametrize(
    ("outcome", "does"),
    [
        ({"accepted": True, "leads_to": ("SPINNING",)}, True),
        ({"accepted": True, "leads_to": ("IDLE",)}, False),
        ({"accepted": True}, False),
        ({"accepted": False}, False),
        ({"accepted": None}, False),
    ],
)
def test_only_an_accepted_request_that_leads_to_another_status_moves(outcome, does):
    assert moves(trial(SPIN, **outcome)) is does


def test_half_of_the_trials_that_take_long_are_the_part():
    found, saved = part_of([job("no", SPIN, accepted=False), *spins(4)], Durations(knows(spin=30.0)))
    assert saved == 60.0
    assert [one.trial.key for one in found] == ["spin-1", "spin-3"]


def test_the_longest_trials_are_divided_too():
    waits = knows(spin=30.0, calm=100.0)
    calm = [job(f"calm-{n}", CALM, accepted=True, leads_to=("IDLE",), state="SPINNING") for n in range(2)]
    assert [one.trial.key for one in part([*spins(2), *calm], waits)] == ["calm-1", "spin-1"]


def test_a_lane_whose_times_nobody_knows_is_left_whole():
    assert part(spins(8), Waits()) == []


def test_a_lane_on_a_fast_cloud_is_left_whole():
    assert part(spins(8), knows(spin=WORTH / 5)) == []


def test_a_part_must_last_longer_than_the_making_of_a_resource():
    waits = knows(spin=30.0)
    waits.ended(Waits.NEW, 50.0, well=True)
    assert part(spins(4), waits) == []
    assert len(part(spins(6), waits)) == 3


def test_a_part_for_a_resource_at_hand_need_not_last_longer_than_the_making_of_one():
    waits = knows(spin=30.0)
    waits.ended(Waits.NEW, 50.0, well=True)
    assert len(part(spins(4), waits, at_hand=True)) == 2
    assert part(spins(4), knows(spin=WORTH_AT_HAND / 3), at_hand=True) == []


def test_the_greater_half_leaves_a_lane_that_has_a_trial_under_way():
    assert [one.trial.key for one in part(spins(3), knows(spin=30.0), busy=True)] == ["spin-0", "spin-2"]
    assert len(part(spins(1), knows(spin=30.0), busy=True)) == 1
    assert part(spins(1), knows(spin=30.0)) == []


def test_an_operation_that_was_not_seen_yet_takes_long_if_it_is_one_of_the_long_ones():
    known = Durations(knows(calm=30.0), long={SPIN.id})
    assert (known.of(SPIN.id), known.of(LOOK.id), known.of(CALM.id)) == (30.0, 30.0 * BRIEF, 30.0)
    assert Durations(knows(calm=30.0)).of(LOOK.id) == 30.0, "nobody knows which take long"
    assert Durations(Waits()).of(SPIN.id) == 0.0
