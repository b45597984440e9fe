"""From docutils' tree to source files: operations with their tables, and the text around them.

An operation is a section with a ``rest_method``; a table or a sample belongs to the nearest such section. A file that
is included twice is read once, at its first place; the text around each of its includes is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from docutils import nodes

from parsers import dialect
from parsers.blocks import BlockReader
from parsers.document import Around, Block, FileContext, OperationSource, ParameterRow, SampleRow, SourceFile, StatusRow
from parsers.inline import ZERO_WIDTH, title_of
from parsers.parameters import Flaw
from specs.model import Versions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.reader import Includes
    from parsers.tables import Tables

_METHOD = re.compile(r"[A-Za-z]+\Z")


@dataclass
class _File:
    path: str
    title: str = ""
    blocks: list[Block] = field(default_factory=list)
    including: list[Block] = field(default_factory=list)
    rows: list[ParameterRow] = field(default_factory=list)
    operations: list[OperationSource] = field(default_factory=list)
    lines: set[tuple[int, str, str]] = field(default_factory=set)
    document: str = ""


@dataclass
class _Stretch:
    """The text of one section outside of operations, and its parent section."""

    path: str
    level: int
    blocks: list[Block]


class Structure:
    """Reads the trees of all documents of a reference into files."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.files: dict[str, _File] = {}
        self.flaws: list[Flaw] = []

    def result(self) -> list[SourceFile]:
        """Return the files in the order of reading."""
        return [
            SourceFile(
                FileContext(f.path, f.title, tuple(f.blocks), tuple(f.including), tuple(f.rows)), tuple(f.operations)
            )
            for f in self.files.values()
        ]

    def add(self, document: nodes.document, path: str, includes: Includes) -> None:
        """Read one document."""
        _Walk(self, document, path, includes).run()


class _Walk:
    """One pass over one document."""

    def __init__(self, structure: Structure, document: nodes.document, path: str, includes: Includes) -> None:
        self.structure = structure
        self.document = document
        self.path = path
        self.includes = includes
        self.stretches: list[_Stretch] = []
        self.with_method: set[int] = set()
        for node in document.findall(dialect.MethodNode):
            section = node.parent
            while section is not None and not isinstance(section, nodes.section):
                section = section.parent
            if section is None:
                structure.flaws.append(
                    Flaw(
                        "method-without-section",
                        str(node.source),
                        node.line or 0,
                        "a rest_method is outside of every section; put a title before it",
                    )
                )
            else:
                self.with_method.add(id(section))

    def run(self) -> None:
        self._outside(self.document, 0, [])
        for path, places in self.includes.included.items():
            held = self.structure.files.get(path)
            if held is not None and not held.including:
                held.including = [block for place in places for block in self._around(*place)]

    def _file(self, path: str) -> _File:
        found = self.structure.files.get(path)
        if found is None:
            found = self.structure.files[path] = _File(path, document=self.path)
        return found

    def _around(self, source: str, line: int) -> list[Block]:
        """Return the heading before an include and the blocks between the two."""
        held = self.structure.files.get(source)
        before = [block for block in held.blocks if block.line < line] if held else []
        for position in range(len(before) - 1, -1, -1):
            if before[position].kind == "heading":
                return before[position:]
        return before

    def _outside(self, node: nodes.Element, level: int, above: list[_Stretch]) -> None:
        """Read a section that is not an operation, then its subsections."""
        reader = BlockReader(self.document, self._sink_outside)
        source = str(node.source or self.path)
        if isinstance(node, nodes.section):
            title = title_of(node.children[0])
            line = node.line or 0
            reader.enter(title, line)
            held = self._file(source)
            held.title = held.title or title
            reader.blocks.append(Block(title, line, "heading", reader.section, "", versions=reader.versions))
        self.rows: list[tuple[str, ParameterRow]] = []
        reader.read(node)
        blocks = reader.blocks
        stretch = _Stretch(source, level, blocks)
        self.stretches.append(stretch)
        held = self._file(source)
        if held.document == self.path:
            known = {(block.line, block.kind) for block in held.blocks}
            shift = len(held.blocks)
            held.blocks += [_shifted(block, shift) for block in blocks if (block.line, block.kind) not in known]
            seen = {(row.row_line, row.key) for row in held.rows}
            held.rows += [row for path, row in self.rows if path == source and (row.row_line, row.key) not in seen]
        for child in _sections(node):
            self._section(child, level + 1, [*above, stretch])

    def _section(self, node: nodes.section, level: int, above: list[_Stretch]) -> None:
        if id(node) in self.with_method:
            self._operations(node, level, above)
        else:
            self._outside(node, level, above)

    def _sink_outside(self, node: nodes.Element, reader: BlockReader) -> None:
        if isinstance(node, dialect.TableNode) and node["name"] == "parameters":
            for row in self.structure.tables.rows(node, reader, self.path):
                self.rows.append((str(node.source), row))

    def _operations(self, node: nodes.section, level: int, above: list[_Stretch]) -> None:
        """Read a section with one ``rest_method``, or with several, although the dialect does not allow that."""
        found = _Operation(self, node)
        found.read(node, "")
        if not found.methods:  # its rest_method names no method
            self._outside(node, level, above)
            return
        path = str(node.source or self.path)
        held = self._file(path)
        title = title_of(node.children[0])
        held.title = held.title or title
        preamble = self._preamble(path, level, above)
        around = tuple(Around(one.path, tuple(one.blocks)) for one in above if one.path != path)
        for operation in found.operations(title, node.line or 0, preamble, around):
            key = (operation.method_line, operation.method, operation.path)
            if key not in held.lines:
                held.lines.add(key)
                held.operations.append(operation)
        for child in found.deeper:
            self._section(child, level + 1, above)

    def _preamble(self, path: str, level: int, above: list[_Stretch]) -> tuple[Block, ...]:
        """Return the text of the sections of this file that apply to an operation.

        If the operation is beside the introduction of its file and not below it, that introduction applies.
        """
        own = [stretch for stretch in above if stretch.path == path]
        if not own:
            own = [stretch for stretch in self.stretches if stretch.path == path and stretch.level <= level][-1:]
        blocks: list[Block] = []
        for stretch in own:
            shift = len(blocks)
            blocks += [_shifted(block, shift) for block in stretch.blocks]
        return tuple(blocks)


class _Operation:
    """Collects the content of one section with a method."""

    def __init__(self, walk: _Walk, node: nodes.section) -> None:
        self.walk = walk
        self.section = node
        self.reader = BlockReader(walk.document, self._sink, grids=True)
        self.deeper: list[nodes.section] = []
        self.methods: list[tuple[str, str, int, Versions]] = []
        self.starts: list[tuple[int, int, int, int]] = []
        self.rows: list[ParameterRow] = []
        self.statuses: list[StatusRow] = []
        self.samples: list[SampleRow] = []

    def read(self, node: nodes.section, inherit: str) -> None:
        """Read a section and its subsections, except those with a method of their own."""
        self.reader.read(node)
        for child in _sections(node):
            if self._has_method(child):
                self.deeper.append(child)
                continue
            held = (self.reader.section, self.reader.heading, self.reader.heading_line, self.reader.versions)
            self.reader.enter(title_of(child.children[0]), child.line, inherit=held[0])
            self.read(child, inherit)
            self.reader.section, self.reader.heading, self.reader.heading_line, self.reader.versions = held
            self.reader.leave_block()

    def _has_method(self, node: nodes.section) -> bool:
        return id(node) in self.walk.with_method or any(
            id(inner) in self.walk.with_method for inner in node.findall(nodes.section)
        )

    def _sink(self, node: nodes.Element, reader: BlockReader) -> None:
        tables = self.walk.structure.tables
        if isinstance(node, dialect.MethodNode):
            method = _method(node, self.walk.structure.flaws)
            if method is not None:
                self.methods.append(method)
                self.starts.append((len(reader.blocks), len(self.rows), len(self.statuses), len(self.samples)))
        elif isinstance(node, dialect.SampleNode):
            sample = tables.sample(node, reader, self.walk.path)
            if sample is not None:
                self.samples.append(sample)
        elif isinstance(node, dialect.GridNode):
            self.rows += tables.written_out(node, reader, self.methods[-1][1] if self.methods else "")
        elif node["name"] == "parameters":
            self.rows += tables.rows(node, reader, self.walk.path)
        else:
            self.statuses += tables.statuses(node, self.walk.path)

    def operations(
        self, title: str, line: int, preamble: tuple[Block, ...], around: tuple[Around, ...]
    ) -> Iterator[OperationSource]:
        """Yield the operations; the collected content belongs to the first one, up to the beginning of the next."""
        ends = [*self.starts[1:], (len(self.reader.blocks), len(self.rows), len(self.statuses), len(self.samples))]
        begins = [(0, 0, 0, 0), *self.starts[1:]]
        for (method, path, method_line, versions), begin, end in zip(self.methods, begins, ends, strict=True):
            blocks = [_shifted(block, -begin[0]) for block in self.reader.blocks[begin[0] : end[0]]]
            yield OperationSource(
                title,
                line,
                method,
                path,
                method_line,
                versions,
                tuple(self.rows[begin[1] : end[1]]),
                tuple(self.statuses[begin[2] : end[2]]),
                tuple(self.samples[begin[3] : end[3]]),
                tuple(blocks),
                preamble,
                around,
            )


def _sections(node: nodes.Element) -> list[nodes.section]:
    return [child for child in node.children if isinstance(child, nodes.section)]


def _shifted(block: Block, by: int) -> Block:
    """Return a block with its parent's index raised by ``by``."""
    if not by or block.parent is None:
        return block
    return replace(block, parent=block.parent + by if block.parent + by >= 0 else None)


def _method(node: nodes.Element, flaws: list[Flaw]) -> tuple[str, str, int, Versions] | None:
    """Read the content of a ``rest_method``: method and URL, then options."""
    line = node.line or 0
    content = [(number, text.translate(ZERO_WIDTH).strip()) for number, text in node["lines"]]
    content = [(number, text) for number, text in content if text]
    method, _, path = content[0][1].partition(" ") if content else ("", "", "")
    if not _METHOD.match(method) or not path.strip():
        flaws.append(
            Flaw(
                "malformed-method",
                str(node.source),
                line,
                "a rest_method names no method and URL; write `.. rest_method:: GET /path`",
            )
        )
        if not method:
            return None
    bounds: dict[str, str] = {}
    said: int | None = None
    for number, text in content[1:]:
        key, colon, value = text.partition(":")
        if colon and key.strip(": ") in ("min_version", "max_version"):
            bounds[key.strip()] = value.strip()
            said = said or number
    versions = Versions(bounds.get("min_version"), bounds.get("max_version"), said)
    return method, path.strip(), line, versions
