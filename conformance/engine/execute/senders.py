"""The roles that send the request of a trial on this cloud."""

from __future__ import annotations

from conformance.engine.model.evidence import Evidence
from conformance.engine.model.trial import Trial, Twice
from conformance.engine.provision.context import RunContext
from conformance.engine.provision.elevation import FORBIDDEN


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


def kept_from_members(context: RunContext, trial: Trial, evidence: Evidence) -> bool:
    """Whether a member was refused a request that a role which this run lacks would send in its place."""
    other = trial.request.fallback_role
    refused = evidence.status == FORBIDDEN and evidence.role == trial.request.role
    return refused and other is not None and other not in context.role_names
