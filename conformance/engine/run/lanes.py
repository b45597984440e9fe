"""Lanes: trials that share a resource, and their order on this resource.

The lane of a trial depends on the trial alone, so that the processes of a run need not agree on it. The name of a lane
is the status in which its trials start. A trial that starts in the initial status and leads to another one belongs to
the lane of that other status. Trials that start and end in the initial status are most of the work: they are divided
over a few lanes by their operation. Each environment and each transition that is kept under way has a lane of its own.
If a service has several kinds of resources with statuses, the name of a lane begins with the kind, but for the first.
"""

from __future__ import annotations

import zlib

from conformance.engine.api.producers import SAFE
from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.setup import Existing, Locked, Prepared, UnderWay
from conformance.engine.model.trial import Trial

HOME_LANES = 4
"""The number of lanes for the initial status: enough for two processors, and few enough to share resources."""

NO_RESOURCE = "none"
"""The lane of trials that need no resource under test; also the start of the names of similar lanes."""

ALONE = "alone"
"""The lane of trials that change settings which all lanes share: it begins when the other lanes have ended."""


def lane_of(trial: Trial, service: ServiceDescription) -> str:
    """The name of the lane of a trial."""
    state = trial.situation.state
    if service.is_alone(trial.request.operation.id) and (
        trial.outcome.accepted is not False or service.steps_before_refusal(trial)
    ):
        return ALONE
    if any(service.is_alone(step.operation) for setup in trial.setups(Prepared) for step in setup.steps):
        return ALONE
    if state is None:
        if trial.situation.target == "unknown" or trial.request.operation.method in SAFE:
            return NO_RESOURCE
        return f"{NO_RESOURCE}-{trial.request.operation.path.split('/')[1]}"
    about = service.about(trial.request.operation)
    lane = _in_status(trial, state, about.under_test.initial_status)
    return lane if about.resource == service.resource else f"{about.resource}-{lane}"


def _in_status(trial: Trial, state: str, initial: str) -> str:
    """The name of the lane of a trial that needs a resource in a status."""
    if under_way := trial.setups(UnderWay):
        return under_way[0].status
    if trial.situation.environment:
        return trial.situation.environment
    if state != initial:
        return state
    if trial.outcome.accepted and trial.outcome.leads_to and trial.outcome.leads_to[0] != initial:
        return trial.outcome.leads_to[0]
    operation = trial.request.operation
    # Operations on the elements below the resource share these elements.
    family = operation.id if operation.action else "/".join(operation.path.split("/")[3:4])
    return f"{state}-{zlib.crc32(family.encode()) % HOME_LANES + 1}"


def order(trial: Trial, service: ServiceDescription) -> tuple[int, str, str]:
    """The place of a trial among the trials that wait in the same status: the smallest first.

    Requests that must be refused leave the resource unchanged, and come first; those that are refused only because of
    their sender are looked up in more places, and so follow each other. Then come accepted requests that keep
    the status, requests on which the reference is silent, requests that change the status, and requests that may
    change more than the status. All trials of an operation within one of these groups follow each other.
    """
    operation, outcome, locked = trial.request.operation, trial.outcome, Locked() in trial.setup
    if operation.id in service.tried_last and outcome.accepted is not False:
        rank = 9
    elif outcome.accepted is False:
        rank = 2 if locked else int(outcome.refused_for == "sender")
    elif locked:
        rank = 3
    elif trial.setups(UnderWay) and operation.method in SAFE:
        rank = 3  # an accepted request of another method may end the transition
    elif trial.setups(UnderWay) and operation.id == service.under_test.lock:
        rank = 9  # a locked resource serves no other trial
    elif outcome.accepted is None:
        rank = 5
    elif trial.request.uses_optional_fields:
        rank = 7
    elif not outcome.leads_to or outcome.leads_to[0] == trial.situation.state:
        rank = 4
    else:
        rank = 6
    # After a lock all others have to unlock. Trials that need the same things to exist share these and the resource.
    turns = (service.under_test.lock, service.under_test.unlock)  # in this order: what was locked is to be unlocked
    late = "~~" if trial.setups(Existing) else f"~{turns.index(operation.id)}" if operation.id in turns else ""
    return rank, f"{late}{operation.id}", trial.key
