"""Rules for defaults (J2): the value that holds if a request leaves a field out.

Read: "Default is ``x``", "Default attribute is ``x``", "It defaults to 1.0", "``false`` by default", "By default this
is False", "If you omit the direction, the default is ``desc``". The description of a field of an answer may state the
default as well. Not read: a default that holds under a condition, for some versions, or that another value gives
("defaults to the value of ...").
"""

from __future__ import annotations

import re
from typing import Any

from parsers.document import ParameterRow
from parsers.prose.clauses import version_clauses
from parsers.prose.omitted import is_own
from parsers.prose.sentences import Sentence
from parsers.prose.words import bare

_FLAGS = re.IGNORECASE | re.ASCII
_QUOTED = r"``[^`\s]+``|`[^`\s]+`|\"[^\"\s]*\"|'[^'\s]*'"
_VALUE = rf"(?P<value>{_QUOTED}|-?\d+(?:\.\d+)?(?![\w.]*\d)|true|false|null|none)"
_END = r"(?=[\s.,;)]|$)"
_IS = re.compile(
    rf"\bdefaults?(?:(?:\s+(?:value|attribute))?(?:\s+is|\s+to|\s*:)(?:\s+set\s+to)?|\s+of)\s+{_VALUE}{_END}"
    r"(?!\s+(?:of|from|in)\b)",
    _FLAGS,
)
_BY_DEFAULT = re.compile(
    rf"(?:(?:^|\b(?:is|are)\s+){_VALUE}\s+by\s+default{_END})|"
    rf"^By\s+default,?\s+(?:this|it|the\s+value)\s+is\s+{_VALUE.replace('<value>', '<second>')}\.?$",
    _FLAGS,
)
_OMITTED = re.compile(
    r"^If\s+(?:you\s+(?:omit|do\s+not\s+(?:specify|provide|give))\s+(?P<own>[^,]*)|"
    r"(?:(?P<second>[^,]{0,40}?)\s+is\s+)?(?:omitted|unset|not\s+(?:specified|provided|given|set))),\s+",
    _FLAGS,
)
_DEFAULT = re.compile(r"\bdefaults?\b", _FLAGS)
_NULL = re.compile(r"(?i:null)|None")
_GIVEN = re.compile(r"^(?:If|When|Otherwise|For|Unless)\b", _FLAGS)


def of_row(sentence: Sentence, row: ParameterRow) -> dict[str, Any] | None:
    """J2: the default that a sentence of a parameter's description states."""
    text = sentence.text
    if (m := _OMITTED.match(text)) is not None and is_own((m["own"] or m["second"] or "").strip(), row.parameter.name):
        text = text[m.end() :]
    if len(_DEFAULT.findall(text)) > 1:
        return None  # the defaults of several parts
    if version_clauses(text) or _GIVEN.match(text) or (row.parameter.type or "").lower() in COMPOSED:
        return None
    found = _written(text)
    return (
        None if found is None or not _fits(found, row.parameter.type) else {"default": typed(found, row.parameter.type)}
    )


COMPOSED = frozenset({"object", "dict", "dictionary", "array", "list", "json"})
"""Types with parts: "``weight``, an integer (default is 1)" is about a part."""


def _fits(text: str, kind: str | None) -> bool:
    """Whether a text is a value of a type: neither null, nor the name of a field for a number."""
    number = (kind or "").startswith(("int", "float", "number"))
    return not _NULL.fullmatch(text) and (not number or re.match(r"-?\d", text) is not None)


def _written(text: str) -> str | None:
    """Return the default as it is written, without its quotation marks; None if the text states none."""
    m = _IS.search(text)
    if m is not None:
        return bare(m["value"])
    m = _BY_DEFAULT.search(text)
    return bare(m["value"] or m["second"]) if m is not None else None


def typed(text: str, kind: str | None) -> Any:
    """Return a default in the type of its parameter."""
    kind = kind or ""
    if kind.startswith("bool") and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind.startswith("int") and re.match(r"-?\d+\Z", text):
        return int(text)
    if kind.startswith(("float", "number")) and re.match(r"-?\d+(?:\.\d+)?\Z", text):
        return float(text)
    return text
