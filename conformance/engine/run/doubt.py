"""Judgements that do not stand, and promises in question.

A fail that did not come again does not stand, nor does a promise that nothing proves. A promise is in question if a
request on the way to a status did not keep it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from conformance.engine.derive.state_graph import Edge
from conformance.engine.model.case import Case, Suite
from conformance.engine.model.evidence import Evidence, Judgement, Problem
from conformance.engine.model.trial import Trial
from specs.record.model import Verdict


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
