"""As whom a request was sent, in words and as the variable that holds the token: head, evidence and curl agree."""

from __future__ import annotations

import re

BAD_TOKEN = "not-a-token"  # noqa: S105 - nobody's
"""The token of a request that was sent with an invalid one."""

_SAID = {
    "no-token": "without a token",
    "bad-token": "with an invalid token",
    "alt": "as alt, a member of another project",
    "visitor": "as visitor, a user without any right",
}
_NAME = re.compile(r"[a-z]+(-[a-z]+)*\Z")
_FIRST = ("member", "no-token", "bad-token")
"""Roles whose token, where there is one, bears no name."""


def as_role(role: str | None) -> str:
    """Say as whom a request was sent; ``role not recorded`` where the record does not say."""
    return _SAID.get(role, f"as {role}") if role else "role not recorded"


def token_option(role: str | None) -> str:
    """Name the option of ``conformance run`` that gives the token of a role: ``--token``, ``--admin-token``."""
    return f"--{_prefix(role, '-')}token"


def token_variable(role: str | None) -> str:
    """Name the shell variable that stands for the token of a role: ``$TOKEN``, ``$ADMIN_TOKEN``."""
    return f"${_prefix(role, '_').upper()}TOKEN"


def _prefix(role: str | None, joint: str) -> str:
    if not role or role in _FIRST or not _NAME.match(role):
        return ""
    return role.replace("-", joint) + joint
