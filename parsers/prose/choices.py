"""Rules for request parameters in sentences of the operation: their values (J1), sizes (J2) and versions (E3).

Read: "The ``type`` parameter should be set to ``a``", "The only supported kind is ``a``", if the operation has a
request parameter of that name. Not read: values to set for a purpose ("set ``x`` to ``y`` to ...").
"""

from __future__ import annotations

import re

from parsers.prose.clauses import before, version_clauses
from parsers.prose.rules import Constraint, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.words import VALUES, values

_FLAGS = re.IGNORECASE | re.ASCII
_SET = re.compile(
    rf"^The\s+``(?P<name>[\w:.-]+)``\s+(?:parameter|attribute|field)\s+(?:should|must)\s+be\s+(?:set\s+)?(?:as|to)\s+"
    rf"(?P<values>(?-i:{VALUES}))\.?$",
    _FLAGS,
)
_ONLY = re.compile(
    rf"^The\s+only\s+(?:supported|valid|allowed)\s+(?:\w+\s+)?(?P<name>\w+)\s+(?:value\s+)?is\s+"
    rf"(?P<values>(?-i:{VALUES}))\.?$",
    _FLAGS,
)


def _choice(sentence: Sentence, scope: Scope) -> Reading | None:
    """J1: the only values of a named parameter."""
    m = _SET.match(sentence.text) or _ONLY.match(sentence.text)
    if m is None or scope.source is None:
        return None
    if not any(r.section == "request" and r.parameter.name.split(".")[-1] == m["name"] for r in scope.source.rows):
        return None
    found = tuple(v.text for v in values(m["values"]))
    return Reading((Constraint(m["name"], (("enum", found),)),))


_NAMED = re.compile(
    r"\bthe\s+``(?P<name>[\w:.-]+)``\s+(?:parameter|attribute|field)\s+(?P<how>is\s+no\s+longer\s+accepted|is\s+"
    r"available)\b",
    _FLAGS,
)


def _window(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """E3: "Starting from version 2.6, the ``x`` parameter is available" or "is no longer accepted"."""
    m = _NAMED.search(sentence.text)
    clauses = version_clauses(sentence.text)
    if m is None or len(clauses) != 1 or clauses[0][0] is None or clauses[0][1] is not None:
        return None
    low = clauses[0][0]
    gone = m["how"].lower().endswith("accepted")
    return Reading((Constraint(m["name"], (("max", before(low)) if gone else ("min", low),)),))


_SIZE = re.compile(
    r"^(?:The\s+)?(?P<name>[A-Z][a-z]+)\s+is\s+an?\s+(?:[\w-]+\s+)*?(?:byte)?string\s+no\s+longer\s+than"
    r"\s+(?P<max>\d+)\s+characters\.?$"
)
_FILLED = re.compile(r"^(?:The\s+)?(?P<name>[A-Z][a-z]+)\s+is\s+a\s+non-empty\s+string\.?$")


def _size(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """J2: "Tag is a string no longer than 60 characters", also in a file's preamble; for every parameter so named."""
    if m := _SIZE.match(sentence.text):
        return Reading((Constraint(m["name"].lower(), (("max_length", int(m["max"])),)),))
    if m := _FILLED.match(sentence.text):
        return Reading((Constraint(m["name"].lower(), (("min_length", 1),)),))
    return None


RULES = (
    Rule("size-of-parameter", "J2", _size, ("string",)),
    Rule("choice-of-parameter", "J1", _choice, ("parameter", "attribute", "field", "only")),
    Rule("window-of-parameter", "E3", _window, ("parameter", "attribute", "field")),
)
