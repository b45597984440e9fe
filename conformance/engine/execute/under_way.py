"""Trials on a resource that is changing: a transition is started, and kept under way for as many trials as it lasts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from operator import eq

from conformance.engine.api.producers import SAFE
from conformance.engine.cloud.wait import until
from conformance.engine.model.evidence import Evidence, Problem
from conformance.engine.model.setup import Ended, UnderWay
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.owned import Filled
from conformance.engine.provision.paths import Paths
from conformance.engine.provision.subject import Subject
from specs.microversion import Microversion

FIRST_REFUSAL = 400

SOON = 10.0
"""Seconds within which an accepted transition shows that it is under way."""

MOST_FAILURES = 2
"""The number of transitions in a row that may fail or end too soon; then a lane makes no further resource for them."""


@dataclass
class Transitions:
    """Starts a transition of the resource under test of a lane, and sees whether it lasts until an answer has come.

    Attributes:
        context: the objects that all lanes of the run share.
        subject: the resource under test of the lane.
        paths: fills the placeholders of paths.
        waits: tells whether a trial, or any at all, waits for the look of its group.
    """

    context: RunContext
    subject: Subject
    paths: Paths
    _failures: list[str] = field(default_factory=list)
    waits: Callable[[Trial | None], bool] = lambda _: False

    def lasts(self, trial: Trial) -> bool:
        """Whether the resource is in the transition that a trial needs; a resource in another one is given up.

        Raises:
            Unavailable: the transitions before have failed or ended too soon.
        """
        wanted = trial.setups(UnderWay)
        if wanted and len(self._failures) >= MOST_FAILURES:
            raise Unavailable(self._failures[-1])
        begun = wanted and self.subject.under_way == wanted[0].status and not self.subject.must_replace
        if begun and self._present() == wanted[0].status:
            return True
        if self.subject.under_way:
            self.subject.discard()
        return False

    def start(self, setup: UnderWay, values: Mapping[str, str]) -> None:
        """Start a transition, unless it is under way. ``values`` are those of the placeholders of the request's path.

        Raises:
            Unavailable: the cloud refuses it, or it has ended before a request could be sent.
        """
        if self.subject.under_way == setup.status:
            return
        try:
            for step in setup.steps:
                self.paths.steps.before(step, values, self.paths.path_of)
        except Unavailable as error:
            raise self._failed(f"no {setup.status} could be started: {error}") from None
        finally:
            self.paths.steps.sent.clear()
            self.subject.under_way = setup.status  # a resource on which a step was taken serves no other trial
        patience, stopping = self.context.patience, self.context.stopping
        if until(self._status, partial(eq, setup.status), min(SOON, patience.status), stopping) != setup.status:
            raise self._failed(f"the resource did not stay {setup.status} for long enough to try a request")

    def _status(self) -> str | None:
        self.subject.refresh()
        return self.subject.status

    def _present(self) -> str | None:
        """The status as the look after the trials before has just shown it, or as it will; else by a new look."""
        just_now = self.waits(None) or time.monotonic() - self.subject.seen_at < self.context.patience.settle
        return self.subject.status if just_now and not self.subject.outdated else self._status()

    def _failed(self, reason: str) -> Unavailable:
        self._failures.append(reason)
        return Unavailable(reason)

    def seen(self, trial: Trial, evidence: Evidence) -> Evidence:
        """Return evidence, with a problem if the transition had ended when the answer came.

        An accepted request that changes something may have ended it.
        """
        wanted = trial.setups(UnderWay)
        if not wanted or evidence.problem or self.waits(trial):
            return evidence
        # After a refusal the resource was looked at.
        status = self.subject.status if evidence.after is not None else self._status()
        if status == wanted[0].status:
            self._failures.clear()
            self.subject.must_replace = self.subject.must_replace or self.subject.locked
            return evidence
        self.subject.must_replace = True
        if evidence.accepted and trial.operation.method not in SAFE:
            return evidence
        why = str(self._failed(f"the resource was no longer {wanted[0].status} when the answer came"))
        return replace(evidence, problem=Problem("inapplicable", why))

    def came_late(self, trial: Trial, version: Microversion, filled: Filled, evidence: Evidence) -> bool:
        """Whether a refusal proves nothing, because the thing that the path names had ended by itself by then.

        A list may show it a while longer than the task of the resource that the operation needs.
        """
        if (evidence.status or 0) < FIRST_REFUSAL or Ended() in trial.setup:
            return False
        operation, kind = trial.request.operation, self.context.kind
        if not self.paths.lasts(operation, filled, trial.request.role, version):
            return True
        tasks = [
            one.any_of for one in operation.preconditions if one.attribute == kind.status.task_field and one.any_of
        ]
        if not filled.passing or not tasks or trial.outcome.accepted is not True:
            return False
        task = kind.state_of(self.subject.refresh())[1]
        return any(task not in any_of for any_of in tasks)
