"""The role that sends a request: a member, or an administrator where this cloud refuses members."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.engine.cloud.exchange import Answer
from conformance.engine.cloud.faults import quota_used_up

FORBIDDEN = 403
"""The status code of a request that is refused because of its sender's role."""

HIDDEN = 404
"""The status code of a request about a thing that its sender may not see."""


def kept_out(answer: Answer) -> bool:
    """Whether a request was refused because of its sender's role; services refuse a full quota with 403 too."""
    return answer.status == FORBIDDEN and quota_used_up(answer.status, answer.json) is None


def as_first_allowed(roles: Iterable[str], send: Callable[[str], Answer]) -> tuple[str, Answer]:
    """Send a request in one role after the other, until the answer is no refusal of the role.

    Args:
        roles: the roles, in the order in which they are tried.
        send: sends the request in a role.

    Returns:
        The last role that was tried, and the answer that it got. It is 403 if no role may send the request.

    Raises:
        ValueError: there is no role.
    """
    tried: tuple[str, Answer] | None = None
    for role in roles:
        tried = role, send(role)
        if not kept_out(tried[1]):
            break
    if tried is None:
        raise ValueError("a request needs a role to be sent in")
    return tried


def with_administrator(role: str, given: Iterable[str]) -> tuple[str, ...]:
    """The roles in which a request is tried: its own, then that of an administrator if the run has one.

    Args:
        role: the role that should be enough for the request.
        given: the roles of the run.
    """
    return (role, "admin") if role != "admin" and "admin" in given else (role,)
