"""How long operations take: as the run has seen them, and before that, as far as their kind tells."""

from __future__ import annotations

from typing import Any

import pytest
from subjects import Cloud, subject_on

from conformance.engine.cloud.waits import Waits
from conformance.engine.provision.durations import BRIEF, LONG, LONGER, SLOW, Durations, way_of


def knows(**seconds: float) -> Waits:
    waits = Waits()
    for name, length in seconds.items():
        waits.ended(f"widgets.{name} from IDLE", length, well=True)
    return waits


def test_an_operation_that_was_not_seen_yet_takes_long_if_it_is_one_of_the_long_ones() -> None:
    known = Durations(knows(calm=30.0), long={"widgets.spin", "widgets.calm"})
    assert [known.of(f"widgets.{name}") for name in ("spin", "look", "calm")] == [30.0, 30.0 * BRIEF, 30.0]
    assert Durations(knows(calm=30.0)).of("widgets.look") == 30.0, "nobody knows which take long"
    assert Durations(Waits()).of("widgets.spin") == 0.0


def test_a_long_operation_that_was_not_seen_yet_takes_longer_than_a_new_resource() -> None:
    waits = knows(calm=90.0)
    waits.ended(Waits.NEW, 20.0, well=True)
    assert Durations(waits, long={"widgets.spin"}).of("widgets.spin") == 20.0 * LONGER


def test_an_operation_that_was_not_seen_yet_takes_about_as_long_as_most_that_are_alike() -> None:
    seen = {"calm": 40.0, "halt": 5.0, "wake": 6.0, "fix": 1.0}
    waits = knows(**seen)
    waits.ended(Waits.NEW, 20.0, well=True)
    waits.ended("a new widget", 20.0, well=True)
    known = Durations(waits, long={"widgets.spin", "widgets.calm"})
    assert known.of("widgets.look") == 4.0, "between 1, 3 (as supposed), 5, and 6"
    assert known.of("widgets.spin") == 35.0, "between 30 (as supposed) and 40"
    assert waits.operations() == {f"widgets.{name}": length for name, length in seen.items()}


@pytest.mark.parametrize(("seconds", "price"), [(SLOW, SLOW), (SLOW - 1.0, 0.0)])
def test_seconds_have_a_price_on_a_slow_cloud_alone(seconds: float, price: float) -> None:
    assert Durations(knows(calm=seconds)).price("widgets.calm") == price


@pytest.mark.parametrize(("long", "way"), [(30.0, ["widgets.fix", "widgets.wake"]), (3.0, ["widgets.calm"])])
def test_of_two_ways_the_one_is_taken_that_takes_less_time_on_a_slow_cloud(long: float, way: list[str]) -> None:
    context: Any = subject_on(Cloud()).context
    for name, seconds in {"calm": long, "fix": 1.0, "wake": 1.0}.items():
        context.waits.ended(f"widgets.{name} from SPINNING", seconds, well=True)
    assert [edge.operation.id for edge in way_of(context, "SPINNING", "IDLE") or ()] == way
    assert way_of(context, "SPINNING", "NOWHERE") is None


@pytest.mark.parametrize(
    ("new", "way"), [(20.0, ["widgets.fix", "widgets.wake"]), (1.0, ["widgets.calm"]), (14.0, ["widgets.calm"])]
)
def test_what_spends_a_resource_costs_a_new_one_on_a_slow_cloud(new: float, way: list[str]) -> None:
    context: Any = subject_on(Cloud()).context
    context.waits.ended(Waits.NEW, new, well=True)
    for name in ("calm", "fix", "wake"):
        context.waits.ended(f"widgets.{name} from SPINNING", 1.0, well=True)
    found = way_of(context, "SPINNING", "IDLE", spending={"widgets.calm"})
    assert [edge.operation.id for edge in found or ()] == way


def test_a_way_is_of_the_roles_that_the_run_has_without_what_is_broken_or_shunned() -> None:
    context: Any = subject_on(Cloud(), roles=("member",)).context
    assert way_of(context, "IDLE", "BROKEN") is None, "only an administrator may"
    (calm,) = way_of(context, "SPINNING", "IDLE") or ()
    for avoided in ({"broken": [calm]}, {"shunned": {"widgets.calm"}}):
        way = way_of(context, "SPINNING", "IDLE", **avoided)
        assert [edge.operation.id for edge in way or ()] == ["widgets.fix", "widgets.wake"]
    other = way_of(context, "SPINNING", "IDLE", spending={"widgets.calm"})
    assert other == [calm], "another way is longer"


def test_an_operation_is_long_as_it_was_seen_or_by_its_kind() -> None:
    known = Durations(knows(calm=LONG, look=LONG / 2), long={"widgets.spin", "widgets.look"})
    assert [known.is_long(f"widgets.{name}") for name in ("calm", "look", "spin", "halt")] == [True, False, True, False]


@pytest.mark.parametrize(("seconds", "slow"), [(SLOW, True), (SLOW - 1.0, False)])
def test_a_cloud_is_slow_on_which_something_took_long(seconds: float, slow: bool) -> None:
    assert Durations(knows(calm=seconds)).slow is slow
    assert not Durations(Waits()).slow
