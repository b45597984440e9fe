"""An address of the user becomes a client, and any trouble with it is said in one sentence."""

import socket
from dataclasses import replace

import pytest
from fake_cloud import VERSION, VERSIONS
from targets import TOKEN, connect, secure, trouble, url_target
from urllib3.exceptions import InsecureRequestWarning

from conformance.engine.api.load import load_service
from conformance.engine.cloud import target as module
from conformance.engine.cloud.redact import Redactor
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target
from conformance.engine.cloud.transport import Transport

pytestmark = pytest.mark.usefixtures("nobody_at_home")


@pytest.mark.parametrize("path", ["/v2.1", "/v2.1/", "", "/", "/v2", "/v2/", "/v2.1/6f70656e737461636b20342065766572"])
def test_every_way_to_name_the_root(fake, path):
    cloud = connect(url_target(fake.url + path))
    assert cloud.url == fake.url + "/v2.1"
    assert str(cloud.microversions) == "2.1 - 2.104"
    assert cloud.roles == {Role.MEMBER}


def test_a_url_has_no_region(fake):
    assert connect(url_target(fake.url)).region is None


def test_a_root_below_a_path(fake):
    fake.routes["GET", "/compute/"] = (300, VERSIONS)
    cloud = connect(url_target(fake.url + "/compute"))
    # Not where the link says: that host is not to be reached.
    assert cloud.url == fake.url + "/compute/v2.1"


def test_an_old_cloud_keeps_the_project_in_its_root(fake):
    fake.routes["GET", "/v2.1/"] = (200, {"version": {**VERSION["version"], "version": "2.17"}})
    root = "/v2.1/6f70656e737461636b20342065766572"
    fake.routes["GET", f"{root}/flavors"] = (200, {})
    assert connect(url_target(fake.url + root)).get("/flavors").status == 200
    assert fake.paths()[-1] == f"{root}/flavors"


def test_sandbox():
    target = Target.sandbox(
        "http://h/v2.1", {"admin": "a", "member": "m", "reader": "r", "member2": "m2", "norole": "n"}
    )
    assert target.tokens == {Role.ADMIN: "a", Role.MEMBER: "m", Role.READER: "r", Role.ALT: "m2", Role.VISITOR: "n"}
    assert "m2" not in repr(target)


def test_the_owners_of_the_tokens_of_a_sandbox_are_known_where_it_tells_them(fake):
    tokens = {"member": "m", "alt": "o", "admin": "a"}
    owners = {"member": ("u1", "p1"), "alt": ("u2", None)}
    cloud = connect(Target.sandbox(fake.url, tokens, owners=owners))
    assert [cloud.user_of(role) for role in (Role.MEMBER, Role.ALT, Role.ADMIN)] == ["u1", "u2", None]
    assert [cloud.project_of(role) for role in (Role.MEMBER, Role.ALT, Role.ADMIN)] == ["p1", None, None]


def test_a_token_that_a_request_will_hold_is_kept_out_of_the_record(fake):
    cloud = connect(Target.sandbox(fake.url, {"member": "m", "alt": "never-sent"}))
    cloud.redactor = Redactor()  # as if the token had not been sent yet
    assert cloud.redactor.value({"id": "never-sent"}) == {"id": "never-sent"}
    assert cloud.token_of(Role.ALT) == "never-sent"
    assert cloud.redactor.value({"id": "never-sent"}) != {"id": "never-sent"}


def test_nobody_answers():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert trouble(url_target(url)) == f"{url} does not answer: no connection to {url[7:]}: Connection refused"


def test_no_such_host():
    said = trouble(url_target("http://nobody.invalid/v2.1"))
    assert said.startswith("http://nobody.invalid/v2.1 does not answer: no connection to nobody.invalid: ")


def test_it_hangs(fake):
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        assert trouble(url_target(url), timeout=0.2) == f"{url} does not answer: {url[7:]} did not answer within 0.2 s"


def test_a_token_that_is_refused(fake):
    fake.routes["GET", "/v2.1/flavors"] = lambda asked: (200 if asked.token == TOKEN else 401, {})
    said = trouble(url_target(fake.url, admin="another-token-9876543210"))
    assert said == f"{fake.url}/v2.1 refused the token of --admin-token: 401; is it of this cloud, and not expired?"


def test_tokens_that_another_process_of_the_run_has_tried_are_not_tried_again(fake):
    asked = []
    fake.routes["GET", "/v2.1/flavors"] = lambda one: (200, asked.append(one.token) or {})
    for tried in (False, True):
        connect(replace(url_target(fake.url), tried=tried)).close()
    assert asked == [TOKEN]


def test_a_token_that_is_refused_at_the_root(fake):
    fake.routes["GET", "/v2.1/"] = (401, {})
    assert "refused the token: 401" in trouble(url_target(fake.url + "/v2.1"))


def test_a_web_page(fake):
    fake.routes["GET", "/"] = (200, b"<html>hello</html>", {"Content-Type": "text/html; charset=utf-8"})
    assert (
        trouble(url_target(fake.url)) == f"{fake.url} is not a compute endpoint: GET gave 200 and no JSON (text/html)"
    )


def test_json_of_something_else(fake):
    fake.routes["GET", "/"] = (200, {"hello": "world"})
    assert "is not a compute endpoint: GET gave 200 and no version document; give the service's root" in trouble(
        url_target(fake.url)
    )


def test_another_service(fake):
    media = [{"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3"}]
    fake.routes["GET", "/"] = (300, {"versions": [{**VERSION["version"], "id": "v3.0", "media-types": media}]})
    assert "its version document is that of another service" in trouble(url_target(fake.url))


def test_a_service_without_microversions(fake):
    fake.routes["GET", "/"] = (300, {"versions": [{"id": "v2.9", "status": "CURRENT", "links": []}]})
    assert "its version document names no microversions" in trouble(url_target(fake.url))


@pytest.mark.parametrize("status", [500, 503])
def test_it_is_out_of_order(fake, status):
    fake.routes["GET", "/v2.1/flavors"] = (status, {})
    assert trouble(url_target(fake.url)) == f"{fake.url}/v2.1 does not work: GET /flavors as member gave {status}"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (Target(), "no endpoint was named: give --os-cloud NAME, or --url URL with --token TOKEN, or --sandbox"),
        (Target(url="host:8774"), "'host:8774' is not a URL: it should begin with http:// or https://"),
        (Target(url="http://h"), "http://h needs a token: give --token (a member of a project)"),
        (Target(url="http://h", clouds={Role.MEMBER: "x"}), "a URL and a cloud of clouds.yaml were both given"),
        (Target(clouds={Role.ADMIN: "x"}), "no endpoint was named"),
        (Target(clouds={Role.MEMBER: "x"}), "there is no cloud 'x': known are none (no clouds.yaml was found)"),
        (
            Target(clouds={Role.MEMBER: "envvars"}),
            "--os-cloud envvars: no OS_* variables are set (OS_AUTH_URL, OS_USERNAME, ...)",
        ),
    ],
)
def test_bad_input(target, said):
    assert trouble(target).startswith(said)


def test_tokens_that_are_not_used_yet_are_secret_already(fake):
    profile = load_service("of-no-description").profile
    cloud = module.connect(url_target(fake.url, visitor="visitor-token-987"), profile=profile)
    assert cloud.redactor.text("see visitor-token-987") == "see ***"


def test_a_certificate_that_is_not_trusted_is_told_as_such(fake, tmp_path, monkeypatch):
    file = secure(fake, tmp_path)
    said = trouble(url_target(fake.url))
    host = fake.url.removeprefix("https://")
    assert said.startswith(f"{fake.url} does not answer: the certificate of {host} is not trusted (unable to get")
    assert said.endswith("name the file of its authority in REQUESTS_CA_BUNDLE, or as cacert in clouds.yaml")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    connect(url_target(fake.url)).close()


def test_who_wants_no_certificate_checked_is_not_warned_of_it(fake, tmp_path, recwarn):
    secure(fake, tmp_path)
    transport = Transport(verify=False)
    assert transport.exchange("GET", f"{fake.url}/", {}, None, timeout=5).status == 300
    transport.close()
    assert [str(one.message) for one in recwarn if issubclass(one.category, InsecureRequestWarning)] == []


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            (429, {}, {"Retry-After": "86400"}),
            "how often it may be asked: GET /flavors gave 429, and asks to wait 86400 s",
        ),
        (
            (503, {}, {"Retry-After": "86400"}),
            "how often it may be asked: GET /flavors gave 503, and asks to wait 86400 s",
        ),
        (
            (200, b"<html/>", {"Content-Type": "text/html"}),
            "another program answers in place of the cloud: GET /flavors gave 200",
        ),
        ((302, None, {"Location": "/sign-in"}), "another program answers in place of the cloud: GET /flavors gave 302"),
    ],
    ids=["429", "503", "page", "redirect"],
)
def test_what_answers_in_the_place_of_the_cloud(fake, answer, sentence):
    fake.routes["GET", "/v2.1/flavors"] = answer
    said = trouble(url_target(fake.url))
    assert said.startswith(f"{fake.url}/v2.1 cannot be tested now: ")
    assert sentence in said


def test_an_overloaded_root(fake):
    fake.routes["GET", "/v2.1/"] = (503, {}, {"Retry-After": "1"})
    assert "cannot be tested now: it is overloaded, and GET gave 503" in trouble(url_target(fake.url + "/v2.1"))
