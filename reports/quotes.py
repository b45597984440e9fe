"""The sentence that a deviation is about, from the reference itself, if that is at hand.

Neither specs nor records hold sentences. A report takes them from the directory of the reference: one that the user
names, or the release that was fetched before. Without it, the report gives the place only, and says how to have more.
A record may come from anybody, so only text files inside of that directory are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any

from specs.record.model import Source

QUOTED = "the reference is quoted from "
"""The beginning of the sentence that names a reference from which is quoted."""

AROUND = 2
"""The number of lines that are shown before and after the sentence."""
LONGEST = 8
"""The largest number of lines of the passage itself that are shown."""
_WIDTH = 400
_LARGEST = 4_000_000
_TEXT = frozenset({".rst", ".inc", ".txt", ".yaml", ".yml"})
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_KEY = re.compile(r"[^\s#-][^:]*:")
_PROMISED = re.compile(r"/body/.+/(?P<word>null|empty)(?:-|$)")
"""The id of a requirement that a sentence of a description makes, with the word that the sentence has."""

Find = Callable[[Mapping[str, Any]], Path | None]
"""Finds the directory of a reference by its ``package`` and ``version``; None if it is not at hand."""


@dataclass(frozen=True)
class Line:
    """A line of the reference; ``said`` is True for the passage itself, False for a line around it."""

    number: int
    text: str
    said: bool


@dataclass(frozen=True)
class Quotes:
    """The sentences of one reference; ``root`` is its directory, None if it is not at hand."""

    root: Path | None = None

    def of(self, source: Source, requirement: str = "") -> tuple[Line, ...]:
        """Return the passage that begins at a place, with the lines around it; () if it cannot be read.

        Of a long entry of a parameter file only the beginning is shown, unless the id of the requirement tells that
        another sentence of the entry is meant.
        """
        lines = _lines(self.root, source.path) if self.root is not None else ()
        if not 0 < source.line <= len(lines):
            return ()
        first = source.line - 1
        in_yaml = source.path.endswith((".yaml", ".yml"))
        last = _end(lines, first, in_yaml=in_yaml)
        if in_yaml and (promised := _PROMISED.search(requirement)) is not None:
            meant = _mention(lines, first, promised["word"])
            if meant > last:
                below = takewhile(lambda text: _indent(text) >= _indent(lines[meant]), lines[meant + 1 :])
                first, last = meant, min(meant + len(list(below)), _end(lines, meant, in_yaml=False))
        shown = range(max(0, first - AROUND), min(len(lines), last + 1 + AROUND))
        return tuple(Line(at + 1, lines[at][:_WIDTH].rstrip(), first <= at <= last) for at in shown)

    def sentence(self, reference: Mapping[str, Any]) -> str:
        """Return one sentence that says where the quotations come from, or how to have them."""
        name = "==".join(str(reference[key]) for key in ("package", "version") if reference.get(key))
        if self.root is not None:
            return f"{QUOTED}{name or self.root}"
        how = f"`conformance build {name}` fetches it" if "==" in name else "--reference names its directory"
        return f"the reference is not at hand, so it is not quoted: {how}"


def together(sentences: Iterable[str]) -> str:
    """Return the sentences of several references as one: those that are quoted have one verb."""
    every = tuple(dict.fromkeys(filter(None, sentences)))
    names = [one.removeprefix(QUOTED) for one in every if one.startswith(QUOTED)]
    if len(names) < 2:
        return "; ".join(every)
    quoted = f"the references are quoted from {', '.join(names[:-1])} and {names[-1]}"
    return "; ".join((quoted, *(one for one in every if not one.startswith(QUOTED))))


@lru_cache(maxsize=64)
def _lines(root: Path, name: str) -> tuple[str, ...]:
    try:
        base = root.resolve()
        path = (base / name).resolve()
        if not path.is_relative_to(base) or path.suffix not in _TEXT or path.stat().st_size > _LARGEST:
            return ()
        return tuple(path.read_text("utf-8", "replace").split("\n"))
    except (OSError, ValueError):
        return ()


def _end(lines: tuple[str, ...], first: int, *, in_yaml: bool) -> int:
    """Return the index of the last line of the passage: a paragraph, a list item, an entry of a parameter file."""
    last = first
    for at in range(first + 1, min(len(lines), first + LONGEST)):
        text = lines[at]
        if _KEY.match(text) if in_yaml else not text.strip() or _ITEM.match(text):
            break
        last = at
    while last > first and not lines[last].strip():
        last -= 1
    return last


def _mention(lines: tuple[str, ...], first: int, word: str) -> int:
    """Return the index of the first line of an entry of a parameter file that has a word; that of its key if none."""
    for at in range(first + 1, len(lines)):
        if _KEY.match(lines[at]):
            break
        if re.search(rf"\b{word}\b", lines[at]):
            return at
    return first


def _indent(line: str) -> int:
    """The number of blanks before a line; of the keys after a description it is smaller than that of its text."""
    return len(line) - len(line.lstrip())
