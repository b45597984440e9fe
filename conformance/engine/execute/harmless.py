"""A request of an operation that changes nothing: the answer to it may show that the operation's route is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conformance.engine.api.producers import SAFE, placeholders
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import ABSENT, Ask
from conformance.engine.cloud.purpose import serving
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.seen import Sent
from conformance.engine.execute.arrangement import Arrangement
from conformance.engine.model.evidence import Problem
from conformance.engine.model.trial import Outcome, RequestTemplate, Situation, Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elements import Elements
from conformance.engine.provision.errors import NeedsNewResource, Unavailable
from specs.model import Operation
from specs.record.purposes import Purpose


@dataclass(frozen=True)
class Harmless:
    """Sends harmless requests for one lane, as a member: ids that name nothing, and bodies that no operation takes."""

    context: RunContext
    elements: Elements
    arrangement: Arrangement

    def __call__(self, operation: Operation) -> Sent | None:
        """Send a harmless request of an operation, and return it with its answer; None where there is none."""
        needs = self.context.needs.get(operation.id) or self.context.needs_of(operation)
        chosen = needs.producer is not None and needs.producer.chosen
        body = harmless_body(operation, chosen, self.context.cloud.invent())
        if body is None:
            return None
        request = RequestTemplate(operation, "member", body=body, query=self.context.service.query(operation))
        trial = Trial(f"{operation.id}|harmless", request, Situation(target="unknown"), outcome=Outcome(accepted=False))
        version = needs.version
        try:
            ready = self.arrangement.situated(trial, needs, version)
            if isinstance(ready, Problem):
                return None
            if operation.method == "POST" and not needs.placeholders:
                name = self.context.resources.rand_name("case")
                ready.intent = self.elements.intend(ready.filled.path, {}, name, "member")
            ask = Ask(
                operation.method,
                ready.filled.path,
                Role.MEMBER,
                str(version),
                ready.body,
                query=ready.query,
                intent=ready.intent,
            )
            with serving(Purpose.LOOKING):
                answer = self.context.cloud.send(ask)
            if answer.ok and ready.intent is not None:
                # The service ignores what it does not understand in the body, and has made something.
                self.context.resources.undo(ready.intent)
            return ask, answer
        except (Unavailable, NeedsNewResource, CloudError):
            return None


def harmless_body(operation: Operation, chosen: bool, name: str) -> Any:
    """A body with which a request of an operation changes nothing if its ids name nothing; None if none is known.

    It is an object with one member of an invented name. A service may take a request without a body for one that leaves
    all fields out, and may check the type of the body before it looks for the route.

    Args:
        operation: the operation of the request.
        chosen: True if the operation makes the thing that its path names.
        name: the invented name.
    """
    named = len(placeholders(operation.path))
    if operation.method in SAFE:
        return ABSENT
    if operation.action is not None:
        return {operation.action: None} if named else None
    if not any(row.location == "body" for row in operation.request.parameters):
        return ABSENT if named > chosen else None
    if operation.method == "DELETE" and not named:
        return None  # the service may ignore a body that it does not understand
    return {name: None} if named != 1 or not chosen else []
