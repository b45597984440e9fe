"""A thing that is to be removed, and how that went."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.engine.cloud.roles import Role


@dataclass(frozen=True)
class Thing:
    """A thing to remove."""

    kind: str
    id: str
    path: str
    role: Role

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


@dataclass(frozen=True)
class Removal:
    """The outcome of a removal.

    Attributes:
        was_there: whether the thing was there before.
        trouble: the reason why the thing still exists; None if it does not.
        forbidden: whether its deletion was refused with 403.
        hurried: whether it was not waited for in full, because another thing could not be removed before it.
    """

    thing: Thing
    was_there: bool
    trouble: str | None = None
    forbidden: bool = False
    hurried: bool = False
