"""Replacements of the correct handling of a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from conformance.engine.api.response_fields import elements, values_at
from conformance.prove.after import SERVERS, named_in
from conformance.prove.breakage import Turn
from conformance.prove.memory import Kept
from conformance.prove.wire import Reply, forged
from specs.microversion import Microversion


@dataclass(frozen=True)
class Answer:
    """A response without any action: a wrong refusal, or an acceptance that has no effect."""

    status: int

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Respond without sending the request to the cloud."""
        return forged(self.status, turn.request.version), True


@dataclass(frozen=True)
class ForwardAs:
    """The request sent on with a role that is allowed it, or at a microversion that has it."""

    role: str | None = None
    version: Microversion | None = None

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Send the changed request on, and note whether the cloud refuses it all the same."""
        reply, changed = self.forward(turn)
        if changed and self.role is not None and not reply.accepted:
            turn.memory.refused_to_all(reply.status)
        return reply, changed

    def forward(self, turn: Turn) -> tuple[Reply, bool]:
        """Send the changed request on."""
        sent = turn.request
        if self.role is not None:
            sent = turn.upstream.as_role(sent, self.role)
        if self.version is not None:
            sent = sent.as_version(self.version)
        reply = turn.upstream.send(sent)
        if self.version is not None and not reply.accepted:
            turn.memory.impossible = (
                f"the unbroken cloud refuses the request at {self.version}, too, with {reply.status}"
            )
            return reply.as_asked(turn.request.version), False
        if self.role not in (None, "admin") and reply.status == 403:
            # If the reference does not name the roles, the cloud may forbid the request even to the owner.
            reply = turn.upstream.send(turn.upstream.as_role(sent, "admin"))
        return reply.as_asked(turn.request.version), True


@dataclass(frozen=True)
class DoneAndRefused:
    """The request carried out with a role that is allowed it, and nevertheless answered with a refusal."""

    role: str
    status: int

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Send it on with another token, and respond with a refusal; with the cloud's own if the cloud refuses it."""
        reply, _ = ForwardAs(self.role).forward(turn)
        if not reply.accepted:
            turn.memory.impossible = f"the unbroken cloud refuses the request to every role here, with {reply.status}"
            return turn.upstream.send(turn.request), False
        return forged(self.status, turn.request.version), True


@dataclass(frozen=True)
class Elsewhere:
    """The response for another element of the collection, such as another server of the same owner.

    Attributes:
        template: path template of the operation.
        identifier: placeholder of the element in the template.
    """

    template: str
    identifier: str

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Ask for another element with the same token; send the request on unchanged if there is no other."""
        request = turn.request
        collection = self.template.partition(f"/{{{self.identifier}}}")[0]
        at = collection.count("/") + 1
        segments = request.path.split("/")
        listing = turn.upstream.send(request.at(collection).with_query([("limit", "20")]))
        body = listing.json if isinstance(listing.json, dict) else {}
        found = next((value for value in body.values() if isinstance(value, list)), [])
        others = [str(one["id"]) for one in found if isinstance(one, dict) and "id" in one]
        for other in others:
            if other == segments[at]:
                continue
            reply = turn.upstream.send(request.at("/".join([*segments[:at], other, *segments[at + 1 :]])))
            if reply.accepted:
                return reply, True
        return turn.upstream.send(request), False


@dataclass(frozen=True)
class StillListed:
    """The request carried out, after which a list still shows the removed elements.

    Attributes:
        path, version: path and microversion of the list.
        of: place of the server's id in an element of the list.
        asked: query parameters of the list whose values an element must contain.
    """

    path: str
    version: Microversion
    of: tuple[str, ...]
    asked: tuple[str, ...] = ()

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Read the list before the request is sent on, and keep the server's elements in the memory."""
        server = named_in(turn.request.path, SERVERS)
        listing = replace(turn.request.at(self.path).as_version(self.version), method="GET", body=b"")
        shown = turn.upstream.send(listing)
        reply = turn.upstream.send(turn.request)
        kept = [one for one in elements(shown.json) if values_at(one, self.of)[0] == [server]]
        if not reply.accepted or not kept:
            return reply, False
        turn.memory.keep(self.path, Kept(kept, self.asked))
        return reply, True


@dataclass(frozen=True)
class WithoutQuery:
    """The request sent on without the query parameters whose names pass the test ``named``."""

    named: Callable[[str], bool]

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Send the rest on; it breaks nothing where the whole request gets the same answer."""
        reply = turn.upstream.send(turn.request.without_query(self.named))
        if reply.accepted and turn.upstream.send(turn.request).json == reply.json:
            turn.memory.impossible = "the unbroken cloud gives the same answer without the parameter"
            return reply, False
        return reply, True


@dataclass(frozen=True)
class OneMore:
    """The request sent on with a number in its query raised by one."""

    named: Callable[[str], bool]

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Send the request on with the number raised; unchanged if the query holds none."""
        pairs = [(n, str(int(v) + 1) if self.named(n) and v.isdigit() else v) for n, v in turn.request.query]
        return turn.upstream.send(turn.request.with_query(pairs)), pairs != turn.request.query
