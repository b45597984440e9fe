"""The roles that send the request of a trial on this cloud."""

from __future__ import annotations

from dataclasses import replace

from conformance.engine.cloud.faults import message_in, names_policy
from conformance.engine.model.evidence import Evidence, Judgement
from conformance.engine.model.trial import Trial, Twice
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elevation import FORBIDDEN

CLOSED = "every role of this run is refused with 403, and the provider chooses who may do this"
"""The beginning of the reason why a trial on a cloud of another policy decides nothing."""


def roles_of(context: RunContext, trial: Trial) -> tuple[str, ...]:
    """The roles that send the request, in order: each is used if the one before was refused with 403."""
    template, given = trial.request, context.role_names
    if template.fallback_role and elevation_key(trial) in context.elevated:
        return (template.fallback_role,)
    fallback = "admin" if isinstance(trial.exchange, Twice) else template.fallback_role
    return (template.role, fallback) if fallback in given and template.role == "member" else (template.role,)


def elevation_key(trial: Trial) -> str:
    """The key under which a refusal to members is noted.

    It is that of the trial if the request has optional fields: the operation may be open to members without them.
    """
    return trial.key if trial.request.uses_optional_fields else trial.request.operation.id


def by_policy(context: RunContext, trial: Trial, evidence: Evidence) -> str | None:
    """The reason why a trial that must be accepted decides nothing: the policy of the cloud may forbid it."""
    if evidence.problem is not None or evidence.status != FORBIDDEN:
        return None
    other = trial.request.fallback_role
    if evidence.role == trial.request.role and other is not None and other not in context.role_names:
        return (
            f"members are refused {trial.operation.id} on this cloud with 403, and the reference names no role that "
            "every cloud must allow to do it: give the credentials of an administrator too"
        )
    return closed(context, trial, evidence) if trial.outcome.accepted else None


def closed(context: RunContext, trial: Trial, evidence: Evidence) -> str | None:
    """The reason why a refusal says nothing of the cloud: its provider may have closed the operation to all roles.

    That is so where the reference leaves to the provider who may do it, or names no role, and nobody has said that the
    cloud keeps the documented defaults. Then a refusal because of the policy also comes before any other. A 403 that is
    not listed must say that it is one because of the policy.
    """
    role, policy = evidence.role or trial.request.role, trial.operation.policy
    highest = role == "admin" or (role == trial.request.role == "member" and "admin" not in context.role_names)
    free = not context.default_policy and (policy is None or policy.provider_may_change)
    said = message_in(evidence.body)
    known = FORBIDDEN in evidence.listed() or names_policy(said)
    if evidence.status != FORBIDDEN or not known or not highest or not free:
        return None
    return f"{CLOSED}{f' ({said})' if said else ''}: with --default-policy this counts"


def for_want_of_leave(judgement: Judgement, evidence: Evidence, context: RunContext) -> Judgement:
    """The judgement of a case: inapplicable if the cloud refuses each role, where another refusal was expected."""
    if judgement.verdict != "fail" or judgement.observed != str(FORBIDDEN):
        return judgement
    why = closed(context, evidence.trial, evidence)
    return replace(judgement, verdict="inapplicable", reason=why, deviation=None) if why else judgement
