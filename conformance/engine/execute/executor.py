"""Makes one trial in one straight line: from its situation to evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from conformance.engine.api.headers import SIGNATURE
from conformance.engine.api.needs import Needs
from conformance.engine.cloud.changes import announced_to
from conformance.engine.cloud.errors import (
    CloudError,
    GuardRefusal,
    MissingError,
    ResourceError,
    RoleMissing,
    UnsafePath,
)
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.faults import quota_used_up
from conformance.engine.cloud.roles import Role, Sender
from conformance.engine.execute.aftermath import Aftermath, creates
from conformance.engine.execute.arrangement import ATTEMPTS, Arrangement, Request
from conformance.engine.execute.barriers import NOBODY, barrier, limits, room_lacking
from conformance.engine.execute.byproducts import Byproducts
from conformance.engine.execute.harmless import Harmless
from conformance.engine.execute.heeding import heeded
from conformance.engine.execute.inspection import Inspection
from conformance.engine.execute.looks import Looks
from conformance.engine.execute.paging import Paging
from conformance.engine.execute.restoring import spoiled
from conformance.engine.execute.senders import by_policy, elevation_key, roles_of
from conformance.engine.execute.settling import Settling
from conformance.engine.execute.snapshots import Snapshots
from conformance.engine.execute.views import with_own_view
from conformance.engine.model.evidence import Evidence, Problem
from conformance.engine.model.probe import COMPARING, Before, FieldTaken, Probe
from conformance.engine.model.setup import Locked, UnderWay
from conformance.engine.model.trial import Paged, Trial, Twice
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elevation import FORBIDDEN, HIDDEN, as_first_allowed, kept_out
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.handing import hand_on
from conformance.engine.provision.locking import unlock
from conformance.engine.provision.lost import Lost
from conformance.engine.provision.paths import Paths
from conformance.engine.provision.steps import REPLACING
from conformance.engine.provision.subject import Subject
from specs.microversion import Microversion
from specs.record.model import Exchange

FIRST_REFUSAL = 400
"""The lowest code of a refusal."""


@dataclass
class Executor:
    """Makes the trials of one lane.

    Attributes:
        context: the objects that all lanes of the run share.
        subject: the resource under test of the lane.
        paths: fills the placeholders of paths.
        arrangement: brings the situations about, and takes them back.
        aftermath: takes note of the things that a request has made, renamed, removed or changed.
        settling: follows the resource under test after an accepted request.
        looks, paging: look at what a refused request must have left as it was; make the trials on lists.
        byproducts: counts things that a request makes from the things attached to the resource under test.
        inspection: looks at the thing that a request makes or removes.
        harmless: sends requests that change nothing.
        lost: gives up elements of the lane that are gone or full.
        give_back: gives all things of the lane back, those of its other executors too.
    """

    context: RunContext
    subject: Subject
    paths: Paths = field(init=False)
    arrangement: Arrangement = field(init=False)
    aftermath: Aftermath = field(init=False)
    settling: Settling = field(init=False)
    looks: Looks = field(init=False)
    paging: Paging = field(init=False)
    byproducts: Byproducts = field(init=False)
    inspection: Inspection = field(init=False)
    harmless: Harmless = field(init=False)
    lost: Lost = field(init=False)
    give_back: Callable[[], None] = field(init=False)

    def __post_init__(self) -> None:
        self.paths = Paths(self.context, self.subject)
        snapshots = Snapshots(self.context, self.subject)
        self.aftermath = Aftermath(self.context, self.paths, snapshots)
        self.arrangement = Arrangement(self.context, self.subject, self.paths, snapshots, self.aftermath.take_back)
        self.settling = Settling(self.context, self.subject)
        self.looks = Looks(self.context, self.subject, self.aftermath, snapshots)
        self.subject.before_leaving, self.settling.rested = self.looks.take, self.looks.settled
        self.arrangement.waits, self.arrangement.look = self.looks.waits, self.looks.take
        self.arrangement.lock, self.arrangement.unlock = self.looks.lock, self.looks.unlock
        self.arrangement.transitions.waits = self.looks.waits
        self.looks.suits, self.looks.release = self.arrangement.suits, self.arrangement.release
        self.byproducts = Byproducts(self.context, self.subject, self.paths.elements)
        self.paging = Paging(self.context, self.subject, self.paths)
        self.inspection = Inspection(self.context, self.paths.elements)
        self.harmless = Harmless(self.context, self.paths.elements, self.arrangement)
        self.lost = Lost(self.context, self.paths.elements)
        self.give_back = self.discard

    def make(self, trial: Trial, probes: tuple[Probe, ...] = (), together: bool = False) -> Evidence:
        """Set the situation up, send the request, and look at its consequences. Never raises for an act of the cloud.

        Args:
            trial: the trial to make.
            probes: further looks that the expectations of the trial need, beside the answer and the resource.
            together: True if the look after a refusal may be shared with other trials. While ``looks`` says that the
                trial waits for it, the evidence is not complete; ``looks.collect`` gives it later.

        Returns:
            The evidence. Its ``problem`` says why the trial could not be made, where it could not.
        """
        with announced_to(self.looks.announced):
            self.looks.begin(trial, together and all(isinstance(probe, FieldTaken) for probe in probes))
            self.arrangement.compares = any(isinstance(probe, COMPARING) for probe in probes)
            self.arrangement.brings_back = tuple(p.field for p in probes if isinstance(p, Before) and p.field)
            self.paging.together = together
            evidence = self._make(trial, probes)
            self.looks.complete(evidence)
        return evidence

    def _make(self, trial: Trial, probes: tuple[Probe, ...]) -> Evidence:
        """Make a trial, again if the project had no room for it, and see whether it applies to this cloud."""
        operation = trial.request.operation
        needs = self.context.needs.get(operation.id) or self.context.needs_of(operation)
        version = trial.request.version or needs.version
        problem = barrier(self.context, trial)
        if problem is not None:
            return Evidence(trial, problem=problem)

        evidence = self._attempt(trial, needs, version, probes)
        if room_lacking(evidence):
            again = partial(self._attempt, trial, needs, version, probes)
            places, sent = self.context.places, evidence.status is not None
            evidence = places.found(evidence, again, room_lacking, self.give_back, operation.id, rarely=sent)
        if evidence.problem is None and evidence.trial.outcome.accepted:
            self.context.places.room_for(operation.id)
        if (why := by_policy(self.context, trial, evidence)) is not None:
            return replace(evidence, problem=Problem("inapplicable", why))
        refused = trial.outcome.accepted and evidence.status == FIRST_REFUSAL
        if refused and not self.context.sandbox and self.context.service.is_by_choice(operation):
            reason = "refused with 400: whether a cloud has what it needs is its provider's choice"
            return replace(evidence, problem=Problem("inapplicable", reason))
        return evidence

    def _attempt(self, trial: Trial, needs: Needs, version: Microversion, probes: tuple[Probe, ...]) -> Evidence:
        """Make a trial on this cloud once."""
        try:
            if isinstance(trial.exchange, Paged):
                return self.paging.make(trial, trial.exchange.listing, version, roles_of(self.context, trial))
            evidence = heeded(self.context, trial, version, partial(self._made, trial, needs, version, probes))
        except Unavailable as error:
            return Evidence(trial, problem=Problem("inapplicable" if error.optional else "inconclusive", str(error)))
        except (UnsafePath, ResourceError) as error:
            verdict: Literal["inapplicable", "inconclusive"]
            verdict = "inapplicable" if isinstance(error, MissingError) else "inconclusive"
            return Evidence(trial, problem=Problem(verdict, str(error)))
        except (RoleMissing, GuardRefusal) as error:
            return Evidence(trial, problem=Problem("inapplicable", str(error)))
        except CloudError as error:
            return Evidence(trial, problem=Problem("error", str(error)))
        words = quota_used_up(evidence.status or 0, evidence.body)
        if words and evidence.problem is None and not limits(trial):
            reason = f"the quota of the project is used up ({words}): raise it, or remove what is not needed"
            return self.looks.dropped(replace(evidence, problem=Problem("inconclusive", reason)))
        return evidence

    def _made(self, trial: Trial, needs: Needs, version: Microversion, probes: tuple[Probe, ...]) -> Evidence:
        for _ in range(ATTEMPTS):
            request = self.arrangement.situated(trial, needs, version)
            if isinstance(request, Problem):
                return Evidence(trial, version=version, problem=request)
            with self.arrangement.set_up(trial, request, version):
                evidence = self._exchanged(trial, version, request, probes)
                evidence = self.arrangement.transitions.seen(trial, evidence)
            if self.lost.again(evidence, request.filled.path, request.body):
                self.looks.drop(trial)
                continue  # with other elements
            if evidence.problem or not self.arrangement.transitions.came_late(trial, version, request.filled, evidence):
                return evidence
            self.looks.drop(trial)
            self.subject.discard()
        reason = "the thing that the request is about had ended by itself each time before the answer came"
        return replace(evidence, problem=Problem("inconclusive", reason))

    def _exchanged(self, trial: Trial, version: Microversion, request: Request, probes: tuple[Probe, ...]) -> Evidence:
        """Send a request that is ready, and return the evidence of the trial."""
        if trial.situation.state is not None and request.needs.byproducts:
            self.byproducts.look(trial)
        if trial.situation.state is not None and probes:
            self.settling.effects.before(probes)
        if probes:
            self.inspection.before(trial, request.filled.path, version, probes)
        if self.arrangement.holds:
            self.looks.apart()  # the look is taken before the steps are taken back
        evidence, answer, request = self._sent(trial, version, request)
        if answer.error:
            return evidence
        if request.needs.only_reads:
            return self._read(trial, version, request, evidence, answer)
        if evidence.status == FORBIDDEN and self._refused_without_lock(trial, version, request, evidence):
            reason = f"members are refused {trial.request.operation.id} on this cloud, locked or not"
            return replace(evidence, problem=Problem("inapplicable", reason))
        if trial.request.bindings:
            self.subject.bindings.used(trial.request.bindings, answer.ok)
        return self._concluded(evidence, answer, request, probes)

    def _concluded(self, evidence: Evidence, answer: Answer, request: Request, probes: tuple[Probe, ...]) -> Evidence:
        """Return evidence with the consequences for the things of the lane and the resource under test."""
        trial, needs = evidence.trial, request.needs
        self.looks.answered(trial, answer.ok)
        if not answer.ok:
            return self._refused(evidence, request, probes)
        if probes:  # the view is taken before anything is undone
            made = self.aftermath.element(trial, answer, request, evidence.role or trial.request.role)
            evidence = self.inspection.after(evidence, made, request.filled.path, probes)
        changes = needs.makes or needs.creates or needs.after or needs.removes or request.filled.owned
        if changes or request.intent or self.paths.steps.sent:
            evidence = self.aftermath.accepted(evidence, answer, request)
        if trial.operation.method in REPLACING and not trial.operation.path.endswith("}"):
            self.paths.forget_below(request.filled.path)
        if trial.situation.state is None or trial.setups(UnderWay):
            return with_own_view(evidence, self.context.kind, probes) if probes else evidence
        replaced, self.subject.must_replace = self.subject.must_replace, True  # until more is known
        self.subject.altered = self.subject.altered or trial.request.uses_optional_fields
        evidence = self.settling.followed(evidence, answer, request, probes)
        self.subject.must_replace = replaced or spoiled(self.subject, evidence)
        return self.byproducts.seen(evidence, probes) if needs.byproducts else evidence

    def _refused(self, evidence: Evidence, request: Request, probes: tuple[Probe, ...]) -> Evidence:
        """Return evidence with the views after a refusal; a group of refusals shares them and gets them later."""
        trial = evidence.trial
        if self.looks.leave(evidence, request):
            return evidence
        shown = self.looks.look([trial]) if trial.situation.state is not None else None
        evidence = self.looks.seen(evidence, request, shown)
        if trial.situation.state is not None or not probes:
            return evidence
        return with_own_view(evidence, self.context.kind, probes)

    def _sent(self, trial: Trial, version: Microversion, request: Request) -> tuple[Evidence, Answer, Request]:
        """Send the request. Return the deciding answer, as evidence and as it came, and its request."""
        exchanges: list[Exchange] = []

        def send(role: str) -> Answer:
            answer = self._send(trial, version, request, role)
            exchanges.insert(0, answer.exchange)
            return answer

        role, *others = roles_of(self.context, trial)
        answer = send(role)
        hidden = self._hidden(request, answer)
        if others and (kept_out(answer) or hidden):
            role, answer = as_first_allowed(others, send)
            # Where an administrator is answered 404 too, nothing was hidden: the request is about an unknown thing.
            let = not (kept_out(answer) or (hidden and answer.status == HIDDEN))
            if trial.request.fallback_role and let and not trial.request.path:
                # The promise is not about roles, and the reference names none: then an administrator sends the request.
                # A name that nothing can have tells nothing: a member may be kept from all but things of his own.
                self.context.elevate(trial.request.operation, elevation_key(trial))
        if isinstance(trial.exchange, Twice):
            if answer.ok:
                answer, request = self._again(trial, version, request, role, answer)
            exchanges = [answer.exchange]
        evidence = self._answered(trial, version, answer, request.before, role)
        return replace(evidence, exchanges=tuple(exchanges), sent=request.body), answer, request

    def _hidden(self, request: Request, answer: Answer) -> bool:
        """Whether a thing in the path is hidden from the sender (404), which an administrator has made or found."""
        if answer.status != HIDDEN:
            return False
        named = request.filled.values.values()
        return self.paths.elements.made_by(Role.ADMIN, named) or not self.paths.seen_by_admin.isdisjoint(named)

    def _again(
        self, trial: Trial, version: Microversion, request: Request, role: str, answer: Answer
    ) -> tuple[Answer, Request]:
        """Send the accepted request a second time, or the same request for another element."""
        first, once, made = answer, request, request.intent
        if trial.exchange == Twice(of_another=True) and request.filled.owned is not None:
            self.paths.forget(request.filled)
            other = self.arrangement.filled(trial, request.needs, version)
            seen = self.arrangement.snapshots.before(trial, other.filled, once.body)
            request = replace(other, body=once.body, before=seen)
        elif request.before is not None and not (request.needs.after or self.paths.steps.sent):
            # What the first request has made, and what is not taken back below, is no trace of the second one.
            seen = self.arrangement.snapshots.before(trial, request.filled, request.body)
            request = replace(request, before=seen)
        answer = self._send(trial, version, request, role)
        again_made, once.intent = request.intent, made
        self.aftermath.accepted(Evidence(trial, version=version, role=role), first, once)
        request.intent = again_made
        return answer, request

    def _read(
        self, trial: Trial, version: Microversion, request: Request, evidence: Evidence, answer: Answer
    ) -> Evidence:
        """Return the evidence of a reading request. An empty list is filled, if possible, and asked for again."""
        role = evidence.role or trial.request.role
        if answer.ok and trial.outcome.accepted and self._populated(trial, request, answer):
            answer = self.paging.until_listed(partial(self._send, trial, version, request, role), trial, role)
            evidence = self._answered(trial, version, answer, None, role)
        return replace(evidence, before=None)

    def _populated(self, trial: Trial, request: Request, answer: Answer) -> bool:
        """Whether elements were made for an empty list. Not for a filtered one: it may stay empty all the same."""
        operation, service = trial.request.operation, self.context.service
        if tuple(one for one in trial.request.query if one[0] != service.field_choice) != service.query(operation):
            return False
        return self.paths.populated(operation, request.filled, answer) or self.paging.populated(trial, answer)

    def _refused_without_lock(self, trial: Trial, version: Microversion, request: Request, evidence: Evidence) -> bool:
        """Whether the cloud refuses members with 403 even without a lock. The resource is given up after that."""
        if evidence.role != "member" or Locked() not in trial.setup:
            return False
        if trial.situation.state is None or unlock(self.subject) is not None:
            return False
        self.looks.apart()
        answer = self._send(trial, version, request, "member")
        self.subject.must_replace = True
        return answer.status == FORBIDDEN

    def _send(self, trial: Trial, version: Microversion, request: Request, role: str) -> Answer:
        operation = trial.request.operation
        if not self.looks.shared:
            self.looks.snapshots.forget()
        sender: Sender = NOBODY[role] if role in NOBODY else Role(role)
        headers = self.subject.bindings.headers(trial.request.headers)
        request.intent = self.aftermath.intend(trial, request, role) if role not in NOBODY else None
        ask = Ask(
            operation.method,
            request.filled.path,
            sender,
            str(version),
            request.body,
            query=request.query,
            headers=headers,
            signed=any(name == SIGNATURE for name, _ in headers),
            operation=operation.id,
            intent=request.intent,
            expect_created=creates(trial, request) if request.needs.creates else None,
        )
        return self.context.cloud.send(ask)

    def _answered(
        self, trial: Trial, version: Microversion, answer: Answer, before: Mapping[str, Any] | None, role: str
    ) -> Evidence:
        if answer.error:
            problem = Problem("inconclusive", f"no answer: {answer.error}")
            return Evidence(trial, version=version, role=role, exchanges=(answer.exchange,), problem=problem)
        return Evidence(
            trial,
            status=answer.status,
            body=answer.json if answer.json is not ABSENT else (answer.text or None),
            headers={name.lower(): value for name, value in answer.headers.items()},
            version=version,
            before=before,
            lasting_fields=self.context.service.under_test.lasting_fields,
            role=role,
            exchanges=(answer.exchange,),
        )

    def leave(self) -> None:
        """Give the resources of the lane up at its end. One that is as it was made serves another lane."""
        self.looks.take()
        self.arrangement.let_go()
        self.renew()
        self.discard()

    def renew(self) -> None:
        """Give the resource under test up, so that the next trial has another one. It serves other lanes if it can."""
        if not self.paths.elements.has_below(f"{self.context.kind.path_of(self.subject.known_id)}/"):
            hand_on(self.subject)
        self.subject.discard()

    def discard(self) -> None:
        """Give the resources of the lane up: the cloud deletes them in the background.

        Things that were made for bindings and are used up go too: in a sandbox only when a quota is used up.
        """
        places = self.context.places
        self.looks.take()
        self.paging.stocks.discard()
        self.subject.discard()
        self.paths.elements.give_up()
        places.spend(self.subject.bindings.give_up())
        if (places.most is not None or not self.context.sandbox) and (spent := places.take_spent()):
            self.context.resources.remove_all(spent)
