"""The executors of one lane: each has a kind of resource under test, and all of them share the room of the project."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from workshop import MAKE, SHOW, opened, tried

from conformance.engine.run.executors import Executors

USED_UP = (403, {"forbidden": {"code": 403, "message": "Quota exceeded for gears: 3 of 3"}})


@pytest.fixture
def shop(tmp_path):
    return opened(tmp_path)


def test_a_lane_that_finds_no_room_gives_back_what_its_other_executors_hold(shop, monkeypatch):
    monkeypatch.setattr("conformance.engine.provision.places.PAUSE", 0.001)
    monkeypatch.setattr("conformance.engine.provision.places.WAIT", 0.05)
    held = ["a wagon"]
    lane = Executors(shop[1].context)
    executor = lane.of(MAKE)
    lane._made["wagon"] = SimpleNamespace(discard=held.clear)
    shop[0].does["POST gears"] = lambda ask: USED_UP if held else None
    shop[1].context.places.take()
    evidence = executor.make(tried(MAKE))
    assert (evidence.problem, evidence.status, held) == (None, 200, [])


@pytest.mark.parametrize(("lanes", "most", "given"), [(1, 1, True), (2, 1, False), (1, 2, False)])
def test_the_only_lane_that_may_hold_things_gives_back_those_of_which_others_are_made_too(shop, lanes, most, given):
    context, commons = shop[1].context, ["a volume"]
    context.resources.give_commons_up = commons.clear
    for _ in range(lanes):
        context.places.take()
    Executors(context).give_back()
    assert commons, "no quota is known to be used up"
    context.places.most = most
    Executors(context).give_back()
    assert (not commons) is given


def test_a_lane_with_room_keeps_what_its_executors_hold(shop):
    held = ["a wagon"]
    lane = Executors(shop[1].context)
    lane._made["wagon"] = SimpleNamespace(discard=held.clear)
    lane.of(SHOW).make(tried(SHOW))
    lane.make_way()
    assert held
