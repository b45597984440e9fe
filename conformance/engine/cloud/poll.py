"""Waits for the statuses of things, by one poll for all things of a kind.

Many pollers would make a cloud slow, and a list costs it about as much as any other request. So one thread asks for all
threads that wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Condition, Event, Thread
from typing import TYPE_CHECKING

from conformance.engine.cloud.kinds import Kind, View
from conformance.engine.cloud.lookout import Lookout, Sight
from conformance.engine.cloud.pauses import LATE, chosen, rested, wished
from conformance.engine.cloud.purpose import serving
from conformance.engine.cloud.roles import Role
from specs.record.purposes import Purpose

if TYPE_CHECKING:
    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.shared_lists import SharedLists

Predicate = Callable[[View | None], bool]
"""Tells by a view whether to stop waiting; the view is None if the thing does not exist."""

BLIND = 15.0
"""Seconds after which a wait ends if the cloud answers no request for the thing in a readable way."""

STILL_BLIND = 0.2
"""The part of these seconds that is left to a wait while nothing could be seen since an earlier wait ended so."""

JOINING = 0.5
"""The pause from the start of a wait to the first look for it, as a part of the shortest pause between two looks."""

_STOP = 0.5
"""The seconds after which a wait notices the stop of the run."""


@dataclass(frozen=True)
class WaitResult:
    """The outcome of a wait.

    Attributes:
        statuses: the statuses seen since the start of the wait, in order, without repetition; GONE if the thing did not
            exist.
        view: the last view of the thing; None if it did not exist, or was never seen.
        timed_out: True if the predicate did not hold in time.
        seconds: the duration in seconds.
        states: the statuses, each with the task.
        problem: the last failure of the poll itself; None unless the wait timed out after one.
    """

    statuses: tuple[str, ...]
    view: View | None
    timed_out: bool
    seconds: float
    states: tuple[tuple[str, str | None], ...] = ()
    problem: str | None = None

    @property
    def status(self) -> str:
        """The last status seen; "" if none was."""
        return self.statuses[-1] if self.statuses else ""


@dataclass(eq=False)
class _Wait:
    kind: Kind
    id: str
    predicate: Predicate
    role: Role
    since: float
    expected: float = 0.0
    blindness: float = BLIND
    states: list[tuple[str, str | None]] = field(default_factory=list)
    view: View | None = None
    done: bool = False
    failure: BaseException | None = None
    blind_since: float | None = None

    @property
    def ended(self) -> bool:
        """Whether the predicate holds, or the thing could not be looked at for too long."""
        return self.done or (self.blind_since is not None and time.monotonic() - self.blind_since > self.blindness)

    def wish(self, looked: float, shortest: float, longest: float, known: bool) -> float:
        """The seconds from the last look at things of the kind to the next one that would be best for this wait.

        Args:
            looked: the time of the last look.
            shortest: the least seconds between two looks.
            longest: the longest pause.
            known: whether it is known of each wait how long it is likely to take.
        """
        if looked >= self.since:
            return wished(looked - self.since, self.expected, longest, known)
        first = max(JOINING * shortest, wished(0.0, self.expected, longest, known))  # others may join it
        return self.since - looked + first

    def patience(self, now: float) -> float:
        """The seconds until the end that is expected; infinite if none is, or if it should have come long ago."""
        so_far = max(now - self.since, 0.0)
        return max(self.expected - so_far, 0.0) if so_far < LATE * self.expected else float("inf")

    def miss(self) -> None:
        """Note that the thing could not be looked at."""
        self.blind_since = self.blind_since or time.monotonic()

    def see(self, view: View | None) -> None:
        self.view, self.blind_since = view, None
        state = self.kind.state_of(view)
        if not self.states or self.states[-1] != state:
            self.states.append(state)
        try:
            self.done = bool(self.predicate(view))
        except BaseException as error:  # the error goes to the thread that waits
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
    """Polls, in one thread for each kind of thing, for all threads that wait. The thread starts at the first wait.

    Args:
        cloud: the client of the cloud.
        kind: the kind of the things in the poll; things of other kinds have polls of their own.
        shortest: the least seconds for each request of the polls of all processes of the run. For a slow endpoint the
            pause is at least three times the duration of the last poll, so that the poll uses at most a quarter of one
            connection.
        longest: the seconds to which the pause grows while nothing changes.
        microversion: the microversion of the poll. The oldest one shows status and task, and costs least.
        lists: the lists that the processes of the run share; None in a run of one process.
    """

    def __init__(
        self,
        cloud: Cloud,
        kind: Kind | None = None,
        *,
        shortest: float = 0.15,
        longest: float = 3.0,
        microversion: str | None = None,
        lists: SharedLists | None = None,
    ) -> None:
        self._cloud = cloud
        self.kind = kind or cloud.profile.kind(next(iter(cloud.profile.watched), ""))
        self._lookout = Lookout(cloud, self.kind, microversion, lists)
        self._shortest = shortest
        self._lists = lists
        self._longest = longest
        self._microversion = microversion
        self._changed = Condition()
        self._waits: list[_Wait] = []
        self._blind = False
        self._traces: dict[str, list[tuple[float, str, str | None]]] = {}
        self._thread: Thread | None = None
        self._closed = False
        self._started = time.monotonic()
        self._others: dict[str, Watch] = {}

    def until(
        self,
        id_: str,
        predicate: Predicate,
        timeout: float,
        *,
        role: Role = Role.MEMBER,
        kind: Kind | None = None,
        stopping: Event | None = None,
        expected: float = 0.0,
    ) -> WaitResult:
        """Wait until the predicate holds for a view that was requested after this call, or the time is over.

        Args:
            id_: the id of the thing.
            predicate: a quick function without side effects; the thread of the poll calls it.
            timeout: the longest wait, in seconds.
            role: the role that asks; the thing must be in its project.
            kind: the kind of the thing; None for the kind of the watch. Each kind has a poll of its own.
            stopping: the event that ends the run and the wait; None if the predicate ends the wait then, or nothing.
            expected: the seconds that such a wait took before; 0 if nobody knows. Towards its end the poll is more
                frequent, so that the end is noticed soon.

        Raises:
            RoleMissing: the run does not have the role.
            Exception: an error of the predicate.
        """
        if kind is not None and kind.name != self.kind.name:
            return self._of(kind).until(id_, predicate, timeout, role=role, stopping=stopping, expected=expected)
        blindness = BLIND * (STILL_BLIND if self._blind else 1)
        waiting = _Wait(self.kind, id_, predicate, role, time.monotonic(), expected, blindness)
        with self._changed:
            if self._closed:
                return waiting.result(True, "the watch was closed")
            if self._thread is None:
                self._thread = Thread(target=self._run, name="conformance-watch", daemon=True)
                self._thread.start()
            self._waits.append(waiting)
            self._changed.notify_all()
            self._await(waiting, timeout, stopping)
            self._blind = waiting.blind_since is not None
            if waiting in self._waits:
                self._waits.remove(waiting)
            if waiting.failure is not None:
                raise waiting.failure
            return waiting.result(not waiting.done, self._cloud.lost or self._lookout.problem)

    def _await(self, waiting: _Wait, timeout: float, stopping: Event | None) -> None:
        """Wait, with the lock held, until a wait has ended, the time is over, or nothing more is to be seen."""

        def over() -> bool:
            return waiting.ended or self._closed or bool(self._cloud.lost)

        deadline = time.monotonic() + timeout
        while not over() and (left := deadline - time.monotonic()) > 0:
            if stopping is not None and stopping.is_set():
                return
            self._changed.wait(left if stopping is None else min(left, _STOP))

    def _of(self, kind: Kind) -> Watch:
        """The watch of another kind, which has a poll of its own."""
        with self._changed:
            if kind.name not in self._others:
                version = self._microversion if kind.name in self._cloud.profile.watched else None
                if kind.factory is not None and kind.factory.microversion:
                    version = kind.factory.microversion
                pauses = {"shortest": self._shortest, "longest": self._longest}
                other = Watch(self._cloud, kind, **pauses, microversion=version, lists=self._lists)
                other._closed = self._closed
                self._others[kind.name] = other
            return self._others[kind.name]

    def trace(self, id_: str) -> tuple[tuple[float, str, str | None], ...]:
        """The seconds since the start of the watch, status and task of a thing, for each change that was seen."""
        with self._changed:
            return tuple(self._traces.get(id_, ()))

    def waiting(self) -> list[tuple[str, str, str | None, float]]:
        """Each thing that some thread waits for now: its kind, status and task as last seen, and the seconds so far."""
        now = time.monotonic()
        with self._changed:
            return [
                (one.kind.name, *(one.states[-1] if one.states else ("", None)), now - one.since) for one in self._waits
            ]

    def states_seen(self) -> frozenset[tuple[str, str | None]]:
        """Every status and task that was seen of any thing."""
        with self._changed:
            return frozenset((status, task) for trace in self._traces.values() for _, status, task in trace)

    def close(self) -> None:
        """Stop the thread. Waits that still go on end as timed out."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            thread, others = self._thread, list(self._others.values())
        for other in others:
            other.close()
        if thread is not None:
            thread.join(timeout=5 if self._cloud.lost is None else 0)

    def _run(self) -> None:
        with serving(Purpose.POLLING):
            self._poll()

    def _poll(self) -> None:
        pace = self._lookout.pace(self._shortest)
        looked, shortest, took, news = time.monotonic() - pace, pace, 0.0, False
        while True:
            with self._changed:
                while not self._closed and (due := self._due(looked, shortest, took, news)) > time.monotonic():
                    self._changed.wait(due - time.monotonic() if self._waits else None)
                if self._closed:
                    return
                asked: dict[Role, list[_Wait]] = {}
                for waiting in self._waits:
                    asked.setdefault(waiting.role, []).append(waiting)
            news, sent, took = False, 0, 0.0
            for role, waits in asked.items():
                since = max(one.since for one in waits)
                try:
                    sight = self._lookout.look(role, {one.id for one in waits}, since, pace)
                except Exception as error:  # whoever waits is told, and the poll goes on for the others
                    self._fail(role, error)
                    continue
                sent, took = sent + sight.sent, took + sight.seconds
                news = self._tell(waits, sight) or news
            looked, shortest = time.monotonic(), pace * max(1, sent)
            with self._changed:
                if self._cloud.lost:
                    self._changed.notify_all()

    def _due(self, looked: float, shortest: float, took: float, news: bool) -> float:
        """The time of the next look, by the waits that there are now; infinite if there is none.

        Args:
            looked: the time of the last look.
            shortest: the least seconds from it to the next.
            took: its duration in seconds.
            news: whether it has shown a change.
        """
        if not self._waits:
            return float("inf")
        known = all(one.expected for one in self._waits)
        wishes = [one.wish(looked, shortest, self._longest, known) for one in self._waits]
        pause = chosen(wishes, shortest) if known or not news else shortest
        return looked + rested(pause, min(one.patience(looked) for one in self._waits), took)

    def _tell(self, waits: Sequence[_Wait], sight: Sight) -> bool:
        """Give the views of a look to the waits for which it was made. True if any view was new."""
        news = False
        with self._changed:
            for id_, view in sight.views.items():
                status, task = self.kind.state_of(view)
                trace = self._traces.setdefault(id_, [])
                if not trace or trace[-1][1:] != (status, task):
                    trace.append((round(sight.begun - self._started, 3), status, task))
                    news = True
            # A wait that has begun meanwhile is not among them: it was not looked for, and the views may be older.
            for waiting in [one for one in waits if one in self._waits]:
                if waiting.id not in sight.views:
                    waiting.miss()
                else:
                    waiting.see(sight.views[waiting.id])
                    if waiting.done:
                        self._waits.remove(waiting)
            self._changed.notify_all()
        return news

    def _fail(self, role: Role, error: BaseException) -> None:
        """End the waits of a role with an error of this suite."""
        with self._changed:
            for waiting in [one for one in self._waits if one.role is role]:
                waiting.failure, waiting.done = error, True
                self._waits.remove(waiting)
            self._changed.notify_all()
