"""Prepares the request of a trial: brings the resource into its status, fills the path and enters the setups."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.engine.api.needs import Needs
from conformance.engine.api.producers import placeholders
from conformance.engine.cloud.book import Intent
from conformance.engine.cloud.errors import CloudError, ResourceError
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.roles import Role
from conformance.engine.execute.barriers import NOBODY
from conformance.engine.execute.plain import Plain
from conformance.engine.execute.restoring import vacate
from conformance.engine.execute.revealing import before
from conformance.engine.execute.snapshots import Snapshots
from conformance.engine.execute.under_way import Transitions
from conformance.engine.model.binding import Step, bindings_in
from conformance.engine.model.evidence import Problem
from conformance.engine.model.setup import Ended, Existing, Locked, Prepared, Setup, UnderWay
from conformance.engine.model.trial import RequestTemplate, Trial
from conformance.engine.provision.coming import come_by_change
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elevation import FORBIDDEN
from conformance.engine.provision.errors import NeedsNewResource, Unavailable
from conformance.engine.provision.owned import Filled
from conformance.engine.provision.paths import Paths
from conformance.engine.provision.quotas import Quotas
from conformance.engine.provision.subject import Subject
from conformance.engine.provision.wear import discard_spent, repeats, things_for_resource
from specs.microversion import Microversion

ATTEMPTS = 4
"""How often a situation is set up, at most."""


@dataclass
class Request:
    """A request that is ready to be sent.

    Attributes:
        needs: the needs of its operation.
        filled: its path, with values for the placeholders.
        body: its body, with values for the bindings; ABSENT for none.
        query: the names and values of its query.
        before: the views that it must leave as they are if it is refused; None if nothing can be seen.
        intent: the intent of the journal, if the request makes something.
        ready: True if the thing that the path names exists, so that it can be read.
    """

    needs: Needs
    filled: Filled
    body: Any = ABSENT
    query: tuple[tuple[str, str], ...] = ()
    before: Mapping[str, Any] | None = None
    intent: Intent | None = field(default=None)
    ready: bool = False


@dataclass(frozen=True)
class _Kept:
    """Steps that stay in force for a group of refusals: the operation's id and the steps, the path, and a request."""

    steps: tuple[object, ...]
    path: str
    request: Request


@dataclass
class Arrangement:
    """Brings the situations of the trials of one lane about, and takes them back.

    Attributes:
        context: the objects that all lanes of the run share.
        subject: the resource under test of the lane.
        paths: fills the placeholders of paths.
        snapshots: takes the views that a refused request must leave as they are.
        undo: reverts the changes of the steps before a request, and of a request that should have been refused.
        quotas: sets limits, and puts them back.
        transitions: keeps a transition of the resource under way for the trials that need one.
        waits: tells whether the look after a refused trial is left to its group.
        look: takes that look, and releases the steps that the arrangement keeps for the group.
        lock: locks the resource before a trial.
        unlock: takes a lock away before a trial.
        compares: whether the resource after the present request is compared with it before, even if it is accepted.
        brings_back: fields that must have been changed on the way to the situation, since the request brings them back.
    """

    context: RunContext
    subject: Subject
    paths: Paths
    snapshots: Snapshots
    undo: Callable[[Request], None]
    quotas: Quotas = field(init=False)
    transitions: Transitions = field(init=False)
    waits: Callable[[Trial], bool] = lambda _: False
    look: Callable[[], None] = lambda: None
    lock: Callable[[Trial], Problem | None] = lambda _: None
    unlock: Callable[[Trial], Problem | None] = lambda _: None
    compares: bool = False
    brings_back: tuple[str, ...] = ()
    _marked: bool = False
    _kept: _Kept | None = None
    _existing: tuple[Setup, ...] = ()
    _unknown: str | Unavailable | None = None

    def __post_init__(self) -> None:
        self.quotas = Quotas(self.context, self.paths.steps)
        self.transitions = Transitions(self.context, self.subject, self.paths)

    @property
    def holds(self) -> bool:
        """Whether steps before the present request have to be taken back right after it."""
        steps = set(self.paths.steps.sent) - {f"before.{name}" for name in self.snapshots.marked}
        return bool(self.quotas.held or steps or (self._marked and self._kept is None))

    def suits(self, trial: Trial) -> bool:
        """Whether no steps are kept for a group, or those of this trial."""
        return self._kept is None or self._kept.steps == (trial.request.operation.id, *self._marks(trial))

    def release(self) -> None:
        """Take back the steps that are kept for a group."""
        kept, self._kept = self._kept, None
        if kept is not None:
            self._restore(kept.request)

    def situated(self, trial: Trial, needs: Needs, version: Microversion) -> Request | Problem:
        """Bring the situation of a trial about, and return its request; or the problem that prevents it.

        Raises:
            Unavailable, CloudError: a thing that the request needs cannot be made.
        """
        self.paths.elements.drop_fresh()  # those of the trial before
        if things_for_resource(trial) != self._existing:
            self.let_go()
        if trial.situation.target == "unknown":
            return self._to_nothing(trial, needs, version)
        state = through = trial.situation.state
        for tries in reversed(range(ATTEMPTS)):
            problem = self._reached(trial, through)
            if problem:
                return problem
            try:
                request = self.filled(trial, needs, version)
            except NeedsNewResource:
                discard_spent(self.subject)
                continue
            except Unavailable as error:
                if trial.situation.target == "any":
                    return self._to_nothing(trial, needs, version)
                makes_in = self.paths.makes_in(trial)
                if error.optional or state in (None, makes_in) or tries == 0:
                    raise
                # A thing that cannot be made in this status is made before the resource reaches it.
                if through == makes_in or not self._leads_to(makes_in or ""):
                    self.subject.discard()
                through = makes_in
                continue
            if through == state:
                return self._ready(trial, request)
            through = state
        return Problem("inconclusive", f"no {self.context.kind.name} could give what the request needs")

    @contextlib.contextmanager
    def set_up(self, trial: Trial, request: Request, version: Microversion) -> Iterator[None]:
        """Enter the setups of a trial in their order, and leave them in reverse when the block ends.

        Raises:
            Unavailable: one of them was refused, or is of no use on this cloud.
            CloudError: a limit could not be put back.
        """
        with contextlib.ExitStack() as entered:
            entered.callback(self._cleared, trial)
            entered.callback(self._restored, trial, request)
            self._prepared(trial, request)
            for setup in trial.setup:
                self._enter(setup, trial, request, version)
            if request.ready:
                request.before = self._seen(trial, request)
            if any(binding.relation.endswith("shown") for binding in trial.request.bindings):
                body = self.context.fitting(trial.request.operation, trial.request.body, version)
                request.body = self.subject.bindings.filled(body, trial.outcome.accepted is True, request.filled.values)
            yield

    def _seen(self, trial: Trial, request: Request) -> Mapping[str, Any] | None:
        """The views that a refused request must leave as they are; None if nothing can be seen."""
        if trial.outcome.accepted is True or trial.request.operation.method == "GET":
            seen = self.subject.current() if self.compares else self.subject.view
            return seen if trial.situation.state is not None else None
        return before(self.context, self.snapshots, trial, request.filled, request.body, self.paths.forget_below)

    def _enter(self, setup: Setup, trial: Trial, request: Request, version: Microversion) -> None:
        if isinstance(setup, Prepared):
            for step in setup.steps:
                take = self.quotas.set if step.seen_by else self.paths.steps.before
                take(step, request.filled.values, self.paths.path_of)
        elif isinstance(setup, UnderWay):
            self.transitions.start(setup, request.filled.values)
        elif isinstance(setup, Ended):
            self.paths.end(trial.request.operation, request.filled, trial.request.role, version)

    def _prepared(self, trial: Trial, request: Request) -> None:
        """Take the steps that a request needs to be accepted, and those that would reveal its execution.

        Raises:
            Unavailable: a step was refused without which the request cannot be accepted.
        """
        needs, accepted, marks = request.needs, trial.outcome.accepted, self._marks(trial)
        before = () if accepted is False or trial.request.path else needs.before  # no step suits a name of nothing
        if self._kept is not None and (before or self._kept.path != request.filled.path):
            self.look()
        if self._kept is not None:
            return  # the steps for another trial of the group are still in force
        if needs.after and (accepted is not False or marks):
            self.paths.steps.remember(needs.after, request.filled.values, self.paths.path_of)
        if before:
            self.paths.prepare(trial.request.operation, request.filled.values, request.body)
        if marks:
            self._mark(marks, request)
            self.subject.outdated = self.subject.outdated or trial.situation.state is not None
            if not before and all(step.fields and not bindings_in(step.fields) for step in marks):
                # The steps are the same whatever the request says, so the next trials can use them, too.
                self._kept = _Kept((trial.request.operation.id, *marks), request.filled.path, request)

    def _marks(self, trial: Trial) -> tuple[Step, ...]:
        """The steps before a request that would reveal its execution despite a refusal."""
        operation = trial.request.operation
        needs = self.context.needs.get(operation.id) or self.context.needs_of(operation)
        if trial.outcome.accepted is True or (needs.sandbox_only and not self.context.sandbox):
            return ()
        return self.context.service.steps_before_refusal(trial)

    def _mark(self, marks: tuple[Step, ...], request: Request) -> None:
        """Set fields to other values than the request would, so that an execution despite a refusal can be seen."""
        before = set(self.paths.steps.sent)
        for step in marks:
            with contextlib.suppress(CloudError, Unavailable):  # without the step less can be seen, no more
                self.paths.steps.before(step, request.filled.values, self.paths.path_of, request.body)
                self._marked = True
        self.snapshots.marked = frozenset(name.removeprefix("before.") for name in set(self.paths.steps.sent) - before)

    def _restored(self, trial: Trial, request: Request) -> None:
        """Take back the steps before a request, unless they are kept for the group of a refused trial."""
        if self._kept is None or not self.waits(trial):
            self._kept = None
            self._restore(request)

    def _restore(self, request: Request) -> None:
        """Take back the changes of the steps before a request that are still there, limits first.

        Things of others that are still not as they were are then restored from the journal, which keeps the rest.
        """
        if self.quotas.held:
            self.quotas.put_back()
        if self.paths.steps.sent or self._marked:
            self.undo(request)
            self.paths.forget_below(request.filled.path)
            self.subject.outdated = self.subject.outdated or self.subject.view is not None
        self._marked, self.snapshots.marked = False, frozenset()
        self.context.cloud.owing.settle()

    def _cleared(self, trial: Trial) -> None:
        """After setups that changed things, forget all elements and have the resource under test replaced.

        Things that were only made to exist are kept for the next trials that need the same ones.
        """
        self._existing = things_for_resource(trial)
        if not self._existing and any(isinstance(setup, Existing | Prepared) for setup in trial.setup):
            self.paths.elements.clear()
            self.subject.must_replace = self.subject.must_replace or trial.situation.state is not None

    def let_go(self) -> None:
        """Forget the things that are kept for trials which need the same ones, and have the resource replaced."""
        if self._existing:
            self._existing = ()
            self.paths.elements.clear()
            self.subject.must_replace = True

    def _to_nothing(self, trial: Trial, needs: Needs, version: Microversion) -> Request:
        template = trial.request
        filled = self.paths.fill(template.operation, template.role, version, self._unknown_id(template))
        refused = trial.outcome.accepted is False
        invented, real = Plain(self.context, self.subject), template.role in self.context.role_names
        query = tuple((name, _text(invented.of(v))) for name, v in template.query) if refused else ()
        body = self.context.fitting(template.operation, template.body, version)
        return Request(needs, filled, invented.of(body, real), filled.query + query)

    def _reached(self, trial: Trial, state: str | None) -> Problem | None:
        """Bring a resource that suits the trial into a status, without a lock."""
        if state is None or self.transitions.lasts(trial):
            return None
        path = trial.request.operation.path.replace(f"{{{self.context.service.identifier}}}", self.subject.known_id)
        self.subject.turn_to(trial.situation.environment)
        fits = self._existing or self.subject.suits(path)
        unfit = not trial.request.uses_optional_fields or (self.compares and repeats(self.subject, trial.request.body))
        if (self.subject.altered and unfit) or not fits:
            self.subject.discard()
        self.subject.exact = self.compares or not (self.subject.lenient or trial.outcome.accepted)
        problem = self.subject.reach(state)
        if problem is None and self.brings_back and trial.outcome.leads_to:
            problem = come_by_change(self.subject, state, trial.outcome.leads_to[0], self.brings_back)
        if problem is None and self.subject.locked and not (self._needs_lock_alone(trial) or self._unlocks(trial)):
            problem = self.unlock(trial)
        if problem is None and (self.compares or trial.outcome.accepted is not True):
            # The look after a refusal is compared with this one.
            problem = self.subject.up_to_date()
            problem = problem or (self.subject.reach(state) if self.subject.status != state else None)
        return problem

    def _leads_to(self, status: str) -> bool:
        """Whether a way leads from the present status of the resource to another one."""
        way, roles = self.context.graph.way, self.context.role_names
        return way(self.subject.status or "", status, roles=roles) is not None

    def _unlocks(self, trial: Trial) -> bool:
        """Whether the request of a trial may take a lock away itself, which shows more than it does without a lock."""
        return trial.operation.id == self.context.service.under_test.unlock and trial.outcome.accepted is not False

    def _needs_lock_alone(self, trial: Trial) -> bool:
        """Whether a trial on a locked resource needs nothing else, for which the lock would have to be taken away."""
        names = placeholders(trial.request.operation.path)
        held = (
            b.relation != "attached" or b.resource in self.subject.bindings.attached for b in trial.request.bindings
        )
        return Locked() in trial.setup and names == [self.context.service.identifier] and all(held)

    def filled(self, trial: Trial, needs: Needs, version: Microversion) -> Request:
        """The request with values for its placeholders and bindings. Things that these need and that lack are made.

        Raises:
            Unavailable: a value cannot be had.
            NeedsNewResource: the resource under test can no longer give it.
            CloudError: the cloud did not make a thing.
        """
        template, setup = trial.request, trial.setup
        vacate(self.subject, trial)
        missing = self._unknown_id(template) if trial.situation.target == "missing" else None
        for name in (name for one in setup if isinstance(one, Existing) for name in one.operations):
            self.paths.fill(self.context.operations[name], template.role, version)  # makes the things that lack
        given = dict(template.path)
        filled = self.paths.fill(template.operation, template.role, version, missing, last_only=True, given=given)
        fitting = self.context.fitting(template.operation, template.body, version)
        if not template.bindings and not template.query and fitting is template.body:
            return Request(needs, filled, fitting, filled.query)
        named = {**filled.values, "": filled.path}
        body = self.subject.bindings.filled(fitting, trial.outcome.accepted is True, named)
        asked = self.context.fitting(template.operation, template.query)
        query = tuple((name, _text(self.subject.bindings.filled(v, True, named))) for name, v in asked)
        return Request(needs, filled, body, filled.query + query)

    def _ready(self, trial: Trial, request: Request) -> Request | Problem:
        """The request, after the resource was locked if the trial wants that; or the problem with that."""
        if Locked() in trial.setup and trial.situation.state is not None:
            # The status is not reached again: a task of the resource would make the lane give the resource up.
            problem = None if self.subject.locked else self.lock(trial)
            if problem:
                return problem
        if not self.context.service.placeholder_sources.keys().isdisjoint(request.filled.values):
            self.subject.outdated = True  # the thing that was made for the path is a task of the resource
        return replace(request, ready=True)

    def _unknown_id(self, request: RequestTemplate) -> str | None:
        """A random id of which the cloud said that it does not know it; None if the path names nothing.

        Where the cloud does not say that, a request that changes nothing gets a random id all the same: one that only
        reads, or that has no valid token.
        """
        if "{" not in request.operation.path:
            return None
        if self._unknown is None:
            at = self.context.service.unknown_id_path
            resource = self.context.service.under_test
            admin = Role.ADMIN in self.context.cloud.roles and (not resource.kind or resource.role is Role.ADMIN)
            try:
                self._unknown = (
                    self.context.cloud.unknown_id(at, role=Role.ADMIN if admin else Role.MEMBER)
                    if at is not None
                    else self.context.cloud.guard.made_up()
                )
            except ResourceError as error:
                kept = error.answer is not None and error.answer.status == FORBIDDEN
                lacking = kept and Role.ADMIN not in self.context.cloud.roles
                more = ": members may not ask for it, so give --os-cloud-admin or --admin-token" if lacking else ""
                self._unknown = Unavailable(f"{error}{more}", optional=lacking)
        if isinstance(self._unknown, Unavailable):
            if request.role in NOBODY or self.context.needs_of(request.operation).only_reads:
                return str(uuid.uuid4())
            raise self._unknown
        return self._unknown


def _text(value: Any) -> str:
    """A value as text for a query: objects and lists as JSON."""
    return json.dumps(value) if isinstance(value, dict | list) else str(value)
