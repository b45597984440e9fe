"""Chooses the trial that follows in a lane."""

from __future__ import annotations

from collections.abc import Container, Sequence

from conformance.engine.execute.executor import Executor
from conformance.engine.model.trial import Trial
from conformance.engine.run.jobs import Job

FAR = 1000.0
"""The cost of a way to a status to which no way is known: more than that of any known one."""


def following(pending: Sequence[Job], executor: Executor) -> Job:
    """The next trial: one in the present status, or else one in the status with the cheapest way to it.

    Where the reference is silent, trials that are expected to be refused come first, since they share a look, and those
    that may change the status last. Trials after which the resource does not serve all others come after these: first
    those that were seen to take something from a resource, then those that set optional fields.

    Args:
        pending: the trials that are still to be made, in the order of the lane; at least one.
        executor: the executor of the lane.
    """
    context = executor.context
    least = min(wear(job.trial, context.spending) for job in pending)
    pending = [job for job in pending if wear(job.trial, context.spending) == least]
    status = executor.subject.status or context.service.under_test.initial_status
    here = (job for job in pending if job.trial.situation.state in (None, status))
    first = next(here, None)
    if first is not None and first.trial.outcome.accepted is None:
        alike = (job for job in (first, *here) if job.trial.setup == first.trial.setup)
        silent = [job for job in alike if job.trial.outcome.accepted is None]
        refused = (job for job in silent if executor.looks.expects_refusal(job.trial))
        calm = (job for job in silent if context.graph.is_calm(job.trial.operation.id))
        return next(refused, None) or next(calm, first)
    if first is not None:
        return first

    def distance(job: Job) -> float:
        way = context.graph.way(status, job.trial.situation.state or "", (), context.role_names, context.spending)
        return sum(edge.cost for edge in way) if way is not None else FAR

    return min(pending, key=distance)


def wear(trial: Trial, spending: Container[str]) -> int:
    """How much a trial wears the resource: 0 if it may serve all other trials afterwards."""
    if trial.outcome.accepted is False:
        return 0
    if trial.request.uses_optional_fields:
        return 2
    return int(trial.operation.id in spending and trial.outcome.accepted is True)
