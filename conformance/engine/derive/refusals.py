"""Refusals: no token, too low a role, unknown ids, wrong statuses, locks, and broken constraints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.engine.api import json_path, request_fields
from conformance.engine.api.producers import collection_of, placeholders
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.cloud.roles import Role
from conformance.engine.derive.attempt import (
    REFUSED,
    REFUSED_TO_SENDER,
    SILENT,
    SILENT_TO_SENDER,
    Asked,
    Where,
    attempt,
    prepared,
)
from conformance.engine.derive.book import Book
from conformance.engine.derive.causes import derive_causes
from conformance.engine.derive.conditions import derive_conditions, of_a_field
from conformance.engine.derive.constraints import derive_constraints
from conformance.engine.derive.versions import former_fields
from conformance.engine.derive.view import View
from conformance.engine.judge.codes import (
    Admitted,
    Refused,
    RefusedUnlessProviderChose,
    RefusedWhereSilent,
)
from conformance.engine.model.binding import Binding
from conformance.engine.model.case import Requirement, id_part
from conformance.engine.model.setup import Locked
from conformance.engine.model.trial import Outcome, Twice
from specs.model import Condition
from specs.refusals import Refusal

UNAUTHORIZED, FORBIDDEN, HIDDEN, CONFLICT = 401, 403, 404, 409

UNKNOWN_ID = "5f1f35c1-9e5e-4b0b-9c0a-0d8f0d1f4a99"
"""A UUID that names nothing: it was made for this place alone."""

OF_THE_CLOUD = frozenset({500, 501, 502, 503, 504})
"""Status codes that depend on drivers and configuration, so that no request provokes them."""


def derive_refusals(view: View, book: Book, default_policy: bool) -> None:
    """Add the cases of the kinds error/<code>, constraint, and precondition (the refused side)."""
    listed = {}
    for code in view.operation.responses.error:
        if code.listed and view.default in code.range:
            listed[code.code] = code.line
        elif code.listed:
            book.without_case(view.requirement("error", str(code.code), code.line), "beyond-cloud", str(code.range))
    _kept_out(view, book, listed, default_policy)
    _unknown(view, book, listed)
    derive_constraints(view, book, listed.get(400))
    if view.scoped:
        derive_conditions(view, book, listed.get(409))
        _wrong_status(view, book, listed.get(409))
        _locked(view, book, listed.get(409))
    _at_quota(view, book, listed)
    if 409 in listed:
        _repeated(view, book, listed[409])
    derive_causes(view, book, listed)
    _rest(view, book, listed)


def _rest(view: View, book: Book, listed: dict[int, int]) -> None:
    """Note a reason for every listed code that has no case."""
    for code, line in listed.items():
        requirement = view.requirement("error", str(code), line)
        if requirement.id not in book.requirements:
            book.without_case(requirement, *_no_cause(view, code))


def _no_cause(view: View, code: int) -> tuple[str, str]:
    """The reason why a listed code has no case, and its detail."""
    if code in OF_THE_CLOUD:
        return "provider", ""
    if code == 400:
        return "no-constraint", ""
    if code in (UNAUTHORIZED, FORBIDDEN) and not view.service.takes_token(view.operation):
        return "no-constraint", "the request takes no token"
    if code == HIDDEN and not placeholders(view.operation.path):
        return "no-constraint", "the path names nothing that could be missing"
    if code == CONFLICT:
        return "no-constraint", "the reference names no cause of a conflict"
    return "not-derivable", ""


def _kept_out(view: View, book: Book, listed: Mapping[int, int], default_policy: bool) -> None:
    """Add the cases of refusals because of the sender, unless the operation takes no token."""
    if not view.service.takes_token(view.operation):
        return
    if 401 in listed:
        _unauthorized(view, book, listed[401])
    if 403 in listed:
        _forbidden(view, book, listed[403], default_policy)


def _unauthorized(view: View, book: Book, line: int) -> None:
    variant, _ = view.main
    for role, why in (("no-token", "no token was sent"), ("bad-token", "the token is none")):
        trial = attempt(view, "documented", Where(variant, None, "unknown"), Asked(role=role), outcome=REFUSED)
        book.case(view.requirement("error", "401", line), role, trial, Refused((401,), why))


def _forbidden(view: View, book: Book, line: int, default_policy: bool) -> None:
    variant, state = view.main
    policy = view.operation.policy
    if policy is not None and "any" in policy.roles:
        return  # no role is below the documented one
    role = "reader" if view.role == "member" else "member"
    own = view.operation.path.split("/")[1] in view.service.user_owned
    if role == "reader" and (view.reads or own or (policy is not None and "reader" in policy.roles)):
        # A reader may do this, and the reference names no role that may not: a role without any right is only observed.
        trial = attempt(view, "documented", Where(variant, state), Asked(role="visitor"), outcome=SILENT_TO_SENDER)
        requirement = view.requirement("error", "403", line)
        # A user's own element does not exist for another user, whatever the role: there 404 says nothing about roles.
        hides = not own and bool(placeholders(view.operation.path))
        book.case(requirement, "visitor", trial, RefusedWhereSilent(403, "a role without any right", may_hide=hides))
        return
    why = (
        f"the role {role} may not do it by the documented defaults"
        if policy is not None
        else f"403 is listed, and the role {role} is below that of an owner"
    )
    # The reference does not say who may see a thing of no status, and whoever may not is told that there is none.
    first = HIDDEN if policy is None and not view.scoped and placeholders(view.operation.path) else None
    free = policy is None or policy.provider_may_change
    trial = attempt(view, "documented", Where(variant, state), Asked(role=role), outcome=REFUSED_TO_SENDER)
    expectation = RefusedUnlessProviderChose(403, why, default_policy, first) if free else Refused((403,), why)
    book.case(view.requirement("error", "403", line), role, trial, expectation)


def _not_found(view: View, book: Book, line: int) -> None:
    variant, state = view.main
    requirement = view.requirement("error", "404", line)
    names = placeholders(view.operation.path)
    if not names:
        _nothing_named(view, book, requirement)
        return
    if view.names_what_it_makes and len(names) == 1:
        return  # the client chooses the name, so no name is unknown
    if view.needs_resource and not view.scoped:
        unknown = attempt(view, "documented", Where(variant, state, "missing"), outcome=REFUSED)
    else:
        unknown = attempt(view, "documented", Where(variant, None, "unknown"), outcome=REFUSED)
    first = _found_first(view, names)
    book.case(requirement, "unknown-id", unknown, Refused((404,), "no such resource exists", first=first))
    if len(names) > 1 and not view.makes:
        missing = attempt(view, "missing", Where(variant, state, "missing"), outcome=REFUSED)
        why = f"no resource has the name given for {{{names[-1]}}}"
        book.case(
            requirement, f"unknown-{names[-1]}", missing, Refused((404,), why, first=_found_first(view, names[-1:]))
        )
    if not view.scoped:
        return
    if view.role == "member" and view.service.under_test.role is Role.MEMBER:  # else it belongs to no project
        foreign = attempt(view, "documented", Where(variant, state), Asked(role="alt"), outcome=REFUSED_TO_SENDER)
        why = "the resource belongs to another project"
        # A listed 403 also keeps the promise: the reference does not choose between the two codes.
        book.case(requirement, "other-project", foreign, Refused((404,), why, also_listed=True))
    for condition in view.operation.preconditions:
        if condition.kind == "exists" and condition.resource == view.service.resource:
            exists = view.requirement("precondition", "exists", condition.line)
            book.case(exists, "unknown-id", unknown, Refused((404,), "no such resource exists"))


def _unknown(view: View, book: Book, listed: Mapping[int, int]) -> None:
    """Add the cases of requests for things that do not exist."""
    if 404 in listed:
        _not_found(view, book, listed[404])
        return
    if 400 in listed and placeholders(view.operation.path):
        _not_known(view, book, listed[400])
    _not_existing(view, book)


def _not_existing(view: View, book: Book) -> None:
    """Add the case of an unknown id if 404 is not listed, but a precondition says that the resource must exist."""
    variant, _ = view.main
    for condition in view.operation.preconditions if view.scoped else ():
        if condition.kind == "exists" and condition.resource == view.service.resource:
            unknown = attempt(view, "documented", Where(variant, None, "unknown"), outcome=REFUSED)
            exists = view.requirement("precondition", "exists", condition.line)
            book.case(exists, "unknown-id", unknown, Refused((404,), "no such resource exists", any_refusal=True))


def _found_first(view: View, names: Sequence[str]) -> int | None:
    """The code of another fault of a request with unknown names, which may be found first; None if it has none.

    Without a token, the secret in the body is wrong. Only its owner may ask for a user's own thing. A name that the
    description gives as a text is a word of the service, and another word may be forbidden.
    """
    if not view.service.takes_token(view.operation):
        return UNAUTHORIZED
    described = (
        view.service.placeholder_value(view.operation, collection_of(view.operation.path, name), name) for name in names
    )
    own = view.operation.path.split("/")[1] in view.service.user_owned
    return FORBIDDEN if own or all(isinstance(value, str) for value in described) else None


def _nothing_named(view: View, book: Book, requirement: Requirement) -> None:
    """Add the 404 cases without an id in the path: an unknown id in the body, or the request after its last version."""
    variant, state = view.main
    base = view.body(variant, view.default)
    for field in request_fields.fields(view.operation, view.default) if base is not ABSENT else ():
        value = json_path.lookup(base, field.path)
        unknown = unknown_in_place_of(view, value)
        if unknown is not None:
            body = json_path.replaced(base, field.path, unknown)
            trial = attempt(
                view, f"unknown-{id_part(field.name)}", Where(variant, state), Asked(body=body), outcome=REFUSED
            )
            situation = f"a {field.name} that names nothing"
            book.case(requirement, f"unknown-{field.name}", trial, RefusedWhereSilent(404, situation))
    own = view.operation.microversions.range
    if own.max is not None and own.max.next <= view.top:
        gone = attempt(view, "outside", Where(variant, None, "unknown"), Asked(version=own.max.next), outcome=REFUSED)
        book.case(requirement, str(own.max.next), gone, Refused((404,), f"the operation exists only up to {own.max}"))


def unknown_in_place_of(view: View, value: Any) -> str | None:
    """An id that names nothing, in place of a value of a body; None if the value names no thing that has an id."""
    if not isinstance(value, Binding):
        return None
    if value.resource.startswith("/"):
        return UNKNOWN_ID if value.attribute == "id" else None
    kind = view.service.kinds.get(value.resource)
    return kind.unknown if kind is not None else None


def _not_known(view: View, book: Book, line: int) -> None:
    """Add the case of an unknown id if 404 is not listed: the reference lists only 400, without a situation."""
    variant, _ = view.main
    unknown = attempt(view, "documented", Where(variant, None, "unknown"), outcome=REFUSED)
    requirement = view.requirement("error", "400", line)
    book.case(requirement, "unknown-id", unknown, RefusedWhereSilent(400, "an id that names nothing"))


def _repeated(view: View, book: Book, line: int) -> None:
    """Add the case of a request sent twice, if a conflict is listed for making a thing; or for two elements."""
    variant, state = view.main
    requirement = view.requirement("error", "409", line)
    if view.scoped:
        return
    if view.makes or view.service.steps(view.operation, "steps_after"):
        trial = attempt(view, "twice", Where(variant, state), outcome=SILENT, exchange=Twice())
        book.case(requirement, "twice", trial, RefusedWhereSilent(409, "the same asked for twice"))
        return
    producer = view.producers.of(view.operation.path.rpartition("/")[0]) if view.producers is not None else None
    if view.operation.method == "PUT" and producer is not None:
        trial = attempt(view, "of-another", Where(variant, state), outcome=SILENT, exchange=Twice(of_another=True))
        book.case(requirement, "of-another", trial, RefusedWhereSilent(409, "the same asked of a second element"))


def _wrong_status(view: View, book: Book, line: int | None) -> None:
    """Add cases in every stable status that is not documented; without documented statuses, cases that only observe."""
    for variant in view.variants:
        others = [s for s in view.service.under_test.stable_statuses if s not in variant.states]
        for state in others:
            detail = f"{variant.prefix}{state}"
            if variant.condition is None:
                if line is None:
                    continue
                trial = attempt(view, "documented", Where(variant, state), outcome=SILENT)
                expectation = RefusedWhereSilent(409, f"status {state}", state=state)
                book.case(view.requirement("error", "409", line), detail, trial, expectation)
                continue
            trial = attempt(view, "documented", Where(variant, state), outcome=REFUSED)
            why = f"the status is {state}, not {' or '.join(variant.states)}"
            name = "status" + (f"-{variant.name}" if variant.name else "")
            refused = view.requirement("precondition", name, variant.condition.line)
            book.case(refused, detail, trial, Refused((409,), why, any_refusal=True))
            if line is not None:
                book.case(view.requirement("error", "409", line), detail, trial, Refused((409,), why))


def _locked(view: View, book: Book, line: int | None) -> None:
    """Add cases on a locked resource: refused to its owner and open to an administrator, if the reference says so."""
    resource = view.service.resource
    said: list[Condition | Refusal] = [c for c in view.operation.preconditions if c.kind == "locked_requires_admin"]
    said += [refusal for refusal in view.operation.refusals if refusal.cause.locked]
    if not view.service.under_test.lock:
        return  # no operation locks such a resource; ``untested_conditions`` tells of sentences about locks
    variant, state = view.main
    if view.operation.id in (view.service.under_test.lock, view.service.under_test.unlock) or not (said or line):
        return
    if view.role != "member":
        if said:  # the refusal of a member would say nothing about the lock
            admin = attempt(view, "documented", Where(variant, state), setup=(Locked(),))
            requirement = view.requirement("precondition", "locked", said[0].line)
            book.case(requirement, "admin", admin, Admitted(f"an administrator may act on a locked {resource}"))
        return
    member = attempt(
        view,
        "documented",
        Where(variant, state),
        Asked(role="member"),
        setup=(Locked(),),
        outcome=Outcome(False if said else None, refused_for="sender"),
    )
    if not said:
        expectation = RefusedWhereSilent(409, f"a locked {resource}")
        book.case(view.requirement("error", "409", line), "locked", member, expectation)
        return
    why = f"its owner has locked the {resource} and the role is not admin"
    requirement = view.requirement("precondition", "locked", said[0].line)
    book.case(requirement, "member", member, Refused((409,), why, any_refusal=True))
    if line is not None:
        book.case(view.requirement("error", "409", line), "locked", member, Refused((409,), why))
    admin = attempt(view, "documented", Where(variant, state), Asked(role="admin"), setup=(Locked(),))
    book.case(requirement, "admin", admin, Admitted(f"an administrator may act on a locked {resource}"))


def _at_quota(view: View, book: Book, listed: Mapping[int, int]) -> None:
    """Add the case of a refusal because a quota is used up, if the reference names the quota and the API can set it."""
    for condition in view.operation.preconditions:
        if condition.kind != "quota" or not _settable(view, condition):
            continue
        variant, state = view.main
        trial = attempt(
            view,
            f"at-quota-{id_part(condition.resource)}",
            Where(variant, state),
            Asked(role=view.role),
            setup=prepared((view.service.quotas[condition.resource],)),
            outcome=REFUSED,
        )
        codes = () if condition.code is None else (condition.code,)
        situation = f"a project whose {condition.resource} quota is used up"
        requirement = view.requirement("precondition", "quota", condition.line)
        why = f"the {condition.resource} quota of the project is used up"
        book.case(requirement, f"no-{condition.resource}-left", trial, Refused(codes, why, any_refusal=True))
        for code in codes or (403,):
            if code in listed:
                stated = Refused(codes, why) if codes else RefusedWhereSilent(code, situation)
                book.case(view.requirement("error", str(code), listed[code]), "at-quota", trial, stated)
        book.used.add(f"quotas: {condition.resource}")


def _settable(view: View, condition: Condition) -> bool:
    """Return whether the quota can be set for the project of the member."""
    return view.role == "member" and condition.resource in view.service.quotas


def untested_conditions(view: View, book: Book) -> None:
    """Note the preconditions and request rows that no case can set up, with the reasons."""
    for condition in view.operation.preconditions:
        found = _untested(view, condition)
        if found is not None:
            name, reason, detail = found
            requirement = view.requirement("precondition", name, condition.line)
            if any(one.requirement == requirement.id and one.source != requirement.source for one in book.untested):
                # A second sentence about the same thing is a promise of its own.
                words = ("+".join(condition.any_of), (condition.when.environment if condition.when else None) or "")
                requirement = replace(requirement, id=f"{requirement.id}[{id_part('-'.join(filter(None, words)))}]")
            if requirement.id not in book.requirements:
                book.without_case(requirement, reason, detail)
    placed = {field.row for field in request_fields.fields(view.operation, view.default) + former_fields(view)}
    for row in view.operation.request.parameters:
        if row.location == "body" and row.name != view.operation.action and row not in placed:
            later = row.range.min is not None and row.range.min > view.default
            requirement = view.requirement("constraint", row.name, row.line, True)
            book.without_case(requirement, "beyond-cloud" if later else "no-place", row.name)


def _untested(view: View, condition: Condition) -> tuple[str, str, str] | None:
    """The name, the reason and the detail of a precondition without a case; None for a precondition with cases."""
    if view.told_elsewhere(condition):
        return None
    if condition.kind == "quota":
        return None if _settable(view, condition) else ("quota", "quota", condition.resource)
    if condition.kind == "locked_requires_admin" and not view.service.under_test.lock:
        return "locked", "not-derivable", condition.resource
    if condition.kind in ("environment", "effect"):
        return condition.kind, "not-through-api", condition.resource
    if condition.kind == "status" and not view.scoped and not of_a_field(view, condition):
        return "status", "not-derivable", f"the {condition.resource} that the body names"
    if condition.resource != view.service.resource:
        return f"{condition.kind}-{condition.resource}", "not-derivable", condition.resource
    if condition.kind == "status" and not view.holds_here(condition.when):
        environment = condition.when.environment if condition.when else None
        return f"status-{environment or 'other-version'}", "not-derivable", environment or ""
    if of_a_field(view, condition):
        return str(condition.attribute), "not-derivable", str(condition.attribute)
    return None
