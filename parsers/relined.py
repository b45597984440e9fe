"""Restores the line ends of a document that lost all of them.

Titles have underlines of the same length; directives, rows and lists of codes have recognisable forms. The border
between two paragraphs cannot be recognised, so paragraphs stay joined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

ADORNMENT_INSIDE = re.compile(r"(?<!\S)([=\-~^#*+])\1{3,}(?!\S)")
DIRECTIVE_INSIDE = re.compile(r"(?<!\S)\.\. [\w:-]+::(?!\S)")
_COMMENT_INSIDE = re.compile(r"(?<!\S)\.\. (?:-\*- \w+ -\*-|needs:\S+|_[^:`]+:(?:\s+\S+://\S+)?)(?=\s|\Z)")
_BOLD_INSIDE = re.compile(r"(?<!\S)\*\*[^*\s][^*]*\*\*:?(?=\s|\Z)")
ROW = re.compile(r"-\s+[^\s:]\S*?\s*:\s+\S+\Z|-\s+[^:]+:\s+\S+\Z")
_ROW_INSIDE = re.compile(r"\s*-\s+(?P<name>[^\s:]\S*?)\s*:\s+(?P<ref>\S+)(?=\s|\Z)")
_CODE_ROW_INSIDE = re.compile(r"\s*- (?P<code>\d{3})(?P<reason>:\s*\S+)?(?=\s|\Z)")
OPTION = re.compile(r":[\w-]+:(?:\s.*)?\Z")
_OPTION_INSIDE = re.compile(r"\s*(:[\w-]+:)(?:\s+(?![:.*])(\S+))?(?=\s|\Z)")
_METHOD_INSIDE = re.compile(r"\s*(?P<method>[A-Z]+)\s+(?P<url>/\S*)(?P<more>(?:\s+(?:min|max)_version:\s*\S+)*)")
CODES_INSIDE = re.compile(r"(?<!\S)(?:Normal|Error) (?:[Hh][Tt][Tt][Pp] )?(?:[Rr]esponse |[Ss]tatus )?[Cc]odes?:")
_ONE_CODE = r"(?:[A-Za-z]\w{0,40} ?\(\d{3}\)|\d{3}(?:\([A-Za-z ]{1,40}\))?)(?:\s*\((?:API )?microversions?[^)]*\))?"
CODE_LIST = re.compile(rf"\s*{_ONE_CODE}(?:\s*,?\s*(?:and\s+)?{_ONE_CODE})*\s*[,.]?", re.IGNORECASE)
_ITEM_INSIDE = re.compile(r"(?<=[.:;)`])\s+(?=[*] \S)|(?<=[.:])\s+(?=- [A-Z`])")
_BROKEN_LINK = re.compile(r"(?<!`)`([^`<>]+?)\s+`__?(?P<ends>(?=\s+[A-Z][a-z]+ [a-z]))?")
_VERSION_ENDS = re.compile(r"(\bversion \d+\.\d+)\s+(?=[A-Z][a-z]+ [a-z])")
_LITERAL_ITEM = re.compile(r"((?:\A|(?<=\n))[*-] ``[^`]+``)\s+(?=[A-Z][a-z]+ [a-z])")
_COMMENT_BLOCK_INSIDE = re.compile(r"(?<!\S)\.\.(?= )(?! \S+::)(?! -\*-)(?! needs:)(?! _)(?! \[)")
SENTENCE_END = re.compile(r"[.!?:][)\"'`*]*\Z")
ROWS = frozenset({"rest_parameters"})
STATUSES = frozenset({"rest_status_code"})
METHODS = frozenset({"rest_method"})
VERSIONS = frozenset({"versionadded", "versionchanged", "versionremoved"})
"""Directives that may or may not have a text; a text after them usually belongs to the operation."""
OPTIONS_ONLY = frozenset({"literalinclude", "include", "image", "figure", "toctree", "contents", "rest_expand_all"})


def relined(text: str) -> Iterator[str]:
    """Break a text wherever a new line must begin; blank lines separate everything but paragraphs."""
    text = _BROKEN_LINK.sub(lambda found: found[1] + ("" if found["ends"] is None else "."), text)
    position = 0
    while True:
        found = ADORNMENT_INSIDE.search(text, position)
        if found is None:
            yield from _body(text[position:])
            return
        over = _overlined(text, found)
        if over is not None:
            title, end = over
            yield from _body(text[position : found.start()])
            yield from ("", found[0], title, found[0], "")
            position = end
            continue
        before = text[position : found.start()].rstrip()
        start = _title_start(before, len(found[0]))
        yield from _body(before[:start])
        yield from ("", before[start:].strip(), found[0], "")
        position = found.end()


def _overlined(text: str, found: re.Match[str]) -> tuple[str, int] | None:
    """Return the text and the end of a title between two equal lines, if one begins here."""
    other = ADORNMENT_INSIDE.search(text, found.end())
    if other is None or other[0] != found[0]:
        return None
    title = text[found.end() : other.start()].strip()
    return (title, other.end()) if title and len(title) <= len(found[0]) else None


def _title_start(before: str, length: int) -> int:
    """Return the beginning of the last line of a text, a title of about this length."""
    begins = [0, *(match.end() for match in re.finditer(r"\s+", before))]
    fitting = [start for start in begins if len(before) - start <= length]
    start = fitting[0] if fitting else begins[-1]
    # A title does not contain the end of a sentence.
    inner = [match.end() for match in re.finditer(r"[.!?][)`*]*\s+|__\s+", before[start:])]
    if inner:
        return start + inner[-1]
    # An underline may be somewhat short: the title begins where the text before it ends.
    for earlier in reversed([begin for begin in begins if begin < start and len(before) - begin <= length + 6]):
        if _boundary(before[:start]):
            break
        if _boundary(before[:earlier]):
            return earlier
    return start


def _breaks(text: str, found: re.Match[str]) -> bool:
    """True if a bold phrase or a list of codes begins a paragraph; a list of codes always does."""
    return not found[0].startswith("**") or _boundary(text[: found.start()])


def _boundary(before: str) -> bool:
    """True if a title may follow a text."""
    before = before.rstrip()
    if not before or SENTENCE_END.search(before):
        return True
    words = before.split(" ")
    return (
        OPTION.match(" ".join(words[-2:])) is not None
        or before.endswith(("**", "__"))
        or ROW.match(" ".join(words[-3:])) is not None
        or re.search(r"\(\d{3}\)\Z|\b\d{3}\Z", before) is not None
    )


def _body(text: str) -> Iterator[str]:
    """Break the text between two titles."""
    position = 0
    starts = sorted(
        [*DIRECTIVE_INSIDE.finditer(text), *_COMMENT_INSIDE.finditer(text)], key=lambda match: match.start()
    )
    for number, found in enumerate(starts):
        if found.start() < position:
            continue
        yield from _prose(text[position : found.start()])
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        if found[0].endswith("::"):
            lines, used = _directive(found[0], text[found.end() : end])
            yield from ("", *lines, "")
            position = found.end() + used
        else:
            yield from ("", found[0], "")
            position = found.end()
    yield from _prose(text[position:])


def _directive(head: str, rest: str) -> tuple[list[str], int]:
    """Return the lines of a directive, and the length of the text after its head that belongs to it."""
    name = head[3:-2]
    if name in METHODS:
        found = _METHOD_INSIDE.match(rest)
        if found:
            return [
                f"{head} {found['method']} {found['url']}",
                *re.findall(r"(?:min|max)_version:\s*\S+", found["more"]),
            ], found.end()
        return [head], 0
    if name in ROWS or name in STATUSES:
        argument = re.match(r"\s*(?:(?:success|error)\s+)?\S+", rest)
        used = argument.end() if argument else 0
        lines = [f"{head} {rest[:used].strip()}"]
        pattern = _ROW_INSIDE if name in ROWS else _CODE_ROW_INSIDE
        while found := pattern.match(rest, used):
            lines.append(found[0].strip())
            used = found.end()
        return lines, used
    if name in OPTIONS_ONLY:
        argument = re.match(r"\s*[^\s:]\S*", rest)
        used = argument.end() if argument else 0
        lines = [f"{head} {rest[:used].strip()}".rstrip()]
        while found := _OPTION_INSIDE.match(rest, used):
            lines.append(found[0].strip())
            used = found.end()
        return lines, used
    if name in VERSIONS and (argument := re.match(r"\s*\S+", rest)):
        return [f"{head} {argument[0].strip()}"], argument.end()
    stop = min(
        (
            match.start()
            for pattern in (_BOLD_INSIDE, CODES_INSIDE)
            for match in pattern.finditer(rest)
            if _breaks(rest, match)
        ),
        default=len(rest),
    )
    return [f"{head} {' '.join(rest[:stop].split())}".rstrip()], stop


def _prose(text: str) -> Iterator[str]:
    """Break running text at bold headings, lists of codes and list items."""
    text = " ".join(text.split())
    hidden = _COMMENT_BLOCK_INSIDE.search(text)
    if hidden:
        # A comment ends with its indentation, which is lost, so it is taken to the end of this text.
        after = [match.start() for match in CODES_INSIDE.finditer(text, hidden.end())]
        known = CODES_INSIDE.search(text[: hidden.start()])
        rest = text[min(after) :] if after and not known else ""
        text = f"{text[: hidden.start()].strip()} {rest}".strip()
    while text:
        starts = [
            match
            for pattern in (_BOLD_INSIDE, CODES_INSIDE)
            for match in pattern.finditer(text)
            if _breaks(text, match)
        ]
        if not starts:
            break
        found = min(starts, key=lambda match: match.start())
        yield from _items(text[: found.start()])
        end = found.end()
        if not found[0].startswith("**"):
            codes = CODE_LIST.match(text, end)
            end = codes.end() if codes else end
        yield from ("", text[found.start() : end].strip(), "")
        text = text[end:].strip()
    yield from _items(text)


def _items(text: str) -> Iterator[str]:
    text = "\n".join(_ITEM_INSIDE.split(_VERSION_ENDS.sub("\\1\n", text.strip())))
    for part in _LITERAL_ITEM.sub("\\1\n", text).split("\n"):
        if part.strip():
            yield from ("", part.strip(), "")
