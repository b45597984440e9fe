"""The dialect's tables, with rows resolved through parameter and status files, and samples."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Literal

from parsers.document import ParameterRow, SampleRow, StatusRow
from parsers.errors import HostileError, NotFoundError
from parsers.parameters import Definition, Flaw, ParameterFile, StatusFile, read_parameters, read_statuses
from parsers.yamlfile import Node, parse
from specs.model import Parameter

if TYPE_CHECKING:
    from docutils import nodes

    from parsers.blocks import BlockReader
    from parsers.files import Root

_SIMPLE = re.compile(r"-\s+(?P<name>[^\s:'\"&*!|>{}\[\]#,?-][^:#'\"]*?)\s*:\s+(?P<ref>[\w.:-]*[\w-])\s*\Z")
_NOT_STRINGS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})


MAX_ROWS = 5_000


class Tables:
    """Resolves the tables of one reference.

    Attributes:
        parameters_path: a parameter file to use in place of the one that documents name (for a single document).
        parameter_files: the parameter files read so far, by path.
        used: for the path of each document, how many rows each parameter file has given it.

    """

    def __init__(self, root: Root, top: str, *, parameters: ParameterFile | None = None, bare: bool = False) -> None:
        self.root = root
        self.top = top
        self.given = parameters
        self.bare = bare
        self.parameter_files: dict[str, ParameterFile] = {}
        self.used: dict[str, Counter[str]] = {}
        self.status_files: dict[str, StatusFile] = {}
        self.flaws: list[Flaw] = []

    def rows(self, node: nodes.Element, reader: BlockReader, document: str) -> list[ParameterRow]:
        """Resolve a ``rest_parameters``."""
        source, line = str(node.source), node.line or 0
        if len(node["lines"]) > MAX_ROWS:
            raise HostileError(f"a table has more than {MAX_ROWS:,} rows", where=f"{source}:{line}", mend="split it")
        held = self._parameters(str(node["arguments"]), document, source, line)
        entries = held.entries if held else {}
        rows: list[ParameterRow] = []
        for name, ref, row_line in self._pairs(node, source):
            found = entries.get(ref)
            if held is not None:
                held.used.add(ref)
                if found is None and not held.missing:
                    self._flaw(
                        "undefined-parameter",
                        source,
                        row_line,
                        f"{held.path} does not define {ref}; define it there, or correct the row",
                    )
            rows.append(_row(name, ref, row_line, found, reader))
        if held is not None and not held.missing:
            self.used.setdefault(source, Counter())[held.path] += len(rows)
        if not node["lines"]:
            self._flaw(
                "empty-table",
                source,
                line,
                "a rest_parameters has no rows; if there are rows below it, put a blank line before them",
            )
        return rows

    def written_out(self, node: nodes.Element, reader: BlockReader, path: str) -> list[ParameterRow]:
        """Return the rows of a written-out table: they have no entry in a parameter file, and so no line there.

        Args:
            node: a ``GridNode``.
            reader: the part of the document around the table.
            path: the URL; a row named like a placeholder of it is in the path.

        """
        found = []
        for row in node["rows"]:
            location = row.place or ("path" if f"{{{row.name}}}" in path else None)
            parameter = Parameter(
                row.name, location, row.type, bool(row.required) or location == "path", row.name, None
            )
            found.append(
                ParameterRow(
                    parameter, row.line, reader.place, reader.heading, reader.versions,
                    description=row.description, description_line=row.line,
                )
            )  # fmt: skip
        return found

    def statuses(self, node: nodes.Element, document: str) -> list[StatusRow]:
        """Resolve a ``rest_status_code``."""
        source, line = str(node.source), node.line or 0
        kind, _, target = str(node["arguments"]).partition(" ")
        if kind not in ("success", "error"):
            self._flaw(
                "malformed-status-table",
                source,
                line,
                "a rest_status_code has wrong arguments; write `success` or `error`, and the status file",
            )
            return []
        reasons = self._reasons(target.strip(), document, source, line)
        rows: list[StatusRow] = []
        for code, reason, row_line in self._codes(node, source):
            texts = reasons.get(code, {})
            text = texts.get(reason) if reason else None
            rows.append(StatusRow(_kind(kind), code, row_line, text or texts.get("default", ""), text is not None))
        return rows

    def sample(self, node: nodes.Element, reader: BlockReader, document: str) -> SampleRow | None:
        """Resolve a ``literalinclude``; None (and a flaw) if its path leaves the root."""
        source, line = str(node.source), node.line or 0
        path = self._resolve(str(node["target"]), document, f"{source}:{line}")
        if reader.bold:
            return SampleRow(path, line, reader.place, reader.bold, reader.bold_line, reader.versions)
        return SampleRow(path, line, reader.place, reader.heading, reader.heading_line, reader.versions)

    def _resolve(self, target: str, document: str, where: str) -> str:
        """Resolve a path. For a single document, a path above it counts as missing, not as an attack."""
        try:
            return self.root.resolve(target, beside=document, top=self.top, where=where)
        except HostileError:
            steps = target.replace("\\", "/").split("/")
            if not self.bare or ".." not in steps:
                raise
            return "/".join(step for step in steps if step not in ("", ".", ".."))

    def _flaw(self, rule: str, path: str, line: int, message: str) -> None:
        self.flaws.append(Flaw(rule, path, line, message))

    def _parameters(self, target: str, document: str, source: str, line: int) -> ParameterFile | None:
        if self.given is not None:
            return self.given
        where = f"{source}:{line}"
        if not target:
            self._flaw(
                "table-without-file",
                source,
                line,
                "a rest_parameters names no parameter file; write the file after the colons",
            )
            return None
        path = self._resolve(target, document, where)
        if path not in self.parameter_files:
            if self.bare and not self.root.exists(path):
                return None
            try:
                self.parameter_files[path] = read_parameters(self.root, path, where=where)
            except NotFoundError as error:
                self._flaw("missing-parameter-file", source, line, f"{error.what}; {error.mend}")
                self.parameter_files[path] = ParameterFile(path, missing=True)
        return self.parameter_files[path]

    def _reasons(self, target: str, document: str, source: str, line: int) -> dict[int, dict[str, str]]:
        where = f"{source}:{line}"
        if not target:
            self._flaw(
                "table-without-file",
                source,
                line,
                "a rest_status_code names no status file; write the file after the colons",
            )
            return {}
        path = self._resolve(target, document, where)
        if path not in self.status_files:
            if self.bare and not self.root.exists(path):
                return {}
            try:
                self.status_files[path] = read_statuses(self.root, path, where=where)
            except NotFoundError as error:
                self._flaw("missing-status-file", source, line, f"{error.what}; {error.mend}")
                self.status_files[path] = StatusFile(path)
        return self.status_files[path].reasons

    def _pairs(self, node: nodes.Element, source: str) -> list[tuple[str, str, int]]:
        """Return name, ref and line of each row."""
        pairs = []
        for number, text in node["lines"]:
            stripped = text.strip()
            if not stripped or stripped.startswith("#"):
                continue
            found = _SIMPLE.match(stripped)
            if found is None or found["ref"].lower() in _NOT_STRINGS or found["name"].lower() in _NOT_STRINGS:
                return self._pairs_in_full(node, source)
            pairs.append((found["name"], found["ref"], number))
        return pairs

    def _pairs_in_full(self, node: nodes.Element, source: str) -> list[tuple[str, str, int]]:
        """Do the same for a table with more than simple rows."""
        first = node["lines"][0][0]
        text = "\n".join(line for _, line in node["lines"])
        tree = parse(text, source, first_line=first)
        pairs = []
        for item in tree.items if tree else []:
            if not item.pairs:
                self._flaw(
                    "malformed-row", source, item.line, "a row does not have the form `- name: reference`; correct it"
                )
            for key, value in item.pairs:
                if key.kind == value.kind == "scalar" and value.value:
                    pairs.append((str(key.value), str(value.value), key.line))
                else:
                    self._flaw("malformed-row", source, key.line, "a row names no entry; write `- name: reference`")
        return pairs

    def _codes(self, node: nodes.Element, source: str) -> list[tuple[int, str | None, int]]:
        if not node["lines"]:
            return []
        first = node["lines"][0][0]
        tree = parse("\n".join(line for _, line in node["lines"]), source, first_line=first)
        codes: list[tuple[int, str | None, int]] = []
        for item in tree.items if tree else []:
            pairs: list[tuple[Node, Node | None]] = [*item.pairs] if item.pairs else [(item, None)]
            for key, reason in pairs:
                if key.kind == "scalar" and str(key.value).isdigit() and len(str(key.value)) == 3:
                    codes.append((int(key.value), str(reason.value) if reason else None, key.line))
                else:
                    self._flaw(
                        "malformed-row",
                        source,
                        key.line,
                        "a row of a rest_status_code does not begin with a code; write `- 404` or `- 404: reason`",
                    )
        return codes


def _kind(text: str) -> Literal["success", "error"]:
    return "success" if text == "success" else "error"


def _row(name: str, ref: str, row_line: int, found: Definition | None, reader: BlockReader) -> ParameterRow:
    if found is None:
        parameter = Parameter(name, None, None, False, ref, None)
        return ParameterRow(parameter, row_line, reader.place, reader.heading, reader.versions, defined=False)
    parameter = Parameter(name, found.location, found.type, found.required, ref, found.line, found.min, found.max)
    return ParameterRow(
        parameter,
        row_line,
        reader.place,
        reader.heading,
        reader.versions,
        description=found.description,
        description_line=found.description_line,
    )
