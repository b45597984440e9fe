"""Findings as SARIF 2.1.0, for code review.

Certain rules are warnings, matters of taste notes. Source of the form: OASIS, Static Analysis Results Interchange
Format Version 2.1.0, Errata 01.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from parsers.lint.findings import CERTAIN
from parsers.lint.run import RULES

if TYPE_CHECKING:
    from parsers.lint.findings import Certainty, Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_TOOL = "apiref-conformance"


def _level(certainty: Certainty) -> str:
    return "warning" if certainty == CERTAIN else "note"


def sarif(findings: Sequence[Finding]) -> str:
    """Return the SARIF log as text, with one run."""
    rules, index = _rules(findings)
    driver: dict[str, Any] = {"name": _TOOL, "rules": rules}
    with contextlib.suppress(PackageNotFoundError):  # the suite also runs from a checkout that is not installed
        driver["version"] = version(_TOOL)
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"ROOT": {"description": {"text": "The root of the reference's distribution."}}},
        "results": _results(findings, index),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1, ensure_ascii=False) + "\n"


def _rules(findings: Sequence[Finding]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    found = {finding.rule: finding.certainty for finding in findings}
    summaries = {rule.name: rule.summary for rule in RULES}
    rules = [
        {
            "id": name,
            "shortDescription": {"text": summaries.get(name, name)},
            "defaultConfiguration": {"level": _level(certainty)},
            "properties": {"certainty": certainty},
        }
        for name, certainty in sorted(found.items())
    ]
    return rules, {str(rule["id"]): number for number, rule in enumerate(rules)}


def _location(path: str, line: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(path, safe="/._-~"), "uriBaseId": "ROOT"}}
    if line > 0:
        place["region"] = {"startLine": line}
    return {"physicalLocation": place}


def _results(findings: Sequence[Finding], index: dict[str, int]) -> list[dict[str, Any]]:
    results = []
    same: Counter[str] = Counter()
    for finding in findings:
        # The line is left out, so that a finding keeps its identity when lines are added above it.
        identity = hashlib.sha256(f"{finding.rule}\0{finding.path}\0{finding.message}".encode()).hexdigest()[:32]
        same[identity] += 1
        also = [_location(path, line) for path, line in finding.also]
        results.append(
            {
                "ruleId": finding.rule,
                "ruleIndex": index[finding.rule],
                "level": _level(finding.certainty),
                "message": {"text": f"{finding.message}."},
                "locations": [_location(finding.path, finding.line)],
                **({"relatedLocations": also} if also else {}),
                "partialFingerprints": {"finding/v1": f"{identity}:{same[identity]}"},
            }
        )
    return results
