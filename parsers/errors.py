"""Errors of reading a reference; the message is one sentence: what is wrong, where, and how to mend it."""

from __future__ import annotations


class ReferenceError(Exception):  # noqa: A001 (the builtin is of weak references)
    """A reference that cannot be read.

    Attributes:
        what: what is wrong, without a full stop.
        where: the file (with a line, if known), the requirement or the address.
        mend: advice for the user, as a command.

    """

    def __init__(self, what: str, *, where: str | None = None, mend: str | None = None) -> None:
        self.what = " ".join(what.split())
        self.where = where
        self.mend = mend
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"; {self.mend}" if self.mend else ""
        return f"{place}{self.what}{advice}."


class NotFoundError(ReferenceError):
    """A release, a directory or a file does not exist, or contains no reference."""


class NetworkError(ReferenceError):
    """A package index cannot be reached, or its response is invalid."""


class HostileError(ReferenceError):
    """A reference tries to read outside of its root, or exceeds a limit."""


class DocumentError(ReferenceError):
    """A document, parameter file or sample has an invalid format."""
