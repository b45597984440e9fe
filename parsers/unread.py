"""The list of unread prose: the passages that no rule has understood, and their share."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from parsers.build import original
from parsers.meant import UNREAD
from parsers.output import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from parsers.build import Reading
    from parsers.document import Block, SourceFile
    from parsers.prose.facts import Told
    from specs.model import Spec

_NO_PROSE = frozenset({"literal"})


@dataclass(frozen=True)
class Entry:
    """One passage of prose: its place, and True if it was not understood (neither as a fact, nor as no promise).

    The passages are those of the documents, and those of the parameters' descriptions in the parameter files.
    A misspelt directive that was not read counts as an unread passage too.
    """

    path: str
    line: int
    operation: str | None
    unread: bool


@dataclass(frozen=True)
class Passages:
    """The passages of prose of one file.

    Attributes:
        entries: those of the file itself.
        said: of each sentence of a description of its parameters, in the parameter file: the file and the line of the
            passage, the line of the description, the number of the sentence, and its outcome. Each once.
    """

    entries: tuple[Entry, ...]
    said: tuple[tuple[str, int, int, int, str], ...]


def account(reading: Reading, specs: dict[str, Spec]) -> list[Entry]:
    """List all passages of prose of a reference."""
    by_path = {spec.reference.path: spec for spec in specs.values()}
    return joined(
        reading,
        [
            passages_of(file, by_path.get(file.context.path), told)
            for file, told in zip(reading.files, reading.told, strict=True)
        ],
    )


def passages_of(file: SourceFile, spec: Spec | None, told: Told) -> Passages:
    """List the passages of a file with its spec, if it has one."""
    path = file.context.path
    own = set(spec.unread) if spec else set()
    entries = [
        Entry(path, block.line, None, _unread(block, own))
        for block in file.context.blocks
        if block.kind not in _NO_PROSE and block.kind != "heading"
    ]
    for source, operation in zip(file.operations, spec.operations if spec else (), strict=True):
        unread = set(operation.unread)
        entries += [
            Entry(path, block.line, operation.id, _unread(block, unread))
            for block in source.blocks
            if block.kind not in _NO_PROSE and block.kind != "heading"
        ]
    return Passages(tuple(entries), _descriptions(file, spec, told))


def _descriptions(file: SourceFile, spec: Spec | None, told: Told) -> tuple[tuple[str, int, int, int, str], ...]:
    """Return the outcomes of the descriptions of all parameters that a file's tables use."""
    path = spec.reference.parameters_path if spec else None
    if path is None:
        return ()
    found: dict[tuple[str, int, int, int, str], None] = {}
    for row, sentences in zip(file.rows, told.descriptions, strict=True):
        if row.description_line is None or row.parameter.line is None:
            continue  # a row of a written-out table is a passage of its document
        for said in sentences:
            found[path, said.line, row.description_line, said.number, said.outcome] = None
    return tuple(found)


def joined(reading: Reading, parts: Sequence[Passages]) -> list[Entry]:
    """List the passages of all files, those of a description once.

    Several tables may use one description. A sentence that is read into a fact for one of them is read.
    """
    entries = [entry for part in parts for entry in part.entries]
    found: dict[tuple[str, int], dict[tuple[int, int], set[str]]] = {}
    for part in parts:
        for path, line, first, number, outcome in part.said:
            found.setdefault((path, line), {}).setdefault((first, number), set()).add(outcome)
    entries += [
        Entry(path, line, None, any("unread" in s and "fact" not in s for s in outcomes.values()))
        for (path, line), outcomes in found.items()
    ]
    known = {(entry.path, entry.line) for entry in entries if entry.unread}
    entries += [Entry(path, line, None, unread=True) for path, line in _lost(reading) if (path, line) not in known]
    return entries


def _unread(block: Block, lines: set[int]) -> bool:
    """True if a passage is unread; for a table, if one of its rows is."""
    return block.line in lines or any(line in lines for line in block.lines)


def _lost(reading: Reading) -> list[tuple[str, int]]:
    """Return the misspelt directives that were not read, each once."""
    found = [(flaw.path, flaw.line) for flaw in reading.flaws if flaw.rule == UNREAD]
    lines = reading.layout.lines
    return [(path, original(line, lines.get(path, ()))) for path, line in dict.fromkeys(found)]


def write_account(path: Path, reading: Reading, entries: list[Entry]) -> None:
    """Write the list: JSON if the name ends in ``.json``, else a line for each unread passage and the share."""
    unread = [entry for entry in entries if entry.unread]
    share = len(unread) / len(entries) if entries else 0.0
    if path.suffix == ".json":
        content = {
            "stretches": len(entries),
            "unread": len(unread),
            "share": round(share, 4),
            "lines": [asdict(entry) for entry in unread],
        }
        write_text(path, json.dumps(content, indent=1) + "\n")
        return
    lines = []
    for entry in unread:
        text = _line(reading, entry)
        lines.append(f"{entry.path}:{entry.line}: {entry.operation or '(outside of operations)'}: {text}")
    lines.append(f"{len(unread)} of {len(entries)} passages of prose are unread ({share:.1%})")
    write_text(path, "\n".join(lines) + "\n")


def _line(reading: Reading, entry: Entry) -> str:
    layout = reading.layout
    text = layout.texts.get(entry.path)
    if text is None:
        text = layout.root.text(entry.path)
    lines = text.split("\n")
    return lines[entry.line - 1].strip()[:100] if 0 < entry.line <= len(lines) else ""
