"""Follows the resource under test until it rests: in a status that lasts, without a task.

Where the run knows how long an operation takes, and that this is short, it waits so long before it looks.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from conformance.engine.cloud.waits import Waits, transition_of

if TYPE_CHECKING:
    from conformance.engine.cloud.kinds import View
    from conformance.engine.cloud.poll import WaitResult
    from conformance.engine.provision.context import RunContext


class Rests(Protocol):
    """The members of ``provision.subject.Subject``, the resource under test, that a wait for its rest needs."""

    context: RunContext
    view: View | None
    environment: str

    @property
    def resource_id(self) -> str:
        """The id of the resource."""

    @property
    def status(self) -> str | None:
        """The status as last seen."""


def followed(subject: Rests, targets: tuple[str, ...] | None, by: str, calm: bool) -> WaitResult:
    """Wait until the resource is in one of the statuses and has no task (see ``Subject.settle``)."""
    context, kind, before = subject.context, subject.context.kind, subject.status
    patience, stopping, known = context.patience, context.stopping, context.service.under_test
    wanted = known.stable_statuses if targets is None else targets or ((before,) if before else ())
    started, waits = time.monotonic(), context.waits
    if pause := patience.settle if calm else _pause(waits, by, patience.settle, before in wanted):
        stopping.wait(pause)
    # What has shown by now that it moves, as it did before, and shows the same status as at first, has been there.
    began: list[float] = [started] if calm or waits.moving(by) <= pause else []
    moved: list[bool] = []
    looks: list[float] = []

    def done(view: View | None) -> bool:
        if view is None or stopping.is_set():
            return True
        status, task = kind.state_of(view)
        looks.append(time.monotonic() - started)
        if task is not None or status != before:
            if not moved:
                waits.moved(by, looks[0], late=len(looks) > 1)
            moved.append(True)
        if task is not None:
            began.clear()
            return False
        if status in kind.status.failed and status not in wanted and before != status:
            return True
        if status not in wanted:
            began.clear()
            return False
        if moved and status != before and targets:
            return True
        now = time.monotonic()
        began.append(now)
        return now - began[0] >= (0 if moved else patience.settle)

    transition = transition_of(by, before, subject.environment)
    within = waits.bound(transition, patience.status)
    left = max(0.0, waits.soonest(by) - pause)
    result = context.watch.until(subject.resource_id, done, within, kind=kind, role=known.role, expected=left)
    seconds = round(time.monotonic() - started, 3)
    if not result.problem and not stopping.is_set():
        waits.ended(transition, seconds, well=not result.timed_out, looked=looks[-2] if len(looks) > 1 else 0.0)
        if pause and not calm and len(looks) == 1:
            waits.sufficed(by, pause)
    return replace(result, seconds=seconds)


def _pause(waits: Waits, by: str, settle: float, may_stay: bool) -> float:
    """The seconds before the first look after an operation; 0 if nothing is known of it.

    Args:
        waits: the waits of the run so far.
        by: the id of the operation.
        settle: the seconds of an early look.
        may_stay: True if it may end in the status in which it began.
    """
    pause = waits.brief(by)
    return waits.telling(by, pause, settle) if pause and may_stay else pause
