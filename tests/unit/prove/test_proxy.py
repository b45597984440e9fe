"""The proxy in front of a cloud that is a few lines long."""

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
import requests

from conformance.engine.cloud.kinds import Kind
from conformance.engine.cloud.made import Made
from conformance.engine.cloud.roles import Role
from conformance.prove.after import Altered, AlteredLater, Code, Effect, ErrorShape, Field, Gone, Header, Pretend
from conformance.prove.breakage import Breakage
from conformance.prove.instead import Answer, DoneAndRefused, Elsewhere, ForwardAs, StillListed
from conformance.prove.proxy import Proxy
from conformance.prove.stock import Lending
from conformance.prove.where import NO_RESOURCE, Holds, Where
from specs.microversion import Microversion, VersionRange

ID = "11111111-2222-3333-4444-555555555555"
OTHER = "99999999-2222-3333-4444-555555555555"
TOKENS = {"member": "m", "admin": "a", "reader": "r", "member2": "o"}
ACTION = f"/servers/{ID}/action"
SHELVED = "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a77"


class Nova(BaseHTTPRequestHandler):
    """One server; ``spin`` is accepted from its members and administrators, and turns it round."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_DELETE(self):
        self.server.deleted.append((self.path, self.headers.get("X-Auth-Token")))
        return self.answer(204)

    def do_GET(self):
        if "/os-migrations" in self.path:
            return self.answer(200, {"migrations": [{"id": 1, "status": "done"}]})
        if "/bare/" in self.path:
            return self.answer(200, {"id": ID, "status": "queued", "tags": []})
        if self.path.endswith(f"/images/{SHELVED}"):
            return self.answer(200, {"image": {"status": "ACTIVE", "server": {"id": ID}}})
        if "/images/" in self.path:
            return self.answer(200, {"image": {"status": "ACTIVE"}})
        if self.path.partition("?")[0].endswith("/servers"):
            return self.answer(200, {"servers": [{"id": id_} for id_ in self.server.listed]})
        if self.path.partition("?")[0].endswith("/servers/detail"):
            return self.answer(200, {"servers": [self.server.widget]})
        if self.path.partition("?")[0].endswith(ID):
            return self.answer(200, {"server": self.server.widget})
        if self.path.partition("?")[0].endswith(OTHER) and self.server.second:
            return self.answer(200, {"server": {"id": OTHER}})
        return self.answer(404, {"itemNotFound": {"code": 404, "message": "none"}})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        token = self.headers.get("X-Auth-Token")
        self.server.seen.append((token, self.headers.get("X-OpenStack-Nova-API-Version"), body))
        if "lock" in body:
            self.server.widget["locked"] = True
            return self.answer(202)
        if token not in ("m", "a", "r", "o"):
            return self.answer(401, {"unauthorized": {"code": 401, "message": "who?"}})
        if token not in ("m", "a"):
            return self.answer(403, {"forbidden": {"code": 403, "message": "no"}})
        if "image" in body:
            return self.answer(202, {"image_id": OTHER})
        if "shelve" in body:
            return self.answer(202)
        return self.answer(202, {"server": {"id": ID, "tags": []}}, {"Location": f"http://{self.headers['Host']}/x"})

    def answer(self, status, body=None, headers=()):
        content = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), "X-Count": "1", **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def nova():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Nova)
    server.daemon_threads = True
    server.block_on_close = False
    server.seen, server.deleted, server.second, server.listed = [], [], False, [ID, OTHER]
    server.widget = {"id": ID, "status": "ACTIVE", "locked": False, "OS-EXT-STS:task_state": "turning"}
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def proxy(nova):
    with Proxy(f"http://127.0.0.1:{nova.server_address[1]}/v2.1", TOKENS) as proxy:
        yield proxy


@pytest.fixture
def ask(proxy):
    with requests.Session() as session:

        def ask(action="spin", value=None, token="m", version="2.10", id_=ID):
            headers = {"X-OpenStack-Nova-API-Version": version, "OpenStack-API-Version": f"compute {version}"}
            if token:
                headers["X-Auth-Token"] = token
            return session.post(f"{proxy.url}/servers/{id_}/action", json={action: value}, headers=headers, timeout=5)

        ask.get = lambda path: session.get(proxy.url + path, headers={"X-Auth-Token": "m"}, timeout=5)
        yield ask


def broken(instead=None, after=None, **where):
    there = Where("POST", "/servers/{server_id}/action", "spin", **where)
    return Breakage("r#m", "r", "k", "o", "m", there, (), instead, after)


def test_left_alone_it_adds_nothing(proxy, ask):
    reply = ask()
    assert reply.status_code == 202
    assert reply.json()["server"]["id"] == ID
    assert reply.headers["Location"].startswith(proxy.url.removesuffix("/v2.1"))
    assert ask.get(f"/servers/{ID}").json()["server"]["status"] == "ACTIVE"
    assert proxy.touched == 0


def test_a_token_that_the_cloud_has_come_to_refuse_is_replaced_for_all_that_follows(nova):
    asked = []

    def renewed(role, refused):
        asked.append((role, refused))
        return "m"

    old = {**TOKENS, "member": "ended"}
    with Proxy(f"http://127.0.0.1:{nova.server_address[1]}/v2.1", old, renewed) as proxy:
        for token, status in (("ended", 202), ("ended", 202), ("made up", 401)):
            assert spin(proxy, token) == status
        proxy.break_(broken(instead=ForwardAs("member"), roles=frozenset({"reader"})))
        assert spin(proxy, "r") == 202
    assert asked == [("member", "ended")]


def test_a_refusal_of_a_new_token_is_the_answer(nova):
    with Proxy(f"http://127.0.0.1:{nova.server_address[1]}/v2.1", {"member": "x"}, lambda *_: "y") as proxy:
        assert spin(proxy, "x") == 401
    assert [token for token, _, _ in nova.seen] == ["x", "y"]


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


def spin(proxy, token):
    headers = {"X-Auth-Token": token}
    return requests.post(proxy.url + ACTION, json={"spin": None}, headers=headers, timeout=5).status_code


def test_a_connection_is_kept(proxy, ask):
    assert ask().raw.version == 11
    assert all(ask().status_code == 202 for _ in range(5))


def test_only_what_is_meant_is_broken(proxy, ask):
    proxy.break_(broken(Answer(409)))
    assert ask().status_code == 409
    said = {"code": 409, "message": "refused on purpose", "title": "conflictingRequest"}
    assert ask().json() == {"conflictingRequest": said}
    assert ask("turn").status_code == 202
    assert proxy.touched == 2
    proxy.break_(None)
    assert ask().status_code == 202


@pytest.mark.parametrize(
    ("where", "said", "hit"),
    [
        ({"roles": frozenset({"member"})}, {}, True),
        ({"roles": frozenset({"admin"})}, {}, False),
        ({"roles": frozenset({"no-token"})}, {"token": None}, True),
        ({"roles": frozenset({"bad-token"})}, {"token": "what"}, True),
        ({"roles": frozenset({"alt"})}, {"token": "o"}, True),
        ({"states": frozenset({"ACTIVE"})}, {}, True),
        ({"states": frozenset({"SHUTOFF"})}, {}, False),
        ({"states": frozenset({NO_RESOURCE})}, {"id_": OTHER}, True),
        ({"locked": True}, {}, False),
        ({"locked": False}, {}, True),
        ({"versions": VersionRange(Microversion(2, 10), Microversion(2, 10))}, {}, True),
        ({"versions": VersionRange(Microversion(2, 11), None)}, {}, False),
        ({"body": Holds(("spin", "x"), "", lambda v: v == 1)}, {"value": {"x": 1}}, True),
        ({"body": Holds(("spin", "x"), "", lambda v: v == 1)}, {"value": {"x": 2}}, False),
        ({"body": Holds(("spin", "x"), "", lambda v: not v)}, {"value": {}}, True),
    ],
)
def test_where_it_is_broken(proxy, ask, where, said, hit):
    proxy.break_(broken(Answer(418), **where))
    assert (ask(**said).status_code == 418) is hit
    assert proxy.touched == hit


def test_an_answer_is_changed_only_if_it_is_of_the_kind_that_is_meant(proxy, ask):
    proxy.break_(broken(after=Code(200), answered="accepted"))
    assert ask().status_code == 200
    assert ask(token="r").status_code == 403
    proxy.break_(broken(after=Code(404), answered="refused"))
    assert ask().status_code == 202
    assert ask(token="r").json()["forbidden"]["code"] == 404


@pytest.mark.parametrize(
    ("edit", "value", "expected"),
    [
        ("drop", None, {"id": ID}),
        ("rename", None, {"id": ID, "tags_": []}),
        ("null", None, {"id": ID, "tags": None}),
        ("retype", None, {"id": ID, "tags": "text"}),
        ("set", 5, {"id": ID, "tags": 5}),
    ],
)
def test_fields(proxy, ask, edit, value, expected):
    proxy.break_(broken(after=Field(("server", "tags"), edit, value)))
    assert ask().json()["server"] == expected


def test_a_field_that_is_not_there_is_not_touched(proxy, ask):
    proxy.break_(broken(after=Field(("server", "nothing"), "drop")))
    ask()
    assert proxy.touched == 0


def test_headers(proxy, ask):
    proxy.break_(broken(after=Header("x-count")))
    assert "X-Count" not in ask().headers
    proxy.break_(broken(after=Header("X-Count", "2")))
    assert ask().headers["x-count"] == "2"


@pytest.mark.parametrize("kind", ["html", "empty", "list", "text", "no-message", "other-code"])
def test_bodies_of_errors(proxy, ask, kind):
    before = ask(token="r").text
    proxy.break_(broken(after=ErrorShape(kind)))
    after = ask(token="r")
    assert (after.status_code, after.text != before) == (403, True)


def test_forwarded_as_another_and_at_another_version(proxy, ask, nova):
    proxy.break_(broken(ForwardAs("admin", Microversion(2, 44))))
    reply = ask(token="r")
    assert reply.status_code == 202
    assert nova.seen[-1][:2] == ("a", "2.44")


def test_what_another_version_refuses_as_well_breaks_nothing(proxy, ask, nova):
    proxy.break_(broken(ForwardAs(version=Microversion(2, 44))))
    assert ask(token="r").status_code == 403
    assert proxy.touched == 0
    assert "refuses the request at 2.44, too" in proxy.impossible


def test_what_a_borrower_makes_bears_the_borrowers_name():
    """By its name a run knows what is its own in a list that others add to."""
    cloud = SimpleNamespace(journal=SimpleNamespace(rand_name="lender-{}".format))
    session = SimpleNamespace(cloud=cloud, context=SimpleNamespace(discovery=None), watch=None)
    names = Lending(None, None, "ACTIVE", None, session, "borrower-{}".format)
    assert names.rand_name("case") == "borrower-case"


@pytest.mark.parametrize("way", ["delete", "drop"])
def test_what_was_lent_is_given_back_and_all_else_is_deleted(way):
    """Servers in a status are most of what a breakage costs: one that is given up is lent again."""
    given, deleted = [], []
    made = Made("server", "s-1", "n", "/servers/s-1", Role.MEMBER, {"status": "ACTIVE"}, None)
    other = replace(made, id="s-2", path="/servers/s-2")
    stock = SimpleNamespace(take=lambda status: made, give=lambda one, changed: given.append((one.id, changed)))
    plain = SimpleNamespace(
        delete=lambda one, wait: deleted.append(one.id), drop=lambda id_, role, kind, view: deleted.append(id_)
    )
    session = SimpleNamespace(
        cloud=SimpleNamespace(journal=SimpleNamespace()),
        context=SimpleNamespace(discovery=None),
        watch=SimpleNamespace(kind=Kind("server", "/servers")),
    )
    lending = Lending(stock, SimpleNamespace(changed={"s-9"}), "ACTIVE", plain, session, str)
    lending.make("server", microversion="2.1")
    for one in (made, other):
        lending.delete(one) if way == "delete" else lending.drop(one.id, one.role)
    assert (given, deleted) == ([("s-1", {"s-9"})], ["s-2"])


def test_done_and_refused(proxy, ask, nova):
    proxy.break_(broken(DoneAndRefused("member", 404)))
    assert ask(token="o").status_code == 404
    assert nova.seen[-1][0] == "m"


def test_what_is_refused_to_the_owner_is_done_as_administrator(proxy, ask, nova):
    proxy.break_(broken(DoneAndRefused("reader", 404)))
    assert ask().status_code == 404
    assert [token for token, _, _ in nova.seen] == ["r", "a"]
    assert proxy.touched == 1


def test_what_cannot_be_done_is_refused_by_the_cloud(proxy, ask, nova):
    proxy.upstream.tokens["admin"] = "nobody"
    proxy.break_(broken(DoneAndRefused("reader", 404)))
    assert ask(token="o").status_code == 403
    assert proxy.touched == 0
    assert "to every role" in proxy.impossible
    proxy.break_(None)
    assert proxy.impossible is None


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


def test_a_cloud_that_does_not_answer(nova):
    with Proxy("http://127.0.0.1:9/v2.1", TOKENS) as proxy:
        assert requests.get(proxy.url, timeout=5).status_code == 502
