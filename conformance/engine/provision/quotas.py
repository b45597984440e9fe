"""Limits that a trial sets for its whole project, and puts back whatever comes of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.api import bodies
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.journal import Debt
from conformance.engine.cloud.roles import Role
from conformance.engine.model.binding import Step
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.steps import Fill, Steps

ATTEMPTS = 6
"""How often a limit is put back, at most, until it is shown as it was."""

LACKING = frozenset({401, 403, 404, 410})
"""Codes of a cloud that has no such limits, or does not let the administrator of this run set them."""


@dataclass(frozen=True)
class _Held:
    """A limit that was sent.

    Attributes:
        operation: that sets it.
        was: the fields of the step that were shown before it; seen: gives what is shown of them now.
        back: the request that puts them back; debt: the journal's note of it.
    """

    operation: str
    was: Mapping[str, Any]
    seen: Callable[[], Mapping[str, Any]]
    back: Ask
    debt: Debt | None

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.was.items())


@dataclass
class Quotas:
    """Sets limits for one lane. What was sent is held, and stands in the journal, until it is seen to be as before."""

    context: RunContext
    steps: Steps
    held: list[_Held] = field(default_factory=list)

    def set(self, step: Step, values: Mapping[str, str], fill: Fill) -> None:
        """Take a step that sets a limit, and see that it counts.

        Raises:
            Unavailable: it cannot be set, or put back, or this cloud keeps its limits elsewhere (a release may take the
                request and look into another service all the same), so that the trial would say nothing.
        """
        if "admin" not in self.context.role_names:
            raise Unavailable(f"{step.operation} needs an administrator: give --os-cloud-admin or --admin-token")
        for name in (step.operation, step.seen_by):
            if name not in self.context.operations:
                raise Unavailable(f"{name}, which goes before it, is not in the specs at hand")

        def seen() -> Mapping[str, Any]:
            shown = self.steps.look(step.seen_by, values, fill)
            return {name: shown[name] for name in step.fields if name in shown}

        was = seen()
        if not was:
            raise Unavailable(f"{step.seen_by} does not show what {step.operation} sets")
        self.context.notes.add("table", f"steps: {step.operation} goes with another request")
        there = self._ask(step, step.fields, values, fill)
        back = self._ask(step, {**step.fields, **was}, values, fill)
        # First: that no answer comes does not say that nothing was done.
        self.held.append(_Held(step.operation, was, seen, back, self._owed(back)))
        answer = self.context.cloud.send(there)
        if not answer.ok:
            reason = f"{step.operation}, which goes before it, was answered {answer.status or answer.error}"
            raise Unavailable(reason, optional=answer.status in LACKING)
        now = seen()
        if any(now.get(name) != step.fields[name] for name in was):
            shown = ", ".join(f"{name} {now.get(name)}" for name in was)
            raise Unavailable(f"after {step.operation}, {step.seen_by} shows {shown}: the quotas are kept elsewhere")

    def put_back(self) -> None:
        """Set what was set to what it was; as often as it takes, since it is the whole project's.

        Raises:
            CloudError: something is not shown as it was.
        """
        left = []
        while self.held:
            held = self.held.pop()
            if not self._is_back(held):
                left.append(f"{held.operation} could not put back what was set before: {held}")
            elif held.debt is not None and self.context.cloud.journal is not None:
                self.context.cloud.journal.paid(held.debt)
        if left:
            raise CloudError("; ".join(left))

    def _is_back(self, held: _Held) -> bool:
        for attempt in range(ATTEMPTS):
            with contextlib.suppress(CloudError, Unavailable):
                if held.seen() == held.was or (self.context.cloud.send(held.back).ok and held.seen() == held.was):
                    return True
            self.context.stopping.wait(attempt * self.context.patience.settle)
        return False

    def _ask(self, step: Step, fields: Mapping[str, Any], values: Mapping[str, str], fill: Fill) -> Ask:
        operation = self.context.operations[step.operation]
        version = self.context.version_for(operation)
        body = bodies.build(operation, version, self.context.service, fields)
        return Ask(operation.method, self.steps.path(operation, values, fill), Role.ADMIN, str(version), body)

    def _owed(self, back: Ask) -> Debt | None:
        journal = self.context.cloud.journal
        return (
            None if journal is None else journal.owe(back.method, back.path, "admin", str(back.microversion), back.body)
        )
