"""Parameter files and status files: the rows of tables refer to their entries.

Both are read leniently, because real files contain mistakes that their own tools accept; each mistake is kept as a
``Flaw`` for ``lint``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from parsers.errors import DocumentError
from parsers.files import Root
from parsers.yamlfile import Node, parse

KNOWN_KEYS = frozenset(
    {"description", "in", "type", "required", "min_version", "max_version", "format", "enum", "default", "example"}
)
READ_KEYS = frozenset({"description", "in", "type", "required", "min_version", "max_version"})
MAX_MERGES = 8
"""The limit of merged mappings that merge others themselves."""


@dataclass(frozen=True)
class Flaw:
    """A defect found while reading: the name of the rule, the place, and the correction."""

    rule: str
    path: str
    line: int
    message: str


@dataclass(frozen=True)
class Definition:
    """One entry of a parameter file.

    ``min`` and ``max`` are as written; ``required`` follows the dialect: only a plain ``false``, or nothing at all,
    makes a parameter optional.
    """

    key: str
    line: int
    location: str | None = None
    type: str | None = None
    required: bool = False
    min: str | None = None
    max: str | None = None
    description: str = ""
    description_line: int | None = None
    keys: tuple[tuple[str, int], ...] = ()
    complete: bool = True


@dataclass
class ParameterFile:
    """A parameter file by keys.

    Attributes:
        path: the file.
        entries: by key, in the order of the file.
        flaws: the defects of the file itself.
        used: keys that rows of tables have referred to so far.
        merged: keys whose entries are merged into others (``<<: *anchor``).
        missing: True if the file does not exist.

    """

    path: str
    entries: dict[str, Definition] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    merged: set[str] = field(default_factory=set)
    missing: bool = False


def read_parameters(root: Root, path: str, *, where: str) -> ParameterFile:
    """Read a parameter file.

    Raises:
        ReferenceError: the file is missing, outside of the root, too large, or not YAML.

    """
    text = root.text(path, where=where)
    found = ParameterFile(path)
    tree = parse(text, path)
    if tree is None:
        return found
    if tree.kind != "mapping":
        raise DocumentError(
            "the parameter file is not a mapping of names to entries",
            where=f"{path}:{tree.line}",
            mend="write `name:` and its keys, indented, below it",
        )
    lines = text.split("\n")
    owners: dict[int, str] = {}
    for key, value in members(tree):
        name = str(key.value)
        if name in found.entries:
            found.flaws.append(
                Flaw(
                    "duplicate-parameter",
                    path,
                    key.line,
                    f"{name} is defined again (first in line {found.entries[name].line}); remove one of the two",
                )
            )
        if value.kind != "mapping":
            found.flaws.append(Flaw("malformed-parameter", path, key.line, f"{name} has no keys; indent them below it"))
            found.entries.pop(name, None)
            continue
        found.entries[name] = _definition(name, key, value, lines)
        # An alias is the same node as its anchor, so the entry that owns it is known.
        owners[id(value)] = name
        sources = [part for inner, merge in value.pairs if inner.tag == "merge" for part in (merge, *merge.items)]
        found.merged.update(owners[id(part)] for part in sources if id(part) in owners)
    return found


def members(node: Node, depth: int = 0) -> list[tuple[Node, Node]]:
    """Return the pairs of a mapping with merge keys resolved; its own keys take precedence over merged ones."""
    merged: dict[str, tuple[Node, Node]] = {}
    own: dict[str, tuple[Node, Node]] = {}
    for key, value in node.pairs:
        if key.tag == "merge":
            for source in [value, *value.items] if depth < MAX_MERGES else []:
                for inner in members(source, depth + 1):
                    merged.setdefault(str(inner[0].value), inner)
        elif key.kind == "scalar":
            own[str(key.value)] = (key, value)
    if not merged:
        return [pair for pair in node.pairs if pair[0].kind == "scalar" and pair[0].tag != "merge"]
    return list({**merged, **own}.values())


def _definition(name: str, key: Node, value: Node, lines: list[str]) -> Definition:
    fields: dict[str, Node] = {}
    keys = []
    for inner, node in members(value):
        fields[str(inner.value)] = node
        keys.append((str(inner.value), inner.line))
    description = fields.get("description")
    raw = _text(description) or ""
    line = description.line if description else None
    if description is not None and description.style in ("|", ">"):
        line = description.line + 1 + _leading_blank(lines, description.line)
    required = fields.get("required")
    return Definition(
        key=name,
        line=key.line,
        location=_text(fields.get("in")),
        type=_text(fields.get("type")),
        required=required is not None and required.plain is not False,
        min=_text(fields.get("min_version")),
        max=_text(fields.get("max_version")),
        description=raw,
        description_line=line,
        keys=tuple(keys),
        complete=all(isinstance(_plain(fields.get(k)), str) for k in ("in", "type")),
    )


def _leading_blank(lines: list[str], line: int) -> int:
    """Return the number of blank lines after the line of a block scalar's indicator; usually 0."""
    count = 0
    while line + count < len(lines) and not lines[line + count].strip():
        count += 1
    return count


def _plain(node: Node | None) -> Any:
    return node.plain if node is not None else None


def _text(node: Node | None) -> str | None:
    if node is None or node.kind != "scalar" or node.tag == "null":
        return None
    return str(node.value)


@dataclass(frozen=True)
class StatusFile:
    """A status file: code -> name of the reason -> text."""

    path: str
    reasons: dict[int, dict[str, str]] = field(default_factory=dict)


def read_statuses(root: Root, path: str, *, where: str) -> StatusFile:
    """Read a status file. Raises ReferenceError as ``read_parameters`` does."""
    tree = parse(root.text(path, where=where), path)
    reasons: dict[int, dict[str, str]] = {}
    for key, value in members(tree) if tree is not None else []:
        if str(key.value).isdigit():
            reasons[int(key.value)] = {
                str(k.value): str(v.value).strip() for k, v in members(value) if v.kind == "scalar"
            }
    return StatusFile(path, reasons)
