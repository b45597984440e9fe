"""From the address of a service to its versioned root and its microversions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from conformance.engine.cloud.errors import EndpointError
from specs.microversion import Microversion, VersionRange

if TYPE_CHECKING:
    from conformance.engine.cloud.transport import Reply, Transport

_PROJECT = re.compile(r"(?P<root>.*/v\d+(\.\d+)?)/(AUTH_)?[0-9a-zA-Z-]{8,}\Z")
_OLD_COMPUTE = re.compile(r"(?P<root>.*)/v2\Z")
_PROJECT_OPTIONAL = Microversion(2, 18)
"""Since this version of compute the project's id may be left out of the address."""


@dataclass(frozen=True)
class Root:
    """A versioned root.

    Attributes:
        url: without a slash at its end.
        microversions: none at all for a service that has no microversions.
    """

    url: str
    microversions: VersionRange


def find_root(transport: Transport, url: str, token: str, service_type: str, timeout: float) -> Root:
    """Find the versioned root below or at an address.

    Raises:
        EndpointError: nothing answers there, or what answers is not this service.
    """
    parts = urlsplit(url)
    base = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
    tried = base
    if found := _PROJECT.match(base):
        tried = found["root"]
    if service_type == "compute" and (old := _OLD_COMPUTE.match(tried)):
        # Old catalogues still name the address without microversions.
        tried = f"{old['root']}/v2.1"
    document = _document(transport, tried, token, service_type, timeout)
    if isinstance(document.get("version"), dict):
        root = tried
        if base != tried and service_type == "compute":
            versions = _range(document["version"], tried)
            if versions.max is None or versions.max < _PROJECT_OPTIONAL:
                root = base
        return Root(root, _checked(document["version"], root, service_type))
    entries = [entry for entry in document["versions"] if isinstance(entry, dict)]
    if not entries:
        raise EndpointError(f"{tried} offers no version of the {service_type} service")
    best = max(entries, key=lambda entry: (entry.get("status") == "CURRENT", _number(entry)))
    return Root(_below(tried, best), _checked(best, tried, service_type))


def _document(transport: Transport, url: str, token: str, service_type: str, timeout: float) -> dict[str, Any]:
    reply = _get(transport, url + "/", token, timeout)
    if reply.status in {301, 302, 307, 308, 404}:
        reply = _get(transport, url, token, timeout)
    if reply.error:
        raise EndpointError(f"{url} does not answer: {reply.error}")
    if reply.status == 401:
        raise EndpointError(f"{url} refused the token: 401; is it of this cloud, and not expired?")
    try:
        document = json.loads(reply.content)
    except ValueError:
        kind = reply.headers.get("Content-Type", "").partition(";")[0] or "no content type"
        raise EndpointError(
            f"{url} is not a {service_type} endpoint: GET gave {reply.status} and no JSON ({kind})"
        ) from None
    if isinstance(document, dict):
        if isinstance(document.get("version"), dict):
            return document
        inner = document.get("versions")
        if isinstance(inner, dict):  # identity wraps its list once more
            inner = inner.get("values")
        if isinstance(inner, list):
            return {"versions": inner}
    raise EndpointError(
        f"{url} is not a {service_type} endpoint: GET gave {reply.status} and no version document; "
        f"give the service's root or its versioned root, such as https://host/compute/v2.1"
    )


def _get(transport: Transport, url: str, token: str, timeout: float) -> Reply:
    return transport.exchange("GET", url, {"X-Auth-Token": token}, None, timeout=timeout)


def _checked(entry: dict[str, Any], url: str, service_type: str) -> VersionRange:
    versions = _range(entry, url)
    if service_type != "compute":
        return versions
    media = json.dumps(entry.get("media-types") or entry.get("media_types") or "")
    if "application/vnd.openstack" in media and "vnd.openstack.compute" not in media:
        raise EndpointError(f"{url} is not a compute endpoint: its version document is that of another service")
    if versions.max is None:
        raise EndpointError(
            f"{url} is not a compute endpoint of version 2.1: its version document names no microversions"
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
    path = urlsplit(urljoin(f"{url}/", link)).path.rstrip("/")  # placement's link is empty: the place itself
    own = urlsplit(url).path.rstrip("/")
    if path == own:
        return url
    last = path.rpartition("/")[2] or str(entry.get("id", ""))
    return f"{url}/{last}"
