"""A rule for lists whose items describe request parameters: "- ``colour`` The paint. The default is ``red``".

Such an item is read as the description of the parameter that it names first, with the rules for descriptions, if the
operation has a request parameter of that name. A fact that the parameter file lacks counts; where both give one, that
of the file counts. Not read: refusals and blanks, which the rules for prose read with the line of the item, and
versions, which may be those of a value or of a role ("filters of all users: ``colour`` (New in version 2.5)").
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.document import ParameterRow
from parsers.prose import constraints
from parsers.prose.plain import without_promise
from parsers.prose.rules import NOTHING, Constraint, Reading, Rule, Scope
from parsers.prose.sentences import LONGEST, Sentence

_NAMED = re.compile(r"^``(?P<name>[\w:.-]+)``(?:\s*(?:[:.–-]|\([^()]*\)))*\s+")
_ELSEWHERE = frozenset({"refusals", "blanks", "min", "max"})


def _described(sentence: Sentence, scope: Scope) -> Reading | None:
    """J1 to J9: the facts of an item about the parameter that it names first."""
    m = _NAMED.match(sentence.block.text) if sentence.block.kind in ("item", "term") else None
    row = _row(m["name"], scope) if m is not None else None
    if m is None or row is None or len(sentence.text) > LONGEST:
        return None
    text = _NAMED.sub("", sentence.text) if sentence.first else sentence.text
    bare = replace(sentence, text=text)
    fields: dict[str, object] = {}
    for read in constraints.READERS.within(text.lower()):
        fields = {**(read(bare, row) or {}), **fields}
    found = tuple((key, value) for key, value in fields.items() if key not in _ELSEWHERE)
    if found:
        return Reading((Constraint(m["name"], found),))
    boolean = (row.parameter.type or "").startswith("bool")
    return NOTHING if text and without_promise(text, first=sentence.first, boolean=boolean) else None


def _row(name: str, scope: Scope) -> ParameterRow | None:
    rows = scope.source.rows if scope.source is not None else ()
    return next((r for r in rows if r.section == "request" and r.parameter.name.split(".")[-1] == name), None)


RULES = (Rule("item-of-a-parameter", "J", _described),)
