"""Waiting: one poll for all servers in flight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TYPE_CHECKING

from conformance.engine.cloud.roles import Role

if TYPE_CHECKING:
    from conformance.engine.cloud.client import Cloud

ServerView = dict[str, Any]
"""A server as GET /servers/detail shows it."""

Predicate = Callable[[ServerView | None], bool]
"""Whether to stop waiting; None stands for a server that is not there (404)."""


@dataclass(frozen=True)
class WaitResult:
    """How a wait ended.

    Attributes:
        statuses: distinct statuses in the order seen, from the beginning of the wait; "DELETED" if it was not there.
        server: as last seen; None if it was not there.
        seconds: how long it took.
        states: as ``statuses``, with the task state.
        problem: the last trouble of the poll itself, if it timed out and there was any.
    """

    statuses: tuple[str, ...]
    server: ServerView | None
    timed_out: bool
    seconds: float
    states: tuple[tuple[str, str | None], ...] = ()
    problem: str | None = None

    @property
    def status(self) -> str:
        """The last status seen, or "" if none was."""
        return self.statuses[-1] if self.statuses else ""


class Watch:
    """One thread that polls for all threads that wait. Starts at the first wait."""

    def __init__(
        self, cloud: Cloud, *, shortest: float = 0.15, longest: float = 5.0, microversion: str | None = None
    ) -> None:
        raise NotImplementedError

    def until(
        self, server_id: str, predicate: Predicate, timeout: float, *, role: Role = Role.MEMBER
    ) -> WaitResult:
        """Wait until the predicate holds of a view that was asked for after this call, or the time (seconds) is over."""
        raise NotImplementedError

    def trace(self, server_id: str) -> tuple[tuple[float, str, str | None], ...]:
        """Every distinct (seconds since the start of the watch, status, task_state) seen of a server."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop the thread; waits that still go on end as timed out."""
        raise NotImplementedError
