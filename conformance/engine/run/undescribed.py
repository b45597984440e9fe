"""Judgements on a service that has no description: its requests are made of the reference alone.

A reference seldom says which values a request needs on a given cloud: the words of a sample may name things of another
cloud, a value may have to be unique, and an error that is listed may be due to any part of a request. So a refusal on
such a service contradicts nothing, and it proves a promise only beside an accepted request of the same operation; the
refusal of a value only beside an accepted request that gives the same fields. An accepted request, the content of its
answer, its effects, and a 5xx are judged as everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from conformance.engine.api.response_fields import values_at
from conformance.engine.cloud.scopes import scope_lacking
from conformance.engine.cloud.seen import Sent
from conformance.engine.derive.earliest import EARLIEST
from conformance.engine.judge.contents import FieldShown
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence, Judgement
from conformance.engine.provision.demanded import REFUSED
from conformance.engine.run.contrast import FAULTS_OF_REQUESTS, members

OF_OTHER_CAUSES = frozenset({403, 404, 409})
"""Codes of refusals for the sake of a role, of a status, or of a name that nothing has, not of a value's form."""

_SILENT = (
    "this suite has no description of the service, which would say what a request needs beside the reference, so "
    "another part of the request may be the cause of"
)

NO_TOKEN = 401
"""The status code of a refusal for want of a valid token, of which no other part of the request is the cause."""


def doubted(judgement: Judgement, case: Case, evidence: Evidence, unlisted: str | None = None) -> Judgement:
    """Return the judgement on a case; inconclusive if it is a fail that may be due to the request of this suite.

    Args:
        judgement: the judgement on the case.
        case: the case.
        evidence: the evidence of its trial.
        unlisted: a collection of the path that no operation lists or fills; None if there is no such one.
    """
    if judgement.verdict != "fail":
        return judgement
    if not evidence.accepted and (lacks := scope_lacking(evidence.body)) is not None:
        wanted, had = lacks
        why = f"{judgement.reason}; the cloud says that it wants {wanted} scope, and that the request had {had} scope"
    elif _is_refusal(judgement, evidence):
        why = (
            f"{judgement.reason}; this suite has no description of the service, which would say what a request needs "
            "beside the reference, so another part of the request may be the cause"
        )
    elif evidence.accepted and case.requirement.kind == "error/403" and case.operation.policy is None:
        why = (
            f"{judgement.reason}; neither the reference nor a description of the service says which roles may send "
            "the request"
        )
    elif evidence.accepted and case.requirement.kind == "body" and _is_early(case):
        why = (
            f"{judgement.reason}; but not every reference gives the first version of a field in its tables, and no "
            "description of the service says that this one does"
        )
    elif evidence.accepted and case.requirement.kind == "body" and _lacks_in_samples(case):
        why = f"{judgement.reason}; but the samples of the answer lack the field, too, so the reference says both"
    elif evidence.accepted and case.requirement.kind in FAULTS_OF_REQUESTS and _is_misplaced(case):
        why = (
            f"{judgement.reason}; but no sample shows the field, and there is no description of the service, so its "
            "place in the body is not known"
        )
    elif evidence.accepted and case.requirement.kind == "equality" and _comes_back_otherwise(case):
        why = f"{judgement.reason}; but the samples do not show it coming back either, so the service may write it anew"
    elif evidence.accepted and case.requirement.kind == "error/404" and unlisted:
        why = (
            f"{judgement.reason}; but no operation of the reference lists or makes things of /{unlisted}, and there is "
            "no description of the service, so any name may be the name of one"
        )
    else:
        return judgement
    return replace(judgement, verdict="inconclusive", reason=why, deviation=None)


def unproved_refusal(
    judgement: Judgement, case: Case, evidence: Evidence, answers: Iterable[Sent], lacks: Sequence[str] = ()
) -> str | None:
    """Return the reason why a refusal proves no promise; None if it does, or if the judgement is about something else.

    Args:
        judgement: the judgement on a case.
        case: the case.
        evidence: the evidence of its trial.
        answers: the answers to all requests of the same operation.
        lacks: the names of fields that the cloud demands, as other refusals have told, and that this request lacked.
    """
    if judgement.verdict != "pass" or not _is_refusal(judgement, evidence) or evidence.status == NO_TOKEN:
        return None
    if not any(answer.ok for _, answer in answers):
        return f"no request of the operation was accepted, and {_SILENT} the refusal"
    if evidence.status == REFUSED and lacks:
        return f"the request lacked {lacks[0]}, which the cloud demands although the reference does not"
    if case.requirement.kind in FAULTS_OF_REQUESTS and evidence.status in OF_OTHER_CAUSES:
        return f"{evidence.status} is no code for a value that breaks a constraint, and {_SILENT} the refusal"
    return None


def _lacks_in_samples(case: Case) -> bool:
    """Whether samples show things at the place of a required field, and none of them the field."""
    expected = case.expectation
    if not isinstance(expected, FieldShown):
        return False
    shown = [values_at(sample.body, expected.place) for sample in case.operation.response.samples if sample.valid]
    return any(things for _, things in shown) and not any(values for values, _ in shown)


def unproved_query(judgement: Judgement, case: Case, loose: bool | None) -> str | None:
    """Return the reason why the acceptance of a query proves nothing of its parameters; None if it does.

    Args:
        judgement: the judgement on a case.
        case: the case.
        loose: whether the operation accepts a parameter that nobody knows, as well; None if that is not known yet.
    """
    if (
        judgement.verdict != "pass"
        or case.requirement.kind != "normal"
        or not case.trial.request.query
        or loose is False
    ):
        return None
    if loose:
        return (
            "the operation accepts parameters of a query that nobody knows, so that it accepts this one shows nothing"
        )
    return "it is not known whether the operation accepts any parameter of a query"


def _is_early(case: Case) -> bool:
    """Whether a case is about the earliest version, at which a field without a first version should be there, too."""
    return case.id.startswith(f"{case.requirement.id}[{EARLIEST}")


def _comes_back_otherwise(case: Case) -> bool:
    """Whether no sample of the answer has a value that a sample of the request gives the field: ``nfs`` is ``NFS``."""
    name, operation = case.requirement.id.split("/equality/")[-1].split("/")[0].rpartition(".")[2], case.operation
    sent, shown = (
        {json.dumps(value) for sample in samples if sample.valid for value in _values_of(sample.body, name)}
        for samples in (operation.request.samples, operation.response.samples)
    )
    return bool(sent and shown) and not sent & shown


def _values_of(body: Any, name: str) -> Iterator[Any]:
    if isinstance(body, dict):
        for key, value in body.items():
            if key == name:
                yield value
            yield from _values_of(value, name)
    elif isinstance(body, list):
        for value in body:
            yield from _values_of(value, name)


def _is_misplaced(case: Case) -> bool:
    """Whether the place of the field of a case in the body is a guess: the samples of the request do not show it."""
    request, name = case.operation.request, case.about.rpartition(".")[2]
    samples = [sample.body for sample in request.samples if sample.valid and isinstance(sample.body, dict)]
    in_body = any(row.location == "body" and row.name == case.about for row in request.parameters)
    return in_body and bool(samples) and not any(name in place for body in samples for place in members(body))


def _is_refusal(judgement: Judgement, evidence: Evidence) -> bool:
    return 400 <= (judgement.status or evidence.status or 0) < 500
