"""Misspelt directives: RST silently reads them as a paragraph or as a comment.

A line with both colons (``..rest_method:: GET /boats``) can only be meant as a directive, and readers see it as text on
the page: it is reported, and read as the intended directive. With one colon it is a comment in RST and invisible on the
page, so it promises nothing: it is reported, and not read.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FACTS = ("rest_method", "rest_parameters", "rest_status_code", "literalinclude")
"""Directives of the dialect that state facts and resemble no English word."""

_PLAIN = ("include", "note", "warning", "important", "versionadded", "versionchanged", "deprecated", "code-block",
          "list-table", "csv-table", "rest_expand_all", "toctree")  # fmt: skip
_SPELLINGS = {re.sub(r"[ _-]", "", name): name for name in (*FACTS, *_PLAIN)}
"""The names of directives by their letters alone."""
_LINE = re.compile(
    r"^(?P<indent>[ ]*)(?P<dots>\.*)(?P<gap>[ ]*)(?P<name>[A-Za-z]+(?:[ _-][A-Za-z]+){0,3})(?P<before>[ ]*)"
    r"(?P<colons>:*)(?P<rest>.*)$"
)
_RIGHT = re.compile(r"^[ ]*\.\.[ ]+[A-Za-z](?:[\w.+:-]*\w)?[ ]?::(?:[ ]|$)")
_WELL_FORMED = re.compile(rf"^[ ]*\.\.[ ]+({'|'.join(FACTS)})[ ]?::(?:[ ]|$)")
_ARGUMENT = {
    "rest_method": re.compile(r"\s*[A-Za-z]+\s+\S*/"),
    "rest_parameters": re.compile(r"\s*\S+\.ya?ml\s*$"),
    "rest_status_code": re.compile(r"\s*(?:success|error)\b"),
    "literalinclude": re.compile(r"\s*\S*[/.]\S*\s*$"),
}
_NEAR = 0.85
_WITHOUT_COLONS = re.compile(rf"^(?P<indent>[ ]*)\.+[ ]*(?P<name>{'|'.join(FACTS)})(?P<rest>[ ]+.*)$")

MISTYPED, UNREAD = "mistyped-directive", "unread-directive"
"""Rules for misspelt directives: one for those that were read, one for those that were not."""


@dataclass(frozen=True)
class Meant:
    """A line that was meant as a directive.

    Attributes:
        name: the intended directive.
        instead: the correct line, with its indentation.
        clear: True if the line can mean nothing else, so that it may be read as the directive.

    """

    name: str
    instead: str
    clear: bool


def meant(line: str) -> Meant | None:
    """Return the directive that a line was meant as; None if it is a correct directive, or not meant as one."""
    if "::" not in line and not line.lstrip(" ").startswith("."):
        return None
    if (found := _WITHOUT_COLONS.match(line)) is not None and _ARGUMENT[found["name"]].match(found["rest"]):
        return _made(found, found["name"], clear=False)
    found = _LINE.match(line)
    if found is None or not (found["dots"] or found["colons"].startswith("::")):
        return None
    name = _name(found["name"], exact=False)
    if _RIGHT.match(line) and (name is None or found["name"].lower() == name):
        return None
    if name in FACTS:
        return _fact(found, name)
    name = _name(found["name"], exact=True)
    typed = (found["dots"], found["gap"], found["before"], found["colons"])
    if name is None or found["name"] != name or typed[0] != ".." or not typed[3].startswith("::"):
        return None
    return _made(found, name, clear=True)


def _fact(found: re.Match[str], name: str) -> Meant | None:
    colons, dots = len(found["colons"]), len(found["dots"])
    if not colons:
        return None  # a sentence that begins with the word
    # A name with a blank in it makes the line a comment, even with both colons.
    return _made(found, name, clear=colons >= 2 and dots in (2, 3) and " " not in found["name"])


def _made(found: re.Match[str], name: str, *, clear: bool) -> Meant:
    rest = found["rest"].strip()
    return Meant(name, f"{found['indent']}.. {name}::{f' {rest}' if rest else ''}", clear)


def _name(written: str, *, exact: bool) -> str | None:
    """Return the directive of this name, or of a similar name if it resembles no English word."""
    folded = re.sub(r"[ _-]", "", written.lower())
    if exact or folded in _SPELLINGS or len(folded) < len("restmethod") - 1:
        return _SPELLINGS.get(folded)
    near = difflib.get_close_matches(folded, [name.replace("_", "") for name in FACTS], 1, _NEAR)
    return next((name for name in FACTS if near and name.replace("_", "") == near[0]), None)


def read_as_meant(lines: Sequence[str]) -> list[str]:
    """Return the lines with clearly misspelt directives corrected; the number of lines stays the same."""
    return [found.instead if (found := meant(line)) is not None and found.clear else line for line in lines]


@dataclass(frozen=True)
class Slip:
    """A line of a file that was meant as a directive.

    Attributes:
        line: its number, from 1.
        meant: the directive; ``instead`` is what to write.
        read: True if it was read as the intended directive.
        why: why it was not read, or the mistake in it.
        where: the place for the correct line, as the end of a sentence.

    """

    line: int
    meant: Meant
    read: bool
    why: str
    where: str = ""


def slips(lines: Sequence[str], nodes: frozenset[int]) -> Iterator[Slip]:
    """Find the lines of a file that were meant as a directive.

    Args:
        lines: the lines of the file.
        nodes: lines on which a directive that states facts was read.

    """
    for number, line in enumerate(lines, 1):
        found = meant(line)
        if found is not None:
            slip = _slip(lines, number, found, nodes)
            if slip is not None:
                yield slip
        elif number not in nodes and (right := _well_formed(line)) is not None:
            where = _swallowed(lines, number)
            if where is not None:
                yield Slip(number, Meant(right, line, clear=True), False, *where)


def _swallowed(lines: Sequence[str], number: int) -> tuple[str, str] | None:
    """Say why a well-formed directive was not read, and what to do; None if that may be on purpose."""
    above = _above(lines, number)
    if above is not None and _takes_no_content(above):
        return "is indented below another directive and so became a part of it", " in the column of that directive"
    if above is not None and _hides(above):
        what = "a literal block" if above.rstrip().endswith("::") else "a comment"
        return f"is indented below {what} and so became a part of it", " in the same column as the text above"
    if above is None and _follows_text(lines, number):
        return "is a part of the text before it", " after a blank line"
    return None


def _slip(lines: Sequence[str], number: int, found: Meant, nodes: frozenset[int]) -> Slip | None:
    line = lines[number - 1]
    if found.clear and (number in nodes or found.name not in FACTS):
        return Slip(number, found, read=True, why="is misspelt")
    if line.startswith(" ") and _above(lines, number) is not None:
        return None  # within a comment, a literal block or the like, where it may be on purpose
    return Slip(number, found, read=False, why="is misspelt, so it was not read")


def _well_formed(line: str) -> str | None:
    found = _WELL_FORMED.match(line) if "::" in line else None
    return found[1] if found else None


def _above(lines: Sequence[str], number: int) -> str | None:
    """Return the line below which a line is indented if that is a line of markup, or None."""
    indent = _indent(lines[number - 1])
    for line in reversed(lines[: number - 1]):
        if line.strip() and _indent(line) < indent:
            return line if re.match(r"^[ ]*\.\.(?:[ ]|$)", line) or line.rstrip().endswith("::") else None
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _takes_no_content(line: str) -> bool:
    return _well_formed(line) is not None or ((found := meant(line)) is not None and found.clear)


def _hides(line: str) -> bool:
    """True if a line begins a comment with a text, or a literal block. A comment after ``..`` alone is on purpose."""
    if not re.match(r"^[ ]*\.\.(?:[ ]|$)", line):
        return line.rstrip().endswith("::")
    return re.match(r"^[ ]*\.\.[ ]+(?!\[|_|\|)\S", line) is not None and not _RIGHT.match(line)


def _follows_text(lines: Sequence[str], number: int) -> bool:
    """True if the line before is text of the same indentation, so that RST reads both as one paragraph."""
    before = lines[number - 2] if number > 1 else ""
    same = bool(before.strip()) and _indent(before) == _indent(lines[number - 1])
    return same and re.match(r"^\s*(?:\w|[`*\"'(])", before) is not None
