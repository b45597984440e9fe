"""What surrounds a request: steps before and after it, what it makes, and what it must not have changed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from conformance.engine.case import Trial
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import ABSENT, Answer
from conformance.engine.cloud.journal import Intent
from conformance.engine.cloud.roles import Role
from conformance.engine.context import RunContext
from conformance.engine.fixtures import Unavailable
from conformance.engine.holdings import Filled, Holdings
from conformance.engine.judge.evidence import Evidence
from conformance.engine.making import Owned, name_in, named_by
from conformance.engine.producers import element_in, last_version, listed_by
from conformance.engine.stage import Stage
from conformance.engine.steps import Steps, members
from specs.microversion import Microversion
from specs.model import Operation


@dataclass
class Request:
    """A request that is ready to be sent.

    Attributes:
        filled: its path; body, query: with values for their bindings.
        before: the resource that it must leave as it is where it is refused, None where nothing shows that.
        intent: the journal's, where it makes something.
    """

    filled: Filled
    body: Any = ABSENT
    query: tuple[tuple[str, str], ...] = ()
    before: Mapping[str, Any] | None = None
    intent: Intent | None = field(default=None)


@dataclass
class Around:
    """Serves the trials of one lane."""

    context: RunContext
    stage: Stage
    holdings: Holdings
    steps: Steps = field(init=False)

    def __post_init__(self) -> None:
        self.steps = self.holdings.steps

    def prepare(self, operation: Operation, filled: Filled) -> None:
        """Take the steps that an accepted request needs before it.

        Raises:
            Unavailable: one of them was refused.
        """
        self.holdings.prepare(operation, filled.values)

    def intend(self, trial: Trial, request: Request, role: str) -> Intent | None:
        """Write down that the request makes something, before it is sent; nothing where it makes nothing."""
        producer = self.context.producers.made_by(trial.operation)
        if producer is None or trial.situation.target != "own":
            return None
        collection, chosen = self._collection(request, producer.chosen)
        return self.holdings.maker.intend(collection, request.body, chosen, role)

    @staticmethod
    def _collection(request: Request, chosen: bool) -> tuple[str, str | None]:
        if not chosen:
            return request.filled.path, None
        return request.filled.path.rpartition("/")[0], list(request.filled.values.values())[-1]

    def before(self, trial: Trial, filled: Filled, version: Microversion, body: Any) -> Mapping[str, Any] | None:
        """What a request that is to be refused must leave as it is."""
        if trial.accepted is True or trial.operation.method == "GET":
            return None
        return self._seen(trial, filled.owned, None, version, filled.path, body)

    def _seen(
        self, trial: Trial, owned: Owned | None, name: str | None, version: Microversion, path: str, body: Any
    ) -> Mapping[str, Any] | None:
        producer = self.context.producers.made_by(trial.operation)
        if producer is not None and not producer.chosen:
            return {"exists": self._listed(trial, name, version) if name else False}
        if owned is not None and owned.producer is not None and owned.producer.reader is not None:
            reader = owned.producer.reader
            at = self.context.version_for(reader)
            shown = self.holdings.maker.show(owned, str(at))
            return {"exists": shown is not None, "shown": _lasting(shown)} if shown is not None or name else None
        return self._asked(trial, path, body, name is not None)

    def _asked(self, trial: Trial, path: str, body: Any, again: bool) -> Mapping[str, Any] | None:
        """What is shown at the path of a request of the fields that it would set: others may change all else."""
        reader = listed_by(self.context.operations, trial.operation.path)
        if reader is None or reader.removed is not None or trial.operation.action is not None:
            return None
        role = Role.ADMIN if Role.ADMIN in self.context.cloud.roles else Role.MEMBER
        answer = self.context.cloud.get(path, role=role, microversion=str(self.context.version_for(reader)))
        if not answer.ok:
            return {"exists": False} if again and answer.status in (404, 410) else None
        names = {name.rpartition(".")[2] for name in members("", body)}
        view = next(iter(answer.json.values()), None) if isinstance(answer.json, dict) else None
        shown = {k: v for k, v in view.items() if k in names} if isinstance(view, Mapping) else None
        return {"exists": True, "shown": shown}

    def _listed(self, trial: Trial, name: str, version: Microversion) -> bool:
        producer = self.context.producers.made_by(trial.operation)
        lister = producer.lister if producer is not None else None
        if lister is None or "{" in lister.path:
            return False
        last = last_version(lister)
        at = min(version, last) if last is not None else version
        for role in ("admin", "member"):
            if role in self.context.role_names:
                answer = self.context.cloud.get(lister.path, role=Role(role), microversion=str(at))
                if answer.ok and element_in(answer.json, "name", name):
                    return True
        return False

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
                self.holdings.maker.dispose(made)
        elif operation.method == "DELETE":
            self.holdings.forget(request.filled)
            if request.filled.owned is not None and operation.path.endswith("}"):  # not what is below it
                self.holdings.maker.gone(request.filled.owned)
        elif (renamed := self._renamed(trial, request)) is not None:
            self.holdings.forget(request.filled)
            self.holdings.maker.renamed(renamed, request.body[renamed.producer.name] if renamed.producer else "")
        elif trial.accepted is False and request.filled.owned is not None:
            self.holdings.maker.dispose(request.filled.owned)
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
        """Take back what steps before a request have changed, where nothing has yet."""
        if self.steps.sent:
            self._undo(operation, request)

    def _undo(self, operation: Operation, request: Request) -> None:
        """Take back what the request or the steps before it have changed for others."""
        for step in self.context.knowledge.steps(operation, "after"):
            with contextlib.suppress(CloudError, Unavailable):
                self.steps.after(step, request.filled.values, self.holdings.path_of, request.body)
        self.steps.sent.clear()

    def _unchanged(self, evidence: Evidence, request: Request, version: Microversion) -> Evidence:
        if evidence.trial.situation.state is not None or request.before is None:
            return evidence
        name = name_in(request.body)
        if name is not None and not name.startswith(self.context.cloud.prefix):
            name = None
        filled = request.filled
        after = self._seen(evidence.trial, filled.owned, name or "", version, filled.path, request.body)
        if after != request.before:
            self.holdings.forget(filled)  # it is not what the next request should find
            if filled.owned is not None:
                self.holdings.maker.dispose(filled.owned)
        return replace(evidence, before=request.before, after=after)

    def _made(self, trial: Trial, answer: Answer, request: Request, role: str) -> Owned | None:
        producer = self.context.producers.made_by(trial.operation)
        if producer is None or trial.situation.target != "own":
            return None
        collection, chosen = self._collection(request, producer.chosen)
        value = chosen or named_by(answer, producer.name, request.body)
        if value is None:
            return None
        made = Owned(value, collection, f"{collection}/{quote(value, safe='')}", role, producer)
        self.holdings.maker.settle(request.intent, made)
        return made

    def _born(self, evidence: Evidence, made: Owned) -> Evidence:
        """What becomes of something new that has statuses."""
        knowledge = self.context.knowledge
        if made.collection != f"/{knowledge.resource}s":
            return evidence
        result = self.context.watch.until(
            made.value,
            lambda view: view is None or view.get("status") in knowledge.stable or self.context.stopping.is_set(),
            self.context.patience.status,
        )
        for shown_by, kind in knowledge.made_with_server:
            shown = (result.server or {}).get(shown_by) or ()
            self.holdings.maker.came_along(kind, [str(one.get("id")) for one in shown], made.role)
        return replace(
            evidence,
            after=result.server,
            statuses=result.statuses,
            timed_out=result.timed_out,
            waited=result.seconds,
            unseen="the run was stopped" if self.context.stopping.is_set() else None,
        )


def _lasting(shown: Any) -> Any:
    """A view without what changes by itself."""
    if isinstance(shown, Mapping):
        return {key: value for key, value in shown.items() if "updated" not in key and key != "progress"}
    return shown
