"""Follows the resource under test after an accepted request until it has settled: a lasting status and no task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.engine.cloud.exchange import Answer
from conformance.engine.cloud.kinds import View
from conformance.engine.cloud.poll import WaitResult
from conformance.engine.execute.arrangement import Request
from conformance.engine.execute.effects import Effects
from conformance.engine.execute.related import Related
from conformance.engine.execute.views import with_own_view
from conformance.engine.model.evidence import Evidence
from conformance.engine.model.probe import EffectOn, FieldTaken, Probe, RecordOf, StatusOf
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.owned import background
from conformance.engine.provision.subject import Subject


@dataclass
class Settling:
    """Looks at the resource under test of a lane, and at the other effects of its requests.

    Attributes:
        effects: looks for the effects that the API shows elsewhere.
        related: looks at other resources.
        rested: is told of the trial when the resource has come to rest, with the view before its request; None if the
            resource may have changed since then.
    """

    context: RunContext
    subject: Subject
    rested: Callable[[Trial, View | None], None] = lambda *_: None
    effects: Effects = field(init=False)
    related: Related = field(init=False)

    def __post_init__(self) -> None:
        self.effects = Effects(self.context, self.subject)
        self.related = Related(self.context, self.subject, self.effects.made_unasked, self.effects.shown)

    def followed(
        self, evidence: Evidence, answer: Answer, request: Request, probes: tuple[Probe, ...] = ()
    ) -> Evidence:
        """Return evidence with the view of the resource after an accepted request, and with the probes' findings."""
        trial, operation = evidence.trial, evidence.trial.request.operation
        service, expected = self.context.service, trial.outcome
        if operation.id in (service.under_test.lock, service.under_test.unlock):
            self.subject.locked = operation.id == service.under_test.lock  # views of old versions do not show the lock
        self.subject.actions.began(answer)
        if operation.action is None and background(answer):
            made = self.context.producers.made_by(operation) is not None
            self.subject.stir(request.filled.path if made else "")
        # If the reference is silent about the outcome, any status that lasts will do.
        earlier, before = dict(self.subject.seen_in), None if self.subject.outdated else self.subject.view
        known = (expected.leads_to or (trial.situation.state or "",)) if expected.accepted else None
        calm = not expected.leads_to and self.context.graph.is_calm(operation.id)
        result = self.subject.settle(known, operation.id, calm)
        self.rested(trial, before)
        evidence = replace(
            evidence,
            after=self.subject.view,
            earlier=earlier.get(self.subject.status or ""),
            statuses=result.statuses,
            timed_out=result.timed_out,
            waited=result.seconds,
            unseen=self._unseen(result) if result.timed_out or self.context.stopping.is_set() else None,
        )
        if result.timed_out and not self.context.stopping.is_set():
            evidence = replace(evidence, exchanges=(*evidence.exchanges, self.subject.show().exchange))
        evidence = self._found(evidence, answer, request.body, probes) if probes else evidence
        return evidence if result.timed_out or not probes else with_own_view(evidence, self.context.kind, probes)

    def _found(self, evidence: Evidence, answer: Answer, body: Any, probes: tuple[Probe, ...]) -> Evidence:
        """Return evidence with the findings of the probes."""
        effects = self.effects.after(answer, evidence.role or evidence.trial.request.role)
        found: dict[Probe, Any] = dict(evidence.found)
        exchanges = (*evidence.exchanges, *(seen.exchange for seen in effects.values() if seen.exchange is not None))
        related = dict.fromkeys(probe.resource for probe in probes if isinstance(probe, StatusOf | RecordOf))
        records = {resource: self.related.record(resource, answer) for resource in related}
        for probe in probes:
            if isinstance(probe, EffectOn) and probe in effects:
                found[probe] = effects[probe]
            elif isinstance(probe, StatusOf):
                found[probe] = self.related.status(probe.resource, records[probe.resource])
            elif isinstance(probe, RecordOf):
                found[probe] = records[probe.resource]
            elif isinstance(probe, FieldTaken):
                found[probe] = self._taken(evidence, probe.name, body)
        return replace(evidence, found=found, exchanges=exchanges)

    def _unseen(self, result: WaitResult) -> str | None:
        if self.context.stopping.is_set():
            return "the run was stopped while the resource was followed"
        if result.timed_out and result.problem:
            return f"the resource could not be followed: {result.problem}"
        if result.timed_out and self.subject.view is not None:
            kind = self.context.kind
            status, task = kind.state_of(self.subject.view)
            if task is not None:  # the cloud says that it goes on, and no reference says how long it may take
                after = f"{result.seconds:.0f} s after the request (--patience lets a run wait longer)"
                return f"the {kind.name} is {status} and still under way, {task}, {after}"
        return None

    def _taken(self, evidence: Evidence, name: str, body: Any) -> bool | None:
        """Whether the resource shows the value of a field sent outside its versions; None if nobody can tell."""
        before, after = evidence.before, evidence.after
        prefixes = ("", *self.context.service.field_prefixes)
        for shown in (f"{prefix}{name}" for prefix in prefixes) if before is not None and after is not None else ():
            if shown in (after or {}):
                sent, was, now = _member(body, name), (before or {}).get(shown), (after or {})[shown]
                return None if was == sent else bool(now == sent)
        return None


def _member(body: Any, name: str) -> Any:
    """The value of a member of a body, at any depth; None if there is none."""
    if isinstance(body, Mapping):
        if name in body:
            return body[name]
        found = (_member(inner, name) for inner in body.values())
        return next((value for value in found if value is not None), None)
    return None
