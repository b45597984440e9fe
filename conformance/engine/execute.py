"""One trial, made: from a situation to evidence."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.engine.case import Binding, Trial
from conformance.engine.cloud.errors import CloudError, RoleMissing
from conformance.engine.cloud.exchange import ABSENT, Answer, Ask
from conformance.engine.cloud.poll import WaitResult
from conformance.engine.cloud.roles import BAD_TOKEN, NO_TOKEN, Role, Sender
from conformance.engine.context import RunContext
from conformance.engine.derive.view import bindings_in
from conformance.engine.fixtures import NeedsNewServer, Unavailable
from conformance.engine.holdings import Holdings
from conformance.engine.judge.evidence import Evidence, Problem
from conformance.engine.pages import Pager
from conformance.engine.stage import Stage
from specs.microversion import Microversion

IMAGE_PROXY = "2.35"
"""The last microversion at which the compute API shows images."""

_NOBODY: Mapping[str, Sender] = {"no-token": NO_TOKEN, "bad-token": BAD_TOKEN}


@dataclass
class Executor:
    """Makes trials. One for each lane."""

    context: RunContext
    stage: Stage
    holdings: Holdings = field(init=False)
    pager: Pager = field(init=False)
    _unknown: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.holdings = Holdings(self.context, self.stage)
        self.pager = Pager(self.context, self.stage, self.holdings)

    def make(self, trial: Trial, wanted: Iterable[str] = ()) -> Evidence:
        """Set the situation up, send the request, and see what becomes of it.

        Args:
            trial: what to make.
            wanted: other resources whose statuses are to be looked up (``image``, ``migration``).

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
        try:
            if trial.listing is not None:
                return self.pager.make(trial, version)
            return self._make(trial, version, tuple(wanted))
        except Unavailable as error:
            return replace(empty, problem=Problem("inapplicable" if error.optional else "inconclusive", str(error)))
        except RoleMissing as error:
            return replace(empty, problem=Problem("inapplicable", str(error)))
        except CloudError as error:
            return replace(empty, problem=Problem("error", str(error)))

    def _version(self, trial: Trial) -> Microversion:
        if trial.microversion:
            return Microversion.parse(trial.microversion)
        return self.context.version_for(trial.operation)

    def _make(self, trial: Trial, version: Microversion, wanted: tuple[str, ...]) -> Evidence:
        body: Any = ABSENT
        state = trial.situation.state
        if state is not None:
            for _ in range(2):
                if self.stage.altered and not trial.beyond_base:
                    self.stage.discard()
                problem = self._situate(state, trial.situation.locked)
                if problem:
                    return Evidence(trial, version=version, problem=problem)
                try:
                    body = self.stage.fixtures.filled(trial.body, trial.accepted is True)
                    break
                except NeedsNewServer:
                    self.stage.discard()
            else:
                return Evidence(
                    trial,
                    version=version,
                    problem=Problem("inconclusive", "no server could give what the request needs"),
                )
            before = self.stage.view
        else:
            body, before = self._placeholders(trial.body), None
        role = "admin" if trial.may_elevate and trial.operation.id in self.context.elevated else trial.role
        answer = self.context.cloud.send(self._ask(trial, version, body, role))
        evidence = replace(self._answered(trial, version, answer, before), role=role)
        if answer.status == 403 and trial.may_elevate and role == "member" and "admin" in self.context.role_names:
            # The promise is not about roles, and the reference does not say who may: an administrator may.
            self.context.elevated.add(trial.operation.id)
            self.context.notes.add("elevated", f"{trial.operation.id} is refused to members; tried as administrator")
            answer = self.context.cloud.send(self._ask(trial, version, body, "admin"))
            again = self._answered(trial, version, answer, before)
            evidence = replace(again, role="admin", exchanges=(*again.exchanges, *evidence.exchanges))
        if state is None or answer.error:
            return evidence
        if trial.operation.method in ("GET", "HEAD"):
            return replace(evidence, before=None)  # nothing follows from reading
        if (
            answer.status == 403
            and trial.situation.locked
            and role == "member"
            and self._refused_unlocked(trial, version, body)
        ):
            reason = f"members are refused {trial.operation.id} on this cloud, locked or not"
            return replace(evidence, problem=Problem("inapplicable", reason))
        self.stage.fixtures.used(bindings_in(trial.body), answer.ok)
        if answer.ok and trial.accepted is False:
            # What should have been refused may have changed anything; later trials must not suffer from it.
            self.stage.worn = True
        self.stage.altered = self.stage.altered or (answer.ok and trial.beyond_base)
        return self._followed(evidence, answer, body, wanted)

    def _refused_unlocked(self, trial: Trial, version: Microversion, body: Any) -> bool:
        """Whether a member is refused with 403 although the server is not locked; the server is given up after."""
        if self.stage.unlock() is not None:
            return False
        answer = self.context.cloud.send(self._ask(trial, version, body, "member"))
        self.stage.worn = True
        return answer.status == 403

    def _situate(self, state: str, locked: bool) -> Problem | None:
        problem = self.stage.reach(state)
        if problem is None and locked and not self.stage.locked:
            problem = self.stage.lock()
        elif problem is None and self.stage.locked and not locked:
            problem = self.stage.unlock()
        return problem

    def _ask(self, trial: Trial, version: Microversion, body: Any, role: str) -> Ask:
        operation = trial.operation
        unknown = self._unknown_id() if trial.situation.target == "unknown" and "{" in operation.path else None
        path = self.holdings.path(operation, role, version, unknown)
        query = () if unknown else tuple((name, str(self.stage.fixtures.filled(v))) for name, v in trial.query)
        sender: Sender = _NOBODY[role] if role in _NOBODY else Role(role)
        creates = self._creates(trial, body)
        return Ask(operation.method, path, sender, str(version), body, query=query, expect_created=creates)

    def _creates(self, trial: Trial, body: Any) -> str | None:
        """What the action may make beside its answer: the client writes it down before it is asked for."""
        made = self.context.knowledge.created_by(trial.operation)
        if made is None or trial.role in _NOBODY or trial.situation.target != "own":
            return None
        kind, named_by = made
        inner = body.get(trial.operation.action) if isinstance(body, dict) else None
        name = inner.get(named_by) if isinstance(inner, dict) else None
        return kind if isinstance(name, str) else None

    def _placeholders(self, body: Any) -> Any:
        """Values for a request that goes to nothing that exists: new names, and discovered things read only."""
        if bindings_in(body):
            return _harmless(body)
        return body

    def _unknown_id(self) -> str:
        if "server" not in self._unknown:
            self._unknown["server"] = self.context.cloud.unknown_id("/servers/{id}")
        return self._unknown["server"]

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

    def _followed(self, evidence: Evidence, answer: Answer, body: Any, wanted: tuple[str, ...]) -> Evidence:
        """What becomes of the server after the request."""
        trial = evidence.trial
        if not answer.ok:
            if trial.role in ("reader", "alt") or trial.situation.locked:
                # In this status the action would work: one that is done in spite of the refusal takes a moment to show.
                time.sleep(self.context.patience.settle)
            shown = self.stage.show()
            self.stage.refresh_from(shown)
            return replace(evidence, after=self.stage.view, exchanges=(*evidence.exchanges, shown.exchange))
        knowledge = self.context.knowledge
        if trial.operation.id in (knowledge.lock, knowledge.unlock):
            self.stage.locked = trial.operation.id == knowledge.lock  # old versions do not show it
        known = trial.leads_to or ((trial.situation.state or "",) if trial.accepted else None)
        result = self.stage.settle(known)
        exchanges = evidence.exchanges
        if result.timed_out and not self.context.stopping.is_set():
            exchanges = (*exchanges, self.stage.show().exchange)
        evidence = replace(
            evidence,
            after=self.stage.view,
            statuses=result.statuses,
            timed_out=result.timed_out,
            waited=result.seconds,
            unseen=self._unseen(result),
            related={name: self._related(name, answer) for name in wanted},
            exchanges=exchanges,
        )
        return self._effect(evidence, body)

    def _unseen(self, result: WaitResult) -> str | None:
        if self.context.stopping.is_set():
            return "the run was stopped while the resource was followed"
        if result.timed_out and result.problem:
            return f"the resource could not be followed: {result.problem}"
        return None

    def _effect(self, evidence: Evidence, body: Any) -> Evidence:
        """Whether a field that was sent outside of its versions shows in the server."""
        trial = evidence.trial
        if trial.effect_of is None or evidence.after is None or evidence.before is None:
            return evidence
        name = trial.effect_of[0]
        for shown in (name, f"OS-EXT-SRV-ATTR:{name}"):
            if shown in evidence.after:
                inner = body.get(trial.operation.action) if isinstance(body, dict) else None
                sent = inner.get(name) if isinstance(inner, dict) else None
                after, before = evidence.after[shown], evidence.before.get(shown)
                took = after == sent and before != after
                return replace(evidence, effect_known=before != sent, effect=trial.effect_of[1] if took else after)
        return evidence

    def _related(self, resource: str, answer: Answer) -> Any:
        if resource == "migration":
            return self._migration()
        if resource == "image":
            return self._image(answer)
        return None

    def _migration(self) -> Any:
        """The status of the server's newest migration, which only an administrator may list."""
        if Role.ADMIN not in self.context.cloud.roles:
            return None
        query = (("instance_uuid", self.stage.server_id),)
        deadline = time.monotonic() + min(10.0, self.context.patience.status)
        status = None
        while time.monotonic() < deadline:
            answer = self.context.cloud.get("/os-migrations", role=Role.ADMIN, microversion="2.23", query=query)
            listed = answer.json.get("migrations", []) if answer.ok and isinstance(answer.json, dict) else []
            # A cloud that ignores the filter shows those of other servers, too.
            found = [m for m in listed if m.get("instance_uuid") == self.stage.server_id]
            if not found:
                return None
            status = max(found, key=lambda m: m.get("id", 0)).get("status")
            if not str(status).endswith("ing"):
                break
            time.sleep(0.3)
        return status

    def _image(self, answer: Answer) -> Any:
        """The status of the image that the answer names, through the compute API's own view of images."""
        image = answer.json.get("image_id") if isinstance(answer.json, dict) else None
        image = image or answer.headers.get("location", "").rstrip("/").rpartition("/")[2]
        if not image:
            return None
        deadline = time.monotonic() + self.context.patience.status
        status = None
        while time.monotonic() < deadline and not self.context.stopping.is_set():
            shown = self.context.cloud.get(f"/images/{image}", microversion=IMAGE_PROXY)
            if not shown.ok or not isinstance(shown.json, dict):
                return None
            status = shown.json.get("image", {}).get("status")
            if status not in ("SAVING", "UNKNOWN"):
                break
            time.sleep(0.3)
        return status


def _harmless(body: Any) -> Any:
    """A body whose bindings are filled with plain values of the right form, for a request that must not succeed."""
    if isinstance(body, Binding):
        return _PLAIN.get((body.resource, body.attribute), "conformance")
    if isinstance(body, dict):
        return {key: _harmless(value) for key, value in body.items()}
    if isinstance(body, list):
        return [_harmless(value) for value in body]
    return body


_PLAIN = {
    ("floating_ip", "ip"): "192.0.2.1",
    ("server", "fixed_ip"): "192.0.2.2",
    ("image", "id"): "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a10",
    ("network", "id"): "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a11",
    ("flavor", "id"): "1",
    ("password", "value"): "Cf-sent-to-nobody",
}
