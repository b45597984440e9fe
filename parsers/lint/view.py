"""A reference as the lint rules see it: the source and the spec of each operation side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from parsers import errors
from parsers.meant import FACTS, UNREAD
from specs.microversion import Microversion, VersionRange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parsers.build import Reading
    from parsers.document import OperationSource, ParameterRow, SourceFile
    from parsers.parameters import ParameterFile
    from specs.model import Operation, Parameter, Sample, Spec, Versions

Side = Literal["request", "response"]
SIDES: tuple[Side, Side] = ("request", "response")


_BETWEEN = re.compile(r"^\s*\.\.\s|^([=\-~^\"'`+*#])\1{2,}\s*$", re.MULTILINE)
"""A directive, a comment or the underline of a title; rows after it belong to another table."""


_METHOD = re.compile(r"^[ \t]*\.\.[ \t]+rest_method::", re.MULTILINE)
_MAX_FILES = 5_000
_ABOUT = {"malformed-status-table": "rest_status_code", "table-without-file": "rest_parameters"}
"""Rules of the reader that report a table that was not read."""


@dataclass(frozen=True)
class Row:
    """A resolved row of a table, with its line in the source file and the place of its entry."""

    parameter: Parameter
    source: ParameterRow
    line: int

    @property
    def name(self) -> str:
        """The name as the table writes it."""
        return self.parameter.name

    @property
    def written_out(self) -> bool:
        """True if the table is written out, so that the row refers to no entry."""
        return self.source.defined and self.parameter.line is None

    @property
    def told_by(self) -> str:
        """The origin of the row's facts, for messages: its entry or its table."""
        return "its row" if self.written_out else f"its entry {self.parameter.ref}"

    @property
    def cause(self) -> str:
        """The cause of its findings: the entry, or only the row's own place."""
        return f"{self.parameter.line}:{self.parameter.ref}" if self.parameter.line is not None else ""

    @property
    def last(self) -> str:
        """The last part of a dotted name."""
        return self.parameter.name.rsplit(".", 1)[-1]


@dataclass(frozen=True)
class Subject:
    """One operation as in the document and as in its spec. Lines of ``operation`` and ``rows`` are final."""

    file: SourceFile
    source: OperationSource
    operation: Operation
    requests: tuple[Row, ...]
    responses: tuple[Row, ...]
    method_line: int
    lost: frozenset[str] = frozenset()
    """Misspelt directives in this operation that were not read; rules must not claim anything about their content."""

    @property
    def path(self) -> str:
        """The source file."""
        return self.file.context.path

    def rows(self, side: Side) -> tuple[Row, ...]:
        """The rows of the request or the response."""
        return self.requests if side == "request" else self.responses

    def samples(self, side: Side) -> tuple[Sample, ...]:
        """The samples of the request or the response."""
        part = self.operation.request if side == "request" else self.operation.response
        return part.samples


@dataclass(frozen=True)
class View:
    """A reference that was read, and its specs."""

    reading: Reading
    specs: Mapping[str, Spec]

    @cached_property
    def subjects(self) -> tuple[Subject, ...]:
        """All operations, in the order of the reference."""
        return tuple(self._subjects())

    def _subjects(self) -> Iterator[Subject]:
        by_path = {spec.reference.path: spec for spec in self.specs.values()}
        for file in self.reading.files:
            spec = by_path.get(file.context.path)
            if spec is None:
                continue
            starts = sorted({source.method_line for source in file.operations})
            for source, operation in zip(file.operations, spec.operations, strict=True):
                end = next((start for start in starts if start > source.method_line), None)
                requests = [row for row in source.rows if row.section != "response"]
                responses = [row for row in source.rows if row.section == "response"]
                yield Subject(
                    file,
                    source,
                    operation,
                    self._rows(file.context.path, operation.request.parameters, requests),
                    self._rows(file.context.path, operation.response.parameters, responses),
                    self.line(file.context.path, source.method_line),
                    self._lost(file.context.path, source.method_line, end),
                )

    def _lost(self, path: str, first: int, end: int | None) -> frozenset[str]:
        """Return the directives between two lines that were not read, or not completely."""
        found: set[str] = set()
        for flaw in self.reading.flaws:
            if flaw.path != path or flaw.line < first or (end is not None and flaw.line >= end):
                continue
            if flaw.rule in _ABOUT:
                found.add(_ABOUT[flaw.rule])
            elif flaw.rule == UNREAD:
                found.update(name for name in FACTS if f"meant as a {name}," in flaw.message)
        return frozenset(found)

    def _rows(self, path: str, parameters: tuple[Parameter, ...], rows: list[ParameterRow]) -> tuple[Row, ...]:
        return tuple(
            Row(parameter, row, self.line(path, row.row_line)) for parameter, row in zip(parameters, rows, strict=True)
        )

    def line(self, path: str, line: int) -> int:
        """Return the line of the file for a line of the parsed text, which may be a repaired text."""
        lines = self.reading.layout.lines.get(path, ())
        return lines[line - 1] if 0 < line <= len(lines) else line

    @property
    def whole(self) -> bool:
        """True for a whole reference, False for a single document without its other files."""
        return not self.reading.layout.bare

    @property
    def parameter_files(self) -> list[ParameterFile]:
        """The parameter files that documents name; none for a single document."""
        return list(self.reading.tables.parameter_files.values())

    @cached_property
    def orphans(self) -> tuple[tuple[str, int], ...]:
        """Files with operations that no document includes, each with the line of its first method."""
        return tuple(self._orphans()) if self.whole else ()

    def _orphans(self) -> Iterator[tuple[str, int]]:
        root, top = self.reading.layout.root, self.reading.layout.top
        read = {file.context.path for file in self.reading.files} | set(self.reading.layout.documents) | set(root.sums)
        for number, path in enumerate(sorted((root.directory / top).rglob("*.inc"))):
            if number > _MAX_FILES:
                return
            name = path.relative_to(root.directory).as_posix()
            if name in read or not root.exists(name):
                continue
            try:
                found = _METHOD.search(self.text(name))
            except errors.ReferenceError:
                continue  # not a document
            if found:
                yield name, self.text(name).count("\n", 0, found.start()) + 1

    def together(self, path: str, one: int, other: int) -> bool:
        """True if two lines are rows of one table; always False in a damaged document, which has lost its lines."""
        return self.whole and not _BETWEEN.search("\n".join(self.text(path).split("\n")[one : other - 1]))

    def exists(self, path: str) -> bool:
        """True if the reference contains this file."""
        return self.reading.layout.root.exists(path)

    def text(self, path: str) -> str:
        """Return the text of a file of the reference, unchanged."""
        return self.reading.layout.root.text(path)


def version(text: str | None) -> Microversion | None:
    """Read a microversion; None if the text is not one."""
    try:
        return Microversion.parse(text.strip().removeprefix("v")) if text else None
    except ValueError:
        return None


def span(low: str | None, high: str | None) -> VersionRange:
    """Make a range; an end that is not a microversion is open."""
    return VersionRange(version(low), version(high))


def written(bounds: VersionRange | Versions) -> str:
    """Describe a range in words."""
    if bounds.min and bounds.max:
        return f"{bounds.min} to {bounds.max}"
    if bounds.min:
        return f"{bounds.min} and later"
    return f"up to {bounds.max}" if bounds.max else "all versions"
