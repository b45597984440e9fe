"""The profile of a service: all that the client must know beyond the common conventions.

A profile without anything in it is that of a service which keeps to the conventions, and of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from keystoneauth1.session import Session

from conformance.engine.cloud.candidates import Candidates, Room
from conformance.engine.cloud.kinds import Kind
from conformance.engine.cloud.shared import Shared
from specs.microversion import Microversion


@dataclass(frozen=True)
class VersionHeader:
    """A header that asks for a microversion: ``{}`` in the value stands for it.

    Attributes:
        min_microversion: the lowest version that is asked for by it; None for all.
    """

    name: str
    value: str
    min_microversion: Microversion | None = None


@dataclass(frozen=True)
class Versions:
    """How a service tells of its versions, and is asked for one.

    Attributes:
        headers: that ask for a microversion; none for those that keystoneauth1 knows: the one that all services share
            (the API working group's guideline on microversions: ``OpenStack-API-Version``), and older ones.
        media_type: which the version document of this service names, and not that of another one; empty where that is
            not checked.
        microversions_required: whether a version document without microversions is not of the right version.
        replaced_roots: last part of a root in old catalogues -> the one that has microversions.
        project_in_root_until: the last microversion of a cloud that wants the project's id in its root.
        example_root: a root to show to who has given a wrong one.
    """

    headers: tuple[VersionHeader, ...] = ()
    media_type: str = ""
    microversions_required: bool = False
    replaced_roots: Mapping[str, str] = field(default_factory=dict)
    project_in_root_until: Microversion | None = None
    example_root: str = ""


_MARK = "999.99999"
"""The version in whose place another one is put."""


@cache
def _usual_headers(service_type: str) -> tuple[VersionHeader, ...]:
    """The headers by which keystoneauth1 asks a service for a version."""
    headers: dict[str, str] = {}
    Session._set_microversion_headers(headers, _MARK, service_type, None)
    return tuple(VersionHeader(name, value.replace(_MARK, "{}")) for name, value in headers.items())


@dataclass(frozen=True)
class NamedInBody:
    """A member of a body that names what a request changes beside its target.

    Attributes:
        member: its name.
        within: patterns of the member that holds it directly; none for any.
        beside: members of the same object, and the values with which it does.
    """

    member: str
    within: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GuardRules:
    """The routes of a service, as far as the guard must know them.

    Attributes:
        acting_reads: paths on which a GET acts; ``*`` stands for one part.
        own_collections: collections in which a POST makes something of the project's own; what is not among them is
            shared, and needs the user's leave. None: all, and a PUT at the top of the API makes what its path names.
        parts: collection -> what belongs to one of its things, so that an id after it names nothing beyond that thing.
        irreversible: "METHOD /path" of requests that no request undoes, ``*`` for one part of the path: they go out to
            what the run has made alone, whatever the user allows.
        changed_members: members of bodies that name what is changed beside the target, and not only read.
    """

    acting_reads: tuple[str, ...] = ()
    own_collections: frozenset[str] | None = None
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    irreversible: tuple[str, ...] = ()
    changed_members: tuple[NamedInBody, ...] = ()


@dataclass(frozen=True)
class TokenCheck:
    """A request that every good token may make: that it is accepted shows that the token is."""

    path: str
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Profile:
    """All that the client must know of one service.

    Attributes:
        type: as the catalogue calls it.
        kinds: of things, by name.
        watched: the kind of things whose statuses a run follows, all by one poll; empty where there is none.
        removal_order: kinds, in the order in which they are removed; what is not among them comes last.
        removed_at_highest: whether things are removed at the highest microversion, and not at the lowest.
        token_check: None where tokens are not tried at the start.
        discovery: what the cloud has, by the name that Bindings use.
        shared: things that the run did not make and a request may change, and how each is put back.
        room: None where nobody knows.
        missing_parts: what the cloud says with a refusal if it lacks an optional part; nothing was made then.
    """

    type: str = ""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    watched: str = ""
    removal_order: tuple[frozenset[str], ...] = ()
    removed_at_highest: bool = True
    versions: Versions = field(default_factory=Versions)
    token_check: TokenCheck | None = None
    guard: GuardRules = field(default_factory=GuardRules)
    discovery: Mapping[str, Candidates] = field(default_factory=dict)
    shared: tuple[Shared, ...] = ()
    room: Room | None = None
    missing_parts: tuple[str, ...] = ()

    def version_headers(self, microversion: str) -> dict[str, str]:
        """The headers that ask for a microversion, which may be of no right form, where that is what is tested."""
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
        """The kind of a name; one that the description does not know has its things at ``/<name>``."""
        return self.kinds.get(name) or Kind(name)

    def kind_at(self, collection: str) -> Kind:
        """The kind of the things of a collection, by its path; one that nobody knows is called as its last part."""
        named = (kind for kind in self.kinds.values() if kind.collection == collection)
        return next(named, None) or Kind(collection.rpartition("/")[2], collection)
