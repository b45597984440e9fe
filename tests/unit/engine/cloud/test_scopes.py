"""Credentials of the wrong scope are told of, by the words of the answers or because every operation fails."""

import json
from types import SimpleNamespace

import pytest

from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.scopes import LEAST, hints, scope_lacking

RULE = '"car:get": "role:reader and system_scope:all"'
WORDS = f"{RULE} requires a scope of ['system'], request was made with project scope."


def sent(role, number, status, body=None):
    ask = SimpleNamespace(role=role, method="GET", path=f"/cars/{number}", operation=f"cars.{number}")
    return ask, SimpleNamespace(status=status, ok=status < 300, json=body)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"error": {"message": WORDS}}, ("system", "project")),
        ({"error_message": json.dumps({"faultstring": WORDS})}, ("system", "project")),
        ({"error": {"message": "This requires a scope of the project."}}, None),
        ({}, None),
    ],
)
def test_the_scope_that_lacks_is_read_from_the_words(body, found):
    assert scope_lacking(body) == found


def test_a_role_that_lacks_a_scope_is_told_once():
    answers = [sent(Role.MEMBER, n, 500, {"error": {"message": WORDS}}) for n in range(3)]
    (hint,) = hints([*answers, sent(Role.MEMBER, 9, 200), sent(Role.ADMIN, 1, 200)])
    assert hint.startswith(
        "GET /cars/0 and its like want system scope, and the credentials of the role member have project"
    )
    assert "`system_scope: all`" in hint


def test_a_role_to_which_every_operation_fails_is_told():
    every = [sent(Role.MEMBER, n, 500) for n in range(LEAST)]
    (hint,) = hints(every)
    assert "role member with a failure of the service (500)" in hint
    assert list(hints(every[1:])) == []
    assert list(hints([*every, sent(Role.MEMBER, 9, 404)])) == []
    assert list(hints([*every[1:], sent(Role.ADMIN, 9, 500)])) == []
    # An operation that works at first and fails later tells nothing of the role.
    assert list(hints([sent(Role.MEMBER, 0, 200), *every])) == []
