"""A rule for the effect of a field that a request leaves out, where no value can be named (J9).

Read: "If you omit this value, the API generates an ID", "If not provided, one will be generated" (``generated``); "If
this parameter is not specified, the scheduler chooses a host" (``chosen``); "If omitted, the project ID defaults to the
calling project" (``caller``); "All lines will be returned if this is not specified" (``all``); "If you omit it, the
current time is used" (``now``). Not read: a condition on another field beside the own one, some versions only, and a
value that is named, which is a default.
"""

from __future__ import annotations

import re

from parsers.document import ParameterRow
from parsers.prose.clauses import version_clauses
from parsers.prose.sentences import Sentence
from specs.model import Omitted

_FLAGS = re.IGNORECASE | re.ASCII
_NOT_GIVEN = r"(?:not\s+(?:specified|provided|given|set|present|passed)|omitted|left\s+unset|unset)"
_OWN = r"(?P<own>[^,]{0,60}?)"
_LEFT_OUT = re.compile(
    rf"^(?:If|When)\s+(?:you\s+(?:omit|do\s+not\s+(?:specify|provide|give)|don't\s+(?:specify|provide|give))\s+"
    rf"{_OWN.replace('own', 'first')}|{_OWN}(?:\s+(?:is|are|was))?\s*{_NOT_GIVEN}(?:\s+in\s+the\s+request)?),\s+"
    r"(?:then\s+)?(?P<result>.+)$",
    _FLAGS,
)
_AFTERWARDS = re.compile(rf"^(?P<result>[^,]+)\s+if\s+{_OWN}\s+(?:is|are)\s+{_NOT_GIVEN}\.?$", _FLAGS)
_ITSELF = re.compile(
    r"(?:it|this(?:\s+(?:parameter|value|attribute|field|header|option|query\s+parameter))?|the\s+(?:parameter|value|field))?",
    _FLAGS,
)
_PATTERNS: tuple[tuple[Omitted, str], ...] = (
    ("now", r"\bcurrent\s+time\s+is\s+used\b"),
    (
        "caller",
        r"\b(?:to|from)\s+(?:the\s+)?(?:calling|caller's|current|your)\s+(?:tenant|project|user|domain|API\s+token)\b|"
        r"\bfrom\s+the\s+token\s+used\b|\bsame\s+as\s+the\s+roles\s+in\s+the\s+current\s+token\b",
    ),
    (
        "generated",
        r"\b(?:generates?|assigns?|allocates?)\b|\b(?:will\s+be|is|are)\s+(?:auto\w*\s+)?(?:generated|assigned)\b",
    ),
    (
        "all",
        r"^all\b[^,]*\b(?:returned|considered|listed|included)\b|\breturns?\s+(?:a\s+list\s+of\s+)?all\b",
    ),
    (
        "chosen",
        r"\b(?:chooses|selects|picks|computes|uses\s+the\s+natural)\b|\bprovides?\s+a\s+default\b|\bwill\s+provide\s+a"
        r"\s+default\b|\bdefault\b[^,]*\b(?:is|will\s+be)\s+used\b",
    ),
)
_RESULTS = tuple((kind, re.compile(pattern, _FLAGS)) for kind, pattern in _PATTERNS)


def of_row(sentence: Sentence, row: ParameterRow) -> dict[str, object] | None:
    """J9: the effect of a parameter that is left out."""
    if row.section == "response" or row.parameter.required or version_clauses(sentence.text):
        return None
    m = _LEFT_OUT.match(sentence.text) or _AFTERWARDS.match(sentence.text)
    if m is None:
        return None
    groups = m.groupdict()
    if not is_own((groups.get("first") or groups["own"] or "").strip(), row.parameter.name):
        return None
    kind = next((kind for kind, pattern in _RESULTS if pattern.search(m["result"])), None)
    return {"omitted": kind} if kind is not None else None


def is_own(phrase: str, name: str) -> bool:
    """Whether a phrase means the parameter itself: "it", "this parameter", or words of its name."""
    if _ITSELF.fullmatch(phrase):
        return True
    named = re.findall(r"[a-z]+", name.rpartition(".")[2].lower())
    said = [word.removesuffix("s") for word in re.findall(r"[a-z]+", phrase.lower()) if word not in _ARTICLES]
    return bool(said) and all(any(_same(word, own) for own in named) for word in said)


def _same(word: str, own: str) -> bool:
    """Whether a word is a part of a name, which may be short for it: "direction" for ``dir``."""
    return word == own.removesuffix("s") or (len(own) >= _SHORT and word.startswith(own))


_SHORT = 3
"""The smallest number of letters of a short form."""
_ARTICLES = frozenset(
    {"a", "an", "the", "any", "this", "parameter", "value", "attribute", "field", "in", "request", "set", "pair"}
)
