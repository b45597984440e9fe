"""From the nodes of one section to blocks: paragraphs, items and headings, with the text that introduces each block."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from docutils import nodes

from parsers.dialect import GridNode, MethodNode, SampleNode, TableNode, VersionNode
from parsers.document import Block, Section
from parsers.grids import parameters_of
from parsers.inline import text_of, title_of, versions_in
from specs.model import Versions

if TYPE_CHECKING:
    from collections.abc import Callable

CODES = re.compile(
    r"\W*(?:(?:normal|error|success(?:ful)?)\s+)(?:http\s+)?(?:response|status|return)?\s*codes?\b", re.IGNORECASE
)
_PLAIN_HEADING = re.compile(
    r"(?:a?synchronous\s+)?(?:pre|post)-?conditions?|troubleshooting|limitations?", re.IGNORECASE
)
_REQUEST = re.compile(r"\brequests?\b", re.IGNORECASE)
_RESPONSE = re.compile(r"\bresponses?\b", re.IGNORECASE)
_RESPONSE_CODES = re.compile(r"\b(?:response|status|return)\s+codes?\b", re.IGNORECASE)
_LISTS = (nodes.bullet_list, nodes.enumerated_list)
_NO_TEXT = (
    nodes.comment,
    nodes.target,
    nodes.substitution_definition,
    nodes.system_message,
    nodes.transition,
    nodes.image,
    nodes.title,
    nodes.raw,
    nodes.pending,
)


def section_kind(title: str, otherwise: Section) -> Section:
    """Return the part of an operation that a heading begins: the request or the response."""
    bare = _RESPONSE_CODES.sub("", title)
    request, response = _REQUEST.search(bare), _RESPONSE.search(bare)
    if request and response:
        # "Response of the request": the first name counts.
        return "request" if request.start() < response.start() else "response"
    if request:
        return "request"
    if response:
        return "response"
    return otherwise


class BlockReader:
    """Collects the blocks of one stretch of a document, and hands tables and samples to a sink.

    Attributes:
        blocks: the collected blocks.
        grids: True if written-out tables of parameters go to the sink too; outside of operations they are ordinary
            tables.
        section, heading, versions, name: the surroundings of the next block (``name`` is that of the bold block).

    """

    def __init__(
        self, document: nodes.document, sink: Callable[[nodes.Element, BlockReader], None], *, grids: bool = False
    ) -> None:
        self.document = document
        self.sink = sink
        self.grids = grids
        self.blocks: list[Block] = []
        self.section: Section = ""
        self.heading = ""
        self.heading_line: int | None = None
        self.versions = Versions()
        self.name: str | None = None
        self.bold = ""
        self.bold_line: int | None = None
        self.bold_section: Section | None = None

    def enter(self, title: str, line: int | None, *, inherit: Section = "") -> None:
        """Begin a section of this title."""
        self.section = section_kind(title, inherit)
        self.heading, self.heading_line = title, line
        self.versions = versions_in(title, line)
        self.leave_block()

    def leave_block(self) -> None:
        """End the bold block, if one is open."""
        self.name = None
        self.bold, self.bold_line, self.bold_section = "", None, None

    @property
    def place(self) -> Section:
        """The part of the operation for the next table: a bold heading takes precedence over the section."""
        return self.bold_section or self.section

    def read(self, node: nodes.Element) -> None:
        """Collect from the children of a section (not from its subsections)."""
        self._children(node, kind="paragraph", parent=None, depth=0)

    def _children(self, node: nodes.Element, *, kind: str, parent: int | None, depth: int) -> None:
        before: int | None = None
        for child in node.children:
            if isinstance(child, (nodes.section, nodes.Text, *_NO_TEXT)):
                continue
            if isinstance(child, nodes.paragraph):
                count = len(self.blocks)
                self._child(child, kind, parent, depth)
                before = len(self.blocks) - 1 if len(self.blocks) > count else None
                continue
            introduced = before is not None and self.blocks[before].text.rstrip("*` ").endswith(":")
            self._child(child, kind, before if introduced else parent, depth)
            before = None

    def _child(self, child: nodes.Node, kind: str, parent: int | None, depth: int) -> None:
        if isinstance(child, nodes.paragraph):
            self._paragraph(child, kind, parent, depth)
        elif isinstance(child, (TableNode, SampleNode, MethodNode)):
            self.sink(child, self)
        elif isinstance(child, VersionNode):
            self._version(child, parent, depth)
        elif isinstance(child, nodes.table):
            self._table(child, parent, depth)
        elif isinstance(child, nodes.Admonition):
            self._admonition(child, parent, depth)
        elif isinstance(child, (*_LISTS, nodes.definition_list, nodes.field_list, nodes.option_list)):
            self._list(child, parent, depth)
        elif isinstance(child, (nodes.literal_block, nodes.doctest_block, nodes.math_block)):
            self._add(child.astext(), child.line or 0, "literal", parent, depth)
        elif isinstance(child, nodes.line_block):
            self._add(child.astext(), _line(child), kind, parent, depth)
        elif isinstance(child, nodes.rubric):
            self._heading(child.astext(), _line(child))
        elif isinstance(child, nodes.Element) and child.children:
            # Quotes, topics, footnotes, unknown directives and other nodes with content.
            self._children(child, kind=kind, parent=parent, depth=depth)

    def _list(self, node: nodes.Element, parent: int | None, depth: int) -> None:
        if isinstance(node, nodes.definition_list):
            self._definitions(node, parent, depth)
        elif isinstance(node, _LISTS):
            for item in node.children:
                self._item(item, parent, depth + 1)
        else:
            for field in node.children:
                text = " ".join(part.astext() for part in field.children)
                self._add(text, _line(field), "item", parent, depth + 1)

    def _add(self, text: str, line: int, kind: str, parent: int | None, depth: int) -> int:
        self.blocks.append(Block(text, line, kind, self.place, self.heading, self.name, parent, depth, self.versions))
        return len(self.blocks) - 1

    def _paragraph(self, node: nodes.paragraph, kind: str, parent: int | None, depth: int) -> None:
        text = text_of(node, self.document)
        if not text:
            return
        line = _line(node)
        if kind == "paragraph" and parent is None:
            if _is_heading(node, text):
                self._heading(text, line)
                return
            if CODES.match(text):
                self.leave_block()
                kind = "codes"
        self._add(text, line, kind, parent, depth)

    def _heading(self, text: str, line: int) -> None:
        plain = text.replace("*", "").strip()
        self.leave_block()
        self.bold, self.bold_line = plain, line
        if len(plain) < 60 and not re.match(r"examples?\b", plain, re.IGNORECASE):
            self.bold_section = section_kind(plain, "") or None
        self.blocks.append(Block(plain, line, "heading", self.place, self.heading, None, None, 0, self.versions))
        self.name = plain.rstrip(":").strip().lower()

    def _item(self, item: nodes.Node, parent: int | None, depth: int) -> None:
        """Add a list item: its first paragraph is the item, and the parent of its other content."""
        own: int | None = None
        for child in item.children:
            if isinstance(child, nodes.paragraph) and own is None:
                text = text_of(child, self.document)
                if text:
                    own = self._add(text, _line(child), "item", parent, depth)
            elif not isinstance(child, _NO_TEXT):
                self._child(child, "paragraph", own if own is not None else parent, depth)

    def _definitions(self, node: nodes.Element, parent: int | None, depth: int) -> None:
        for item in node.children:
            term: int | None = None
            for child in item.children:
                if isinstance(child, nodes.term):
                    line = child.line or _line(item) or 0
                    term = self._add(text_of(child, self.document), line, "term", parent, depth + 1)
                elif isinstance(child, nodes.classifier) and term is not None:
                    joined = f"{self.blocks[term].text} : {text_of(child, self.document)}"
                    self.blocks[term] = replace(self.blocks[term], text=joined)
                elif isinstance(child, nodes.definition):
                    for inner in child.children:
                        if not isinstance(inner, _NO_TEXT):
                            self._child(inner, "item", term, depth + 1)

    def _admonition(self, node: Any, parent: int | None, depth: int) -> None:
        name = type(node).__name__
        if name == "admonition":
            name = str(node.get("classes", ["admonition"])[0] or "admonition")
        kind = f"admonition:{name}"
        self._children(node, kind=kind, parent=parent, depth=depth)

    def _version(self, node: nodes.Element, parent: int | None, depth: int) -> None:
        name, version = str(node["name"]), str(node["version"])
        paragraphs = [child for child in node.children if isinstance(child, nodes.paragraph)]
        text = "\n".join([version, *(text_of(p, self.document) for p in paragraphs)])
        kind = name if name in ("versionadded", "versionchanged") else f"admonition:{name}"
        own = self._add(text, node.line or 0, kind, parent, depth)
        for child in node.children:
            if not isinstance(child, nodes.paragraph) and not isinstance(child, _NO_TEXT):
                self._child(child, "paragraph", own, depth)

    def _table(self, node: nodes.table, parent: int | None, depth: int) -> None:
        rows, lines = [], []
        # The line of its first text: only some releases of docutils give a line to the table itself.
        first = min((_line(p) for p in node.findall(nodes.paragraph) if _line(p)), default=0)
        line = int(node.line or 0) if "text" in node else first
        text: list[tuple[int, str]] = list(node.get("text", ()))
        for row in node.findall(nodes.row):
            cells = []
            for entry in row.children:
                texts = [text_of(p, self.document) for p in entry.findall(nodes.paragraph)]
                cells.append(" ".join(" ".join(texts).split()))
            rows.append(cells)
            lines.append(_line_in(text, row, line) if "text" in node else _line(row) or line)
        found = parameters_of(rows, lines) if self.grids else None
        own = self._add(
            "\n".join(" | ".join(cells) for cells in rows), line, "parameters" if found else "table", parent, depth
        )
        self.blocks[own] = replace(self.blocks[own], lines=tuple(lines))
        if found:
            grid = GridNode(rows=found)
            grid.source, grid.line = node.source, line
            self.sink(grid, self)


def _line_in(text: list[tuple[int, str]], row: nodes.row, otherwise: int) -> int:
    """Return the line of a table's text with the first cell of a row; that line and those before it are removed."""
    words = row.children[0].astext().split() if row.children else []
    for position, (number, line) in enumerate(text):
        if words and words[0] in line:
            del text[: position + 1]
            return number
    return otherwise


def _is_heading(node: nodes.paragraph, text: str) -> bool:
    """True if a paragraph is a heading: bold as a whole, or one of the words that head a block."""
    children = [
        child for child in node.children if not (isinstance(child, nodes.Text) and str(child).strip(" :\n") == "")
    ]
    if len(children) == 1 and isinstance(children[0], nodes.strong):
        return not text.rstrip("*").endswith(".")
    return bool(_PLAIN_HEADING.fullmatch(text.replace("*", "").strip(" :")))


def _line(node: nodes.Node) -> int:
    """Return the first line of a node, or else of its first descendant that has a line."""
    if isinstance(node, nodes.paragraph) and node.line:
        return int(node.line)
    for inner in node.findall(nodes.paragraph):
        if inner.line:
            return int(inner.line)
    return int(node.line or 0) if isinstance(node, nodes.Element) else 0


__all__ = ["CODES", "BlockReader", "section_kind", "title_of"]
