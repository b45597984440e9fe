"""Invented names: they tell whether a service has refused the value of a member, or the member itself.

A service that does not know a member by the documented name may refuse each request that has it, whatever its value. So
a refusal of a faulty value keeps a promise only if the service knows the name. It does if a request with the member was
accepted in the run. Else the same value is sent under a name that nobody knows: an answer that differs in more than the
name shows that the service has looked at the value. If it does not differ, a good value is sent, which may be accepted.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.engine.api import json_path, request_fields, values
from conformance.engine.api.service import ServiceDescription
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.execute.controls import wording
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence, Judgement
from conformance.engine.model.trial import Outcome, Trial
from conformance.engine.run.contrast import FAULTS_OF_REQUESTS, OF_THE_MOMENT, Members, members
from specs.microversion import Microversion

CRASH = 500
"""The code of a service that an unknown member has brought down. It counts as an answer if it comes a second time."""

Place = tuple[str, ...]
"""The place of a member in a body, or a `?` and a name in a query."""


@dataclass(frozen=True)
class _Answer:
    """The answer to a request with an invented name: its code, 0 for none, and the body."""

    code: int
    body: Any


def place_of(case: Case) -> Place | None:
    """The place of the faulty member in the request of a case; None if it is in neither body nor query."""
    request = case.trial.request
    asked = [part for part in case.about.split(".") if part]
    had = members(request.body, request.query)
    for wanted in (asked, asked[-1:]):
        fitting = [
            place for place in had if wanted and [key for key in place if key not in "?[]{}"][-len(wanted) :] == wanted
        ]
        if fitting:
            return min(fitting, key=lambda place: (len(place), place))
    return None


def with_invented(case: Case, place: Place, invented: str) -> Trial:
    """The trial of a case with an invented name at a place, of which no document says whether it is accepted."""
    request = case.trial.request
    if place[0] == "?":
        query = tuple((invented if name == place[1] else name, value) for name, value in request.query)
        request = replace(request, query=query)
    else:
        request = replace(request, body=_renamed(request.body, place, invented))
    # The service may keep the further member, so that the resource under test is no longer as it was made.
    request = replace(request, uses_optional_fields=True)
    return replace(case.trial, key=f"{case.trial.key}|invented", request=request, outcome=Outcome(accepted=None))


def with_good(case: Case, place: Place, service: ServiceDescription, version: Microversion) -> Trial | None:
    """The trial of a case with a good value at a place; None if no row of the table stands for this place of a body.

    Nobody has promised that the value is accepted: it may only have the right type.
    """
    request = case.trial.request
    rows = request_fields.fields(case.operation, request.version or version)
    field = next((one for one in rows if one.path == place), None)
    good = ABSENT if field is None else values.value_for(case.operation, field, service)
    if good is ABSENT:
        return None
    request = replace(request, body=json_path.replaced(request.body, place, good), uses_optional_fields=True)
    return replace(case.trial, key=f"{case.trial.key}|good", request=request, outcome=Outcome(accepted=None))


def _renamed(value: Any, place: Place, invented: str) -> Any:
    if isinstance(value, list):
        return [_renamed(one, place[1:], invented) for one in value]
    if not isinstance(value, Mapping):
        return value
    if len(place) == 1:
        return {invented if str(key) == place[0] else key: one for key, one in value.items()}
    return {key: _renamed(one, place[1:], invented) if str(key) == place[0] else one for key, one in value.items()}


@dataclass
class UnknownNames:
    """The answers to requests with invented names. Safe to use from many threads."""

    _answers: dict[str, tuple[str, _Answer]] = field(default_factory=dict)
    _tried: set[tuple[str, Place]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def missing(self, case: Case, evidence: Evidence, judgement: Judgement, accepted: Iterable[Members]) -> str | None:
        """The reason why nothing shows that the service has refused the value of a member; None if something does.

        Args:
            case: the case; only refusals of a faulty value need this.
            evidence: the evidence of its trial.
            judgement: the judgement on it, without regard to names.
            accepted: the members of the accepted requests of the operation.
        """
        status = judgement.status or evidence.status or 0
        if judgement.verdict != "pass" or not 400 <= status < 500 or case.requirement.kind not in FAULTS_OF_REQUESTS:
            return None
        place = place_of(case)
        if place is None or any(place in had for had in accepted):
            return None
        with self._lock:
            invented, told = self._answers.get(_key(case, place), ("", None))
        if told is None:
            return f"no accepted request has {place[-1]}, so its name may be refused and not its value"
        if told.code == 0 or told.code > CRASH or told.code in OF_THE_MOMENT:
            answer = f"answered {told.code}" if told.code else "not answered"
            return f"no accepted request has {place[-1]}, and the same value under an invented name was {answer}"
        names = (place[-1], invented)
        same = told.code == status and _said(evidence.body, names) == _said(told.body, names)
        why = f"the same value under an invented name is refused in the same way ({status})"
        return f"{why}, so the name {place[-1]} may be refused and not its value" if same else None

    def wanted(self, case: Case, invented: str) -> Trial | None:
        """The trial with an invented name that is still to be made for a case; None if there is none.

        It is given once: one that could not be made, or had no answer, is not tried again for each case.
        """
        place = place_of(case)
        if place is None:
            return None
        with self._lock:
            key = _key(case, place)
            if key in self._answers:
                return None
            self._answers[key] = invented, _Answer(0, None)
        return with_invented(case, place, invented)

    def good(self, case: Case, service: ServiceDescription, version: Microversion) -> Trial | None:
        """The trial with a good value that is still to be made for a case; None if there is none. It is given once."""
        place = place_of(case)
        if place is None:
            return None
        with self._lock:
            if (case.operation.id, place) in self._tried:
                return None
            self._tried.add((case.operation.id, place))
        return with_good(case, place, service, version)

    def note(self, case: Case, invented: str, evidence: Evidence) -> None:
        """Keep the answer to the trial with an invented name."""
        place = place_of(case)
        if place is not None:
            with self._lock:
                self._answers[_key(case, place)] = invented, _Answer(evidence.status or 0, evidence.body)


def _key(case: Case, place: Place) -> str:
    """The key of the requests that differ in nothing but the name at a place."""
    trial = with_invented(case, place, "*")
    asked, where = trial.request, trial.situation
    return repr((case.operation.id, asked.role, asked.version, asked.path, asked.query, asked.body, where))


def _said(body: Any, names: Iterable[str]) -> str:
    """The words of an answer without some names."""
    return wording(body if isinstance(body, str) else json.dumps(body, sort_keys=True), names)
