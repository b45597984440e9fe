"""References in our own words with one defect each, and what lint says of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reference_files import write

from parsers import commands
from parsers.lint import Finding

ENTRIES: dict[str, dict[str, Any]] = {
    "boat_id": {"description": "The UUID of the boat.", "in": "path", "required": True, "type": "string"},
    "boat": {"description": "A boat object.", "in": "body", "required": True, "type": "object"},
    "name": {"description": "The name of the boat.", "in": "body", "required": True, "type": "string"},
    "length": {"description": "Its length.", "in": "body", "required": False, "type": "integer"},
}
SAMPLE = {"boat": {"name": "Esmeralda", "length": 12}}


def entries(**changes: dict[str, Any] | None) -> str:
    """A parameter file; a change of None leaves an entry out, a key of None a key."""
    held = {**ENTRIES, **changes}
    return "\n".join(
        f"{name}:\n" + "\n".join(f"  {key}: {_scalar(value)}" for key, value in fields.items() if value is not None)
        for name, fields in held.items()
        if fields is not None
    )


def _scalar(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def document(
    url: str = "PUT /boats/{boat_id}",
    *,
    title: str = "Refit a boat",
    text: str = "Refits a boat.",
    codes: str = "Normal response codes: 200\n\nError response codes: badRequest(400), itemNotFound(404)",
    rows: str = "  - boat_id: boat_id\n  - boat: boat\n  - name: name\n  - length: length",
    request: str = "",
    response: str = "",
    heading: str = "Example Refit a boat: JSON request",
    sample: str = "../samples/boat.json",
) -> str:
    """A section with one operation."""
    shown = f"**{heading}**\n\n.. literalinclude:: {sample}\n\n" if sample else ""
    return (
        f"{title}\n{'=' * len(title)}\n\n.. rest_method:: {url}\n\n{text}\n\n{codes}\n\nRequest\n-------\n\n"
        f".. rest_parameters:: parameters.yaml\n\n{rows}\n\n{request}\n\n{shown}Response\n--------\n\n{response}\n"
    )


def table(*rows: str) -> str:
    """A table with these rows."""
    lines = "\n".join(f"  - {row}" for row in rows)
    return f".. rest_parameters:: parameters.yaml\n\n{lines}\n"


def lint(
    root: Path, text: str | None = None, parameters: str | None = None, sample: Any = SAMPLE, **files: str
) -> list[Finding]:
    """Write a reference with these parts and give all that lint says of it, taste included."""
    body = sample if isinstance(sample, str) else json.dumps(sample)
    made: dict[str, str | bytes] = {
        "index.rst": document() if text is None else text,
        "parameters.yaml": entries() if parameters is None else parameters,
        "../samples/boat.json": body,
        **{name.replace("__", "/"): content for name, content in files.items()},
    }
    return [finding for finding in commands.lint(write(root, made), taste=True) if finding.rule not in SILENT]


def found(root: Path, *args: Any, **values: Any) -> list[str]:
    """The names of the rules that find something."""
    return [finding.rule for finding in lint(root, *args, **values)]


SILENT = frozenset({"no-401"})
"""Rules that find something in nearly all references of one operation; those who try them ask for them."""


def message(root: Path, *args: Any, **values: Any) -> str:
    """The message of the only finding."""
    (finding,) = lint(root, *args, **values)
    return finding.message


def line_of(text: str, part: str) -> int:
    """The line that holds a text."""
    return next(number for number, line in enumerate(text.split("\n"), 1) if part in line)
