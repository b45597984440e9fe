"""The role that sends a request: a member, or an administrator where this cloud refuses members."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from conformance.engine.cloud.exchange import Answer

FORBIDDEN = 403
"""The code of a request that its sender's role does not allow."""


def as_first_allowed(roles: Iterable[str], send: Callable[[str], Answer]) -> tuple[str, Answer]:
    """Send a request in one role after the other, until one is not forbidden it.

    Args:
        roles: in the order in which they are tried; there must be one.
        send: sends the request in a role.

    Returns:
        The last role that was tried, and the answer that it got. It is 403 where no role is allowed the request.
    """
    tried: tuple[str, Answer] | None = None
    for role in roles:
        tried = role, send(role)
        if tried[1].status != FORBIDDEN:
            break
    if tried is None:
        raise ValueError("a request needs a role to be sent in")
    return tried


def with_administrator(role: str, given: Iterable[str]) -> tuple[str, ...]:
    """The roles in which a request is tried: one, and the administrator's after it where the run has that.

    Args:
        role: the one that the request should do with.
        given: the roles of the run.
    """
    return (role, "admin") if role != "admin" and "admin" in given else (role,)
