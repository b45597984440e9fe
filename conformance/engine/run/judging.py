"""Judges the cases of a trial by its evidence, and makes their results."""

from __future__ import annotations

from collections.abc import Sequence

from conformance.engine.api.lists import unlisted_collection
from conformance.engine.execute.environment import for_want_of_usual_ones
from conformance.engine.execute.executor import FIRST_REFUSAL
from conformance.engine.execute.senders import for_want_of_leave
from conformance.engine.judge.missing import for_want_of_a_part
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence, Judgement
from conformance.engine.provision.context import RunContext
from conformance.engine.run.jobs import Job
from conformance.engine.run.undescribed import doubted
from specs.record.model import Deviation, Result

Judged = tuple[Case, Evidence, Judgement]
"""A case, the evidence of its trial, and the judgement on it."""


def judged(cases: Sequence[Case], evidence: Evidence, context: RunContext) -> list[Judged]:
    """Judge cases that share a trial by its evidence."""
    return [(case, evidence, _applicable(_judge(case, evidence), case, evidence, context)) for case in cases]


def _applicable(judgement: Judgement, case: Case, evidence: Evidence, context: RunContext) -> Judgement:
    """The judgement of a case; another one if the cloud lacks an optional part, or if the request may be wrong."""
    if judgement.verdict == "pass":
        return judgement
    judgement = for_want_of_a_part(judgement, evidence, context.service.profile.missing_parts)
    judgement = for_want_of_leave(judgement, evidence, context)
    judgement = for_want_of_usual_ones(judgement, case, context)
    if context.service.described:
        return judgement
    unlisted = unlisted_collection(case.operation, context.operations, context.producers)
    return doubted(judgement, case, evidence, unlisted)


def _judge(case: Case, evidence: Evidence) -> Judgement:
    if evidence.problem is not None:
        return Judgement(evidence.problem.verdict, "not tried", evidence.problem.reason)
    try:
        judgement = case.expectation.judge(evidence)
        if case.fault is None or judgement.verdict != "pass" or (evidence.status or 0) < FIRST_REFUSAL:
            return judgement
        shape = case.fault.judge(evidence)
        return shape if shape.verdict == "fail" else judgement
    except Exception as error:  # a defect of this suite gives this case the verdict error
        return Judgement("error", "not judged", fault(error))


def fault(error: Exception) -> str:
    """The reason of a verdict of which a defect of this suite is the cause."""
    return f"this suite failed: {type(error).__name__}: {error}"


def result_of(case: Case, evidence: Evidence, judgement: Judgement, seconds: float) -> Result:
    """The result of a case for the run record; ``seconds`` is its part of the duration of the trial."""
    deviation, status = None, judgement.status or evidence.status or None
    if judgement.deviation is not None:
        deviation = Deviation.of(case.requirement.id, judgement.deviation, judgement.observed)
    return Result(
        case=case.id,
        requirement=case.requirement.id,
        operation=case.requirement.operation,
        verdict=judgement.verdict,
        source=case.requirement.source,
        expected=case.expectation.expected,
        observed=judgement.observed,
        status=status,
        accepted=None if status is None else 200 <= status < 300,
        microversion=str(version) if (version := evidence.version or case.trial.request.version) else None,
        role=evidence.role or case.trial.request.role,
        reason=judgement.reason,
        deviation=deviation,
        exchanges=evidence.exchanges,
        seconds=round(seconds, 3),
        kind=case.requirement.kind,
        state=case.trial.situation.state,
        observation=dict(judgement.observation) if judgement.observation else None,
    )


def parted(job: Job, lacking: frozenset[str]) -> tuple[list[Case], list[Result]]:
    """The cases of a job whose optional parts the cloud has, and the results of the others, which are inapplicable."""
    offered, others = [], []
    for case in job.cases:
        if lacks := sorted(case.parts & lacking):
            reason = f"this cloud does not have the optional part {lacks[0]}"
            judgement = Judgement("inapplicable", "not tried", reason)
            others.append(result_of(case, Evidence(job.trial), judgement, 0.0))
        else:
            offered.append(case)
    return offered, others
