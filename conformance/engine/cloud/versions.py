"""Finds the root of one version of an API, and its microversions, by the address of the service.

The address comes from a catalogue or from the user. It names the service or one of its versions, and may have a prefix
before the version and the project after it.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast
from urllib.parse import urljoin, urlsplit, urlunsplit

from keystoneauth1.discover import get_version_data, normalize_version_number
from keystoneauth1.exceptions import DiscoveryFailure

from conformance.engine.cloud.bounds import json_of
from conformance.engine.cloud.errors import EndpointError, ServiceMissing
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.standing import is_busy
from specs.microversion import Microversion, VersionRange
from specs.text import one_line

if TYPE_CHECKING:
    from keystoneauth1.session import Session

    from conformance.engine.cloud.profile import Profile
    from conformance.engine.cloud.transport import Reply, Transport

_VERSIONED = re.compile(r"(?P<above>.*)/(?P<version>v(?P<major>\d+)(?:\.\d+)?)(?P<project>/[0-9a-zA-Z_-]{8,})?\Z")
_MEDIA_TYPE = "application/vnd.openstack"
"""The beginning of the media types in the version documents of services."""

Entry = dict[str, Any]
"""The entry of one version in a version document."""


@dataclass(frozen=True)
class Root:
    """The root of one version of an API.

    Attributes:
        url: the URL without the project, and without a slash at its end.
        microversions: the supported microversions; none for a service without microversions.
        project: the text that names the project in the given address; None if there is none.
        keeps_project: True if every path stands below the project, whatever the reference says.
        major: the number of the version in the paths of the reference; None if they have none.
        version: the version by the version document; None if there is no such document.
        offered: the numbers of all versions that the service offers.
    """

    url: str
    microversions: VersionRange
    project: str | None = None
    keeps_project: bool = False
    major: int | None = None
    version: Microversion | None = None
    offered: tuple[int, ...] = ()


_More = ParamSpec("_More")
_Find = Callable[Concatenate["Transport", str, _More], Root]


def _in_right_form(find: _Find[_More]) -> _Find[_More]:
    """Turn errors from malformed version documents into an EndpointError."""

    @functools.wraps(find)
    def found(transport: Transport, url: str, /, *args: _More.args, **more: _More.kwargs) -> Root:
        try:
            return find(transport, url, *args, **more)
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
            raise EndpointError(f"{url} is not a usable endpoint: its version document is malformed") from error

    return found


@_in_right_form
def find_root(
    transport: Transport,
    url: str,
    token: str,
    profile: Profile,
    timeout: float,
    described: Collection[int] = (),
    *,
    as_given: bool = True,
) -> Root:
    """Find the root of a version of a service below or at an address.

    Args:
        transport: sends the requests for version documents.
        url: the address.
        token: the token for these requests, which some services want.
        profile: the facts about the service that the client needs.
        timeout: the seconds for each request.
        described: the numbers of the versions in the paths of the reference.
        as_given: True if the user wants the version in the address, if the reference describes it. Otherwise it is the
            highest version that the reference describes and the service offers.

    Raises:
        EndpointError: nothing answers at the address, another service answers, or the service offers no described
            version.
    """
    parts = urlsplit(url)
    base = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    asking = _Asking(transport, token, profile, timeout)
    return _of_version(asking, base, described, as_given) if described else _as_it_is(asking, base)


def project_in(url: str) -> str | None:
    """The text after the version in an address, which names the project; None if there is none."""
    found = _VERSIONED.match(url.rstrip("/"))
    return found["project"].lstrip("/") if found is not None and found["project"] else None


def _as_it_is(asking: _Asking, base: str) -> Root:
    """The root for a reference without versions in its paths: the address itself, or the newest version below it."""
    tried, profile = base, asking.profile
    project = project_in(base)
    if project is not None:
        tried = base.removesuffix(f"/{project}")
    above, _, last = tried.rpartition("/")
    if last in profile.versions.replaced_roots:
        # Old catalogues still have the address of the API without microversions.
        tried = f"{above}/{profile.versions.replaced_roots[last]}"
    entries, one = asking.entries(tried)
    if not entries:
        raise EndpointError(f"{tried} offers no version of the {profile.type} service")
    best = entries[0] if one else max(entries, key=lambda entry: (entry.get("status") == "CURRENT", _number(entry)))
    versions = _checked(best, tried, profile)
    until = profile.versions.project_in_root_until
    keeps = project is not None and (until is None or versions.max is None or versions.max <= until)
    root = tried if one else _below(tried, best)
    return Root(root, versions, project, keeps, version=_version(best), offered=_majors(entries))


def _of_version(asking: _Asking, base: str, described: Collection[int], as_given: bool) -> Root:
    """The root for a reference with versions in its paths: that of a version which the service offers."""
    found = _VERSIONED.match(base)
    above = found["above"] if found is not None else base
    named = int(found["major"]) if found is not None else None
    roots: dict[int, tuple[str, Entry]] = {}
    try:
        entries, _ = asking.entries(above)
        for entry in sorted(entries, key=_number):
            number = _number(entry)[0]
            root = _below(above, entry)
            if root == above:  # the entry has no address
                root = f"{above}/{found['version'] if found is not None and number == named else f'v{number}'}"
            roots[number] = (root, entry)
    except EndpointError:
        if found is None:
            raise
        # The address above the version may belong to another service, or to none.
        own = f"{above}/{found['version']}"
        entry = asking.one(own, int(found["major"]))
        roots[int(found["major"])] = (own, entry)
    both = sorted(set(described) & set(roots))
    if not both:
        raise ServiceMissing(
            f"{base} offers {_listed(roots)} of the {asking.profile.type} service, and the reference describes "
            f"{_listed(described)} alone: none of its operations exists on this cloud; use the reference of its release"
        )
    major = named if as_given and named in both else both[-1]
    url, entry = roots[major]
    project = found["project"].lstrip("/") if found is not None and found["project"] else None
    versions = _checked(entry, url, asking.profile)
    return Root(url, versions, project, major=major, version=_version(entry), offered=tuple(sorted(roots)))


def _listed(numbers: Collection[int]) -> str:
    return "version " + " and ".join(map(str, sorted(numbers)))


@dataclass(frozen=True)
class _Asking:
    """Requests version documents."""

    transport: Transport
    token: str
    profile: Profile
    timeout: float

    def entries(self, url: str) -> tuple[list[Entry], bool]:
        """The versions in the document at an address, and True if it is the document of one version.

        Raises:
            EndpointError: there is no version document at the address.
        """
        reply = self._get(f"{url}/")
        if reply.status in {301, 302, 307, 308, 404}:
            reply = self._get(url)
        if reply.error:
            raise EndpointError(f"{url} does not answer: {reply.error}")
        if reply.status == 401:
            raise EndpointError(f"{url} refused the token: 401; is it of this cloud, and not expired?")
        if is_busy(reply.status, reply.headers):
            raise EndpointError(
                f"{url} cannot be tested now: it is overloaded, and GET gave {reply.status}; try again later"
            )
        kind = self.profile.type
        document = json_of(reply.content)
        if document is ABSENT:
            content = reply.headers.get("Content-Type", "").partition(";")[0] or "no content type"
            raise EndpointError(
                f"{url} is not a {kind} endpoint: GET gave {reply.status} and no JSON ({one_line(content, 60)})"
            )
        try:
            found = get_version_data(cast("Session", _Read(document, reply.headers)), url)
        except (DiscoveryFailure, AttributeError, TypeError):
            found = None
        if isinstance(found, list):
            entries = [entry for entry in found if isinstance(entry, dict) and _is_version(entry)]
            if entries or not found:
                return entries, not isinstance(document.get("versions"), dict | list)
        example = f", such as {self.profile.versions.example_root}" if self.profile.versions.example_root else ""
        raise EndpointError(
            f"{url} is not a {kind} endpoint: GET gave {reply.status} and no version document; "
            f"give the service's root or its versioned root{example}"
        )

    def one(self, url: str, major: int) -> Entry:
        """The entry in the document at the address of one version; empty if there is no document."""
        try:
            entries, _ = self.entries(url)
        except EndpointError:
            reply = self._get(url)
            if reply.error or reply.status == 401:
                raise
            return {}
        return max((entry for entry in entries if _number(entry)[0] == major), key=_number, default={})

    def _get(self, url: str) -> Reply:
        return self.transport.exchange("GET", url, {"X-Auth-Token": self.token}, None, timeout=self.timeout)


@dataclass(frozen=True)
class _Read:
    """A stand-in for a keystoneauth1 session that returns a version document which was read before."""

    document: Any
    headers: Mapping[str, str]
    text: str = ""

    def get(self, *_: Any, **__: Any) -> _Read:
        """Return the answer."""
        return self

    def json(self) -> Any:
        """Return the JSON value of the document."""
        return self.document


def _is_version(entry: Entry) -> bool:
    """Whether an object is the entry of a version."""
    try:
        normalize_version_number(str(entry.get("id")))
    except TypeError:
        return False
    return True


def _checked(entry: Entry, url: str, profile: Profile) -> VersionRange:
    versions, known = _range(entry, url), profile.versions
    media = json.dumps(entry.get("media-types") or entry.get("media_types") or "")
    if known.media_type and _MEDIA_TYPE in media and known.media_type not in media:
        raise EndpointError(f"{url} is not a {profile.type} endpoint: its version document is that of another service")
    if known.microversions_required and versions.max is None:
        raise EndpointError(
            f"{url} is not a {profile.type} endpoint of the right version: its version document names no microversions"
        )
    return versions


def _range(entry: Entry, url: str) -> VersionRange:
    """The microversions of an entry; services call the highest one "version" or "max_version"."""
    low, high = entry.get("min_version"), entry.get("max_version") or entry.get("version")
    try:
        return VersionRange.parse(low or None, high or None)
    except (TypeError, ValueError):
        raise EndpointError(f"{url} names microversions of no right form: {low!r} to {high!r}") from None


def _number(entry: Entry) -> tuple[int, ...]:
    """The version of an entry for comparisons: (3, 14) for v3.14."""
    return tuple(int(part) for part in normalize_version_number(str(entry["id"])))


def _version(entry: Entry) -> Microversion | None:
    return Microversion(*_number(entry)[:2]) if entry else None


def _majors(entries: Collection[Entry]) -> tuple[int, ...]:
    return tuple(sorted({_number(entry)[0] for entry in entries}))


def _below(url: str, entry: Entry) -> str:
    """The address of a version: the path of its link, at the host that the user named.

    The links of a cloud behind a proxy often name a host that cannot be reached from here.
    """
    links = entry.get("links") or ()
    link = next((str(one["href"]) for one in links if isinstance(one, dict) and one.get("rel") == "self"), "")
    path = urlsplit(urljoin(f"{url}/", link)).path.rstrip("/")  # an empty link means the place itself
    own = urlsplit(url).path.rstrip("/")
    if path == own:
        return url
    last = path.rpartition("/")[2] or str(entry.get("id", ""))
    return f"{url}/{last}"
