"""Waiting: one poll for all servers in flight.

A crowd of pollers makes Nova slow: a listing of servers costs it about as much as any other request, however many
servers it shows. So one thread asks, for all threads that wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

from conformance.engine.cloud.roles import Role

if TYPE_CHECKING:
    from conformance.engine.cloud.client import Cloud

ServerView = dict[str, Any]
"""A server as GET /servers/detail shows it."""

Predicate = Callable[[ServerView | None], bool]
"""Whether to stop waiting; None stands for a server that is not there (404)."""

GONE = "DELETED"
"""The status that stands for a server that is not there."""

_GROWTH = 0.2
"""The pause between two polls, as a part of how long the youngest wait has lasted."""

_REST = 3.0
"""The pause between two polls at least, as a multiple of how long the last one took."""

_PAGES = 50


@dataclass(frozen=True)
class WaitResult:
    """How a wait ended.

    Attributes:
        statuses: distinct statuses in the order seen, from the beginning of the wait; "DELETED" if it was not there.
        server: as last seen; None if it was not there, or was never seen.
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


def state_of(view: ServerView | None) -> tuple[str, str | None]:
    """Status and task state of a server."""
    if view is None:
        return GONE, None
    return str(view.get("status", "")), view.get("OS-EXT-STS:task_state")


@dataclass(eq=False)
class _Wait:
    server_id: str
    predicate: Predicate
    role: Role
    since: float
    states: list[tuple[str, str | None]] = field(default_factory=list)
    view: ServerView | None = None
    done: bool = False
    failure: BaseException | None = None

    def see(self, view: ServerView | None) -> None:
        self.view = view
        state = state_of(view)
        if not self.states or self.states[-1] != state:
            self.states.append(state)
        try:
            self.done = bool(self.predicate(view))
        except BaseException as error:  # it belongs to the thread that waits
            self.failure, self.done = error, True

    def result(self, timed_out: bool, problem: str | None) -> WaitResult:
        statuses = [status for status, _ in self.states]
        distinct = [one for i, one in enumerate(statuses) if i == 0 or statuses[i - 1] != one]
        return WaitResult(
            tuple(distinct),
            self.view,
            timed_out,
            round(time.monotonic() - self.since, 3),
            tuple(self.states),
            problem if timed_out else None,
        )


class Watch:
    """One thread that polls for all threads that wait. Starts at the first wait.

    Args:
        shortest: seconds between two polls at first. A slow endpoint is asked less often: the pause is never shorter
            than three times what the last poll took, so the poll takes up a quarter of one connection at most.
        longest: what the pause grows to while nothing changes.
        microversion: to poll with. The oldest shows status and task state, and costs least.
    """

    def __init__(
        self,
        cloud: Cloud,
        *,
        shortest: float = 0.15,
        longest: float = 5.0,
        microversion: str | None = None,
    ) -> None:
        self._cloud = cloud
        self._shortest = shortest
        self._longest = longest
        self._microversion = microversion
        self._changed = Condition()
        self._waits: list[_Wait] = []
        self._fresh = False
        self._traces: dict[str, list[tuple[float, str, str | None]]] = {}
        self._problem: str | None = None
        self._thread: Thread | None = None
        self._closed = False
        self._started = time.monotonic()

    def until(self, server_id: str, predicate: Predicate, timeout: float, *, role: Role = Role.MEMBER) -> WaitResult:
        """Wait until the predicate holds of a view that was asked for after this call, or the time is over.

        Args:
            server_id: of the server.
            predicate: called in the thread of the poll; it should do nothing but look.
            timeout: in seconds.
            role: who asks; the server must be in its project.

        Raises:
            RoleMissing: the run does not have the role.
            Exception: what the predicate raised.
        """
        wait = _Wait(server_id, predicate, role, time.monotonic())
        with self._changed:
            if self._closed:
                return wait.result(True, "the watch was closed")
            if self._thread is None:
                self._thread = Thread(target=self._run, name="conformance-watch", daemon=True)
                self._thread.start()
            self._waits.append(wait)
            self._fresh = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: wait.done or self._closed, timeout)
            if wait in self._waits:
                self._waits.remove(wait)
            if wait.failure is not None:
                raise wait.failure
            return wait.result(not wait.done, self._problem)

    def trace(self, server_id: str) -> tuple[tuple[float, str, str | None], ...]:
        """Every distinct (seconds since the start of the watch, status, task state) seen of a server."""
        with self._changed:
            return tuple(self._traces.get(server_id, ()))

    def states_seen(self) -> frozenset[tuple[str, str | None]]:
        """Every distinct (status, task state) seen of any server."""
        with self._changed:
            return frozenset((status, task) for trace in self._traces.values() for _, status, task in trace)

    def close(self) -> None:
        """Stop the thread; waits that still go on end as timed out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(timeout=5)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waits) or self._closed)
                if self._closed:
                    return
                asked: dict[Role, set[str]] = {}
                for wait in self._waits:
                    asked.setdefault(wait.role, set()).add(wait.server_id)
                self._fresh = False
            started = time.monotonic()
            news = False
            for role, ids in asked.items():
                begun = time.monotonic()
                try:
                    views = self._look(role, ids)
                except Exception as error:
                    self._fail(role, error)
                    continue
                news = self._tell(role, views, begun) or news
            took = time.monotonic() - started
            with self._changed:
                # By the age of the youngest wait: one that has just begun is not to suffer from one that lasts.
                youngest = min((time.monotonic() - wait.since for wait in self._waits), default=0.0)
                pause = self._shortest if news else min(max(self._shortest, youngest * _GROWTH), self._longest)
                # A new wait has a poll soon, but not at once: others may join it.
                due = time.monotonic() + max(pause, _REST * took)
                soon = time.monotonic() + max(self._shortest, _REST * took)
                while not self._closed and time.monotonic() < (soon if self._fresh else due):
                    self._changed.wait((soon if self._fresh else due) - time.monotonic())

    def _look(self, role: Role, ids: set[str]) -> dict[str, ServerView | None]:
        """How the servers are now. One that could not be looked at is left out."""
        views: dict[str, ServerView | None] = {}
        # For a single server its own GET costs less than a listing.
        if len(ids) > 1:
            views.update((id_, view) for id_, view in self._listing(role).items() if id_ in ids)
        # The listing leaves out what is SOFT_DELETED, and what had its name changed.
        for id_ in sorted(ids - set(views)):
            answer = self._cloud.get(f"/servers/{quote(id_, safe='')}", role=role, microversion=self._microversion)
            if answer.status == 404:
                views[id_] = None
            elif answer.ok and isinstance(answer.json, dict) and isinstance(answer.json.get("server"), dict):
                views[id_] = answer.json["server"]
            else:
                self._note(answer.error or f"GET /servers/{id_} gave {answer.status}")
        return views

    def _listing(self, role: Role) -> dict[str, ServerView]:
        views: dict[str, ServerView] = {}
        query: tuple[tuple[str, str], ...] = (("name", self._cloud.prefix),)
        for _ in range(_PAGES):
            answer = self._cloud.get("/servers/detail", role=role, microversion=self._microversion, query=query)
            if not answer.ok or not isinstance(answer.json, dict):
                self._note(answer.error or f"GET /servers/detail gave {answer.status}")
                break
            page = [one for one in answer.json.get("servers") or () if isinstance(one, dict) and "id" in one]
            views.update((one["id"], one) for one in page)
            links = answer.json.get("servers_links") or ()
            following = next((one.get("href", "") for one in links if one.get("rel") == "next"), "")
            marker = parse_qs(urlsplit(following).query).get("marker")
            if not page or not marker:
                break
            # The link may lead to a host that cannot be reached from here: only its marker is used.
            query = (("name", self._cloud.prefix), ("marker", marker[0]))
        return views

    def _tell(self, role: Role, views: dict[str, ServerView | None], begun: float) -> bool:
        """Show the views to all who wait for them; whether any was new."""
        news = False
        with self._changed:
            for id_, view in views.items():
                status, task = state_of(view)
                trace = self._traces.setdefault(id_, [])
                if not trace or trace[-1][1:] != (status, task):
                    trace.append((round(begun - self._started, 3), status, task))
                    news = True
            for wait in list(self._waits):
                if wait.role is role and wait.since <= begun and wait.server_id in views:
                    wait.see(views[wait.server_id])
                    if wait.done:
                        self._waits.remove(wait)
            self._changed.notify_all()
        return news

    def _fail(self, role: Role, error: BaseException) -> None:
        """Hand an error of ours to those who asked for it."""
        with self._changed:
            for wait in [wait for wait in self._waits if wait.role is role]:
                wait.failure, wait.done = error, True
                self._waits.remove(wait)
            self._changed.notify_all()

    def _note(self, problem: str) -> None:
        with self._changed:
            self._problem = problem
