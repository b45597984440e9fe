"""Finds sentences in a text and puts a sentence that promises nothing in their place.

Sentences are compared by their words: markup, ends of lines, and the forms of quotation marks and dashes do not count,
so that a sentence may be copied from the source, from the published page, or from the list of unread prose.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from parsers.document import Block
from parsers.prose.descriptions import blocks_of
from parsers.prose.sentences import DECLARED, INVISIBLE, split

NO_PROSE = frozenset({"heading", "literal", "parameters"})
"""The kinds of blocks that hold no sentences."""

_ROLE = re.compile(r":[A-Za-z][\w:+-]*:(?=`)")
_TARGET = re.compile(r"\s*<[^<>`]*>(?=`)|(?<=`)__?(?!\w)")
_MARKS = re.compile(r"[`*]|\\(?=[^\w\s])")
_DASHES = re.compile(r"[-\u2010-\u2015\u2212]+")
_QUOTES, _APOSTROPHES = "\u201c\u201d\u201e\u00ab\u00bb", "\u2018\u2019\u201a"
_FORMS = str.maketrans({**dict.fromkeys(_QUOTES, '"'), **dict.fromkeys(_APOSTROPHES, "'"), "\u2026": "..."})
_BULLET = re.compile(r"\s*(?:[-*+]|\d{1,2}[.)]|#\.)\s+")
_DIRECTIVE = re.compile(r"\s*\.\.\s+[\w-]+::\s*")


@dataclass(frozen=True)
class Masked:
    """A text with masks.

    Attributes:
        text: the text; it has as many lines as before.
        found: the sentences that were masked, by their words, each with the first line of its paragraph in a
            description; in a paragraph by itself the line is 0.
    """

    text: str
    found: tuple[tuple[str, int], ...] = ()


def bare(text: str) -> str:
    """Return the words of a text on one line, as sentences are compared."""
    plain = _ROLE.sub("", text.translate(INVISIBLE).translate(_FORMS))
    return " ".join(_DASHES.sub("-", _MARKS.sub("", _TARGET.sub("", plain))).split())


def masked(text: str, wanted: Collection[str]) -> Masked:
    """Mask sentences, or several that follow one another, in the text of a paragraph.

    Args:
        text: the text of a block.
        wanted: the sentences by their words, as ``bare`` returns them.
    """
    text = text.translate(INVISIBLE)
    words = [found.span() for found in re.finditer(r"\S+", text)]
    out: list[str] = []
    found: list[tuple[str, int]] = []
    done = 0
    for key, first, last in _places(split(text), wanted):
        start, end = words[first][0], words[last - 1][1]
        out += [text[done:start], re.sub(r"\S.*", lambda _: DECLARED, text[start:end])]
        found.append((key, 0))
        done = end
    return Masked("".join([*out, text[done:]]), tuple(found))


def _places(parts: tuple[str, ...], wanted: Collection[str]) -> Iterator[tuple[str, int, int]]:
    """Yield each wanted sentence among those of a text, with the numbers of its first word and of that behind it."""
    longest = max(map(len, wanted), default=0)
    ends = [0]
    for part in parts:
        ends.append(ends[-1] + len(part.split()))
    begin = 0
    while begin < len(parts):
        joined, after, key = "", begin + 1, None
        for number in range(begin, len(parts)):
            joined = f"{joined} {bare(parts[number])}".strip()
            if joined in wanted:
                after, key = number + 1, joined
            if len(joined) >= longest:
                break
        if key is not None:
            yield key, ends[begin], ends[after]
        begin = after


def masked_block(block: Block, wanted: Collection[str]) -> tuple[Block, tuple[tuple[str, int], ...]]:
    """Mask sentences in a block. The second value has each that was found, with its line."""
    if block.kind in NO_PROSE or not wanted:
        return block, ()
    if block.kind != "table":
        one = masked(block.text, wanted)
        return (replace(block, text=one.text) if one.found else block), tuple((key, block.line) for key, _ in one.found)
    rows: list[str] = []
    found: list[tuple[str, int]] = []
    texts = block.text.split("\n")
    for row, line in zip(texts, block.lines or (block.line,) * len(texts), strict=True):
        cells = [masked(cell, wanted) for cell in row.split(" | ")]
        rows.append(" | ".join(cell.text for cell in cells))
        found += [(key, line) for cell in cells for key, _ in cell.found]
    return (replace(block, text="\n".join(rows)) if found else block), tuple(found)


def masked_description(description: str, wanted: Collection[str]) -> Masked | None:
    """Mask sentences in the description of a parameter; None if its markup is such that they cannot be told apart."""
    lines = description.expandtabs(4).split("\n")
    blocks = blocks_of(description)
    told = [block.text for block in blocks]
    found: list[tuple[str, int]] = []
    for number, block in enumerate(blocks):
        one = masked(block.text, wanted)
        if not one.found:
            continue
        found += [(key, block.line) for key, _ in one.found]
        next_line = blocks[number + 1].line if number + 1 < len(blocks) else len(lines)
        last = next((at for at in range(block.line, next_line) if not lines[at].strip()), next_line)
        text = one.text
        if lines[last - 1].rstrip().endswith("::"):  # a literal block follows, which is no prose
            text = f"{text[:-1]}::"
        told[number] = text.removesuffix(":") if text.endswith("::") else text
        # A link may go over two lines of the file, and its text not: empty lines keep the lines of what follows.
        own = text.split("\n")
        first = _lead(lines[block.line], block.kind)
        led = [first + own[0], *(" " * len(first) + line for line in own[1:])]
        lines[block.line : last] = led + [""] * (last - block.line - len(led))
    if not found:
        return Masked(description)
    text = "\n".join(lines)
    return Masked(text, tuple(found)) if [block.text for block in blocks_of(text)] == told else None


def _lead(line: str, kind: str) -> str:
    """The beginning of the first line of a paragraph that is no text of it: spaces, a bullet, a directive's name."""
    pattern = _BULLET if kind == "item" else _DIRECTIVE
    found = pattern.match(line) if kind != "paragraph" else None
    return found[0] if found else line[: len(line) - len(line.lstrip())]
