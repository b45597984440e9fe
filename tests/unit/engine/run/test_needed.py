"""The things that a run will make, and the room that the limits of the project leave for them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from workshop import DROP, EVERY, KNOWN, LIST, MAKE, PROFILE, SHOW, opened, tried

from conformance.engine.cloud.candidates import Limit, Room
from conformance.engine.run.needed import Needed, needed, users

LIMITS = {"quota": {"gears": {"limit": 10, "used": 7}, "jobs": {"limit": -1, "used": 0}}}
LIMITED = Room("/quotas/{project_id}/details", "quota", others={"gears": Limit("gears.limit", "gears.used")})


@pytest.fixture
def shop(tmp_path):
    made = opened(tmp_path, *EVERY, service=replace(KNOWN, profile=replace(PROFILE, room=LIMITED)))
    made[0].project_of = lambda role: "p-1"
    made[0].does["GET /quotas/p-1/details"] = (200, LIMITS)
    return made


def of(shop, *lanes):
    return needed(lanes, shop[1].context)


def test_each_accepted_request_makes_a_thing_and_each_lane_its_own(shop):
    assert of(shop, [tried(MAKE), tried(MAKE, accepted=False)], [tried(MAKE), tried(DROP)]) == [Needed("gears", 2, 3)]


def test_a_thing_that_a_path_names_is_made_once_in_a_lane(shop):
    assert of(shop, [tried(SHOW), tried(DROP)]) == [Needed("gears", 1, 3)]
    assert of(shop, [tried(SHOW, target="unknown"), tried(LIST)]) == []


@pytest.mark.parametrize(("used", "short"), [(7, False), (8, False), (9, True), (12, True)])
def test_there_is_too_little_room_if_not_all_fit(shop, used, short):
    shop[0].does["GET /quotas/p-1/details"] = (200, {"quota": {"gears": {"limit": 10, "used": used}}})
    (gears,) = of(shop, [tried(MAKE), tried(MAKE)])
    assert (gears.room, gears.short) == (max(0, 10 - used), short)


@pytest.mark.parametrize("answer", [403, (200, {}), (200, {"quota": {"gears": {"limit": -1}}}), (200, {"quota": []})])
def test_what_the_cloud_does_not_show_limits_nothing(shop, answer):
    shop[0].does["GET /quotas/p-1/details"] = answer
    (gears,) = of(shop, [tried(MAKE)])
    assert (gears.room, gears.short) == (None, False)


def test_each_lane_that_makes_or_names_a_thing_is_a_user_of_its_collection(shop):
    lanes = [[tried(MAKE), tried(MAKE)], [tried(SHOW)], [tried(SHOW, target="unknown"), tried(LIST)]]
    assert users(lanes, shop[1].context) == {"gears": 2}
