"""Sets limits of the whole project for a trial, and restores them in any event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.api import bodies
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.roles import Role
from conformance.engine.model.binding import Step
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.steps import Fill, Steps

ATTEMPTS = 6
"""The most attempts to restore a limit until the cloud shows its former value."""

LACKING = frozenset({401, 403, 404, 410})
"""Status codes of a cloud that has no such limits, or does not let the administrator of this run set them."""


@dataclass
class Quotas:
    """Sets limits for one lane. The journal holds the former value of a limit until the cloud shows it again.

    Attributes:
        context: the objects that all lanes share.
        steps: takes the steps.
        held: the operations whose limits are not restored yet.
    """

    context: RunContext
    steps: Steps
    held: list[str] = field(default_factory=list)

    def set(self, step: Step, values: Mapping[str, str], fill: Fill) -> None:
        """Take a step that sets a limit, and look whether the limit is in force.

        Args:
            step: the request that sets the limit.
            values: the values of the placeholders that the step shares with the request of the trial.
            fill: fills other placeholders.

        Raises:
            Unavailable: the limit cannot be set or restored, or the cloud keeps its limits elsewhere: it may accept
                the request and take the limit from another service. The trial would then decide nothing.
        """
        if "admin" not in self.context.role_names:
            raise Unavailable(f"{step.operation} needs an administrator: give --os-cloud-admin or --admin-token")
        for name in (step.operation, step.seen_by):
            if name not in self.context.operations:
                raise Unavailable(f"{name}, a step before the request, is not in the specs at hand")

        def seen() -> Mapping[str, Any]:
            shown = self.steps.look(step.seen_by, values, fill)
            return {name: shown[name] for name in step.fields if name in shown}

        was = seen()
        if not was:
            raise Unavailable(f"{step.seen_by} does not show the limits that {step.operation} sets")
        self.context.notes.add("table", f"steps: {step.operation} goes with another request")
        there = self._ask(step, step.fields, values, fill)
        if not self.context.cloud.owing.knows(there.method, there.path):
            raise Unavailable(f"the description does not say how to restore the limits that {step.operation} sets")
        # Noted before the request: the cloud may set the limit although no answer arrives.
        self.held.append(step.operation)
        answer = self.context.cloud.send(there)
        if not answer.ok:
            reason = f"{step.operation}, a step before the request, was answered {answer.status or answer.error}"
            raise Unavailable(reason, optional=answer.status in LACKING)
        now = seen()
        if any(now.get(name) != step.fields[name] for name in was):
            shown = ", ".join(f"{name} {now.get(name)}" for name in was)
            raise Unavailable(f"after {step.operation}, {step.seen_by} shows {shown}: the quotas are kept elsewhere")

    def put_back(self) -> None:
        """Restore the limits, with several attempts, since they apply to the whole project.

        Raises:
            CloudError: the cloud does not show a former value again.
        """
        self.held.clear()
        patience = self.context.patience.settle
        left = self.context.cloud.owing.settle(ATTEMPTS, self.context.stopping, patience)
        if left:
            raise CloudError(f"not put back as it was before: {'; '.join(left)}")

    def _ask(self, step: Step, fields: Mapping[str, Any], values: Mapping[str, str], fill: Fill) -> Ask:
        operation = self.context.operations[step.operation]
        version = self.context.version_for(operation)
        body = bodies.build(operation, version, self.context.service, fields)
        return Ask(operation.method, self.steps.path(operation, values, fill), Role.ADMIN, str(version), body)
