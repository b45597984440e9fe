"""Another resource of which the reference promises something, such as the status of a thing that the request makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from conformance.engine.api.given import RelatedStatus
from conformance.engine.api.response_fields import elements
from conformance.engine.cloud.exchange import Answer
from conformance.engine.cloud.fields import value
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.wait import until
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.subject import Subject

PAUSE = 0.3
"""Seconds between two looks at a status that will pass."""


@dataclass(frozen=True)
class Related:
    """Looks at the resources that are related to the one under test.

    Attributes:
        unasked: gives the id of the one thing of a kind that was made from the resource under test and that no request
            has named; None unless there is exactly one.
        shown: answers about things that were just looked at, by path, role and microversion. Each serves once.
    """

    context: RunContext
    subject: Subject
    unasked: Callable[[str], str | None]
    shown: dict[tuple[str, Role, str], Answer] = field(default_factory=dict)

    def status(self, resource: str, record: Any) -> Any:
        """The status that a record of a resource shows; None if it shows none."""
        rule = self.context.service.related_statuses.get(resource)
        return value(record, rule.status_field, None) if rule is not None else None

    def record(self, resource: str, answer: Answer) -> Any:
        """A resource as it is shown after a request was answered, when its status lasts; None if nobody can tell."""
        rule = self.context.service.related_statuses.get(resource)
        if rule is None or rule.role not in self.context.cloud.roles:
            return None
        named = "" if rule.resource_field else self._named(rule, resource, answer)
        if not rule.resource_field and not named:
            return None
        patience = self.context.patience.status
        within = patience if rule.seconds is None else min(rule.seconds, patience)

        def lasts(record: Any) -> bool:
            status = value(record, rule.status_field, None)
            return status is None or not any(fnmatchcase(str(status), pattern) for pattern in rule.passing)

        look = self._newest if rule.resource_field else self._shown
        return until(lambda: look(rule, named), lasts, within, self.context.stopping, pause=PAUSE, cap=PAUSE)

    def _named(self, rule: RelatedStatus, resource: str, answer: Answer) -> str:
        """The id of the resource that the answer names, or of the one that nothing names; empty if there is neither."""
        found = next((value(answer.json, field, None) for field in rule.named_by), None)
        found = found or answer.headers.get("location", "").rstrip("/").rpartition("/")[2]
        return str(found or self.unasked(resource) or "")

    def _shown(self, rule: RelatedStatus, named: str) -> Any:
        answer = self._get(rule, rule.path.replace("{id}", named))
        return answer.json if answer.ok else None

    def _newest(self, rule: RelatedStatus, _named: str) -> Any:
        answer = self._get(rule, rule.path)
        listed = elements(answer.json) if answer.ok else iter(())
        # A cloud that ignores the query lists the records of other resources, too.
        own = [one for one in listed if value(one, rule.resource_field, None) == self.subject.resource_id]
        return max(own, key=lambda one: value(one, rule.order_field, 0), default=None)

    def _get(self, rule: RelatedStatus, path: str) -> Answer:
        query = tuple((name, text.replace("{id}", self.subject.resource_id)) for name, text in rule.query)
        version = str(rule.microversion) if rule.microversion is not None else str(self.context.top)
        if not query and (just_now := self.shown.pop((path, rule.role, version), None)) is not None:
            return just_now
        return self.context.cloud.get(path, role=rule.role, microversion=version, query=query)
