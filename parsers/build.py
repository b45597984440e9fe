"""From source files to specs: join structure and sentences into the model."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from parsers.carried import Headers
from parsers.counterparts import with_counterparts
from parsers.halves import halved
from parsers.names import Ids, action_of, slug, stem
from specs.microversion import Microversion
from specs.model import (
    Body,
    Code,
    Common,
    Operation,
    Parameter,
    Reference,
    Request,
    Response,
    Responses,
    Sample,
    Spec,
    Versions,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parsers.document import OperationSource, ParameterRow, SampleRow, SourceFile, StatusRow
    from parsers.layout import Layout
    from parsers.parameters import Flaw
    from parsers.prose.facts import ProseFacts, Told
    from parsers.samples import Samples
    from parsers.tables import Tables

_VERSION = re.compile(r"v?(\d+\.\d+)\Z", re.IGNORECASE)
UNNAMED = "unnamed"
"""The service of a single document if its service is not named."""


@dataclass
class Reading:
    """A reference that was read: its files, the files for resolving them, its samples, and the defects found."""

    layout: Layout
    files: list[SourceFile]
    tables: Tables
    samples: Samples
    flaws: list[Flaw]

    @cached_property
    def told(self) -> list[Told]:
        """The facts that the prose of each file states."""
        from parsers import prose  # it takes longer to import than all else: a second process reads documents meanwhile

        return halved(prose.read_source, self.files, _seconds)

    def line(self, path: str, line: int) -> int:
        """The line of a file for a line of its parsed text, which may be a repaired one."""
        lines = self.layout.lines.get(path)
        return line if lines is None else original(line, lines)

    @property
    def operations(self) -> int:
        """The number of operations."""
        return sum(len(file.operations) for file in self.files)


def build_specs(reading: Reading, service: str | None = None) -> dict[str, Spec]:
    """Make the specs of a reference: file name (without suffix) -> spec, in the order of the reference."""
    name = service or reading.layout.service or UNNAMED
    specs: dict[str, Spec] = {}
    names = Ids()
    headers = Headers(reading.files, reading.told, reading.line)
    for file, told in zip(reading.files, reading.told, strict=True):
        if not (file.operations or file.context.rows or told.file.vocabulary):
            continue
        own = names.take(stem(file.context.path, reading.layout.top))
        specs[own] = headers.on(_spec(file, own, name, told, reading), told)
    return specs


_A_BLOCK, _A_ROW = 0.0003, 0.0002
"""About how long the grammar of sentences reads a block and the description of a row, in seconds."""


def _seconds(file: SourceFile) -> float:
    """About how long the grammar of sentences reads a file, in seconds."""
    blocks = len(file.context.blocks) + sum(len(operation.blocks) for operation in file.operations)
    rows = len(file.context.rows) + sum(len(operation.rows) for operation in file.operations)
    return blocks * _A_BLOCK + rows * _A_ROW


def _spec(file: SourceFile, own: str, service: str, told: Told, reading: Reading) -> Spec:
    """Make the spec of one file.

    Args:
        file: the file.
        own: the name of the spec, without suffix.
        service: the type of the service.
        told: the facts that the prose of the file states.
        reading: the reference.
    """
    ids, facts = Ids(), told.file
    operations = with_counterparts(
        [
            _operation(source, said, own, ids, reading)
            for source, said in zip(file.operations, told.operations, strict=True)
        ],
        [said.counterpart for said in told.operations],
    )
    rows = [(row.section, _parameter(row, facts.parameters)) for row in file.context.rows]
    common = Common(
        tuple(p for section, p in rows if section != "response"),
        tuple(p for section, p in rows if section == "response"),
    )
    spec = Spec(service, _reference(file, operations, reading), operations, facts.vocabulary, common, facts.unread)
    lines = reading.layout.lines.get(file.context.path)
    return spec if lines is None else with_lines(spec, lines)


def with_lines(thing: Any, lines: tuple[int, ...]) -> Any:
    """Return an object of the model with the lines of a repaired text replaced by those of the original file."""
    if isinstance(thing, tuple):
        return tuple(with_lines(item, lines) for item in thing)
    if not is_dataclass(thing) or isinstance(thing, Parameter | type):
        return thing
    changes: dict[str, Any] = {}
    for item in fields(thing):
        value = getattr(thing, item.name)
        if item.name == "line":
            changes["line"] = None if value is None else original(value, lines)
        elif item.name == "unread":
            changes["unread"] = tuple(dict.fromkeys(original(line, lines) for line in value))
        elif isinstance(value, tuple) or is_dataclass(value):
            changes[item.name] = with_lines(value, lines)
    return replace(thing, **changes)


def original(line: int, lines: tuple[int, ...]) -> int:
    """Return the line of the file for a line of the parsed text, which may be a repaired text."""
    return lines[line - 1] if 0 < line <= len(lines) else line


def _reference(file: SourceFile, operations: tuple[Operation, ...], reading: Reading) -> Reference:
    layout, sums = reading.layout, reading.layout.root.sums
    inputs: dict[str, str] = {}
    paths = list(reading.tables.parameter_files)
    base = posixpath.dirname(file.context.path)
    # The parameter file of most of its rows, else one that the documents beside this file use, else the first.
    own_rows = reading.tables.used.get(file.context.path, Counter())
    paths.sort(key=lambda path: (-own_rows[path], posixpath.dirname(path) != base))
    used = paths[0] if paths else None
    if used is not None and used in sums:
        inputs[posixpath.basename(used)] = sums[used]
    files = sorted(
        {
            sample.file
            for operation in operations
            for sample in (*operation.request.samples, *operation.response.samples)
        }
    )
    if files:
        digest = hashlib.sha256()
        for path in files:
            digest.update(f"{path}\0{sums.get(path, '')}\n".encode())
        inputs["samples"] = digest.hexdigest()
    text = layout.texts.get(file.context.path)
    own = hashlib.sha256(text.encode()).hexdigest() if text is not None else ""
    return Reference(
        file.context.path,
        sums.get(file.context.path) or own,
        layout.package,
        layout.version,
        tuple(inputs.items()),
        used,
    )


def _operation(source: OperationSource, facts: ProseFacts, own: str, ids: Ids, reading: Reading) -> Operation:
    request = Request(
        tuple(_parameter(row, facts.parameters) for row in source.rows if row.section != "response"),
        tuple(_sample(row, reading) for row in source.samples if _of_request(row)),
    )
    parameters = tuple(_parameter(row, facts.parameters) for row in source.rows if row.section == "response")
    samples = tuple(_sample(row, reading) for row in source.samples if not _of_request(row))
    action = action_of(source.path, source.title, request.parameters, request.samples)
    return Operation(
        id=ids.take(f"{own}.{action or slug(source.title) or 'untitled'}"),
        title=source.title,
        method=source.method,
        path=source.path,
        line=source.line,
        action=action,
        microversions=_versions(source.versions, facts),
        deprecated=facts.deprecated,
        removed=facts.removed,
        policy=facts.policy,
        responses=Responses(_codes(source, "success", facts.normal), _codes(source, "error", facts.error)),
        preconditions=facts.preconditions,
        postconditions=facts.postconditions,
        refusals=facts.refusals,
        request=request,
        response=Response(_body(source, facts, samples), parameters, samples),
        unread=facts.unread,
    )


def version(text: str | None) -> str | None:
    """Return a microversion as ``2.73``, or None if the text is not one."""
    found = _VERSION.match(text.strip()) if text else None
    return found[1] if found else None


def _versions(options: Versions, facts: ProseFacts) -> Versions:
    """Join the versions of the directive with those of sentences; at each end, the directive takes precedence."""
    said = facts.microversions
    low, high = version(options.min), version(options.max)
    if low is None and high is None:
        return said
    return Versions(low or said.min, high or said.max, options.line)


def _parameter(row: ParameterRow, facts: Mapping[Any, Mapping[str, Any]]) -> Parameter:
    own = row.parameter
    kind = own.type.strip().lower() if own.type and own.type.strip() else None
    low, high = version(own.min), version(own.max)
    low = max((v for v in (low, row.versions.min) if v), key=Microversion.parse, default=None)
    high = min((v for v in (high, row.versions.max) if v), key=Microversion.parse, default=None)
    location = own.location.strip() if own.location else None
    return replace(own, **{"type": kind, "location": location, "min": low, "max": high, **facts.get(row.key, {})})


def _codes(source: OperationSource, kind: str, said: tuple[Code, ...]) -> tuple[Code, ...]:
    """Join the rows of status tables with the codes of sentences; a qualified code replaces its row."""
    rows: list[StatusRow] = [row for row in source.statuses if row.kind == kind]
    if not rows:
        return said
    left = list(said)
    codes: list[Code] = []
    for row in rows:
        replacing = [code for code in left if code.code == row.code]
        if replacing:
            codes += [replace(code, listed=True) for code in replacing]
            left = [code for code in left if code.code != row.code]
        elif all(code.code != row.code for code in codes):
            codes.append(Code(row.code, row.line))
    return (*codes, *left)


_ENDS = re.compile(r"\b(request|response)s?\b(?![^(]*\b(?:request|response)\b)", re.IGNORECASE)
_REQUEST_FILE = re.compile(r"[-_](?:req|request)(?:[-_.v\d]*)\.\w+\Z", re.IGNORECASE)
_RESPONSE_FILE = re.compile(r"[-_](?:resp|response)(?:[-_.v\d]*)\.\w+\Z", re.IGNORECASE)


def _of_request(row: SampleRow) -> bool:
    """True if a sample is of the request: by its place, else the last such word of its heading, else its name."""
    if row.section:
        return row.section == "request"
    found = _ENDS.search(row.heading)
    if found:
        return found[1].lower() == "request"
    if _RESPONSE_FILE.search(row.path):
        return False
    return bool(_REQUEST_FILE.search(row.path))


def _sample(row: SampleRow, reading: Reading) -> Sample:
    body, valid = reading.samples.body(row.path)
    return Sample(row.path, row.line, reading.samples.microversion(row), body, valid)


def _body(source: OperationSource, facts: ProseFacts, samples: tuple[Sample, ...]) -> Body:
    """Return the kind of a response's body, by a sentence or else by a table or a sample of it."""
    if facts.body.content != "unspecified":
        return facts.body
    lines = [row.row_line for row in source.rows if row.section == "response" and row.parameter.location == "body"]
    lines += [sample.line for sample in samples]
    return Body("described", min(lines)) if lines else facts.body
