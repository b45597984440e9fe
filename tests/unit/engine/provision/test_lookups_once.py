"""Lists that a lane has seen, and things that it has made, are not looked up again."""

from __future__ import annotations

import pytest
from widgets import TOP, plain, row
from workshop import EVERY, SHOW, opened, tried

from conformance.engine.api.needs import ElementNeeded
from conformance.engine.model.binding import Step

BADGES = plain("GET", "/servers/{server_id}/badges", normal=(200,))
BADGE = plain("GET", "/servers/{server_id}/badges/{badge}", normal=(200,))
PIN = plain("PUT", "/servers/{server_id}/badges/{badge}", normal=(201,))
JOB = plain("GET", "/jobs/{job_id}", row("job_id", "integer", location="path"))
UNKNOWN = "0d8f0d1f-4a99-4e5b-9c0a-5f1f35c1e001"


def listings(shop, path):
    return [text for text in shop[0].said if text.startswith(f"GET {path}")]


def test_below_the_second_server_a_thing_is_made_without_a_look_at_the_empty_list(tmp_path):
    shop = opened(tmp_path, *EVERY, BADGES, BADGE, PIN)
    for number in (1, 2):
        assert shop[1].make(tried(BADGE, "IDLE", key=str(number))).accepted
        shop[1].subject.discard()
    assert [text for text in listings(shop, "/servers/server-") if text.split(" as ")[0].endswith("/badges")] == [
        "GET /servers/server-1/badges",
        "GET /servers/server-1/badges as admin",
    ]
    assert len([text for text in shop[0].said if text.startswith("PUT")]) == 2


def test_a_thing_that_the_lane_has_made_is_read_without_a_look_at_the_list(tmp_path):
    shop = opened(tmp_path)
    context, paths = shop[1].context, shop[1].paths
    wanted = ElementNeeded.of(SHOW, "/gears", "gear_id", context.service, context.producers)
    owned = paths.elements.own(wanted, "/gears", SHOW)
    assert paths.fill(SHOW, "member", TOP).owned is owned
    assert [text for text in listings(shop, "/gears") if text.split(" as ")[0] == "GET /gears"] == []


def test_whether_things_are_named_by_numbers_is_asked_once_for_all_roles(tmp_path):
    shop = opened(tmp_path, JOB, plain("GET", "/jobs"))
    shop[0].does["GET /jobs"] = 200, {"jobs": [{"id": 5}]}
    paths = {shop[1].paths.fill(JOB, role, TOP, UNKNOWN).path for role in ("member", "admin", "no-token")}
    assert paths == {"/jobs/987654321"}
    assert listings(shop, "/jobs") == ["GET /jobs"]


STRIP = plain("DELETE", "/gears/{gear_id}/teeth", normal=(204,))
REPLACE = plain("PUT", "/gears/{gear_id}/teeth", normal=(200,))
TOOTH = plain("GET", "/gears/{gear_id}/teeth/{tooth_id}", normal=(200,))


@pytest.mark.parametrize("operation", [STRIP, REPLACE])
@pytest.mark.parametrize("as_step", [False, True])
def test_what_a_request_on_the_whole_collection_may_have_removed_is_looked_up_again(tmp_path, operation, as_step):
    shop = opened(tmp_path, *EVERY, TOOTH, STRIP, REPLACE)
    shop[0].does |= {"PUT teeth": 200, "DELETE teeth": 204, "GET teeth": (200, {"teeth": [{"id": "7"}]})}
    paths = shop[1].paths
    before = paths.fill(TOOTH, "member", TOP)
    if as_step:
        paths.steps.before(Step(operation.id, {}), before.values, paths.path_of)
    else:
        assert shop[1].make(tried(operation)).accepted
    shop[0].does["GET teeth"] = 200, {"teeth": [{"id": "8"}]}
    assert (before.values["tooth_id"], paths.fill(TOOTH, "member", TOP).values["tooth_id"]) == ("7", "8")
