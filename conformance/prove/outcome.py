"""The outcome of one breakage: the requirements that noticed it, and the false alarms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from conformance.prove.breakage import Breakage
from specs.record.model import Result

Fate = Literal["caught", "caught by another", "missed", "not reached", "void", "unseen", "inconclusive", "error"]
FATES: tuple[Fate, ...] = (
    "caught",
    "caught by another",
    "missed",
    "inconclusive",
    "not reached",
    "unseen",
    "void",
    "error",
)
"""All fates.

``caught``: a case of the broken requirement noticed it. ``caught by another``: only cases of other requirements did.
``not reached``: the breakage changed no exchange, so the suite has no case for that part of the promise. ``void``: the
unbroken cloud does not keep the promise either, so nothing can be proven. ``unseen``: no client can see it; the
description of the service gives the reason (``unseen``). ``error``: this program failed.
"""

DECIDED: tuple[Fate, ...] = ("caught", "caught by another", "missed", "inconclusive", "not reached")
"""Fates that count in the score."""


@dataclass(frozen=True)
class Outcome:
    """The fate of a breakage.

    Attributes:
        breakage, requirement, kind, operation, mutation: id and attributes of the breakage.
        fate: see FATES.
        by: ids of the requirements that noticed it, the broken one first.
        alarms: ids of the requirements that failed although the breakage does not touch them: false alarms.
        observed: the observation of the case that noticed it, or the reason why none did.
        cases: number of cases that were run; touched: number of exchanges that were changed.
        seconds: duration in seconds.
    """

    breakage: str
    requirement: str
    kind: str
    operation: str
    mutation: str
    fate: Fate
    by: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    observed: str = ""
    cases: int = 0
    touched: int = 0
    seconds: float = 0.0

    @classmethod
    def of(cls, breakage: Breakage, fate: Fate, **more: Any) -> Outcome:
        """Make the outcome of a breakage; ``more`` are further attributes."""
        return cls(
            breakage.id, breakage.requirement, breakage.kind, breakage.operation, breakage.mutation, fate, **more
        )

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Outcome:
        """Make an outcome from a JSON value; the inverse of ``to_json``."""
        parts: dict[str, Any] = {key: tuple(part) if isinstance(part, list) else part for key, part in value.items()}
        return cls(**parts)

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as a JSON value."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


@dataclass(frozen=True)
class Unbroken:
    """The results of the unbroken cloud through the same proxy, by case id."""

    results: Mapping[str, Result]

    def tells(self, result: Result) -> bool:
        """True if a result shows a deviation that the unbroken cloud does not have."""
        before = self.results.get(result.case)
        if result.verdict == "fail":
            return before is None or before.verdict != "fail" or before.observed != result.observed
        new = {d.id for d in (result.deviation, *result.omissions) if d}
        old = {d.id for d in (before.deviation, *before.omissions) if d} if before else set()
        return bool(new - old)

    def decides(self, case_id: str) -> bool:
        """True if a case passes on the unbroken cloud, so that the breakage must be the cause of another verdict."""
        before = self.results.get(case_id)
        return before is not None and before.verdict == "pass"


def not_broken(outcome: Outcome, refused: int, why: str | None) -> Outcome:
    """Return the outcome of a breakage: void if it was missed, and nothing else than other refusals came of it.

    Args:
        outcome: the outcome by the results of the cases.
        refused: number of changed exchanges that the cloud refused even to those who are allowed the request.
        why: the reason.
    """
    if outcome.fate != "missed" or refused < outcome.touched:
        return outcome
    return replace(outcome, fate="void", observed=f"{why}; {outcome.observed}")


def judge(
    breakage: Breakage,
    results: Iterable[Result],
    unbroken: Unbroken,
    related: Iterable[str],
    touched: int,
    unseen: str | None = None,
) -> Outcome:
    """Return the outcome of a breakage, from the results of its cases and of the control cases.

    Args:
        breakage: the breakage.
        results: the results of the cases that were run with it.
        unbroken: the results of the same cases on the unbroken cloud.
        related: ids of the requirements with a case whose exchange the breakage may touch.
        touched: number of exchanges that were changed.
        unseen: the reason why no client can see the breakage; None if one could.
    """
    ran = list(results)
    telling = [r for r in ran if unbroken.tells(r)]
    near = {breakage.requirement, *related}
    by = tuple(dict.fromkeys(r.requirement for r in telling if r.requirement in near))
    alarms = tuple(dict.fromkeys(r.requirement for r in telling if r.requirement not in near))
    own = [r for r in telling if r.requirement == breakage.requirement]
    common: dict[str, Any] = {"alarms": alarms, "cases": len(ran), "touched": touched}
    if own:
        others = tuple(name for name in by if name != breakage.requirement)
        said = f"{own[0].case}: {own[0].reason or own[0].observed}"
        return Outcome.of(breakage, "caught", by=(breakage.requirement, *others), observed=said, **common)
    tried = [r for r in ran if r.case in breakage.cases]
    open_ = [r for r in tried if r.verdict in ("inconclusive", "error")]
    said = "; ".join(f"{r.case}: {r.verdict}: {r.reason or r.observed}" for r in (open_ or tried)[:2])
    if breakage.cases and not any(unbroken.decides(case) for case in breakage.cases):
        return Outcome.of(breakage, "void", by=by, observed=said, **common)
    if by:
        said = next(f"{r.case}: {r.reason or r.observed}" for r in telling if r.requirement in near)
        return Outcome.of(breakage, "caught by another", by=by, observed=said, **common)
    if not touched:
        side = breakage.where.answered
        if side and tried and all(r.accepted is (side == "refused") for r in tried):
            other = "refuses" if side == "accepted" else "accepts"
            said = f"the unbroken cloud {other} the request that the breakage would change; {said}"
            return Outcome.of(breakage, "void", observed=said, **common)
        said = said or "no case of the requirement has such an exchange"
        return Outcome.of(breakage, "not reached", observed=said, **common)
    if unseen and all(r.verdict != "error" for r in open_):
        return Outcome.of(breakage, "unseen", observed=unseen, **common)
    return Outcome.of(breakage, "inconclusive" if open_ else "missed", observed=said, **common)
