"""Without a description a request changes no listed thing but one that came with a thing of the run."""

from dataclasses import replace

import pytest
from widgets import plain, row
from workshop import DROP, KNOWN, MAKE, TOP, opened

from conformance.engine.api.entries import BindingRule
from conformance.engine.cloud.guard import Guard
from conformance.engine.cloud.roles import Role
from conformance.engine.model.binding import Binding
from conformance.engine.provision.errors import Unavailable

LIST = plain("GET", "/gear_parts", answers=(row("gear_id"), row("colour_id")), normal=(200,))
SHOW = plain("GET", "/gear_parts/{part_id}", normal=(200,))
SMASH = plain("DELETE", "/gear_parts/{part_id}", normal=(204,))
RULES = (
    BindingRule("*", "gear_id", Binding("/gears")),
    BindingRule("*", "colour_id", Binding("/colours")),
)
UNDESCRIBED = replace(KNOWN, described=False, bindings=(*KNOWN.bindings, *RULES))
GONE = "0d0c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f11"
THEIRS = {"id": "part-of-others", "gear_id": "gear-of-others", "colour_id": "red", "project_id": "p-1"}


@pytest.fixture
def shop(tmp_path):
    """A service that makes a part with each gear, beside that of somebody else's gear."""
    shop = opened(tmp_path, LIST, SHOW, SMASH, MAKE, DROP, service=UNDESCRIBED)
    cloud = shop[0]

    def parts(_):
        mine = [{"id": f"part-of-{gear}", "gear_id": gear} for gear in cloud.things.get("/gears", {})]
        return 200, {"gear_parts": [THEIRS, *mine]}

    cloud.does["GET /gear_parts"] = parts
    return shop


def fill(shop, operation=SMASH):
    return shop[1].paths.fill(operation, "member", TOP)


def test_a_part_of_a_gear_that_the_lane_makes_for_it_is_changed(shop):
    assert fill(shop).path == "/gear_parts/part-of-gear-1"
    assert shop[0].changes == ["POST /gears"]
    assert shop[0].guard.harmless("part-of-gear-1")


def test_the_gear_serves_one_trial(shop):
    fill(shop)
    fill(shop)
    shop[1].paths.elements.drop_fresh()
    assert fill(shop).path == "/gear_parts/part-of-gear-2"


def test_without_such_a_part_nothing_is_changed(shop):
    shop[0].does["GET /gear_parts"] = 200, {"gear_parts": [THEIRS]}
    with pytest.raises(Unavailable, match="nothing that came with a thing of this run") as refused:
        fill(shop)
    assert refused.value.optional


def test_what_names_a_thing_of_the_run_that_is_gone_is_free_where_a_project_of_the_run_has_it(shop):
    cloud = shop[0]
    cloud.journal.there("gears", GONE, f"/gears/{GONE}")
    cloud.does["GET /gear_parts"] = 200, {"gear_parts": [THEIRS, {"id": "left", "of": GONE, "project_id": "p-1"}]}
    cloud.project_of = {Role.MEMBER: "p-1"}.get
    with pytest.raises(Unavailable):
        fill(shop)
    cloud.journal.gone(GONE)
    assert fill(shop).path == "/gear_parts/left"
    cloud.project_of = {Role.MEMBER: "p-2"}.get
    with pytest.raises(Unavailable):
        fill(shop)


def test_what_is_only_read_and_what_a_description_knows_is_what_a_list_shows(shop, tmp_path):
    assert fill(shop, SHOW).path == "/gear_parts/part-of-others"
    assert not shop[0].guard.harmless("part-of-others")
    described = opened(tmp_path / "described", LIST, SMASH, MAKE, DROP, service=replace(UNDESCRIBED, described=True))
    described[0].does["GET /gear_parts"] = 200, {"gear_parts": [THEIRS]}
    assert fill(described).path == "/gear_parts/part-of-others"


def test_a_part_that_stands_below_a_thing_of_the_run_is_its_own(tmp_path):
    drop = plain("DELETE", "/gears/{gear_id}/labels/{label_id}", normal=(204,))
    shown = plain("GET", "/gears/{gear_id}/labels", normal=(200,))
    shop = opened(tmp_path, MAKE, DROP, shown, drop, service=UNDESCRIBED)
    shop[0].guard = Guard(shop[0].journal, allow_disruptive=True)
    shop[0].does["GET labels"] = 200, {"labels": [{"id": "l-1"}]}
    assert fill(shop, drop).path == "/gears/gear-1/labels/l-1"
    assert shop[0].guard.harmless("l-1")
