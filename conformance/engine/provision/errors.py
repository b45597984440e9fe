"""Reasons why something that a trial needs is not to be had."""

from __future__ import annotations


class Unavailable(Exception):
    """The cloud lacks what a binding asks for. The message is one sentence.

    Attributes:
        optional: whether it is a part that clouds may lack.
    """

    def __init__(self, reason: str, optional: bool = True) -> None:
        super().__init__(reason)
        self.optional = optional


class NeedsNewResource(Exception):
    """The resource under test can no longer give the value; a new one can."""
