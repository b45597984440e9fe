"""Rules for the vocabulary of a status (V1): a list or table of its values with their meanings.

Read: a sentence such as "the possible status values are:" or "... status value is one of:" with a list of values
below it, and the tables titled "Volume statuses". Not read: a list of values of a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from parsers.document import Block
from parsers.prose.rules import NOTHING, Reading, Rule, Scope
from parsers.prose.sentences import Sentence, in_blocks, plain
from parsers.prose.words import noun, values
from specs.model import Vocabulary

_FLAGS = re.IGNORECASE | re.ASCII
_STATUSES = re.compile(
    r"\bstatus(?:es)?\b.*\b(?:values?|following|one\s+of|are)\b[^.]*:$|\b(?:values?|following)\b.*\b"
    r"status(?:es)?\b[^.]*:$",
    _FLAGS,
)
_CONDITION = re.compile(r"\b(?:can\s+only|must|if|when\s+its)\b", _FLAGS)
_OF_THINGS = re.compile(r"^When\s+you\s+[a-z, ]+?\s+(?P<noun>(?:[a-z]+\s+)?[a-z]+s),", _FLAGS)
_OWNER = re.compile(r"\b(?P<noun>[a-z]+)\s+status", _FLAGS)


def _list(sentence: Sentence, scope: Scope) -> Reading | None:
    """V1: the values of a status, in a list below a sentence."""
    if not sentence.items or not _STATUSES.search(sentence.text) or _CONDITION.search(sentence.text):
        return None
    found = []
    for item in sentence.items:
        first = values(plain(item.text))[:1]
        if first and plain(item.text).strip("`*").startswith(first[0].text):
            found.append(first[0].text)
    if len(found) < 2 or len(found) < len(sentence.items) - 1:
        return None
    return Reading((Vocabulary(_resource(sentence.text, scope), "status", tuple(found), sentence.line),), items=True)


def _resource(text: str, scope: Scope) -> str:
    for m in _OWNER.finditer(text):
        if found := noun(m["noun"]):
            return found
    return noun(re.sub(r"\(.*", "", scope.context.title).strip()) or scope.resource


def _table(block: Block, above: str) -> Vocabulary | None:
    """V1: a table whose first column holds statuses, below "Volume statuses" or "these status values are possible:"."""
    m = re.match(r"(?P<noun>[\w ]+?)\s+status(?:es)?$", above.strip("* :"), _FLAGS)
    if m is None and _STATUSES.search(above):
        m = _OF_THINGS.match(above)
    resource = noun(m["noun"]) if m else None
    rows = [row.split(" | ") for row in block.text.split("\n")]
    if resource is None or len(rows) < 3 or len(rows[0]) < 2 or rows[0][0].strip().lower() != "status":
        return None
    return Vocabulary(resource, "status", tuple(row[0].strip().strip("`") for row in rows[1:]), block.line)


def vocabularies(blocks: Sequence[Block], scope: Scope) -> Iterator[Vocabulary]:
    """Yield every vocabulary of a text: lists below a sentence, tables below a heading."""
    for sentence in in_blocks(blocks):
        if sentence.items and (reading := _list(sentence, scope)):
            yield from (fact for fact in reading.facts if isinstance(fact, Vocabulary))
    yield from tables(blocks).values()


def tables(blocks: Sequence[Block]) -> dict[int, Vocabulary]:
    """Return the vocabularies in tables, by the index of the table's block."""
    found: dict[int, Vocabulary] = {}
    heading = above = ""
    for index, block in enumerate(blocks):
        if block.kind == "heading":
            heading = above = block.text
        elif block.kind == "table":
            held = _table(block, heading) or _table(block, plain(above))
            if held is not None:
                found[index] = held
        elif block.kind == "paragraph":
            above = block.text
    return found


def _introduced(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """V1: the sentence above a table of statuses; the table has the facts, and is accounted for by itself."""
    above = not sentence.items and sentence.last and sentence.block.kind == "paragraph"
    return NOTHING if above and _STATUSES.search(sentence.text) and not _CONDITION.search(sentence.text) else None


RULES = (
    Rule("vocabulary-list", "V1", _list, ("status",)),
    Rule("vocabulary-below", "V1", _introduced, ("status",)),
)
