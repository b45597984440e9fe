"""Makes one trial in one straight line: from its situation to evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal

from conformance.engine.api.needs import Needs
from conformance.engine.cloud.errors import (
    CloudError,
    GuardRefusal,
    MissingError,
    ResourceError,
    RoleMissing,
    UnsafePath,
)
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.faults import quota_used_up, says_quota
from conformance.engine.cloud.roles import BAD_TOKEN, NO_TOKEN, Role, Sender
from conformance.engine.execute.aftermath import Aftermath
from conformance.engine.execute.arrangement import ATTEMPTS, Arrangement, Request
from conformance.engine.execute.byproducts import Byproducts
from conformance.engine.execute.harmless import Harmless
from conformance.engine.execute.paging import Paging
from conformance.engine.execute.settling import Settling
from conformance.engine.execute.snapshots import Snapshots
from conformance.engine.execute.views import with_own_view, with_view
from conformance.engine.model.binding import Step
from conformance.engine.model.evidence import Evidence, Problem
from conformance.engine.model.probe import Probe
from conformance.engine.model.setup import Ended, Locked, Prepared
from conformance.engine.model.trial import Paged, ProviderDependent, Trial, Twice
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elevation import FORBIDDEN, as_first_allowed, kept_out
from conformance.engine.provision.errors import Unavailable
from conformance.engine.provision.paths import Paths
from conformance.engine.provision.subject import Subject
from specs.microversion import Microversion
from specs.record.model import Exchange

FIRST_REFUSAL = 400
"""The lowest code of a refusal."""

_NOBODY: Mapping[str, Sender] = {"no-token": NO_TOKEN, "bad-token": BAD_TOKEN}


@dataclass
class Executor:
    """Makes the trials of one lane.

    Attributes:
        context: the objects that all lanes of the run share.
        subject: the resource under test of the lane.
        paths: fills the placeholders of paths.
        arrangement: brings the situations about, and takes them back.
        aftermath: takes note of the things that a request has made, renamed, removed or changed.
        settling: follows the resource under test after a request.
        paging: makes the trials on lists.
        byproducts: counts things that a request makes from the things attached to the resource under test.
        harmless: sends requests that change nothing.
    """

    context: RunContext
    subject: Subject
    paths: Paths = field(init=False)
    arrangement: Arrangement = field(init=False)
    aftermath: Aftermath = field(init=False)
    settling: Settling = field(init=False)
    paging: Paging = field(init=False)
    byproducts: Byproducts = field(init=False)
    harmless: Harmless = field(init=False)

    def __post_init__(self) -> None:
        self.paths = Paths(self.context, self.subject)
        snapshots = Snapshots(self.context, self.subject, self.paths.elements)
        self.aftermath = Aftermath(self.context, self.paths, snapshots)
        self.arrangement = Arrangement(self.context, self.subject, self.paths, snapshots, self.aftermath.take_back)
        self.settling = Settling(self.context, self.subject)
        self.byproducts = Byproducts(self.context, self.subject, self.paths.elements)
        self.paging = Paging(self.context, self.subject, self.paths)
        self.harmless = Harmless(self.context, self.paths.elements, self.arrangement)

    def make(self, trial: Trial, probes: tuple[Probe, ...] = ()) -> Evidence:
        """Set the situation up, send the request, and look at its consequences. Never raises for an act of the cloud.

        Args:
            trial: the trial to make.
            probes: further looks that the expectations of the trial need, beside the answer and the resource.

        Returns:
            The evidence. Its ``problem`` says why the trial could not be made, where it could not.
        """
        operation = trial.request.operation
        needs = self.context.needs.get(operation.id) or self.context.needs_of(operation)
        version = trial.request.version or needs.version
        problem = self.barrier(trial)
        if problem is not None:
            return Evidence(trial, problem=problem)

        evidence = self._attempt(trial, needs, version, probes)
        if _lacks_room(evidence):
            again = partial(self._attempt, trial, needs, version, probes)
            evidence = self.context.places.found(evidence, again, _lacks_room, self.discard)
        else:
            self.context.places.in_vain = False
        if evidence.problem is None and self._kept_from_members(trial, evidence):
            reason = (
                f"members are refused {operation.id} on this cloud with 403, and the reference names no role for it: "
                "give the credentials of an administrator too"
            )
            return replace(evidence, problem=Problem("inapplicable", reason))
        refused = trial.outcome.accepted and evidence.status == FIRST_REFUSAL
        if refused and not self.context.sandbox and self.context.service.is_by_choice(trial.request.operation):
            reason = "refused with 400: whether a cloud has what it needs is its provider's choice"
            return replace(evidence, problem=Problem("inapplicable", reason))
        return evidence

    def _attempt(self, trial: Trial, needs: Needs, version: Microversion, probes: tuple[Probe, ...]) -> Evidence:
        """Make a trial on this cloud once."""
        try:
            if isinstance(trial.exchange, Paged):
                return self.paging.make(trial, trial.exchange.listing, version, self._roles(trial))
            evidence = self._made(trial, needs, version, probes)
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
        if words and evidence.problem is None and not _limits(trial):
            reason = f"the quota of the project is used up ({words}): raise it, or remove what is not needed"
            return replace(evidence, problem=Problem("inconclusive", reason))
        return evidence

    def _kept_from_members(self, trial: Trial, evidence: Evidence) -> bool:
        """Whether a member was refused a request that a role which this run lacks would send in its place."""
        other = trial.request.fallback_role
        refused = evidence.status == FORBIDDEN and evidence.role == trial.request.role
        return refused and other is not None and other not in self.context.role_names

    def barrier(self, trial: Trial) -> Problem | None:
        """The reason, known without a request, why this run does not make the trial on this cloud; None if it does."""
        context, operation = self.context, trial.request.operation
        needs = context.needs.get(operation.id) or context.needs_of(operation)
        version = trial.request.version or needs.version
        if trial.request.role not in _NOBODY and trial.request.role not in context.role_names:
            return Problem("inapplicable", f"no credentials of the role {trial.request.role} were given")
        ceiling = context.cloud.microversions
        if version not in ceiling:
            reason = f"the cloud supports microversions {ceiling}, and the case needs {version}"
            return Problem("inapplicable", reason)
        forbidden = self._forbidden(trial)
        if forbidden is not None:
            return Problem("inapplicable", forbidden)
        usual = trial.situation.state is not None and not trial.situation.environment
        if usual and trial.outcome.accepted is not False and any(context.resources.usual.values()):
            bounds = context.not_for_these(operation)
            if bounds is not None:
                return Problem("inapplicable", bounds)
        if context.sandbox:
            return None
        # A request of which the reference is silent may be accepted, too.
        if trial.outcome.accepted is not False and needs.sandbox_only:
            reason = f"{operation.id} needs something that no API client can do; it is tried only in the sandbox"
            return Problem("inapplicable", reason)
        if ProviderDependent() in trial.gates:
            return Problem("inapplicable", "whether a cloud has what the value stands for is its provider's choice")
        return None

    def _forbidden(self, trial: Trial) -> str | None:
        """Why the guard refuses the request, or a step that sets a limit for it; None if it refuses neither."""
        guard, operations = self.context.cloud.guard, self.context.operations
        for operation in filter(None, (operations.get(step.operation) for step in _limits(trial))):
            if reason := guard.forbids(operation.method, operation.path):
                return reason
        # A path that the case itself gives may name nothing, and nobody else has a thing at it.
        if trial.request.role in _NOBODY or trial.situation.target != "own" or trial.request.path:
            return None
        return guard.forbids(trial.request.operation.method, trial.request.operation.path)

    def _made(self, trial: Trial, needs: Needs, version: Microversion, probes: tuple[Probe, ...]) -> Evidence:
        for _ in range(ATTEMPTS):
            request = self.arrangement.situated(trial, needs, version)
            if isinstance(request, Problem):
                return Evidence(trial, version=version, problem=request)
            with self.arrangement.set_up(trial, request, version):
                evidence = self._exchanged(trial, version, request, probes)
            if evidence.problem or not self._came_late(trial, version, request, evidence):
                return evidence
            self.subject.discard()
        reason = "the thing that the request is about had ended by itself each time before the answer came"
        return replace(evidence, problem=Problem("inconclusive", reason))

    def _came_late(self, trial: Trial, version: Microversion, request: Request, evidence: Evidence) -> bool:
        """Whether a refusal proves nothing, because the thing that the path names had ended by itself by then."""
        if (evidence.status or 0) < FIRST_REFUSAL or Ended() in trial.setup:
            return False
        return not self.paths.lasts(trial.request.operation, request.filled, trial.request.role, version)

    def _exchanged(self, trial: Trial, version: Microversion, request: Request, probes: tuple[Probe, ...]) -> Evidence:
        """Send a request that is ready, and return the evidence of the trial."""
        if trial.situation.state is not None:
            if request.needs.byproducts:
                self.byproducts.look(trial)
            if probes:
                self.settling.effects.before(probes)
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
        if answer.ok and probes:  # the view is taken before anything is undone
            made = self.aftermath.element(trial, answer, request, evidence.role or trial.request.role)
            evidence = with_view(self.context, evidence, made.path if made else request.filled.path, probes)
        changes = needs.makes or needs.after or needs.removes or request.filled.owned or self.paths.steps.sent
        if answer.ok and changes:
            evidence = self.aftermath.accepted(evidence, answer, request)
        elif not answer.ok and trial.situation.state is None:
            evidence = self.aftermath.refused(evidence, request)
        if trial.situation.state is None:
            return with_own_view(evidence, self.context.kind, probes) if probes else evidence
        if answer.ok and trial.outcome.accepted is False:
            # A request that should have been refused may have changed anything; later trials must not suffer from it.
            self.subject.must_replace = True
        self.subject.altered = self.subject.altered or (answer.ok and trial.request.uses_optional_fields)
        evidence = self.settling.followed(evidence, answer, request, probes)
        if not answer.ok:
            return self.aftermath.refused_beside(evidence, request)
        return self.byproducts.seen(evidence, probes) if needs.byproducts else evidence

    def _sent(self, trial: Trial, version: Microversion, request: Request) -> tuple[Evidence, Answer, Request]:
        """Send the request. Return the deciding answer, as evidence and as it came, and its request."""
        exchanges: list[Exchange] = []

        def send(role: str) -> Answer:
            answer = self._send(trial, version, request, role)
            exchanges.insert(0, answer.exchange)
            return answer

        role, *others = self._roles(trial)
        answer = send(role)
        if others and kept_out(answer):
            role, answer = as_first_allowed(others, send)
            if trial.request.fallback_role and not kept_out(answer):
                # The promise is not about roles, and the reference names none: then an administrator sends the request.
                self.context.elevate(trial.request.operation, self._elevation(trial))
        if isinstance(trial.exchange, Twice):
            if answer.ok:
                answer, request = self._again(trial, version, request, role, answer)
            exchanges = [answer.exchange]
        evidence = self._answered(trial, version, answer, request.before, role)
        return replace(evidence, exchanges=tuple(exchanges), sent=request.body), answer, request

    def _roles(self, trial: Trial) -> tuple[str, ...]:
        """The roles that send the request, in order: each is used if the one before was refused with 403."""
        template, given = trial.request, self.context.role_names
        if template.fallback_role and self._elevation(trial) in self.context.elevated:
            return (template.fallback_role,)
        fallback = "admin" if isinstance(trial.exchange, Twice) else template.fallback_role
        return (template.role, fallback) if fallback in given and template.role == "member" else (template.role,)

    @staticmethod
    def _elevation(trial: Trial) -> str:
        """The key under which a refusal to members is noted.

        It is that of the trial if the request has optional fields: the operation may be open to members without them.
        """
        return trial.key if trial.request.uses_optional_fields else trial.request.operation.id

    def _again(
        self, trial: Trial, version: Microversion, request: Request, role: str, answer: Answer
    ) -> tuple[Answer, Request]:
        """Send the accepted request a second time, or the same request for another element."""
        first, once, made = answer, request, request.intent
        if trial.exchange == Twice(of_another=True) and request.filled.owned is not None:
            self.paths.forget(request.filled)
            other = self.arrangement.filled(trial, request.needs, version)
            seen = self.arrangement.snapshots.before(trial, other.filled, version, once.body)
            request = replace(other, body=once.body, before=seen)
        elif request.before is not None:  # what the first request has made is no trace of the second one
            seen = self.arrangement.snapshots.before(trial, request.filled, version, request.body)
            request = replace(request, before=seen)
        answer = self._send(trial, version, request, role)
        again_made = request.intent
        once.intent = made
        self.aftermath.accepted(Evidence(trial, version=version, role=role), first, once)
        request.intent = again_made
        return answer, request

    def _read(
        self, trial: Trial, version: Microversion, request: Request, evidence: Evidence, answer: Answer
    ) -> Evidence:
        """Return the evidence of a reading request. An empty list is filled, if possible, and asked for again."""
        role = evidence.role or trial.request.role
        if answer.ok and trial.outcome.accepted and self._populated(trial, request, answer):
            answer = self.paging.until_listed(partial(self._send, trial, version, request, role))
            evidence = self._answered(trial, version, answer, None, role)
        return replace(evidence, before=None)

    def _populated(self, trial: Trial, request: Request, answer: Answer) -> bool:
        """Whether elements were made for an empty list. Not for a filtered one: it may stay empty all the same."""
        if trial.request.query != self.context.service.query(trial.request.operation):
            return False
        operation = trial.request.operation
        return self.paths.populated(operation, request.filled, answer) or self.paging.populated(trial, answer)

    def _refused_without_lock(self, trial: Trial, version: Microversion, request: Request, evidence: Evidence) -> bool:
        """Whether the cloud refuses members with 403 even without a lock. The resource is given up after that."""
        if evidence.role != "member" or Locked() not in trial.setup:
            return False
        if trial.situation.state is None or self.subject.unlock() is not None:
            return False
        answer = self._send(trial, version, request, "member")
        self.subject.must_replace = True
        return answer.status == FORBIDDEN

    def _send(self, trial: Trial, version: Microversion, request: Request, role: str) -> Answer:
        operation = trial.request.operation
        sender: Sender = _NOBODY[role] if role in _NOBODY else Role(role)
        makes = request.needs.makes is not None and role not in _NOBODY
        request.intent = self.aftermath.intend(trial, request, role) if makes else None
        ask = Ask(
            operation.method,
            request.filled.path,
            sender,
            str(version),
            request.body,
            query=request.query,
            operation=operation.id,
            intent=request.intent,
            expect_created=self._creates(trial, request) if request.needs.creates else None,
        )
        return self.context.cloud.send(ask)

    @staticmethod
    def _creates(trial: Trial, request: Request) -> str | None:
        """The kind of thing that the request may make on the side: the journal must know it before the request."""
        if request.needs.creates is None or trial.request.role in _NOBODY or trial.situation.target != "own":
            return None
        kind, named_by = request.needs.creates
        body = request.body if isinstance(request.body, dict) else {}
        inner = body.get(trial.request.operation.action) or (next(iter(body.values())) if len(body) == 1 else None)
        name = inner.get(named_by) if isinstance(inner, dict) else None
        return kind if isinstance(name, str) else None

    def _answered(
        self, trial: Trial, version: Microversion, answer: Answer, before: Mapping[str, Any] | None, role: str
    ) -> Evidence:
        exchanges = (answer.exchange,)
        if answer.error:
            problem = Problem("inconclusive", f"no answer: {answer.error}")
            return Evidence(trial, version=version, role=role, exchanges=exchanges, problem=problem)
        return Evidence(
            trial,
            status=answer.status,
            body=answer.json if answer.json is not ABSENT else (answer.text or None),
            headers={name.lower(): value for name, value in answer.headers.items()},
            version=version,
            before=before,
            lasting_fields=self.context.service.under_test.lasting_fields,
            role=role,
            exchanges=exchanges,
        )

    def discard(self) -> None:
        """Give the resources of the lane up: the cloud deletes them in the background.

        What was made for bindings stays until the end of the run, or until a quota is used up.
        """
        places = self.context.places
        self.paging.discard()
        self.subject.discard()
        self.paths.elements.give_up()
        places.spend(self.subject.bindings.give_up())
        if places.most is not None and (spent := places.take_spent()):
            self.context.resources.remove_all(spent)


def _lacks_room(evidence: Evidence) -> bool:
    """Whether a trial could not be made because a quota of the project is used up."""
    return evidence.problem is not None and evidence.problem.verdict != "error" and says_quota(evidence.problem.reason)


def _limits(trial: Trial) -> list[Step]:
    """The steps before the request that set a limit: they alone name an operation that must show their effect."""
    return [step for setup in trial.setup if isinstance(setup, Prepared) for step in setup.steps if step.seen_by]
