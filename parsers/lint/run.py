"""All rules, run over one reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parsers.lint import bodies, codes, entries, reading, rows, samples, statuses, titles, urls, versions
from parsers.lint.findings import Finding, Place, Rule
from parsers.lint.view import View

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from parsers.build import Reading
    from specs.model import Spec

RULES: tuple[Rule, ...] = tuple(
    rule
    for module in (reading, entries, rows, urls, titles, codes, versions, statuses, samples, bodies)
    for rule in module.RULES
)
"""All rules; their names are unique."""


def check(read: Reading, specs: Mapping[str, Spec], *, taste: bool = False) -> tuple[Finding, ...]:
    """Run the rules over a reference that was read.

    Args:
        read: the reference as it was read, with the defects found by the reader.
        specs: the specs made from the reference.
        taste: True to run the rules of taste too.

    Returns:
        The findings sorted by file and line, without duplicates, one for each cause.

    """
    view = View(read, specs)
    found = set(reading.unnamed(read))
    for rule in RULES:
        if taste or rule.certainty == "certain":
            found |= set(_joined(rule, rule.check(view)))
    return tuple(sorted(found))


def _joined(rule: Rule, places: Iterable[Place]) -> Iterator[Finding]:
    """Return the findings of a rule: one for each cause, at the first place of the cause."""
    causes: dict[object, list[Place]] = {}
    for place in dict.fromkeys(places):
        causes.setdefault(place.cause or place, []).append(place)
    for held in causes.values():
        first, *others = sorted(held)
        also = tuple(dict.fromkeys((other.path, other.line) for other in others))
        yield Finding(
            first.path,
            first.line,
            rule.name,
            first.message,
            rule.certainty,
            tuple(place for place in also if place != (first.path, first.line)),
        )
