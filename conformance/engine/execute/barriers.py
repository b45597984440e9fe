"""Reasons, known without a request, why a run does not make a trial on its cloud."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.engine.api.lists import unlisted_collection
from conformance.engine.api.producers import form
from conformance.engine.cloud.faults import room_that_lacks
from conformance.engine.cloud.roles import BAD_TOKEN, NO_TOKEN, Sender
from conformance.engine.model.binding import Step
from conformance.engine.model.evidence import Evidence, Problem
from conformance.engine.model.setup import Prepared
from conformance.engine.model.trial import ProviderDependent, Trial, UnknownVersion
from conformance.engine.provision.context import RunContext

NOBODY: Mapping[str, Sender] = {"no-token": NO_TOKEN, "bad-token": BAD_TOKEN}
"""The roles of trials that need no credentials."""


def barrier(context: RunContext, trial: Trial) -> Problem | None:
    """The reason, known without a request, why this run does not make the trial on this cloud; None if it does."""
    operation = trial.request.operation
    needs = context.needs.get(operation.id) or context.needs_of(operation)
    version = trial.request.version or needs.version
    if trial.request.role not in NOBODY and trial.request.role not in context.role_names:
        return Problem("inapplicable", f"no credentials of the role {trial.request.role} were given")
    ceiling = context.cloud.microversions
    if version not in ceiling and UnknownVersion() not in trial.gates:
        reason = f"the cloud supports microversions {ceiling}, and the case needs {version}"
        return Problem("inapplicable", reason)
    forbidden = _forbidden(context, trial)
    if forbidden is not None:
        return Problem("inapplicable", forbidden)
    usual = trial.situation.state is not None and not trial.situation.environment
    if usual and trial.outcome.accepted is not False and any(context.resources.usual.values()):
        bounds = context.not_for_these(operation)
        if bounds is not None:
            return Problem("inapplicable", bounds)
    if context.sandbox:
        return None
    if (would_stay := _would_stay(context, trial)) is not None:
        return Problem("inapplicable", would_stay)
    # A request of which the reference is silent may be accepted, too.
    if trial.outcome.accepted is not False and needs.sandbox_only:
        reason = f"{operation.id} needs something that no API client can do; it is tried only in the sandbox"
        return Problem("inapplicable", reason)
    if ProviderDependent() in trial.gates:
        return Problem("inapplicable", "whether a cloud has what the value stands for is its provider's choice")
    return None


def _forbidden(context: RunContext, trial: Trial) -> str | None:
    """Why the guard refuses the request, or a step that sets a limit for it; None if it refuses neither."""
    guard, operations = context.cloud.guard, context.operations
    for operation in filter(None, (operations.get(step.operation) for step in limits(trial))):
        if reason := guard.forbids(operation.method, operation.path):
            return reason
    # A path that the case itself gives may name nothing, and nobody else has a thing at it.
    if trial.request.role in NOBODY or trial.situation.target != "own" or trial.request.path:
        return None
    return guard.forbids(trial.request.operation.method, trial.request.operation.path)


def _would_stay(context: RunContext, trial: Trial) -> str | None:
    """Why a PUT at a name of nothing may make a thing that no request removes; None if it makes nothing for good."""
    operation = trial.request.operation
    nothing = trial.situation.target in ("unknown", "missing") and trial.request.role not in NOBODY
    if context.service.described or not nothing or operation.method != "PUT" or not operation.path.endswith("}"):
        return None
    same = (one.method for one in context.operations.values() if form(one.path) == form(operation.path))
    unlisted = unlisted_collection(operation, context.operations, context.producers)
    if unlisted is None or "DELETE" in same:
        return None
    return (
        f"no operation of the reference lists, makes or removes things of /{unlisted}, and there is no description of "
        "the service, so the request may make one that stays"
    )


def limits(trial: Trial) -> list[Step]:
    """The steps before the request that set a limit: they alone name an operation that must show their effect."""
    return [step for setup in trial.setup if isinstance(setup, Prepared) for step in setup.steps if step.seen_by]


def room_lacking(evidence: Evidence) -> str | None:
    """The room that a trial could not be made for, because a quota of the project is used up; None if it had room."""
    if evidence.problem is None or evidence.problem.verdict == "error":
        return None
    return room_that_lacks(evidence.problem.reason)
