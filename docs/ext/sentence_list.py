"""All sentences with which a command ends that could not do its work (status 2), read from the source.

They are the messages of the project's own errors. A name in braces stands for a part that depends on the case.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

ERRORS = frozenset(
    {
        "DescriptionError",
        "DocumentError",
        "EndpointError",
        "GuidelineError",
        "HostileError",
        "MalformedError",
        "NetworkError",
        "NotFoundError",
        "PlacedError",
        "PlainError",
        "ProofError",
        "ProofFileError",
        "RecordError",
        "ReferenceError",
        "SandboxError",
        "SpecError",
        "TokenError",
        "Trouble",
        "UsageError",
    }
)
"""The errors that end a command with status 2; each has one sentence as its message."""

AREAS = {
    "Options": (
        "conformance/cli.py",
        "conformance/cli_references.py",
        "conformance/plugin/choices.py",
        "conformance/plugin/known.py",
    ),
    "Guidelines and certificates": (
        "specs/guideline",
        "reports/certify.py",
        "conformance/plugin/guided.py",
        "conformance/plugin/guidelines.py",
        "conformance/plugin/guideline_check.py",
    ),
    "The endpoint and its credentials": ("conformance/engine/cloud", "conformance/engine/run", "conformance/plugin"),
    "Descriptions of services": ("conformance/engine/api",),
    "Run records and reports": ("specs/record", "reports", "specs/proof.py"),
    "Specs": ("specs",),
    "References": ("parsers",),
    "Sandboxes": ("conformance/sandbox",),
    "The proof": ("conformance/prove",),
    "stestr": ("conformance/stestr",),
}
"""Heading -> files and folders; a file belongs to the first heading that fits."""


def sentences(root: Path = ROOT) -> dict[str, list[str]]:
    """Heading -> the sentences below it, each once, in the order of the files."""
    found: dict[str, dict[str, None]] = {heading: {} for heading in AREAS}
    for top in ("conformance", "specs", "reports", "parsers"):
        for path in sorted((root / top).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            heading = next((one for one, places in AREAS.items() if _is_in(name, places)), None)
            if heading is not None and "/guest/" not in name:
                found[heading].update(dict.fromkeys(_messages(ast.parse(path.read_text("utf-8")))))
    return {heading: list(those) for heading, those in found.items() if those}


def _is_in(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(f"{place}/") for place in places)


def _messages(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        # Some errors take the place first, and then the message.
        text = max(map(_text, node.args), key=len) if called in ERRORS else ""
        if " " in text:
            yield " ".join(text.split())


def _text(node: ast.expr) -> str:
    """The text of a message, with the source of each changing part in braces; empty if it is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            value.value if isinstance(value, ast.Constant) else f"{{{_name(value.value)}}}"
            for value in node.values
            if isinstance(value, ast.Constant | ast.FormattedValue)
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left) + _text(node.right)
    return ""


def _name(node: ast.expr) -> str:
    """A short name for an expression: its last name, or an ellipsis."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else "..."
