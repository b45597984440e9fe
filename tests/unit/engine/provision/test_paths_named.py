"""A name that is fixed, chosen, unknown or given by another answer stands for a placeholder of a path."""

from __future__ import annotations

from dataclasses import replace

import pytest
from making import fill
from widgets import plain, row, sample
from workshop import EVERY, JOB, KNOWN, LABEL, LIST, NOTE, PROFILE, PULL, SPIN, UNKNOWN, opened

from conformance.engine.api.entries import Naming
from conformance.engine.api.load import load_service
from conformance.engine.model.binding import Binding, Step
from conformance.engine.provision.errors import Unavailable
from specs.model import Counterpart


def test_a_shorter_path_for_the_same_thing_names_one_that_the_whole_path_has_made(tmp_path):
    short = replace(plain("DELETE", "/short_teeth/{tooth_id}", normal=(204,)), same_as=Counterpart(PULL.id, 7))
    shop = opened(tmp_path, *EVERY, short)
    found = fill(shop, short)
    assert found.owned is not None
    assert (found.path, found.values) == (f"/short_teeth/{found.owned.value}", {"tooth_id": found.owned.value})
    assert found.owned.path == f"/gears/gear-1/teeth/{found.owned.value}", "where it is removed at the end"
    asked = len(shop[0].asked)
    assert fill(shop, short, unknown=UNKNOWN).path == f"/short_teeth/{UNKNOWN}"
    assert len(shop[0].asked) == asked, "nothing is made for an id of nothing"


@pytest.mark.parametrize("key", ["job_id", "jobs.job_id"])
def test_the_table_gives_what_names_no_element(tmp_path, key):
    shop = opened(tmp_path, service=replace(KNOWN, placeholder_values={key: "2024-01-01 00:00"}))
    found = fill(shop, JOB)
    assert (found.path, found.values) == ("/jobs/2024-01-01%2000%3A00", {"job_id": "2024-01-01 00:00"})
    assert shop[0].asked == []


def test_the_table_may_give_a_value_of_the_cloud(tmp_path):
    """No name of a host is good on every cloud."""
    own = Binding("host", "hypervisor", "own")
    nova = load_service("compute")
    hosts = {"host": nova.profile.discovery["host"]}
    service = replace(
        KNOWN, placeholder_values={"job_id": own}, kinds=nova.kinds, profile=replace(PROFILE, discovery=hosts)
    )
    shop = opened(tmp_path, service=service)
    asked = []

    def shown(ask):
        asked.append(ask.role)
        return 200, {"server": {**shop[0].things["/servers"]["server-1"], **attributes}}

    prefix = "OS-EXT-SRV-ATTR:"
    attributes = {f"{prefix}host": "h-1", f"{prefix}hypervisor_hostname": "h-1.example.org"}
    up = {"state": "up", "status": "enabled"}
    services = [{**up, "host": "h-0", "status": "disabled"}, {**up, "host": "h-2"}]
    shop[0].does["GET os-services"] = 200, {"services": services}
    assert fill(shop, JOB).path == "/jobs/h-2", "without a server any host will do"
    shop[1].subject.reach("IDLE")
    shop[0].does["GET servers"] = shown
    assert fill(shop, JOB).path == "/jobs/h-1.example.org"
    assert set(asked) == {"admin"}
    assert "h-1.example.org" in shop[1].paths.seen_by_admin, "a member may be told that there is no such host"
    attributes.pop(f"{prefix}hypervisor_hostname")
    assert fill(shop, JOB).path == "/jobs/h-1"


def test_the_projects_own_id_is_read_once_from_a_server(tmp_path):
    shop = opened(tmp_path, service=replace(KNOWN, placeholder_values={"job_id": "project"}))
    assert fill(shop, JOB).path == "/jobs/p-1"
    assert fill(shop, JOB).path == "/jobs/p-1"
    assert shop[0].made == 1


def test_a_name_that_the_client_chooses_is_that_of_the_sample_or_a_new_one(shop):
    assert fill(shop, NOTE).path == "/gears/gear-1/notes/colour"
    one, other = (fill(shop, LABEL).values["label_uuid"] for _ in range(2))
    assert one != other
    assert len(one) == 36


def test_an_unknown_id_stands_for_every_placeholder(shop):
    assert fill(shop, PULL, unknown=UNKNOWN).path == f"/gears/{UNKNOWN}/teeth/{UNKNOWN}"
    assert shop[0].asked == []


def test_an_unknown_id_does_not_stand_for_a_fixed_value_above_it(tmp_path):
    shop = opened(tmp_path, PULL, service=replace(KNOWN, placeholder_values={"gear_id": "first"}))
    assert fill(shop, PULL, unknown=UNKNOWN).path == f"/gears/first/teeth/{UNKNOWN}"
    alone = plain("GET", "/gears/{gear_id}")
    assert fill(shop, alone, unknown=UNKNOWN).path == f"/gears/{UNKNOWN}"


def test_an_unknown_id_stands_for_a_described_thing_and_not_for_the_name_of_its_collection(tmp_path):
    mark = plain("GET", "/{sort}/{thing_id}/marks/{mark}")
    values = {"sort": "gears", "thing_id": Binding("/gears"), "mark": "red"}
    shop = opened(tmp_path, *EVERY, mark, service=replace(KNOWN, placeholder_values=values))
    assert fill(shop, mark, unknown=UNKNOWN).path == f"/gears/{UNKNOWN}/marks/red"


def test_an_unknown_id_may_stand_for_the_last_alone(shop):
    assert fill(shop, PULL, unknown=UNKNOWN, last_only=True).path == f"/gears/gear-1/teeth/{UNKNOWN}"


def test_below_an_unknown_id_the_name_that_the_body_holds_is_kept(shop):
    assert fill(shop, NOTE, unknown=UNKNOWN).path == f"/gears/{UNKNOWN}/notes/colour"


@pytest.mark.parametrize(
    ("listed", "expected"),
    [([{"id": 1}], "987654321"), ([], "987654321"), ([{"id": "a-b"}], UNKNOWN)],
)
def test_an_unknown_number_is_a_number_where_the_collection_has_numbers(tmp_path, listed, expected):
    job = plain("GET", "/jobs/{job_id}", row("job_id", "integer", location="path"))
    shop = opened(tmp_path, job, plain("GET", "/jobs"))
    shop[0].does["GET /jobs"] = 200, {"jobs": listed}
    assert fill(shop, job, unknown=UNKNOWN).path == f"/jobs/{expected}"


def test_what_is_given_stands_whatever_exists_and_nothing_is_in_it(shop):
    found = fill(shop, PULL, given={"gear_id": "not a gear"})
    gear, tooth = found.values["gear_id"], found.values["tooth_id"]
    assert gear == "not a gear"
    assert len(tooth) == 36, "no tooth is made in what does not exist"
    assert found.path == f"/gears/not%20a%20gear/teeth/{tooth}"
    assert shop[0].asked == []


def test_an_empty_list_gets_an_element(shop):
    paths = shop[1].paths
    filled = fill(shop, LIST)
    empty = shop[0].get("/gears")
    assert paths.populated(LIST, filled, empty)
    assert list(shop[0].things["/gears"]) == ["gear-1"]
    assert not paths.populated(LIST, filled, shop[0].get("/gears")), "it has one now"


def test_a_list_of_what_nothing_makes_stays_empty(shop):
    jobs = next(o for o in EVERY if o.path == "/jobs")
    assert not shop[1].paths.populated(jobs, fill(shop, jobs), shop[0].get("/jobs"))


def test_a_list_whose_elements_the_cloud_does_not_make_stays_empty(shop):
    shop[0].does["POST gears"] = 403
    assert not shop[1].paths.populated(LIST, fill(shop, LIST), shop[0].get("/gears"))


TOKEN = plain("GET", "/tokens/{token}", normal=(200,))
CONSOLE = plain(
    "POST",
    "/servers/{server_id}/consoles",
    row("console", "object", True),
    row("kind", required=True),
    samples=(sample({"console": {"kind": "k"}}),),
    normal=(200,),
)
NAMED = replace(
    KNOWN,
    placeholder_sources={
        "token": Naming((Step(CONSOLE.id, {"kind": "serial"}),), ("console", "url"), "token=([0-9a-f]+)")
    },
)


def test_another_requests_answer_names_it(tmp_path):
    shop = opened(tmp_path, *EVERY, TOKEN, CONSOLE, service=NAMED)
    shop[0].does["POST consoles"] = 200, {"console": {"url": "ws://x/?token=abc123&more"}}
    assert fill(shop, TOKEN).path == "/tokens/abc123"
    assert shop[0].changes == ["POST /servers/server-1/consoles"]
    assert shop[0].asked[-1].body == {"console": {"kind": "serial"}}
    assert shop[1].subject.must_replace, "what was made so is under way in the server"
    assert shop[1].paths.steps.sent == {}, "the values of its steps are no other request's"


@pytest.mark.parametrize(
    ("body", "pattern"),
    [
        ({"console": {"url": "ws://x/"}}, "token=([0-9a-f]+)"),
        ({"console": {}}, "(.+)"),
        ({"console": {"url": None}}, "(.+)"),
        ({}, "(.+)"),
    ],
)
def test_an_answer_that_does_not_name_it_leaves_the_trial_undecided(tmp_path, body, pattern):
    naming = replace(NAMED.placeholder_sources["token"], pattern=pattern)
    shop = opened(tmp_path, *EVERY, TOKEN, CONSOLE, service=replace(NAMED, placeholder_sources={"token": naming}))
    shop[0].does["POST consoles"] = 200, body
    with pytest.raises(Unavailable, match=r"showed no value for \{token\}") as caught:
        fill(shop, TOKEN)
    assert not caught.value.optional


def test_where_the_request_that_names_it_is_refused_nothing_has_such_a_name(tmp_path):
    shop = opened(tmp_path, *EVERY, TOKEN, CONSOLE, service=NAMED)
    shop[0].does["POST consoles"] = 409
    with pytest.raises(Unavailable, match="a step before the request, was answered 409") as caught:
        fill(shop, TOKEN)
    assert caught.value.optional


def test_an_unknown_name_is_tried_where_it_could_be_named(tmp_path):
    shop = opened(tmp_path, *EVERY, TOKEN, CONSOLE, service=NAMED)
    shop[0].does["POST consoles"] = 200, {"console": {"url": "ws://x/?token=abc123"}}
    assert fill(shop, TOKEN, unknown=UNKNOWN, last_only=True).path == f"/tokens/{UNKNOWN}"
    assert shop[0].changes == ["POST /servers/server-1/consoles"]


def test_the_fixed_query_of_a_url_is_no_part_of_the_path(shop):
    shop[1].subject.reach("IDLE")
    found = fill(shop, replace(SPIN, path=f"{SPIN.path}?usage=True&limit=2"))
    assert (found.path, found.query) == ("/servers/server-1/action", (("usage", "True"), ("limit", "2")))
