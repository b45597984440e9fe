"""In which exchanges a cloud breaks its promise: the same question for a request at hand and for a trial to come."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from conformance.engine.api.response_fields import NAMED
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.model.binding import Binding
from conformance.engine.model.setup import Locked
from conformance.engine.model.trial import Paged, Trial
from conformance.prove.wire import Request, Upstream
from specs.microversion import Microversion, VersionRange
from specs.model import Operation

NO_RESOURCE = "-"
"""Stands for the status of a server that does not exist."""


@dataclass(frozen=True)
class Holds:
    """A test of a request body: the field at a path has a value that the predicate takes, ABSENT for none.

    ``[]`` in the path stands for the elements of a list, and ``{}`` for the members of an object that are named by what
    they are about; one of them is enough.

    ``bindings`` says whether a value passes that only the cloud can give: it is there, and it is a good one.
    """

    path: tuple[str, ...]
    says: str
    predicate: Callable[[Any], bool]
    bindings: bool = False

    def __call__(self, body: Any) -> bool:
        """Whether the body passes."""
        holders = [body]
        for key in self.path[:-1]:
            holders = [child for holder in holders for child in _children(holder, key)]
        return any(self._takes(holder.get(self.path[-1], ABSENT)) for holder in holders if isinstance(holder, dict))

    def _takes(self, value: Any) -> bool:
        return self.bindings if isinstance(value, Binding) else self.predicate(value)


def _children(holder: Any, key: str) -> list[Any]:
    if key == "[]":
        return list(holder) if isinstance(holder, list) else []
    if key == NAMED:
        return list(holder.values()) if isinstance(holder, dict) else []
    return [holder[key]] if isinstance(holder, dict) and key in holder else []


@dataclass(frozen=True)
class Queried:
    """A test of a query: some parameter whose name passes has a value, the given one where that is not None.

    ``of_lists`` says that a trial may ask with more than its own query: one on a list asks several times.
    """

    says: str
    named: Callable[[str], bool]
    value: str | None = None
    of_lists: bool = False

    def __call__(self, pairs: Iterable[tuple[str, Any]]) -> bool:
        """Whether the query passes; a value that only the cloud can give is any."""
        return any(
            self.named(name) and (self.value is None or isinstance(value, Binding) or str(value) == self.value)
            for name, value in pairs
        )


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """The paths of a template: one segment for each placeholder, whatever its name."""
    parts = re.split(r"\{[^{}]+\}", template)
    return re.compile("([^/]+)".join(map(re.escape, parts)) + r"\Z")


def is_inner(other: str, template: str) -> bool:
    """Whether another template names some of the paths of a template, and names them more closely.

    ``/widgets/detail`` is one of ``/widgets/{widget_id}``: a request for it is none of the latter's.
    """
    mine, theirs = template.split("/"), other.split("/")
    if len(mine) != len(theirs) or template == other:
        return False
    fits = all(a == b or a.startswith("{") for a, b in zip(mine, theirs, strict=True))
    return fits and any(a.startswith("{") and not b.startswith("{") for a, b in zip(mine, theirs, strict=True))


def is_listing(trial: Trial) -> bool:
    """Whether a trial asks for a list more than once, with queries of its own making."""
    return isinstance(trial.exchange, Paged)


@dataclass(frozen=True)
class Where:
    """Exchanges of one operation. A part that is None, or not said, does not matter.

    Attributes:
        method, path, action: of the operation; the path is its template.
        roles: of the token: ``member``, ``admin``, ``reader``, ``alt``, ``no-token``, ``bad-token``.
        states: of the resource that the path names, with NO_RESOURCE for one that is unknown.
        locked: whether it is locked.
        environment: of which the resource is, by its name in the tables, and shown: fields by which it shows that.
        versions: microversions of the request.
        body: a test of the request body.
        query: a test of the query.
        answered: whether the cloud, left alone, accepts or refuses.
        identifier: the placeholder of the path that names the resource which has statuses.
        besides: templates of other operations that the path's would take in, such as ``/servers/detail``.
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
    body: Holds | None = None
    query: Queried | None = None
    answered: Literal["accepted", "refused"] | None = None
    identifier: str = "server_id"
    besides: tuple[str, ...] = ()

    @classmethod
    def of(cls, operation: Operation, **parts: Any) -> Where:
        """All exchanges of an operation, or those of some parts."""
        return cls(operation.method, operation.path, operation.action, **parts)

    def resource_of(self, request: Request) -> str | None:
        """The path of the resource that has statuses, as a request names it; None where the template names none."""
        head, found, _ = self.path.partition(f"{{{self.identifier}}}")
        if not found or not _pattern(self.path).match(request.path):
            return None
        return "/".join(request.path.split("/")[: head.count("/") + 1])

    def matches(self, request: Request, upstream: Upstream) -> bool:
        """Whether an exchange is one of these, as far as can be told before the cloud has answered."""
        if request.method != self.method or not _pattern(self.path).match(request.path):
            return False
        if any(_pattern(other).match(request.path) for other in self.besides):
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
        status = str(server.get("status")) if server else NO_RESOURCE
        if self.states is not None and status not in self.states:
            return False
        if any((server or {}).get(name, ABSENT) != value for name, value in self.shown):
            return False
        return self.locked is None or bool(server and server.get("locked")) == self.locked

    def covers(self, trial: Trial, version: Microversion) -> bool:
        """Whether the exchange of a trial, made at a version, may be one of these."""
        operation, situation = trial.operation, trial.situation
        if (operation.method, operation.path, operation.action) != (self.method, self.path, self.action):
            return False
        request = trial.request
        if self.roles is not None and not {request.role, request.fallback_role or request.role} & self.roles:
            return False
        if self.states is not None and (situation.state or NO_RESOURCE) not in self.states:
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
