"""Waiters in the manner of tempest.lib, on top of the one poll."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.cloud.poll import ServerView, WaitResult, Watch, state_of
from conformance.engine.cloud.roles import Role

if TYPE_CHECKING:
    from collections.abc import Collection


def wait_for_status(
    watch: Watch,
    server_id: str,
    wanted: str | Collection[str],
    timeout: float,
    *,
    role: Role = Role.MEMBER,
    settled: bool = True,
) -> WaitResult:
    """Wait until a server has a wanted status.

    Ends early where waiting is in vain: at ERROR with no task left, and when the server is gone, unless that is what
    is wanted. So look at ``status`` of the result, not only at ``timed_out``.

    Args:
        watch: the poll.
        server_id: of the server.
        wanted: a status, or several.
        timeout: in seconds.
        role: who asks; the server must be in its project.
        settled: also wait until it has no task. For a moment after an action was accepted the old status may be shown
            with no task yet, so wait for a status that is not the one before, or use ``watch.until``.
    """
    aims = {wanted} if isinstance(wanted, str) else set(wanted)

    def reached(view: ServerView | None) -> bool:
        status, task = state_of(view)
        if status in aims:
            return task is None or not settled
        return view is None or (status == "ERROR" and task is None)

    return watch.until(server_id, reached, timeout, role=role)


def wait_for_idle(watch: Watch, server_id: str, timeout: float, *, role: Role = Role.MEMBER) -> WaitResult:
    """Wait until a server has no task, or is gone."""
    return watch.until(server_id, lambda view: state_of(view)[1] is None, timeout, role=role)


def wait_for_gone(
    watch: Watch,
    server_id: str,
    timeout: float,
    *,
    role: Role = Role.MEMBER,
    soft: bool = True,
) -> WaitResult:
    """Wait until a server is not there any more, or with ``soft`` is SOFT_DELETED.

    For a moment before it goes, Nova shows it as DELETED: it is written down as such, and its record goes after that.
    """

    def reached(view: ServerView | None) -> bool:
        status, task = state_of(view)
        return view is None or (soft and status == "SOFT_DELETED" and task is None)

    return watch.until(server_id, reached, timeout, role=role)
