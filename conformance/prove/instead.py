"""What a broken cloud does with a request in the place of what it should."""

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
    """A code, and nothing done: a refusal of what is to be accepted, or a mere semblance of an acceptance."""

    status: int

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Answer without asking the cloud."""
        return forged(self.status, turn.request.version), True


@dataclass(frozen=True)
class ForwardAs:
    """The request is done as somebody who may, or at a version that knows it."""

    role: str | None = None
    version: Microversion | None = None

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Hand a changed request on."""
        sent = turn.request
        if self.role is not None:
            sent = sent.as_token(turn.upstream.tokens[self.role])
        if self.version is not None:
            sent = sent.as_version(self.version)
        reply = turn.upstream.send(sent)
        if self.version is not None and not reply.accepted:
            turn.memory.impossible = f"the unbroken cloud refuses it at {self.version}, too, with {reply.status}"
            return reply.as_asked(turn.request.version), False
        if self.role not in (None, "admin") and reply.status == 403:
            # Where the reference does not name the roles, the owner may be one who may not.
            reply = turn.upstream.send(sent.as_token(turn.upstream.tokens["admin"]))
        return reply.as_asked(turn.request.version), True


@dataclass(frozen=True)
class DoneAndRefused:
    """The request is done as somebody who may, and answered with a refusal all the same."""

    role: str
    status: int

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Hand it on with another token, and deny it; what cannot be done is refused by the cloud itself."""
        reply, _ = ForwardAs(self.role)(turn)
        if not reply.accepted:
            turn.memory.impossible = f"the unbroken cloud refuses it to everybody here, with {reply.status}"
            return turn.upstream.send(turn.request), False
        return forged(self.status, turn.request.version), True


@dataclass(frozen=True)
class Elsewhere:
    """The answer for another element of the collection: some other server of the same owner.

    Attributes:
        identifier: the placeholder that names the element.
        template: the path of the operation.
    """

    template: str
    identifier: str

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Ask for another element with the token that came; as it is where there is no other."""
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
    """The request is done, and a list shows what is there no more after it.

    Attributes:
        path, version: of the list.
        of: the place in an element of the list that names the server that the path of the request names.
        asked: names in the query of the list whose values must be found in an element.
    """

    path: str
    version: Microversion
    of: tuple[str, ...]
    asked: tuple[str, ...] = ()

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Look at the list before the request is handed on, and remember what it shows of the server."""
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
    """A part of the query is ignored: the parameters whose names pass are not handed on."""

    named: Callable[[str], bool]

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Hand the rest on."""
        return turn.upstream.send(turn.request.without_query(self.named)), True


@dataclass(frozen=True)
class OneMore:
    """A number in the query is taken for the next one."""

    named: Callable[[str], bool]

    def __call__(self, turn: Turn) -> tuple[Reply, bool]:
        """Hand the request on with the number raised; as it is where there is none."""
        pairs = [(n, str(int(v) + 1) if self.named(n) and v.isdigit() else v) for n, v in turn.request.query]
        return turn.upstream.send(turn.request.with_query(pairs)), pairs != turn.request.query
