"""Clouds that are broken on purpose: how they are drawn, how a proxy breaks them, and how Tempest's words are read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import requests

from tests.support import tempest
from tests.support.broken_clouds import DRAWN, Asserted, Broken, drawn, facts, fault
from tests.support.cloud_proxy import cloud_proxy, without
from tests.support.fault_proxy import Heard


def heard(method: str, path: str, body: Any = None) -> Heard:
    return Heard(method, path, {}, b"" if body is None else json.dumps(body).encode())


def broken(way: str, about: Asserted, *before: Asserted) -> Broken:
    return Broken(way, "test", about, (*before, about))


SHOW = Asserted("storage", "GET /v3/{project_id}/volumes/{volume_id}", 200, "show")
GONE = Asserted("storage", "GET /v3/{project_id}/volumes/{volume_id}", 404, "show")
LIST = Asserted("storage", "GET /v3/{project_id}/volumes", 200, "list")
MAKE = Asserted("storage", "POST /v3/{project_id}/volumes", 202, "make")


def test_the_facts_are_those_of_the_258_tests() -> None:
    assert set(facts()) == set(tempest.tests())


def test_a_seed_draws_the_same_thirty_ways_each_time() -> None:
    ways = drawn(18)
    assert Counter(one.way for one in ways) == DRAWN
    assert len(ways) == 30
    assert ways == drawn(18)
    assert ways != drawn(19)


@pytest.mark.parametrize("one", drawn(18), ids=lambda one: f"{one.way}-{one.about.operation}")
def test_each_way_lets_other_requests_through(one: Broken) -> None:
    made, other = fault(one), heard("GET", "/elsewhere?limit=1&name=a")
    assert made.ask is None or made.ask(other) == other
    assert made.change is None or made.change(other, 200, {"thing": {"name": "a"}}) == (200, {"thing": {"name": "a"}})


def test_an_action_is_told_from_other_actions_by_its_body() -> None:
    reboot = Asserted("compute", "POST /servers/{server_id}/action {reboot}", 202, None)
    assert reboot.met(heard("POST", "/v2.1/servers/1/action", {"reboot": {"type": "SOFT"}}))
    assert not reboot.met(heard("POST", "/v2.1/servers/1/action", {"resize": {}}))


@pytest.mark.parametrize(
    "root", ["", "/v3", "/v3/7c3938c00e8e4131bb79ea61378dd551", "/7c3938c00e8e4131bb79ea61378dd551"]
)
def test_a_request_is_met_with_or_without_version_and_project(root: str) -> None:
    found = SHOW.met(heard("GET", f"{root}/volumes/1"))
    assert found is not None
    assert found.groups() == ("1",)
    assert SHOW.met(heard("GET", f"{root}/volumes/1/metadata")) is None


def test_another_code_comes_in_place_of_the_asserted_one_only() -> None:
    change = fault(broken("code", GONE)).change
    assert change is not None
    assert change(heard("GET", "/v3/volumes/1"), 404, None)[0] == 400
    assert change(heard("GET", "/v3/volumes/1"), 200, None)[0] == 200


def test_a_value_that_was_sent_comes_back_changed() -> None:
    change = fault(broken("value", SHOW, MAKE)).change
    assert change is not None
    change(heard("POST", "/v3/volumes", {"volume": {"name": "mine", "size": 1}}), 202, {"volume": {"name": "mine"}})
    assert change(heard("GET", "/v3/volumes/1"), 200, {"volume": {"name": "mine"}})[1]["volume"]["name"] == "mine-other"
    assert change(heard("GET", "/v3/volumes/2"), 200, {"volume": {"name": "his"}})[1]["volume"]["name"] == "his"


def test_a_filter_is_taken_out_and_a_page_stays() -> None:
    ask = fault(broken("filter", LIST)).ask
    assert ask is not None
    assert ask(heard("GET", "/v3/volumes?name=a&limit=1")).path == "/v3/volumes?limit=1"
    ask = fault(broken("page", LIST)).ask
    assert ask is not None
    assert ask(heard("GET", "/v3/volumes?name=a&limit=1")).path == "/v3/volumes?name=a"


def test_an_order_is_turned_around_only_where_one_is_asked_for() -> None:
    change = fault(broken("order", LIST)).change
    assert change is not None
    value = {"volumes": [{"id": "1"}, {"id": "2"}]}
    assert change(heard("GET", "/v3/volumes"), 200, value)[1]["volumes"][0] == {"id": "1"}
    assert change(heard("GET", "/v3/volumes?sort_key=id"), 200, value)[1]["volumes"][0] == {"id": "2"}


def test_a_thing_is_in_an_error_only_after_the_change() -> None:
    change = fault(broken("status", SHOW, MAKE)).change
    assert change is not None
    look = heard("GET", "/v3/volumes/1")
    assert change(look, 200, {"volume": {"status": "available"}})[1]["volume"]["status"] == "available"
    change(heard("POST", "/v3/volumes", {}), 202, {"volume": {"id": "1"}})
    assert change(look, 200, {"volume": {"status": "available"}})[1]["volume"]["status"] == "error"


def test_a_change_of_another_thing_touches_every_element() -> None:
    snap = Asserted("storage", "POST /v3/{project_id}/servers/{server_id}/action {snap}", 202, "snap")
    change = fault(broken("status", SHOW, snap)).change
    assert change is not None
    look = heard("GET", "/v3/volumes/1")
    assert change(look, 200, {"volume": {"status": "available"}})[1]["volume"]["status"] == "available"
    change(heard("POST", "/v3/servers/2/action", {"snap": {}}), 202, None)
    assert change(look, 200, {"volume": {"status": "available"}})[1]["volume"]["status"] == "error"


def test_a_removed_thing_is_shown_as_before_and_an_unknown_one_is_not() -> None:
    change = fault(broken("gone", GONE)).change
    assert change is not None
    change(heard("GET", "/v3/volumes/1"), 200, {"volume": {"id": "1"}})
    change(heard("DELETE", "/v3/volumes/1"), 202, None)
    assert change(heard("GET", "/v3/volumes/1"), 404, {}) == (200, {"volume": {"id": "1"}})
    assert change(heard("GET", "/v3/volumes/2"), 404, {})[0] == 404


def test_a_query_loses_the_named_parameters_only() -> None:
    assert without(heard("GET", "/a?b=1&c=2&b=3"), "b").path == "/a?c=2"
    assert without(heard("GET", "/a?b=1"), "b").path == "/a"


@contextmanager
def service() -> Iterator[str]:
    """A service that says where it is, and how many bytes came."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = len(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps({"bytes": size, "self": f"http://127.0.0.1:{self.server.server_address[1]}/1"}).encode()
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_proxies_count_requests_and_lead_back_to_themselves() -> None:
    with service() as url, cloud_proxy({"storage": f"{url}/v3"}) as proxy:
        mine = proxy.url(f"{url}/v3/things")
        answer = requests.post(mine, data=iter([b"in ", b"chunks"]), timeout=10).json()
        assert answer["bytes"] == 9
        assert answer["self"] == proxy.url(f"{url}/1") != f"{url}/1"
        assert proxy.requests() == {"storage": 1}
        assert proxy.made("storage", "/things") == 1
        proxy.forget()
        assert proxy.requests().total() == 0


def test_a_test_of_a_class_that_could_not_begin_ends_as_the_class_did() -> None:
    printed = """{0} setUpClass (a.B) [0.1s] ... SKIPPED: no such feature
{0} a.C.test_one [0.5s] ... ok
{0} a.C.test_two[id-1] [0.5s] ... FAILED
"""
    names = ["a.B.test_any", "a.C.test_one", "a.C.test_two", "a.D.test_lost"]
    assert list(tempest.ended(printed, names).values()) == ["SKIPPED", "ok", "FAILED", "missing"]
