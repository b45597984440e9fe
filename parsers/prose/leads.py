"""The sentence above a list that bounds the items of the list: "If you are using the ``web-download`` import method:".

The literal is a value of the request, but the sentence does not name its field. The items hold for requests with this
value only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.document import Block
from parsers.prose.rules import NOTHING, Fact, Post, Pre, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from specs.model import When

_USING = re.compile(r"^If\s+you\s+(?:are\s+using|use)\s+(?:the\s+)?``(?P<value>[^`]+)``(?:\s+[\w-]+){0,3}\s*:$", re.I)


def bounded(facts: tuple[Fact, ...], blocks: Sequence[Block], index: int) -> tuple[Fact, ...]:
    """Return the facts of a block with the bound that the sentence above its list sets for preconditions and effects.

    Args:
        facts: the facts of a sentence of the block.
        blocks: all blocks of the text.
        index: the index of the block.
    """
    parent = blocks[index].parent
    m = _USING.match(" ".join(blocks[parent].text.split())) if parent is not None and facts else None
    if m is None:
        return facts
    return tuple(_bound(fact, m["value"].lower()) if isinstance(fact, Pre | Post) else fact for fact in facts)


def _bound(fact: Pre | Post, trait: str) -> Pre | Post:
    when = fact.condition.when or When()
    if when.environment is not None:
        return fact
    return replace(fact, condition=replace(fact.condition, when=replace(when, environment=trait)))


def _bounds(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """The sentence itself: its bound is part of the facts of the items below it, so it states nothing alone."""
    above = _USING.match(sentence.text) or _MEET.match(sentence.text)
    return NOTHING if sentence.items and above else None


_DEFAULTS_BELOW = re.compile(
    r"^Some\s+(?:attributes|parameters|fields)\s+receive\s+default\s+values\s+if\s+you\s+omit\s+them\b[^.]*:$", re.I
)
_LEAST = re.compile(
    r"^(?:At\s+a\s+minimum,\s+)?you\s+must\s+(?:specify|provide|include)\s+these\s+(?:[\w-]+\s+){0,3}"
    r"(?:attributes|parameters|fields):$",
    re.I,
)
_MEET = re.compile(r"^Before\s+you\s+can\s+[^,]+,\s+you\s+must\s+meet\s+the\s+following\s+preconditions:$", re.I)
_NAMED = re.compile(r"^``(?P<name>[\w:.-]+)``")


def _defaults_below(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """J2: the sentence above a list of defaults; each item states its own."""
    return NOTHING if sentence.items and _DEFAULTS_BELOW.match(sentence.text) else None


def _least(sentence: Sentence, scope: Scope) -> Reading | None:
    """J6: the sentence above a list of fields to give, if the request's table says of each that it is required."""
    if not sentence.items or scope.source is None or not _LEAST.match(sentence.text):
        return None
    named = [m["name"] for item in sentence.items if (m := _NAMED.match(item.text.strip()))]
    required = {
        row.parameter.name.split(".")[-1]
        for row in scope.source.rows
        if row.section == "request" and row.parameter.required
    }
    return NOTHING if len(named) == len(sentence.items) and set(named) <= required else None


RULES = (
    Rule("bound-of-a-list", "boilerplate", _bounds, ("using", "use", "preconditions")),
    Rule("defaults-below", "J2", _defaults_below, ("default",)),
    Rule("required-below", "J6", _least, ("must",)),
)
