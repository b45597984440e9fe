"""The client against a small server that misbehaves on purpose."""

import email.utils
import json
import socket
import threading
import time
from types import SimpleNamespace

import pytest
from fake_cloud import own_server

from conformance.engine.api.load import load_service
from conformance.engine.cloud.client import Cloud
from conformance.engine.cloud.credentials import IdentityToken
from conformance.engine.cloud.errors import GuardRefusal, ResourceError, RoleMissing
from conformance.engine.cloud.exchange import ABSENT, Ask
from conformance.engine.cloud.roles import BAD_TOKEN, NO_TOKEN, Role
from conformance.engine.cloud.target import Target, connect
from conformance.engine.model.content import Content
from specs.microversion import Microversion, VersionRange

TOKEN = "member-token-0123456789"
CONTROL = "/v2.1/flavors"
"""Where the client looks whether a doubtful answer is the cloud's own."""


@pytest.fixture
def no_sleep(monkeypatch):
    slept = []
    monkeypatch.setattr("conformance.engine.cloud.delivery.time.sleep", slept.append)
    return slept


def test_what_goes_out(fake, cloud):
    fake.routes["GET", "/v2.1/servers"] = (200, {"servers": []}, {"X-Thing": "a"})
    answer = cloud.send(
        Ask("GET", "/servers", Role.ADMIN, "2.73", query=(("name", "a b"),), headers=(("Accept", "*/*"),))
    )
    (asked,) = fake.asked
    assert asked.query == {"name": "a b"}
    assert asked.token == "admin-token-0123456789"
    assert asked.headers["OpenStack-API-Version"] == "compute 2.73"
    assert asked.headers["X-OpenStack-Nova-API-Version"] == "2.73"
    assert asked.headers["Accept"] == "*/*"
    assert "Content-Type" not in asked.headers
    assert answer.status == 200
    assert answer.ok
    assert answer.json == {"servers": []}
    assert answer.headers["x-thing"] == "a"
    assert answer.error is None
    assert answer.exchange.request.url == f"{fake.url}/v2.1/servers?name=a+b"
    assert answer.exchange.request.headers["X-Auth-Token"] == "***"
    assert answer.exchange.response.body == {"servers": []}
    assert TOKEN not in repr(answer.exchange)


@pytest.mark.parametrize(
    ("microversion", "new", "old"),
    [
        (None, None, None),
        ("2.1", None, "2.1"),
        ("2.26", None, "2.26"),
        ("2.27", "compute 2.27", "2.27"),
        ("latest", "compute latest", "latest"),
        ("2.x", "compute 2.x", "2.x"),
    ],
)
def test_microversion_headers(fake, cloud, microversion, new, old):
    cloud.get("/servers", microversion=microversion)
    (asked,) = fake.asked
    assert asked.headers.get("OpenStack-API-Version") == new
    assert asked.headers.get("X-OpenStack-Nova-API-Version") == old


def test_another_service(fake, tmp_path):
    fake.routes["GET", "/placement/"] = (
        200,
        {
            "versions": [
                {
                    "id": "v1.0",
                    "max_version": "1.39",
                    "min_version": "1.0",
                    "status": "CURRENT",
                    "links": [{"rel": "self", "href": ""}],
                }
            ]
        },
    )
    fake.routes["GET", "/placement/resource_providers"] = (200, {"resource_providers": []})
    target = Target(url=fake.url + "/placement", tokens={Role.MEMBER: TOKEN})
    cloud = connect(target, profile=load_service("placement").profile)
    assert str(cloud.microversions) == "1.0 - 1.39"
    assert cloud.get("/resource_providers", microversion="1.39").ok
    assert fake.asked[-1].headers["OpenStack-API-Version"] == "placement 1.39"
    assert "X-OpenStack-Nova-API-Version" not in fake.asked[-1].headers


def test_bodies(fake, cloud):
    path = f"/servers/{own_server(cloud)}/action"
    cloud.send(Ask("POST", path, body={"pause": None}))
    cloud.send(Ask("POST", path, body=None))
    cloud.send(Ask("POST", path))
    cloud.send(Ask("POST", path, raw=b"<a/>", headers=(("Content-Type", "application/xml"),)))
    pause, null, none, xml = fake.asked
    assert pause.json == {"pause": None}
    assert pause.headers["Content-Type"] == "application/json"
    assert null.body == b"null"
    assert none.body == b""
    assert "Content-Type" not in none.headers
    assert (xml.body, xml.headers["Content-Type"]) == (b"<a/>", "application/xml")


def test_a_body_of_another_media_type(fake, cloud):
    path = f"/servers/{own_server(cloud)}/action"
    patch = [{"op": "add", "path": "/name", "value": "n"}]
    answer = cloud.send(Ask("POST", path, body=Content("application/x-patch", patch)))
    cloud.send(Ask("POST", path, body=Content("application/octet-stream", "data")))
    changed, data = fake.asked
    assert (changed.json, changed.headers["Content-Type"]) == (patch, "application/x-patch")
    assert answer.exchange.request.body == patch
    assert (data.body, data.headers["Content-Type"]) == (b"data", "application/octet-stream")


def test_the_guard_reads_a_body_of_another_media_type(cloud):
    path = f"/servers/{own_server(cloud)}/action"
    named = [{"volumeId": "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a99"}]
    with pytest.raises(GuardRefusal, match="volumeId"):
        cloud.send(Ask("POST", path, body=Content("application/x-patch", named)))


def test_answers_that_are_no_json(fake, cloud):
    fake.routes["GET", "/v2.1/a"] = (502, b"<html>bad gateway</html>", {"Content-Type": "text/html"})
    fake.routes["GET", "/v2.1/b"] = (204, None)
    answer = cloud.get("/a")
    assert answer.json is ABSENT
    assert answer.exchange.response.body == "<html>bad gateway</html>"
    answer = cloud.get("/b")
    assert (answer.json, answer.text, answer.exchange.response.body) == (ABSENT, "", None)


def test_redirects_are_answers(fake, cloud):
    fake.routes["GET", "/v2.1/a"] = (302, None, {"Location": f"{fake.url}/v2.1/b"})
    assert cloud.get("/a").status == 302
    assert fake.paths() == ["/v2.1/a", CONTROL]


def test_nobody(fake, cloud, monkeypatch, tmp_path):
    fake.routes["GET", "/v2.1/servers"] = lambda asked: (401, {}, {"Set-Cookie": "session=abc"})
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    cloud.get("/servers")
    cloud.send(Ask("GET", "/servers", NO_TOKEN))
    cloud.send(Ask("GET", "/servers", BAD_TOKEN))
    first, none, bad = [one for one in fake.asked if one.path != CONTROL]
    assert none.token is None
    assert bad.token not in {None, first.token}
    assert not {"Authorization", "Cookie"} & set(none.headers)


def test_a_role_that_is_missing(cloud):
    with pytest.raises(RoleMissing, match="needs the role reader"):
        cloud.get("/servers", role=Role.READER)


def test_the_guard_decides_first(fake, cloud):
    with pytest.raises(GuardRefusal):
        cloud.send(Ask("DELETE", "/servers/foreign"))
    assert fake.changes == []
    assert cloud.request_count == 3  # one look whether it is there at all


def test_without_a_token_the_cloud_is_asked_first_whether_it_refuses_that(fake, cloud):
    fake.routes["GET", "/v2.1/servers"] = (401, {})
    fake.routes["DELETE", "/v2.1/servers/foreign"] = (401, {})
    assert cloud.send(Ask("DELETE", "/servers/foreign", NO_TOKEN)).status == 401
    assert cloud.send(Ask("DELETE", "/servers/foreign", NO_TOKEN)).status == 401
    assert fake.paths() == ["/v2.1/servers"]
    fake.routes["GET", "/v2.1/servers"] = lambda asked: (200 if asked.token else 401, {})
    with pytest.raises(GuardRefusal, match="was not seen to refuse a token that is none"):
        cloud.send(Ask("DELETE", "/servers/foreign", BAD_TOKEN))


def test_a_broken_connection_is_tried_again_for_get_alone(fake, cloud, no_sleep):
    locks = iter([None, None, (200, {})])
    fake.routes["GET", "/v2.1/servers"] = lambda asked: next(locks)
    answer = cloud.get("/servers")
    assert answer.ok
    assert len(answer.earlier) == 2
    assert answer.earlier[0].response is None
    fake.routes["POST", "/v2.1/servers/own-1/action"] = lambda asked: None
    answer = cloud.send(Ask("POST", f"/servers/{own_server(cloud)}/action", body={}))
    assert answer.status == 0
    assert answer.exchange.response is None
    assert "broke the connection before it had answered" in answer.error
    assert len(fake.changes) == 1


def test_a_get_is_not_tried_for_ever(fake, cloud, no_sleep):
    fake.routes["GET", "/v2.1/servers"] = lambda asked: None
    answer = cloud.get("/servers")
    assert answer.error
    assert fake.paths() == ["/v2.1/servers"] * 4 + [CONTROL]
    assert cloud.request_count == 7


def test_no_answer_in_time(fake, cloud):
    done = threading.Event()
    fake.routes["GET", "/v2.1/servers"] = lambda asked: done.wait(5) or None
    answer = cloud.send(Ask("GET", "/servers", timeout=0.2))
    done.set()
    assert answer.error == f"{fake.url.removeprefix('http://')} did not answer within 0.2 s"
    assert fake.paths() == ["/v2.1/servers", CONTROL]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after(fake, cloud, no_sleep, status):
    later = email.utils.formatdate(time.time() + 5, usegmt=True)
    locks = iter([(status, {}, {"Retry-After": "2"}), (status, {}, {"Retry-After": later}), (202, None)])
    own = own_server(cloud)
    fake.routes["POST", f"/v2.1/servers/{own}/action"] = lambda asked: next(locks)
    answer = cloud.send(Ask("POST", f"/servers/{own}/action", body={"pause": None}))
    assert answer.status == 202
    assert [one.response.status for one in answer.earlier] == [status, status]
    assert no_sleep[0] == 2
    assert 3 < no_sleep[1] <= 5


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "3600"}, {"Retry-After": "soon"}])
def test_a_503_that_stands(fake, cloud, no_sleep, headers):
    fake.routes["GET", "/v2.1/a"] = (503, {}, headers)
    answer = cloud.get("/a")
    assert (answer.status, answer.earlier, no_sleep) == (503, (), [])


def test_retry_after_is_bounded_and_can_be_what_is_tested(fake, cloud, no_sleep):
    fake.routes["GET", "/v2.1/a"] = (429, {}, {"Retry-After": "1"})
    answer = cloud.get("/a")
    assert (answer.status, len(answer.earlier)) == (429, 3)
    assert cloud.send(Ask("GET", "/a", patient=False)).earlier == ()


def test_unknown_id(fake, cloud):
    unknown = cloud.unknown_id("/servers/{server_id}/action")
    assert fake.paths() == [f"/v2.1/servers/{unknown}"]
    assert cloud.send(Ask("POST", f"/servers/{unknown}/action", body={"pause": None})).status == 404
    fake.default = (200, {})
    with pytest.raises(ResourceError, match="should be 404, but the answer was 200"):
        cloud.unknown_id("/servers/{id}")


def test_many_threads(fake, cloud):
    fake.routes["GET", "/v2.1/a"] = (200, {"a": 1})
    before = cloud.request_count
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.extend(cloud.get("/a").status for _ in range(20))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 160
    assert cloud.request_count - before == 160


class Keystone:
    """What keystoneauth1's session is to IdentityToken."""

    verify, cert = True, None

    def __init__(self):
        self.issued = 0
        self.current = None
        self.working = True

    def get_token(self, auth=None):
        if self.current is None:
            self.issued += 1
            self.current = f"token-number-{self.issued}"
        return self.current

    @property
    def auth(self):
        return self

    def get_auth_ref(self, session):
        assert session is self
        self.issued += 1
        return SimpleNamespace(auth_token=f"token-number-{self.issued}")

    def invalidate(self, auth=None):
        self.current = None
        return self.working


@pytest.fixture
def keystone_cloud(fake):
    keystone = Keystone()
    versions = VersionRange(Microversion(2, 1), Microversion(2, 104))
    return keystone, Cloud(fake.url + "/v2.1", {Role.MEMBER: IdentityToken(keystone)}, versions)


def test_an_expired_token_is_renewed_once(fake, keystone_cloud):
    keystone, cloud = keystone_cloud
    fake.routes["GET", "/v2.1/a"] = lambda asked: (200, {}) if asked.token == "token-number-2" else (401, {})
    answer = cloud.get("/a")
    assert answer.ok
    assert [one.response.status for one in answer.earlier] == [401]
    assert cloud.get("/a").earlier == ()
    fake.routes["GET", "/v2.1/b"] = (401, {})
    answer = cloud.get("/b")
    # It was issued a moment ago: another would be refused as well.
    assert (answer.status, answer.earlier, keystone.issued) == (401, (), 2)
    assert cloud.send(Ask("GET", "/b", BAD_TOKEN)).earlier == ()


def test_another_token_is_issued_beside_that_of_the_requests(keystone_cloud):
    _, cloud = keystone_cloud
    assert cloud.token_of(Role.MEMBER) == "token-number-1"
    assert cloud.another_token(Role.MEMBER) == "token-number-2"
    assert cloud.token_of(Role.MEMBER) == "token-number-1"
    assert "token-number-2" not in cloud.redactor.text("it was token-number-2")


def test_a_token_of_the_user_has_no_other(cloud):
    assert cloud.another_token(Role.MEMBER) is None


def test_a_token_of_the_user_is_not_renewed(fake, cloud):
    fake.routes["GET", "/v2.1/a"] = (401, {})
    assert cloud.get("/a").status == 401
    assert fake.paths() == ["/v2.1/a", CONTROL]


def test_no_secret_in_an_error(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://user:hunter2hunter2@127.0.0.1:{unused.getsockname()[1]}/v2.1"
        cloud = Cloud(url, {}, VersionRange())
        answer = cloud.send(Ask("GET", "/a", NO_TOKEN))
    assert "no connection to 127.0.0.1" in answer.error
    assert "hunter2" not in answer.error + repr(answer.exchange)


def test_raw_json_is_redacted_too(fake, cloud):
    own = own_server(cloud)
    body = {"changePassword": {"adminPass": "Ab12Cd34Ef56"}}
    fake.default = (400, {"badRequest": {"message": "Invalid input: Ab12Cd34Ef56 is too good"}})
    answer = cloud.send(Ask("POST", f"/servers/{own}/action", raw=json.dumps(body).encode()))
    assert "Ab12Cd34Ef56" in answer.text
    assert "Ab12Cd34Ef56" not in repr(answer.exchange)
    answer = cloud.send(Ask("POST", f"/servers/{own}/action", raw=json.dumps(body).encode()[:-1]))
    assert "Ab12Cd34Ef56" not in repr(answer.exchange)


def test_waiting_for_a_cloud_that_has_much_to_do_is_bounded_altogether(fake, cloud, no_sleep):
    fake.routes["GET", "/v2.1/a"] = (429, {}, {"Retry-After": "20"})
    assert cloud.get("/a").status == 429
    assert no_sleep == [20.0]
