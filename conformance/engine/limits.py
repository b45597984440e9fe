"""Limits that a trial sets for its whole project, and puts back whatever comes of it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.cloud.errors import CloudError
from conformance.engine.context import RunContext
from conformance.engine.entries import Step
from conformance.engine.fixtures import Unavailable
from conformance.engine.steps import Fill, Steps

ATTEMPTS = 6
"""How often a limit is put back, at most, until it is shown as it was."""


@dataclass(frozen=True)
class _Held:
    """What was shown before a step: ``was`` holds those of its fields that are shown; ``values`` of placeholders."""

    step: Step
    was: Mapping[str, Any]
    values: Mapping[str, str]

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.was.items())


@dataclass
class Limits:
    """Sets limits for one lane. What was sent is held until it is seen to be as before."""

    context: RunContext
    steps: Steps
    _held: list[_Held] = field(default_factory=list)

    def set(self, step: Step, values: Mapping[str, str], fill: Fill) -> None:
        """Take a step that sets a limit, and see that it counts.

        Raises:
            Unavailable: it cannot be set, or put back, or this cloud keeps its limits elsewhere (a release may take the
                request and look into another service all the same), so that the trial would say nothing.
        """
        if "admin" not in self.context.role_names:
            raise Unavailable(f"no credentials of the role admin were given, who takes {step.operation}")
        for name in (step.operation, step.seen_by):
            if name not in self.context.operations:
                raise Unavailable(f"{name}, which goes before it, is not in the specs at hand")
        was = self._seen(step, values, fill)
        if not was:
            raise Unavailable(f"{step.seen_by} does not show what {step.operation} sets")
        self._held.append(_Held(step, was, values))  # first: that no answer comes does not say that nothing was done
        self.steps.before(step, values, fill)
        now = self._seen(step, values, fill)
        if any(now.get(name) != step.fields[name] for name in was):
            shown = ", ".join(f"{name} {now.get(name)}" for name in was)
            raise Unavailable(f"after {step.operation}, {step.seen_by} shows {shown}: the quotas are kept elsewhere")

    def put_back(self, fill: Fill) -> None:
        """Set what was set to what it was; as often as it takes, since it is the whole project's.

        Raises:
            CloudError: something is not shown as it was.
        """
        left = []
        while self._held:
            held = self._held.pop()
            if not self._is_back(held, fill):
                left.append(f"{held.step.operation} could not put back what was set before: {held}")
        if left:
            raise CloudError("; ".join(left))

    def _is_back(self, held: _Held, fill: Fill) -> bool:
        back = Step(held.step.operation, {**held.step.fields, **held.was})
        for attempt in range(ATTEMPTS):
            with contextlib.suppress(CloudError, Unavailable):
                if self._seen(held.step, held.values, fill) == held.was:
                    return True
                self.steps.before(back, held.values, fill)
                if self._seen(held.step, held.values, fill) == held.was:
                    return True
            time.sleep(attempt * self.context.patience.settle)
        return False

    def _seen(self, step: Step, values: Mapping[str, str], fill: Fill) -> dict[str, Any]:
        """Those of the fields of a step that are shown now, as they are shown."""
        shown = self.steps.look(step.seen_by, values, fill)
        return {name: shown[name] for name in step.fields if name in shown}
