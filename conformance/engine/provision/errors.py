"""Errors that say why a trial cannot have something that it needs."""

from __future__ import annotations

CONFLICT = 409
"""The code of a conflict with the state of a thing (RFC 9110, 15.5.10)."""


class Unavailable(Exception):
    """The cloud lacks a resource that a binding asks for. The message is one sentence.

    Attributes:
        optional: True if clouds may lack the resource.
        blocked: the path of a collection in which another thing is in the way of a new one; empty without one.
    """

    def __init__(self, reason: str, optional: bool = True, blocked: str = "") -> None:
        super().__init__(reason)
        self.optional = optional
        self.blocked = blocked


class NeedsNewResource(Exception):
    """The resource under test can no longer give the value of a binding; a new resource can."""
