"""The list of unread prose: the passages that no rule has understood, and their share."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from parsers.build import original
from parsers.meant import UNREAD
from parsers.output import write_text

if TYPE_CHECKING:
    from pathlib import Path

    from parsers.build import Reading
    from parsers.document import Block
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


def account(reading: Reading, specs: dict[str, Spec]) -> list[Entry]:
    """List all passages of prose of a reference."""
    by_path = {spec.reference.path: spec for spec in specs.values()}
    entries: list[Entry] = []
    for file in reading.files:
        path = file.context.path
        spec = by_path.get(path)
        own = set(spec.unread) if spec else set()
        entries += [
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
    entries += _descriptions(reading, by_path)
    known = {(entry.path, entry.line) for entry in entries if entry.unread}
    entries += [Entry(path, line, None, unread=True) for path, line in _lost(reading) if (path, line) not in known]
    return entries


def _descriptions(reading: Reading, specs: dict[str, Spec]) -> list[Entry]:
    """List the passages of the descriptions of all parameters that tables use, each once.

    Several tables may use one description. A sentence that is read into a fact for one of them is read.
    """
    found: dict[tuple[str, int], dict[tuple[int, int], set[str]]] = {}
    for file, told in zip(reading.files, reading.told, strict=True):
        spec = specs.get(file.context.path)
        path = spec.reference.parameters_path if spec else None
        for row, sentences in zip(file.rows, told.descriptions, strict=True):
            if path is None or row.description_line is None or row.parameter.line is None:
                continue  # a row of a written-out table is a passage of its document
            for said in sentences:
                outcomes = found.setdefault((path, said.line), {})
                outcomes.setdefault((row.description_line, said.number), set()).add(said.outcome)
    return [
        Entry(path, line, None, any("unread" in s and "fact" not in s for s in outcomes.values()))
        for (path, line), outcomes in found.items()
    ]


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
