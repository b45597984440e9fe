"""Breakages of refusals: clouds that accept the request, give another status code, or refuse and act nevertheless."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from conformance.engine.judge.codes import Admitted, Refused, RefusedUnlessProviderChose, RefusedWhereSilent
from conformance.engine.judge.contents import ErrorBody
from conformance.engine.judge.statuses import FieldRequired
from conformance.engine.model.case import Case
from conformance.engine.model.setup import Locked, Prepared
from conformance.prove.after import SERVERS, Effect, ErrorShape, Gone, Shown
from conformance.prove.ground import Catalogue, Ground, detail
from conformance.prove.instead import Answer, DoneAndRefused, ForwardAs
from conformance.prove.where import Queried, Where, named
from specs.model import Operation

UNLISTED = 418
"""An error code that no reference lists."""

UNKNOWN = "/situation/unknown-reference"
"""The end of the ids of requirements about bodies that name nothing."""

SHAPES = ("html", "empty", "no-message", "other-code")
OTHER_CODE = {401: 403, 403: 409, 404: 400, 409: 400}
"""Promised status code -> the code that a broken cloud gives. Not 403 to a member: it could be the cloud's policy."""


def break_refusals(ground: Ground, book: Catalogue) -> None:
    """Add the breakages of the kinds error, precondition, situation and removed; ``broken_constraints`` adds others."""
    for requirement, cases in ground.requirements("error"):
        code = int(requirement.kind.rpartition("/")[2])
        for case in cases:
            if code == 401:
                _unauthorized(ground, book, case)
            elif code == 403:
                _forbidden(ground, book, case)
            elif code == 404:
                _unknown(ground, book, case)
            elif code == 409 or isinstance(case.expectation, RefusedWhereSilent):
                _conflict(ground, book, case)
        if code != 401:  # that response comes from the middleware before the service, with a body of its own
            _shapes(ground, book, cases, code)
    for _, cases in ground.requirements("precondition"):
        for case in cases:
            _precondition(ground, book, case)
    for _, cases in ground.requirements("situation"):
        _silent(ground, book, cases)
    for _, cases in ground.requirements("removed"):
        _removed(ground, book, cases[0])


def _shapes(ground: Ground, book: Catalogue, cases: list[Case], code: int) -> None:
    """Add breakages of the shape of the error body, in every exchange with the code."""
    judged = Refused | RefusedUnlessProviderChose
    case = next((c for c in cases if isinstance(c.expectation, judged) and c.fault is not None), None)
    if case is None or case.operation.method == "HEAD":
        return  # no form of the body is promised, or the reference does not say when the code comes; HEAD has no body
    roles = ground.roles(case)
    where = Where.of(case.operation, roles=roles, answered="refused")
    if code != 400:
        where = ground.here(case, roles=roles, answered="refused")
    form = case.fault if isinstance(case.fault, ErrorBody) else ErrorBody()
    for shape in SHAPES:
        if shape != "other-code" or form.code is not None:  # else the body repeats no code
            book.add(case, f"error-{shape}", where, after=ErrorShape(shape, form.code or "code", form.listed))


def _unauthorized(ground: Ground, book: Catalogue, case: Case) -> None:
    where = Where.of(case.operation, roles=ground.roles(case))
    name = detail(case)
    book.add(case, "not-checked", where, instead=ForwardAs("member"), situation=name)
    book.add(case, "accepted", where, instead=Answer(ground.normal_code(case.operation)), situation=name)
    book.add(case, "other-code", where, instead=Answer(OTHER_CODE[401]), situation=name)
    book.add(case, "500", where, instead=Answer(500), situation=name)


def _entitled(case: Case) -> str:
    """Return a role that is allowed the request which the role of the case is denied."""
    policy = case.operation.policy
    return "admin" if policy and not ({"owner", "any", "member", "reader"} & set(policy.roles)) else "member"


def _forbidden(ground: Ground, book: Catalogue, case: Case) -> None:
    where = Where.of(case.operation, roles=ground.roles(case))
    name = detail(case)
    if isinstance(case.expectation, RefusedWhereSilent):  # the reference does not forbid the cloud to accept it
        _fails(ground, book, case, ground.here(case, roles=ground.roles(case)))
        if not case.trial.setups(Prepared):  # prepared steps make the cloud refuse the request to every role
            _done(ground, book, case, where, _entitled(case), 403)
        return
    if not isinstance(case.expectation, Refused | RefusedUnlessProviderChose):
        return
    book.add(case, "not-checked", where, instead=ForwardAs(_entitled(case)), situation=name)
    _done(ground, book, case, where, _entitled(case), 403)
    _other_refusals(ground, book, case, 403)


def _unknown(ground: Ground, book: Catalogue, case: Case) -> None:
    where = ground.here(case, roles=ground.roles(case))
    name = detail(case)
    if isinstance(case.expectation, RefusedWhereSilent):  # it may be accepted, or refused with another code
        _fails(ground, book, case, where)
        return
    if case.trial.request.role == "alt":
        where = Where.of(case.operation, roles=frozenset({"alt"}))
        book.add(case, "not-checked", where, instead=ForwardAs(_entitled(case)), situation=name)
        _done(ground, book, case, where, _entitled(case), 404)
    else:
        book.add(case, "accepted", where, instead=Answer(ground.normal_code(case.operation)), situation=name)
    _other_refusals(ground, book, case, 404)


def _other_refusals(ground: Ground, book: Catalogue, case: Case, code: int) -> None:
    """Add three breakages in the situation of a case: another code, 500, and an effect in spite of the refusal."""
    name = detail(case)
    where = ground.here(case, roles=ground.roles(case))
    lenient = isinstance(case.expectation, Refused) and case.expectation.also_listed
    other = UNLISTED if lenient else OTHER_CODE[code]
    book.add(case, "other-code", where, instead=Answer(other), situation=name)
    book.add(case, "500", where, instead=Answer(500), situation=name)
    if case.trial.situation.target == "own":
        refused = ground.here(case, roles=ground.roles(case), answered="refused")
        break_quietly(ground, book, case, refused, name, case.requirement.id)


def _done(ground: Ground, book: Catalogue, case: Case, where: Where, role: str, code: int) -> None:
    """Add the breakage that carries the request out and answers with a refusal; a reading operation has none."""
    if not ground.reads(case.operation):
        instead = DoneAndRefused(role, code)
        book.add(case, "done-and-refused", where, instead=instead, situation=detail(case))


def break_quietly(ground: Ground, book: Catalogue, case: Case, refused: Where, name: str, requirement: str) -> None:
    """Add refusals after which the resource that the path names is changed nevertheless.

    Args:
        ground: the suite.
        book: the catalogue to add to.
        case: a case of a refusal.
        refused: the exchanges with the refusal.
        name: name of the situation.
        requirement: id of the broken requirement. Lock and name are changed once for each error code, not in each
            situation.
    """
    operation = case.operation
    if ground.reads(operation):
        return
    if ground.scoped(operation) and ground.has_actions(operation):
        if case.trial.situation.state is not None:
            status = _changed(ground, operation, "status")
            book.add(case, "effect-status", refused, after=status, situation=name, requirement=requirement)
            if requirement.startswith(f"{operation.id}/error/4") and not requirement.endswith("/400"):
                if ground.service.about(operation).under_test.lock:
                    book.add(case, "effect-lock", refused, after=_changed(ground, operation, "lock"))
                book.add(case, "effect-name", refused, after=_changed(ground, operation, "name"))
    elif operation.path.endswith("}"):
        book.add(case, "effect-gone", refused, after=Gone(), situation=name, requirement=requirement)


def _changed(ground: Ground, operation: Operation, kind: Literal["status", "lock", "name"]) -> Effect | Shown:
    """The change of the resource with statuses by a refusal: a real one of a server, else one in the views alone."""
    about, collection = ground.service.about(operation), ground.collection(operation)
    if collection == SERVERS or kind == "lock":
        return Effect(kind)
    if kind == "status":
        failed = next(iter(about.failure_statuses), "error")
        return Shown(collection, statuses=(failed, about.under_test.initial_status))
    kept = about.profile.kind(about.resource)
    return Shown(collection, place=("name",) if kept.bare else (kept.key or kept.name, "name"))


def _conflict(ground: Ground, book: Catalogue, case: Case) -> None:
    """Add the breakages of a conflict; if the reference does not name its situation, only the 500."""
    if case.trial.outcome.accepted is not False or not isinstance(case.expectation, Refused):
        _fails(ground, book, case, ground.here(case))
        return
    role = ground.roles(case)
    if Locked() in case.trial.setup:
        where = ground.here(case, roles=role)
        book.add(case, "lock-open", where, instead=ForwardAs("admin"), situation=detail(case))
        _done(ground, book, case, where, "admin", 409)
    else:
        code = ground.normal_code(case.operation)
        book.add(case, "accepted", ground.here(case), instead=Answer(code), situation=detail(case))
    _other_refusals(ground, book, case, 409)


def _precondition(ground: Ground, book: Catalogue, case: Case) -> None:
    name, role = detail(case), ground.roles(case)
    expected = case.expectation
    if isinstance(expected, Admitted) or (isinstance(expected, FieldRequired) and expected.fits):
        where = ground.here(case, roles=role) if Locked() in case.trial.setup else ground.here(case)
        for code in (409, 400, 500):
            book.add(case, f"over-enforced-{code}", where, instead=Answer(code), situation=name)
        return
    if not isinstance(expected, Refused | FieldRequired):
        return
    if Locked() in case.trial.setup:
        where = ground.here(case, roles=role)
        book.add(case, "lock-open", where, instead=ForwardAs("admin"), situation=name)
        _done(ground, book, case, where, "admin", 409)
    else:
        code = ground.normal_code(case.operation)
        book.add(case, "not-enforced", ground.here(case), instead=Answer(code), situation=name)
    book.add(case, "500", ground.here(case, roles=role), instead=Answer(500), situation=name)
    if case.trial.situation.target == "own":
        refused = ground.here(case, roles=role, answered="refused")
        break_quietly(ground, book, case, refused, name, case.requirement.id)


def _silent(ground: Ground, book: Catalogue, cases: list[Case]) -> None:
    """Add errors of the service, which alone break something in situations of which the reference is silent."""
    for case in cases:
        if case.requirement.id.endswith(UNKNOWN):
            continue  # ``broken_causes`` tells such a request by its body
        where = ground.here(case)
        if case.requirement.id.endswith("/query"):
            name, value = case.trial.request.query[-1]  # the odd one: the operation needs those before it
            where = replace(where, query=Queried(name, named(name), str(value)))
        _fails(ground, book, case, where)


def _fails(ground: Ground, book: Catalogue, case: Case, where: Where) -> None:
    """Add an error of the service where the reference is silent; one that the operation lists breaks nothing."""
    if not ground.lists(case.operation, 500):
        book.add(case, "500", where, instead=Answer(500), situation=detail(case))


def _removed(ground: Ground, book: Catalogue, case: Case) -> None:
    """Add breakages of a removed operation: it works again, or is refused with another code than promised."""
    where = ground.here(case)
    book.add(case, "accepted", where, instead=Answer(ground.normal_code(case.operation)))
    book.add(case, "accepted-200", where, instead=Answer(200))
    book.add(case, "other-code", where, instead=Answer(UNLISTED))
    if isinstance(case.expectation, Refused) and not case.expectation.any_refusal:
        book.add(case, "404", where, instead=Answer(404))
    book.add(case, "500", where, instead=Answer(500))
