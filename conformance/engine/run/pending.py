"""The trials of a lane that a thread is walking and has not begun yet. Other threads may take some of them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from conformance.engine.run.following import turn
from conformance.engine.run.jobs import Job, in_order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from conformance.engine.execute.executor import Executor


class Pending:
    """The trials that are left of a lane. Safe to use from many threads.

    Args:
        jobs: the trials in order.
        deviating: the ids of cases that are expected to fail. Their trials come late (see ``turn``).
    """

    def __init__(self, jobs: Sequence[Job], deviating: Collection[str] = ()) -> None:
        self._deviating = frozenset(deviating)
        # By identity, so that nobody looks through a lane of a thousand trials to take one out.
        self._usual = _by_identity(job for job in jobs if not self.is_late(job))
        self._late = _by_identity(job for job in jobs if self.is_late(job))
        # Some lanes have a thousand such trials, and are not looked through for others after each of them.
        self._bare = all(job.trial.situation.state is None for job in jobs)
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        """Whether a trial is left."""
        with self._lock:
            return bool(self._usual or self._late)

    def is_late(self, job: Job) -> bool:
        """Whether a case of a trial is expected to fail."""
        return not self._deviating.isdisjoint(job.ids)

    def every(self) -> list[Job]:
        """All trials that nobody has begun or taken."""
        with self._lock:
            return [*self._usual.values(), *self._late.values()]

    def begin(self, executor: Executor) -> Job | None:
        """Take the trial that is to follow; None if none is left.

        Args:
            executor: the executor of the lane.
        """
        while True:
            with self._lock:
                usual, late = list(self._usual.values()), list(self._late.values())
            if not (usual or late):
                return None
            job = turn(usual, late, executor, bare=self._bare)
            with self._lock:
                if self._drop(job):  # otherwise another thread has taken it
                    return job

    def take(self, jobs: Iterable[Job]) -> list[Job]:
        """Take some trials. Those that somebody else has taken are left out of the answer."""
        wanted = {id(job) for job in jobs}
        with self._lock:
            taken = [job for job in (*self._usual.values(), *self._late.values()) if id(job) in wanted]
            for job in taken:
                self._drop(job)
        return taken

    def _drop(self, job: Job) -> bool:
        """Take a trial out, and return whether it was still there. The caller holds the lock."""
        return (self._late if self.is_late(job) else self._usual).pop(id(job), None) is not None

    def put_back(self, jobs: Sequence[Job], executor: Executor) -> None:
        """Let trials be made again, each in its place.

        Args:
            jobs: the trials.
            executor: the executor of the lane.
        """
        if not jobs:
            return
        context = executor.context
        with self._lock:
            usual = [*self._usual.values(), *(job for job in jobs if not self.is_late(job))]
            late = [*self._late.values(), *(job for job in jobs if self.is_late(job))]
            self._usual = _by_identity(in_order(usual, context))
            self._late = _by_identity(in_order(late, context))


def _by_identity(jobs: Iterable[Job]) -> dict[int, Job]:
    return {id(job): job for job in jobs}
