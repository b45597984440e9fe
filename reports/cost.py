"""What a run cost: its requests by purpose, and its whole work for each fact that it has decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports import words
from specs.record.purposes import Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reports.view import View

PURPOSES: dict[str, str] = {
    Purpose.TRIAL: "under test",
    Purpose.LOOKING: "one look, before, after or beside a request",
    Purpose.POLLING: "a look repeated until something has settled",
    Purpose.MAKING: "making or changing what a trial needs",
    Purpose.REMOVING: "removing what the run made",
    "unknown": "sent before this record counted purposes",
}
"""Purpose -> its meaning in a few words."""


@dataclass(frozen=True)
class Figure:
    """One kind of cost: its sum over the run, and its part for each decided fact; None where nothing was decided."""

    name: str
    total: float
    per_pair: float | None
    per_requirement: float | None


@dataclass(frozen=True)
class Cost:
    """The cost of a run.

    Attributes:
        purposes: purpose, number of requests and percent of all requests, in the order of ``Purpose``.
        figures: requests, resources made, seconds of the clock, and processor seconds of the suite.
        pairs: the number of decided pairs of an operation and an error code.
        requirements: the number of requirements of which a case passed or failed.
    """

    purposes: tuple[tuple[str, int, float], ...]
    figures: tuple[Figure, ...]
    pairs: int
    requirements: int


def cost_of(view: View) -> Cost | None:
    """Return the cost of a run; None if its record does not tell the purposes of its requests."""
    totals = view.info.totals
    told, requests = totals.get("purposes"), totals.get("requests")
    if not isinstance(told, dict) or not told or not isinstance(requests, int):
        return None
    counts = {purpose.value: told[purpose] for purpose in Purpose if isinstance(told.get(purpose), int)}
    if (rest := requests - sum(counts.values())) > 0:
        counts["unknown"] = rest
    pairs, _ = view.pairs
    requirements = sum(one.decided for operation in view.operations for one in operation.requirements.values())
    return Cost(
        tuple((name, count, 100 * count / max(1, requests)) for name, count in counts.items()),
        tuple(
            Figure(name, total, total / pairs if pairs else None, total / requirements if requirements else None)
            for name, total in _sums(totals)
        ),
        pairs,
        requirements,
    )


def _sums(totals: dict[str, Any]) -> list[tuple[str, float]]:
    made = totals.get("made")
    sums = [("requests", totals["requests"])]
    for resource, quantity in made.items() if isinstance(made, dict) else ():
        sums.append((f"{words.plural(str(resource).replace('_', ' '))} made", quantity))
    sums += [("seconds", totals.get("seconds")), ("processor seconds", totals.get("processor_seconds"))]
    return [(name, total) for name, total in sums if isinstance(total, (int, float))]


def lines_of(cost: Cost) -> list[str]:
    """Return the cost as the lines of two tables."""
    table = [("Requests by purpose", "requests", "percent")]
    table += [(name, words.number(count), f"{share:.1f}") for name, count, share in cost.purposes]
    of_pairs, of_requirements = (
        f"by {words.count(cost.pairs, 'pair')}",
        f"by {words.count(cost.requirements, 'requirement')}",
    )
    facts = [("For each decided fact", "in all", of_pairs, of_requirements)]
    facts += [
        (one.name, words.number(one.total), rate(one.per_pair), rate(one.per_requirement)) for one in cost.figures
    ]
    return [*_table(table), "", *_table(facts), ""]


def rate(number: float | None) -> str:
    """Return a cost for each fact in words of two decimals; a dash where nothing was decided."""
    return "-" if number is None else f"{number:,.2f}"


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    first, *rest = widths
    return [
        f"{row[0]:<{first}}" + "".join(f"  {cell:>{width}}" for cell, width in zip(row[1:], rest, strict=True))
        for row in rows
    ]
