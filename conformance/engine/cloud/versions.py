"""From the address of a service to the root of one version of its API, and to its microversions.

The address comes from a catalogue or from the user. It may name the service or one version of it, with a prefix before
the version and the project after it.
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
from conformance.engine.cloud.errors import EndpointError
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
"""How the media types of the services begin, which their version documents name."""

Entry = dict[str, Any]
"""What a version document says of one version."""


@dataclass(frozen=True)
class Root:
    """The root of one version of an API.

    Attributes:
        url: without the project, and without a slash at its end.
        microversions: none at all for a service that has no microversions.
        project: the text that names the project in the address that was given; None where it has none.
        keeps_project: whether every path stands below the project, whatever the reference says.
        major: the number of the version in the paths of the reference; None where they carry none.
        version: the version that the version document names; None where there is no such document.
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
    """Let a version document with, say, a number in the place of a list be an error of the endpoint."""

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
        transport: that asks for version documents.
        url: the address.
        token: that such documents may want.
        profile: what must be known of the service.
        timeout: of each request, in seconds.
        described: the versions that the paths of the reference carry; none where they carry none.
        as_given: whether a version in the address is what the user wants, if the reference describes it. Else the
            highest one is taken that the reference describes and the service offers.

    Raises:
        EndpointError: nothing answers there, what answers is not this service, or the service does not offer what the
            reference describes.
    """
    parts = urlsplit(url)
    base = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    asking = _Asking(transport, token, profile, timeout)
    return _of_version(asking, base, described, as_given) if described else _as_it_is(asking, base)


def project_in(url: str) -> str | None:
    """The text that names the project in an address, after its version; None where there is none."""
    found = _VERSIONED.match(url.rstrip("/"))
    return found["project"].lstrip("/") if found is not None and found["project"] else None


def _as_it_is(asking: _Asking, base: str) -> Root:
    """The root for a reference whose paths carry no version: the address itself, or the newest version below it."""
    tried, profile = base, asking.profile
    project = project_in(base)
    if project is not None:
        tried = base.removesuffix(f"/{project}")
    above, _, last = tried.rpartition("/")
    if last in profile.versions.replaced_roots:
        # Old catalogues still name the address without microversions.
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
    """The root for a reference whose paths carry versions: of one that it describes and the service offers."""
    found = _VERSIONED.match(base)
    above = found["above"] if found is not None else base
    named = int(found["major"]) if found is not None else None
    roots: dict[int, tuple[str, Entry]] = {}
    try:
        entries, _ = asking.entries(above)
        for entry in sorted(entries, key=_number):
            number = _number(entry)[0]
            root = _below(above, entry)
            if root == above:  # it does not say where
                root = f"{above}/{found['version'] if found is not None and number == named else f'v{number}'}"
            roots[number] = (root, entry)
    except EndpointError:
        if found is None:
            raise
        # What stands above the version may be another service's, or nothing.
        own = f"{above}/{found['version']}"
        entry = asking.one(own, int(found["major"]))
        roots[int(found["major"])] = (own, entry)
    both = sorted(set(described) & set(roots))
    if not both:
        raise EndpointError(
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
    """Asks for version documents."""

    transport: Transport
    token: str
    profile: Profile
    timeout: float

    def entries(self, url: str) -> tuple[list[Entry], bool]:
        """The versions that the document at an address tells of, and whether it is the document of one version.

        Raises:
            EndpointError: there is no version document.
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
        """What the document at the address of one version says of it; nothing where there is none."""
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
    """A version document that was read, in the form of the session that keystoneauth1 would ask for it."""

    document: Any
    headers: Mapping[str, str]
    text: str = ""

    def get(self, *_: Any, **__: Any) -> _Read:
        """Give the answer."""
        return self

    def json(self) -> Any:
        """Give its JSON value."""
        return self.document


def _is_version(entry: Entry) -> bool:
    """Whether an object says of a version what it is."""
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
    """The microversions of an entry; services name the highest "version" or "max_version"."""
    low, high = entry.get("min_version"), entry.get("max_version") or entry.get("version")
    try:
        return VersionRange.parse(low or None, high or None)
    except (TypeError, ValueError):
        raise EndpointError(f"{url} names microversions of no right form: {low!r} to {high!r}") from None


def _number(entry: Entry) -> tuple[int, ...]:
    """The version of an entry, to be compared: (3, 14) for v3.14."""
    return tuple(int(part) for part in normalize_version_number(str(entry["id"])))


def _version(entry: Entry) -> Microversion | None:
    return Microversion(*_number(entry)[:2]) if entry else None


def _majors(entries: Collection[Entry]) -> tuple[int, ...]:
    return tuple(sorted({_number(entry)[0] for entry in entries}))


def _below(url: str, entry: Entry) -> str:
    """The address of a version: the path of its link at the host that the user named.

    A cloud behind a proxy often writes links to a host that cannot be reached from here.
    """
    links = entry.get("links") or ()
    link = next((str(one["href"]) for one in links if isinstance(one, dict) and one.get("rel") == "self"), "")
    path = urlsplit(urljoin(f"{url}/", link)).path.rstrip("/")  # an empty link means the place itself
    own = urlsplit(url).path.rstrip("/")
    if path == own:
        return url
    last = path.rpartition("/")[2] or str(entry.get("id", ""))
    return f"{url}/{last}"
