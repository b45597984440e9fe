"""One trial, made: from a situation to evidence."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.engine.api.producers import SAFE
from conformance.engine.api.response_fields import elements
from conformance.engine.cloud.errors import CloudError, GuardRefusal, RoleMissing
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.roles import BAD_TOKEN, NO_TOKEN, Role, Sender
from conformance.engine.execute.aftermath import Around, Request
from conformance.engine.execute.byproducts import Byproducts
from conformance.engine.execute.paging import SOON, Paging
from conformance.engine.execute.settling import Settling
from conformance.engine.model.binding import Binding, bindings_in
from conformance.engine.model.evidence import Evidence, Problem
from conformance.engine.model.trial import Trial
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.errors import NeedsNewServer, Unavailable
from conformance.engine.provision.paths import Paths
from conformance.engine.provision.subject import Subject
from specs.microversion import Microversion
from specs.model import Operation

ATTEMPTS = 4
"""How often a situation is set up, at most."""

FIRST_REFUSAL = 400
"""The lowest code of a refusal."""

_NOBODY: Mapping[str, Sender] = {"no-token": NO_TOKEN, "bad-token": BAD_TOKEN}


@dataclass
class Executor:
    """Makes trials. One for each lane."""

    context: RunContext
    subject: Subject
    paths: Paths = field(init=False)
    around: Around = field(init=False)
    settling: Settling = field(init=False)
    paging: Paging = field(init=False)
    byproducts: Byproducts = field(init=False)
    _unknown: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.paths = Paths(self.context, self.subject)
        self.around = Around(self.context, self.subject, self.paths)
        self.settling = Settling(self.context, self.subject)
        self.byproducts = Byproducts(self.context, self.subject, self.paths.elements)
        self.paging = Paging(self.context, self.subject, self.paths)

    def make(self, trial: Trial, wanted: Iterable[str] = ()) -> Evidence:
        """Set the situation up, send the request, and see what becomes of it.

        Args:
            trial: what to make.
            wanted: other resources whose statuses are to be looked up (``image``, ``migration``), and effects to be
                looked for (``image created``).

        Returns:
            Evidence; what prevented the trial is its ``problem``. Never raises for what the cloud does.
        """
        empty = Evidence(trial)
        if trial.role not in _NOBODY and trial.role not in self.context.role_names:
            return replace(
                empty, problem=Problem("inapplicable", f"no credentials of the role {trial.role} were given")
            )
        version = self._version(trial)
        ceiling = self.context.cloud.microversions
        if version not in ceiling:
            reason = f"the cloud supports microversions {ceiling}, and the case needs {version}"
            return replace(empty, problem=Problem("inapplicable", reason))
        confined = self.context.service.only_in_sandbox(trial.operation) and not self.context.sandbox
        if confined and trial.accepted is not False:  # where the reference is silent, it may be accepted, too
            reason = f"what {trial.operation.id} needs, or leaves behind, is beyond what a client can do"
            return replace(empty, problem=Problem("inapplicable", reason))
        if trial.stands_in and not self.context.sandbox:
            reason = "whether a cloud has what the value stands for is its provider's choice"
            return replace(empty, problem=Problem("inapplicable", reason))
        try:
            if trial.listing is not None:
                return self.paging.make(trial, version)
            evidence = self._make(trial, version, tuple(wanted))
        except Unavailable as error:
            return replace(empty, problem=Problem("inapplicable" if error.optional else "inconclusive", str(error)))
        except (RoleMissing, GuardRefusal) as error:
            return replace(empty, problem=Problem("inapplicable", str(error)))
        except CloudError as error:
            return replace(empty, problem=Problem("error", str(error)))
        refused = bool(trial.accepted) and evidence.status == FIRST_REFUSAL
        if refused and not self.context.sandbox and self.context.service.is_by_choice(trial.operation):
            reason = "refused with 400: whether a cloud has what it needs is its provider's choice"
            return replace(evidence, problem=Problem("inapplicable", reason))
        return evidence

    def _version(self, trial: Trial) -> Microversion:
        if trial.microversion:
            return Microversion.parse(trial.microversion)
        return self.context.version_for(trial.operation)

    def _make(self, trial: Trial, version: Microversion, wanted: tuple[str, ...]) -> Evidence:
        for _ in range(ATTEMPTS):
            request = self._situated(trial, version)
            if isinstance(request, Problem):
                return Evidence(trial, version=version, problem=request)
            try:
                self._taken(trial, request, version)
                self.byproducts.look(trial)
                evidence = self._sent(trial, version, request, wanted)
            finally:
                self.around.restore(trial.operation, request)
                if trial.steps or trial.having:
                    self.paths.elements.clear()
                    self.subject.must_replace = self.subject.must_replace or trial.situation.state is not None
            if evidence.problem or not self._came_late(trial, version, request, evidence):
                return evidence
            self.subject.discard()
        reason = "what the request is about had ended by itself each time before the answer came"
        return replace(evidence, problem=Problem("inconclusive", reason))

    def _came_late(self, trial: Trial, version: Microversion, request: Request, evidence: Evidence) -> bool:
        """Whether a refusal says nothing, since what lasts only for a while had ended when it came."""
        refused = (evidence.status or 0) >= FIRST_REFUSAL and not trial.ended
        return refused and not self.paths.lasts(trial.operation, request.filled, trial.role, version)

    def _taken(self, trial: Trial, request: Request, version: Microversion) -> None:
        """Take the steps that bring the situation about, and look at what the request must leave as it is."""
        self.around.prepare(trial, request.filled)
        self.around.arrange(trial, request.filled)
        if trial.ended:
            self.paths.end(trial.operation, request.filled, trial.role, version)
        if request.ready:
            request.before = self.around.before(trial, request.filled, version, request.body)
        if any(binding.relation.endswith("shown") for binding in bindings_in(trial.body)):
            request.body = self.subject.bindings.filled(trial.body, trial.accepted is True, request.filled.values)

    def _sent(self, trial: Trial, version: Microversion, request: Request, wanted: tuple[str, ...]) -> Evidence:
        self.settling.effects.before(wanted)
        # What is open to administrators only because of an optional field says nothing of the operation without it.
        elevation = trial.key if trial.beyond_base else trial.operation.id
        role = "admin" if trial.may_elevate and elevation in self.context.elevated else trial.role
        answer = self._send(trial, version, request, role)
        if trial.repeat and answer.status == 403 and role == "member" and "admin" in self.context.role_names:
            role = "admin"
            answer = self._send(trial, version, request, role)
        if trial.repeat and answer.ok:
            first, once, made = answer, request, request.intent
            if trial.repeat == "other" and request.filled.owned is not None:
                self.paths.forget(request.filled)
                other = self._filled(trial, version)
                seen = self.around.before(trial, other.filled, version, once.body)
                request = replace(other, body=once.body, before=seen)
            answer = self._send(trial, version, request, role)
            again_made = request.intent
            once.intent = made
            self.around.settled(Evidence(trial, version=version, role=role), first, once)
            request.intent = again_made
        evidence = replace(self._answered(trial, version, answer, request.before), role=role)
        if answer.status == 403 and trial.may_elevate and role == "member" and "admin" in self.context.role_names:
            # The promise is not about roles, and the reference does not say who may: an administrator may.
            self.context.elevated.add(elevation)
            self.context.notes.add("elevated", f"{trial.operation.id} is refused to members; tried as administrator")
            role = "admin"
            answer = self._send(trial, version, request, role)
            again = self._answered(trial, version, answer, request.before)
            evidence = replace(again, role=role, exchanges=(*again.exchanges, *evidence.exchanges))
        if answer.error:
            return evidence
        if trial.operation.method in SAFE and trial.operation.id not in self.context.service.acting_reads:
            if answer.ok and trial.accepted and self._populated(trial, request, answer):
                answer = self._until_listed(trial, version, request, role)
                evidence = replace(self._answered(trial, version, answer, None), role=evidence.role)
            return replace(evidence, before=None)  # nothing follows from reading
        state, body = trial.situation.state, request.body
        if (
            state is not None
            and answer.status == 403
            and trial.situation.locked
            and role == "member"
            and self._refused_unlocked(trial, version, request)
        ):
            reason = f"members are refused {trial.operation.id} on this cloud, locked or not"
            return replace(evidence, problem=Problem("inapplicable", reason))
        self.subject.bindings.used(bindings_in(trial.body), answer.ok)
        evidence = self.around.settled(evidence, answer, request)
        if state is None:
            return evidence
        if answer.ok and trial.accepted is False:
            # What should have been refused may have changed anything; later trials must not suffer from it.
            self.subject.must_replace = True
        self.subject.altered = self.subject.altered or (answer.ok and trial.beyond_base)
        evidence = self.settling.followed(evidence, answer, request.filled.path, body, wanted)
        if answer.ok:
            return self.byproducts.seen(evidence, wanted)
        return self.around.beside(evidence, request)

    def discard(self) -> None:
        """Give up the servers of the lane."""
        self.paging.discard()
        self.subject.discard()

    def _populated(self, trial: Trial, request: Request, answer: Answer) -> bool:
        """Whether what a list lacked was made. What is asked for by a filter may not be there, whatever is made."""
        if trial.query != self.context.service.query(trial.operation):
            return False
        return self.paths.populated(trial.operation, request.filled, answer) or self.paging.populated(trial, answer)

    def _until_listed(self, trial: Trial, version: Microversion, request: Request, role: str) -> Answer:
        """The list again, until it shows what was made."""
        deadline = time.monotonic() + min(SOON, self.context.patience.status)
        while True:
            answer = self._send(trial, version, request, role)
            if any(True for _ in elements(answer.json)) or time.monotonic() > deadline:
                return answer
            self.context.stopping.wait(self.context.patience.settle)

    def _situated(self, trial: Trial, version: Microversion) -> Request | Problem:
        """The request, with all that it needs made; or why there is none."""
        state = trial.situation.state
        if trial.situation.target == "unknown":
            return self._to_nothing(trial, version)
        through = state
        for tries in reversed(range(ATTEMPTS)):
            problem = self._reached(trial, through)
            if problem:
                return problem
            try:
                request = self._filled(trial, version)
            except NeedsNewServer:
                self.subject.discard()
                continue
            except Unavailable as error:
                if trial.situation.target == "any":
                    return self._to_nothing(trial, version)
                makes_in = self.paths.makes_in(trial)
                if error.optional or state in (None, makes_in) or tries == 0:
                    raise
                # What could not be made in this status is made before a server reaches it: one that was nowhere yet.
                self.subject.discard()
                through = makes_in
                continue
            if through == state:
                return self._ready(trial, request)
            through = state
        return Problem("inconclusive", "no server could give what the request needs")

    def _to_nothing(self, trial: Trial, version: Microversion) -> Request:
        filled = self.paths.fill(trial.operation, trial.role, version, self._unknown_id(trial.operation))
        query = tuple((name, _text(self._plain(v))) for name, v in trial.query) if trial.accepted is False else ()
        return Request(filled, self._plain(trial.body), query)

    def _reached(self, trial: Trial, state: str | None) -> Problem | None:
        """Bring a server that suits the trial into a status, unlocked."""
        if state is None:
            return None
        path = trial.operation.path.replace(f"{{{self.context.service.identifier}}}", self.subject.known_id)
        self.subject.turn_to(trial.situation.environment)
        if (self.subject.altered and not trial.beyond_base) or not self.subject.suits(path):
            self.subject.discard()
        return self._situate(state, False)

    def _filled(self, trial: Trial, version: Microversion) -> Request:
        missing = self._unknown_id(trial.operation) if trial.situation.target == "missing" else None
        for name in trial.having:
            self.paths.fill(self.context.operations[name], trial.role, version)  # makes what is not there
        given = dict(trial.path)
        filled = self.paths.fill(trial.operation, trial.role, version, missing, last_only=True, given=given)
        named = {**filled.values, "": filled.path}
        body = self.subject.bindings.filled(trial.body, trial.accepted is True, named)
        query = tuple((name, _text(self.subject.bindings.filled(v, True, named))) for name, v in trial.query)
        return Request(filled, body, query)

    def _ready(self, trial: Trial, request: Request) -> Request | Problem:
        """The request, with the server locked where the trial wants that."""
        state = trial.situation.state
        if state is not None and trial.situation.locked:
            # Not by way of the status again: what is under way in this server would make it give the server up.
            problem = None if self.subject.locked else self.subject.lock()
            if problem:
                return problem
        if any(name in self.context.service.named_by for name in request.filled.values):
            self.subject.refresh()  # what was made so is under way in the server
        return replace(request, ready=True)

    def _send(self, trial: Trial, version: Microversion, request: Request, role: str) -> Answer:
        operation = trial.operation
        sender: Sender = _NOBODY[role] if role in _NOBODY else Role(role)
        creates = self._creates(trial, request.body)
        request.intent = None if role in _NOBODY else self.around.intend(trial, request, role)
        return self.context.cloud.send(
            Ask(
                operation.method,
                request.filled.path,
                sender,
                str(version),
                request.body,
                query=request.query,
                intent=request.intent,
                expect_created=creates,
            )
        )

    def _refused_unlocked(self, trial: Trial, version: Microversion, request: Request) -> bool:
        """Whether a member is refused with 403 although the server is not locked; the server is given up after."""
        if self.subject.unlock() is not None:
            return False
        answer = self._send(trial, version, request, "member")
        self.subject.must_replace = True
        return answer.status == 403

    def _situate(self, state: str, locked: bool) -> Problem | None:
        problem = self.subject.reach(state)
        if problem is None and locked and not self.subject.locked:
            problem = self.subject.lock()
        elif problem is None and self.subject.locked and not locked:
            problem = self.subject.unlock()
        return problem

    def _creates(self, trial: Trial, body: Any) -> str | None:
        """What the action may make beside its answer: the client writes it down before it is asked for."""
        made = self.context.service.created_by(trial.operation)
        if made is None or trial.role in _NOBODY or trial.situation.target != "own":
            return None
        kind, named_by = made
        inner = body.get(trial.operation.action) if isinstance(body, dict) else None
        name = inner.get(named_by) if isinstance(inner, dict) else None
        return kind if isinstance(name, str) else None

    def _unknown_id(self, operation: Operation) -> str | None:
        """A random id that the cloud was seen not to know; None where the path names nothing."""
        if "{" not in operation.path:
            return None
        if "id" not in self._unknown:
            at = self.context.service.unknown_at
            admin = Role.ADMIN in self.context.cloud.roles and not self.context.service.resource
            self._unknown["id"] = (
                self.context.cloud.unknown_id(at, role=Role.ADMIN if admin else Role.MEMBER)
                if at is not None
                else str(uuid.uuid4())
            )
        return self._unknown["id"]

    def _plain(self, body: Any) -> Any:
        """A body for a target that does not exist: what is only read is real, so that nothing else is wrong with it."""
        if isinstance(body, Binding):
            if body.relation == "any" and body.resource in _READ:
                return self.subject.bindings.filled(body)
            if body.plain is not None:
                return body.plain
            return _PLAIN.get((body.resource, body.attribute), "conformance")
        if isinstance(body, dict):
            return {self._plain(key): self._plain(value) for key, value in body.items()}
        return [self._plain(value) for value in body] if isinstance(body, list) else body

    def _answered(self, trial: Trial, version: Microversion, answer: Answer, before: Any) -> Evidence:
        if answer.error:
            problem = Problem("error", f"no answer came: {answer.error}")
            return Evidence(trial, version=version, exchanges=(answer.exchange,), problem=problem)
        content = answer.json if answer.json is not ABSENT else (answer.text or None)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Evidence(
            trial,
            status=answer.status,
            body=content,
            headers=headers,
            version=version,
            before=before,
            exchanges=(answer.exchange,),
        )


def _text(value: Any) -> str:
    """A value as a query holds it: what is no plain value as JSON."""
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


_READ = frozenset({"image", "flavor", "network", "project", "floating_ip_pool", "availability_zone"})
"""Resources that a request may name without changing them."""

_PLAIN = {
    ("floating_ip", "ip"): "192.0.2.1",
    ("server", "fixed_ip"): "192.0.2.2",
    ("image", "id"): "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10",
    ("network", "id"): "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a11",
    ("flavor", "id"): "1",
    ("password", "value"): "Cf-sent-to-nobody",
    ("volume", "id"): "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a12",
    ("server", "id"): "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a13",
    ("security_group", "id"): "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a14",
    ("share", "id"): "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a15",
    ("path", "volume_id"): "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a12",
}
