"""The guard: it stops every request that could change things which this run did not make.

A request other than GET and HEAD passes if

(a) its target is in this run's journal: the resource at the head of its path, each further id in the path that stands
    for a resource of its own, and each id in the body of what the request changes beside its target;
(b) or it creates something, and the journal already holds the intent, with the name that the path gives it, if any;
    also below the user who sends it, where the description says that such things are this user's own;
(c) or its target is a random id that this run has seen answer 404, or it goes out without a valid token;
(d) or its path holds a name that this run has made up for a route that cannot exist, so that nothing is there;
(e) or the user allows changes to shared things, and a later request can undo it; where no description says which
    can, only if no list has shown the target, and the path names something of the run;
(f) or it pays a debt that is in the journal.

It knows what may pass and refuses the rest, routes that it has never heard of included. What it must know of the routes
of a service is said in the service's description (see ``profile.GuardRules``).
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from conformance.engine.cloud.errors import GuardRefusal, UnsafePath
from conformance.engine.cloud.exchange import ABSENT, SAFE_METHODS
from conformance.engine.cloud.journal import holds_above
from conformance.engine.cloud.profile import GuardRules, NamedInBody
from conformance.engine.cloud.roles import Anonymous, Role
from conformance.engine.cloud.scope import ABOVE
from conformance.engine.cloud.untold import UNTOLD, Untold, closed
from conformance.engine.model.content import Content

if TYPE_CHECKING:
    from conformance.engine.cloud.exchange import Ask
    from conformance.engine.cloud.journal import Journal

_TOKEN_HEADERS = frozenset({"authorization", "cookie", "x-auth-token", "x-service-token"})
_SIGNATURE = "authorization"
_METHOD_HEADERS = frozenset({"x-http-method", "x-http-method-override", "x-method-override"})

_ID_LIKE = re.compile(r"[0-9A-Fa-f.:/-]+\Z")
"""A UUID, a number or an address. A text with other characters is none, so it names nothing by its id."""

_UNSAFE = re.compile(r"[/\\<>\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd\ud800-\udfff]")

_ODD = re.compile(r"[?#\\\x00-\x20]")
"""Marks that end a path or stand for another one, blanks and controls. None of them is sent in a path."""

_UNASSIGNED = tuple(
    ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
"""Addresses set aside for documentation (RFC 5737, RFC 3849): nobody has them, so they may stand for an unknown one."""

AnonymousRefused = Callable[[Anonymous, str], bool]
"""A test whether the cloud refused such a sender (401) at this path."""


UserOf = Callable[[Role], str | None]
"""The id of the user of a role; None if unknown."""

NamesNothing = Callable[["Ask", str, str], bool]
"""A test whether the cloud shows nothing with an id in a collection to the sender."""

LEAVE = "--allow-disruptive would let it"

CHANGES_NOTHING = "with -m readonly a run changes nothing and makes nothing"


class Guard:
    """Decides on every request before it is sent. Safe to use from many threads.

    Args:
        journal: the journal of this run; None if the run makes nothing.
        rules: the rules of the service.
        allow_disruptive: True to let changes to shared things pass.
        anonymous_refused: asks the cloud whether it refuses requests without a valid token; None holds such requests to
            the same rules as all others.
        names_nothing: asks the cloud whether an id names nothing; None lets only ids seen before count.
        user_of: tells the user who sends a request; None if nobody knows.
        made: further collections in which this run may have made things.
        unknown: random ids that another guard of this run knows as unknown; both share them.

    Attributes:
        nowhere: names that were made up for routes that cannot exist.
        unknown: the random ids that were seen to answer 404.
        all_own: True if the whole cloud was made for this run, so nobody else uses it.
        read_only: True if the run changes nothing: then only requests pass that read.
        undoes: False if no description tells which requests can be undone: then none changes a thing that a list has
            shown and that did not come with a thing of the run, and none that names nothing of the run, whatever the
            user allows.
        untold: tells such requests apart.
    """

    def __init__(
        self,
        journal: Journal | None,
        rules: GuardRules | None = None,
        *,
        allow_disruptive: bool = False,
        anonymous_refused: AnonymousRefused | None = None,
        names_nothing: NamesNothing | None = None,
        user_of: UserOf | None = None,
        made: frozenset[str] = frozenset(),
        unknown: set[str] | None = None,
    ) -> None:
        self.allow_disruptive = allow_disruptive
        self.all_own = False
        self.read_only = False
        self.undoes = True
        self._came: set[str] = set()
        self._journal = journal
        self.untold = Untold(journal, self.harmless)
        self.nowhere = self.untold.nowhere
        self._rules = rules or GuardRules()
        self._anonymous_refused = anonymous_refused
        self._names_nothing = names_nothing
        self._user_of = user_of
        self._made = made
        self.unknown: set[str] = set() if unknown is None else unknown

    def seen_unknown(self, id_: str) -> None:
        """Remember a random id that the cloud has answered with 404."""
        self.unknown.add(id_)

    def listed(self, id_: str, collection: str) -> None:
        """Remember the id of a thing that a list has shown: of a part of a thing of this run, or of others."""
        (self._came if holds_above(self._journal, collection) else self.untold.of_others).add(id_)

    def came_along(self, id_: str) -> None:
        """Remember the id of a thing that came with a thing of this run."""
        self._came.add(id_)

    def harmless(self, value: str, collection: str | None = None) -> bool:
        """Whether the value names something of this run (in a collection), or nothing at all."""
        if value in self.unknown or value in self._came:
            return True
        return self._journal is not None and self._journal.owns(value, collection)

    def reaches_nothing(self, ask: Ask) -> bool:
        """Whether a request changes nothing, since its target is unknown or the cloud refuses its sender: see (c)."""
        segments = _segments(ask)
        return self._is_refused(ask, segments) or any(one in self.unknown | self.nowhere for one in segments)

    def forbids(self, method: str, template: str) -> str | None:
        """Return why the guard stops every request of a route that names an existing thing; None if one may pass.

        It is known before anything is made: the run can have made nothing in a collection that all users share.

        Args:
            method: the method of the request.
            template: the documented path, with placeholders.
        """
        own, segments = self._rules.own_collections, template.split("/")[1:]
        acts = self._acts([part if part[:1] != "{" else "*" for part in segments])
        reads = method.upper() in SAFE_METHODS and not acts
        if self.read_only and not reads:
            return f"not sent: {method} {template}: {CHANGES_NOTHING}"
        if not (self.undoes or self.all_own) and closed(method, template):
            return f"not sent: {method} {template}: {UNTOLD}"
        if self.allow_disruptive or own is None or not segments[0] or segments[0].startswith("{"):
            return None
        if reads:
            return None
        if segments[0] in own or (len(segments) > 1 and segments[0] in self._made):
            return None
        return f"not sent: {method} {template}: it changes {segments[0]}, which all users share ({LEAVE})"

    def check(self, ask: Ask) -> None:
        """Let the request pass in silence.

        Raises:
            GuardRefusal: it could change things that this run did not make.
        """
        segments = _segments(ask)
        names = {name.lower() for name, _ in ask.headers}
        if held := sorted((names & _TOKEN_HEADERS) - ({_SIGNATURE} if ask.signed else set())):
            raise _refusal(ask, f"a request gets its token by its role, not by the header {held[0]}")
        safe = ask.only_reads and not self._acts(segments)
        if held := sorted(names & _METHOD_HEADERS):
            # Some endpoints take such a header for the method, and then a GET is none.
            safe = False
        if self.read_only and not safe:
            raise _refusal(ask, CHANGES_NOTHING)
        if ask.pays and self._journal is not None and self._journal.owes(ask.pays, ask.method, ask.path):
            return
        of_others = not self.undoes and self.untold.touches_others(ask, segments)
        lasting = of_others or self._is_irreversible(ask.method, segments)
        final = not self.all_own and lasting
        if safe or (self.allow_disruptive and not final):
            return
        trouble = self._trouble(ask, segments)
        if trouble is None:
            return
        if self._is_refused(ask, segments):
            return
        if isinstance(ask.role, Anonymous) and self._anonymous_refused is not None:
            trouble += f", and this cloud was not seen to refuse {ask.role}"
        if final:  # no option lets it out
            trouble = f"{trouble.replace(f' ({LEAVE})', '')}, and no request could undo it"
        raise _refusal(ask, trouble)

    def _is_refused(self, ask: Ask, segments: list[str]) -> bool:
        """Whether this cloud was seen to refuse this sender without a valid token."""
        if not isinstance(ask.role, Anonymous) or self._anonymous_refused is None:
            return False
        return self._anonymous_refused(ask.role, f"/{segments[0]}" if segments else "/")

    def _trouble(self, ask: Ask, segments: list[str]) -> str | None:
        """Return why the request must not go out; None if it may."""
        if not self.nowhere.isdisjoint(segments):
            return None
        for member, value in self._changed(_body(ask)):
            if not self._may_name(value):
                return f"{member} {value!r} in its body is not in this run's journal"
        if len(segments) < 2:
            return self._creation_trouble(ask, segments)
        if self._names_what_it_makes(ask, segments):
            return None
        mine = self._is_below_user(ask, segments)
        if mine and len(segments) == 3 and ask.method.upper() == "POST":
            return self._intent_trouble(ask)
        known = (mine and len(segments) > 3) or self.harmless(segments[1], f"/{segments[0]}")
        if not known and not self._seen_to_be_nothing(ask, segments):
            return f"{segments[1]!r} is not in this run's journal ({LEAVE})"
        parts = self._rules.parts.get(segments[0], frozenset())
        if len(segments) > 3 and segments[2] not in parts:
            for further in segments[3::2]:
                if not self.harmless(further):
                    return f"{further!r} is not in this run's journal ({LEAVE})"
        return None

    def _is_below_user(self, ask: Ask, segments: list[str]) -> bool:
        """Whether the target is in a collection of things of the user who sends the request."""
        if self._user_of is None or not isinstance(ask.role, Role) or not self._rules.below_user:
            return False
        collection = "/" + "/".join(segments[:3])
        return _fits(collection, self._rules.below_user) and segments[1] == self._user_of(ask.role)

    def _seen_to_be_nothing(self, ask: Ask, segments: list[str]) -> bool:
        # Not remembered, because another role may see a thing that this role does not see.
        return self._names_nothing is not None and self._names_nothing(ask, segments[0], segments[1])

    def _names_what_it_makes(self, ask: Ask, segments: list[str]) -> bool:
        """Whether a PUT at the top of another service's API makes the thing that its path names, by an open intent."""
        return (
            self._rules.own_collections is None
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
        creating = self._rules.own_collections
        if ask.method.upper() != "POST" or (creating is not None and segments[0] not in creating):
            return f"it changes {segments[0]}, which this run did not make ({LEAVE})"
        return self._intent_trouble(ask)

    def _intent_trouble(self, ask: Ask) -> str | None:
        if ask.intent is None or self._journal is None:
            return "it creates something without an intent in the journal"
        if not self._journal.is_open(ask.intent):
            return f"the intent {ask.intent.name!r} is not in the journal, or was used before"
        return None

    def _may_name(self, value: str) -> bool:
        if self.harmless(value) or not _ID_LIKE.match(value):
            return True
        if self._journal is not None and value.startswith(self._journal.prefix):
            return True
        return _unassigned(value)

    def _acts(self, segments: list[str]) -> bool:
        """Return whether a GET of this path changes something."""
        return _fits("/" + "/".join(segments), self._rules.acting_reads)

    def _is_irreversible(self, method: str, segments: list[str]) -> bool:
        """Whether no request undoes this one."""
        return _fits(f"{method.upper()} /{'/'.join(segments)}", self._rules.irreversible)

    def _changed(self, value: Any, holder: str = "") -> Iterator[tuple[str, str]]:
        """The things that a body names and the request changes beside its target: pairs of member and id."""
        members = _members(value)
        if members is not None:
            for name, inner in members:
                is_id = isinstance(inner, str | int) and not isinstance(inner, bool)
                if is_id and self._is_named(name, holder, members):
                    if inner != "":
                        yield name, str(inner)
                else:
                    yield from self._changed(inner, name)
        elif isinstance(value, list | tuple):
            for inner in value:
                yield from self._changed(inner, holder)

    def _is_named(self, member: str, holder: str, members: list[tuple[str, Any]]) -> bool:
        """Whether a member of an object names something that a request changes."""

        def fits(rule: NamedInBody) -> bool:
            within = not rule.within or any(fnmatchcase(holder, pattern) for pattern in rule.within)
            return member == rule.member and within and all(pair in members for pair in rule.beside.items())

        return any(map(fits, self._rules.changed_members))


def safe_in_path(id_: str) -> bool:
    """Whether an id, once it is percent-encoded, is one part of a path for everything that reads it on its way.

    Slashes and dots lead to another place, controls end a line of the request, a mark of HTML may act in a page, and
    half a character, of which U+FFFD is left, can be sent by nobody.
    """
    return id_ not in {"", ".", ".."} and _UNSAFE.search(id_) is None


def _fits(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path fits one of some patterns, in which ``*`` stands for one part."""
    return any(one.count("/") == path.count("/") and fnmatchcase(path, one) for one in patterns)


def _refusal(ask: Ask, why: str) -> GuardRefusal:
    return GuardRefusal(_refused(ask, why))


def _refused(ask: Ask, why: str) -> str:
    path = ask.path if ask.path.isprintable() else repr(ask.path)
    return f"not sent: {ask.method} {path} as {ask.role}: {why}"


def _segments(ask: Ask) -> list[str]:
    """The decoded parts of the path.

    A path that an endpoint or a proxy could read as another one goes out for no method at all. The mark of a path above
    the version never goes out itself, and stands before requests that only read.
    """
    path = ask.path.removeprefix(ABOVE) if ask.method in ("GET", "HEAD") else ask.path
    parts = path.split("/")[1:]
    if parts and not parts[-1]:
        parts.pop()  # one slash at the end is a matter of routing, not of the target
    decoded = [unquote(part) for part in parts]
    if not path.startswith("/") or _ODD.search(path) is not None or not all(map(safe_in_path, decoded)):
        raise UnsafePath(_refused(ask, "its path can be read as that of another resource"))
    return decoded


def _body(ask: Ask) -> Any:
    if ask.raw is None:
        return ask.body.value if isinstance(ask.body, Content) else ask.body
    try:
        # A member that comes twice counts both times: which of them is taken is the endpoint's own affair.
        return json.loads(ask.raw, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return ABSENT


class _Pairs(list[tuple[str, Any]]):
    """An object of a raw body with all its members."""


def _members(value: Any) -> list[tuple[str, Any]] | None:
    if isinstance(value, _Pairs):
        return list(value)
    return list(value.items()) if isinstance(value, dict) else None


def _unassigned(value: str) -> bool:
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    return any(address in net for net in _UNASSIGNED)
