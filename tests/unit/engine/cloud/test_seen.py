"""The answers that a client keeps by operation, and those that it does not."""

from dataclasses import replace

import pytest

from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.roles import NO_TOKEN, Role
from conformance.engine.cloud.seen import Seen

SHOW = Ask("GET", "/servers/1", operation="servers.show")


def test_the_first_answer_with_each_code_to_each_manner_of_request_is_kept(fake, cloud):
    for status in (404, 404, 409):
        fake.routes["GET", "/v2.1/servers/1"] = (status, {})
        cloud.send(SHOW)
    cloud.send(replace(SHOW, role=Role.ADMIN))
    cloud.send(replace(SHOW, microversion="2.2"))
    kept = cloud.seen.of(SHOW.operation)
    assert [(ask.role, ask.microversion, answer.status) for ask, answer in kept] == [
        (Role.MEMBER, None, 404),
        (Role.MEMBER, None, 409),
        (Role.ADMIN, None, 409),
        (Role.MEMBER, "2.2", 409),
    ]


@pytest.mark.parametrize("other", [replace(SHOW, operation=""), replace(SHOW, role=NO_TOKEN)], ids=["none", "nobody"])
def test_requests_without_an_operation_or_without_a_token_are_not_kept(fake, cloud, other):
    cloud.send(other)
    assert cloud.seen.of(SHOW.operation) == []


def test_the_ids_of_accepted_requests_that_may_change_something_are_kept():
    seen, named = Seen(), Answer(202, {"X-Openstack-Request-Id": "req-1", "X-Other": "x"}, "", ABSENT, 1.0, None)
    seen.did(replace(SHOW, method="POST"), named)
    seen.did(SHOW, replace(named, headers={"x-compute-request-id": "req-2"}))
    assert seen.done == {"req-1"}


@pytest.mark.parametrize(("code", "kept"), [(202, {"req-1"}), (409, set())])
def test_the_ids_of_refused_requests_are_not_kept(fake, cloud, code, kept):
    cloud.journal.made(cloud.journal.intend("server", "n"), "1", "/servers/1")
    fake.routes["POST", "/v2.1/servers/1/action"] = (code, {}, {"x-compute-request-id": "req-1"})
    cloud.send(Ask("POST", "/servers/1/action", body={"lock": None}))
    assert cloud.seen.done == kept


FULL = {"forbidden": {"code": 403, "message": "Quota exceeded for wheels: 3 of 3"}}
ROOM = "quota exceeded for wheels: # of #"


@pytest.mark.parametrize(
    ("done", "refused", "found"),
    [
        ("/wheels", "/wheels", True),
        ("/carts", "/wheels", False),
        ("/carts/1/action", "/carts/2/action", True),
        ("/carts", "", True),
    ],
    ids=["made before", "none made", "another thing's", "nobody knows who takes it"],
)
def test_a_room_was_found_if_such_a_request_was_accepted_once(done, refused, found):
    seen = Seen()
    seen.did(Ask("POST", done), Answer(202, {}, "", ABSENT, 1.0, None))
    seen.did(Ask("GET", refused), Answer(200, {}, "", ABSENT, 1.0, None))
    if refused:
        seen.did(Ask("POST", refused), Answer(403, {}, "", FULL, 1.0, None))
    assert seen.found_room(ROOM) is found


def test_a_client_keeps_the_room_that_a_request_lacked(fake, cloud):
    fake.routes["GET", "/v2.1/servers/1"] = (403, FULL)
    cloud.send(SHOW)
    assert not cloud.seen.found_room(ROOM)
