"""The score of a proof: the share of caught breakages by kind, operation and mutation, and the list of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.prove.outcome import DECIDED, FATES, Outcome

ENOUGH = 95.0
"""Percent of the decided breakages that a case of the broken requirement must catch for the proof to succeed."""


@dataclass(frozen=True)
class Row:
    """Counts of fates under one heading."""

    name: str
    counts: Mapping[str, int]

    @property
    def decided(self) -> int:
        """Number of breakages that count in the score."""
        return sum(self.counts.get(fate, 0) for fate in DECIDED)

    @property
    def percent(self) -> float | None:
        """Percent caught by the broken requirement itself; None if no breakage was decided."""
        return 100.0 * self.counts.get("caught", 0) / self.decided if self.decided else None

    def to_json(self) -> dict[str, Any]:
        """Return the row as a JSON value."""
        return {"name": self.name, **{fate: self.counts.get(fate, 0) for fate in FATES}, "percent": self.percent}


@dataclass(frozen=True)
class Score:
    """The outcomes of a proof.

    Attributes:
        outcomes: one for each breakage that was tried.
        unbroken: ids of the deviations of the unbroken cloud.
        unbreakable: id of a requirement without a breakage -> the reason.
        head: facts about the proof, such as its release, its seed and its seconds.
    """

    outcomes: tuple[Outcome, ...]
    unbroken: tuple[str, ...] = ()
    unbreakable: Mapping[str, str] | None = None
    head: Mapping[str, Any] | None = None

    @property
    def total(self) -> Row:
        """The counts over all breakages."""
        return Row("all", Counter(o.fate for o in self.outcomes))

    def by(self, key: Callable[[Outcome], str]) -> list[Row]:
        """Return the rows of a table, one for each value of the key, sorted by it."""
        names = sorted({key(o) for o in self.outcomes})
        return [Row(name, Counter(o.fate for o in self.outcomes if key(o) == name)) for name in names]

    @property
    def open(self) -> list[Outcome]:
        """Decided breakages that their own requirement has not caught."""
        return [o for o in self.outcomes if o.fate in DECIDED and o.fate != "caught"]

    @property
    def alarms(self) -> list[Outcome]:
        """Outcomes with a false alarm: a requirement failed that the breakage does not touch."""
        return [o for o in self.outcomes if o.alarms]

    @property
    def enough(self) -> bool:
        """True if the proof has succeeded: enough breakages caught, no false alarm, no error of this program."""
        percent = self.total.percent
        return percent is not None and percent >= ENOUGH and not self.alarms and not self.total.counts.get("error", 0)

    def to_json(self) -> dict[str, Any]:
        """Return the score as a JSON value: totals, tables, and every outcome."""
        return {
            "format": 1,
            "head": dict(self.head or {}),
            "enough": {"percent": ENOUGH, "reached": self.enough},
            "total": self.total.to_json(),
            "by_kind": [row.to_json() for row in self.by(lambda o: o.kind)],
            "by_mutation": [row.to_json() for row in self.by(lambda o: f"{o.kind} {o.mutation}")],
            "by_operation": [row.to_json() for row in self.by(lambda o: o.operation)],
            "unbroken": list(self.unbroken),
            "unbreakable": dict(self.unbreakable or {}),
            "outcomes": [o.to_json() for o in self.outcomes],
        }

    def text(self) -> str:
        """Return the tables as text for a terminal, followed by every breakage that was not caught."""
        parts = [
            *_table("kind", self.by(lambda o: o.kind)),
            "",
            *_table("operation", self.by(lambda o: o.operation)),
            "",
            *_table("", [self.total]),
        ]
        parts += _listed(
            "Not caught by the requirement that was broken", self.open, lambda o: f"{o.fate}: {o.observed}"
        )
        parts += _listed("False alarms", self.alarms, lambda o: " ".join(o.alarms))
        if self.unbroken:
            parts += ["", "The unbroken cloud deviates already:", *(f"  {name}" for name in self.unbroken)]
        if self.unbreakable:
            parts += ["", "No breakage:", *(f"  {name}: {why}" for name, why in self.unbreakable.items())]
        return "\n".join(parts) + "\n"


def _table(heading: str, rows: Iterable[Row]) -> list[str]:
    rows = list(rows)
    width = max([len(heading), *(len(row.name) for row in rows)])
    shown = [fate for fate in FATES if any(row.counts.get(fate) for row in rows)]
    lines = [f"{heading:{width}}  " + "  ".join(f"{fate:>{max(6, len(fate))}}" for fate in shown) + "  percent"]
    for row in rows:
        cells = "  ".join(f"{row.counts.get(fate, 0) or '-':>{max(6, len(fate))}}" for fate in shown)
        lines.append(f"{row.name:{width}}  {cells}  {'-' if row.percent is None else f'{row.percent:.1f}':>7}")
    return lines


def _listed(heading: str, outcomes: Iterable[Outcome], said: Callable[[Outcome], str]) -> list[str]:
    lines = [f"  {o.breakage}\n      {said(o)}" for o in outcomes]
    return ["", f"{heading}:", *lines] if lines else []
