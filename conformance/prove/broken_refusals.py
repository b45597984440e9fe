"""Clouds that break what is promised of a refused request: they accept it, give another code, or act all the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from conformance.engine import bodies
from conformance.engine.case import Case, id_part
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.judge.codes import Admitted, Refused, RefusedUnlessProviderChose
from conformance.engine.judge.contents import ErrorBody, is_of_type
from conformance.prove.after import Effect, ErrorShape
from conformance.prove.ground import Catalogue, Ground, detail
from conformance.prove.instead import Answer, DoneAndRefused, ForwardAs
from conformance.prove.where import Holds, Where
from specs.model import Operation, Parameter

UNLISTED = 418
"""A refusal that no reference lists."""

SHAPES = ("html", "empty", "no-message", "other-code")
OTHER_CODE = {401: 403, 403: 409, 404: 400, 409: 400}
"""What is given in the place of a code that its promise names. 403 to a member would not be told apart from policy."""


def break_refusals(ground: Ground, book: Catalogue) -> None:
    """Breakages of the kinds error, constraint and precondition."""
    for requirement, cases in ground.requirements("error"):
        code = int(requirement.kind.rpartition("/")[2])
        for case in cases:
            if isinstance(case.expectation, ErrorBody):
                continue
            if code == 401:
                _unauthorized(ground, book, case)
            elif code == 403:
                _forbidden(ground, book, case)
            elif code == 404:
                _unknown(ground, book, case)
            elif code == 409:
                _conflict(ground, book, case)
        if code != 401:  # that answer comes from what stands before the service, and has whatever body that gives
            _shapes(ground, book, cases, code)
    for _, cases in ground.requirements("precondition"):
        for case in cases:
            _precondition(ground, book, case)
    _constraints(ground, book)


def _shapes(ground: Ground, book: Catalogue, cases: list[Case], code: int) -> None:
    """The body of an error in another shape, wherever the code is given."""
    judged = ErrorBody | Refused | RefusedUnlessProviderChose
    case = min((c for c in cases if isinstance(c.expectation, judged)), key=_judges_body, default=None)
    if case is None:
        return  # the reference does not say when the code comes, so the cloud need never give it
    roles = frozenset({case.trial.role})
    where = Where.of(case.operation, roles=roles, answered="refused")
    if code != 400:
        where = ground.here(case, roles=roles, answered="refused")
    for shape in SHAPES:
        book.add(case, f"error-{shape}", where, after=ErrorShape(shape))


def _judges_body(case: Case) -> bool:
    """Sorts the cases that look at the body of an error before those that do not."""
    return not isinstance(case.expectation, ErrorBody)


def _unauthorized(ground: Ground, book: Catalogue, case: Case) -> None:
    where = Where.of(case.operation, roles=frozenset({case.trial.role}))
    name = detail(case)
    book.add(case, "not-checked", where, instead=ForwardAs("member"), situation=name)
    book.add(case, "accepted", where, instead=Answer(ground.normal_code(case.operation)), situation=name)
    book.add(case, "other-code", where, instead=Answer(OTHER_CODE[401]), situation=name)
    book.add(case, "500", where, instead=Answer(500), situation=name)


def _entitled(case: Case) -> str:
    """A role that may do what the role of the case may not."""
    policy = case.operation.policy
    return "admin" if policy and not ({"owner", "any", "member", "reader"} & set(policy.roles)) else "member"


def _forbidden(ground: Ground, book: Catalogue, case: Case) -> None:
    if not isinstance(case.expectation, Refused | RefusedUnlessProviderChose):
        return
    where = Where.of(case.operation, roles=frozenset({case.trial.role}))
    name = detail(case)
    book.add(case, "not-checked", where, instead=ForwardAs(_entitled(case)), situation=name)
    book.add(case, "done-and-refused", where, instead=DoneAndRefused(_entitled(case), 403), situation=name)
    _other_refusals(ground, book, case, 403)


def _unknown(ground: Ground, book: Catalogue, case: Case) -> None:
    where = ground.here(case, roles=frozenset({case.trial.role}))
    name = detail(case)
    if case.trial.role == "alt":
        where = Where.of(case.operation, roles=frozenset({"alt"}))
        book.add(case, "not-checked", where, instead=ForwardAs(_entitled(case)), situation=name)
        book.add(case, "done-and-refused", where, instead=DoneAndRefused(_entitled(case), 404), situation=name)
    else:
        book.add(case, "accepted", where, instead=Answer(ground.normal_code(case.operation)), situation=name)
    _other_refusals(ground, book, case, 404)


def _other_refusals(ground: Ground, book: Catalogue, case: Case, code: int) -> None:
    """Another code, 500, and an effect in spite of the refusal, in the situation of a case."""
    name = detail(case)
    where = ground.here(case, roles=frozenset({case.trial.role}))
    lenient = isinstance(case.expectation, Refused) and case.expectation.also_listed
    other = UNLISTED if lenient else OTHER_CODE[code]
    book.add(case, "other-code", where, instead=Answer(other), situation=name)
    book.add(case, "500", where, instead=Answer(500), situation=name)
    if case.trial.situation.state is not None:
        refused = ground.here(case, roles=frozenset({case.trial.role}), answered="refused")
        book.add(case, "effect-status", refused, after=Effect("status"), situation=name)
        book.add(case, "effect-lock", refused, after=Effect("lock"))
        book.add(case, "effect-name", refused, after=Effect("name"))


def _conflict(ground: Ground, book: Catalogue, case: Case) -> None:
    """Where the reference names the situation: accepted, otherwise refused, or done. Where not: never a 500."""
    if case.trial.accepted is not False or not isinstance(case.expectation, Refused):
        book.add(case, "500", ground.here(case), instead=Answer(500), situation=detail(case))
        return
    role = frozenset({case.trial.role})
    if case.trial.situation.locked:
        where = ground.here(case, roles=role)
        book.add(case, "lock-open", where, instead=ForwardAs("admin"), situation=detail(case))
    else:
        code = ground.normal_code(case.operation)
        book.add(case, "accepted", ground.here(case), instead=Answer(code), situation=detail(case))
    _other_refusals(ground, book, case, 409)


def _precondition(ground: Ground, book: Catalogue, case: Case) -> None:
    name, role = detail(case), frozenset({case.trial.role})
    if isinstance(case.expectation, Admitted):
        where = ground.here(case, roles=role) if case.trial.situation.locked else ground.here(case)
        for code in (409, 400, 500):
            book.add(case, f"over-enforced-{code}", where, instead=Answer(code), situation=name)
        return
    if not isinstance(case.expectation, Refused):
        return
    if case.trial.situation.locked:
        where = ground.here(case, roles=role)
        book.add(case, "lock-open", where, instead=ForwardAs("admin"), situation=name)
    else:
        code = ground.normal_code(case.operation)
        book.add(case, "not-enforced", ground.here(case), instead=Answer(code), situation=name)
    book.add(case, "500", ground.here(case, roles=role), instead=Answer(500), situation=name)
    if case.trial.situation.state is not None:
        refused = ground.here(case, roles=role, answered="refused")
        book.add(case, "effect-status", refused, after=Effect("status"), situation=name)


def _constraints(ground: Ground, book: Catalogue) -> None:
    """Every constraint of a request row, whether or not the suite has a case for it."""
    operations = {case.operation.id: case for case in ground.suite.cases}
    for any_case in operations.values():
        operation = any_case.operation
        listed = any(code.code == 400 and code.listed for code in operation.responses.error)
        for name, path, row in _rows(ground, operation):
            for label, test in _violations(row):
                breaks = _Constraint(id_part(f"{name}-{label}"), Holds(path, label, test), listed)
                breaks.write(ground, book, any_case)


def _rows(ground: Ground, operation: Operation) -> list[tuple[str, tuple[str, ...], Parameter]]:
    """The fields of the request that are fixed in place, the action's own among them: name, path, row."""
    version = ground.default(operation)
    found = [(field.name, field.path, field.row) for field in bodies.fields(operation, version)]
    for row in bodies.body_rows(operation, version):
        if row.name == operation.action and row.type in ("object", "dict"):
            found.append((row.name, (row.name,), replace(row, required=False)))  # without it, it is another action
    return found


@dataclass(frozen=True)
class _Constraint:
    name: str
    broken: Holds
    listed: bool

    def write(self, ground: Ground, book: Catalogue, any_case: Case) -> None:
        """Every way of not keeping it; ``any_case`` is of the operation, for where the suite has none of its own."""
        operation = any_case.operation
        requirement = f"{operation.id}/error/400" if self.listed else f"{operation.id}/constraint/{self.name}"
        case_id = f"{requirement}[{self.name}]" if self.listed else requirement
        case = next((c for c in ground.by_requirement.get(requirement, []) if c.id == case_id), any_case)
        situation = self.name if self.listed else None
        asked = Where.of(operation, body=self.broken)
        refused = Where.of(operation, body=self.broken, answered="refused")
        for mutation, code in (("accepted", ground.normal_code(operation)), ("unlisted", UNLISTED), ("500", 500)):
            book.add(case, mutation, asked, instead=Answer(code), situation=situation, requirement=requirement)
        book.add(case, "effect-status", refused, after=Effect("status"), situation=situation, requirement=requirement)


def _violations(row: Parameter) -> list[tuple[str, Callable[[Any], bool]]]:
    """The constraints of a row with a test of values that break it."""
    found: list[tuple[str, Callable[[Any], bool]]] = []
    if row.required:
        found.append(("missing", lambda value: value is ABSENT))
    kind = row.type or ""
    if kind in ("string", "uuid", "integer", "int", "float", "number", "boolean", "bool", "object", "dict", "array"):
        found.append(("type", lambda value: value is not ABSENT and value is not None and _mistyped(value, kind)))
    if row.enum:
        found.append(("enum", lambda value: isinstance(value, str) and value not in row.enum))
    if row.max_length is not None and row.type == "string" and row.max_length <= 100_000:
        limit = row.max_length
        found.append(("max-length", lambda value: isinstance(value, str) and len(value) > limit))
    if row.min_length and row.type == "string":
        least = row.min_length
        found.append(("min-length", lambda value: isinstance(value, str) and len(value) < least))
    if row.minimum is not None:
        low = row.minimum
        found.append(("minimum", lambda value: isinstance(value, int) and value < low))
    if row.maximum is not None:
        high = row.maximum
        found.append(("maximum", lambda value: isinstance(value, int) and value > high))
    return found


def _mistyped(value: Any, kind: str) -> bool:
    return not is_of_type(value, "string" if kind == "uuid" else kind)
