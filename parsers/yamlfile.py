"""YAML for parameter and status files: with line numbers, with numbers as written, and with size limits.

The tree is built from the events of libyaml and not by its composer. The composer recurses, so that a file of opening
brackets would end the process. Here no value is copied either: an alias is the same object as its anchor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml
from yaml.resolver import Resolver

from parsers.errors import DocumentError, HostileError

MAX_DEPTH = 60
MAX_NODES = 400_000
_BRACKETS = re.compile(r"[\[\]{}]")


@dataclass(slots=True)
class Node:
    """A value with its first line (from 1).

    ``value`` is a string as written for a scalar, a list of Nodes, or a list of pairs of Nodes. ``tag`` is the short
    resolved type of a scalar: ``str``, ``bool``, ``null``, ``int``, ``float``, ``timestamp``.
    """

    kind: str
    value: Any
    line: int
    tag: str = "str"
    style: str | None = None

    @property
    def plain(self) -> Any:
        """The scalar as a Python value; a number with a point stays a string, because versions are written so."""
        if self.kind != "scalar":
            return None
        if self.tag == "bool":
            return str(self.value).lower() in ("yes", "true", "on")
        if self.tag == "null":
            return None
        if self.tag == "int":
            try:
                return int(str(self.value).replace("_", ""), 0)
            except ValueError:
                return str(self.value)
        return self.value

    @property
    def pairs(self) -> list[tuple[Node, Node]]:
        """The pairs of a mapping; empty for other nodes."""
        return self.value if self.kind == "mapping" else []

    @property
    def items(self) -> list[Node]:
        """The items of a sequence; empty for other nodes."""
        return self.value if self.kind == "sequence" else []


@dataclass(slots=True)
class _Open:
    node: Node
    key: Node | None = None
    anchors: list[str] = field(default_factory=list)


_RESOLVER: Any = Resolver()


@lru_cache(maxsize=4096)
def _tag(value: str) -> str:
    return str(_RESOLVER.resolve(yaml.ScalarNode, value, (True, False))).rsplit(":", 1)[-1]


def parse(text: str, path: str, *, first_line: int = 1) -> Node | None:
    """Parse one YAML document; None if it is empty.

    Args:
        text: the document.
        path: the file, for messages.
        first_line: number of the text's first line in that file.

    Raises:
        DocumentError: broken YAML, or more than one document.
        HostileError: nested too deeply, or too many values.

    """
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth = depth + 1 if found[0] in "[{" else max(0, depth - 1)
        if depth > 10 * MAX_DEPTH:
            line = text.count("\n", 0, found.start()) + first_line
            raise HostileError("brackets are nested too deeply", where=f"{path}:{line}", mend="flatten the values")
    try:
        return _Builder(path, first_line).build(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + first_line
        problem = getattr(error, "problem", None) or str(error)
        raise DocumentError(
            f"this is not YAML: {problem}", where=f"{path}:{line}", mend="correct the indentation or the quotes there"
        ) from None


def _line(event: Any) -> int:
    return int(event.start_mark.line)


class _Builder:
    def __init__(self, path: str, first_line: int) -> None:
        self.path = path
        self.first = first_line
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.root: Node | None = None
        self.count = 0

    def build(self, text: str) -> Node | None:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        for event in yaml.parse(text, Loader=loader):
            self._take(event)
        return self.root

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence"
            node = Node(kind, [], _line(event) + self.first, kind)
            self._add(node, event.anchor)
            self.stack.append(_Open(node))
            if len(self.stack) > MAX_DEPTH:
                raise HostileError(
                    "values are nested too deeply", where=f"{self.path}:{node.line}", mend="flatten the values"
                )
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.stack.pop()
        elif isinstance(event, yaml.AliasEvent):
            line = _line(event) + self.first
            if event.anchor not in self.anchors:
                raise DocumentError(
                    f"the alias *{event.anchor} has no anchor",
                    where=f"{self.path}:{line}",
                    mend="define it, or write the value out",
                )
            self._add(self.anchors[event.anchor], None)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        tag = "str"
        if event.implicit[0]:
            tag = _tag(event.value) if len(event.value) < 40 else "str"
        elif event.tag and event.tag != "!":
            tag = event.tag.rsplit(":", 1)[-1]
        self._add(Node("scalar", event.value, _line(event) + self.first, tag, event.style), event.anchor)

    def _add(self, node: Node, anchor: str | None) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            raise HostileError(
                f"the file contains more than {MAX_NODES:,} values", where=f"{self.path}:{node.line}", mend="split it"
            )
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            if self.root is not None:
                raise DocumentError(
                    "the file contains more than one YAML document",
                    where=f"{self.path}:{node.line}",
                    mend="remove the line `---`",
                )
            self.root = node
            return
        top = self.stack[-1]
        if top.node.kind == "sequence":
            top.node.value.append(node)
        elif top.key is None:
            top.key = node
        else:
            top.node.value.append((top.key, node))
            top.key = None
