"""A rule for null as a value of a field (J5).

Read: "It can be ``null``", "A ``null`` value means that the car is not for sale", "Default is ``null``", "``null`` for
old cars", "It must not be ``null``". Not read: null as the value of a key or an entry, and null of another field. In a
query, a path or a header the value is a text, in which "None" is a word.
"""

from __future__ import annotations

import re
from typing import Any

from parsers.document import ParameterRow
from parsers.prose.sentences import Sentence
from parsers.prose.words import bare

_FLAGS = re.IGNORECASE | re.ASCII
_NULL = r"(?:``(?:null|None)``|`null`|\bnull\b|\"null\")"
_NULLABLE = re.compile(
    rf"\b(?:can|may|might|could|will|should)\s+(?:also\s+)?be\s+(?:set\s+to\s+)?(?:{_NULL}|(?-i:None)\b)|"
    rf"\b(?:value|field|parameter|it)\s+(?:is|shows\s+as)\s+(?:always\s+)?(?:set\s+to\s+)?{_NULL}|"
    rf"\bor\s+{_NULL}|\bset\s+to\s+{_NULL}|\bset\s+(?:this|its)\s+value\s+to\s+(?:either\s+)?{_NULL}|"
    rf"^If\s+{_NULL}\s+is\s+specified|,\s*{_NULL}\s+(?:if|when|otherwise)|"
    rf"\balways\s+(?:returns?\s+)?{_NULL}|\bshow\s+as\s+{_NULL}|"
    rf"^An?\s+(?:value\s+of\s+|setting\s+of\s+)?{_NULL}(?:\s+value)?\s+(?:indicates|means)\b|"
    rf"^{_NULL}\s+(?:if|when|for|means|indicates)\b|^(?-i:None)\s+(?:means|indicates)\b|^Usually,?\s+{_NULL}",
    _FLAGS,
)
_BY_DEFAULT = re.compile(rf"\bdefaults?(?:\s+value)?\s+(?:is|to)\s+(?:{_NULL}|(?-i:None)\b)", _FLAGS)
_UNSET = re.compile(rf"^(?:It\s+)?May\s+be\s+(?:undefined|unset|empty)(?:\s+or\s+(?:None|{_NULL}))?\.?$", _FLAGS)
_NOT_NULL = re.compile(
    rf"{_NULL}\s+(?:value\s+)?(?:was\s+|is\s+)?(?:not\s+allowed|allowed\b.*\bnot\s+allowed|allowed\b.*\bisn't\s+"
    rf"allowed)|\b(?:cannot|must\s+not)\s+be\s+{_NULL}",
    _FLAGS,
)


def of_row(sentence: Sentence, row: ParameterRow) -> dict[str, Any] | None:
    """J5: null is, or is not, a permitted value."""
    text = sentence.text
    if row.parameter.location in ("query", "path", "header"):
        return None  # the value is a string, in which "None" is a word
    if _NOT_NULL.search(text):
        return {"nullable": False}
    if row.section == "response" and _UNSET.match(text):
        return {"nullable": True}  # JSON has no other way to show a value that is not there
    m = _NULLABLE.search(text)
    if m is None and (m := _BY_DEFAULT.search(text)) is not None and row.section == "request":
        return {}  # a request that leaves the field out has null for it; nothing says that it may send null
    if m is None or re.search(r"\b(?:cannot|not)\s+be\b|\b(?:keys?|entry|entries)\b", text, _FLAGS):
        return None
    others = {bare(x) for x in re.findall(r"``[\w:.-]+``", text[: m.start()])} - {row.parameter.name, "null", "None"}
    own = re.search(r"\b(?:its|this|the)\s+(?:value|field|parameter)\b", text[: m.end()], _FLAGS)
    if others and not (own and row.parameter.name in others) and re.search(r"^If\b", text):
        return None
    return {"nullable": True}
