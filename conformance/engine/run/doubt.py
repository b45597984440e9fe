"""Judgements that do not stand, and promises in question.

A fail that did not come again does not stand, nor does a promise that nothing proves. A promise is in question if a
request on the way to a status did not keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from threading import Event

from conformance.engine.derive.state_graph import Edge
from conformance.engine.model.case import Case, Suite
from conformance.engine.model.evidence import Evidence, Judgement, Problem
from conformance.engine.model.trial import Trial
from conformance.engine.run.judging import Judged
from specs.record.model import Verdict

_OF_A_FRONT_END = 3
"""How often at most a failed case is tried again while a front end may have answered."""

_FRONT_END = frozenset({502, 503, 504})
"""Codes with which a balancer or a gateway answers for a service that it does not reach, for a request now and then."""


def tried_again(
    failed: Sequence[tuple[Case, Evidence]], once_more: Callable[[Sequence[Case]], Iterable[Judged]], stopping: Event
) -> dict[str, tuple[Evidence, Judgement]]:
    """Try failed cases again: once, or more often as long as a front end may have given the answers. By the cases' ids.

    If one answer in thirty is a front end's, one case in a thousand meets two of them, and one in a million four.

    Args:
        failed: the cases with their evidence so far.
        once_more: tries some cases, on a new resource.
        stopping: is set when the run is to end.
    """
    again: dict[str, tuple[Evidence, Judgement]] = {}
    for _ in range(_OF_A_FRONT_END):
        if not failed or stopping.is_set():
            break
        before = {case.id: evidence.status for case, evidence in failed}
        new = list(once_more([case for case, _ in failed]))
        again.update({case.id: (evidence, judgement) for case, evidence, judgement in new})
        failed = [
            (case, evidence)
            for case, evidence, judgement in new
            if judgement.verdict == "fail" and not _FRONT_END.isdisjoint((before[case.id], evidence.status))
        ]
    return again


def untold(trial: Trial) -> Evidence:
    """The evidence of a trial whose group shows a change, in a run that was stopped."""
    reason = "something changed while requests were refused, and the run was stopped before each was tried alone"
    return Evidence(trial, problem=Problem("inconclusive", reason))


def confirmed(
    first: tuple[Evidence, Judgement], second: tuple[Evidence, Judgement] | None
) -> tuple[Evidence, Judgement]:
    """The judgement of a case that was tried twice since it failed: fail if it failed twice, else inconclusive."""
    if second is not None and second[1].verdict == "fail":
        return second
    if second is None:
        why = "not tried again, since the run was stopped"
    elif second[0].problem is not None:
        why = f"could not be tried again: {second[0].problem.reason}"
    else:
        why = f"not when tried again ({second[1].observed})"
    judgement = first[1]
    reason = f"seen once and {why}: {judgement.reason}"
    return first[0], replace(judgement, verdict="inconclusive", reason=reason, deviation=None)


def unproved(case: Case, judgement: Judgement, why: str, forbidden: str | None) -> Judgement:
    """The verdict on a promise that nothing proves: the route of its operation may not exist.

    Args:
        case: the case of the promise.
        judgement: the judgement that does not count.
        why: the reason why nothing proves that the route exists.
        forbidden: the reason why the guard lets no request out that could prove it; None if it does.
    """
    route = f"{case.operation.method} {case.operation.path}"
    reason = f"nothing shows that {route} is there: {forbidden or why}"
    verdict: Verdict = "inapplicable" if forbidden else "inconclusive"
    return replace(judgement, verdict=verdict, reason=reason, deviation=None)


def in_question(suite: Suite, edges: Iterable[Edge], environment: str) -> Sequence[Case]:
    """The cases of the promises that some requests did not keep when they were to bring a resource into a status.

    Args:
        suite: all cases.
        edges: the requests, which were accepted and led to other statuses than documented.
        environment: the environment of the resource.
    """
    return [
        case
        for edge in edges
        for case in suite.cases
        if case.requirement.id in edge.promises
        and (case.trial.situation.state, case.trial.situation.environment) == (edge.source, environment)
        and not case.trial.setup
    ]
