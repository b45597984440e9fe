"""What can be wrong with a reference, said in one sentence: what, where, and how to mend it."""

from __future__ import annotations


class ReferenceError(Exception):  # noqa: A001 (the builtin is of weak references)
    """A reference that cannot be read.

    Attributes:
        what: what is wrong, without a full stop.
        where: the file (with a line, where known), requirement or address it is wrong with.
        mend: what the reader of the message can do about it.

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
    """A release, a directory or a file that is not there, or that holds no reference."""


class NetworkError(ReferenceError):
    """A package index that cannot be reached, or answers with nonsense."""


class HostileError(ReferenceError):
    """A reference that tries to leave its root, or asks for more than the bounds allow."""


class DocumentError(ReferenceError):
    """A document, parameter file or sample that cannot be read as what it claims to be."""
