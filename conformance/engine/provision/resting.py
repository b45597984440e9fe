"""Follows the resource under test until it rests: in a status that lasts, without a task, its last action ended.

A resource may show its new status before the action that led to it has ended, and its answers may differ until then. So
both are looked for. Where the run knows how long an operation takes, and that this is short, it waits so long, asks
the log of actions first and looks at the resource then: one request each, and the look shows the resource at rest.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from conformance.engine.cloud.kinds import GONE
from conformance.engine.cloud.waits import transition_of

if TYPE_CHECKING:
    from conformance.engine.cloud.kinds import View
    from conformance.engine.cloud.poll import WaitResult
    from conformance.engine.provision.actions import Actions
    from conformance.engine.provision.context import RunContext

LOOKS = 2
"""The number of looks at the log of actions before the resource is polled as any other one."""


class Rests(Protocol):
    """The members of ``provision.subject.Subject``, the resource under test, that a wait for its rest needs."""

    context: RunContext
    view: View | None
    environment: str
    actions: Actions

    @property
    def resource_id(self) -> str:
        """The id of the resource."""

    @property
    def status(self) -> str | None:
        """The status as last seen."""


def followed(subject: Rests, targets: tuple[str, ...] | None, by: str, calm: bool) -> tuple[WaitResult, bool]:
    """Wait until the resource is in one of the statuses and has no task (see ``Subject.settle``).

    Returns:
        The outcome of the wait, and whether the last action is known to have ended before the last look.
    """
    context, kind, before = subject.context, subject.context.kind, subject.status
    patience, stopping, known = context.patience, context.stopping, context.service.under_test
    wanted = known.stable_statuses if targets is None else targets or ((before,) if before else ())
    started = time.monotonic()
    ended = False if calm else _ended_soon(subject, by)
    if calm:
        stopping.wait(patience.settle)
    began: list[float] = [started] if calm else []
    moved: list[bool] = []
    looks: list[bool] = []

    def done(view: View | None) -> bool:
        if view is None or stopping.is_set():
            return True
        looks.append(True)
        status, task = kind.state_of(view)
        if task is not None or status != before:
            moved.append(True)
        if task is not None:
            began.clear()
            return False
        if status in kind.status.failed and status not in wanted and before != status:
            return True
        if status not in wanted:
            began.clear()
            return False
        if (moved and status != before and targets) or (ended and len(looks) == 1):
            return True
        now = time.monotonic()
        began.append(now)
        return now - began[0] >= (0 if moved else patience.settle)

    transition, waits = transition_of(by, before, subject.environment), context.waits
    within = waits.bound(transition, patience.status)
    result = context.watch.until(subject.resource_id, done, within, kind=kind, role=known.role)
    seconds = round(time.monotonic() - started, 3)
    if not result.problem and not stopping.is_set():
        waits.ended(transition, seconds, well=not result.timed_out)
    return replace(result, seconds=seconds), ended and len(looks) == 1 and result.status != GONE


def _ended_soon(subject: Rests, by: str) -> bool:
    """Whether the log shows, after the time that an operation usually takes, that the last action has ended."""
    context = subject.context
    usual = context.waits.brief(by) if by and subject.actions.last else 0.0
    if not usual:
        return False
    for pause in (usual, *((usual + context.patience.settle) / LOOKS for _ in range(LOOKS - 1))):
        if context.stopping.wait(pause):
            return False
        if subject.actions.ended(subject.resource_id):
            return True
        if not subject.actions.last:
            return False
    return False
