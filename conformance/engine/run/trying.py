"""Makes the trial of a job, and judges its cases, by more evidence where the first does not suffice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from conformance.engine.api.patterns import means_one
from conformance.engine.execute.executor import Executor
from conformance.engine.judge.equality import HAD_IT
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence, Judgement, Problem
from conformance.engine.model.trial import Trial
from conformance.engine.provision.elevation import FORBIDDEN
from conformance.engine.provision.errors import CONFLICT
from conformance.engine.run.another import decides, with_another
from conformance.engine.run.doubt import confirmed
from conformance.engine.run.jobs import Job
from conformance.engine.run.judging import Judged, fault, judged

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
    member was kept out of the whole trial, or met an error of the service where the description has both asked. If the
    thing had a value already, another value is sent. And it is made once more on a new thing if that decides nothing,
    or if the thing is in conflict with the documented request: an earlier trial may have brought that about.
    """
    context, trial = executor.context, job.trial
    results = judged(cases, evidence or made(executor, job), context)
    unsteady = evidence is not None and evidence.pages is not None and not evidence.pages.controlled
    if unsteady and any(judgement.verdict != "pass" for _, _, judgement in results):
        results = _seen_again(results, judged(cases, made(executor, job), context))
    statuses = {evidence.status or 0 for _, evidence, _ in results}
    both = means_one(context.service.also_by_administrators, trial.request.operation.id)
    kept_out = FORBIDDEN in statuses or (both and max(statuses, default=0) >= FAILURE)
    left = [case for case, _, judgement in results if judgement.verdict == "inconclusive"]
    member, admin = trial.request.role == "member", "admin" in context.role_names
    if kept_out and left and trial.outcome.accepted and member and admin:
        # What a documented role is answered is a finding of its own case. For the other cases, an administrator asks.
        elevated = replace(job, trial=replace(trial, request=replace(trial.request, role="admin")))
        results = _with(results, judged(left, made(executor, elevated), context))
    had = [(case, evidence) for case, evidence, judgement in results if judgement.observed == HAD_IT]
    results = _with(results, _by_other_values(executor, had))
    spoiled = [(case, evidence) for case, evidence, judgement in results if _spoiled(evidence, judgement)]
    if spoiled and trial.situation.state is None and executor.paths.elements.renew(_path(spoiled[0][1])):
        results = _with(results, judged([case for case, _ in spoiled], made(executor, job), context))
    return results


def _seen_again(first: Sequence[Judged], second: Sequence[Judged]) -> list[Judged]:
    """The second judgements; a fail that the second trial could not look at again is undecided."""
    return [
        (case, *confirmed([(seen, told), (evidence, judgement)]))
        if told.verdict == "fail" and evidence.problem is not None
        else (case, evidence, judgement)
        for (_, seen, told), (case, evidence, judgement) in zip(first, second, strict=True)
    ]


def judged_anew(
    executor: Executor,
    job: Job,
    cases: Sequence[Case],
    before: Sequence[Judged],
    judge: Callable[[Sequence[Case], Evidence | None], list[Judged]],
) -> list[Judged]:
    """Judge failed cases by a further trial, on a new resource, or a new thing where the first one takes no second.

    A thing may hold only one of the things that a request makes, so that the same request is refused when it is sent
    again. Then the thing that the path names is made anew.

    A request that should have been refused and was accepted needs no exact view of the resource before it, as long as
    it is accepted again. If it is not, the trial is made once more, with one.

    Args:
        executor: the executor of the lane.
        job: the job of the cases.
        cases: the failed cases.
        before: the judgements so far.
        judge: judges some of the cases by evidence; without any, it makes the trial first.
    """
    if job.trial.situation.state is not None:
        executor.renew()
    executor.paths.forget_found()
    failed = {case.id for case in cases}
    accepted_in_vain = all(_should_be_refused(evidence) for case, evidence, _ in before if case.id in failed)
    results = judge(cases, _accepted_again(executor, job) if accepted_in_vain else None)
    accepted = {case.id for case, evidence, _ in before if evidence.accepted}
    refused = [(case, one) for case, one, _ in results if case.id in accepted and 400 <= (one.status or 0) < FAILURE]
    if refused and job.trial.situation.state is None and executor.paths.elements.renew(_path(refused[0][1])):
        results = _with(results, judge([case for case, _ in refused], None))
    return results


def _should_be_refused(evidence: Evidence) -> bool:
    """Whether a request on a resource under test was accepted although it should have been refused."""
    trial = evidence.trial
    return bool(evidence.accepted) and trial.outcome.accepted is False and trial.situation.state is not None


def _accepted_again(executor: Executor, job: Job) -> Evidence | None:
    """The evidence of a trial that should be refused and is accepted; None if it is refused this time."""
    executor.subject.again = True
    evidence = made(executor, job, together=True)
    executor.subject.again = False
    if evidence.accepted:
        return evidence
    executor.looks.drop(job.trial)
    return None


def _by_other_values(executor: Executor, tried: Sequence[tuple[Case, Evidence]]) -> list[Judged]:
    """The judgements that trials with other values of the compared fields allow; none where they decide nothing."""
    found: list[Judged] = []
    trials: dict[str, tuple[Trial, list[Case]]] = {}
    for case, evidence in tried:
        service = executor.context.service.about(case.operation)
        if (trial := with_another(case, service, evidence.sent)) is not None:
            trials.setdefault(trial.key, (trial, []))[1].append(case)
    for trial, alike in trials.values():
        job = replace(Job.of(alike), trial=trial)
        results = judged(alike, made(executor, job), executor.context)
        found += [one for one in results if decides(one[0], trial, one[2])]
    return found


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
