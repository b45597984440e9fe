"""The executors of one lane: one for each kind of resource under test that the operations of its trials name."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator

from conformance.engine.execute.executor import Executor
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.subject import Subject
from conformance.engine.run.jobs import Job
from specs.model import Operation


class Executors:
    """Gives the operations of a lane their executors, each of which is made when it is first needed.

    Args:
        context: the objects that all lanes share.
    """

    def __init__(self, context: RunContext) -> None:
        self._context = context
        self._made: dict[str, Executor] = {}

    def of(self, operation: Operation) -> Executor:
        """The executor for the trials of an operation: its resource under test is of the kind that the path names."""
        context = self._context.about(operation)
        kind = context.service.resource
        if kind not in self._made:
            self._made[kind] = Executor(context, Subject(context))
            self._made[kind].give_back = self.give_back
        return self._made[kind]

    def divided(self, jobs: Iterable[Job]) -> list[tuple[Executor, list[Job]]]:
        """The jobs of the lane by their executors, in the order of the first job of each; a part is in order, too."""
        parts: dict[str, tuple[Executor, list[Job]]] = {}
        for job in jobs:
            executor = self.of(job.trial.operation)
            parts.setdefault(executor.context.service.resource, (executor, []))[1].append(job)
        return list(parts.values())

    def suits(self, jobs: Iterable[Job]) -> bool:
        """Whether jobs need no resource of another kind than the lane has had so far."""
        return {self._context.about(job.trial.operation).service.resource for job in jobs} <= self._made.keys()

    def __iter__(self) -> Iterator[Executor]:
        return iter(tuple(self._made.values()))

    def statuses(self) -> list[str]:
        """The status of each resource that the lane has now, as last seen."""
        return [status for executor in self if (status := executor.subject.status)]

    def resources_made(self) -> Counter[str]:
        """The number of resources under test that the lane has made so far, by kind."""
        return Counter({executor.context.service.resource: executor.subject.resources_made for executor in self})

    def make_way(self) -> None:
        """Give the things of the lane back and wait, if the quota of the project does not suffice for all lanes."""
        if self._context.places.crowded:
            self.give_back()
            self._context.places.make_way()

    def give_back(self) -> None:
        """Give all things of the lane back. One resource under test may stand in the way of another.

        If no other lane holds things, the run keeps none of which others are made either: one may take the last room.
        """
        for executor in self:
            executor.discard()
        if self._context.places.alone:
            self._context.resources.give_commons_up()

    def leave(self) -> None:
        """Give the resources of the lane up at its end."""
        for executor in self:
            with contextlib.suppress(Exception):  # the journal lists a resource that is left
                executor.leave()
