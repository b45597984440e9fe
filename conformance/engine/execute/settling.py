"""What becomes of the resources of a trial after its request."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.engine.cloud.exchange import Answer
from conformance.engine.cloud.poll import WaitResult
from conformance.engine.cloud.roles import Role
from conformance.engine.execute.effects import Effects
from conformance.engine.model.evidence import Evidence
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.owned import background
from conformance.engine.provision.subject import Subject

IMAGE_PROXY = "2.35"
"""The last microversion at which the compute API shows images."""


@dataclass
class Settling:
    """Looks at the server of a lane, and at what else a request may have changed, until it has settled."""

    context: RunContext
    subject: Subject
    effects: Effects = field(init=False)

    def __post_init__(self) -> None:
        self.effects = Effects(self.context, self.subject)

    def followed(self, evidence: Evidence, answer: Answer, path: str, body: Any, wanted: tuple[str, ...]) -> Evidence:
        """What becomes of the server after the request."""
        trial = evidence.trial
        if not answer.ok:
            if trial.barred:
                # In this status the action would work: one that is done in spite of the refusal takes a moment to show.
                time.sleep(self.context.patience.settle)
            shown = self.subject.show()
            self.subject.refresh_from(shown)
            return replace(evidence, after=self.subject.view, exchanges=(*evidence.exchanges, shown.exchange))
        service = self.context.service
        if trial.operation.id in (service.lock, service.unlock):
            self.subject.locked = trial.operation.id == service.lock  # old versions do not show it
        if trial.operation.action is None and background(answer):
            made = self.context.producers.made_by(trial.operation) is not None
            self.subject.stir(path if made else "")
        # Where the reference is silent of the status, nobody knows what it becomes.
        known = (trial.leads_to or (trial.situation.state or "",)) if trial.accepted else None
        result = self.subject.settle(known)
        exchanges = evidence.exchanges
        if result.timed_out and not self.context.stopping.is_set():
            exchanges = (*exchanges, self.subject.show().exchange)
        effects = self.effects.after(answer, evidence.role or trial.role)
        exchanges = (*exchanges, *(seen.exchange for seen in effects.values() if seen.exchange is not None))
        evidence = replace(
            evidence,
            after=self.subject.view,
            statuses=result.statuses,
            timed_out=result.timed_out,
            waited=result.seconds,
            unseen=self._unseen(result),
            related={**{name: self._related(name, answer) for name in wanted}, **effects},
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
                sent = _member(body, name)
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
        query = (("instance_uuid", self.subject.server_id),)
        deadline = time.monotonic() + min(10.0, self.context.patience.status)
        status = None
        while time.monotonic() < deadline:
            answer = self.context.cloud.get("/os-migrations", role=Role.ADMIN, microversion="2.23", query=query)
            listed = answer.json.get("migrations", []) if answer.ok and isinstance(answer.json, dict) else []
            # A cloud that ignores the filter shows those of other servers, too.
            found = [m for m in listed if m.get("instance_uuid") == self.subject.server_id]
            if not found:
                return None
            status = max(found, key=lambda m: m.get("id", 0)).get("status")
            if not str(status).endswith("ing"):
                break
            time.sleep(0.3)
        return status

    def _image(self, answer: Answer) -> Any:
        """The status of the image that the answer names, or that was made of the server, as the API itself shows it."""
        image = answer.json.get("image_id") if isinstance(answer.json, dict) else None
        image = image or answer.headers.get("location", "").rstrip("/").rpartition("/")[2]
        image = image or self.effects.made_unasked("image")
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


def _member(body: Any, name: str) -> Any:
    """The value of a member of a body, at whatever depth; None where there is none."""
    if isinstance(body, Mapping):
        if name in body:
            return body[name]
        found = (_member(inner, name) for inner in body.values())
        return next((value for value in found if value is not None), None)
    return None
