"""Errors that say why a trial cannot have something that it needs."""

from __future__ import annotations


class Unavailable(Exception):
    """The cloud lacks a resource that a binding asks for. The message is one sentence.

    Attributes:
        optional: True if clouds may lack the resource.
    """

    def __init__(self, reason: str, optional: bool = True) -> None:
        super().__init__(reason)
        self.optional = optional


class NeedsNewResource(Exception):
    """The resource under test can no longer give the value of a binding; a new resource can."""
