"""Conditions that select the exchanges of a breakage, both for a request at the proxy and for a planned trial."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from conformance.engine.api.response_fields import children
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.scope import ABOVE, above
from conformance.engine.model.binding import Binding
from conformance.engine.model.content import Content
from conformance.engine.model.setup import Locked, UnderWay
from conformance.engine.model.trial import Paged, Trial
from conformance.prove.wire import Request, Upstream
from specs.microversion import Microversion, VersionRange
from specs.model import Operation

NO_RESOURCE = "-"
"""Stands for the status of a server that does not exist."""


@dataclass(frozen=True)
class Holds:
    """A test of a request body: the predicate is True for the field at a path (its value, or ABSENT).

    ``[]`` in the path stands for the elements of a list, and ``{}`` for the members of an object with free keys; one
    element or member that passes is enough. ``bindings``: True if a value passes that only the cloud can give.
    """

    path: tuple[str, ...]
    says: str
    predicate: Callable[[Any], bool]
    bindings: bool = False

    def __call__(self, body: Any) -> bool:
        """True if the body passes the test."""
        holders = [body]
        for key in self.path[:-1]:
            holders = [child for holder in holders for child in children(holder, key)]
        return any(self._takes(holder.get(self.path[-1], ABSENT)) for holder in holders if isinstance(holder, dict))

    def _takes(self, value: Any) -> bool:
        return self.bindings if isinstance(value, Binding) else self.predicate(value)


@dataclass(frozen=True)
class Unreadable:
    """A test of a request body: it is not JSON."""

    def __call__(self, body: Any) -> bool:
        """True if the body is not JSON; a trial has such a body as ``Content``."""
        return body is ABSENT or isinstance(body, Content)


@dataclass(frozen=True)
class Queried:
    """A test of a query: a parameter whose name passes has the given value, or any value if that is None.

    ``of_lists``: True if a trial on a list is covered, too: it sends several requests with queries of its own.
    """

    says: str
    named: Callable[[str], bool]
    value: str | None = None
    of_lists: bool = False

    def __call__(self, pairs: Iterable[tuple[str, Any]]) -> bool:
        """True if the query passes the test; a value that only the cloud can give counts as any value."""
        return any(
            self.named(name) and (self.value is None or isinstance(value, Binding) or str(value) == self.value)
            for name, value in pairs
        )


def named(name: str) -> Callable[[str], bool]:
    """Return a test for one name of a query parameter."""
    return lambda other: other == name


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Return a pattern of the paths of a template: each placeholder stands for one segment."""
    parts = re.split(r"\{[^{}]+\}", template)
    return re.compile("([^/]+)".join(map(re.escape, parts)) + r"\Z")


def is_at(template: str, request: Request, upstream: Upstream) -> bool:
    """True if a request is for a path of a template, which may stand above the version in the address of the cloud."""
    if template.startswith(ABOVE):
        return _pattern(above(upstream.root, template)).match(request.whole_path) is not None
    return _pattern(template).match(request.path) is not None


def is_inner(other: str, template: str) -> bool:
    """True if another template is a special case of a template, such as ``/widgets/detail`` of ``/widgets/{id}``.

    A request for such a path belongs to the operation of the other template.
    """
    mine, theirs = template.split("/"), other.split("/")
    if len(mine) != len(theirs) or template == other:
        return False
    fits = all(a == b or a.startswith("{") for a, b in zip(mine, theirs, strict=True))
    return fits and any(a.startswith("{") and not b.startswith("{") for a, b in zip(mine, theirs, strict=True))


def is_listing(trial: Trial) -> bool:
    """True if a trial requests a list several times, with queries of its own."""
    return isinstance(trial.exchange, Paged)


def shown_status(trial: Trial) -> str:
    """The status that the resource in the path shows when the request of a trial comes; NO_RESOURCE without one."""
    changing = trial.setups(UnderWay)
    return changing[0].status if changing else trial.situation.state or NO_RESOURCE


@dataclass(frozen=True)
class Where:
    """A selection of exchanges of one operation. An attribute that is None does not matter.

    Attributes:
        method, path, action: method, path template and action of the operation.
        roles: roles of the token: ``member``, ``admin``, ``reader``, ``alt``, ``no-token``, ``bad-token``.
        states: statuses of the resource that the path names, with NO_RESOURCE for a resource that does not exist.
        locked: True for a locked resource, False for one that is not locked.
        environment: name of the resource's environment in the description of the service; ``shown``: fields and
            values of a resource in that environment.
        versions: microversions of the request.
        body: a test of the request body.
        query: a test of the query.
        answered: ``accepted`` or ``refused``: the response of the unbroken cloud.
        identifier: placeholder in the path template of the resource that has statuses.
        collection: path of the collection that shows this resource; empty if the template itself leads there.
        besides: templates of other operations that the path template would match, too, such as ``/servers/detail``.
    """

    method: str
    path: str
    action: str | None
    roles: frozenset[str] | None = None
    states: frozenset[str] | None = None
    locked: bool | None = None
    environment: str | None = None
    shown: tuple[tuple[str, Any], ...] = ()
    versions: VersionRange | None = None
    body: Holds | Unreadable | None = None
    query: Queried | None = None
    answered: Literal["accepted", "refused"] | None = None
    identifier: str = "server_id"
    collection: str = ""
    besides: tuple[str, ...] = ()

    @classmethod
    def of(cls, operation: Operation, **parts: Any) -> Where:
        """Select the exchanges of an operation; ``parts`` are further attributes."""
        return cls(operation.method, operation.path, operation.action, **parts)

    def resource_of(self, request: Request) -> str | None:
        """Return the path that shows the request's resource with statuses; None if the template names none."""
        head, found, _ = self.path.partition(f"{{{self.identifier}}}")
        if not found or not _pattern(self.path).match(request.path):
            return None
        above, _, name = "/".join(request.path.split("/")[: head.count("/") + 1]).rpartition("/")
        return f"{self.collection or above}/{name}"

    def matches(self, request: Request, upstream: Upstream) -> bool:
        """True if a request belongs to the selection, as far as this is known before the cloud's response."""
        if request.method != self.method or not is_at(self.path, request, upstream):
            return False
        if any(is_at(other, request, upstream) for other in self.besides):
            return False
        if self.action is not None and request.action != self.action:
            return False
        if self.roles is not None and upstream.role_of(request.token) not in self.roles:
            return False
        if self.versions is not None and request.version not in self.versions:
            return False
        if self.body is not None and not self.body(request.json):
            return False
        if self.query is not None and not self.query(request.query):
            return False
        return self._fits_server(request, upstream)

    def _fits_server(self, request: Request, upstream: Upstream) -> bool:
        if self.states is None and self.locked is None and not self.shown:
            return True
        path = self.resource_of(request)
        server = upstream.shown(path) if path else None
        status = upstream.status_of(path, server) if path and server else NO_RESOURCE
        if self.states is not None and status not in self.states:
            return False
        if any((server or {}).get(name, ABSENT) != value for name, value in self.shown):
            return False
        return self.locked is None or bool(server and server.get("locked")) == self.locked

    def covers(self, trial: Trial, version: Microversion) -> bool:
        """True if the exchange of a trial at a microversion may belong to the selection."""
        operation, situation = trial.operation, trial.situation
        if (operation.method, operation.path, operation.action) != (self.method, self.path, self.action):
            return False
        request = trial.request
        if self.roles is not None and not {request.role, request.fallback_role or request.role} & self.roles:
            return False
        if self.states is not None and shown_status(trial) not in self.states:
            return False
        if self.locked is not None and (Locked() in trial.setup) != self.locked:
            return False
        if self.environment is not None and situation.environment != self.environment:
            return False
        if self.versions is not None and version not in self.versions:
            return False
        if self.body is not None and not self.body(request.body):
            return False
        if self.query is not None and not (self.query(request.query) or (self.query.of_lists and is_listing(trial))):
            return False
        if self.answered is None:
            return True
        return trial.outcome.accepted is not (self.answered == "refused")
