"""The threads of a run, which walk its lanes: each takes one after the other, until none is left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from conformance.engine.run.executors import Executors
from conformance.engine.run.jobs import Job
from conformance.engine.run.pending import Pending
from conformance.engine.run.queue import WAIT, Queue


@dataclass
class Workers:
    """The threads, and the lanes that wait for them. Safe to use from many threads.

    Attributes:
        queue: the lanes that wait.
        walk: walks a lane; True if others may follow on its resource. It returns a lane that it took and left.
        parallel: the most threads that walk lanes of the queue at a time.
        stopping: ends the run when it is set: no further lane is taken.
        alone: the lanes that begin when all others have ended.
        threads: all threads so far.
        working: the number of threads that walk lanes of the queue, or those that wait to be alone.
        open: the number of lanes that are walked.
    """

    queue: Queue
    walk: Callable[[list[Job], bool], list[Job]]
    parallel: int
    stopping: threading.Event
    alone: list[list[Job]] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    working: int = 0
    open: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, lanes: Iterable[list[Job]], alone: list[Job] | None, beside: list[Job] | None) -> None:
        """Let lanes be walked.

        Args:
            lanes: the lanes that ``parallel`` threads walk.
            alone: a lane that begins when all others have ended; None for none.
            beside: a lane that has a thread of its own; None for none.
        """
        with self._lock:
            if beside is not None:
                self.open += 1
                self._begin(self.walk, beside, False)
            if alone is not None:
                self.alone.append(alone)
            self.queue.add(lanes)
            self._begin_more()

    def _begin(self, work: Callable[..., object], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, name=f"lane-{len(self.threads)}", daemon=True)
        self.threads.append(thread)
        thread.start()

    def _begin_more(self) -> None:
        """Begin as many threads as may walk lanes, if so many lanes wait. The caller holds the lock."""
        for _ in range(min(self.parallel - self.working, len(self.queue) + len(self.alone))):
            self.working += 1
            self._begin(self._work)

    def _work(self) -> None:
        jobs = self._take()
        while jobs:
            jobs = self.walk(jobs, True) or self._take()

    def _take(self) -> list[Job]:
        """The next lane. If none is left, this thread ends, and ``add`` may begin another one in its place."""
        while True:
            if jobs := self.next():
                return jobs
            with self._lock:
                stopping = self.stopping.is_set()
                if self.queue and not stopping:
                    continue  # another thread has given some back meanwhile
                if not self.alone or stopping or self.working > 1:
                    self.working -= 1
                    self.queue.gone()
                    return []
                self.open += 1
                lane = self.alone.pop(0)
                others = [one for one in self.threads if one is not threading.current_thread()]
            for other in others:
                other.join()
            return lane

    def next(self, lane: Executors | None = None) -> list[Job]:
        """The lane that this thread should walk next, for which it may have to wait; [] if there is none.

        Args:
            lane: the lane whose resource the thread has; None if it has none. On a fast cloud none follows on it.
        """
        while not self.stopping.is_set():
            with self._lock:
                self.queue.gather()
                if not self.queue or (lane is not None and not self.queue.plans):
                    break
                if jobs := self.queue.take(self.working, lane):
                    self.open += 1
                    return jobs
                spare = lane is not None and self.queue.spare()
            if spare and lane is not None:
                lane.give_back()
            self.stopping.wait(WAIT)
        return []

    def walks(self, pending: Pending) -> None:
        """Note the trials that a thread is about to make (see ``Queue.walk``)."""
        with self._lock:
            self.queue.walk(pending)

    def share(self) -> None:
        """On a cloud that turned out to be slow, let other threads do pieces of the lanes that are walked."""
        if self.queue.plans:
            with self._lock:
                self.queue.gather()
                self._begin_more()

    def ended(self) -> bool:
        """Note that a lane was walked to its end. Returns whether it was the last one."""
        with self._lock:
            self.open -= 1
            return not (self.open or self.queue or self.alone)

    def left(self) -> None:
        """Note that this thread has left the resource of its lane."""
        with self._lock:
            self.queue.left()

    @property
    def active(self) -> bool:
        """Whether a thread runs."""
        with self._lock:
            return any(thread.is_alive() for thread in self.threads)
