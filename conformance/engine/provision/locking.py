"""Locks the resource under test as its owner, and unlocks it."""

from __future__ import annotations

from typing import Protocol

from conformance.engine.cloud.changes import announced_to
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.kinds import View
from conformance.engine.cloud.roles import Role
from conformance.engine.model.evidence import Problem
from conformance.engine.provision.actions import Actions
from conformance.engine.provision.context import RunContext


class Lockable(Protocol):
    """The members of ``provision.subject.Subject``, the resource under test, that a lock changes or needs."""

    context: RunContext
    view: View | None
    locked: bool
    outdated: bool
    actions: Actions

    @property
    def resource_id(self) -> str:
        """The id of the resource."""

    def refresh(self) -> View | None:
        """Look at the resource."""


def lock(subject: Lockable) -> Problem | None:
    """Lock the resource, and see that it is locked. Returns the reason why it is not; None if it is."""
    known = subject.context.service.under_test
    problem = _turned(subject, known.lock, locked=True)
    if problem is not None:
        return problem
    shown = subject.refresh() or {}
    return None if shown.get(known.lock_shown_by, True) else _not_shown(subject, known.lock)


def lock_before_look(subject: Lockable) -> Problem | None:
    """Lock the resource, and take it to be locked: the look that is still to come for a group of refusals finds out.

    The lock is not announced as a change, so that the look stays to come. Returns as ``lock`` does.
    """
    known = subject.context.service.under_test
    with announced_to(lambda _: None):
        problem = _turned(subject, known.lock, locked=True)
    if problem is None and subject.view is not None:
        subject.view = {**subject.view, known.lock_shown_by: True}
    return problem


def unlock(subject: Lockable) -> Problem | None:
    """Unlock the resource. Returns the reason why the request failed; None if it was accepted.

    Whether the resource shows that it is not locked is found out by the next look (see ``Subject.up_to_date``).
    """
    problem = _turned(subject, subject.context.service.under_test.unlock, locked=False)
    subject.outdated = True
    return problem


def unlock_before_look(subject: Lockable) -> Problem | None:
    """Unlock the resource, and take it not to be locked: the look that is still to come finds out.

    The end of the lock is not announced as a change, so that the look stays to come. Returns as ``unlock`` does.
    """
    known, outdated = subject.context.service.under_test, subject.outdated
    with announced_to(lambda _: None):
        problem = unlock(subject)
    if problem is None and subject.view is not None:
        subject.view, subject.outdated = {**subject.view, known.lock_shown_by: False}, outdated
    return problem


def still_locked(subject: Lockable) -> Problem:
    """The problem that a resource still shows a lock which was taken away."""
    return _not_shown(subject, subject.context.service.under_test.unlock)


def _not_shown(subject: Lockable, operation_id: str) -> Problem:
    name = subject.context.kind.name
    return Problem("inconclusive", f"{operation_id} was accepted, and the {name} does not show it")


def _turned(subject: Lockable, operation_id: str, locked: bool) -> Problem | None:
    context = subject.context
    operation, name = context.operations.get(operation_id), context.kind.name
    if operation is None or operation.action is None:
        return Problem("inconclusive", f"the specs lack {operation_id}, by which a {name} is locked")
    how = f"states: {operation_id} is how a {name} is {'locked' if locked else 'unlocked'}"
    context.notes.add("table", how)
    version = str(context.version_for(operation))
    path = operation.path.replace(f"{{{context.service.identifier}}}", subject.resource_id)
    ask = Ask(operation.method, path, Role.MEMBER, version, {operation.action: None})
    answer = context.cloud.send(ask)
    if not answer.ok:
        return Problem("inconclusive", f"{operation_id} was answered {answer.status or answer.error}")
    subject.locked = locked
    subject.actions.aside(answer)
    return None
