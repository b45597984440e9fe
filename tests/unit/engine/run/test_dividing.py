"""A lane that still takes long is divided, and one that does not is left whole."""

from __future__ import annotations

import pytest
from widgets import action, trial

from conformance.engine.cloud.waits import Waits
from conformance.engine.run.dividing import WORTH, moves, part_of
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
    found = part_of([job("no", SPIN, accepted=False), *spins(4)], knows(spin=30.0))
    assert [one.trial.key for one in found] == ["spin-1", "spin-3"]


def test_the_longest_trials_are_divided_too():
    waits = knows(spin=30.0, calm=100.0)
    calm = [job(f"calm-{n}", CALM, accepted=True, leads_to=("IDLE",), state="SPINNING") for n in range(2)]
    assert [one.trial.key for one in part_of([*spins(2), *calm], waits)] == ["calm-1", "spin-1"]


def test_a_lane_whose_times_nobody_knows_is_left_whole():
    assert part_of(spins(8), Waits()) == []


def test_a_lane_on_a_fast_cloud_is_left_whole():
    assert part_of(spins(8), knows(spin=WORTH / 5)) == []


def test_a_part_must_last_longer_than_the_making_of_a_resource():
    waits = knows(spin=30.0)
    waits.ended(Waits.NEW, 50.0, well=True)
    assert part_of(spins(4), waits) == []
    assert len(part_of(spins(6), waits)) == 3
