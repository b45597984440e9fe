"""The proof of services whose addresses name the project, and whose things show their status in other ways."""

from __future__ import annotations

import json
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from made_up import broken, case, operation
from served import served
from widgets import DRIVEN, KNOWLEDGE, WIDGET

from conformance.engine.cloud.kinds import Kind, Status
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.scope import Scope
from conformance.engine.judge.codes import Accepted, Refused
from conformance.engine.judge.statuses import Reaches
from conformance.engine.run.run import Stopped
from conformance.prove.after import Gone, Pretend, Shown
from conformance.prove.breakage import Breakage
from conformance.prove.instead import DoneAndRefused, ForwardAs
from conformance.prove.outcome import Outcome, not_broken
from conformance.prove.prover import Prover, lent_in
from conformance.prove.proxy import Proxy
from conformance.prove.where import Where
from conformance.prove.wire import Reply, Request
from specs.microversion import Microversion

MINE, THEIRS, ADMINS = "project-1", "project-2", "project-3"
TOKENS = {"member": "m", "admin": "a", "member2": "o"}
PROJECTS = {"m": MINE, "a": ADMINS, "o": THEIRS}
SCOPE = Scope({Role.MEMBER: MINE, Role.ALT: THEIRS, Role.ADMIN: ADMINS}, frozenset({"boats"}))
BOAT = "/boats/{boat_id}"


class Harbour(BaseHTTPRequestHandler):
    """One boat below the project of the one who asks; only its own project and an administrator find it."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def act(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        token = str(self.headers.get("X-Auth-Token"))
        self.server.seen.append((self.command, self.path, token, self.headers.get("OpenStack-API-Version")))
        if not self.path.startswith((f"/v3/{PROJECTS[token]}/boats", "/v3/harbours")):
            return self.answer(400, {"badRequest": {"message": "malformed request url"}})
        if token == "o":
            return self.answer(404, {"itemNotFound": {"message": "no such boat"}})
        boat = self.server.boat
        return self.answer(200, {"boats": [boat]} if self.path.endswith(("/boats", "/detail")) else {"boat": boat})

    def answer(self, status: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("OpenStack-API-Version", "volume 3.0")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


for method in ("GET", "DELETE", "PUT"):
    setattr(Harbour, f"do_{method}", Harbour.act)


@pytest.fixture
def harbour():
    boat = {"id": "b", "afloat": True, "status": "moored", "name": "tern"}
    with served(Harbour, seen=[], boat=boat) as server:
        yield server


@pytest.fixture
def proxy(harbour):
    with Proxy(f"http://127.0.0.1:{harbour.server_address[1]}/v3", TOKENS) as proxy:
        proxy.upstream.scope = SCOPE
        yield proxy


def ask(proxy, method, path, token="m", version="volume 3.4"):
    headers = {"X-Auth-Token": token, "OpenStack-API-Version": version}
    return requests.request(method, proxy.url + path, headers=headers, timeout=5)


def breakage(method="GET", template=BOAT, instead=None, after=None, **where):
    return Breakage("r#m", "r", "k", "o", "m", Where(method, template, None, **where), (), instead, after)


def test_a_path_below_a_project_is_that_of_the_operation(proxy):
    proxy.break_(breakage(instead=DoneAndRefused("member", 409), identifier="boat_id", states=frozenset({"moored"})))
    assert ask(proxy, "GET", f"/{MINE}/boats/b").status_code == 409
    assert ask(proxy, "GET", "/harbours/b").status_code == 200, "this path stands below no project"
    assert proxy.touched == 1


def test_a_request_sent_on_as_another_role_names_the_project_of_that_role(proxy, harbour):
    assert ask(proxy, "GET", f"/{THEIRS}/boats/b", "o").status_code == 404
    proxy.break_(breakage(instead=ForwardAs("member"), roles=frozenset({"alt"})))
    assert ask(proxy, "GET", f"/{THEIRS}/boats/b", "o").status_code == 200
    assert harbour.seen[-1] == ("GET", f"/v3/{MINE}/boats/b", "m", "volume 3.4")


def test_what_the_proof_does_as_administrator_names_his_project(proxy, harbour):
    proxy.break_(breakage(after=Gone(), answered="refused"))
    assert ask(proxy, "GET", f"/{THEIRS}/boats/b?x=1", "o", "volume 3.9").status_code == 404
    gone = [(method, f"/v3/{ADMINS}/boats/b", "a", "volume 3.9") for method in ("GET", "DELETE")]
    assert harbour.seen[-2:] == gone


def test_another_version_is_asked_of_the_service_that_the_request_names(proxy, harbour):
    proxy.break_(breakage(instead=ForwardAs(version=Microversion(3, 7))))
    reply = ask(proxy, "GET", f"/{MINE}/boats/b")
    assert harbour.seen[-1][-1] == "volume 3.7"
    assert reply.headers["OpenStack-API-Version"] == "volume 3.4", "as if it had answered at the version of the client"
    plain = Request("GET", "/v2.1/servers", (("OpenStack-API-Version", "compute 2.4"),)).as_version(Microversion(2, 6))
    assert dict(plain.headers) == {"OpenStack-API-Version": "compute 2.6", "X-OpenStack-Nova-API-Version": "2.6"}
    assert "compute 2.4" in str(Reply(200, (("OpenStack-API-Version", "compute 2.6"),)).as_asked(Microversion(2, 4)))


@pytest.mark.parametrize(("state", "met"), [("afloat", True), ("sunk", False), ("moored", False)])
def test_a_status_is_read_as_the_description_says(proxy, state, met):
    shown = Status(field="afloat", words=(("true", "afloat"), ("false", "sunk")))
    proxy.upstream.kinds = (Kind("boat", "/boats", status=shown),)
    proxy.break_(breakage(instead=ForwardAs("member"), identifier="boat_id", states=frozenset({state})))
    ask(proxy, "GET", f"/{MINE}/boats/b")
    assert proxy.touched == met


def test_a_list_uses_no_view_of_a_false_status_up(proxy):
    """It may be asked for another reason, and the resource itself would not be seen with the status at all."""
    proxy.break_(breakage("PUT", after=Pretend("resource", "sunk", 1, "/boats")))
    ask(proxy, "PUT", f"/{MINE}/boats/b")
    seen = [ask(proxy, "GET", f"/{MINE}{path}").json() for path in ("/boats/detail", "/boats/b", "/boats/b")]
    assert [seen[0]["boats"][0]["status"], *(one["boat"]["status"] for one in seen[1:])] == ["sunk", "sunk", "moored"]


def test_a_false_status_is_shown_in_lists_too(proxy):
    proxy.break_(breakage("PUT", after=Pretend("resource", "odd", None, "/boats")))
    ask(proxy, "PUT", f"/{MINE}/boats/b")
    for path in ("boats", "boats/detail"):
        assert ask(proxy, "GET", f"/{MINE}/{path}").json()["boats"][0]["status"] == "odd"


def test_what_a_refusal_has_changed_is_shown(proxy):
    sunk = Shown("/boats", ("sunk", "moored"))
    proxy.break_(breakage("DELETE", after=sunk, answered="refused"))
    ask(proxy, "DELETE", f"/{THEIRS}/boats/b", "o")
    ask(proxy, "DELETE", f"/{THEIRS}/boats/b", "o")
    assert ask(proxy, "GET", f"/{MINE}/boats/b").json()["boat"]["status"] == "sunk"
    proxy.break_(breakage("DELETE", after=Shown("/boats", place=("boat", "name")), answered="refused"))
    ask(proxy, "DELETE", f"/{THEIRS}/boats/b", "o")
    assert ask(proxy, "GET", f"/{MINE}/boats/b").json()["boat"] == {
        "id": "b", "afloat": True, "status": "moored", "name": "tern-another",
    }  # fmt: skip
    assert proxy.touched == 1


GADGETS = replace(DRIVEN, kind="gadget", identifier="gadget_id", initial_status="NEW", stable_statuses=("NEW", "OLD"))
TWO = replace(
    KNOWLEDGE,
    resources=(DRIVEN, GADGETS),
    profile=replace(
        KNOWLEDGE.profile,
        kinds={"widget": WIDGET, "gadget": Kind("gadget", "/gadgets", status=Status(failed=("BROKEN",)))},
    ),
)


def test_each_kind_of_resource_has_false_statuses_of_its_own():
    turn = operation("POST", "/gadgets/{gadget_id}/action")
    reached = case(turn, "postcondition/gadget-OLD[NEW]", Reaches("gadget", ("OLD",)), "NEW", accepted=True)
    found = broken(reached, service=TWO)
    assert found["postcondition/gadget-OLD#never@NEW"].after == Pretend("resource", "NEW", None, "/gadgets")
    assert found["postcondition/gadget-OLD#error-status@NEW"].after == Pretend("resource", "BROKEN", None, "/gadgets")
    denied = case(turn, "error/403[reader]", Refused((403,), ""), "NEW", "reader")
    found = broken(denied, service=TWO, templates=[("POST", "/gadgets/{gadget_id}/action")])
    assert found["error/403#effect-status@reader"].after == Shown("/gadgets", ("BROKEN", "NEW"))
    assert found["error/403#effect-name"].after == Shown("/gadgets", place=("gadget", "name"))


def test_a_case_of_another_kind_gets_the_usual_resource_in_its_first_status():
    for path, state in (("/widgets/{widget_id}", "SPINNING"), ("/gadgets/{gadget_id}", "IDLE")):
        one = case(operation("PUT", path), "normal/200", Refused((403,), ""), "SPINNING")
        assert lent_in(TWO, one) == state


def test_a_resource_without_a_lock_is_not_locked_by_a_refusal():
    unlocked = replace(KNOWLEDGE, resources=(replace(DRIVEN, lock="", unlock=""),))
    denied = case(operation("PUT", "/widgets/{widget_id}"), "error/403[reader]", Refused((403,), ""), "IDLE", "reader")
    for service, expected in ((unlocked, False), (KNOWLEDGE, True)):
        found = broken(denied, service=service, templates=[("POST", "/widgets/{widget_id}/action")])
        assert ("error/403#effect-lock" in found) == expected


def test_a_request_that_is_refused_even_to_those_who_are_allowed_it_is_counted(proxy, harbour):
    denied = breakage("GET", "/harbours/{id}", ForwardAs("alt"))
    proxy.break_(denied)
    assert ask(proxy, "GET", "/harbours/b").status_code == 404
    assert (proxy.touched, proxy.refused) == (1, 1)
    assert "to every role" in proxy.impossible
    proxy.break_(breakage("GET", "/harbours/{id}", ForwardAs("admin")))
    assert ask(proxy, "GET", "/harbours/b").status_code == 200
    assert (proxy.touched, proxy.refused) == (1, 0)
    proxy.break_(breakage("GET", "/harbours/{id}", DoneAndRefused("alt", 409)))
    ask(proxy, "GET", "/harbours/b")
    assert (proxy.touched, proxy.refused) == (0, 0), "nothing was changed, and so nothing was refused in spite of it"


@pytest.mark.parametrize(("refused", "fate"), [(1, "void"), (0, "missed")])
def test_a_breakage_that_the_cloud_refuses_all_the_same_is_void(refused, fate):
    missed = Outcome.of(breakage(), "missed", observed="pass: 403", touched=1)
    assert not_broken(missed, refused, "refused to all").fate == fate
    caught = Outcome.of(breakage(), "caught", touched=1)
    assert not_broken(caught, 1, "refused to all") == caught


def test_a_resource_that_another_path_names_is_shown_by_its_collection(proxy):
    """Some paths name the resource below another word than its collection."""
    role = operation("DELETE", "/inherited/widgets/{widget_id}/role", normal=204)
    gone = broken(case(role, "normal/204", Accepted((204,)), "IDLE", accepted=True))["normal/204#other-success@IDLE"]
    where = gone.where
    assert where.resource_of(Request("DELETE", "/v2.1/inherited/widgets/1/role")) == "/widgets/1"


class Losing(Prover):
    """A prover whose session takes the cloud for lost during a number of breakages."""

    def __init__(self, times: int) -> None:
        super().__init__(None, (), ())
        self.left, self.opened = times, 0
        self._open()

    def _open(self) -> None:
        self.opened += 1
        self._session = SimpleNamespace(cloud=SimpleNamespace(lost=None), close=lambda **_: None)

    def _limits(self, _: Breakage) -> bool:
        return False

    def _in_turn(self, breakage: Breakage) -> Outcome:
        if self.left:
            self.left -= 1
            self.session.cloud.lost = "nobody answers"
            raise Stopped("a case")
        return Outcome.of(breakage, "caught")


@pytest.mark.parametrize(("times", "fate", "opened"), [(0, "caught", 1), (1, "caught", 2), (2, "inconclusive", 3)])
def test_a_lost_cloud_is_begun_with_anew(times, fate, opened):
    """Else every further breakage of the same prover would be an error."""
    prover = Losing(times)
    outcome = prover.try_(breakage())
    assert (outcome.fate, prover.opened) == (fate, opened)
    assert ("nobody answers" in outcome.observed) == (fate == "inconclusive")


def test_a_run_that_was_stopped_for_another_reason_is_an_error():
    prover = Losing(0)
    prover._in_turn = stopped
    with pytest.raises(Stopped):
        prover.try_(breakage())


def stopped(_: Breakage) -> Outcome:
    raise Stopped("a case")
