"""Other values: what a request gives where the value of its field decides nothing, since the thing has it anyway.

A value that comes back shows nothing if the thing had it before, or has it without being asked. So the same request is
made with another value of the same field. Nobody promises that it is accepted: if it is not, the case stays undecided.

A truth value is never turned here: true may show a thing to all users, and what is off may not be removable. The module
``derive.equality`` turns those that may be turned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from conformance.engine.api import json_path
from conformance.engine.api.response_fields import values_at
from conformance.engine.api.service import ServiceDescription
from conformance.engine.api.values import UUID
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.equality import ComesBack
from conformance.engine.model.binding import Binding
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Judgement
from conformance.engine.model.trial import Once, Trial
from specs.model import Parameter

NAMING = ("name", "id", "ref", "uuid")
"""Ends of the names of fields that name things: another text would name something else, or nothing."""


def with_another(case: Case, service: ServiceDescription, given: Any = None) -> Trial | None:
    """The trial of a case with another value of the field that comes back; None if no other value is known.

    A request that changes the status of its thing is not made once more, since that may take long.

    Args:
        case: the case.
        service: the description of the service, which forbids some values.
        given: the body that its request had. If the value of the field came from the cloud, this tells the value; only
            a number is changed, since any other value may name something.
    """
    trial, expectation = case.trial, case.expectation
    if not isinstance(expectation, ComesBack) or trial.exchange != Once() or trial.outcome.leads_to:
        return None
    sent, _ = values_at(trial.request.body, expectation.sent_at)
    if len(sent) != 1:
        return None
    now = values_at(given, expectation.sent_at)[0] if isinstance(sent[0], Binding) else sent
    plain = now is sent or (len(now) == 1 and isinstance(now[0], int | float))

    def allowed(value: Any) -> bool:
        rule = service.value_rule(case.operation, expectation.name, str(value))
        return rule is None or rule.reason is None

    value = another(now[0], _row(case, expectation.name), allowed) if plain else ABSENT
    if value is ABSENT or (isinstance(value, str) and _names(expectation.name)):
        return None
    body = json_path.replaced(trial.request.body, expectation.sent_at, value)
    request = replace(trial.request, body=body, uses_optional_fields=True)
    key = f"{trial.key}|another:{'.'.join(expectation.sent_at)}"
    return replace(trial, key=key, request=request)


def decides(case: Case, trial: Trial, judgement: Judgement) -> bool:
    """Whether the judgement on a case by its trial with another value counts.

    A text may name something, and a service that knows no such thing may take what it usually does. So a text that
    does not come back breaks nothing, unless it is enumerated or stands below a key that the client chooses.
    """
    if judgement.verdict != "fail" or not isinstance(case.expectation, ComesBack):
        return judgement.verdict == "pass"
    sent, _ = values_at(trial.request.body, case.expectation.sent_at)
    row = _row(case, case.expectation.name)
    return bool(sent) and (isinstance(sent[0], int | float | Mapping) or (row is not None and bool(row.enum)))


def _row(case: Case, name: str) -> Parameter | None:
    rows = case.operation.request.parameters
    return next((row for row in rows if row.location == "body" and row.name == name), None)


def another(value: Any, row: Parameter | None = None, allowed: Callable[[Any], bool] = lambda _: True) -> Any:
    """A value of the same kind that is not the given one; ABSENT if none is known to be as good.

    Args:
        value: the value; an object or a list differs in its first member that can.
        row: the row of the field, whose enumeration and limits hold for the other value, too; None without one.
        allowed: a test of an enumerated value.
    """
    if isinstance(value, Mapping):
        return _in_object(value)
    if isinstance(value, list):
        return _in_list(value, row, allowed)
    if isinstance(value, bool):
        return ABSENT
    if row is not None and row.enum:
        fit = (one for one in row.enum if one != value and type(one) is type(value) and allowed(one))
        return next(fit, ABSENT)
    if isinstance(value, int | float):
        if value < 0:
            return ABSENT  # such as -1 for a limit that is none
        highest = row.maximum if row is not None else None
        return value + 1 if highest is None or value + 1 <= highest else value - 1
    formed = not isinstance(value, str) or not value or UUID.fullmatch(value) or (row is not None and row.format)
    most = row.max_length if row is not None else None
    return ABSENT if formed or (most is not None and len(value) >= most) else f"{value}2"


def _names(field: Any) -> bool:
    return str(field).lower().endswith(NAMING)


def _in_object(value: Mapping[Any, Any]) -> Any:
    for name, inner in value.items():
        other = ABSENT if _names(name) else another(inner)
        if other is not ABSENT:
            return {**value, name: other}
    return ABSENT


def _in_list(value: list[Any], row: Parameter | None, allowed: Callable[[Any], bool]) -> Any:
    for at, inner in enumerate(value):
        plain = None if row is None or isinstance(inner, Mapping | list) else row
        other = another(inner, plain, allowed)
        if other is not ABSENT and other not in value:
            return [*value[:at], other, *value[at + 1 :]]
    return ABSENT
