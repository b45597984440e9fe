"""A request that one role is forbidden is sent in the next one."""

import pytest

from conformance.engine.cloud.exchange import ABSENT, Answer
from conformance.engine.provision.elevation import as_first_allowed, with_administrator


def answers(**codes):
    """What a cloud answers to each role, and the roles that asked it."""
    asked = []

    def send(role):
        asked.append(role)
        return Answer(codes[role], {}, "", ABSENT, 1.0, None)

    return send, asked


@pytest.mark.parametrize(
    ("codes", "last", "tried"),
    [
        ({"member": 202, "admin": 202}, "member", ["member"]),
        ({"member": 403, "admin": 202}, "admin", ["member", "admin"]),
        ({"member": 403, "admin": 403}, "admin", ["member", "admin"]),
        ({"member": 409, "admin": 202}, "member", ["member"]),
        ({"member": 401, "admin": 202}, "member", ["member"]),
    ],
)
def test_only_a_403_is_left_to_the_next_role(codes, last, tried):
    send, asked = answers(**codes)
    role, answer = as_first_allowed(("member", "admin"), send)
    assert (role, answer.status, asked) == (last, codes[last], tried)


def test_a_full_quota_is_not_left_to_the_next_role():
    body = {"forbidden": {"code": 403, "message": "Quota exceeded for gears"}}
    asked = []

    def send(role):
        asked.append(role)
        return Answer(403, {}, "", body, 1.0, None)

    assert as_first_allowed(("member", "admin"), send)[0] == "member"
    assert asked == ["member"]


def test_nobody_sends_nothing():
    with pytest.raises(ValueError, match="needs a role"):
        as_first_allowed((), lambda role: None)


@pytest.mark.parametrize(
    ("role", "given", "expected"),
    [
        ("member", ("member", "admin"), ("member", "admin")),
        ("member", ("member",), ("member",)),
        ("admin", ("member", "admin"), ("admin",)),
    ],
)
def test_an_administrator_comes_after_the_one_who_should_do(role, given, expected):
    assert with_administrator(role, given) == expected
