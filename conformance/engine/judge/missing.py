"""Answers in which a cloud says that it lacks an optional part, such as a service to which operations pass requests."""

from __future__ import annotations

from dataclasses import replace

from conformance.engine.cloud.discover import LACKING
from conformance.engine.cloud.faults import message_in, says_any
from conformance.engine.model.evidence import Evidence, Judgement

UNSUPPORTED = frozenset({405, 501})
"""Codes that a service gives to a sound request only if it does not support what the request asks for."""

OWN_FAULT = 500
"""The lowest status code of a fault of the service itself."""


def for_want_of_a_part(judgement: Judgement, evidence: Evidence, texts: tuple[str, ...]) -> Judgement:
    """The judgement of a case on a cloud that may lack an optional part: inapplicable if the cloud says so.

    It says so by its words, or by the code that the reference gives for a deployment that lacks the part.

    An error of the service (5xx) that the reference does not list breaks a promise whatever its cause, so a failure
    because of it stays.

    Args:
        judgement: the judgement without regard to missing parts.
        evidence: the evidence of the trial.
        texts: what a cloud says with a refusal if it lacks a part (the section ``missing_parts`` of a description).
    """
    if judgement.verdict not in ("inconclusive", "fail"):
        return judgement
    said = message_in(evidence.body) if evidence.problem is None else evidence.problem.reason
    if not says_any(said, texts) and not _as_documented(evidence):
        return judgement
    status = evidence.status or 0
    if judgement.verdict == "fail" and (status < 400 or (status >= OWN_FAULT and status not in evidence.listed())):
        return judgement
    reason = f"{LACKING}{said or f'refused with {status}'}"
    return replace(judgement, verdict="inapplicable", reason=reason, deviation=None)


def _as_documented(evidence: Evidence) -> bool:
    """Whether the reference says of this code that a deployment gives it which does not support the operation."""
    if evidence.problem is not None or evidence.status not in UNSUPPORTED:
        return False
    return any(one.cause.environment and one.code == evidence.status for one in evidence.trial.operation.refusals)
