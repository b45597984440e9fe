"""The log of the actions on the resource under test: it tells whether the last action has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from conformance.engine.api.producers import placeholders
from conformance.engine.api.response_fields import elements, identity
from conformance.engine.cloud.exchange import Answer
from conformance.engine.provision.context import RunContext
from specs.model import Operation


@dataclass
class Actions:
    """Asks the log of actions, if the service has one.

    Attributes:
        context: the objects that all lanes share.
        last: the name of the last action, if the answer to its request has named it; empty otherwise.
        own: the names of the actions that this suite has taken beside the trials.
        bare: whether the log has shown the last action without steps.
    """

    context: RunContext
    last: str = ""
    own: set[str] = field(default_factory=set)
    bare: bool = False

    def began(self, answer: Answer) -> None:
        """Note the action that an accepted request has begun, by the name that the answer gives to it."""
        self.last = self._named(answer)

    def aside(self, answer: Answer) -> None:
        """Note an action that is no trace of any trial."""
        self.own.add(self._named(answer))

    def _named(self, answer: Answer) -> str:
        header = self.context.service.under_test.action_log.name_header.lower()
        return next((value for name, value in answer.headers.items() if header and name.lower() == header), "")

    def ended(self, resource: str, by: str = "") -> bool:
        """Whether the log shows that every step of the last action has ended; False if the action is not known.

        An action without steps may not have begun, unless that of the same operation ``by`` never had any.
        """
        steps = self._steps(resource, self.last) if self.last else None
        if steps is None:
            self.last = ""  # the log may name another action for the request
        self.bare = steps == []
        return (bool(steps) or (self.bare and by in self.context.waits.bare)) and not self._open(steps)

    def under_way(self, resource: str) -> bool:
        """Whether a step of the last action on a resource has not ended; False if the service has no log."""
        steps = self._steps(resource, self.last) if self.last else None
        return self._open(self._steps(resource) if steps is None else steps)

    def _open(self, steps: list[Any] | None) -> bool:
        finished = self.context.service.under_test.action_log.finished_field
        return any(isinstance(step, Mapping) and step.get(finished) is None for step in steps or ())

    def _steps(self, resource: str, name: str = "") -> list[Any] | None:
        """The steps of an action, of the newest one without a name; None if the log does not show the action."""
        known, operations = self.context.service.under_test.action_log, self.context.operations
        lister, reader = operations.get(known.list_operation), operations.get(known.show_operation)
        if lister is None or reader is None:
            return None
        placeholder = placeholders(reader.path)[-1]
        found = name or identity(next(elements(self._read(lister, resource, {})), None), placeholder)
        action = self._read(reader, resource, {placeholder: found}) if found is not None else None
        if action is None:
            return None
        inner = next(iter(action.values()), None) if isinstance(action, Mapping) else None
        steps = inner.get(known.steps_field) if isinstance(inner, Mapping) else None
        return steps if isinstance(steps, list) else []

    def _read(self, operation: Operation, resource: str, values: Mapping[str, str]) -> Any:
        """The response body of an operation below a resource; None if it was refused."""
        path = operation.path
        for name, value in {self.context.service.identifier: resource, **values}.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        answer = self.context.cloud.get(path, microversion=str(self.context.version_for(operation)))
        return answer.json if answer.ok else None
