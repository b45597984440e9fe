"""Contrasts: answers to documented requests, beside which a refusal shows that the fault of its request is the cause.

A body may have another fault that gives the same code, such as a value that this cloud does not take. So a refusal for
a fault of the request keeps a promise only if the same request without the fault was accepted in the run, or refused
with another code that does not depend on the moment. And a missing thing is no cause of a 404 that the documented
request is answered, too, nor a role of a 403 where every role is refused, nor of a 404 if nothing shows that the
documented role is let in: where only an administrator is, the thing, or one above it, may be hidden from the whole
project.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.engine.cloud.fields import texts
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.seen import Sent
from conformance.engine.model.case import Case
from conformance.engine.model.evidence import Evidence, Judgement
from conformance.engine.model.trial import Once

FAULTS_OF_REQUESTS = frozenset({"constraint", "error/400"})
"""The kinds of requirements whose cases send a request with a fault that the documented request has not."""

HIDDEN, FORBIDDEN = 404, "error/403"
SAME_FOR_ALL = frozenset({"error/403", "error/404", "error/409", "precondition", "refusal"})
"""The kinds of requirements whose refusals say nothing if the documented request is refused with the same code."""

NO_CONTRAST = ("the same request without the fault was not answered in this run", "the request without the fault was")
"""The beginnings of the reasons why a refusal has no contrast, if no documented request was made as it should be."""

OF_THE_MOMENT = frozenset({401, 409, 413, 429})
"""Codes of refusals that the next request may not meet, so that they are no contrast; nor are codes from 500 on."""

Members = frozenset[tuple[str, ...]]
"""The places of all members of a body, and the names in a query behind a `?`."""


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def members(body: Any, query: Iterable[tuple[str, Any]] = ()) -> Members:
    """The members of a request. The elements of a list share the place `[]`, members named by an id the place `{}`."""
    return frozenset(_places(body, ())) | {("?", name) for name, _ in query}


def documented(case: Case, cases: Iterable[Case]) -> Case | None:
    """A case that sends the documented request of a case's operation, in the same status if there is one; or None."""
    found = [
        one
        for one in cases
        if one.requirement.kind == "normal" and one.operation.id == case.operation.id
        if one.trial.outcome.accepted is True and one.trial.exchange == Once()
    ]
    wanted = case.trial.situation, case.trial.request.version
    return min(found, key=lambda one: (one.trial.situation, one.trial.request.version) != wanted, default=None)


def _places(value: Any, above: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    inner: Iterable[tuple[str, Any]] = ()
    if isinstance(value, dict):
        inner = (("{}" if _ID.fullmatch(str(key)) else str(key), one) for key, one in value.items())
    elif isinstance(value, list):
        inner = (("[]", one) for one in value)
    for key, one in inner:
        yield (*above, key)
        yield from _places(one, (*above, key))


@dataclass
class Contrasts:
    """The answers to documented requests by operation. Safe to use from many threads."""

    _answers: dict[str, set[tuple[int, Members]]] = field(default_factory=dict)
    _let_in: set[str] = field(default_factory=set)
    _sought: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, evidence: Evidence) -> None:
        """Keep the answer to a documented request; evidence of other requests is kept only if it was accepted."""
        status, documented = evidence.status, evidence.trial.outcome.accepted is True
        if status is None or not (evidence.accepted or documented):
            return
        request = evidence.trial.request
        with self._lock:
            known = self._answers.setdefault(request.operation.id, set())
            known.add((status, members(evidence.sent, request.query)))
            if evidence.accepted and (evidence.role or request.role) != Role.ADMIN:
                self._let_in.add(request.operation.id)

    def accepted(self, operation: str) -> set[Members]:
        """The members of the accepted requests of an operation so far."""
        with self._lock:
            return {had for code, had in self._answers.get(operation, ()) if 200 <= code < 300}

    def wanted(self, case: Case) -> bool:
        """Whether a documented request of the operation of a case is still to be sent; True once for an operation.

        A request that could not be made, or had no answer, is not tried again for each case of the operation.
        """
        operation = case.operation.id
        with self._lock:
            if operation in self._answers or operation in self._sought:
                return False
            self._sought.add(operation)
            return True

    def missing(
        self, case: Case, evidence: Evidence, judgement: Judgement, seen: Sequence[Sent], *, strict: bool = False
    ) -> str | None:
        """The reason why a refusal does not show that the fault of its request is the cause; None if it does.

        Args:
            case: the case; kinds of promises that no contrast is needed for have None.
            evidence: the evidence of its trial.
            judgement: the judgement on it, without regard to contrasts.
            seen: the answers to all requests of the operation.
            strict: True if nothing but the reference tells which requests are sound: only an accepted request that has
                the faulty member, too, is a contrast then.
        """
        kind, status = case.requirement.kind, judgement.status or evidence.status or 0
        if judgement.verdict != "pass" or not 400 <= status < 500:
            return None
        with self._lock:
            answers = set(self._answers.get(case.operation.id, ()))
            let_in = case.operation.id in self._let_in
        answers |= {(answer.status, members(ask.body, ask.query)) for ask, answer in seen if answer.ok}
        accepted = any(200 <= code < 300 for code, _ in answers)
        if kind in FAULTS_OF_REQUESTS:
            shown = (
                _accepted_with_all(case, evidence, answers) if strict else _contrasts(case, evidence, status, answers)
            )
            return None if shown else _lacking(status, answers)
        if kind in SAME_FOR_ALL and not accepted and any(code == status for code, _ in answers):
            return f"the documented request is answered {status}, too, so another part of it may be the cause"
        let_in = let_in or any(answer.ok and ask.role is not Role.ADMIN for ask, answer in seen)
        if kind == FORBIDDEN and status == HIDDEN and not let_in:
            return "no request of a member was accepted, so the role may not be the cause of the 404"
        return None


def _contrasts(case: Case, evidence: Evidence, status: int, answers: Iterable[tuple[int, Members]]) -> bool:
    """Whether an answer to a request with all members of the refused one, but for the faulty one, was another one.

    The answers to requests with just these members decide alone, if there are any that do not depend on the moment: a
    further member of another request may be one without which no request is accepted. So beside a member that is left
    out, such a request may have no further one in the same object.
    """
    name = case.about.rpartition(".")[2]

    def sound(places: Members) -> Members:
        """The places without the faulty member, and without the objects that held nothing else."""
        faulty = {place for place in places if name and name in place}
        left = places - faulty
        above = {place[:size] for place in faulty for size in range(1, len(place))}
        return left - {place for place in above if not any(one[: len(place)] == place != one for one in left)}

    sent = members(evidence.sent, evidence.trial.request.query)
    refused, left_out = sound(sent), bool(name) and not any(name in place for place in sent)

    def serves(had: Members) -> bool:
        """Whether a request has all members of the refused one, and none beside the one that is left out."""
        around = {place[:-1] for place in had if place[-1] == name}
        beside = {place for place in had if place[:-1] in around and place[-1] != name}
        return refused <= had and (not left_out or (bool(around) and beside <= refused))

    exact = {code for code, had in answers if sound(had) == refused and code not in OF_THE_MOMENT}
    return any(
        200 <= code < 300 or (400 <= code < 500 and code != status and code not in OF_THE_MOMENT)
        for code in exact or {code for code, had in answers if serves(had)}
    )


def _accepted_with_all(case: Case, evidence: Evidence, answers: Iterable[tuple[int, Members]]) -> bool:
    """Whether a request with all members of the refused one, the faulty one included, was accepted, and it lacked none.

    A member that all accepted requests have may be one without which none is accepted, unless the words of the refusal
    name the faulty one or quote its value.
    """
    request = evidence.trial.request
    name = case.about.rpartition(".")[2]

    def inside(place: tuple[str, ...]) -> bool:
        """Whether a place is below the faulty member, whose odd value may be an object or a list."""
        return bool(name) and name in place[:-1]

    sent = {place for place in members(evidence.sent, request.query) if not inside(place)}
    accepted = [had for code, had in answers if 200 <= code < 300]
    lacks_none = any({place for place in had if not (name and name in place)} <= sent for had in accepted)
    return any(sent <= had for had in accepted) and (lacks_none or _is_named(name, evidence))


def _is_named(name: str, refused: Evidence) -> bool:
    """Whether the words of a refusal name a member, or quote an object or a list that it was sent as."""
    words = " ".join(texts(refused.body))
    odd = [value for value in _values(refused.sent, name) if isinstance(value, dict | list)]
    quoted = any(str(value) in words or json.dumps(value) in words for value in odd)
    return quoted or (bool(name) and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", words) is not None)


def _values(body: Any, name: str) -> Iterator[Any]:
    """All values of the members of a name in a body, at any depth."""
    for key, value in body.items() if isinstance(body, dict) else ():
        if key == name:
            yield value
        yield from _values(value, name)
    for value in body if isinstance(body, list) else ():
        yield from _values(value, name)


def _lacking(status: int, answers: Iterable[tuple[int, Members]]) -> str:
    codes = sorted({code for code, _ in answers})
    if not codes:
        return f"{NO_CONTRAST[0]}, so another part may be the cause"
    if any(200 <= code < 300 for code in codes):
        fields = "all other fields of this one, and no further one beside the field in question"
        return f"no accepted request has {fields}, so another field may be the cause of the {status}"
    said = " or ".join(map(str, codes))
    return f"{NO_CONTRAST[1]} answered {said}, so another part of it may be the cause"
