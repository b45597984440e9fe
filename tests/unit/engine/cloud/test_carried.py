"""Headers that the requests of some operations have to carry, and no others."""

import pytest

from conformance.engine.cloud.carried import Carried, CarriedHeader
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.journal import Journal

CARRIED = Carried(
    (
        CarriedHeader("X-Trial", "True", "GET", "/doors/{door_id}"),
        CarriedHeader("X-Trial", "True", "GET", "/wings", max="2.54"),
        CarriedHeader("X-Trial", "True", "POST", "/cars/{car_id}/action", "paint", min="2.3"),
    )
)
SENT = {"X-Trial": "True"}


@pytest.mark.parametrize(
    ("ask", "headers"),
    [
        (Ask("GET", "/doors/7", microversion="2.3"), SENT),
        (Ask("GET", "/doors/7"), SENT),
        (Ask("GET", "/doors/7", microversion="none"), SENT),
        (Ask("HEAD", "/doors/7"), {}),
        (Ask("DELETE", "/doors/7"), {}),
        (Ask("GET", "/doors"), {}),
        (Ask("GET", "/doors/7/handles"), {}),
        (Ask("GET", "/wings", microversion="2.54"), SENT),
        (Ask("GET", "/wings", microversion="2.55"), {}),
        (Ask("POST", "/cars/1/action", microversion="2.3", body={"paint": {}}), SENT),
        (Ask("POST", "/cars/1/action", microversion="2.2", body={"paint": {}}), {}),
        (Ask("POST", "/cars/1/action", microversion="2.3", body={"wash": {}}), {}),
        (Ask("POST", "/cars/1/action", microversion="2.3"), {}),
    ],
)
def test_only_requests_of_the_operation_carry_it(ask, headers):
    asked = ask.method, ask.path, ask.microversion, ask.body
    assert Carried().of(*asked) == {}
    assert CARRIED.of(*asked) == headers


@pytest.mark.parametrize(
    "name",
    ["X-Auth-Token", "x-service-token", "Authorization", "Cookie", "X-HTTP-Method-Override", "X-Method-Override",
     "OpenStack-API-Version", "X-OpenStack-Cars-API-Version", "X-Project-Id", "X-Roles",
     "Content-Length", "Transfer-Encoding", "Host"],
)  # fmt: skip
def test_no_reference_decides_on_who_asks_or_what_is_asked(name):
    """The guard has seen the request before: no header may stand for another method."""
    assert Carried((CarriedHeader(name, "DELETE", "GET", "/doors"),)).of("GET", "/doors") == {}


def test_a_value_stays_on_its_line():
    assert Carried((CarriedHeader("X-Trial", "a\r\nX-Method: b", "GET", "/doors"),)).of("GET", "/doors") == {}


def test_a_journal_keeps_them_for_its_service(tmp_path):
    one, other = (Journal(tmp_path / f"journal-{name}.jsonl", service=name) for name in ("one", "other"))
    one.has_to_carry(CARRIED)
    assert Journal(tmp_path / "journal-cleanup.jsonl", service="one").carried == CARRIED
    assert other.carried == Carried()


def test_what_a_request_names_itself_wins(fake, cloud):
    fake.routes["GET", "/v2.1/doors/7"] = (200, {})
    cloud.profile = type(cloud.profile)(carried=CARRIED)
    cloud.send(Ask("GET", "/doors/7"))
    cloud.send(Ask("GET", "/doors/7", headers=(("X-Trial", "no"),)))
    assert [asked.headers["X-Trial"] for asked in fake.asked if asked.path.endswith("/7")] == ["True", "no"]
