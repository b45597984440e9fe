"""From the address of a service to its versioned root and its microversions."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec
from urllib.parse import urljoin, urlsplit, urlunsplit

from conformance.engine.cloud.bounds import json_of
from conformance.engine.cloud.errors import EndpointError
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.standing import is_busy
from specs.microversion import VersionRange
from specs.text import one_line

if TYPE_CHECKING:
    from conformance.engine.cloud.profile import Profile
    from conformance.engine.cloud.transport import Reply, Transport

_PROJECT = re.compile(r"(?P<root>.*/v\d+(\.\d+)?)/(AUTH_)?[0-9a-zA-Z-]{8,}\Z")
_MEDIA_TYPE = "application/vnd.openstack"
"""How the media types of the services begin, which their version documents name."""


@dataclass(frozen=True)
class Root:
    """A versioned root.

    Attributes:
        url: without a slash at its end.
        microversions: none at all for a service that has no microversions.
    """

    url: str
    microversions: VersionRange


_More = ParamSpec("_More")
_Find = Callable[Concatenate["Transport", str, _More], Root]


def _in_right_form(find: _Find[_More]) -> _Find[_More]:
    """Let a version document with, say, a number in the place of a list be an error of the endpoint."""

    @functools.wraps(find)
    def found(transport: Transport, url: str, /, *args: _More.args, **more: _More.kwargs) -> Root:
        try:
            return find(transport, url, *args, **more)
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
            raise EndpointError(
                f"{url} is no endpoint that can be used: its version document has no right form"
            ) from error

    return found


@_in_right_form
def find_root(transport: Transport, url: str, token: str, profile: Profile, timeout: float) -> Root:
    """Find the versioned root of a service below or at an address.

    Raises:
        EndpointError: nothing answers there, or what answers is not this service.
    """
    parts = urlsplit(url)
    base = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    tried = base
    if found := _PROJECT.match(base):
        tried = found["root"]
    above, _, last = tried.rpartition("/")
    if last in profile.versions.replaced_roots:
        # Old catalogues still name the address without microversions.
        tried = f"{above}/{profile.versions.replaced_roots[last]}"
    document = _document(transport, tried, token, profile, timeout)
    if isinstance(document.get("version"), dict):
        root, with_project = tried, profile.versions.project_in_root_until
        if base != tried and with_project is not None:
            versions = _range(document["version"], tried)
            if versions.max is None or versions.max <= with_project:
                root = base
        return Root(root, _checked(document["version"], root, profile))
    entries = [entry for entry in document["versions"] if isinstance(entry, dict)]
    if not entries:
        raise EndpointError(f"{tried} offers no version of the {profile.type} service")
    best = max(entries, key=lambda entry: (entry.get("status") == "CURRENT", _number(entry)))
    return Root(_below(tried, best), _checked(best, tried, profile))


def _document(transport: Transport, url: str, token: str, profile: Profile, timeout: float) -> dict[str, Any]:
    reply = _get(transport, url + "/", token, timeout)
    if reply.status in {301, 302, 307, 308, 404}:
        reply = _get(transport, url, token, timeout)
    if reply.error:
        raise EndpointError(f"{url} does not answer: {reply.error}")
    if reply.status == 401:
        raise EndpointError(f"{url} refused the token: 401; is it of this cloud, and not expired?")
    if is_busy(reply.status, reply.headers):
        raise EndpointError(
            f"{url} cannot be tested now: it is overloaded, and GET gave {reply.status}; try again later"
        )
    document = json_of(reply.content)
    if document is ABSENT:
        kind = reply.headers.get("Content-Type", "").partition(";")[0] or "no content type"
        raise EndpointError(
            f"{url} is not a {profile.type} endpoint: GET gave {reply.status} and no JSON ({one_line(kind, 60)})"
        )
    if isinstance(document, dict):
        if isinstance(document.get("version"), dict):
            return document
        inner = document.get("versions")
        if isinstance(inner, dict):  # identity wraps its list once more
            inner = inner.get("values")
        if isinstance(inner, list):
            return {"versions": inner}
    example = f", such as {profile.versions.example_root}" if profile.versions.example_root else ""
    raise EndpointError(
        f"{url} is not a {profile.type} endpoint: GET gave {reply.status} and no version document; "
        f"give the service's root or its versioned root{example}"
    )


def _get(transport: Transport, url: str, token: str, timeout: float) -> Reply:
    return transport.exchange("GET", url, {"X-Auth-Token": token}, None, timeout=timeout)


def _checked(entry: dict[str, Any], url: str, profile: Profile) -> VersionRange:
    versions, known = _range(entry, url), profile.versions
    media = json.dumps(entry.get("media-types") or entry.get("media_types") or "")
    if known.media_type and _MEDIA_TYPE in media and known.media_type not in media:
        raise EndpointError(f"{url} is not a {profile.type} endpoint: its version document is that of another service")
    if known.microversions_required and versions.max is None:
        raise EndpointError(
            f"{url} is not a {profile.type} endpoint of the right version: its version document names no microversions"
        )
    return versions


def _range(entry: dict[str, Any], url: str) -> VersionRange:
    """The microversions of an entry; services name the highest "version" or "max_version"."""
    low, high = entry.get("min_version"), entry.get("max_version") or entry.get("version")
    try:
        return VersionRange.parse(low or None, high or None)
    except (TypeError, ValueError):
        raise EndpointError(f"{url} names microversions of no right form: {low!r} to {high!r}") from None


def _number(entry: dict[str, Any]) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", str(entry.get("id", ""))))


def _below(url: str, entry: dict[str, Any]) -> str:
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
