"""Trials of one operation: the situation, the request, and the expected outcome."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from conformance.engine.api import naming
from conformance.engine.cloud.exchange import ABSENT
from conformance.engine.derive.pages import of_one
from conformance.engine.derive.view import Variant, View
from conformance.engine.model.binding import Step
from conformance.engine.model.case import id_part
from conformance.engine.model.setup import Ended, Existing, Locked, Prepared, Setup
from conformance.engine.model.trial import Exchange, Once, Outcome, RequestTemplate, Situation, Target, Trial
from specs.microversion import Microversion
from specs.model import Parameter

ACCEPTED = Outcome()
REFUSED = Outcome(accepted=False)
SILENT = Outcome(accepted=None)
"""The reference does not say whether the request is accepted."""
REFUSED_TO_SENDER = Outcome(accepted=False, refused_for="sender")
SILENT_TO_SENDER = Outcome(accepted=None, refused_for="sender")


@dataclass(frozen=True)
class Where:
    """The situation of a trial.

    Attributes:
        variant: the form of the request.
        state: the status of the resource when the request is sent; None if no resource is needed.
        target: the target of the path.
    """

    variant: Variant
    state: str | None
    target: Target = "own"


@dataclass(frozen=True)
class Asked:
    """How a request differs from the documented one at the highest version, sent by the documented role.

    Attributes:
        role: the role that sends it.
        version: the microversion.
        path: texts for placeholders.
        query: names and values beside those that the operation needs.
        headers: names and values of headers in place of the documented ones.
        body: the body, ABSENT for none.
        optional: True if the body has optional fields, which may be open to fewer roles than the operation.
    """

    role: str | None = None
    version: Microversion | None = None
    path: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, Any], ...] = ()
    headers: tuple[tuple[str, Any], ...] = ()
    body: Any = None
    optional: bool = False


DOCUMENTED = Asked()
ONCE = Once()


def existing(operations: Iterable[str]) -> tuple[Setup, ...]:
    """Return the setup in which the paths of some operations name existing things; nothing without operations."""
    names = tuple(operations)
    return (Existing(names),) if names else ()


def prepared(steps: Iterable[Step]) -> tuple[Setup, ...]:
    """Return the setup that some requests make; nothing if there are no requests."""
    taken = tuple(steps)
    return (Prepared(taken),) if taken else ()


def attempt(
    view: View,
    label: str,
    where: Where,
    asked: Asked = DOCUMENTED,
    setup: tuple[Setup, ...] = (),
    outcome: Outcome = ACCEPTED,
    exchange: Exchange = ONCE,
) -> Trial:
    """Make a trial of an operation. ``label`` distinguishes trials whose other arguments are the same."""
    role, state, version = asked.role or view.role, where.state, asked.version
    plain = view.plain_body(where.variant, version or view.default) if asked.body is None or asked.optional else ABSENT
    body = plain if asked.body is None else asked.body
    sent = naming.named(view.operation, body, view.service)
    more = asked.optional and (asked.body is None or sent != naming.named(view.operation, plain, view.service))
    # If the reference names the roles for every cloud, a refusal of the documented request to one is a finding.
    may_fall_back = (
        asked.role is None
        and view.role != "admin"
        and (not view.roles_are_fixed or outcome.accepted is not True or more)
    )
    if state and outcome.accepted is not False:
        leads_to = view.leads_to(state, where.variant, version) or view.set_by(body, state)
        outcome = _leading(outcome, leads_to)
    return Trial(
        key=_key(view, label, where, role, version, setup, outcome),
        request=RequestTemplate(
            operation=view.operation,
            role=role,
            fallback_role="admin" if may_fall_back else None,
            version=version,
            path=asked.path,
            query=(*view.query, *asked.query),
            headers=tuple({**view.headers, **dict(asked.headers)}.items()),
            body=sent,
            uses_optional_fields=more,
        ),
        situation=Situation(state, where.target, view.within if state else ""),
        setup=setup,
        outcome=outcome,
        exchange=exchange,
    )


@lru_cache(maxsize=1_000)
def _leading(outcome: Outcome, statuses: tuple[str, ...]) -> Outcome:
    """The outcome that leads to some statuses: thousands of trials share some dozens."""
    return replace(outcome, leads_to=statuses)


_DUE = {False: "refused", None: "silent"}


def _key(
    view: View,
    label: str,
    where: Where,
    role: str,
    version: Microversion | None,
    setup: tuple[Setup, ...],
    outcome: Outcome,
) -> str:
    return "|".join(
        [
            view.operation.id,
            role,
            where.state or "-",
            "locked" if Locked() in setup else "free",
            where.target,
            str(version or "default"),
            where.variant.name or "-",
            label,
            *([view.within] if view.within else []),
            # A request that must be refused is made in another way: more views are taken before it.
            *([_DUE[outcome.accepted]] if outcome.accepted is not True else []),
        ]
    )


def ended(view: View, version: Microversion | None) -> Trial:
    """Make the trial of the documented request after the short-lived thing that its path names has ended."""
    variant, state = view.main
    return attempt(view, "ended", Where(variant, state), Asked(version=version), setup=(Ended(),), outcome=REFUSED)


def showing(view: View, row: Parameter, version: Microversion, state: str | None = None) -> Trial:
    """Make the trial of the documented request whose response must show a field at a version.

    An administrator asks for a field that only administrators see, unless the request makes or changes something that
    has no statuses: it might be the administrator's then. A link to the next page is shown by a page of one element.
    ``state``: the status of the resource; None for the usual one.
    """
    variant, usual = view.main
    state = state or usual
    at = None if version == view.default else version
    role = "admin" if row.visible_to == "admin" and (view.reads or state is not None) else None
    rule = view.service.showing(view.operation, row.name)
    page = of_one(view, row, version)
    if rule is None or rule.asks_only_for_a_role:
        asked = Asked(role=rule.role if rule is not None else role, version=at, query=page)
        return attempt(view, "page-of-one" if page else "documented", Where(variant, state), asked)
    return attempt(
        view,
        f"showing-{id_part(rule.fields)}{'-page-of-one' if page else ''}",
        Where(variant, state or (view.service.under_test.initial_status if rule.needs_resource else None)),
        Asked(role=rule.role or role, version=at, query=(*rule.query, *page), optional=bool(rule.existing)),
        setup=existing(rule.existing) + prepared(rule.steps),
    )
