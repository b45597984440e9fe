"""Who has a thing that its maker sees no more."""

import pytest

from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.holders import holder_of
from conformance.engine.cloud.purpose import serving
from conformance.engine.cloud.roles import Role
from specs.record.purposes import Purpose

ID = "0d0c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f11"
PATH = f"/servers/{ID}"


@pytest.fixture
def given(fake, cloud):
    """A client whose administrator sees a server of the run that its member sees no more."""
    cloud.journal.there("server", ID, PATH)
    fake.routes["GET", f"/v2.1{PATH}"] = lambda asked: (200 if asked.token.startswith("admin") else 404, {})
    return cloud


def test_the_role_that_is_shown_a_thing_has_it(given):
    assert holder_of(given, ID, PATH, Role.MEMBER) is Role.ADMIN
    assert holder_of(given, ID, PATH, Role.ADMIN) is None


@pytest.mark.parametrize(
    ("method", "path", "purpose"), [("DELETE", PATH, Purpose.TRIAL), ("POST", f"{PATH}/action", Purpose.REMOVING)]
)
def test_nobody_is_asked_for_what_the_cloud_has_removed(fake, given, method, path, purpose):
    """Two requests for each of hundreds of things that were removed without a wait."""
    fake.routes[method, f"/v2.1{path}"] = (202, None)
    with serving(purpose):
        given.send(Ask(method, path, body={"forceDelete": None}))
    fake.asked.clear()
    assert holder_of(given, ID, PATH, Role.MEMBER) is None
    assert fake.asked == []


def test_an_action_that_removes_nothing_says_nothing(fake, given):
    fake.routes["POST", f"/v2.1{PATH}/action"] = (202, None)
    given.send(Ask("POST", f"{PATH}/action", body={"lock": None}))
    assert holder_of(given, ID, PATH, Role.MEMBER) is Role.ADMIN


def test_a_name_that_others_may_use_as_well_shows_nothing(fake, given):
    fake.routes["GET", "/v2.1/servers/sample"] = (200, {})
    assert holder_of(given, "sample", "/servers/sample", Role.MEMBER) is None
