"""The guard: no request goes out that could change what this run did not make.

A request other than GET and HEAD passes if

(a) its target is in this run's journal: the resource at the head of its path, each further id in the path that stands
    for a resource of its own, and each id in the body of what the request changes beside its target;
(b) or it creates something, and the journal already holds the intent, with the name that the path gives it, if any;
(c) or its target is a random id that this run has seen answer 404, or it goes out without a valid token;
(d) or the user allows disruption, for what is shared.

It knows what may pass and refuses the rest, routes that it has never heard of included.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from conformance.engine.cloud.errors import GuardRefusal
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.roles import Anonymous

if TYPE_CHECKING:
    from conformance.engine.cloud.exchange import Ask
    from conformance.engine.cloud.journal import Journal

SAFE_METHODS = frozenset({"GET", "HEAD"})

ACTING_READS = re.compile(r"/os-hosts/[^/]+/(startup|shutdown|reboot)/?\Z")
"""Paths on which a GET acts: the old host operations of the compute API start, stop and reboot a host by it."""

CREATING: dict[str, frozenset[str]] = {
    "compute": frozenset(
        {
            "os-floating-ips",
            "os-keypairs",
            "os-security-group-rules",
            "os-security-groups",
            "os-server-groups",
            "os-snapshots",
            "os-volumes",
            "os-volumes_boot",
            "servers",
        }
    )
}
"""Collections in which a POST makes something of the project's own, by service. What is not here is shared (flavors,
aggregates, services, ...) and needs the user's leave. Other services: any collection."""

PARTS: dict[str, frozenset[str]] = {
    "servers": frozenset(
        {
            "action",
            "ips",
            "metadata",
            "migrations",
            "os-interface",
            "os-security-groups",
            "os-server-password",
            "remote-consoles",
            "tags",
        }
    ),
    "images": frozenset({"metadata"}),
}
"""What belongs to a resource, so that an id after it names nothing beyond that resource. An interface is here because
detaching works only on a port that is bound to the server."""

_TOKEN_HEADERS = frozenset({"authorization", "cookie", "x-auth-token", "x-service-token"})
_METHOD_HEADERS = frozenset({"x-http-method", "x-http-method-override", "x-method-override"})

_CHANGED = frozenset(
    {
        "parent_group_id",  # a security group gets a rule
        "port",  # a port is bound to the server (networks of a new server)
        "port_id",
        "server_uuid",  # an external event
        "share_id",
        "volumeId",  # a volume is attached, or copied and swapped
        "volume_id",
    }
)
"""Members of a body that name what is changed beside the target. An image, a flavor, a network, a key pair or a
snapshot is only read."""

_ID_LIKE = re.compile(r"[0-9A-Fa-f.:/-]+\Z")
"""A UUID, a number or an address. What holds other characters is none and so names no resource of these kinds."""

_UNASSIGNED = tuple(
    ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
"""Addresses set aside for documentation (RFC 5737, RFC 3849): nobody has them, so they may stand for an unknown one."""

AnonymousRefused = Callable[[Anonymous, str], bool]
"""Whether the cloud was seen to refuse such a sender (401) at this path."""


class Guard:
    """Decides on every request before it is sent. Safe to use from many threads.

    Args:
        journal: of this run; None if it makes nothing.
        allow_disruptive: let everything out.
        service_type: whose routes these are.
        anonymous_refused: asks the cloud whether it refuses who has no valid token; without it such requests are
            held to the same rules as all others.
        unknown: the random ids that another guard of this run has seen answer 404, to be shared.

    Attributes:
        unknown: the random ids that were seen to answer 404.
    """

    def __init__(
        self,
        journal: Journal | None,
        *,
        allow_disruptive: bool = False,
        service_type: str = "compute",
        anonymous_refused: AnonymousRefused | None = None,
        unknown: set[str] | None = None,
    ) -> None:
        self.allow_disruptive = allow_disruptive
        self._journal = journal
        self._creating = CREATING.get(service_type)
        self._anonymous_refused = anonymous_refused
        self.unknown: set[str] = set() if unknown is None else unknown

    def seen_unknown(self, id_: str) -> None:
        """Remember a random id that the cloud has answered with 404."""
        self.unknown.add(id_)

    def harmless(self, value: str) -> bool:
        """Whether the value names something that this run has made, or nothing at all."""
        return value in self.unknown or (self._journal is not None and self._journal.owns(value))

    def check(self, ask: Ask) -> None:
        """Let the request pass in silence.

        Raises:
            GuardRefusal: it could change what this run did not make.
        """
        segments = _segments(ask)
        names = {name.lower() for name, _ in ask.headers}
        if held := sorted(names & _TOKEN_HEADERS):
            raise _refusal(ask, f"a request gets its token by its role, not by the header {held[0]}")
        safe = ask.method.upper() in SAFE_METHODS and not ACTING_READS.search(ask.path)
        if held := sorted(names & _METHOD_HEADERS):
            # Some servers take such a header for the method, and then a GET is none.
            safe = False
        if safe or self.allow_disruptive:
            return
        trouble = self._trouble(ask, segments)
        if trouble is None:
            return
        if isinstance(ask.role, Anonymous) and self._anonymous_refused is not None:
            if self._anonymous_refused(ask.role, f"/{segments[0]}" if segments else "/"):
                return
            trouble += f", and this cloud was not seen to refuse {ask.role}"
        raise _refusal(ask, trouble)

    def _trouble(self, ask: Ask, segments: list[str]) -> str | None:
        """Why it must not go out; None if it may."""
        for holder, value in _changed(_body(ask)):
            if not self._may_name(holder, value):
                return f"{holder} {value!r} in its body is not in this run's journal"
        if len(segments) < 2:
            return self._creation_trouble(ask, segments)
        if self._names_what_it_makes(ask, segments):
            return None
        if not self.harmless(segments[1]):
            return f"{segments[1]!r} is not in this run's journal"
        parts = PARTS.get(segments[0], frozenset())
        if len(segments) > 3 and segments[2] not in parts:
            for further in segments[3::2]:
                if not self.harmless(further):
                    return f"{further!r} is not in this run's journal"
        return None

    def _names_what_it_makes(self, ask: Ask, segments: list[str]) -> bool:
        """Whether a PUT at the top of another service's API makes what its path names, by an intent that stands."""
        return (
            self._creating is None
            and ask.method.upper() == "PUT"
            and len(segments) == 2
            and ask.intent is not None
            and ask.intent.name == segments[1]
            and self._journal is not None
            and self._journal.is_open(ask.intent)
        )

    def _creation_trouble(self, ask: Ask, segments: list[str]) -> str | None:
        if not segments:
            return "it names no resource"
        if ask.method.upper() != "POST" or (self._creating is not None and segments[0] not in self._creating):
            return f"it changes {segments[0]}, which this run did not make (--allow-disruptive would let it)"
        if ask.intent is None or self._journal is None:
            return "it creates something without an intent in the journal"
        if not self._journal.is_open(ask.intent):
            return f"the intent {ask.intent.name!r} is not in the journal, or was used before"
        return None

    def _may_name(self, holder: str, value: str) -> bool:
        if self.harmless(value) or not _ID_LIKE.match(value):
            return True
        if self._journal is not None and value.startswith(self._journal.prefix):
            return True
        return holder == "address" and _unassigned(value)


def _refusal(ask: Ask, why: str) -> GuardRefusal:
    path = ask.path if ask.path.isprintable() else repr(ask.path)
    return GuardRefusal(f"not sent: {ask.method} {path} as {ask.role}: {why}")


def _segments(ask: Ask) -> list[str]:
    """The decoded parts of the path.

    A path that a server or a proxy could read as another one goes out for no method at all.
    """
    path = ask.path
    parts = path.split("/")[1:]
    if parts and not parts[-1]:
        parts.pop()  # one slash at the end is a matter of routing, not of the target
    decoded = [unquote(part) for part in parts]
    if (
        not path.startswith("/")
        or any(mark in path for mark in "?#\\")
        or any(not part or part in {".", ".."} or "/" in part or "\\" in part for part in decoded)
        or any(ord(char) < 0x21 for char in path)
    ):
        raise _refusal(ask, "its path can be read as that of another resource")
    return decoded


def _body(ask: Ask) -> Any:
    if ask.raw is None:
        return ask.body
    try:
        # A member that comes twice counts both times: which of them a server takes is its own affair.
        return json.loads(ask.raw, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return ABSENT


class _Pairs(list[tuple[str, Any]]):
    """An object of a raw body with all its members."""


def _members(value: Any) -> list[tuple[str, Any]] | None:
    if isinstance(value, _Pairs):
        return list(value)
    return list(value.items()) if isinstance(value, dict) else None


def _changed(value: Any, holder: str = "") -> Iterator[tuple[str, str]]:
    """What a body names that the request changes beside its target: pairs of member and id."""
    members = _members(value)
    if members is not None:
        volume = ("source_type", "volume") in [(k, v) for k, v in members if isinstance(v, str)]
        for name, inner in members:
            named = (
                name in _CHANGED
                or (name == "uuid" and volume)
                or (name == "address" and holder in {"addFloatingIp", "removeFloatingIp"})
                or (name == "group" and holder.endswith("scheduler_hints"))
            )
            if named and isinstance(inner, str | int) and not isinstance(inner, bool):
                if inner != "":
                    yield name, str(inner)
            else:
                yield from _changed(inner, name)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _changed(inner, holder)


def _unassigned(value: str) -> bool:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return any(address in net for net in _UNASSIGNED)
