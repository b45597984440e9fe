"""Failures on a cloud that makes resources of one environment only, where the promise is about the usual ones."""

from __future__ import annotations

from dataclasses import replace

from conformance.engine.api.types import type_name
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Judgement
from conformance.engine.provision.context import RunContext


def for_want_of_usual_ones(judgement: Judgement, case: Case, context: RunContext) -> Judgement:
    """The judgement of a case: inapplicable if it fails only because the cloud has no usual resources.

    That is so for a fact that the reference states for the usual environment alone, and for a field of which the
    description says that resources of the cloud's environment show it otherwise.

    Args:
        judgement: the judgement without regard to the environment.
        case: the case.
        context: the objects of the run; its ``environment`` is empty if the cloud makes usual resources.
    """
    if judgement.verdict != "fail" or case.trial.situation.environment or not (here := context.environment):
        return judgement
    known = context.service.under_test
    operation, line = case.trial.request.operation, case.requirement.source.line
    usual_only = any(
        condition.line == line and condition.when and condition.when.environment in known.usual_environments
        for condition in (*operation.preconditions, *operation.postconditions)
    )
    place: tuple[str, ...] = getattr(case.expectation, "place", ())
    shown = known.environments[here].shown_by
    otherwise = bool(place) and place[-1] in shown and judgement.observed == type_name(shown[place[-1]])
    if not (usual_only or otherwise):
        return judgement
    reason = f"this cloud makes each {context.kind.name} {here}, and the promise is about others: {judgement.reason}"
    return replace(judgement, verdict="inapplicable", reason=reason, deviation=None)
