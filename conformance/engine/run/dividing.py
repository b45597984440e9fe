"""Divides a lane that still takes long, so that a thread without work makes a part of its trials on another resource.

On a cloud where a transition takes half a minute, the trials that make it last much longer than all others, and follow
each other on one resource. How long a transition takes, nobody knows before the run has made it once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.engine.cloud.waits import Waits
    from conformance.engine.model.trial import Trial
    from conformance.engine.run.jobs import Job

WORTH = 15.0
"""The seconds that a part must save at least: below them, a further resource costs the cloud more than it saves."""


def moves(trial: Trial) -> bool:
    """Whether a trial is expected to bring its resource into another status."""
    outcome = trial.outcome
    return bool(outcome.accepted and outcome.leads_to and outcome.leads_to[0] != trial.situation.state)


def part_of(pending: Sequence[Job], waits: Waits) -> list[Job]:
    """The trials of a lane that another thread should make; none if that saves too little.

    About half of the time that the transitions of the trials need, by what they took in this run so far. What a new
    resource takes is lost, so the part must last longer than that.

    Args:
        pending: the trials, in the order of the lane.
        waits: the waits of the run so far.
    """
    seconds = {id(job): waits.expected(job.trial.operation.id) for job in pending if moves(job.trial)}
    long = sorted((job for job in pending if seconds.get(id(job))), key=lambda job: seconds[id(job)], reverse=True)
    part = long[1::2]
    saved = sum(seconds[id(job)] for job in part) - waits.expected(waits.NEW)
    return part if saved >= WORTH else []


def length(lane: Sequence[Job]) -> tuple[int, int]:
    """How long a lane takes, as far as it is known: the number of its trials that make a transition, then of all."""
    return sum(moves(job.trial) for job in lane), len(lane)
