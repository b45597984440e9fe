"""Judgements that do not stand: a fail that did not come again, and a promise that nothing proves."""

from __future__ import annotations

from dataclasses import replace

from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence, Judgement
from specs.record.model import Verdict


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
