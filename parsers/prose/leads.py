"""The sentence above a list that bounds the items of the list: "If you are using the ``web-download`` import method:".

The literal is a value of the request, but the sentence does not name its field. The items hold for requests with this
value only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.document import Block
from parsers.prose.rules import Fact, Post, Pre
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
