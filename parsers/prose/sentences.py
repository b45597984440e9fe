"""Sentences, the input of the grammar's rules.

A block's text is split at the ends of sentences only, and not inside a ````literal````, an abbreviation (e.g., i.e.,
etc.), a version (2.10), a file name or an address. A sentence that ends in a colon has the list below it as items.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from parsers.document import Block

LONGEST = 2_000
"""Largest number of characters of a sentence that rules read; a longer one stays unread."""

DECLARED = "Declared ``(reading)``."
"""The sentence that stands in place of one that the user has declared how to read: it promises nothing."""

INVISIBLE = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_LITERAL = re.compile(r"``.+?``|(?<![`\w])`[^`]+`(?!`)")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|resp|incl|approx|Inc|No|Fig|St)|\b[A-Z])\.$")
_END = re.compile(r"""[.!?](?P<close>["'”’)\]*]*)\s+(?=["'“‘(\[*`]*[A-Z0-9`])|[.!?]["'”’)\]*]*$""")


@dataclass(frozen=True)
class Sentence:
    """One sentence, and its place.

    Attributes:
        text: the text on one line, without invisible characters; inline markup as in ``Block.text``.
        block: the block that holds it.
        index: index of the block among its siblings.
        items: the list items below it, if it is the last sentence of its block and ends in a colon.
        first, last: True for the first, or the last, sentence of its block.
    """

    text: str
    block: Block
    index: int
    items: tuple[Block, ...] = ()
    first: bool = True
    last: bool = True

    @property
    def line(self) -> int:
        """The line of the sentence's facts: the line of its block."""
        return self.block.line


def plain(text: str) -> str:
    """Put a text on one line, without invisible characters."""
    return " ".join((text if text.isascii() else text.translate(INVISIBLE)).split())


@lru_cache(maxsize=4096)
def split(text: str) -> tuple[str, ...]:
    """Split a text into sentences."""
    line = plain(text)
    shielded = _LITERAL.sub(lambda m: re.sub(r"[.!?:;]", "\x00", m[0]), line) if "`" in line else line
    ends: list[int] = []
    for found in _END.finditer(shielded):
        before = shielded[max(0, found.start() - 8) : found.start() + 1]
        follows = shielded[found.end() : found.end() + 1]
        if (
            found.end() == len(shielded)
            or not _ABBREVIATION.search(before)
            or (before.endswith("etc.") and follows.isupper())
        ):
            ends.append(found.end())
    if not ends or ends[-1] != len(shielded):
        ends.append(len(shielded))
    parts, start = [], 0
    for end in ends:
        part = line[start:end].strip()
        if part:
            parts.append(part)
        start = end
    return tuple(parts)


def in_blocks(
    blocks: Sequence[Block], skip: Iterable[str] = ("literal", "table", "parameters")
) -> tuple[Sentence, ...]:
    """Split every block of prose into sentences, in document order; ``skip`` names the kinds of other blocks."""
    skipped = frozenset(skip)
    below: dict[int, list[Block]] = {}
    for block in blocks:
        if block.parent is not None and block.kind in ("item", "term"):
            below.setdefault(block.parent, []).append(block)
    found: list[Sentence] = []
    for index, block in enumerate(blocks):
        if block.kind in skipped:
            continue
        parts = split(block.text)
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            items = tuple(below.get(index, ())) if last and part.endswith(":") else ()
            found.append(Sentence(part, block, index, items, first=number == 0, last=last))
    return tuple(found)
