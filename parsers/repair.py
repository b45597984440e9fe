"""Restores documents that lost their line structure, such as text copied from a web page or a mail.

There are two kinds of damage: all blank lines and all indentation are gone (and a page's header precedes the document),
or all line ends are gone. The dialect is regular enough to find most beginnings: titles have underlines of the same
length, directives and rows have recognisable forms, and a paragraph ends at a line that had room for the next word.
Paragraphs whose border cannot be recognised stay joined, so that no word is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.relined import (
    ADORNMENT_INSIDE,
    CODE_LIST,
    DIRECTIVE_INSIDE,
    METHODS,
    OPTION,
    OPTIONS_ONLY,
    ROW,
    ROWS,
    SENTENCE_END,
    STATUSES,
    VERSIONS,
    relined,
)

ADORNMENT = re.compile(r"([=\-~^\"'+#*`:.])\1{3,}\Z")
_DIRECTIVE = re.compile(r"\.\. (?P<name>[\w:-]+)::(?:\s+(?P<rest>.*))?\Z")
_MARKUP = re.compile(r"\.\. (?!\S+::)\S.*\Z")
_BOLD = re.compile(r"\*\*[^*]+\*\*:?\Z")
_BOUND = re.compile(r"(?:min|max)_version:\s*\S+\Z")
_CODES = re.compile(r"(?:normal|error) (?:http )?(?:response |status )?codes?\b", re.IGNORECASE)
_ITEM = re.compile(r"(?:[*+-]|#\.|\d{1,2}\.)\s+\S")
_LITERAL_ONLY = re.compile(r"[*-] ``[^`]+``\Z")
_TITLE_LIMIT = 120
_WIDTH = 70
_SHORT = 50
_MANY = 20


@dataclass(frozen=True)
class Repaired:
    """A restored text, with the line of the damaged document for each of its lines."""

    text: str
    lines: tuple[int, ...]


def repaired(text: str) -> Repaired | None:
    """Return the restored document, or None if the document is not damaged."""
    lines = text.split("\n")
    if _without_lines(lines):
        pairs = [(inner, number) for number, line in enumerate(lines, 1) for inner in relined(line)]
    elif _without_blanks(lines):
        pairs = [(line.strip(), number) for number, line in enumerate(lines, 1)]
    else:
        return None
    return _Restorer(_without_header(pairs)).run()


def _without_lines(lines: Sequence[str]) -> bool:
    """True if a line contains markup that belongs on several lines."""
    return any(len(DIRECTIVE_INSIDE.findall(line)) > 1 and ADORNMENT_INSIDE.search(line) for line in lines)


def _without_blanks(lines: Sequence[str]) -> bool:
    """True if directives and titles lack the blank lines that they need."""
    start = next((n for n, line in enumerate(lines) if _DIRECTIVE.match(line)), None)
    if start is None:
        return False
    body = lines[start:]
    blank = sum(not line.strip() for line in body)
    indented = sum(line[:1] in " \t" for line in body)
    return len(body) > 1 and not indented and blank * _MANY < len(body)


def _without_header(pairs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Remove the header of a web page before the document."""
    for number, (line, _) in enumerate(pairs):
        if line.startswith(".. -*-"):
            return pairs[number:]
    for number, (line, _) in enumerate(pairs):
        below = pairs[number + 1][0] if number + 1 < len(pairs) else ""
        if ADORNMENT.match(line) or _DIRECTIVE.match(line) or (line and ADORNMENT.match(below)):
            return pairs[number:]
    return pairs


class _Restorer:
    """Restores blank lines and indentation."""

    def __init__(self, pairs: list[tuple[str, int]]) -> None:
        self.pairs = pairs
        self.at = 0
        self.out: list[tuple[str, int]] = []

    def run(self) -> Repaired:
        """Return the restored document."""
        while self.at < len(self.pairs):
            self._block()
        text = "\n".join(line for line, _ in self.out) + "\n"
        return Repaired(text, (*(number for _, number in self.out), self.pairs[-1][1] if self.pairs else 1))

    def _peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.pairs[place][0] if place < len(self.pairs) else ""

    def _take(self, indent: int = 0) -> None:
        line, number = self.pairs[self.at]
        self.out.append((" " * indent + line if line else "", number))
        self.at += 1

    def _blank(self) -> None:
        if self.out and self.out[-1][0]:
            self.out.append(("", self.out[-1][1]))

    def _block(self) -> None:
        line = self._peek()
        if not line:
            self.at += 1
            self._blank()
            return
        self._blank()
        directive = _DIRECTIVE.match(line)
        if ADORNMENT.match(line) and self._peek(1) and ADORNMENT.match(self._peek(2)):
            self._title(overlined=True)
        elif directive:
            self._directive(directive["name"].lower())
        elif line == "..":
            self._comment()
        elif _MARKUP.match(line):
            self._take()
        elif self._underlined():
            self._title(overlined=False)
        else:
            self._text(line)
        self._blank()

    def _text(self, line: str) -> None:
        if _BOLD.match(line):
            self._take()
        elif line.startswith("**") and line.count("**") == 1 and self._peek(1).endswith("**"):
            self._take()
            self._take()
        elif _CODES.match(line):
            self._codes()
        elif line[:1] in "+|" and line[-1:] in "+|":
            while self._peek() and self._peek()[:1] in "+|":
                self._take()
        elif _ITEM.match(line):
            self._paragraph(first=0, rest=len(line) - len(line.split(None, 1)[1]))
        else:
            self._paragraph(first=0, rest=0)

    def _comment(self) -> None:
        """Take a comment whose text began on the next line, up to the next element."""
        self._take()
        while self._peek() and not (self._begins() and not _ITEM.match(self._peek())):
            self._take(2)

    def _underlined(self, ahead: int = 0) -> bool:
        """True if a line is a title: an underline follows it, which is not the line above another title."""
        line, below = self._peek(ahead), self._peek(ahead + 1)
        if not ADORNMENT.match(below) or ADORNMENT.match(line) or not 0 < len(line) <= _TITLE_LIMIT:
            return False
        above_another = below == self._peek(ahead + 3) and 0 < len(self._peek(ahead + 2)) <= len(below)
        return not above_another or len(line) == len(below)

    def _title(self, *, overlined: bool) -> None:
        lines = self.pairs[self.at : self.at + (3 if overlined else 2)]
        length = max(len(line) for line, _ in lines)
        for line, number in lines:
            # A too short underline is accepted in some contexts.
            self.out.append((line[0] * length if ADORNMENT.match(line) else line, number))
        self.at += len(lines)

    def _directive(self, name: str) -> None:
        self._take()
        if name in METHODS:
            while _BOUND.match(self._peek()):
                self._take(3)
        elif name in ROWS or name in STATUSES:
            pattern = ROW if name in ROWS else re.compile(r"- \d{3}\b")
            if pattern.match(self._peek()):
                self._blank()
            while pattern.match(self._peek()):
                self._take(3)
        else:
            while OPTION.match(self._peek()):
                self._take(3)
            ended = bool(SENTENCE_END.search(self.out[-1][0])) and _could_hold(self.out[-1][0], self._peek())
            if name not in OPTIONS_ONLY | VERSIONS and self._peek() and not self._begins() and not ended:
                self._paragraph(first=3, rest=3)

    def _codes(self) -> None:
        self._take()
        while self._peek() and (found := CODE_LIST.match(self._peek())) and found.end() == len(self._peek()):
            self._take()

    def _paragraph(self, *, first: int, rest: int) -> None:
        """Take lines to the end of a paragraph: the next element, or a last line with room for more words."""
        self._take(first)
        while self._peek() and not self._begins():
            last, following = self.out[-1][0].strip(), self._peek()
            if SENTENCE_END.search(last) and _could_hold(last, following):
                return
            if following[:1].isupper() and (
                _LITERAL_ONLY.match(last) or last.endswith("`__") or _could_hold(last, following, _SHORT)
            ):
                return
            self._take(rest)

    def _begins(self) -> bool:
        """True if the next line begins a new element."""
        line, below = self._peek(), self._peek(1)
        return bool(
            _DIRECTIVE.match(line)
            or line == ".."
            or _MARKUP.match(line)
            or _BOLD.match(line)
            or _CODES.match(line)
            or _ITEM.match(line)
            or ADORNMENT.match(line)
            or self._underlined()
            or (line.startswith("**") and below.endswith("**"))
        )


def _could_hold(line: str, following: str, width: int = _WIDTH) -> bool:
    """True if a line had room for the first word of the next one, so that a paragraph ended with it."""
    return bool(following) and len(line.strip()) + 1 + len(following.split(None, 1)[0]) <= width
