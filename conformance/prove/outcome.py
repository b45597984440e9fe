"""What became of one breakage: who told of it, and who cried without cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
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

``not reached``: no exchange met the breakage, so the suite has no case for that part of the promise. ``void``: the
unbroken cloud keeps the promise as little, so nothing can be proven. ``unseen``: no client can see it, for a reason
written down in the description of the service (``unseen``). ``error``: this program failed.
"""

DECIDED: tuple[Fate, ...] = ("caught", "caught by another", "missed", "inconclusive", "not reached")
"""Fates that count in the score."""


@dataclass(frozen=True)
class Outcome:
    """The fate of a breakage.

    Attributes:
        breakage, requirement, kind, operation, mutation: of the breakage.
        fate: see FATES.
        by: requirements that told of it, the broken one first.
        alarms: requirements that failed and that the breakage does not touch: false alarms.
        observed: what the telling case said, or why none did.
        cases: how many were run; touched: how many exchanges were changed.
        seconds: how long it took.
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
        """The outcome of a breakage."""
        return cls(
            breakage.id, breakage.requirement, breakage.kind, breakage.operation, breakage.mutation, fate, **more
        )

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Outcome:
        """The outcome that a JSON value is of; the inverse of ``to_json``."""
        parts: dict[str, Any] = {key: tuple(part) if isinstance(part, list) else part for key, part in value.items()}
        return cls(**parts)

    def to_json(self) -> dict[str, Any]:
        """As a JSON value."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


@dataclass(frozen=True)
class Unbroken:
    """What the suite says of the unbroken cloud through the same proxy, by case."""

    results: Mapping[str, Result]

    def tells(self, result: Result) -> bool:
        """Whether a result speaks of a deviation that the unbroken cloud does not have."""
        before = self.results.get(result.case)
        if result.verdict == "fail":
            return before is None or before.verdict != "fail" or before.observed != result.observed
        new = {d.id for d in (result.deviation, *result.omissions) if d}
        old = {d.id for d in (before.deviation, *before.omissions) if d} if before else set()
        return bool(new - old)

    def decides(self, case_id: str) -> bool:
        """Whether a case passes on the unbroken cloud, so that another verdict is the breakage's doing."""
        before = self.results.get(case_id)
        return before is not None and before.verdict == "pass"


def judge(
    breakage: Breakage,
    results: Iterable[Result],
    unbroken: Unbroken,
    related: Iterable[str],
    touched: int,
    unseen: str | None = None,
) -> Outcome:
    """The fate of a breakage from the results of its cases and of the control group.

    Args:
        breakage: what was broken.
        results: of the cases that were run.
        unbroken: what the same cases say of the unbroken cloud.
        related: requirements with a case whose exchange the breakage may touch.
        touched: how many exchanges were changed.
        unseen: why no client can see the breakage; None where one could.
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
    if by:
        said = next(f"{r.case}: {r.reason or r.observed}" for r in telling if r.requirement in near)
        return Outcome.of(breakage, "caught by another", by=by, observed=said, **common)
    tried = [r for r in ran if r.case in breakage.cases]
    open_ = [r for r in tried if r.verdict in ("inconclusive", "error")]
    said = "; ".join(f"{r.case}: {r.verdict}: {r.reason or r.observed}" for r in (open_ or tried)[:2])
    if breakage.cases and not any(unbroken.decides(case) for case in breakage.cases):
        return Outcome.of(breakage, "void", observed=said, **common)
    if not touched:
        side = breakage.where.answered
        if side and tried and all(r.accepted is (side == "refused") for r in tried):
            other = "refuses" if side == "accepted" else "accepts"
            said = f"the unbroken cloud {other} what the breakage would change; {said}"
            return Outcome.of(breakage, "void", observed=said, **common)
        said = said or "no case of the requirement has such an exchange"
        return Outcome.of(breakage, "not reached", observed=said, **common)
    if unseen and all(r.verdict != "error" for r in open_):
        return Outcome.of(breakage, "unseen", observed=unseen, **common)
    return Outcome.of(breakage, "inconclusive" if open_ else "missed", observed=said, **common)
