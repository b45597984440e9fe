"""Lint: rules that find defects of a reference itself. Each rule has a name and a certainty.

A finding of a certain rule is a defect and should be corrected; a finding of the other rules is a matter of taste. A
certain rule compares two places of the reference only if they belong together without any guess.
"""

from __future__ import annotations

from parsers.lint.findings import CERTAIN, TASTE, Finding, Rule
from parsers.lint.run import RULES, check

__all__ = ["CERTAIN", "RULES", "TASTE", "Finding", "Rule", "check"]
