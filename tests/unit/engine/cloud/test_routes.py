"""Where requests go: every form of a catalogue's address with every form of a reference's paths, and what is asked."""

import pytest
from fake_cloud import fake_cloud
from fake_identity import Identity

from conformance.engine.api.addresses import address, addressed, majors, names_project
from conformance.engine.cloud import target as module
from conformance.engine.cloud.errors import EndpointError, RoleMissing
from conformance.engine.cloud.profile import Profile
from conformance.engine.cloud.roles import BAD_TOKEN, NO_TOKEN, Role
from conformance.engine.cloud.scope import Scope, above
from conformance.engine.cloud.target import Described, Target
from conformance.engine.run.session import described
from specs.microversion import Microversion
from specs.model import Operation, Reference, Spec

TOKEN = "member-token-0123456789"
MINE, OTHERS = "6f70656e737461636b2034", "616c742070726f6a656374"
SERVICE = "boating"


def operations(*paths):
    return tuple(Operation(f"boats.{number}", "T", "GET", path, 1) for number, path in enumerate(paths))


def spec(*paths, service=SERVICE):
    return Spec(service, Reference("boating", "1.0", "boats.inc", "", {}), operations(*paths))


def entry(number, root="", **more):
    links = [{"rel": "self", "href": f"http://elsewhere.invalid{root}/v{number.partition('.')[0]}/"}]
    return {"id": f"v{number}", "status": "CURRENT", "links": links, **more}


@pytest.fixture
def fake():
    with fake_cloud() as cloud:
        for root in ("", "/boats-api"):
            cloud.routes["GET", f"{root}/"] = (300, {"versions": [entry("2.7", root), entry("3.14", root)]})
            cloud.routes["GET", f"{root}/v3/"] = (200, {"version": entry("3.14", root)})
        yield cloud


@pytest.fixture
def identity(fake, tmp_path, monkeypatch):
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    made = Identity(fake, tmp_path)
    made.projects = {"u": MINE, "boss": OTHERS}
    made.write()
    return made


CATALOGUES = {
    "of the service": "",
    "of a version": "/v3",
    "of a version, with a slash": "/v3/",
    "of the project": "/v3/{project}",
    "of an account": "/v3/AUTH_{project}",
    "below a prefix": "/boats-api",
    "of a version, below a prefix": "/boats-api/v3",
    "of the project, below a prefix": "/boats-api/v3/{project}",
}
REFERENCES = {
    "/v3/boats": "/v3/boats",
    "/v3.1/boats": "/v3/boats",
    "/boating/v3/boats": "/v3/boats",
    "/v3/{project_id}/boats": "/v3/{project}/boats",
    "/v3/{tenant_id}/boats": "/v3/{project}/boats",
    "/v3/{account}/boats": "/v3/{project}/boats",
    "/v3/{admin_project_id}/boats": "/v3/{project}/boats",
    "/boats": None,
}


@pytest.mark.parametrize("documented", REFERENCES)
@pytest.mark.parametrize("form", CATALOGUES)
def test_each_catalogue_with_each_reference(fake, identity, form, documented):
    (operation,) = addressed([spec(documented)]).specs[0].operations
    assert operation.path == "/boats"
    root = CATALOGUES[form].rstrip("/")
    given = Described() if documented == "/boats" else described([spec(documented)])
    identity.catalogue = [identity.service(SERVICE, fake.url + CATALOGUES[form])]
    clouds = {Role.MEMBER: "mine", Role.ALT: "boss"}
    cloud = module.connect(Target(clouds=clouds), profile=Profile(SERVICE), described=given)
    prefix = "/boats-api" if root.startswith("/boats-api") else ""
    for role, project in ((Role.MEMBER, MINE), (Role.ALT, OTHERS), (NO_TOKEN, MINE), (BAD_TOKEN, MINE)):
        cloud.get("/boats", role=role)
        scoped = "{project}" in (REFERENCES[documented] or root)
        named = f"AUTH_{project}" if "AUTH_" in root else project
        assert fake.asked[-1].path == (f"{prefix}/v3/{named}/boats" if scoped else f"{prefix}/v3/boats")


@pytest.mark.parametrize(
    ("path", "major", "project", "below"),
    [
        ("/v2.0/networks/{id}", 2, False, "/networks/{id}"),
        ("/v2/images", 2, False, "/images"),
        ("/v3", 3, False, "/"),
        ("/v1/{account}", 1, True, "/"),
        ("/v1/{account}/{container}", 1, True, "/{container}"),
        ("/v3/projects/{project_id}", 3, False, "/projects/{project_id}"),
        ("/v2.0/{resource_type}/{id}", 2, False, "/{resource_type}/{id}"),
        ("/servers", None, False, "/servers"),
        ("/other/v3/things", None, False, "/other/v3/things"),
        ("/versions", None, False, "/versions"),
        ("/vips/{id}", None, False, "/vips/{id}"),
    ],
)
def test_a_path_taken_apart(path, major, project, below):
    found = address(path, SERVICE)
    assert (found.major, found.project, found.below) == (major, project, below)


def test_what_a_project_is_called():
    assert all(
        map(names_project, ("project_id", "tenant_id", "account", "admin_project_id", "project-id", "projectId"))
    )
    assert not any(map(names_project, ("project_tag", "accounting", "id", "user_id", "tenants")))


def test_a_reference_of_several_versions_keeps_the_newest_or_the_one_that_is_named():
    known = [spec("/", "/v2/{tenant_id}/boats", "/v3/boats", "/v3/{project_id}/oars", "/v3/{project_id}/oars/{id}")]
    assert majors(known) == (2, 3)
    newest = addressed(known)
    assert [o.path for o in newest.specs[0].operations] == ["/boats", "/oars", "/oars/{id}"]
    assert newest.below_project == {"oars"}
    assert [(o.path, major) for _, o, major in newest.elsewhere] == [("/", None), ("/v2/{tenant_id}/boats", 2)]
    older = addressed(known, major=2)
    assert [o.path for o in older.specs[0].operations] == ["/boats"]
    assert older.below_project == {"boats"}


def test_a_version_document_alone_makes_no_reference_of_versions():
    assert majors([spec("/v2.1", "/v2.1/", "/boats")]) == ()


def test_only_what_stands_below_the_project_gets_it():
    scope = Scope({Role.MEMBER: MINE}, frozenset({"oars"}))
    assert scope.part(Role.MEMBER, "/oars/7") == f"/{MINE}"
    assert scope.part(Role.MEMBER, "/boats/oars") == ""
    with pytest.raises(RoleMissing, match="that of the role alt is not known"):
        scope.part(Role.ALT, "/oars")


@pytest.mark.parametrize(
    ("url", "path", "address"),
    [
        ("http://h/v2.1", "/../", "http://h/"),
        ("http://h/compute/v3", "/../v3/", "http://h/compute/v3/"),
        ("http://h/compute", "/../versions", "http://h/compute/versions"),
        ("http://h/v2/boats", "/../", "http://h/v2/boats/"),
    ],
)
def test_the_place_above_the_version(url, path, address):
    assert above(url, path) == address


def connected(fake, path, given, **tokens):
    target = Target(url=fake.url + path, tokens={Role.MEMBER: TOKEN, **tokens})
    return module.connect(target, profile=Profile(SERVICE), described=given)


BOTH = Described((2, 3), {2: frozenset(), 3: frozenset()})


@pytest.mark.parametrize(("path", "root"), [("", "/v3"), ("/v3", "/v3"), ("/v2", "/v2"), ("/v9", "/v3")])
def test_a_url_that_names_a_version_of_the_reference_means_it(fake, path, root):
    assert connected(fake, path, BOTH).url == fake.url + root


def test_a_version_that_is_no_longer_offered_is_told_in_one_line(fake):
    with pytest.raises(EndpointError) as caught:
        connected(fake, "", Described((1,)))
    assert str(caught.value) == (
        f"{fake.url} offers version 2 and 3 of the boating service, and the reference describes version 1 alone: "
        f"none of its operations exists on this cloud; use the reference of its release"
    )


def test_the_projects_of_a_sandbox_are_known_by_the_owners_of_its_tokens(fake):
    given = Described((3,), {3: frozenset({"boats"})})
    tokens = {"member": TOKEN, "alt": "another-token-9876543210"}
    target = Target.sandbox(f"{fake.url}/v3", tokens, owners={"member": ("u1", MINE), "alt": ("u2", "theirs")})
    cloud = module.connect(target, profile=Profile(SERVICE), described=given)
    for role, project in ((Role.MEMBER, MINE), (Role.ALT, "theirs")):
        cloud.get("/boats", role=role)
        assert fake.asked[-1].path == f"/v3/{project}/boats"


def test_a_url_must_name_the_project_that_the_reference_has_in_its_paths(fake):
    given = Described((3,), {3: frozenset({"boats"})})
    with pytest.raises(EndpointError, match=r"does not name the project.*: give --url http.*/v3/PROJECT_ID"):
        connected(fake, "/v3", given)
    cloud = connected(fake, f"/v3/{MINE}", given, **{Role.ALT: "another-token-9876543210"})
    cloud.get("/boats")
    assert fake.asked[-1].path == f"/v3/{MINE}/boats"
    with pytest.raises(RoleMissing):  # the project of another member is another one, which nobody has named
        cloud.get("/boats", role=Role.ALT)


def test_a_versioned_address_without_a_document_is_believed(fake):
    fake.routes["GET", "/"] = (200, b"<html/>", {"Content-Type": "text/html"})
    del fake.routes["GET", "/v3/"]
    cloud = connected(fake, "/v3", BOTH)
    assert (cloud.url, cloud.root.version) == (fake.url + "/v3", None)
    with pytest.raises(EndpointError, match="no JSON"):
        connected(fake, "", BOTH)


@pytest.mark.parametrize("links", [[], [{"rel": "self", "href": ""}]])
def test_a_version_without_a_link_stands_at_its_number(fake, links):
    fake.routes["GET", "/"] = (300, {"versions": [{**entry("2.7"), "links": links}, {**entry("3.0"), "links": links}]})
    assert connected(fake, "", BOTH).url == fake.url + "/v3"
    assert connected(fake, "/v2.0", BOTH).url == fake.url + "/v2.0"


def test_a_service_without_microversions_is_never_asked_for_one(fake):
    cloud = connected(fake, "", BOTH)
    assert cloud.root.version == Microversion(3, 14)
    cloud.get("/boats", microversion="3.14")
    assert "OpenStack-API-Version" not in fake.asked[-1].headers


@pytest.mark.parametrize(
    ("service", "headers"),
    [
        ("block-storage", {"OpenStack-API-Version": "volume 3.14"}),
        ("placement", {"OpenStack-API-Version": "placement 3.14"}),
        ("baremetal", {"OpenStack-API-Version": "baremetal 3.14", "X-OpenStack-Ironic-API-Version": "3.14"}),
        (
            "shared-file-system",
            {"OpenStack-API-Version": "shared-file-system 3.14", "X-OpenStack-Manila-API-Version": "3.14"},
        ),
    ],
)
def test_each_service_is_asked_for_a_version_as_it_wants(service, headers):
    assert Profile(service).version_headers("3.14") == headers
    assert Profile(service).version_headers("no version").popitem()[1].endswith("no version")
