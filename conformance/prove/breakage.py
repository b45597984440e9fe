"""One broken promise: which requirement, in which exchanges, and what is done to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from conformance.prove.memory import Memory
from conformance.prove.where import Where
from conformance.prove.wire import Reply, Request, Upstream


@dataclass(frozen=True)
class Turn:
    """A request at the proxy, and what a breakage may use: the cloud behind, and what it has pretended so far."""

    request: Request
    upstream: Upstream
    memory: Memory


class Instead(Protocol):
    """Takes the place of handing the request on."""

    def __call__(self, turn: Turn, /) -> tuple[Reply, bool]:
        """The answer, and whether it, or what has been done, is another than the cloud's own."""


class After(Protocol):
    """Changes what the cloud has answered, or what it shows from then on."""

    def __call__(self, turn: Turn, reply: Reply, /) -> Reply | None:
        """The changed answer; None where there was nothing to change."""


@dataclass(frozen=True)
class Breakage:
    """A cloud that breaks one promise.

    Attributes:
        id: ``<requirement>#<mutation>``, with ``@<situation>`` where that is a part of the promise only.
        requirement: the one that is broken; ``kind`` and ``operation`` are its own.
        mutation: what is done, in a word.
        where: the exchanges.
        instead, after: what is done to them.
        cases: of the requirement, those that meet such an exchange; the first is the most direct one.
        waits: whether it shows only by waiting in vain.
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

    def answer(self, turn: Turn) -> tuple[Reply, bool]:
        """The answer to an exchange that ``where`` matches, and whether it is another than the cloud's."""
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
