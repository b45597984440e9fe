"""The profile of a service: the facts that the client needs beyond the common conventions.

An empty profile is that of a service which keeps to the conventions and has no description.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from conformance.engine.cloud.candidates import Candidates, Room
from conformance.engine.cloud.carried import NONE as NO_HEADERS
from conformance.engine.cloud.carried import Carried
from conformance.engine.cloud.kinds import Act, Kind
from conformance.engine.cloud.shared import Shared
from specs.microversion import Microversion


@dataclass(frozen=True)
class VersionHeader:
    """A header that asks for a microversion; ``{}`` in its value stands for the microversion.

    Attributes:
        min_microversion: the lowest microversion with this header; None for all.
    """

    name: str
    value: str
    min_microversion: Microversion | None = None


@dataclass(frozen=True)
class Versions:
    """The version documents of a service, and the headers that ask for a version.

    Attributes:
        headers: the headers that ask for a microversion. If empty, keystoneauth1 knows them: the header of all services
            (the API working group's guideline on microversions: ``OpenStack-API-Version``), and older ones.
        media_type: a media type that only the version document of this service names; empty if that is not checked.
        microversions_required: True if a version document without microversions is that of a wrong version.
        replaced_roots: the last part of a root in old catalogues -> that of the root with microversions.
        project_in_root_until: the last microversion of clouds that need the id of the project in the root.
        example_root: an example for users who have given a wrong root.
    """

    headers: tuple[VersionHeader, ...] = ()
    media_type: str = ""
    microversions_required: bool = False
    replaced_roots: Mapping[str, str] = field(default_factory=dict)
    project_in_root_until: Microversion | None = None
    example_root: str = ""


_MARK = "999.99999"
"""The version that is replaced by the requested one."""


@cache
def _usual_headers(service_type: str) -> tuple[VersionHeader, ...]:
    """The headers with which keystoneauth1 asks a service for a version."""
    from keystoneauth1.session import Session  # takes a moment, and only a run asks a service for a version

    headers: dict[str, str] = {}
    Session._set_microversion_headers(headers, _MARK, service_type, None)
    return tuple(VersionHeader(name, value.replace(_MARK, "{}")) for name, value in headers.items())


@dataclass(frozen=True)
class NamedInBody:
    """A member of a body that names a thing which the request changes beside its target.

    Attributes:
        member: the name of the member.
        within: shell patterns for the name of the object with the member; none for any object.
        beside: members of the same object, with the values that make the rule apply.
    """

    member: str
    within: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GuardRules:
    """The facts about the routes of a service that the guard needs.

    Attributes:
        acting_reads: paths at which a GET changes something; ``*`` stands for one part.
        own_collections: collections in which a POST makes a thing of the project. Other collections are shared, and the
            user must allow changes. None: all collections are of the project, and a PUT at the top of the API makes the
            thing that its path names.
        parts: collection -> the parts of one of its things, whose ids name nothing beyond this thing.
        irreversible: "METHOD /path" of requests that no request undoes, ``*`` for one part of the path. They are sent
            for things of the run alone, whatever the user allows.
        changed_members: members of bodies that name further things which a request changes.
        below_user: collections below the user of a request in which a POST makes a thing of this user, as paths with
            ``*`` for the id of the user.
    """

    acting_reads: tuple[str, ...] = ()
    own_collections: frozenset[str] | None = None
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    irreversible: tuple[str, ...] = ()
    changed_members: tuple[NamedInBody, ...] = ()
    below_user: tuple[str, ...] = ()


@dataclass(frozen=True)
class TokenCheck:
    """A request that every valid token may make. Its acceptance proves the token."""

    path: str
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Profile:
    """The facts about one service that the client needs.

    Attributes:
        type: the type of the service in the catalogue.
        kinds: the kinds of things, by name.
        watched: the kinds of things whose statuses a run follows, each by one poll; the usual one is the first.
        removal_order: the kinds in the order of their removal; all others come last.
        removed_at_highest: True if things are removed at the highest microversion instead of the lowest.
        carried: the headers that requests have to carry by the reference.
        forced: the requests that remove things of which no description tells whatever their status, by collection.
        token_check: the request that proves a token at the start; None if there is none.
        discovery: the candidates for things of the cloud, by their names in Bindings.
        shared: sorts of things that the run did not make and may change, and the ways to restore them.
        room: the limits on the number of things; None if unknown.
        missing_parts: what the cloud says with a refusal if it lacks an optional part; nothing was made then.
    """

    type: str = ""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    watched: tuple[str, ...] = ()
    removal_order: tuple[frozenset[str], ...] = ()
    removed_at_highest: bool = True
    carried: Carried = NO_HEADERS
    forced: Mapping[str, Act] = field(default_factory=dict)
    versions: Versions = field(default_factory=Versions)
    token_check: TokenCheck | None = None
    guard: GuardRules = field(default_factory=GuardRules)
    discovery: Mapping[str, Candidates] = field(default_factory=dict)
    shared: tuple[Shared, ...] = ()
    room: Room | None = None
    missing_parts: tuple[str, ...] = ()

    def version_headers(self, microversion: str) -> dict[str, str]:
        """The headers that ask for a microversion, which may be malformed if that is under test."""
        known = self.versions.headers or _usual_headers(self.type)
        try:
            version = Microversion.parse(microversion)
        except ValueError:
            version = None
        return {
            one.name: one.value.replace("{}", microversion)
            for one in known
            if version is None or one.min_microversion is None or version >= one.min_microversion
        }

    def kind(self, name: str) -> Kind:
        """The kind with a name. A kind that the description does not know has its things at ``/<name>``."""
        return self.kinds.get(name) or Kind(name, f"/{name}")

    def kind_at(self, collection: str) -> Kind:
        """The kind of the things at the path of a collection. An unknown kind is named by the path, which finds it."""
        named = (kind for kind in self.kinds.values() if kind.collection == collection)
        return next(named, None) or Kind(collection.removeprefix("/"), collection)
