"""Makes the trial of a job, and judges its cases, by more evidence where the first does not suffice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from conformance.engine.api.patterns import is_one
from conformance.engine.execute.executor import Executor
from conformance.engine.judge.equality import HAD_IT
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence, Judgement, Problem
from conformance.engine.provision.elevation import FORBIDDEN
from conformance.engine.run.jobs import Job
from conformance.engine.run.judging import Judged, fault, judged

CONFLICT = 409
"""The status code of a conflict with the state of a thing (RFC 9110, 15.5.10)."""

FAILURE = 500
"""The first status code of an error of the service itself (RFC 9110, 15.6)."""


def made(executor: Executor, job: Job, together: bool = False) -> Evidence:
    """Make the trial of a job. Evidence with an error stands for a defect of this suite, which must not end the lane.

    Args:
        executor: the executor of the lane.
        job: the job.
        together: True if the looks of the trial may be shared with other trials (see ``Executor.make``).
    """
    try:
        return executor.make(job.trial, job.probes, together)
    except Exception as error:  # a defect of this suite, of whatever kind, must not end the lane
        return Evidence(job.trial, problem=Problem("error", fault(error)))


def judged_by(executor: Executor, job: Job, cases: Sequence[Case], evidence: Evidence | None = None) -> list[Judged]:
    """Judge cases of a job by evidence; without evidence, make the trial first.

    The trial is made again if less than a pass came of a list that was not seen to be still, and as administrator if a
    member was kept out of the whole trial, or met an error of the service where the description has both asked. And it
    is made once more on a new thing if the thing had a value already, or is in conflict with the documented request: an
    earlier trial may have brought that about.
    """
    context, trial = executor.context, job.trial
    results = judged(cases, evidence or made(executor, job), context)
    unsteady = evidence is not None and evidence.pages is not None and not evidence.pages.controlled
    if unsteady and any(judgement.verdict != "pass" for _, _, judgement in results):
        results = judged(cases, made(executor, job), context)
    statuses = {evidence.status or 0 for _, evidence, _ in results}
    both = is_one(trial.request.operation.id, context.service.also_by_administrators)
    kept_out = FORBIDDEN in statuses or (both and max(statuses, default=0) >= FAILURE)
    left = [case for case, _, judgement in results if judgement.verdict == "inconclusive"]
    member, admin = trial.request.role == "member", "admin" in context.role_names
    if kept_out and left and trial.outcome.accepted and member and admin:
        # What a documented role is answered is a finding of its own case. For the other cases, an administrator asks.
        elevated = replace(job, trial=replace(trial, request=replace(trial.request, role="admin")))
        results = _with(results, judged(left, made(executor, elevated), context))
    spoiled = [(case, evidence) for case, evidence, judgement in results if _spoiled(evidence, judgement)]
    if spoiled and trial.situation.state is None and executor.paths.elements.renew(_path(spoiled[0][1])):
        results = _with(results, judged([case for case, _ in spoiled], made(executor, job), context))
    return results


def _spoiled(evidence: Evidence, judgement: Judgement) -> bool:
    """Whether an earlier trial may have spoiled the thing of a trial for its case."""
    conflict = evidence.status == CONFLICT and evidence.trial.outcome.accepted is True
    return judgement.observed == HAD_IT or (conflict and judgement.verdict in ("inconclusive", "fail"))


def _with(results: Sequence[Judged], again: Sequence[Judged]) -> list[Judged]:
    """The results with those that came once more in their places."""
    new = {case.id: (case, evidence, judgement) for case, evidence, judgement in again}
    return [new.get(one[0].id, one) for one in results]


def _path(evidence: Evidence) -> str:
    """The path of the request under test."""
    return urlsplit(evidence.exchanges[0].request.url).path if evidence.exchanges else ""
