"""Chooses from the requirements of some specs those that a guideline needs, with the cases that may prove them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from specs.guideline.model import Capability, Guideline, Selector
from specs.record.ids import case_detail
from specs.record.model import Source

NOBODY = ("no-token", "bad-token")
"""The roles of requests without a valid token; everybody may send these."""


@dataclass(frozen=True)
class Promise:
    """A requirement of the specs, with its cases.

    Attributes:
        service: the service of the specs.
        id: the id of the requirement.
        source: its place in the reference.
        cases: the id and the role of each case.
        why: the reason why there is no case; None if there are cases.
    """

    service: str
    id: str
    source: Source
    cases: tuple[tuple[str, str], ...] = ()
    why: str | None = None


@dataclass(frozen=True)
class Needed:
    """A requirement that a capability needs.

    Attributes:
        service, requirement, source: as in ``Promise``.
        cases: the ids of the cases that decide it.
        of: the number of all cases of the requirement.
        why: the reason why no case decides it; None if there are cases.
    """

    service: str
    requirement: str
    source: Source
    cases: tuple[str, ...]
    of: int
    why: str | None = None


@dataclass(frozen=True)
class Choice:
    """The needs of one capability.

    Attributes:
        needed: its requirements, in the order of the guideline.
        unknown: the selectors (with their index) that choose nothing in the specs of a service that was given.
    """

    capability: Capability
    needed: tuple[Needed, ...]
    unknown: tuple[tuple[int, Selector], ...] = ()


def choose(guideline: Guideline, promises: Iterable[Promise]) -> tuple[Choice, ...]:
    """Return the needs of every capability of a guideline, in its order.

    Args:
        guideline: the guideline.
        promises: the requirements of the specs of its services.
    """
    by_operation: dict[tuple[str, str], list[Promise]] = {}
    for promise in promises:
        by_operation.setdefault((promise.service, promise.id.partition("/")[0]), []).append(promise)
    return tuple(_of(capability, by_operation) for capability in guideline.capabilities)


def _of(capability: Capability, by_operation: dict[tuple[str, str], list[Promise]]) -> Choice:
    needed: dict[tuple[str, str], Needed] = {}
    unknown = []
    for at, selector in enumerate(capability.requirements):
        service = selector.service or capability.service
        operation = selector.operation or (selector.id or "").partition("/")[0]
        chosen = [one for one in by_operation.get((service, operation), ()) if selector.chooses(one.id)]
        if not chosen:
            unknown.append((at, selector))
        for promise in chosen:
            one = _need(promise, selector, capability.roles)
            before = needed.get((service, promise.id))
            needed[service, promise.id] = one if before is None else _both(before, one)
    return Choice(capability, tuple(needed.values()), tuple(unknown))


def _need(promise: Promise, selector: Selector, roles: Sequence[str]) -> Needed:
    named = [(case, role) for case, role in promise.cases if selector.chooses_case(case_detail(case, promise.id))]
    cases = tuple(case for case, role in named if role in roles or role in NOBODY)
    why = None
    if not cases:
        if not promise.cases:
            why = promise.why or "this suite has no case for it"
        elif not named:
            why = f"this suite has no case of it that the guideline names ({', '.join(map(repr, selector.cases))})"
        else:
            others = sorted({role for _, role in named})
            why = f"its cases need the role {' or '.join(others)}, which the capability does not allow"
    return Needed(promise.service, promise.id, promise.source, cases, len(promise.cases), why)


def _both(one: Needed, other: Needed) -> Needed:
    """Join the needs of two selectors that choose the same requirement."""
    cases = tuple(dict.fromkeys((*one.cases, *other.cases)))
    why = None if cases else one.why
    return Needed(one.service, one.requirement, one.source, cases, one.of, why)


def cases_of(choices: Iterable[Choice]) -> Iterator[str]:
    """Yield the ids of all needed cases; one that several capabilities need comes several times."""
    for choice in choices:
        for one in choice.needed:
            yield from one.cases
