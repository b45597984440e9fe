"""Divides a lane that still takes long, so that another thread makes a part of its trials on another resource.

On a cloud where a transition takes half a minute, the trials that make it last much longer than all others, and follow
each other on one resource.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.engine.model.trial import Trial
    from conformance.engine.provision.durations import Durations
    from conformance.engine.run.jobs import Job

WORTH = 15.0
"""The seconds that a part must save at least: below them, a further resource costs the cloud more than it saves."""

WORTH_AT_HAND = 6.0
"""The same where a resource is at hand that nobody uses: the part only costs the requests to bring it into statuses."""


def moves(trial: Trial) -> bool:
    """Whether a trial is expected to bring its resource into another status."""
    outcome = trial.outcome
    return bool(outcome.accepted and outcome.leads_to and outcome.leads_to[0] != trial.situation.state)


def part_of(
    pending: Sequence[Job], durations: Durations, at_hand: bool = False, busy: bool = False
) -> tuple[list[Job], float]:
    """The trials of a lane that another thread should make, and the seconds saved; none if that saves too little.

    About half of the time that the transitions of the trials need. What a new resource takes is lost, so the part must
    last longer than that.

    Args:
        pending: the trials, in the order of the lane.
        durations: the seconds that operations take.
        at_hand: True if a resource is there that nobody uses.
        busy: True if the lane has a trial under way beside these. Then the greater half is given away.
    """
    seconds = {id(job): durations.of(job.trial.operation.id) for job in pending if moves(job.trial)}
    long = sorted((job for job in pending if seconds.get(id(job))), key=lambda job: seconds[id(job)], reverse=True)
    part = long[(0 if busy else 1) :: 2]
    saved = sum(seconds[id(job)] for job in part) - (0.0 if at_hand else durations.new)
    return (part, saved) if saved >= (WORTH_AT_HAND if at_hand else WORTH) else ([], 0.0)


def length(lane: Sequence[Job]) -> tuple[int, int]:
    """How long a lane takes, as far as it is known: the number of its trials that make a transition, then of all."""
    return sum(moves(job.trial) for job in lane), len(lane)
