"""The resource under test of a lane: it is made, brought into statuses, locked, and replaced when lost."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from conformance.engine.api.entries import Environment
from conformance.engine.cloud.errors import CloudError, ResourceError
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.faults import says_quota
from conformance.engine.cloud.fields import alike
from conformance.engine.cloud.kinds import GONE, Kind, View
from conformance.engine.cloud.made import Made
from conformance.engine.cloud.poll import WaitResult
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.wait import until
from conformance.engine.cloud.waits import Waits
from conformance.engine.derive.state_graph import Edge
from conformance.engine.model.evidence import Problem
from conformance.engine.provision.actions import Actions
from conformance.engine.provision.bindings import Bindings
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.durations import way_of
from conformance.engine.provision.errors import NeedsNewResource, Unavailable
from conformance.engine.provision.handing import give_up, taken_over
from conformance.engine.provision.locking import still_locked, unlock
from conformance.engine.provision.resting import followed
from conformance.engine.provision.wear import discard_spent, shows_all

CALM = 10.0
"""The longest wait, in seconds, until a resource shows the same view twice and its last action has ended."""

ATTEMPTS = 3
"""The number of new resources that a lane makes before it gives up on a status."""


class Hindered(Exception):
    """An attachment keeps a resource from reaching a status. The message is one sentence."""


class Subject:
    """The resource under test, one at a time, with its status as last seen and the values for its bindings.

    Attributes:
        context: the objects that all lanes share.
        view: the resource as last shown; None where there is none.
        known_id: the id of the resource; empty where there is none.
        locked: whether the owner of the resource has locked it.
        furnished: the paths of attachments made in the background; they may make other requests fail.
        altered: whether a request has set optional fields of the resource.
        must_replace: True if a request may have damaged the resource, so that the next situation needs another one.
        environment: the variant of the resource, by a name of the description; empty for the usual one.
        bindings: gives values to bindings.
        resources_made: the number of resources made so far.
        before_leaving: a function that is called before the resource is given up.
        actions: tells by the log of actions whether the last action has ended.
        seen_in: the resource as it was last shown in each status.
        seen_at: the moment when it was last shown, on the monotonic clock.
        outdated: whether the resource may have changed since it was last shown.
        late: whether it was last shown when it had its status, and shortly before its action had ended.
        lenient: whether such a view will do, since a later look corrects it.
        again: whether the present trial is made once more, after which the lane goes on with the resource.
        exact: whether the last action must be known to have ended before the resource counts as being in a status.
        made: the resource as it was made; None where there is none.
        begun: whether the lane has had a resource.
        under_way: the status of a transition that a trial has started; empty if none has.
        changed_by: the id of the last operation that has changed the status; empty if none has.
        sparing: whether its ways to statuses avoid operations that take a value of which later trials have need.
        shunned: the ids of operations that its ways to statuses do not use.
        unmet: requests on the way to a status that were accepted and led to another status than documented.
    """

    def __init__(self, context: RunContext) -> None:
        self.context = context
        self._kind: Kind = context.kind
        self._role = context.service.under_test.role
        self.view: View | None = None
        self.locked = self._moved = self.must_replace = self.altered = False
        self.under_way = self.environment = ""
        self.furnished: set[str] = set()
        self.bindings, self.resources_made = Bindings(context, self), 0
        self.before_leaving: Callable[[], None] = lambda: None
        self.unmet: list[Edge] = []
        self.seen_in: dict[str, View] = {}
        self.outdated = self.late = self.lenient = self.again = self._stirred = self._unsure = False
        self._handed = False
        self.exact = self.sparing = True
        self.shunned: frozenset[str] = frozenset()
        self.begun, self.known_id = False, ""
        self.actions = Actions(context)
        self.made: Made | None = None
        self._broken: dict[Edge, str] = {}
        self._against = self.changed_by = ""
        self.seen_at = 0.0

    def another(self) -> Subject:
        """A new subject, for a second resource of the same kind."""
        return type(self)(self.context)

    @property
    def resource_id(self) -> str:
        """The id of the resource.

        Raises:
            RuntimeError: there is no resource, which is a defect of this suite.
        """
        if self.made is None:
            raise RuntimeError("the lane has no resource under test")
        return self.made.id

    @property
    def status(self) -> str | None:
        """The status as last seen; None where there is no resource."""
        return self._kind.state_of(self.view)[0] if self.view else None

    def turn_to(self, environment: str) -> None:
        """Change the environment; a resource of another environment is discarded."""
        if environment != self.environment:
            self.discard()
            self.environment = environment

    def reach(self, state: str) -> Problem | None:
        """Bring a resource into a status, by the requests of the graph. A missing or damaged resource is replaced.

        A status that resources of this cloud were seen to leave by themselves is not tried again.

        Returns:
            The reason why the status was not reached; None if it was reached.
        """
        unkept = self.context.unkept
        if state not in unkept.optional:
            return self._reach(state)
        with unkept.turn(self.environment, state):
            return self._reach(state)

    def _reach(self, state: str) -> Problem | None:
        context, reason, self._against = self.context, "", ""
        if self.must_replace:
            self.discard()
        for _ in range(2 * ATTEMPTS):
            passing = self.context.unkept.reasons.get((self.environment, state))
            if passing and self.status != state:
                return Problem("inapplicable", passing)
            problem = self._have_one(state)
            if problem is None and self.status == state:
                self.calm()
            if problem or self.status == state:
                return problem
            spared = context.spending if self.sparing else ()
            way = way_of(context, self.status or "", state, self._broken, spared, self.shunned)
            if way is None and self.status == self.context.service.under_test.initial_status:
                return self._no_way(state, self._against or reason)
            try:
                reason = self._walk(way, state) or reason if way else reason
            except Hindered as error:
                self.discard()
                return Problem("inapplicable", str(error))
            except NeedsNewResource:
                discard_spent(self)
                continue
            if way is None:
                self.discard()
        if self.status == state:
            return None
        # A broken promise is named before whatever failed after it.
        return Problem("inconclusive", self._against or reason or f"the status {state} was not reached")

    def calm(self) -> None:
        """After a change of status, wait until its action has ended, or until the resource shows the same view twice.

        A cloud may show a new status before the change is complete, and its answers may differ until then.
        """
        patience, stopping = self.context.patience, self.context.stopping

        def quiet() -> bool:
            shown = self.view
            stopping.wait(2 * patience.settle)
            return alike(self.refresh(), shown) and not self.actions.under_way(self.resource_id)

        waits, by = self.context.waits, self.changed_by if self.actions.last and not self._stirred else ""
        if self._moved and not self.exact and waits.prompt(by):
            self._note_late()
            self._moved, self._unsure = False, True
        elif (self._moved or (self._unsure and self.exact)) and not stopping.is_set():
            if ended := self.actions.ended(self.resource_id, by):
                self._note_late()
            elif until(quiet, bool, min(CALM, patience.status), stopping, pause=0.0) and self.actions.bare and by:
                waits.bare.add(by)
            waits.ended_with(by, ended)
            self._moved = self._stirred = self._unsure = False

    def _note_late(self) -> None:
        """Note that the view may have been taken shortly before the last action had ended."""
        self.late = shows_all(self.view, self.made, self.context.service.under_test.lasting_fields)
        self.outdated = self.outdated or not self.late

    def stir(self, path: str = "", handed: bool = False) -> None:
        """Note that the resource is changing although its status may not show it.

        ``path``: of a new attachment; ``handed``: True if only an action of another lane may not have ended.
        """
        self._moved = self._stirred = True
        self._handed = handed
        if path:
            self.furnished.add(path)

    def suits(self, path: str) -> bool:
        """Whether every attachment of the resource belongs to the request for a path."""
        return all(path.startswith(attached) for attached in self.furnished)

    def _have_one(self, state: str) -> Problem | None:
        if self.context.stopping.is_set():
            return Problem("inconclusive", "the run was stopped")
        if self.made is None or self.view is None:
            return self._create(state)
        return None

    def _no_way(self, state: str, reason: str) -> Problem:
        initial = self.context.service.under_test.initial_status
        if self.context.graph.way(initial, state, self._broken) is not None:
            who = f"only an administrator can bring a {self._kind.name} into"
            return Problem("inapplicable", f"{who} {state}, and no such role is given")
        for edge in self.context.graph.into(state):
            if not self.environment and (why := self.context.not_for_these(edge.operation)):
                return Problem("inapplicable", f"{state} was not reached: {why}")
        usual = self.context.graph.way(initial, state) or ()
        lost = next((f": {self._broken[edge]}" for edge in usual if edge in self._broken), "")
        return Problem("inconclusive", reason or f"no way leads from {initial} to {state}{lost}")

    def _walk(self, way: list[Edge], state: str) -> str:
        """Send the requests of the edges; returns the reason why the status was not reached, or an empty text."""
        for edge in way:
            reason = self._step(edge)
            if reason:
                if self.furnished:
                    raise Hindered(f"a {self._kind.name} with attachments does not reach {state}: {reason}")
                self._broken[edge] = reason
                self.context.notes.add("broken-way", reason)
                stable = self.context.service.under_test.stable_statuses
                # A resource in a status of failure may lack anything, and the next request would fail as well.
                if self.status not in stable or self.status in self._kind.status.failed:
                    self.discard()
                why = f"{state} was not reached: {reason}"
                if edge in self.unmet:
                    self._against = self._against or why
                return why
            if self.status != edge.targets[0]:
                return ""  # another documented status of the edge: the next way starts there
        return ""

    def _step(self, edge: Edge) -> str:
        if edge.from_table:
            self.context.notes.add("table", edge.note)
        try:
            body = self.bindings.filled(edge.body)
        except (Unavailable, CloudError) as error:
            return f"the cloud lacks something that {edge.operation.id} needs: {error}"
        version = edge.microversion or str(self.context.version_for(edge.operation))
        path = edge.operation.path.replace(f"{{{self.context.service.identifier}}}", self.resource_id)
        ask = Ask(edge.operation.method, path, Role(edge.role), version, body)
        if self.locked and edge.role != "admin":
            unlock(self)
        answer = self.context.cloud.send(ask)
        if answer.status == 409:
            # The previous action may not have ended, although the resource shows no task any more.
            self.settle(())
            answer = self.context.cloud.send(ask)
        if not answer.ok:
            self.refresh()
            return f"{edge.operation.id} was answered {answer.status or answer.error} in status {edge.source}"
        self.actions.began(answer)
        self.bindings.used((), True)
        result = self.settle(edge.targets, edge.operation.id)
        self._note_unkept(edge, result)
        if self.status not in edge.targets:
            reason = f"{edge.operation.id} led to {result.status or 'nothing'} instead of {' or '.join(edge.targets)}"
            if edge.promises and not self.furnished and not self.altered:  # attachments may be why it did
                self.unmet.append(edge)
                reason += f", against {' and '.join(dict.fromkeys(edge.promises))}"
            return reason
        self._stirred = self._stirred and not self._handed  # it has obeyed, so the action of the other lane has ended
        return ""

    def _note_unkept(self, edge: Edge, result: WaitResult) -> None:
        """Note a status that the resource left by itself, for another documented status or by its end."""
        status, now = edge.targets[0], GONE if self.view is None else self.status
        if now == status or now not in (*edge.targets, GONE) or result.timed_out:
            return
        sort = f"{self.environment} {self._kind.name}".strip()
        reason = f"this cloud does not keep a {sort} in {status}: after {edge.operation.id} it was {now}"
        if self.context.unkept.note(self.environment, status, reason):
            self.context.notes.add("unkept", reason)

    def _create(self, state: str) -> Problem | None:
        environment = self.context.service.under_test.environments.get(self.environment, Environment(()))
        name = self._kind.name
        if not self.begun and taken_over(self, state):
            return None
        self.begun, began = True, time.monotonic()
        try:
            version = str(self.context.top)
            given = {"role": self._role, "microversion": version, **environment.factory_arguments}
            self.made = self.context.resources.make(name, **given)
        except ResourceError as error:
            # A cloud need not support every environment.
            if self.environment and not says_quota(str(error)):
                return Problem("inapplicable", f"no {self.environment} {name} could be made: {error}")
            return Problem("inconclusive", f"no {name} could be made: {error}")
        self.context.waits.ended(Waits.NEW, time.monotonic() - began, well=True)
        self.known_id = self.made.id
        self.resources_made += 1
        self.locked = False
        self.view = dict(self.made.body)
        self.seen_in = {str(self.status): self.view}
        if self.bindings.attached:
            self.bindings.new_resource()
        if any(self.view.get(field, ABSENT) != value for field, value in environment.shown_by.items()):
            self.discard()
            return Problem("inapplicable", f"a {name} that was made {self.environment} does not show that it is so")
        return None

    def refresh(self) -> View | None:
        """Look at the resource. Returns its view; None if it is gone."""
        return self.refresh_from(self.show())

    def current(self) -> View | None:
        """The resource as it is now: a look is taken only if it may have changed since it was last shown."""
        return self.refresh() if self.outdated or (self.late and not self.lenient) else self.view

    def refresh_from(self, answer: Answer) -> View | None:
        """Update ``view`` from an answer. Returns the view; None if the resource is gone."""
        shown = self._kind.shown_in(answer.json) if answer.ok else None
        if shown is not None:
            self._see(shown)
        elif answer.status == 404:
            self.view, self.outdated = None, False
        return self.view

    def _see(self, view: View) -> None:
        self.view = self.seen_in[self._kind.state_of(view)[0]] = view
        self.seen_at = time.monotonic()
        self.locked = bool(view.get(self.context.service.under_test.lock_shown_by, self.locked))
        self.outdated = self.late = False

    def show(self) -> Answer:
        """GET the resource as the role that made it, at the highest microversion."""
        path, version = self._kind.path_of(self.resource_id), str(self.context.top)
        return self.context.cloud.get(path, role=self._role, microversion=version)

    def settle(self, targets: tuple[str, ...] | None, by: str = "", calm: bool = False) -> WaitResult:
        """Wait until the resource is in one of the statuses and has no task.

        A status of failure that is no target ends the wait at once. The last view becomes ``view``.

        Args:
            targets: the statuses; empty for the present status, None for any stable status.
            by: the id of the operation that was accepted; empty for none in particular.
            calm: True if the operation is not known to lead to a status: then one look after the time that an unchanged
                status must last is enough.
        """
        before = self.status
        result = followed(self, targets, by, calm)
        if result.view is not None:
            self._see(result.view)
        elif result.status == GONE:
            self.view = None
        self._moved = self._moved or self.status != before
        self.changed_by = by if by and self.status != before else self.changed_by
        return result

    def up_to_date(self) -> Problem | None:
        """Look at the resource if it may have changed. Returns a Problem if it shows a lock that was taken away."""
        locked, outdated = self.locked, self.outdated
        self.current()
        return still_locked(self) if outdated and self.locked and not locked else None

    def discard(self) -> None:
        """Give the resource up: the cloud deletes it in the background, and the next ``reach`` makes another one.

        A few stay in a sandbox, which takes them along.
        """
        if self.made is not None:
            self.before_leaving()
        stays = self.made is not None and self.context.sandbox and self.context.places.may_stay()
        if self.made is not None and self.locked and not stays:
            with contextlib.suppress(CloudError):  # a locked resource takes longer to remove
                unlock(self)
        made, view, self.made, self.view, self.known_id = self.made, self.view, None, None, ""
        self.locked = self.must_replace = self.altered = self._moved = self._stirred = self._unsure = False
        self.outdated = self.late = False
        self.actions.last = self.under_way = self.changed_by = ""
        self.furnished.clear()
        self.bindings.new_resource()
        if made is not None and not stays:
            give_up(self.context, made, self._kind, view)
