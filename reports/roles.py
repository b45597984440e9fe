"""Names of the role that sent a request: in words, as an option, and as the shell variable with its token."""

from __future__ import annotations

import re

BAD_TOKEN = "not-a-token"  # noqa: S105 - nobody's
"""The token of requests with an invalid token."""

_SAID = {
    "no-token": "without a token",
    "bad-token": "with an invalid token",
    "alt": "as alt, a member of another project",
    "visitor": "as visitor, a user without any right",
}
_NAME = re.compile(r"[a-z]+(-[a-z]+)*\Z")
_FIRST = ("member", "no-token", "bad-token")
"""Roles whose option and variable have no prefix: ``--token`` and ``$TOKEN``."""


def as_role(role: str | None) -> str:
    """Return the role that sent a request in words; ``role not recorded`` for None."""
    return _SAID.get(role, f"as {role}") if role else "role not recorded"


def token_option(role: str | None) -> str:
    """Return the option of ``conformance run`` for the token of a role: ``--token``, ``--admin-token``."""
    return f"--{_prefix(role, '-')}token"


def token_variable(role: str | None) -> str:
    """Return the shell variable with the token of a role: ``$TOKEN``, ``$ADMIN_TOKEN``."""
    return f"${_prefix(role, '_').upper()}TOKEN"


def _prefix(role: str | None, joint: str) -> str:
    if not role or role in _FIRST or not _NAME.match(role):
        return ""
    return role.replace("-", joint) + joint
