"""The proxy's requests and responses, and its connections to the cloud."""

from __future__ import annotations

import http.client
import json
import re
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.kinds import Kind
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.scope import NOWHERE, Scope
from specs.microversion import Microversion

VERSION_HEADERS = ("x-openstack-nova-api-version", "openstack-api-version")
COMPUTE = "compute"
"""The service of a version header that names none."""

HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "te", "trailer", "upgrade"})
FIRST = Microversion(2, 1)
"""The microversion of a request that names none."""

FAULTS: Mapping[int, str] = {
    400: "badRequest",
    401: "unauthorized",
    403: "forbidden",
    404: "itemNotFound",
    409: "conflictingRequest",
}

OTHER_FAULT = "computeFault"
"""The top-level key of an error body whose status code has no name in ``FAULTS``."""

NAMED = {"alt": "member2", "visitor": "norole"}
"""Role -> its name among the sandbox's tokens, where the two differ."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ROOT = re.compile(r"/v\d[^/?]*")

Headers = tuple[tuple[str, str], ...]
Renewed = Callable[[str, str], str]
"""A role and a refused token of it -> the token to send instead."""


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body.strip() else ABSENT
    except ValueError:
        return ABSENT


def resource_in(body: Any) -> dict[str, Any] | None:
    """Return the resource that a body shows: its only member, or the body itself; None if it is no object."""
    if not isinstance(body, dict):
        return None
    inner = next(iter(body.values()), None)
    return inner if len(body) == 1 and isinstance(inner, dict) else body


def without(headers: Headers, names: Iterable[str]) -> Headers:
    """Return the headers except those of some names, given in lower case."""
    gone = set(names)
    return tuple((name, value) for name, value in headers if name.lower() not in gone)


def value_of(headers: Headers, name: str) -> str | None:
    """Return the value of a header, by its name in upper or lower case."""
    return next((value for header, value in headers if header.lower() == name.lower()), None)


def service_in(headers: Headers) -> str:
    """Return the service that a version header names, such as ``volume``; that of compute if none does."""
    return (value_of(headers, "openstack-api-version") or "").rpartition(" ")[0] or COMPUTE


@dataclass(frozen=True)
class Request:
    """A request as the client sent it.

    Attributes:
        target: the path with the query, as on the request line.
        below: the text between the version and the paths of the reference: a slash and a project, or nothing.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    below: str = ""

    @property
    def whole_path(self) -> str:
        """The path from the top of the host, without the query."""
        return urlsplit(self.target).path

    @cached_property
    def path(self) -> str:
        """The path below the versioned root and the project, without the query."""
        path = self.whole_path
        root = _ROOT.match(path)
        return (path[root.end() :] if root else path).removeprefix(self.below)

    @cached_property
    def json(self) -> Any:
        """The body's JSON value; ABSENT if the body is not JSON."""
        return _json(self.body)

    @property
    def action(self) -> str | None:
        """The only key of the body, which names the action of ``.../action``; None unless there is exactly one."""
        body = self.json
        return next(iter(body)) if isinstance(body, dict) and len(body) == 1 else None

    @property
    def token(self) -> str | None:
        """The token; None if none was sent."""
        return value_of(self.headers, "x-auth-token")

    @cached_property
    def version(self) -> Microversion:
        """The microversion that the request names; ``latest``, an invalid one or none count as the first."""
        for name in VERSION_HEADERS:
            text = (value_of(self.headers, name) or "").rpartition(" ")[2]
            try:
                return Microversion.parse(text)
            except ValueError:
                continue
        return FIRST

    def as_token(self, token: str) -> Request:
        """Return the request with another token."""
        return replace(self, headers=(*without(self.headers, ["x-auth-token"]), ("X-Auth-Token", token)))

    def at(self, path: str) -> Request:
        """Return the request for another path below the versioned root."""
        return replace(self, target=self.target.replace(self.path, path, 1))

    def without_query(self, named: Callable[[str], bool]) -> Request:
        """Return the request without the query parameters whose names pass a test."""
        return self.with_query([(name, value) for name, value in self.query if not named(name)])

    def with_query(self, pairs: Iterable[tuple[str, str]]) -> Request:
        """Return the request with another query."""
        return replace(self, target=urlunsplit(urlsplit(self.target)._replace(query=urlencode(list(pairs)))))

    @property
    def query(self) -> list[tuple[str, str]]:
        """Names and values of the query, in order."""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    def as_version(self, version: Microversion) -> Request:
        """Return the request at another microversion."""
        service = service_in(self.headers)
        named = [("OpenStack-API-Version", f"{service} {version}")]
        if service == COMPUTE:
            named.append(("X-OpenStack-Nova-API-Version", str(version)))
        return replace(self, headers=(*without(self.headers, VERSION_HEADERS), *named))

    def below_project(self, below: str) -> Request:
        """Return the same request below another project; one that stands below none as it is."""
        if not self.below:
            return self
        target = self.target.replace(f"{self.below}/", f"{below}/", 1)
        return replace(self, target=target, below=below)


@dataclass(frozen=True)
class Reply:
    """A response as the client gets it."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    @cached_property
    def json(self) -> Any:
        """The body's JSON value; ABSENT if the body is not JSON."""
        return _json(self.body)

    @property
    def accepted(self) -> bool:
        """True if the status code is 2xx."""
        return 200 <= self.status < 300

    def with_body(self, body: bytes, content_type: str) -> Reply:
        """Return the response with another body."""
        headers = without(self.headers, ["content-type"])
        return replace(self, headers=(*headers, ("Content-Type", content_type)) if body else headers, body=body)

    def with_json(self, value: Any) -> Reply:
        """Return the response with another JSON body."""
        return self.with_body(json.dumps(value).encode(), "application/json")

    def without_header(self, name: str) -> Reply:
        """Return the response without a header."""
        return replace(self, headers=without(self.headers, [name.lower()]))

    def with_header(self, name: str, value: str) -> Reply:
        """Return the response with a header, in place of those of the same name."""
        return replace(self, headers=(*without(self.headers, [name.lower()]), (name, value)))

    def as_asked(self, version: Microversion) -> Reply:
        """Return the response with version headers that name the client's microversion, not the forwarded one."""
        reply = self
        if value_of(self.headers, "x-openstack-nova-api-version") is not None:
            reply = reply.with_header("X-OpenStack-Nova-API-Version", str(version))
        if value_of(self.headers, "openstack-api-version") is not None:
            reply = reply.with_header("OpenStack-API-Version", f"{service_in(self.headers)} {version}")
        return reply


def forged(status: int, version: Microversion, message: str = "refused on purpose") -> Reply:
    """Return a response that looks like the cloud's; that of an error has the usual error body."""
    id_ = f"req-{uuid.uuid4()}"
    headers = (
        ("x-openstack-request-id", id_),
        ("x-compute-request-id", id_),
        ("OpenStack-API-Version", f"compute {version}"),
        ("X-OpenStack-Nova-API-Version", str(version)),
    )
    reply = Reply(status, headers)
    if status < 400:
        return reply
    said = {"code": status, "message": message, "title": FAULTS.get(status, OTHER_FAULT)}
    return reply.with_json({said["title"]: said})


@dataclass
class Upstream:
    """Connections to the cloud behind a proxy, one for each thread.

    Attributes:
        host, port: host and port of the cloud.
        root: path of the cloud's versioned root, with which requests of the proxy's own begin.
        tokens: role -> token, with ``alt`` for a member of another project.
        scope: the paths that stand below the project of the role that asks.
        kinds: the kinds of things of the service, which know how a status is shown.
        renewed: a role and a refused token of it -> the token to send instead; None if there is no other. The clients
            of the proxy keep the tokens of ``tokens``, by which their roles are known.
        changed: every UUID in the target or the body of a request that may have changed something: any but GET and
            HEAD that was answered 2xx or 5xx.
    """

    host: str
    port: int
    root: str
    tokens: Mapping[str, str] = field(repr=False)
    renewed: Renewed | None = field(default=None, repr=False)
    scope: Scope = NOWHERE
    kinds: tuple[Kind, ...] = ()
    changed: set[str] = field(default_factory=set, repr=False)
    _present: dict[str, str] = field(default_factory=dict, repr=False)
    _local: threading.local = field(default_factory=threading.local, repr=False)

    @classmethod
    def of(cls, url: str, tokens: Mapping[str, str], renewed: Renewed | None = None) -> Upstream:
        """Make the connections to the versioned root at a URL, with a sandbox's tokens by role."""
        parts = urlsplit(url)
        known = {**tokens, **{role: tokens[name] for role, name in NAMED.items() if name in tokens}}
        return cls(parts.hostname or "127.0.0.1", parts.port or 80, parts.path.rstrip("/"), known, renewed)

    def send(self, request: Request) -> Reply:
        """Send a request on; only a token that the cloud has come to refuse is replaced by a new one of its role.

        Raises:
            OSError, http.client.HTTPException: the cloud does not answer.
        """
        reply = self._send_renewed(request)
        if request.method not in ("GET", "HEAD") and (reply.accepted or reply.status >= 500):
            self.changed.update(_UUID.findall(request.target + request.body.decode("utf-8", "replace")))
        return reply

    def _send_renewed(self, request: Request) -> Reply:
        """Send a request with the present token of its role, and once more with a new one if that is refused."""
        role = self.role_of(request.token)
        if self.renewed is None or role not in self.tokens:
            return self._send_patiently(request)
        present = self._present.get(role, self.tokens[role])
        reply = self._send_patiently(request.as_token(present))
        if reply.status != 401:
            return reply
        self._present[role] = self.renewed(role, present)
        return self._send_patiently(request.as_token(self._present[role]))

    def _send_patiently(self, request: Request) -> Reply:
        fresh = getattr(self._local, "connection", None) is None
        try:
            return self._send(request)
        except (OSError, http.client.HTTPException):
            self._forget()
            if fresh:
                raise
            return self._send(request)  # an idle connection that the cloud has closed

    def role_of(self, token: str | None) -> str:
        """Return the role of a token: ``no-token`` for None, ``bad-token`` for a token unknown to the sandbox."""
        if token is None:
            return "no-token"
        ours = ("member", "admin", "reader", *NAMED)
        return next((role for role in ours if self.tokens.get(role) == token), "bad-token")

    def placed(self, request: Request) -> Request:
        """Return a request that knows the project below which its path stands, if it does."""
        project, _, rest = request.path.lstrip("/").partition("/")
        parts = self.scope.parts
        if project not in self.scope.by_role.values() or (parts is not None and rest.partition("/")[0] not in parts):
            return request
        return replace(request, below=f"/{project}")

    def as_role(self, request: Request, role: str) -> Request:
        """Return a request with the token of another role, below the project of that role."""
        return request.as_token(self.tokens[role]).below_project(self._below(role, request.path))

    def _below(self, role: str, path: str) -> str:
        """Return the part of a path below the version that names the project of a role; empty if none does."""
        return self.scope.part(Role(role), path)

    def as_admin(self, method: str, path: str, body: Any = None, version: str = "2.9") -> Reply:
        """Send a request of the proxy's own as administrator; ``path`` is below the versioned root."""
        content = b"" if body is None else json.dumps(body).encode()
        headers = (
            ("Host", f"{self.host}:{self.port}"),
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
            ("X-Auth-Token", self.tokens["admin"]),
            ("X-OpenStack-Nova-API-Version", version),
        )
        below = self._below("admin", path)
        return self.send(Request(method, self.root + below + path, headers, content, below))

    def shown(self, path: str) -> dict[str, Any] | None:
        """Return a resource as an administrator sees it now, by its path below the root; None if it does not exist."""
        answer = self.as_admin("GET", path)
        return resource_in(answer.json) if answer.accepted else None

    def status_of(self, path: str, shown: Mapping[str, Any]) -> str:
        """Return the status of a resource, as the description of its kind reads it, by its path and its view."""
        kind = next((one for one in self.kinds if one.collection == path.rpartition("/")[0]), None)
        return str(shown.get("status")) if kind is None else kind.state_of(shown)[0]

    def close(self) -> None:
        """Close the connection of this thread."""
        self._forget()

    def _forget(self) -> None:
        connection = getattr(self._local, "connection", None)
        self._local.connection = None
        if connection is not None:
            connection.close()

    def _send(self, request: Request) -> Reply:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
        headers = dict(without(request.headers, HOP_BY_HOP))
        if request.body or request.method in {"POST", "PUT", "PATCH"}:
            headers["Content-Length"] = str(len(request.body))
        connection.request(request.method, request.target, request.body or None, headers)
        response = connection.getresponse()
        body = response.read()
        return Reply(response.status, tuple(without(tuple(response.getheaders()), HOP_BY_HOP)), body)
