"""From what the user names to a client; whatever is wrong with it is said in one sentence."""

import json
import socket
import ssl
from dataclasses import replace

import pytest
import trustme
from fake_cloud import VERSION, VERSIONS, fake_cloud
from fake_identity import Identity
from fault_proxy import fault_proxy
from urllib3.exceptions import InsecureRequestWarning

from conformance.engine.api.load import load_service
from conformance.engine.cloud import target as module
from conformance.engine.cloud.errors import EndpointError
from conformance.engine.cloud.redact import Redactor
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target
from conformance.engine.cloud.transport import Transport

TOKEN = "member-token-0123456789"


def connect(target, **more):
    """Connect to the compute API."""
    return module.connect(target, profile=load_service("compute").profile, **more)


@pytest.fixture
def fake():
    with fake_cloud() as cloud:
        yield cloud


@pytest.fixture(autouse=True)
def nobody_at_home(tmp_path, monkeypatch):
    """No clouds.yaml and no OS_* variables of whoever runs the tests."""
    for name in ("OS_CLOUD", "OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD", "OS_TOKEN", "OS_CLIENT_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    # openstacksdk keeps looking in the directory in which it was imported first, which may be that of another test.
    for files in ("CONFIG_FILES", "SECURE_FILES", "VENDOR_FILES"):
        monkeypatch.setattr(f"openstack.config.loader.{files}", [])


def trouble(target, **more):
    with pytest.raises(EndpointError) as caught:
        connect(target, **more)
    said = str(caught.value)
    assert "\n" not in said
    assert TOKEN not in said
    return said


def url_target(url, **tokens):
    return Target(url=url, tokens={Role.MEMBER: TOKEN, **{Role(k): v for k, v in tokens.items()}})


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


@pytest.fixture
def identity(fake, tmp_path, monkeypatch):
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    made = Identity(fake, tmp_path)
    made.write()
    return made


def test_clouds_yaml(fake, identity):
    cloud = connect(Target(clouds={Role.MEMBER: "mine", Role.ADMIN: "boss"}))
    assert cloud.region == "R"
    assert cloud.name == f"mine at {fake.url}/v2.1"
    assert cloud.roles == {Role.MEMBER, Role.ADMIN}
    assert {one.token for one in fake.asked if one.path == "/v2.1/flavors"} == {
        "issued-token-0001",
        "issued-token-0002",
    }
    assert cloud.service("image").url == fake.url + "/image"
    assert cloud.service("baremetal") is None
    assert cloud.redactor.text("open-sesame-99") == "***"


def test_a_token_that_expires_early_is_replaced(fake, identity):
    cloud = connect(Target(clouds={Role.MEMBER: "mine"}))
    fake.routes["GET", "/v2.1/a"] = lambda asked: (200 if asked.token == "issued-token-0002" else 401, {})
    assert cloud.get("/a").status == 200
    assert identity.issued == 2


def test_a_wrong_password(fake, identity):
    identity.refused = True
    said = trouble(Target(clouds={Role.MEMBER: "mine"}))
    assert said.startswith(
        "cloud 'mine' (--os-cloud): the identity service gave no token: The request you have made requires "
    )


@pytest.mark.parametrize("password", ["open-sesame-99", "pw"])
def test_an_identity_service_that_repeats_the_password(fake, identity, password):
    identity.write(other={"auth": {**identity.auth, "password": password}, "region_name": "R"})
    identity.refused = f"no user u has the password '{password}', nor has pwned"
    said = trouble(Target(clouds={Role.MEMBER: "other"}))
    assert "no user u has the password '***', nor has pwned" in said


def test_an_address_in_the_catalogue_that_holds_a_password(fake, identity):
    identity.catalogue = [identity.service("compute", "http://user:hunter22@cloud.example/v2.1")]
    said = trouble(Target(clouds={Role.MEMBER: "mine"}))
    assert said.startswith("the address of the compute service of cloud 'mine' holds a user or a password: take it out")
    assert "hunter22" not in said


def test_tokens_that_are_not_used_yet_are_secret_already(fake):
    profile = load_service("of-no-description").profile
    cloud = module.connect(url_target(fake.url, visitor="visitor-token-987"), profile=profile)
    assert cloud.redactor.text("see visitor-token-987") == "see ***"


def test_a_catalogue_without_compute(fake, identity):
    identity.catalogue = []
    assert trouble(Target(clouds={Role.MEMBER: "mine"})).startswith(
        "the catalogue of cloud 'mine' has no compute service"
    )


def test_no_such_cloud(identity, tmp_path):
    said = trouble(Target(clouds={Role.MEMBER: "mine", Role.ALT: "other"}))
    assert said.startswith("there is no cloud 'other': known are boss, mine (")


def test_a_file_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "nix.yaml"))
    assert (
        trouble(Target(clouds={Role.MEMBER: "mine"}))
        == f"OS_CLIENT_CONFIG_FILE names {tmp_path}/nix.yaml, which is no file"
    )


def test_yaml_that_is_none(identity, tmp_path):
    file = tmp_path / "clouds.yaml"
    file.write_text("clouds: [\n")
    said = trouble(Target(clouds={Role.MEMBER: "mine"}))
    assert said == f"there is no cloud 'mine': known are none ({file} is no YAML)"


def test_settings_that_make_no_sense(identity):
    identity.write(odd={"auth_type": "nonsense", "auth": {}})
    assert trouble(Target(clouds={Role.MEMBER: "odd"})).startswith("the settings of cloud 'odd' cannot be used: ")


def test_variables_count_only_where_they_are_asked_for(fake, identity, monkeypatch):
    monkeypatch.setenv("OS_AUTH_URL", "http://nobody.invalid/v3")
    monkeypatch.setenv("OS_REGION_NAME", "nowhere")
    assert connect(Target(clouds={Role.MEMBER: "mine"})).url == fake.url + "/v2.1"
    for name, value in {
        "OS_AUTH_URL": f"{fake.url}/identity/v3",
        "OS_USERNAME": "u",
        "OS_PASSWORD": "open-sesame-99",
        "OS_PROJECT_NAME": "p",
        "OS_USER_DOMAIN_NAME": "d",
        "OS_PROJECT_DOMAIN_NAME": "d",
        "OS_REGION_NAME": "R",
    }.items():
        monkeypatch.setenv(name, value)
    assert connect(Target(clouds={Role.MEMBER: "envvars"})).name == f"envvars at {fake.url}/v2.1"


def secure(fake, tmp_path):
    """Let the cloud answer at https, with a certificate of an authority of its own; give the authority's file."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    fake.server.socket = context.wrap_socket(fake.server.socket, server_side=True)
    fake.url = fake.url.replace("http:", "https:")
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


def test_a_certificate_that_is_not_trusted_is_told_as_such(fake, tmp_path, monkeypatch):
    file = secure(fake, tmp_path)
    said = trouble(url_target(fake.url))
    host = fake.url.removeprefix("https://")
    assert said.startswith(f"{fake.url} does not answer: the certificate of {host} is not trusted (unable to get")
    assert said.endswith("name the file of its authority in REQUESTS_CA_BUNDLE, or as cacert in clouds.yaml")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    connect(url_target(fake.url)).close()


def with_identity(tmp_path, url):
    """A cloud of clouds.yaml, whose identity service is at a URL."""
    auth = {"auth_url": f"{url}/identity/v3", "token": TOKEN, "project_id": "p"}
    (tmp_path / "clouds.yaml").write_text(json.dumps({"clouds": {"mine": {"auth_type": "v3token", "auth": auth}}}))
    return Target(clouds={Role.MEMBER: "mine"})


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))


@pytest.mark.usefixtures("at_home")
def test_a_certificate_of_the_identity_service_is_told_as_such(fake, tmp_path):
    secure(fake, tmp_path)
    said = trouble(with_identity(tmp_path, fake.url))
    assert "cloud 'mine' (--os-cloud): the identity service gave no token: the certificate of 127.0.0.1:" in said
    assert "is not trusted" in said


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("endless", "more than 8 MiB"),
        ("bomb", "more than 8 MiB"),
        ("header-endless", "too many or too long"),
        ("deep", ""),
    ],
)
def test_what_an_identity_service_sends_is_bounded(tmp_path, fault, sentence):
    with fault_proxy("127.0.0.1:9", fault) as proxy:
        said = trouble(with_identity(tmp_path, proxy.url))
    assert said.startswith("cloud 'mine' (--os-cloud): the identity service gave no token: ")
    assert sentence in said
    assert said.isprintable()


@pytest.mark.usefixtures("at_home")
def test_what_proves_who_one_is_follows_no_redirect_to_another_host(tmp_path):
    with fault_proxy("127.0.0.1:9", "redirect-elsewhere") as proxy:
        said = trouble(with_identity(tmp_path, proxy.url))
    assert "redirects to another host ('localhost'), which gets no credentials" in said
    assert proxy.strayed == []


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
