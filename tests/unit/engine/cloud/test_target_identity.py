"""A cloud of clouds.yaml becomes a client, and any trouble with its identity service is said in one sentence."""

import json

import pytest
from fake_identity import Identity
from fault_proxy import fault_proxy
from targets import TOKEN, connect, secure, trouble

from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target

pytestmark = pytest.mark.usefixtures("nobody_at_home")


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


def with_identity(tmp_path, url):
    """A cloud of clouds.yaml, whose identity service is at a URL."""
    auth = {"auth_url": f"{url}/identity/v3", "token": TOKEN, "project_id": "p"}
    (tmp_path / "clouds.yaml").write_text(json.dumps({"clouds": {"mine": {"auth_type": "v3token", "auth": auth}}}))
    return Target(clouds={Role.MEMBER: "mine"})


@pytest.fixture
def at_home(nobody_at_home, tmp_path, monkeypatch):
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
