"""Takes the steps before and after a trial: further requests that the description of the service asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from conformance.engine.api import bodies, json_path, naming, request_fields
from conformance.engine.api.headers import SIGNATURE, needed
from conformance.engine.api.json_path import members
from conformance.engine.api.producers import SAFE, placeholders
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.roles import Role
from conformance.engine.model.binding import Binding, Step
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elevation import as_first_allowed
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.owned import content
from conformance.engine.provision.subject import Subject
from specs.model import Operation

HIDDEN, CONFLICT = 404, 409

Fill = Callable[[Operation], str]
"""Gives the path of an operation with values for its placeholders."""


REPLACING = frozenset({"PUT", "DELETE"})
"""The methods of a request on a collection that may replace or remove all of its elements."""


@dataclass
class Steps:
    """Takes steps for one lane.

    Attributes:
        context: the objects that all lanes share.
        subject: the resource under test.
        sent: the fields that the steps before a request have sent, by ``before.`` and name.
        shown: the fields to restore after the request, by the operation that shows them.
        changed: a function that is told the path of a collection whose elements a step may have replaced or removed.
    """

    context: RunContext
    subject: Subject
    sent: dict[str, Any] = field(default_factory=dict)
    shown: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    changed: Callable[[str], None] = lambda _: None
    _roles: dict[str, str] = field(default_factory=dict)
    _lasting: dict[str, Answer] = field(default_factory=dict)

    def remember(self, steps: Iterable[Step], values: Mapping[str, str], fill: Fill) -> None:
        """Read the fields that the steps after a request will restore."""
        for step in steps:
            if step.shown_by:
                self.shown[step.shown_by] = self.look(step.shown_by, values, fill)

    def look(self, name: str, values: Mapping[str, str], fill: Fill) -> Mapping[str, Any]:
        """The fields that an operation shows now; empty if it shows none."""
        operation = self.context.operations.get(name)
        if operation is None:
            return {}
        role = Role.ADMIN if Role.ADMIN in self.context.cloud.roles else Role.MEMBER
        path = self.path(operation, values, fill)
        answer = self.context.cloud.get(path, role=role, microversion=str(self.context.version_for(operation)))
        view = content(answer)
        return view if isinstance(view, Mapping) else {}

    def _put_back(self, step: Step, operation: Operation, values: Mapping[str, str], fill: Fill) -> Any:
        """The body that restores the fields that have changed; ABSENT if no field has changed."""
        was, now = self.shown.get(step.shown_by, {}), self.look(step.shown_by, values, fill)
        body: dict[str, Any] = {}
        beside: list[tuple[tuple[str, ...], Any]] = []
        for one in request_fields.fields(operation, self.context.version_for(operation)):
            name = one.path[-1]
            if name in was and name in now and was[name] != now[name]:
                json_path.put(body, one.path, was[name])
            elif name in step.fields:
                beside.append((one.path, step.fields[name]))
        for path, value in beside if body else ():
            json_path.put(body, path, value)
        return body or ABSENT

    def before(self, step: Step, values: Mapping[str, str], fill: Fill, body: Any = ABSENT) -> Answer | None:
        """Take a step without which a request cannot be accepted.

        Args:
            step: the request; a step with the path of a collection makes an element of it, unless the lane has one.
            values: the values of the placeholders that the step shares with the request.
            fill: fills other placeholders.
            body: the body of the request.

        Raises:
            Unavailable: the cloud refused the step.
        """
        if step.operation.startswith("/"):
            self.subject.bindings.filled(Binding(step.operation))
            return None
        # A thing of the administrator may be hidden from the member.
        answer, taken = self._take(step, values, members("sent", body), fill, insist=True)
        if answer is None or not answer.ok:
            status = (answer.status or answer.error) if answer is not None else "not documented"
            raise Unavailable(f"{step.operation}, a step before the request, was answered {status}", optional=False)
        self.sent.update(members("before", taken))
        self.subject.bindings.answered.update(members("answered", answer.json))
        return answer

    def after(self, step: Step, values: Mapping[str, str], fill: Fill, body: Any) -> None:
        """Take a step that undoes the changes of a request; ``body`` is the body of that request."""
        self._take(step, values, members("sent", body), fill)

    def _take(
        self, step: Step, values: Mapping[str, str], sent: Mapping[str, Any], fill: Fill, *, insist: bool = False
    ) -> tuple[Answer | None, Any]:
        operation = self.context.operations.get(step.operation)
        if operation is None:
            return None, None
        self.context.notes.add("table", f"steps: {operation.id} goes with another request")
        version = self.context.version_for(operation)
        if step.shown_by:
            body = self._put_back(step, operation, values, fill)
            if body is ABSENT:
                return None, None
        else:
            body = bodies.build(operation, version, self.context.service, step.fields)
            body = naming.named(operation, body, self.context.service)
            body = self.subject.bindings.filled(body, True, {**sent, **self.sent, **values})
        path = self.path(operation, values, fill)
        given = ((name, self.subject.bindings.filled(one)) for name, one in self.context.service.query(operation))
        query = tuple((name, str(one)) for name, one in given)
        key = repr((operation.id, path, body))
        if key in self._lasting:
            return self._lasting[key], body
        policy = operation.policy
        wanted = ["admin"] if policy and "owner" not in policy.roles else ["member", "admin"]
        roles = [role for role in wanted if role in self.context.role_names]

        headers = self.subject.bindings.headers(needed(operation, self.context.service).items())

        def send(role: str) -> Answer:
            ask = Ask(operation.method, path, Role(role), str(version), body, query=query, headers=headers)
            return self.context.cloud.send(replace(ask, signed=any(name == SIGNATURE for name, _ in headers)))

        if not roles:
            return None, body
        known = self._roles.get(operation.id)
        role, answer = as_first_allowed([known] if known else roles, send)
        if insist and answer.status == HIDDEN and role != roles[-1]:
            role, answer = as_first_allowed(roles[-1:], send)
        if insist and answer.status == CONFLICT and operation.method == "PUT" and operation.path.endswith("}"):
            answer = self._standing(operation, path, role) or answer
        if answer.ok:
            if step.lasts:
                self._lasting[key] = answer
            self._roles[operation.id] = role
            if operation.method in REPLACING and not operation.path.endswith("}"):
                self.changed(path)
        return answer, body

    def _standing(self, operation: Operation, path: str, role: str) -> Answer | None:
        """The view of two things' being joined, where a step to join them was refused; None if they are not joined.

        Some services refuse to join once more what is joined, others accept it.
        """
        same = (o for o in self.context.operations.values() if o.path == operation.path and o.method in SAFE)
        look = next(same, None)
        if look is None:
            return None
        seen = self.context.cloud.send(Ask(look.method, path, Role(role), str(self.context.version_for(look))))
        return seen if seen.ok else None

    @staticmethod
    def path(operation: Operation, values: Mapping[str, str], fill: Fill) -> str:
        """The path of an operation, filled with the given values; ``fill`` finds values for other placeholders."""
        path = operation.path
        for name in placeholders(path):
            if name in values:
                path = path.replace(f"{{{name}}}", quote(values[name], safe=""), 1)
        return fill(operation) if "{" in path else path
