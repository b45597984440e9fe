"""Reads lists of status codes (A1-A4): after a label on its line, or below it in a paragraph, bullets or a table.

A label is "Normal response codes", "Error response codes" or a similar text: the beginning of a paragraph, up to a
colon, or a paragraph, a bold paragraph or a title above the codes. The number counts; the name beside it is kept as
written. Below a label only texts that are codes are read, so that a number in a sentence does not become a code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from parsers.document import Block
from parsers.prose.causes import cause_of
from parsers.prose.sentences import plain
from specs.model import Code

_FLAGS = re.IGNORECASE | re.ASCII
_KIND = r"(?P<kind>normal|success(?:ful)?|error|fault|failure)s?\b"
_LABEL = re.compile(rf"^\W*{_KIND}[\w\s/]*?\b(?:codes?|response)\s*(?:\(s\))?\s*\W*?:+\W*", _FLAGS)
_WITHOUT_COLON = re.compile(rf"^\W*{_KIND}\s+(?:http\s+)?(?:response|status|return)?\s*codes?\b\W*", _FLAGS)
_ALONE = re.compile(
    rf"\W*(?:{_KIND}(?:\s+(?:http|api|response|status|return))*\s+(?:codes?|responses?)"
    r"|(?:(?:http|api)\s+)?(?:response|status|return|error)\s+codes?)\s*(?:\(s\))?\W*",
    _FLAGS,
)
_STATUS = re.compile(r"\W*(?:http\s+)?(?:response\s+)?status(?:\s+code)?\s*:\s*", _FLAGS)
_ERRORS = frozenset({"error", "fault", "failure"})
_CODE = r"(?<![\d.])[1-5]\d\d(?![\d.]*\d)"
_NAME = r"[A-Za-z]\w*"
_LISTED = re.compile(
    rf"(?:(?:(?<!\w)(?P<names>{_NAME}(?:[ -]+{_NAME}){{1,4}})\s*\()|(?P<name>{_NAME})\s*)?\(?"
    rf"(?P<code>{_CODE})\)?(?:\s*\((?P<note>[^()]*)\))?",
)
_SENTENCE_END = re.compile(r"\.\s")
_RANGE = re.compile(r"(?:micro)?versions?\s+(?P<low>\d+\.\d+)\s*(?P<open>[-–+]|to|and)?\s*(?P<high>\d+\.\d+)?", _FLAGS)
_PIECES = re.compile(r"[,;\n]|\b(?:and|or)\b", _FLAGS)
_WORDS = rf"{_NAME}(?:[ -]+{_NAME}){{0,4}}"
_PIECE = re.compile(rf"\W*(?:(?P<before>{_WORDS})\W*)?(?P<code>{_CODE})\W*(?P<behind>{_WORDS})?\W*")
_PROSE = re.compile(
    r"\b(?:if|when|where|while|is|are|was|be|been|will|would|can|may|must|the|a|an|this|that|it|for|of|to|with|by|"
    r"returned|returns?|since|until|version|on|in|at|has|have)\b",
    _FLAGS,
)
_NO_NAMES = frozenset({"and", "or", "http", "code", "codes", "status"})


@dataclass(frozen=True)
class CodeLists:
    """The lists of codes of a text.

    Attributes:
        lists: pairs of ``normal`` or ``error`` and the codes in order.
        read: indices of the blocks that hold nothing but a part of such a list.
        unread: indices of labels whose codes were not found.

    """

    lists: tuple[tuple[str, tuple[Code, ...]], ...] = ()
    read: frozenset[int] = frozenset()
    unread: frozenset[int] = frozenset()


@lru_cache(maxsize=8)
def read_code_lists(blocks: tuple[Block, ...]) -> CodeLists:
    """Read all lists of codes of a text; cached, because the text's sentences and its codes are read one by one."""
    lists: list[tuple[str, tuple[Code, ...]]] = []
    read: set[int] = set()
    unread: set[int] = set()
    explained: set[int] = set()
    for index, block in enumerate(blocks):
        if index in read or block.kind in ("literal", "table", "parameters", "versionadded", "versionchanged"):
            continue
        label = _ALONE.fullmatch(plain(block.text)[:200])
        if status := _status(block):
            read.add(index)
            lists += _by_kind(status, None)
            continue
        if label is None:
            own = read_lists(block)
            if not own:
                continue
            last, codes = own[-1]
            lists += own if codes else own[:-1]
            if codes:
                read.add(index)
                continue
            kind: str | None = last
        else:
            kind = _kind(label["kind"])
        below = list(_below(blocks, index))
        found = _in_blocks(blocks, below, read, explained)
        if found:
            read.add(index)
            lists += _by_kind(found, kind)
        elif below or not plain(block.text).endswith(":"):
            unread.add(index)
        else:
            read.add(index)  # an empty list
    lists += _below_titles(blocks, read, explained)
    return CodeLists(_without_repeated(lists, explained), frozenset(read), frozenset(unread))


_REASON = re.compile(r"\d{3}\s+-\s+(?P<cause>[a-z][a-z_]+(?:\s+[a-z_]+){1,5})\.?$")
"""An item that gives the reason of a code in a few words: "404 - car not found"."""


def _status(block: Block) -> list[Code]:
    """Return the codes of a paragraph such as "Status: 204 No Content"."""
    text = plain(block.text)[:200]
    label = _STATUS.match(text)
    if label is None or not codes_alone(text[label.end() :]):
        return []
    return [_one(m, block.line) for m in _LISTED.finditer(text, label.end())]


def _kind(word: str | None) -> str | None:
    """Return ``normal`` or ``error`` by the word of a label; None if only the number of a code can decide."""
    if word is None:
        return None
    return "error" if word.lower() in _ERRORS else "normal"


def _by_kind(codes: Iterable[Code], kind: str | None) -> Iterator[tuple[str, tuple[Code, ...]]]:
    if kind is not None:
        yield kind, tuple(codes)
        return
    held = tuple(codes)
    for name, own in (("normal", [c for c in held if c.code < 400]), ("error", [c for c in held if c.code >= 400])):
        if own:
            yield name, tuple(own)


def _below(blocks: Sequence[Block], index: int) -> Iterator[int]:
    """Yield the indices of the blocks below a label: its children, else those up to the next label or heading."""
    label = blocks[index]
    own = [i for i, block in enumerate(blocks) if block.parent == index]
    if own:
        yield from own
        return
    for i in range(index + 1, len(blocks)):
        block = blocks[i]
        if block.kind in ("heading", "codes") or block.heading != label.heading or is_label(block.text):
            return
        if block.parent is None or block.parent > index:
            yield i


def _without_repeated(
    lists: list[tuple[str, tuple[Code, ...]]], explained: set[int]
) -> tuple[tuple[str, tuple[Code, ...]], ...]:
    """Return the lists without codes that items only explain, if another list or an earlier item has them."""
    plainly = {code.code for _, codes in lists for code in codes if code.line not in explained}
    kept = []
    for kind, codes in lists:
        own = []
        for code in codes:
            if code.line in explained and code.code in plainly:
                continue
            if code.line in explained:
                plainly.add(code.code)
            own.append(code)
        kept.append((kind, tuple(own)))
    return tuple(kept)


def _below_titles(blocks: Sequence[Block], read: set[int], explained: set[int]) -> list[tuple[str, tuple[Code, ...]]]:
    """Return the lists below section titles such as "Normal response codes"."""
    found: list[tuple[str, tuple[Code, ...]]] = []
    titles = dict.fromkeys(block.heading for block in blocks if block.heading)
    for title in titles:
        label = _ALONE.fullmatch(title)
        if label is None:
            continue
        below = [i for i, block in enumerate(blocks) if block.heading == title and i not in read]
        found += _by_kind(_in_blocks(blocks, below, read, explained), _kind(label["kind"]))
    return [one for one in found if one[1]]


def _in_blocks(blocks: Sequence[Block], below: Sequence[int], read: set[int], explained: set[int]) -> list[Code]:
    """Return the codes of the first blocks that hold any, up to a block that is no list of codes.

    Adds the indices of those blocks to ``read``, and the lines of codes followed by an explanation to ``explained``.
    """
    codes: list[Code] = []
    for i in below:
        block = blocks[i]
        if block.kind == "table":
            found, whole = _in_table(block)
        elif block.kind in ("item", "term"):
            found, whole = _in_item(block)
        else:
            found = _alone(block)
            whole = bool(found)
        codes += found
        if whole:
            read.add(i)
        else:
            explained.update(code.line for code in found)
        if not found and block.kind not in ("item", "term"):
            break
    return codes


def _alone(block: Block) -> list[Code]:
    """Return the codes of a block that holds nothing but codes; an empty list if it holds anything else."""
    if not codes_alone(block.text):
        return []
    return [_one(m, block.line) for m in _LISTED.finditer(plain(block.text))]


def codes_alone(text: str) -> bool:
    """True if a text holds codes, perhaps with their names, and nothing else."""
    line = plain(text)[:2_000]
    if not re.search(_CODE, line):
        return False
    return all(not re.search(r"\w", piece) or _is_piece(piece) for piece in _PIECES.split(line))


def _is_piece(piece: str) -> bool:
    found = _PIECE.fullmatch(piece)
    return found is not None and not any(_PROSE.search(found[part] or "") for part in ("before", "behind"))


def _in_item(block: Block) -> tuple[list[Code], bool]:
    """Return the first code of an item, since the text after it explains it; True if the item holds only codes."""
    text = plain(block.text)
    reason = _REASON.match(text)
    codes = _alone(block)
    if codes and (reason is None or cause_of(reason["cause"]) is None):
        return codes, True
    first = _LISTED.search(text)
    if first is None or len(re.findall(r"\w+", text[: first.start("code")])) > 4:
        return [], False
    return [_one(first, block.line)], False


def _in_table(block: Block) -> tuple[list[Code], bool]:
    """Return a table's codes, one a row, from the first cell that is only a code; True if the table holds no more."""
    rows = [row.split(" | ") for row in block.text.split("\n")]
    lines = block.lines or (block.line,) * len(rows)
    codes: list[Code] = []
    whole = True
    for number, (row, line) in enumerate(zip(rows, lines, strict=True)):
        cell = next((cell for cell in row[:2] if codes_alone(cell)), None)
        if cell is None:
            if number:
                return [], False
            continue  # the head of the table
        found = [_one(m, line) for m in _LISTED.finditer(plain(cell))]
        others = [other for other in row if other != cell and re.search(r"\w", other)]
        if others and len(found) == 1 and found[0].name is None and re.fullmatch(rf"\W*{_WORDS}\W*", others[0]):
            name = re.fullmatch(rf"\W*({_WORDS})\W*", others[0])
            found = [replace(found[0], name=name[1] if name else None)]
            others = others[1:]
        codes += found
        whole = whole and not others
    return codes, whole and bool(codes)


def is_label(text: str) -> bool:
    """True if a text is, or begins with, the label of a list of codes."""
    line = plain(text[:200])
    return _LABEL.match(line) is not None or _ALONE.fullmatch(line) is not None


def read_lists(block: Block, items: tuple[Block, ...] = ()) -> list[tuple[str, tuple[Code, ...]]]:
    """Read the lists of codes of a paragraph: usually one, or two if no blank line separates their labels."""
    parts: list[list[str]] = []
    for line in block.text.split("\n"):
        if parts and not _LABEL.match(plain(line)):
            parts[-1].append(line)
        else:
            parts.append([line])
    blocks = [replace(block, text="\n".join(part)) for part in parts] if len(parts) > 1 else [block]
    found = (read_list(one, items) for one in blocks)
    return [one for one in found if one is not None]


def read_list(block: Block, items: tuple[Block, ...] = ()) -> tuple[str, tuple[Code, ...]] | None:
    """Read a list of codes: ``normal`` or ``error``, and the codes in order; None if the text is not a list.

    A list below the label ("Error codes:", then bullets) is read item by item, each with its own line; an item gives
    only its first code, since the text after it explains it.
    """
    text = plain(block.text)
    label = _LABEL.match(text)
    if label is None:
        label = _WITHOUT_COLON.match(text)
        if label is None or not codes_alone(text[label.end() :]):
            return None
    found, last = [], label.end()
    for m in _LISTED.finditer(text, label.end()):
        if _SENTENCE_END.search(text, last, m.start()):
            break  # the text after the list explains it
        found.append(_one(m, block.line))
        last = m.end()
    if not found:
        for item in items:
            if first := _LISTED.search(plain(item.text)):
                found.append(_one(first, item.line))
    return _kind(label["kind"]) or "normal", tuple(found)


def _one(m: re.Match[str], line: int) -> Code:
    low = high = None
    if m["note"] and (bounds := _RANGE.search(m["note"])):
        low, high = bounds["low"], bounds["high"] or (None if bounds["open"] else bounds["low"])
    name = re.sub(r"^(?:and|or)\s+", "", m["names"], flags=_FLAGS) if m["names"] else m["name"]
    if m["names"] and _PROSE.search(name):
        name = name.split()[-1]  # words of a sentence, up to the name
    return Code(int(m["code"]), line, name if name and name.lower() not in _NO_NAMES else None, low, high)
