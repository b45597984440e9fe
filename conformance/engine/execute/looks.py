"""One look for a group of refusals: it shows that none of them has changed a thing.

After a refusal, the things that the request names must be as before. The trials of a lane that follow each other and
are refused share this look. If it shows no change, none of them has changed anything. If it shows one, nobody knows
which request made it, so each trial of the group is made again, alone and with a look of its own. If a request of the
group is accepted, it may hide the effects of the others, so the group is made again without it; where that happens a
second time, each is made again alone.

A look stands for all of its group only if nothing else can change the things meanwhile. So it is taken before the lane
sends any other request that may change something, and before a request that could undo what another one of the group
has done. Only a request that is not likely to change the values that the look shows may come between (see ``riding``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace

from conformance.engine.api.producers import SAFE
from conformance.engine.cloud.errors import CloudError
from conformance.engine.cloud.exchange import Answer, Ask
from conformance.engine.cloud.fields import alike
from conformance.engine.cloud.kinds import View
from conformance.engine.execute.aftermath import Aftermath
from conformance.engine.execute.arrangement import Request
from conformance.engine.execute.riding import keeps, leaves_nothing_behind, rides, sort_of, undoes, wider_sort_of
from conformance.engine.execute.snapshots import Snapshots, lasting
from conformance.engine.judge.codes import changed_by
from conformance.engine.model.evidence import Evidence, Problem
from conformance.engine.model.setup import UnderWay
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.locking import lock, lock_before_look, unlock, unlock_before_look
from conformance.engine.provision.silence import ACCEPTED, SEVERAL
from conformance.engine.provision.subject import Subject

MOST = 30
"""The most refusals that wait for one look, so that few trials have to be made again if something has changed."""


@dataclass
class Looks:
    """The looks of one lane after refusals, and the refusals that wait for the next look.

    Attributes:
        context: the objects that all lanes of the run share.
        subject: the resource under test of the lane.
        aftermath: undoes the effects of a request that was executed despite its refusal.
        snapshots: takes the views of the things beside the resource under test.
        suits: tells whether the steps that are in force for a group are those of a trial.
        release: takes such steps back.
        shared: whether the present trial may share its look with others.
        joins: whether the present trial may do so if it is refused, although it was expected to be accepted.
        expected: the keys of trials without a documented outcome that are refused all the same, so far as one can tell.
    """

    context: RunContext
    subject: Subject
    aftermath: Aftermath
    snapshots: Snapshots
    suits: Callable[[Trial], bool] = lambda _: True
    release: Callable[[], None] = lambda: None
    shared: bool = False
    joins: bool = False
    expected: set[str] = field(default_factory=set)
    _waiting: dict[str, tuple[Evidence, Request]] = field(default_factory=dict)
    _taken: dict[str, Evidence | None] = field(default_factory=dict)
    _again: set[str] = field(default_factory=set)
    _made_again: set[str] = field(default_factory=set)
    _accepted: set[str] = field(default_factory=set)

    def begin(self, trial: Trial, together: bool) -> None:
        """Prepare for a trial: decide whether it may share its look, and look before it if it may change something.

        Args:
            trial: the trial that is made next.
            together: True if the caller can wait for the evidence.
        """
        if not self.suits(trial):
            self.take()
        kept = together and leaves_nothing_behind(trial)
        self.shared = kept and self.expects_refusal(trial)
        self.joins = kept and trial.outcome.accepted is None and not self.shared
        # What changed late has each trial of the group made again, alone.
        self.subject.lenient = self.snapshots.together = self.shared or self.joins
        if self.shared:
            if len(self._waiting) >= MOST or self.parts(trial):
                self.take()
        elif trial.request.operation.method not in SAFE and not (self.joins and self.rides(trial)):
            self.change()

    def rides(self, trial: Trial) -> bool:
        """Whether a trial may be made before the look that refusals wait for, although it may be accepted."""
        group = self._group()
        return bool(group) and len(group) < MOST and rides(self.context, trial, group)

    def parts(self, trial: Trial) -> bool:
        """Whether a trial could undo the effect of one that waits for a look, so that the look comes before it."""
        return any(undoes(self.context, trial, one) for one in self._group())

    def _group(self) -> list[Trial]:
        return [evidence.trial for evidence, _ in self._waiting.values()]

    def announced(self, ask: Ask) -> None:
        """Look now, since a request that serves a trial may change something; not if it makes a thing of another kind.

        Such a thing hides nothing that the resource under test would show.
        """
        kind, id_ = self.context.kind, self.subject.known_id
        new = ask.intent is not None and ask.intent.kind != kind.name and ask.method == "POST"
        named = not id_ or id_ in ask.path or id_ in repr(ask.body)
        if new and not named and all(one.situation.state is not None for one in self._group()):
            self.snapshots.forget()
        else:
            self.change()

    def change(self) -> None:
        """Look now, since something may change after this moment, and forget all views."""
        self.take()
        self.snapshots.forget()

    def apart(self) -> None:
        """Let the present trial have a look of its own, since something is taken back right after it."""
        self.shared = self.joins = False

    def leave(self, evidence: Evidence, request: Request) -> bool:
        """Leave the look after a refusal to the group. Returns False if the trial needs a look of its own, now."""
        if self.shared or self.joins:
            self._waiting[evidence.trial.key] = evidence, request
        return self.shared or self.joins

    def waits(self, trial: Trial | None = None) -> bool:
        """Whether a trial, or any at all, was refused and waits for a look, so that its evidence is not complete."""
        return bool(self._waiting) if trial is None else trial.key in self._waiting

    def complete(self, evidence: Evidence) -> None:
        """Note the evidence of a waiting trial in its last form; a trial with a problem needs no look."""
        waiting = self._waiting.pop(evidence.trial.key, None)
        if waiting is not None and evidence.problem is None:
            self._waiting[evidence.trial.key] = evidence, waiting[1]

    def drop(self, trial: Trial) -> None:
        """Leave a trial out of the group, since it is made anew, and forget what was seen of it."""
        self._waiting.pop(trial.key, None)
        self._taken.pop(trial.key, None)

    def dropped(self, evidence: Evidence) -> Evidence:
        """Evidence with a problem of its own, which no look for a group must replace by the refusal as it came."""
        self.drop(evidence.trial)
        return evidence

    def answered(self, trial: Trial, accepted: bool) -> None:
        """Note whether a request was accepted. One that is accepted in a group may hide the effects of the others."""
        if trial.outcome.accepted is None:
            wider = wider_sort_of(self.context, trial)
            self.context.silence.answered([sort_of(trial), *([wider] if wider else [])], accepted)
        if not accepted:
            return
        if self.shared:
            self.snapshots.forget()
        if self.shared and self._waiting:
            # Where the reference is silent, the acceptance itself is all that is to be found out.
            self._hidden([*self._waiting, *([] if trial.outcome.accepted is None else [trial.key])])
            self._accepted.add(trial.key)

    def settled(self, trial: Trial, before: View | None) -> None:
        """Note whether the resource shows the same as before an accepted request, now that it has come to rest.

        If it does not, the trials that wait for a look are made again: nobody could tell whose effects it would show.

        Args:
            trial: the trial of the request.
            before: the view before; None if nobody knows it.
        """
        if before is None or not keeps(self.context, trial):
            return
        same = alike(lasting(self.subject.view), lasting(before))
        self.context.silence.left(trial.request.operation.id, same)
        if not same and self._waiting:
            self._hidden(list(self._waiting))

    def _hidden(self, group: list[str]) -> None:
        """Have the trials of a group made again, together for once, since a request may have hidden their effects."""
        self._taken |= dict.fromkeys(group)
        self._again |= set(group) if self._made_again.isdisjoint(group) else frozenset()
        self._made_again |= set(group)
        self._waiting.clear()

    def take(self) -> None:
        """Look once for all trials that wait, and take back the steps that are in force for them."""
        waiting, self._waiting = self._waiting, {}
        if waiting:
            try:
                self._taken |= self._looked(waiting)
            except (CloudError, Unavailable):
                self._taken |= dict.fromkeys(waiting)
        self.release()

    def collect(self) -> dict[str, Evidence | None]:
        """The complete evidence of the trials of which the look was taken, by key; None for a trial to make again."""
        taken, self._taken = self._taken, {}
        return taken

    def take_again(self) -> frozenset[str]:
        """The keys of trials without evidence that may be made again as a group: the accepted one is told apart now.

        A trial is among them once; after that it is made again alone, so that a cloud which accepts all requests does
        not have its groups made again for each of them.
        """
        again, self._again = frozenset(self._again), set()
        return again

    def _looked(self, waiting: dict[str, tuple[Evidence, Request]]) -> dict[str, Evidence | None]:
        self.snapshots.forget()
        of_subject = [e.trial for e, _ in waiting.values() if e.trial.situation.state is not None]
        shown = self.look(of_subject) if of_subject else None
        if any(one.status != self.subject.status for trial in of_subject for one in trial.setups(UnderWay)):
            return dict.fromkeys(waiting)  # the transition may have ended before any of the answers
        seen: dict[str, Evidence | None] = {}
        for key, (evidence, request) in waiting.items():
            seen[key] = self.seen(evidence, request, shown)
        if any(evidence is not None and changed_by(evidence) for evidence in seen.values()):
            self.subject.must_replace = self.subject.must_replace or bool(of_subject)
            for _, request in waiting.values():  # nobody knows which of them was done
                self.aftermath.distrust(request)
            return dict.fromkeys(seen)
        return seen

    def look(self, trials: list[Trial]) -> Answer:
        """Look at the resource under test after some trials were refused, and return the answer."""
        if any(trial.outcome.refused_for == "sender" for trial in trials):
            # In this status the action would work. If it is done despite the refusal, that takes a moment to show.
            self.context.stopping.wait(self.context.patience.settle)
        shown = self.subject.show()
        self.subject.refresh_from(shown)
        return shown

    def seen(self, evidence: Evidence, request: Request, shown: Answer | None) -> Evidence:
        """Evidence of a refusal with the views after it; ``shown`` is the answer to the look at the resource."""
        if evidence.trial.situation.state is None or shown is None:
            seen = self.aftermath.refused(evidence, request)
        else:
            exchanges = (*evidence.exchanges, shown.exchange)
            own = replace(evidence, after=self.subject.view, exchanges=exchanges)
            seen = self.aftermath.refused_beside(own, request)
            seen = replace(seen, before=None) if self._has_ended(seen) else seen
        if changed_by(seen):
            self.aftermath.distrust(request)
        return seen

    def _has_ended(self, evidence: Evidence) -> bool:
        """Whether the resource was changing before a refused request, and is no longer: nobody knows the reason.

        So it is where a thing below it, which the request names, is there only as long as the resource changes.
        """
        if evidence.before is None or evidence.after is None:
            return False
        kind = self.context.kind
        status, task = before = kind.state_of(evidence.before)
        changing = task is not None or status not in self.context.service.under_test.stable_statuses
        return changing and kind.state_of(evidence.after) != before

    def expects_refusal(self, trial: Trial) -> bool:
        """Whether a trial is refused, as far as one can tell.

        Where the reference is silent, the request is taken to be refused if every one of its kind was so far, and there
        were several. Before that, an operation is taken to be refused if it changes other statuses alone, or if it
        changes the status of a resource that is locked or already changing; not so in a status of failure, in which
        clouds accept what they refuse in others.
        """
        if trial.key in self._accepted or trial.key in self.expected:
            return trial.key not in self._accepted
        operation, state, graph = trial.request.operation, trial.situation.state, self.context.graph
        if trial.outcome.accepted is not None or state is None:
            return trial.outcome.accepted is False
        refusals = self.context.silence.refusals(sort_of(trial))
        if refusals == ACCEPTED or refusals >= SEVERAL:
            return refusals != ACCEPTED
        hindered = bool(trial.setup) and not graph.is_calm(operation.id)
        return hindered or (state not in self.context.kind.status.failed and graph.leads_elsewhere(operation.id, state))

    def knows(self, trial: Trial) -> bool:
        """Whether a request like that of a trial, on which the reference is silent, was answered before."""
        silence, wider = self.context.silence, wider_sort_of(self.context, trial)
        return silence.knows(sort_of(trial)) or (wider is not None and silence.mostly_refused(wider))

    def may_be_refused(self, trial: Trial) -> bool:
        """Whether requests of the sort of a trial were refused, and at least as often as they were accepted."""
        return self.context.silence.as_often_refused(sort_of(trial))

    def lock(self, trial: Trial) -> Problem | None:
        """Lock the resource before a trial. Returns the reason why it was not locked; None if it was.

        The trials that wait can share their look with the locked one: the lock is all that they show beside. But it
        could hide the effects of a request to lock.
        """
        if not self._bears(trial, {self.context.service.under_test.lock}):
            return lock(self.subject)
        problem = lock_before_look(self.subject)
        if problem is None:
            self._to_be_shown(locked=True)
        return problem

    def unlock(self, trial: Trial) -> Problem | None:
        """Unlock the resource before a trial. Returns the reason why the request failed; None if it was accepted.

        As with a lock, the trials that wait can share their look with the unlocked one. But the end of a lock could
        hide, or take back, the effects of a request to lock or to unlock.
        """
        known = self.context.service.under_test
        if not self._bears(trial, {known.lock, known.unlock}):
            return unlock(self.subject)
        problem = unlock_before_look(self.subject)
        if problem is None:
            self._to_be_shown(locked=False)
        return problem

    def _bears(self, trial: Trial, hidden: Collection[str]) -> bool:
        """Whether a lock can come or go between the trials of the group, of which a trial is the next one.

        Args:
            trial: the next trial.
            hidden: the ids of the operations whose effects could not be seen any more.
        """
        known = self.context.service.under_test
        turns = trial.request.operation.id in (known.lock, known.unlock)
        return self.shared and not turns and not any(one.request.operation.id in hidden for one in self._group())

    def _to_be_shown(self, locked: bool) -> None:
        """Have the look for the group compared with views that show the resource locked, or not locked."""
        for key, (evidence, request) in self._waiting.items():
            if evidence.trial.situation.state is not None and request.before is not None:
                request.before = {**request.before, self.context.service.under_test.lock_shown_by: locked}
                self._waiting[key] = replace(evidence, before=request.before), request
