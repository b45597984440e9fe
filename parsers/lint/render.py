"""Findings as text and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from parsers.lint.findings import CERTAIN

if TYPE_CHECKING:
    from parsers.lint.findings import Finding


def text(findings: Sequence[Finding]) -> str:
    """Write one line for each finding, and a last line with their number."""
    lines = [str(finding) for finding in findings]
    kinds = Counter(finding.certainty for finding in findings)
    certain, taste = kinds[CERTAIN], len(findings) - kinds[CERTAIN]
    total = f"{certain} defect{'' if certain == 1 else 's'}" if certain else "no defects"
    if taste:
        total += f", {taste} matter{'' if taste == 1 else 's'} of taste"
    return "\n".join([*lines, total, ""])


def as_json(findings: Sequence[Finding]) -> str:
    """Write a JSON array of findings: path, line, rule, certainty, message, and other places of the same cause."""
    items = [
        {
            "path": finding.path,
            "line": finding.line,
            "rule": finding.rule,
            "certainty": finding.certainty,
            "message": finding.message,
            **({"also": [{"path": path, "line": line} for path, line in finding.also]} if finding.also else {}),
        }
        for finding in findings
    ]
    return json.dumps(items, indent=1, ensure_ascii=False) + "\n"
