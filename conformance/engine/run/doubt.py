"""Judgements that do not stand, and promises in question.

A fail that did not come again does not stand, nor does a promise that nothing proves. A promise is in question if a
request on the way to a status did not keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from threading import Event

from conformance.engine.derive.state_graph import Edge
from conformance.engine.model.case import Case, Suite
from conformance.engine.model.evidence import Evidence, Judgement, Problem
from conformance.engine.model.trial import Trial
from conformance.engine.run.judging import Judged
from specs.record.model import Verdict

_OF_A_FRONT_END = 3
"""How often at most a case is tried again while a front end may have answered."""

_FRONT_END = frozenset({502, 503, 504})
"""Codes with which a balancer or a gateway answers for a service that it does not reach, for a request now and then."""


Seen = tuple[Evidence, Judgement]
"""One try of a case."""


def in_doubt(results: Iterable[Judged]) -> dict[str, Judged]:
    """The judgements that need another try, by the cases' ids: fails, and what a front end has kept undecided."""
    return {
        case.id: (case, evidence, judgement)
        for case, evidence, judgement in results
        if judgement.verdict == "fail" or _prevented(evidence, judgement)
    }


def _prevented(evidence: Evidence, judgement: Judgement) -> bool:
    return judgement.verdict == "inconclusive" and evidence.status in _FRONT_END


def tried_again(
    doubted: Mapping[str, Judged], once_more: Callable[[Sequence[Case]], Iterable[Judged]], stopping: Event
) -> dict[str, list[Seen]]:
    """Try cases again: once, or more often as long as a front end may have given the answers. All tries by their ids.

    If one answer in thirty is a front end's, one case in a thousand meets two of them, and one in a million four.

    Args:
        doubted: the cases with their evidence and judgements so far.
        once_more: tries some cases, on a new resource.
        stopping: is set when the run is to end.
    """
    tries: dict[str, list[Seen]] = {name: [(evidence, judged)] for name, (_, evidence, judged) in doubted.items()}
    left = [case for case, _, _ in doubted.values()]
    for _ in range(_OF_A_FRONT_END):
        if not left or stopping.is_set():
            break
        for case, evidence, judgement in once_more(left):
            tries[case.id].append((evidence, judgement))
        left = [case for case in left if _once_more(*tries[case.id][-2:])]
    return tries


def _once_more(before: Seen, now: Seen) -> bool:
    """Whether a try and the one before it leave open whether the answers are those of a front end."""
    failed = now[1].verdict == "fail" and not _FRONT_END.isdisjoint((before[0].status, now[0].status))
    return failed or _prevented(*now)


def untold(trial: Trial) -> Evidence:
    """The evidence of a trial whose group shows a change, in a run that was stopped."""
    reason = "something changed while requests were refused, and the run was stopped before each was tried alone"
    return Evidence(trial, problem=Problem("inconclusive", reason))


def confirmed(tries: Sequence[Seen]) -> Seen:
    """The judgement of a case in doubt by all its tries: a fail if it failed twice, the last time too.

    One that failed once is inconclusive. One that only a front end had kept undecided is decided by its last try.
    """
    failed = [one for one in tries if one[1].verdict == "fail"]
    first, last = (failed[0], tries[-1]) if failed else (tries[0], tries[-1])
    if not failed or (len(failed) > 1 and last[1].verdict == "fail"):
        return last
    if last is first:
        why = "not tried again, since the run was stopped"
    elif last[0].problem is not None:
        why = f"could not be tried again: {last[0].problem.reason}"
    else:
        why = f"not when tried again ({last[1].observed})"
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
