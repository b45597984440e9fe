"""Waiters in the style of tempest.lib, on top of the one poll."""

from __future__ import annotations

from collections.abc import Collection
from threading import Event
from typing import TYPE_CHECKING

from conformance.engine.cloud.roles import Role

if TYPE_CHECKING:
    from conformance.engine.cloud.kinds import Kind, View
    from conformance.engine.cloud.poll import WaitResult, Watch


def wait_for_status(
    watch: Watch,
    id_: str,
    wanted: str | Collection[str],
    timeout: float,
    *,
    kind: Kind | None = None,
    role: Role = Role.MEMBER,
    settled: bool = True,
    stopping: Event | None = None,
    expected: float = 0.0,
) -> WaitResult:
    """Wait until a thing has a wanted status.

    The wait ends early if it is in vain: if the thing has failed without a task, if it is gone and that is not wanted,
    or if the run is stopped. So check ``status`` of the result, not only ``timed_out``.

    Args:
        watch: the poll.
        id_: the id of the thing.
        wanted: a status, or several; capitals do not matter.
        timeout: the longest wait, in seconds.
        kind: the kind of the thing; None for the kind of the watch.
        role: the role that asks; the thing must be in its project.
        settled: True to wait also until it has no task. Right after an action was accepted, the cloud may show the old
            status without a task, so wait for another status, or use ``watch.until``.
        stopping: the event that ends the run and the wait.
        expected: the seconds that such a wait took before; 0 if nobody knows.
    """
    kind = kind or watch.kind
    aims = {one.casefold() for one in ([wanted] if isinstance(wanted, str) else wanted)}
    failed = {one.casefold() for one in kind.status.failed}

    def reached(view: View | None) -> bool:
        status, task = kind.state_of(view)
        if status.casefold() in aims:
            return task is None or not settled
        if view is None or (stopping is not None and stopping.is_set()):
            return True
        return status.casefold() in failed and task is None

    return watch.until(id_, reached, timeout, role=role, kind=kind, stopping=stopping, expected=expected)


def wait_for_idle(watch: Watch, id_: str, timeout: float, *, role: Role = Role.MEMBER) -> WaitResult:
    """Wait until a thing of the kind of the watch has no task, or is gone."""
    return watch.until(id_, lambda view: watch.kind.state_of(view)[1] is None, timeout, role=role)


def wait_for_gone(
    watch: Watch,
    id_: str,
    timeout: float,
    *,
    kind: Kind | None = None,
    role: Role = Role.MEMBER,
    kept: bool = True,
) -> WaitResult:
    """Wait until a thing no longer exists, or shows that its deletion has failed (``Kind.stays``).

    With ``kept``, a status of deleted things that are kept will do, too.

    A cloud may show a thing as deleted for a moment before it is gone. Such a status does not end the wait, unless the
    description counts it as gone.
    """
    kind = kind or watch.kind

    def reached(view: View | None) -> bool:
        status, task = kind.state_of(view)
        rules = kind.deletion
        if view is None or status.upper() in rules.gone or kind.stays(view):
            return True
        return kept and status in rules.kept and task is None

    return watch.until(id_, reached, timeout, role=role, kind=kind)
