"""A thing that a run has made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.engine.cloud.exchange import Answer
    from conformance.engine.cloud.roles import Role


@dataclass(frozen=True)
class Made:
    """A resource that this run made.

    Attributes:
        id: the id in its path.
        path: the path at which it is read and deleted.
        body: its fields as last shown: by the answer, and by the wait for its status if it has one.
        answer: the answer to the request that made it.
    """

    kind: str
    id: str
    name: str
    path: str
    role: Role
    body: dict[str, Any] = field(compare=False, repr=False)
    answer: Answer = field(compare=False, repr=False)
