"""A rule for enumerations (J1): the values that a parameter may have.

Read: "Valid values are ``a`` and ``b``", "either ``a`` or ``b``", "can be one of:" with a list below, "Only ``a`` is
supported"; of an answer, "is always ``true``". Not read: examples, and values under a condition or in some versions.
"""

from __future__ import annotations

import re
from typing import Any

from parsers.document import ParameterRow
from parsers.prose.clauses import version_clauses
from parsers.prose.sentences import Sentence, plain
from parsers.prose.words import VALUES, values

_FLAGS = re.IGNORECASE | re.ASCII

_ENUM = re.compile(
    r"(?:\b(?:valid|possible|allowed|allowable|supported|permitted|accepted|available|acceptable)\s+"
    r"(?:\w+\s+){0,2}?(?:values?|names?|types?|keys?|"
    r"options?|choices?|states?|statuses|methods?|protocols?|algorithms?|policies)\s*(?:for\s+(?:this|the)\s+"
    r"(?:\w+\s+){0,3}?(?:are|is)|are|is|could\s+be|can\s+be|include)?\s*:?\s*|"
    r"\b(?:the\s+)?values?\s+(?:could|can|must|should)\s+be\s*:?\s*|"
    r"\b(?:sort\s+keys|values?)\s+(?:are|is)\s+(?:limited|restricted)\s+to\s*:?\s*|"
    r"\b(?:this|it|which|value)?\s*(?:can|must|may|should|could|will)\s+be\s+(?=one\s+of|either)|"
    r"^sorts\s+the\s+response\s+by\s+(?=one\s+of)|"
    r"\bstat(?:us|e),\s+which\s+can\s+be\s+(?=``)|"
    r"\b(?:this|it|value)\s+is\s+(?=one\s+of|either)|^(?=one\s+of\b|either\b)|,\s*(?=one\s+of\b|either\b)|\bis\s+"
    r"(?=either\b|one\s+of\b))"
    rf"(?:either\s+|one\s+of\s*:?\s*(?:the\s+(?:following\s*(?:values|attributes)?|options|attributes)\s*:?\s*|these\s+values:?\s*)?|the\s+following\s*:?\s*|"
    rf"only\s+)*:?\s*(?P<values>(?-i:{VALUES}))?",
    _FLAGS,
)
_NO_ENUM = re.compile(
    r"\b(?:example|e\.g\.|such\s+as|integer\s+values\s+that|depend|not\s+(?:be|one)|any\s+of)\b|^(?:If|When|Unless|"
    r"For)\b",
    _FLAGS,
)
_ARE_VALID = re.compile(
    rf"^(?:The\s+[\w -]+?,\s+)?(?P<values>(?-i:{VALUES}))\s+(?:are|is)\s+(?:the\s+only\s+)?valid(?:\s+\w+)?\.?$", _FLAGS
)
_ONLY_ONE = re.compile(
    rf"^(?:(?:Currently,?\s+)?only\s+(?:the\s+)?(?P<values>(?-i:{VALUES}))(?:\s+\w+){{0,2}}\s+is\s+supported|"
    rf"(?:The\s+)?value\s+must\s+be\s+set\s+to\s+(?P<second>(?-i:{VALUES})))\.?$",
    _FLAGS,
)
_BARE = re.compile(
    r"^A\s+valid\s+value\s+is\s+(?P<first>[a-z]+)\s+\([\w ]+\),?\s+or\s+(?P<second>[a-z]+)\s+\([\w ]+\)\.?$", _FLAGS
)
_ALWAYS = re.compile(
    r"\b(?:is|be)\s+always\s+(?:set\s+to\s+)?``(?P<value>true|false|-?\d+)``(?:\s*\([^()]*\))?\.?$|"
    r"\balways\s+be\s+set\s+to\s+``(?P<second>true|false|-?\d+)``\.?$",
    _FLAGS,
)
_GIVEN = re.compile(r"\b(?:if|when|unless)\b", _FLAGS)
_NUMBER = re.compile(r"-?\d+\Z")


def of_row(sentence: Sentence, row: ParameterRow) -> dict[str, Any] | None:
    """J1: "Valid values are ``a`` and ``b``", "either ``a`` or ``b``", "can be one of:" with a list below."""
    if (sole := _sole(sentence.text, row)) is not None:
        return {"enum": sole}
    if (row.parameter.type or "").startswith("bool") or _NO_ENUM.search(sentence.text):
        return None
    if valid := _ARE_VALID.search(sentence.text):
        return {"enum": tuple(_typed(value.text, row) for value in values(valid["values"]))}
    m = _ENUM.search(sentence.text)
    if m is None or _GIVEN.search(sentence.text[: m.start()]):
        return None
    if m["values"]:
        rest = sentence.text[m.end() :]
        found = [v.text for v in values(m["values"])]
        if re.match(r"\s*(?:\w+\s+)?(?:to|through)\b|\s*`", rest):
            return None
    elif sentence.items and sentence.text.rstrip("* ").endswith(":"):
        found = [first for item in sentence.items if (first := _first_value(plain(item.text)))]
        if len(found) < len(sentence.items):
            return None
    else:
        return None
    if version_clauses(sentence.text.split("(")[0]):
        return None
    allowed = tuple(_typed(v, row) for v in dict.fromkeys(found))
    whole = (row.parameter.type or "").startswith("int")
    if not set(allowed) - {"null", "None"} or (whole and any(isinstance(v, str) for v in allowed)):
        return None
    return {"enum": allowed}


def _sole(text: str, row: ParameterRow) -> tuple[Any, ...] | None:
    """Return the only value, or the two plain words, that a sentence leaves; None if it is of another form."""
    kind = row.parameter.type or ""
    if row.section == "response" and (m := _ALWAYS.search(text)) and not version_clauses(text):
        value = m["value"] or m["second"]
        return (value.lower() == "true" if kind.startswith("bool") else _typed(value, row),)
    if (one := _ONLY_ONE.match(text)) and kind in ("string", ""):
        return tuple(value.text for value in values(one["values"] or one["second"]))
    m = _BARE.match(text)
    return (m["first"], m["second"]) if m is not None else None


def _first_value(text: str) -> str | None:
    """Return the value at the beginning of a list item: a marked word, or a word alone or before a colon or dash."""
    marked = re.match(rf"^(?P<value>{VALUES})", text)
    if marked:
        first = values(marked["value"])
        return first[0].text if first else None
    alone = re.match(r"^(?P<value>[\w.:-]+)(?:\s*$|\s*:\s|\s+-+\s)", text)
    return alone["value"].rstrip(":.") if alone else None


def _typed(value: str, row: ParameterRow) -> Any:
    kind = row.parameter.type or ""
    return int(value) if kind.startswith("int") and _NUMBER.match(value) else value.strip("\"'")
