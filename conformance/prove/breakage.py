"""A breakage: one broken requirement, the exchanges in which it is broken, and the change that is made to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from conformance.prove.memory import Memory
from conformance.prove.where import Where
from conformance.prove.wire import Reply, Request, Upstream


@dataclass(frozen=True)
class Turn:
    """A request at the proxy, with the cloud behind the proxy and the breakage's memory of its earlier changes."""

    request: Request
    upstream: Upstream
    memory: Memory


class Instead(Protocol):
    """A function that the proxy calls in place of sending the request on unchanged."""

    def __call__(self, turn: Turn, /) -> tuple[Reply, bool]:
        """Return the response, and True if the response or the action differs from the unbroken cloud's."""


class After(Protocol):
    """A function that changes the cloud's response, or the cloud's later responses."""

    def __call__(self, turn: Turn, reply: Reply, /) -> Reply | None:
        """Return the changed response; None if there was nothing to change."""


@dataclass(frozen=True)
class Breakage:
    """A cloud that breaks one promise.

    Attributes:
        id: ``<requirement>#<mutation>``, with ``@<situation>`` if only a part of the promise is broken.
        requirement: id of the broken requirement; ``kind`` and ``operation`` are those of the requirement.
        mutation: name of the change, such as ``other-code``.
        where: the exchanges that are changed.
        instead: called in place of sending the request on.
        after: changes the response.
        cases: ids of the requirement's cases with such an exchange; the first is the most direct one.
        made_anew: True if only a resource that the suite itself brings into its status can show the breakage.
        waits: True if a case can notice the breakage only by waiting until its time is over.
    """

    id: str
    requirement: str
    kind: str
    operation: str
    mutation: str
    where: Where
    cases: tuple[str, ...]
    instead: Instead | None = None
    after: After | None = None
    waits: bool = False
    made_anew: bool = False

    def answer(self, turn: Turn) -> tuple[Reply, bool]:
        """Return the response to a request that ``where`` matches, and True if the breakage changed anything."""
        if self.instead is not None:
            reply, touched = self.instead(turn)
            if self.after is None:
                return reply, touched
        else:
            reply = turn.upstream.send(turn.request)
        if self.after is None:
            return reply, False
        if self.where.answered is not None and reply.accepted != (self.where.answered == "accepted"):
            return reply, False
        changed = self.after(turn, reply)
        return (reply, False) if changed is None else (changed, True)
