"""Runs as SARIF 2.1.0, for code review: every deviation, at the line of the reference with the broken promise.

Contradictions are errors, omissions warnings. Source of the form: OASIS, Static Analysis Results Interchange Format
Version 2.1.0, Errata 01.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reports.again import again
from specs.record.model import scoped
from specs.text import visible, visible_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reports.compare import Comparison
    from reports.findings import Finding
    from reports.quotes import Line
    from reports.view import View
    from specs.record.model import RunInfo, Source

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"contradiction": "error", "omission": "warning"}
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z\Z")


def sarif(views: Iterable[View], version: str | None = None, comparison: Comparison | None = None) -> dict[str, Any]:
    """Return the log as text, with one SARIF ``run`` for each service of each view.

    Args:
        views: the runs.
        version: version of this distribution.
        comparison: comparison of a single view with its baseline; each result is then marked as new or unchanged.
    """
    runs = [
        _run(part, part.info.service if view.parts else None, version, comparison)
        for view in views
        for part in view.services
    ]
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": visible_value(runs)}


def _run(view: View, service: str | None, version: str | None, comparison: Comparison | None) -> dict[str, Any]:
    rules: dict[str, int] = {}
    driver: dict[str, Any] = {"name": "apiref-conformance", "rules": []}
    if version:
        driver["version"] = version
    results = []
    for finding in view.findings:
        name = finding.example.requirement
        if name not in rules:
            rules[name] = len(rules)
            driver["rules"].append(_rule(name, finding))
        results.append(_result(finding, name, rules[name], view.info))
        if comparison is not None:
            new = scoped(service, finding.id) in comparison.new
            results[-1]["baselineState"] = "new" if new else "unchanged"
    run: dict[str, Any] = {"tool": {"driver": driver}, "results": results, "columnKind": "utf16CodeUnits"}
    run["invocations"] = [_invocation(view)]
    if view.path is not None:
        run["automationDetails"] = {"id": "/".join(filter(None, ("conformance", view.path.name, service)))}
    run["properties"] = {"endpoint": view.info.endpoint, "spec": view.info.spec, "totals": view.tally.totals()}
    return run


def _rule(name: str, finding: Finding) -> dict[str, Any]:
    text = finding.parts.promise or finding.parts.kind
    return {
        "id": name,
        "shortDescription": {"text": text},
        "defaultConfiguration": {"level": _LEVELS[finding.class_]},
        "properties": {"operation": finding.parts.operation, "kind": finding.parts.column},
    }


def _result(finding: Finding, name: str, index: int, info: RunInfo) -> dict[str, Any]:
    example = finding.example
    sentence = f"{name}: expected {example.expected}, observed {finding.deviation.observed}."
    if example.reason:
        sentence += f" Reason: {example.reason.rstrip('.')}."
    result: dict[str, Any] = {
        "ruleId": name,
        "ruleIndex": index,
        "level": _LEVELS[finding.class_],
        "kind": "fail",
        "message": {"text": sentence},
        "locations": [{"physicalLocation": _location(example.source, finding.quote)}],
        "partialFingerprints": {"deviation/v1": finding.id},
        "occurrenceCount": len(finding.cases),
        "properties": {
            "class": finding.class_,
            "expected": example.expected,
            "observed": finding.deviation.observed,
            "cases": list(finding.cases[:50]),
            "again": again(example.case, info),
        },
    }
    if finding.waiver is not None:
        reason = str(finding.waiver.get("reason") or "waived")
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result


def _location(source: Source, quote_: tuple[Line, ...] = ()) -> dict[str, Any]:
    location: dict[str, Any] = {
        "artifactLocation": {"uri": quote(visible(source.path).lstrip("/"), safe="/._-~") or "unknown"}
    }
    if source.line > 0:
        location["region"] = {"startLine": source.line}
    said = [line for line in quote_ if line.said]
    if said:
        location["region"] = _region(said)
        location["contextRegion"] = _region(quote_)
    return location


def _region(lines: Sequence[Line]) -> dict[str, Any]:
    text = "\n".join(line.text for line in lines)
    return {"startLine": lines[0].number, "endLine": lines[-1].number, "snippet": {"text": visible(text)}}


def _invocation(view: View) -> dict[str, Any]:
    status = view.exit_status
    invocation: dict[str, Any] = {"executionSuccessful": status in (0, 1, 3)}
    for key, stamp in (("startTimeUtc", view.info.started), ("endTimeUtc", view.info.finished)):
        if stamp and _STAMP.match(stamp):
            invocation[key] = stamp
    if status is not None:
        invocation["exitCode"] = status
    return invocation
