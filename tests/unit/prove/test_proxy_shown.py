"""The proxy in front of a small cloud shows another state of a resource after a request that it broke."""

import pytest
import requests
from small_nova import ID, OTHER, SHELVED, broken

from conformance.prove.after import Altered, AlteredLater, Effect, Gone, Pretend
from conformance.prove.breakage import Breakage
from conformance.prove.instead import Elsewhere, StillListed
from conformance.prove.where import Where
from specs.microversion import Microversion


def test_a_resource_that_is_the_body_itself_is_shown(proxy):
    assert proxy.upstream.shown(f"/bare/{ID}")["status"] == "queued"
    assert proxy.upstream.shown(f"/servers/{ID}")["status"] == "ACTIVE"
    assert proxy.upstream.shown("/servers/none") is None
    proxy.upstream.close()


def test_a_resource_of_another_service_is_shown_with_a_false_status(proxy):
    there = Where("GET", "/bare/{bare_id}/file", None)
    proxy.break_(Breakage("r#m", "r", "k", "o", "m", there, (), None, Pretend("resource", "odd", 1, "/bare")))
    with requests.Session() as session:

        def status(path):
            return session.get(proxy.url + path, headers={"X-Auth-Token": "m"}, timeout=5).json()["status"]

        assert status(f"/bare/{ID}") == "queued"
        status(f"/bare/{ID}/file")
        assert [status(f"/bare/{ID}"), status(f"/bare/{OTHER}"), status(f"/bare/{ID}")] == ["odd", "queued", "queued"]


def test_an_element_is_gone_in_spite_of_a_refusal(proxy, ask, nova):
    proxy.break_(Breakage("r#m", "r", "k", "o", "m", Where("GET", "/nothing/{id}", None), (), after=Gone()))
    ask.get(f"/nothing/{OTHER}")
    assert (nova.deleted, proxy.touched) == ([], 0)  # nothing is there
    there = Where("GET", "/servers/{server_id}", None)
    proxy.break_(Breakage("r#m", "r", "k", "o", "m", there, (), after=Gone()))
    ask.get(f"/servers/{ID}")
    assert (nova.deleted, proxy.touched) == ([(f"/v2.1/servers/{ID}", "a")], 1)


def test_the_answer_for_another_element(proxy, ask, nova):
    elsewhere = Elsewhere("/servers/{server_id}", "server_id")
    there = Where("GET", "/servers/{server_id}", None, besides=("/servers/detail",))
    proxy.break_(Breakage("r#m", "r", "k", "o", "m", there, (), elsewhere))
    assert ask.get(f"/servers/{ID}").json()["server"]["id"] == ID  # the other cannot be read
    assert proxy.touched == 0
    nova.second = True
    assert ask.get(f"/servers/{ID}?x=1").json()["server"]["id"] == OTHER
    assert "servers" in ask.get("/servers/detail").json()
    assert proxy.touched == 1


def test_what_an_accepted_request_names_may_have_changed(proxy, ask, nova):
    ask.get(f"/servers/{ID}")
    ask(token="r")
    assert proxy.upstream.changed == set()
    ask(value={"to": OTHER})
    assert proxy.upstream.changed == {ID, OTHER}


def test_an_effect_is_done_once(proxy, ask, nova):
    proxy.break_(broken(after=Effect("lock"), answered="refused"))
    ask(token="r")
    nova.widget["locked"] = False
    ask(token="r")
    assert not nova.widget["locked"]
    assert proxy.touched == 2


def test_an_effect_in_spite_of_a_refusal(proxy, ask, nova):
    proxy.break_(broken(after=Effect("lock"), answered="refused"))
    assert ask(token="r").status_code == 403
    assert nova.widget["locked"]


def test_a_status_that_is_pretended(proxy, ask):
    proxy.break_(broken(after=Pretend("server", "PAUSED", 2), answered="accepted"))
    assert ask.get(f"/servers/{ID}").json()["server"]["status"] == "ACTIVE"
    ask()
    shown = [ask.get(f"/servers/{ID}").json()["server"] for _ in range(3)]
    assert [s["status"] for s in shown] == ["PAUSED", "PAUSED", "ACTIVE"]
    assert [s["OS-EXT-STS:task_state"] for s in shown] == [None, None, "turning"]
    ask()
    assert ask.get("/servers/detail").json()["servers"][0]["status"] == "PAUSED"
    proxy.break_(None)
    assert ask.get("/servers/detail").json()["servers"][0]["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("value", "another"), [(True, False), (7, 8), ("red", "red-another"), (["a"], []), ({"a": 1}, {})]
)
def test_another_value_is_shown_after_an_accepted_request(proxy, ask, nova, value, another):
    nova.widget["colour"] = value
    proxy.break_(broken(after=AlteredLater(("server", "colour")), answered="accepted"))
    assert ask.get(f"/servers/{ID}").json()["server"]["colour"] == value
    assert ask().status_code == 202
    assert ask.get(f"/servers/{ID}").json()["server"]["colour"] == another
    assert ask.get("/servers/detail").json()["servers"][0]["colour"] == another
    proxy.break_(None)
    assert ask.get(f"/servers/{ID}").json()["server"]["colour"] == value


def test_another_value_is_shown_in_the_answer_itself(proxy, ask):
    proxy.break_(broken(after=Altered(("server", "tags"))))
    assert ask().json()["server"] == {"id": ID, "tags": []}
    proxy.break_(broken(after=Altered(("server", "id"))))
    assert ask().json()["server"]["id"] == f"{ID}-another"


def test_other_resources_are_pretended_too(proxy, ask):
    proxy.break_(broken(after=Pretend("migration", "error")))
    ask()
    path = f"/os-migrations?instance_uuid={ID}"
    assert ask.get(path).json()["migrations"][0]["status"] == "error"
    assert ask.get(f"/os-migrations?instance_uuid={OTHER}").json()["migrations"][0]["status"] == "done"
    image = Breakage(
        "r#m", "r", "k", "o", "m", Where("POST", "/servers/{server_id}/action", "image"), (),
        after=Pretend("image", "ERROR"),
    )  # fmt: skip
    proxy.break_(image)
    ask("image")
    assert ask.get(f"/images/{OTHER}").json()["image"]["status"] == "ERROR"
    assert ask.get(f"/images/{ID}").json()["image"]["status"] == "ACTIVE"


def test_what_was_made_is_not_there(proxy, ask):
    there = Where("POST", "/servers/{server_id}/action", "image")
    proxy.break_(Breakage("r#m", "r", "k", "o", "m", there, (), after=Pretend("image", None)))
    ask("image")
    assert ask.get(f"/images/{OTHER}").status_code == 404
    assert ask.get(f"/images/{ID}").status_code == 200


@pytest.mark.parametrize(("status", "shown"), [("ERROR", "ERROR"), (None, None)])
def test_an_image_that_no_answer_names_is_the_one_of_the_server(proxy, ask, status, shown):
    there = Where("POST", "/servers/{server_id}/action", "shelve")
    proxy.break_(Breakage("r#m", "r", "k", "o", "m", there, (), after=Pretend("image", status)))
    ask("shelve")
    assert proxy.touched == 1
    assert ask.get(f"/images/{SHELVED}").json().get("image", {}).get("status") == shown
    assert ask.get(f"/images/{OTHER}").json()["image"]["status"] == "ACTIVE"


def test_what_has_gone_is_listed_still(proxy, ask, nova):
    still = StillListed("/servers", Microversion(2, 10), ("id",), ("name",))
    proxy.break_(broken(still))
    ask()
    nova.listed = [OTHER]
    assert [s["id"] for s in ask.get("/servers").json()["servers"]] == [OTHER, ID]
    assert [s["id"] for s in ask.get(f"/servers?name={ID}&limit=9").json()["servers"]] == [OTHER, ID]
    assert [s["id"] for s in ask.get("/servers?name=another").json()["servers"]] == [OTHER]
    assert [s["id"] for s in ask.get("/servers/detail").json()["servers"]] == [ID]
    assert proxy.touched == 1
    assert nova.seen == [("m", "2.10", {"spin": None})]


def test_what_is_not_done_leaves_the_list_as_it_is(proxy, ask, nova):
    proxy.break_(broken(StillListed("/servers", Microversion(2, 10), ("id",))))
    ask(token="r")
    ask(id_=OTHER.replace("9", "8"))  # which no list shows
    nova.listed = [OTHER]
    assert [s["id"] for s in ask.get("/servers").json()["servers"]] == [OTHER]
    assert proxy.touched == 0
