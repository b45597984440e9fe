"""All rules, run over one reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parsers.lint import bodies, codes, entries, reading, rows, samples, statuses, titles, urls, versions
from parsers.lint.findings import Finding, Rule
from parsers.lint.view import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parsers.build import Reading
    from specs.model import Spec

RULES: tuple[Rule, ...] = tuple(
    rule
    for module in (reading, entries, rows, urls, titles, codes, versions, statuses, samples, bodies)
    for rule in module.RULES
)
"""Every rule there is; names are unique."""


def check(read: Reading, specs: Mapping[str, Spec], *, taste: bool = False) -> tuple[Finding, ...]:
    """Run the rules over a reference that was read.

    Args:
        read: the reference, read with its defects.
        specs: the specs made of it.
        taste: also run the rules of taste.

    Returns:
        The findings by file and line, none twice.

    """
    view = View(read, specs)
    found = {
        Finding(place.path, place.line, rule.name, place.message, rule.certainty)
        for rule in RULES
        if taste or rule.certainty == "certain"
        for place in rule.check(view)
    }
    found |= set(reading.unnamed(read))
    return tuple(sorted(found))
