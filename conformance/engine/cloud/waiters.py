"""Waiters in the manner of tempest.lib, on top of the one poll."""

from __future__ import annotations


from conformance.engine.cloud.roles import Role
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.engine.cloud.poll import WaitResult, Watch
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
    """Wait until a server has a wanted status, and with ``settled`` no task; ends early at ERROR if that is not wanted."""
    raise NotImplementedError


def wait_for_idle(watch: Watch, server_id: str, timeout: float, *, role: Role = Role.MEMBER) -> WaitResult:
    """Wait until a server has no task."""
    raise NotImplementedError


def wait_for_gone(watch: Watch, server_id: str, timeout: float, *, role: Role = Role.MEMBER) -> WaitResult:
    """Wait until a server is not there any more (404), or is SOFT_DELETED."""
    raise NotImplementedError
