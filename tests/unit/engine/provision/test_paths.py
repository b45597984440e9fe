"""A thing that is listed, made, waited for or made anew stands for a placeholder of a path."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from making import fill
from widgets import plain, status
from workshop import CHANGE, DROP, END, EVERY, JOB, KNOWN, LIST, PULL, SHOW, SPIN, TEETH, opened, tried

from conformance.engine.api.entries import Naming
from conformance.engine.model.binding import Step
from conformance.engine.model.setup import Existing
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.owned import Filled
from specs.microversion import Microversion
from specs.model import Versions


def test_the_server_of_the_lane_stands_for_its_placeholder(shop):
    shop[1].subject.reach("IDLE")
    assert fill(shop, SPIN).path == "/servers/server-1/action"


def in_conflict(times):
    """What a service does that holds one tooth a gear, and that has made one in spite of an error before."""
    left = [409] * times
    return lambda _: left.pop() if left else None


def test_where_a_thing_is_in_the_way_a_new_element_above_it_takes_its_place(shop):
    shop[0].does["POST teeth"] = in_conflict(1)
    assert fill(shop, PULL).path == "/gears/gear-2/teeth/teeth-3"
    assert [c for c in shop[0].changes if "gear-1" in c] == ["POST /gears/gear-1/teeth", "DELETE /gears/gear-1"]


def test_a_thing_whose_removal_had_no_effect_is_in_the_way_too(shop):
    """Services answer 400 as well; where none was made before, the request itself is what they refuse."""
    first = fill(shop, PULL)
    shop[1].paths.elements.forget(first.owned)
    shop[0].does["POST /gears/gear-1/teeth"] = 400
    second = fill(shop, PULL)
    assert second.path.startswith("/gears/gear-3/")
    shop[1].paths.elements.forget(second.owned)
    shop[0].does["POST teeth"] = 400
    with pytest.raises(Unavailable, match="answered 400"):
        fill(shop, PULL)
    assert sum(c == "POST /gears" for c in shop[0].changes) == 3, "one new gear, and no more"


def test_a_second_thing_in_the_way_is_told(shop):
    """Not the one below an element of others, either: nothing of theirs is renewed."""
    shop[0].does["POST teeth"] = in_conflict(9)
    with pytest.raises(Unavailable, match="answered 409"):
        fill(shop, PULL)
    assert sum(c == "POST /gears" for c in shop[0].changes) == 2


def test_what_is_only_read_is_what_the_cloud_lists(shop):
    shop[0].things["/gears"] = {"g-7": {"id": "g-7"}}
    found = fill(shop, SHOW)
    assert (found.path, found.owned) == ("/gears/g-7", None)
    assert shop[0].said == ["GET /gears"]
    fill(shop, SHOW)
    assert shop[0].said == ["GET /gears"], "what was looked up is kept"


def test_what_is_listed_from_a_later_version_on_is_listed_at_that(tmp_path):
    late = replace(LIST, microversions=Versions("2.10"))
    shop = opened(tmp_path, late, *(one for one in EVERY if one is not LIST))
    shop[0].things["/gears"] = {"g-7": {"id": "g-7"}}
    shop[1].paths.fill(SHOW, "member", Microversion(2, 5))
    assert [ask.microversion for ask in shop[0].asked] == ["2.10"]
    passing = Filled("/gears/g-7", {"gear_id": "g-7"}, passing=(("/gears", "gear_id"),))
    assert shop[1].paths.lasts(SHOW, passing, "member", Microversion(2, 5))
    assert shop[0].asked[-1].microversion == "2.10"


def test_what_a_member_does_not_see_an_administrator_is_asked_for(shop):
    jobs = {"jobs": [{"id": 5}]}
    shop[0].does["GET /jobs"] = lambda ask: (200, jobs if ask.role == "admin" else {"jobs": []})
    assert fill(shop, JOB).path == "/jobs/5"
    assert shop[0].said == ["GET /jobs", "GET /jobs as admin"]


def test_an_administrators_operation_takes_what_an_administrator_sees(shop):
    shop[0].does["GET /jobs"] = 200, {"jobs": [{"id": 5}]}
    assert fill(shop, JOB, role="admin").path == "/jobs/5"
    assert shop[0].said == ["GET /jobs as admin"]


def test_not_every_element_will_do(tmp_path):
    shop = opened(tmp_path, service=replace(KNOWN, usable_elements=(("*", "jobs", {"state": "up"}),)))
    shop[0].does["GET /jobs"] = 200, {"jobs": [{"id": 1, "state": "down"}, {"id": 2, "state": "up", "more": 1}]}
    assert fill(shop, JOB).path == "/jobs/2"


def test_what_would_be_made_otherwise_is_not_found_either(tmp_path):
    """An operation on things of one sort says nothing about those of another, also where nothing may be made."""
    shop = opened(tmp_path, service=replace(KNOWN, elements_made_with=(("*", "/jobs", {"public": False}),)))
    shop[0].does["GET /jobs"] = 200, {"jobs": [{"id": 1, "public": True}, {"id": 2, "public": False}]}
    assert fill(shop, JOB).path == "/jobs/2"


def test_a_list_is_asked_for_at_a_version_that_it_has(tmp_path):
    old = plain("GET", "/jobs", normal=(200,), microversions=type(LIST.microversions)(max="2.5"))
    shop = opened(tmp_path, old, JOB)
    shop[0].does["GET /jobs"] = 200, {"jobs": [{"id": 1}]}
    fill(shop, JOB)
    assert [ask.microversion for ask in shop[0].asked] == ["2.5"]


def test_what_the_cloud_does_not_show_and_nothing_makes_is_unavailable(shop):
    with pytest.raises(Unavailable, match=r"shows no element of /jobs that could stand for \{job_id\}") as caught:
        fill(shop, JOB)
    assert caught.value.optional


def test_a_service_that_fails_may_have_what_it_does_not_show(shop):
    shop[0].does["GET /jobs"] = 500, {"error": {"message": "it burns"}}
    with pytest.raises(
        Unavailable, match=r"GET /jobs was answered 500 \(it burns\), so no .* for \{job_id\}"
    ) as caught:
        fill(shop, JOB)
    assert not caught.value.optional


def test_what_is_only_read_is_made_where_the_cloud_shows_none(shop):
    found = fill(shop, SHOW)
    assert (found.path, found.owned.value) == ("/gears/gear-1", "gear-1")


@pytest.mark.parametrize("operation", [DROP, CHANGE])
def test_what_is_changed_is_made_and_never_what_the_cloud_shows(shop, operation):
    shop[0].things["/gears"] = {"g-7": {"id": "g-7"}}
    found = fill(shop, operation)
    assert (found.path, found.owned.value) == ("/gears/gear-1", "gear-1")
    assert fill(shop, operation).path == "/gears/gear-1", "what was made is used again"


def test_what_was_forgotten_is_made_anew(shop):
    shop[1].paths.forget(fill(shop, DROP))
    assert fill(shop, DROP).path == "/gears/gear-2"


def test_what_was_looked_up_and_is_gone_is_looked_up_anew(shop):
    shop[0].things["/gears"] = {"g-7": {"id": "g-7"}, "g-8": {"id": "g-8"}}
    found = fill(shop, SHOW)
    del shop[0].things["/gears"]["g-7"]
    shop[1].paths.forget(found)
    assert fill(shop, SHOW).path == "/gears/g-8"


def test_what_a_refused_request_has_changed_serves_no_other_if_there_is_another(shop):
    """A request that is refused and done all the same would change nothing more: the repetition would pass."""
    shop[0].things["/gears"] = {"g-7": {"id": "g-7"}, "g-8": {"id": "g-8"}}
    for path in ("/gears/g-7", "/gears/g-8", "/gears/g-7"):
        found = fill(shop, SHOW)
        assert found.path == path
        shop[1].paths.forget(found, changed=True)


def test_what_holds_what_must_be_made_is_ours_too(shop):
    shop[0].things["/gears"] = {"g-7": {"id": "g-7"}}
    assert fill(shop, PULL).values["gear_id"] == "gear-1"
    assert fill(shop, TEETH).values["gear_id"] == "gear-1", "of what can be made, even to read it"


def test_what_nothing_makes_and_is_changed_is_refused_on_a_cloud_and_found_in_a_sandbox(tmp_path):
    """In a sandbox nothing is anybody else's."""
    refused = {"POST gears": 500}
    shop = opened(tmp_path)
    shop[0].things["/gears"] = {"g-7": {"id": "g-7"}}
    shop[0].does = refused
    with pytest.raises(Unavailable, match=r"post-gears, which makes an element for \{gear_id\}, was answered 500"):
        fill(shop, DROP)
    sandbox = opened(tmp_path, sandbox=True)
    sandbox[0].things["/gears"] = {"g-7": {"id": "g-7"}}
    sandbox[0].does = refused
    found = fill(sandbox, DROP)
    assert (found.path, found.owned) == ("/gears/g-7", None)


def test_a_run_that_changes_nothing_takes_what_is_listed_and_makes_nothing(shop):
    cloud, one = shop[0], shop[1]
    cloud.guard.read_only = True
    cloud.things["/gears"] = {"g-7": {"id": "g-7"}}
    found = fill(shop, SHOW)
    assert (found.path, found.owned) == ("/gears/g-7", None)
    empty = SimpleNamespace(json={"gears": []})
    assert not one.paths.populated(LIST, found, empty)
    assert {ask.method for ask in cloud.asked} == {"GET"}


def test_what_only_a_list_shows_stands_in_the_path_of_a_change(shop):
    shop[0].does["GET /jobs"] = 200, {"jobs": [{"id": 5}]}
    assert fill(shop, END).path == "/jobs/5"


def test_what_a_list_shows_for_a_while_is_waited_for(tmp_path):
    naming = Naming((Step(SPIN.id, {}),))
    shop = opened(tmp_path, service=replace(KNOWN, placeholder_sources={"job_id": naming}))
    answers = iter([[], [], [], [{"id": 9}]])
    shop[0].does["GET /jobs"] = lambda ask: (200, {"jobs": next(answers)})
    assert fill(shop, END).path == "/jobs/9"
    assert shop[0].changes == ["POST /servers/server-1/action"]


def test_what_the_list_shows_already_is_not_made(tmp_path):
    naming = Naming((Step(SPIN.id, {}),))
    shop = opened(tmp_path, service=replace(KNOWN, placeholder_sources={"job_id": naming}))
    shop[0].does["GET /jobs"] = 200, {"jobs": [{"id": 9}]}
    assert fill(shop, END).path == "/jobs/9"
    assert shop[0].changes == []


def test_the_status_in_which_what_a_path_names_is_made_is_that_of_its_producer(tmp_path):
    badge = plain(
        "PUT",
        "/servers/{server_id}/badges/{badge}",
        normal=(201,),
        preconditions=(replace(status("STARTING", "HALTED"), resource="server"),),
    )
    drop = plain("DELETE", "/servers/{server_id}/badges/{badge}", normal=(204,))
    _, executor = opened(tmp_path, *EVERY, badge, drop)
    assert executor.paths.makes_in(tried(drop)) == "HALTED"
    assert executor.paths.makes_in(tried(SPIN)) == "IDLE"
    assert executor.paths.makes_in(tried(SPIN, setup=(Existing((drop.id,)),))) == "HALTED"


def test_what_this_run_has_made_in_another_lane_is_not_taken_from_a_list(shop):
    """It may be gone the next moment."""
    journal = shop[0].journal
    journal.made(journal.intend("jobs", "j"), "5", "/jobs/5")
    shop[0].does["GET /jobs"] = 200, {"jobs": [{"id": 5}, {"id": 6}]}
    assert fill(shop, JOB).path == "/jobs/6"


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_thing_of_another_run_is_not_taken_from_a_list(shop, wrapped):
    """It may be gone the next moment, and the reference would seem to be wrong. Its name tells it."""
    jobs = [{"id": 5, "name": "conformance-0123abcd-job-1"}, {"id": 6, "name": "conformance-of-shoes"}]
    shop[0].does["GET /jobs"] = 200, {"jobs": [{"job": one} for one in jobs] if wrapped else jobs}
    assert fill(shop, JOB).path == "/jobs/6"


def test_things_that_a_list_has_shown_are_looked_up_again_when_they_are_forgotten(shop):
    shop[0].does["GET /jobs"] = 200, {"jobs": [{"id": 5}]}
    assert fill(shop, JOB).path == "/jobs/5"
    shop[0].does["GET /jobs"] = 200, {"jobs": [{"id": 6}]}
    assert fill(shop, JOB).path == "/jobs/5"
    shop[1].paths.forget_found()
    assert fill(shop, JOB).path == "/jobs/6"
