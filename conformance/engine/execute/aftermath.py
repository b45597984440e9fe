"""The consequences of an answer for the things of a lane: made, renamed, removed, or changed despite a refusal."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from conformance.engine.api.producers import Producer, form
from conformance.engine.api.response_fields import elements, identity
from conformance.engine.cloud.book import Intent
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import ABSENT, Answer
from conformance.engine.cloud.fields import texts
from conformance.engine.cloud.guard import safe_in_path
from conformance.engine.cloud.roles import Role
from conformance.engine.execute.arrangement import Request
from conformance.engine.execute.barriers import NOBODY
from conformance.engine.execute.snapshots import ARRIVED, Snapshots
from conformance.engine.model.binding import Step
from conformance.engine.model.evidence import Evidence
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.owned import ACCEPTED, Owned, named_by
from conformance.engine.provision.paths import Paths


@dataclass
class Aftermath:
    """Notes the consequences of the requests of one lane, and takes back those that others would feel."""

    context: RunContext
    paths: Paths
    snapshots: Snapshots

    def intend(self, trial: Trial, request: Request, role: str) -> Intent | None:
        """Write the thing that the request will make into the journal, before it is sent; None if it makes nothing."""
        if self._puts_anew(trial):
            collection, _, last = request.filled.path.rpartition("/")
            return self.paths.elements.intend(collection, ABSENT, unquote(last), role)
        producer = request.needs.makes
        if producer is None or trial.situation.target != "own" or self.paths.elements.joins(producer):
            return None
        collection, chosen = self._collection(request, producer)
        return self.paths.elements.intend(collection, request.body, chosen, role)

    def _puts_anew(self, trial: Trial) -> bool:
        """Whether a request at a name of nothing may make a thing there, which another request removes.

        A description would say so, and has the thing removed.
        """
        operation, target = trial.request.operation, trial.situation.target
        if self.context.service.described or operation.method != "PUT" or not operation.path.endswith("}"):
            return False
        same = (one for one in self.context.operations.values() if form(one.path) == form(operation.path))
        return target in ("unknown", "missing") and any(one.method == "DELETE" for one in same)

    def _remove_put(self, intent: Intent, path: str, role: str) -> None:
        """Remove a thing that a request has made at a name of nothing: other trials need the name to name nothing."""
        collection, _, last = path.rpartition("/")
        new, kind = Owned(unquote(last), collection, path, role), self.context.cloud.profile.kind_at(collection)
        self.paths.elements.settle(intent, new)
        if not self.context.resources.drop(new.value, Role(role), kind):
            self.paths.elements.let_go(new)

    def _collection(self, request: Request, producer: Producer) -> tuple[str, str | None]:
        if producer.elsewhere:
            lister = producer.lister
            return (self.paths.path_of(lister) if lister is not None else producer.elsewhere), None
        if not producer.chosen:
            return request.filled.path, None
        return request.filled.path.rpartition("/")[0], list(request.filled.values.values())[-1]

    def accepted(self, evidence: Evidence, answer: Answer, request: Request) -> Evidence:
        """Note the things that an accepted request has made, renamed or removed, and undo its effects on others."""
        trial, operation = evidence.trial, evidence.trial.request.operation
        pool, owned = self.paths.elements, request.filled.owned
        if request.intent is not None and self._puts_anew(trial):
            self._remove_put(request.intent, request.filled.path, evidence.role or trial.request.role)
        made = self._made(trial, answer, request, evidence.role or trial.request.role)
        if request.needs.creates is not None and (kind := creates(trial, request)) is not None:
            pool.aside.note(kind, request.filled.path, evidence.role or trial.request.role, answer)
        for one in self._several(trial, answer, request, evidence.role or trial.request.role):
            pool.settle(request.intent, one)
            pool.dispose(one)
        if made is not None:
            evidence = self._born(evidence, made)
            if trial.situation.state is None:
                pool.dispose(made)
        elif operation.method == "DELETE":
            self.paths.forget(request.filled)
            self.paths.forget_below(request.filled.path)
            if owned is not None and operation.path.endswith("}"):  # the thing itself, not something below it
                pool.gone(owned)
        elif (renamed := self._renamed(trial, request)) is not None:
            self.paths.forget(request.filled)
            pool.renamed(renamed, request.body[renamed.producer.name] if renamed.producer else "")
        elif trial.outcome.accepted is False and owned is not None:
            self._undo(request)  # first, since what the request has attached may keep the thing from being removed
            pool.dispose(owned)
        self._undo(request)
        changing = answer.status == ACCEPTED and operation.method != "DELETE" and trial.situation.state is None
        if changing and owned is not None:  # it goes on changing after the answer, and may even go
            self.paths.forget(request.filled)
            pool.dispose(owned)
        return evidence

    def refused(self, evidence: Evidence, request: Request) -> Evidence:
        """Return evidence with the views after a refusal, for a request that needs no resource with statuses."""
        if request.before is None:
            return evidence
        after = self._after(evidence, request)
        if after != request.before:
            self._disobeyed(request)
        return replace(evidence, before=request.before, after=after)

    def refused_beside(self, evidence: Evidence, request: Request) -> Evidence:
        """Return evidence with the further views after a refusal, beside that of the resource under test."""
        if evidence.after is None or request.before is None:
            return evidence
        after = self._after(evidence, request)
        if any(value != request.before[key] for key, value in after.items()):
            self._disobeyed(request)
        return replace(evidence, before=request.before, after={**evidence.after, **after})

    def _after(self, evidence: Evidence, request: Request) -> Mapping[str, object]:
        before, status = request.before or {}, evidence.status or 0
        after = self.snapshots.after(evidence.trial, request.filled, request.body, before, status)
        arrived = self.snapshots.arrived(request.intent, request.body)
        if not arrived:
            return after
        request.before = {**before, ARRIVED: ()}
        return {**after, ARRIVED: arrived}

    @staticmethod
    def _renamed(trial: Trial, request: Request) -> Owned | None:
        """The thing that the request has renamed; None if none. The body holds the new name under the placeholder."""
        owned = request.filled.owned
        if owned is None or owned.producer is None or trial.request.operation.action is not None:
            return None
        now = request.body.get(owned.producer.name) if isinstance(request.body, Mapping) else None
        return owned if isinstance(now, str) and now != owned.value else None

    def take_back(self, request: Request) -> None:
        """Take back the changes for others of the steps before a request and of a refused one that was executed."""
        self._take(request.needs.undo_refused, request)
        self._undo(request)

    def _undo(self, request: Request) -> None:
        """Take back the changes for others of an accepted request and of the steps before it."""
        self._take(request.needs.after, request)
        self.paths.steps.sent.clear()

    def _take(self, steps: tuple[Step, ...], request: Request) -> None:
        for step in steps:
            with contextlib.suppress(CloudError, Unavailable):
                self.paths.steps.after(step, request.filled.values, self.paths.path_of, request.body)

    def distrust(self, request: Request) -> None:
        """Use no more the things that the body of a request names, since it was refused and may be done all the same.

        With them, the next request of its kind would be refused for another reason, such as a thing that is in use now.
        """
        self.paths.elements.give_up_named(set(texts(request.body)))

    def _disobeyed(self, request: Request) -> None:
        """Undo the effects of a request that was executed despite its refusal, and give up what it changed."""
        self.take_back(request)  # while the thing that the path names still exists
        self.paths.forget(request.filled, changed=True)
        if request.filled.owned is not None:
            self.paths.elements.dispose(request.filled.owned)

    def _made(self, trial: Trial, answer: Answer, request: Request, role: str) -> Owned | None:
        made = self.element(trial, answer, request, role)
        if made is not None:
            self.paths.elements.settle(request.intent, made)
        return made

    def element(self, trial: Trial, answer: Answer, request: Request, role: str) -> Owned | None:
        """The element that an accepted request has made; None if it makes none or the answer does not name it."""
        producer = request.needs.producer if trial.situation.target == "own" else None
        if producer is None:
            return None
        collection, chosen = self._collection(request, producer)
        value = chosen or named_by(answer, producer.name, request.body, producer.id_field, collection)
        if value is None or not safe_in_path(value) or (not chosen and value in request.filled.values.values()):
            return None  # an answer with the id of a thing in the path shows that something was joined to this thing
        path = f"{collection}/{quote(value, safe='')}"
        return Owned(value, collection, path, role, producer, answer=answer.json)

    def _several(self, trial: Trial, answer: Answer, request: Request, role: str) -> list[Owned]:
        """The elements that an accepted request has made at once; none if it makes at most one."""
        producer = request.needs.several if trial.situation.target == "own" else None
        if producer is None:
            return []
        at = request.filled.path
        named = (identity(one, producer.name) for one in elements(answer.json))
        return [Owned(v, at, f"{at}/{quote(v, safe='')}", role, producer) for v in named if v and safe_in_path(v)]

    def _born(self, evidence: Evidence, made: Owned) -> Evidence:
        """Return evidence with the statuses through which a new thing has passed, until one that lasts."""
        service, stopping, kind = self.context.service, self.context.stopping, self.context.kind
        waits, making = self.context.waits, evidence.trial.operation.id
        if made.collection != kind.collection:
            return evidence
        result = self.context.watch.until(
            made.value,
            lambda view: (
                view is None or kind.state_of(view)[0] in service.under_test.stable_statuses or stopping.is_set()
            ),
            waits.bound(making, self.context.patience.status),
            kind=kind,
            role=Role(made.role),  # another one may be of another project, and not see it
        )
        if not result.problem and not stopping.is_set():
            waits.ended(making, result.seconds, well=not result.timed_out)
        for shown_by, brought in kind.brings.items():
            shown = (result.view or {}).get(shown_by) or ()
            self.paths.elements.aside.came_along(brought, [str(one.get("id")) for one in shown], made.role)
        return replace(
            evidence,
            after=result.view,
            statuses=result.statuses,
            timed_out=result.timed_out,
            waited=result.seconds,
            unseen="the run was stopped" if stopping.is_set() else None,
        )


def creates(trial: Trial, request: Request) -> str | None:
    """The kind of thing that the request may make on the side: the journal must know it before the request.

    It counts whatever its body: a cloud may accept a name of another type, and the answer then names the thing.
    """
    if request.needs.creates is None or trial.request.role in NOBODY or trial.situation.target != "own":
        return None
    return request.needs.creates[0]
