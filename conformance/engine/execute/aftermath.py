"""What surrounds a request: steps before and after it, what it makes, and what it must not have changed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import quote

from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import ABSENT, Answer
from conformance.engine.cloud.journal import Intent
from conformance.engine.execute.snapshots import Snapshots
from conformance.engine.model.evidence import Evidence
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.owned import Owned, named_by
from conformance.engine.provision.paths import Filled, Paths
from conformance.engine.provision.quotas import Quotas
from conformance.engine.provision.steps import Steps
from conformance.engine.provision.subject import Subject
from specs.microversion import Microversion
from specs.model import Operation


@dataclass
class Request:
    """A request that is ready to be sent.

    Attributes:
        filled: its path; body, query: with values for their bindings.
        before: the resource that it must leave as it is where it is refused, None where nothing shows that.
        intent: the journal's, where it makes something.
        ready: whether what its path names was there, or was made, so that it can be looked at.
    """

    filled: Filled
    body: Any = ABSENT
    query: tuple[tuple[str, str], ...] = ()
    before: Mapping[str, Any] | None = None
    intent: Intent | None = field(default=None)
    ready: bool = False


@dataclass
class Around:
    """Serves the trials of one lane."""

    context: RunContext
    subject: Subject
    paths: Paths
    steps: Steps = field(init=False)
    quotas: Quotas = field(init=False)
    snapshots: Snapshots = field(init=False)
    _arranged: bool = False

    def __post_init__(self) -> None:
        self.steps = self.paths.steps
        self.quotas = Quotas(self.context, self.steps)
        self.snapshots = Snapshots(self.context, self.subject, self.paths.elements)

    def prepare(self, trial: Trial, filled: Filled) -> None:
        """Take the steps that a request needs before it: to be accepted, or so that it shows where it was done.

        Raises:
            Unavailable: one of them was refused, without which it cannot be accepted.
        """
        table = self.context.service.before_refusal(trial)
        if self.context.service.only_in_sandbox(trial.operation) and not self.context.sandbox:
            table = []
        if trial.accepted is not False or table:
            after = self.context.service.steps(trial.operation, "after")
            self.steps.remember(after, filled.values, self.paths.path_of)
        if trial.accepted is not False:
            self.paths.prepare(trial.operation, filled.values)
        before = set(self.steps.sent)
        for step in table:
            with contextlib.suppress(CloudError, Unavailable):  # without it less is seen, and nothing else
                self.steps.before(step, filled.values, self.paths.path_of)
                self._arranged = True
        self.snapshots.marked = frozenset(name.removeprefix("before.") for name in set(self.steps.sent) - before)
        if table and trial.situation.state is not None:
            self.subject.refresh()

    def arrange(self, trial: Trial, filled: Filled) -> None:
        """Take the steps that bring the situation of a trial about.

        Raises:
            Unavailable: one of them was refused, or is of no use on this cloud.
        """
        for step in trial.steps:
            take = self.quotas.set if step.seen_by else self.steps.before
            take(step, filled.values, self.paths.path_of)

    def intend(self, trial: Trial, request: Request, role: str) -> Intent | None:
        """Write down that the request makes something, before it is sent; nothing where it makes nothing."""
        producer = self.context.producers.made_by(trial.operation)
        if producer is None or trial.situation.target != "own":
            return None
        collection, chosen = self._collection(request, producer.chosen)
        return self.paths.elements.intend(collection, request.body, chosen, role)

    @staticmethod
    def _collection(request: Request, chosen: bool) -> tuple[str, str | None]:
        if not chosen:
            return request.filled.path, None
        return request.filled.path.rpartition("/")[0], list(request.filled.values.values())[-1]

    def before(self, trial: Trial, filled: Filled, version: Microversion, body: Any) -> Mapping[str, Any] | None:
        """What a request that is to be refused must leave as it is."""
        return self.snapshots.before(trial, filled, version, body)

    def beside(self, evidence: Evidence, request: Request) -> Evidence:
        """After a refusal, what else shows whether something changed than the server, which was followed."""
        if evidence.trial.situation.state is None or evidence.after is None or request.before is None:
            return evidence
        after = self._after(evidence, request, evidence.version or self.context.top)
        if any(value != request.before[key] for key, value in after.items()):
            self._disobeyed(evidence.trial.operation, request)
        return replace(evidence, before=request.before, after={**evidence.after, **after})

    def _after(self, evidence: Evidence, request: Request, version: Microversion) -> Mapping[str, Any]:
        return self.snapshots.after(
            evidence.trial, request.filled, version, request.body, request.before or {}, evidence.status or 0
        )

    def settled(self, evidence: Evidence, answer: Answer, request: Request) -> Evidence:
        """What the answer means for what the lane holds; and, after a refusal, whether something changed."""
        trial, operation = evidence.trial, evidence.trial.operation
        version = evidence.version or self.context.top
        if not answer.ok:
            return self._unchanged(evidence, request, version)
        made = self._made(trial, answer, request, evidence.role or trial.role)
        if made is not None:
            evidence = self._born(evidence, made)
            if trial.situation.state is None:
                self.paths.elements.dispose(made)
        elif operation.method == "DELETE":
            self.paths.forget(request.filled)
            self.paths.elements.forget_below(request.filled.path)
            if request.filled.owned is not None and operation.path.endswith("}"):  # not what is below it
                self.paths.elements.gone(request.filled.owned)
        elif (renamed := self._renamed(trial, request)) is not None:
            self.paths.forget(request.filled)
            self.paths.elements.renamed(renamed, request.body[renamed.producer.name] if renamed.producer else "")
        elif trial.accepted is False and request.filled.owned is not None:
            self.paths.elements.dispose(request.filled.owned)
        self._undo(operation, request)
        return evidence

    @staticmethod
    def _renamed(trial: Trial, request: Request) -> Owned | None:
        """What has another name now: the body holds one, under the word by which the path holds the former."""
        owned = request.filled.owned
        if owned is None or owned.producer is None or trial.operation.action is not None:
            return None
        now = request.body.get(owned.producer.name) if isinstance(request.body, Mapping) else None
        return owned if isinstance(now, str) and now != owned.value else None

    def restore(self, operation: Operation, request: Request) -> None:
        """Take back what steps before a request have changed, where nothing has yet; limits before all else.

        Raises:
            CloudError: a limit could not be put back.
        """
        self.quotas.put_back()
        if self.steps.sent or self._arranged:
            self._take_back(operation, request)
            self.paths.elements.forget_below(request.filled.path)
            if self.subject.view is not None:
                self.subject.refresh()  # the next trial begins with what is there now
        self.snapshots.marked, self._arranged = frozenset(), False

    def _undo(self, operation: Operation, request: Request) -> None:
        """Take back what an accepted request or the steps before it have changed for others."""
        self._take("after", operation, request)
        self.steps.sent.clear()

    def _take_back(self, operation: Operation, request: Request) -> None:
        """The same where the request was refused."""
        self._take("back", operation, request)
        self._undo(operation, request)

    def _take(self, which: Literal["after", "back"], operation: Operation, request: Request) -> None:
        for step in self.context.service.steps(operation, which):
            with contextlib.suppress(CloudError, Unavailable):
                self.steps.after(step, request.filled.values, self.paths.path_of, request.body)

    def _unchanged(self, evidence: Evidence, request: Request, version: Microversion) -> Evidence:
        if evidence.trial.situation.state is not None or request.before is None:
            return evidence
        after = self._after(evidence, request, version)
        if after != request.before:
            self._disobeyed(evidence.trial.operation, request)
        return replace(evidence, before=request.before, after=after)

    def _disobeyed(self, operation: Operation, request: Request) -> None:
        """What a refused request has done all the same is taken back, and is not what the next one should find."""
        self._take_back(operation, request)  # while what the path names is there
        self.paths.forget(request.filled)
        if request.filled.owned is not None:
            self.paths.elements.dispose(request.filled.owned)

    def _made(self, trial: Trial, answer: Answer, request: Request, role: str) -> Owned | None:
        producer = self.context.producers.made_by(trial.operation)
        if producer is None or trial.situation.target != "own":
            return None
        collection, chosen = self._collection(request, producer.chosen)
        value = chosen or named_by(answer, producer.name, request.body)
        if value is None:
            return None
        made = Owned(value, collection, f"{collection}/{quote(value, safe='')}", role, producer)
        self.paths.elements.settle(request.intent, made)
        return made

    def _born(self, evidence: Evidence, made: Owned) -> Evidence:
        """What becomes of something new that has statuses."""
        service = self.context.service
        if made.collection != f"/{service.resource}s":
            return evidence
        result = self.context.watch.until(
            made.value,
            lambda view: view is None or view.get("status") in service.stable or self.context.stopping.is_set(),
            self.context.patience.status,
        )
        for shown_by, kind in service.made_with_server:
            shown = (result.server or {}).get(shown_by) or ()
            self.paths.elements.came_along(kind, [str(one.get("id")) for one in shown], made.role)
        return replace(
            evidence,
            after=result.server,
            statuses=result.statuses,
            timed_out=result.timed_out,
            waited=result.seconds,
            unseen="the run was stopped" if self.context.stopping.is_set() else None,
        )
