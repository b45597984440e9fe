"""Trials on a resource that is changing: a transition is started, and kept under way for as many trials as it lasts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conformance.engine.api.producers import SAFE
from conformance.engine.cloud.wait import until
from conformance.engine.execute.arrangement import Request
from conformance.engine.model.evidence import Evidence, Problem
from conformance.engine.model.setup import UnderWay
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.paths import Paths
from conformance.engine.provision.subject import Subject

SOON = 10.0
"""Seconds within which an accepted transition shows that it is under way."""


@dataclass(frozen=True)
class Transitions:
    """Starts a transition of the resource under test of a lane, and sees whether it lasts until an answer has come."""

    context: RunContext
    subject: Subject
    paths: Paths

    def lasts(self, trial: Trial) -> bool:
        """Whether the resource is in the transition that a trial needs; a resource in another one is given up."""
        wanted = trial.setups(UnderWay)
        if wanted and self.subject.under_way == wanted[0].status and not self.subject.must_replace:
            self.subject.refresh()
            if self.subject.status == wanted[0].status:
                return True
        if self.subject.under_way:
            self.subject.discard()
        return False

    def start(self, setup: UnderWay, request: Request) -> None:
        """Start a transition, unless it is under way.

        Raises:
            Unavailable: the cloud refuses it, or it has ended before a request could be sent.
        """
        if self.subject.under_way == setup.status:
            return
        try:
            for step in setup.steps:
                self.paths.steps.before(step, request.filled.values, self.paths.path_of)
        except Unavailable as error:
            raise Unavailable(f"no {setup.status} could be started: {error}") from None
        finally:
            self.paths.steps.sent.clear()
            self.subject.under_way = setup.status  # a resource on which a step was taken serves no other trial
        patience, stopping = self.context.patience, self.context.stopping
        if until(self._status, setup.status.__eq__, min(SOON, patience.status), stopping) != setup.status:
            raise Unavailable(f"the resource did not stay {setup.status} for long enough to try a request")

    def _status(self) -> str | None:
        self.subject.refresh()
        return self.subject.status

    def seen(self, trial: Trial, evidence: Evidence) -> Evidence:
        """Return evidence, with a problem if the transition had ended when a refusal came."""
        wanted = trial.setups(UnderWay)
        if not wanted or evidence.problem or (evidence.accepted and trial.operation.method in SAFE):
            return evidence
        # After a refusal the resource was looked at.
        status = self.subject.status if evidence.after is not None else self._status()
        if status == wanted[0].status:
            self.subject.must_replace = self.subject.must_replace or self.subject.locked
            return evidence
        self.subject.must_replace = True
        if evidence.accepted:
            return evidence
        why = f"the resource was no longer {wanted[0].status} when the answer came"
        return replace(evidence, problem=Problem("inapplicable", why))
