"""How long operations take: as the run has seen them, and before that, as far as their kind tells."""

from __future__ import annotations

import pytest

from conformance.engine.cloud.waits import Waits
from conformance.engine.provision.durations import BRIEF, LONG, LONGER, SLOW, Durations


def knows(**seconds: float) -> Waits:
    waits = Waits()
    for name, length in seconds.items():
        waits.ended(f"widgets.{name} from IDLE", length, well=True)
    return waits


def test_an_operation_that_was_not_seen_yet_takes_long_if_it_is_one_of_the_long_ones() -> None:
    known = Durations(knows(calm=30.0), long={"widgets.spin"})
    assert [known.of(f"widgets.{name}") for name in ("spin", "look", "calm")] == [30.0, 30.0 * BRIEF, 30.0]
    assert Durations(knows(calm=30.0)).of("widgets.look") == 30.0, "nobody knows which take long"
    assert Durations(Waits()).of("widgets.spin") == 0.0


def test_a_long_operation_that_was_not_seen_yet_takes_longer_than_a_new_resource() -> None:
    waits = knows(calm=90.0)
    waits.ended(Waits.NEW, 20.0, well=True)
    assert Durations(waits, long={"widgets.spin"}).of("widgets.spin") == 20.0 * LONGER


def test_an_operation_is_long_as_it_was_seen_or_by_its_kind() -> None:
    known = Durations(knows(calm=LONG, look=LONG / 2), long={"widgets.spin", "widgets.look"})
    assert [known.is_long(f"widgets.{name}") for name in ("calm", "look", "spin", "halt")] == [True, False, True, False]


@pytest.mark.parametrize(("seconds", "slow"), [(SLOW, True), (SLOW - 1.0, False)])
def test_a_cloud_is_slow_on_which_something_took_long(seconds: float, slow: bool) -> None:
    assert Durations(knows(calm=seconds)).slow is slow
    assert not Durations(Waits()).slow
