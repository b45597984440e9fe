"""The list of unread prose: the passages that no rule has understood, and their share."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from parsers.build import original
from parsers.meant import UNREAD
from parsers.output import write_text
from specs.beside import READINGS
from specs.dump import flow, scalar

if TYPE_CHECKING:
    from pathlib import Path

    from parsers.build import Reading
    from parsers.document import Block
    from parsers.prose.facts import FileFacts, ProseFacts
    from specs.model import Spec

_NO_PROSE = frozenset({"literal"})


@dataclass(frozen=True)
class Entry:
    """One passage of prose: its place, and True if it was not understood (neither as a fact, nor as no promise).

    The passages are those of the documents, and those of the parameters' descriptions in the parameter files.
    A misspelt directive that was not read counts as an unread passage too. ``sentences`` are those of the passage that
    were not understood, as a file of readings may give them.
    """

    path: str
    line: int
    operation: str | None
    unread: bool
    sentences: tuple[str, ...] = ()


def account(reading: Reading, specs: dict[str, Spec]) -> list[Entry]:
    """List all passages of prose of a reference."""
    by_path = {spec.reference.path: spec for spec in specs.values()}
    entries: list[Entry] = []
    for file, told in zip(reading.files, reading.told, strict=True):
        path = file.context.path
        spec = by_path.get(path)
        own = set(spec.unread) if spec else set()
        entries += _passages(path, None, file.context.blocks, own, told.file)
        known = zip(file.operations, spec.operations if spec else (), told.operations, strict=True)
        for source, operation, facts in known:
            entries += _passages(path, operation.id, source.blocks, set(operation.unread), facts)
    entries += _descriptions(reading, by_path)
    shown = {(entry.path, entry.line) for entry in entries if entry.unread}
    entries += [Entry(path, line, None, unread=True) for path, line in _lost(reading) if (path, line) not in shown]
    return entries


def _passages(
    path: str, operation: str | None, blocks: Iterable[Block], unread: set[int], told: FileFacts | ProseFacts
) -> Iterator[Entry]:
    """Yield the passages of an operation, or of a file outside of operations."""
    for block in blocks:
        if block.kind in _NO_PROSE or block.kind == "heading":
            continue
        if not _unread(block, unread):
            yield Entry(path, block.line, operation, False)
            continue
        lines = {block.line, *block.lines}
        sentences = tuple(dict.fromkeys(text for line, text in told.unread_sentences if line in lines))
        yield Entry(path, block.line, operation, True, sentences)


def _descriptions(reading: Reading, specs: dict[str, Spec]) -> list[Entry]:
    """List the passages of the descriptions of all parameters that tables use, each once.

    Several tables may use one description. A sentence that is read into a fact for one of them is read.
    """
    found: dict[tuple[str, int], dict[tuple[int, int], set[str]]] = {}
    texts: dict[tuple[str, int], dict[str, None]] = defaultdict(dict)
    for file, told in zip(reading.files, reading.told, strict=True):
        spec = specs.get(file.context.path)
        path = spec.reference.parameters_path if spec else None
        for row, sentences in zip(file.rows, told.descriptions, strict=True):
            if path is None or row.description_line is None or row.parameter.line is None:
                continue  # a row of a written-out table is a passage of its document
            for said in sentences:
                outcomes = found.setdefault((path, said.line), {})
                outcomes.setdefault((row.description_line, said.number), set()).add(said.outcome)
                if said.text:
                    texts[path, said.line][said.text] = None
    entries = []
    for (path, line), outcomes in found.items():
        unread = any("unread" in s and "fact" not in s for s in outcomes.values())
        entries.append(Entry(path, line, None, unread, tuple(texts[path, line]) if unread else ()))
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
    """Write the list, in the form that the end of the name tells.

    ``.json``: the passages as data. ``.yaml``: a file of readings whose facts are left open. Else a line for each
    sentence that was not understood, and the share of the passages.
    """
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
    total = f"{len(unread)} of {len(entries)} passages of prose are unread ({share:.1%})"
    if path.suffix in (".yaml", ".yml"):
        write_text(path, "\n".join(_open_readings(unread, total)) + "\n")
        return
    lines = []
    for entry in unread:
        place = f"{entry.path}:{entry.line}: {entry.operation or '(outside of operations)'}"
        lines += [f"{place}: {text}" for text in entry.sentences or (_line(reading, entry),)]
    lines.append(total)
    write_text(path, "\n".join(lines) + "\n")


def _open_readings(unread: Iterable[Entry], total: str) -> Iterator[str]:
    """Yield the lines of a file of readings with each unread sentence once, whose facts the user has to say."""
    places: dict[str, list[Entry]] = defaultdict(list)
    for entry in unread:
        for text in entry.sentences:
            places[text].append(entry)
    yield f"# {total}."
    yield f"# Copy entries to {READINGS} beside the specs, and say in `facts` what the sentence states, in the form of"
    yield "# specs: `facts: {preconditions: [{kind: status, resource: volume, any_of: [available]}]}`, or `facts: {}`"
    yield "# if it promises nothing. An entry whose facts are left open is refused."
    yield "format: 1"
    yield "readings:" if places else "readings: []"
    for text, found in places.items():
        for entry in found:
            yield f"# {entry.path}:{entry.line}{'' if entry.operation else ', outside of operations'}"
        yield f"- sentence: {scalar(text, flow=False)}"
        paths = dict.fromkeys(entry.path for entry in found)
        if len(paths) == 1:
            yield f"  path: {scalar(next(iter(paths)), flow=False)}"
        ids = dict.fromkeys(entry.operation for entry in found if entry.operation)
        if ids and all(entry.operation for entry in found):
            yield f"  operations: {flow(list(ids))}"
        yield "  facts:"


def _line(reading: Reading, entry: Entry) -> str:
    layout = reading.layout
    text = layout.texts.get(entry.path)
    if text is None:
        text = layout.root.text(entry.path)
    lines = text.split("\n")
    return lines[entry.line - 1].strip()[:100] if 0 < entry.line <= len(lines) else ""
