"""Before the first trial: how many lanes have room, by the limits on other things than the resource under test."""

from __future__ import annotations

from dataclasses import replace

import pytest
from workshop import DROP, EVERY, KNOWN, LIST, MAKE, PROFILE, SHOW, opened, tried

from conformance.engine.cloud.candidates import Limit, Room
from conformance.engine.run.preparing import prepare

ROOM = Room("/quotas/{project_id}", "quota", others={"gears": Limit("gears.limit", "gears.used")})


def most(tmp_path, room, *trials):
    cloud, executor = opened(tmp_path, *EVERY, service=replace(KNOWN, profile=replace(PROFILE, room=room)))[:2]
    cloud.project_of = lambda role: "p-1"
    cloud.does["GET /quotas/p-1"] = (200, {"quota": {"gears": {"limit": 3, "used": 2}}})
    prepare(executor.context, trials, 6, print)
    return executor.context.places.most


def in_lanes(*operations):
    return [tried(operation, key=str(number)) for number, operation in enumerate(operations)]


def test_what_only_one_lane_needs_bounds_nothing(tmp_path):
    assert most(tmp_path, ROOM, *in_lanes(MAKE, DROP, LIST)) is None


@pytest.mark.parametrize(("room", "expected"), [(ROOM, 1), (None, None)])
def test_fewer_lanes_begin_where_the_limits_leave_no_room_for_things_in_each(tmp_path, monkeypatch, room, expected):
    monkeypatch.setattr("conformance.engine.run.preparing.lane_of", lambda trial, service: trial.key)
    assert most(tmp_path, room, *in_lanes(MAKE, SHOW)) == expected
