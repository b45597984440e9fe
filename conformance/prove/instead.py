"""What a broken cloud does with a request in the place of what it should."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.prove.breakage import Turn
from conformance.prove.wire import Reply, forged
from specs.microversion import Microversion


@dataclass(frozen=True)
class Answer:
    """A code, and nothing done: a refusal of what is to be accepted, or a mere semblance of an acceptance."""

    status: int

    def __call__(self, turn: Turn) -> Reply:
        """Answer without asking the cloud."""
        return forged(self.status, turn.request.version)


@dataclass(frozen=True)
class ForwardAs:
    """The request is done as somebody who may, or at a version that knows it."""

    role: str | None = None
    version: Microversion | None = None

    def __call__(self, turn: Turn) -> Reply:
        """Hand a changed request on."""
        sent = turn.request
        if self.role is not None:
            sent = sent.as_token(turn.upstream.tokens[self.role])
        if self.version is not None:
            sent = sent.as_version(self.version)
        return turn.upstream.send(sent).as_asked(turn.request.version)


@dataclass(frozen=True)
class DoneAndRefused:
    """The request is done as somebody who may, and answered with a refusal all the same."""

    role: str
    status: int

    def __call__(self, turn: Turn) -> Reply:
        """Hand it on with another token, and deny it."""
        reply = ForwardAs(self.role)(turn)
        return forged(self.status, turn.request.version) if reply.accepted else reply
