"""In which exchanges a cloud breaks its promise: the same question for a request at hand and for a trial to come."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from conformance.engine.bodies import lookup
from conformance.engine.case import Binding, Trial
from conformance.prove.wire import Request, Upstream
from specs.microversion import Microversion, VersionRange
from specs.model import Operation

NO_SERVER = "-"
"""Stands for the status of a server that does not exist."""


@dataclass(frozen=True)
class Holds:
    """A test of a request body: the field at a path has a value that the predicate takes, ABSENT for none.

    ``bindings`` says whether a value passes that only the cloud can give: it is there, and it is a good one.
    """

    path: tuple[str, ...]
    says: str
    predicate: Callable[[Any], bool]
    bindings: bool = False

    def __call__(self, body: Any) -> bool:
        """Whether the body passes."""
        if not isinstance(lookup(body, self.path[:-1]), dict):
            return False
        value = lookup(body, self.path)
        return self.bindings if isinstance(value, Binding) else self.predicate(value)


@dataclass(frozen=True)
class Where:
    """Exchanges of one operation. A part that is None, or not said, does not matter.

    Attributes:
        roles: of the token: ``member``, ``admin``, ``reader``, ``alt``, ``no-token``, ``bad-token``.
        states: of the server, with NO_SERVER for one that is unknown.
        locked: whether the server is locked.
        versions: microversions of the request.
        body: a test of the request body.
        answered: whether the cloud, left alone, accepts or refuses.
    """

    method: str
    path: str
    action: str | None
    roles: frozenset[str] | None = None
    states: frozenset[str] | None = None
    locked: bool | None = None
    versions: VersionRange | None = None
    body: Holds | None = None
    answered: Literal["accepted", "refused"] | None = None

    @classmethod
    def of(cls, operation: Operation, **parts: Any) -> Where:
        """All exchanges of an operation, or those of some parts."""
        return cls(operation.method, operation.path, operation.action, **parts)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = re.split(r"\{(\w+)\}", self.path)
        text = "".join(f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
        return re.compile(text + r"\Z")

    def server_of(self, request: Request) -> str | None:
        """The server that the path of a request names."""
        found = self._pattern.match(request.path)
        return found.groupdict().get("server_id") if found else None

    def matches(self, request: Request, upstream: Upstream) -> bool:
        """Whether an exchange is one of these, as far as can be told before the cloud has answered."""
        if request.method != self.method or not self._pattern.match(request.path):
            return False
        if self.action is not None and request.action != self.action:
            return False
        if self.roles is not None and upstream.role_of(request.token) not in self.roles:
            return False
        if self.versions is not None and request.version not in self.versions:
            return False
        if self.body is not None and not self.body(request.json):
            return False
        return self._fits_server(request, upstream)

    def _fits_server(self, request: Request, upstream: Upstream) -> bool:
        if self.states is None and self.locked is None:
            return True
        server = upstream.server(self.server_of(request) or "")
        status = str(server.get("status")) if server else NO_SERVER
        if self.states is not None and status not in self.states:
            return False
        return self.locked is None or bool(server and server.get("locked")) == self.locked

    def covers(self, trial: Trial, version: Microversion) -> bool:
        """Whether the exchange of a trial, made at a version, may be one of these."""
        operation, situation = trial.operation, trial.situation
        if (operation.method, operation.path, operation.action) != (self.method, self.path, self.action):
            return False
        if self.roles is not None and not {trial.role, "admin" if trial.may_elevate else trial.role} & self.roles:
            return False
        if self.states is not None and (situation.state or NO_SERVER) not in self.states:
            return False
        if self.locked is not None and situation.locked != self.locked:
            return False
        if self.versions is not None and version not in self.versions:
            return False
        if self.body is not None and not self.body(trial.body):
            return False
        if self.answered is None:
            return True
        return trial.accepted is not (self.answered == "refused")
