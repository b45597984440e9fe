"""Defects of a reference itself: rules over a reference that was read, each with a name and a certainty.

A rule is either certain, and then a finding of it is a defect to be mended, or a matter of taste. Certain rules relate
two places of the reference only where no guess is needed: what cannot be related is not reported.
"""

from __future__ import annotations

from parsers.lint.findings import CERTAIN, TASTE, Finding, Rule
from parsers.lint.run import RULES, check

__all__ = ["CERTAIN", "RULES", "TASTE", "Finding", "Rule", "check"]
