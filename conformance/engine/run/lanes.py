"""Lanes: the trials that share a resource, and their order on it.

A lane is a function of the trial alone, so that processes that share a run agree on it without a word. Its name is the
status that its trials start from, or lead to: the way into a status is itself a case of the lane. What starts and ends
in the first status is divided over a few lanes by its operation, since it is most of the work. What is about resources
of another environment has a lane of its own in each.
"""

from __future__ import annotations

import zlib

from conformance.engine.api.producers import SAFE
from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.setup import Locked, Prepared
from conformance.engine.model.trial import Trial

HOME_LANES = 4
"""Lanes for the first status: enough for two processors and a cloud's latency, few enough to share resources."""

NO_RESOURCE = "none"
"""The lane of trials that need no resource of the run."""

ALONE = "alone"
"""The lane of trials that change things that all lanes share: it begins when the other lanes have ended."""


def lane_of(trial: Trial, service: ServiceDescription) -> str:
    """The lane of a trial."""
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
    if trial.situation.environment:
        return trial.situation.environment
    if state != service.under_test.initial_status:
        return state
    if (
        trial.outcome.accepted
        and trial.outcome.leads_to
        and trial.outcome.leads_to[0] != service.under_test.initial_status
    ):
        return trial.outcome.leads_to[0]
    operation = trial.request.operation
    # Things below the resource are shared by the operations on them.
    family = operation.id if operation.action else "/".join(operation.path.split("/")[3:4])
    return f"{state}-{zlib.crc32(family.encode()) % HOME_LANES + 1}"


def order(trial: Trial, service: ServiceDescription) -> tuple[int, str, str]:
    """Where a trial stands among those that wait in the same status.

    Refusals leave the resource alone and come first; then what the reference is silent of, what comes back to the same
    status, what leads away, and last what may change more than the status. Versions follow each other, so that
    requests of one operation are neighbours.
    """
    operation, outcome, locked = trial.request.operation, trial.outcome, Locked() in trial.setup
    if operation.id in service.tried_last and outcome.accepted is not False:
        rank = 9
    elif outcome.accepted is False:
        rank = 1 if locked else 0
    elif locked:
        rank = 2
    elif outcome.accepted is None:
        rank = 4
    elif trial.request.uses_optional_fields:
        rank = 6
    elif not outcome.leads_to or outcome.leads_to[0] == trial.situation.state:
        rank = 3
    else:
        rank = 5
    return rank, operation.id, trial.key
