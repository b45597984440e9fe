"""The compliance matrix: a line for each requirement as CSV or JSON, or operations by kinds as Markdown."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

from reports import words
from specs.record.model import VERDICTS, requirement_verdict
from specs.text import visible_value

if TYPE_CHECKING:
    from reports.view import View

FORMATS = ("csv", "md", "json")


def matrix(view: View, form: str) -> str:
    """Return the matrix as text in one of ``FORMATS``.

    Raises:
        ValueError: ``form`` is not one of them.
    """
    if form not in FORMATS:
        raise ValueError(f"{form!r} is not a form of the matrix; the forms are {', '.join(FORMATS)}")
    return {"csv": _csv, "md": _markdown, "json": _json}[form](view)


def rows(view: View) -> list[dict[str, Any]]:
    """Return a row for each requirement, by operation; the verdict of one without a case is ``untested``."""
    found = []
    identities: dict[str, list[str]] = {}
    for finding in view.findings:
        identities.setdefault(finding.example.name, []).append(finding.id)
    for operation in view.operations:
        service = {"service": operation.service} if view.parts else {}
        for requirement in operation.requirements.values():
            found.append(
                {
                    **service,
                    "operation": operation.id,
                    "requirement": requirement.id,
                    "kind": requirement.parts.kind,
                    "source": words.place(requirement.source),
                    "verdict": requirement.verdict,
                    **{str(verdict): requirement.counts.get(verdict, 0) for verdict in VERDICTS},
                    "deviations": identities.get(operation.named(requirement.id), []),
                    "reason": next((why for *_, why in requirement.outcomes if why), None),
                }
            )
        for untested in operation.untested.values():
            found.append(
                {
                    **service,
                    "operation": operation.id,
                    "requirement": untested.id,
                    "kind": untested.parts.kind,
                    "source": words.place(untested.source),
                    "verdict": "untested",
                    **{str(verdict): 0 for verdict in VERDICTS},
                    "deviations": [],
                    "reason": untested.reason,
                }
            )
    return found


def services(view: View) -> list[dict[str, Any]]:
    """Return the services of a run of several, with the totals of each, or the reason why the cloud lacks it."""
    found = {part.info.service: part for part in view.parts}
    return [
        {
            "service": one.service,
            "endpoint": one.endpoint,
            "spec": one.spec,
            "totals": found[one.service].tally.totals() if one.service in found else {},
            "lacking": one.lacking,
        }
        for one in view.info.services
    ]


def _csv(view: View) -> str:
    stream = io.StringIO()
    columns: tuple[str, ...] = ("service",) if view.parts else ()
    columns += ("operation", "requirement", "kind", "source", "verdict", *VERDICTS, "deviations", "reason")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows(view):
        row["deviations"] = " ".join(row["deviations"])
        writer.writerow([cell(row[column]) for column in columns])
    return stream.getvalue()


def cell(value: Any) -> Any:
    """Return the value of a cell that no spreadsheet reads as a formula."""
    if not isinstance(value, str):
        return value
    text = words.visible(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\n") else text


def _markdown(view: View) -> str:
    if not view.operations:
        return "No operation was tried.\n"
    lines = [
        "| " + " | ".join(["Operation", *map(mark, view.columns)]) + " |",
        "| " + " | ".join(["---", *("---" for _ in view.columns)]) + " |",
    ]
    for operation in view.operations:
        cells = operation.cells
        line = [mark(operation.key or "no operation")]
        for column in view.columns:
            verdicts = [item.verdict for item in cells.get(column, [])]
            line.append(requirement_verdict(verdicts) if verdicts else "untested" if column in operation.gaps else "")
        lines.append("| " + " | ".join(line) + " |")
    return "\n".join(lines) + "\n"


def mark(text: str) -> str:
    """Return a text on one line, in which Markdown sees no marks."""
    return re.sub(r"([\\|`*_<>\[\]&])", r"\\\1", words.one_line(text))


def _json(view: View) -> str:
    data = {
        "format": 1,
        "endpoint": view.info.endpoint,
        "spec": view.info.spec,
        "totals": view.tally.totals(),
        **({"services": services(view)} if view.parts else {}),
        "requirements": rows(view),
    }
    return json.dumps(visible_value(data), indent=1) + "\n"
