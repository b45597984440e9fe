"""Rules for parameters: sizes (J2), formats (J3), obligation (J6), versions (E3); and the list of all such rules.

A rule reads one sentence of a description and returns fields of ``specs.model.Parameter``. A sentence about a part of
the value (a key of the metadata, an entry of a list), an example, another parameter, or some versions only, does not
constrain the parameter itself, and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from parsers.document import ParameterRow, Section
from parsers.prose import defaults, enumerations, nullable, omitted, parts, reserved, together
from parsers.prose.blanks import of_row
from parsers.prose.clauses import undated, version_clauses
from parsers.prose.descriptions import blocks_of
from parsers.prose.forms import Cued
from parsers.prose.plain import without_promise
from parsers.prose.presence import always_since, of_presence
from parsers.prose.refusals import of_parameter
from parsers.prose.sentences import LONGEST, Sentence, in_blocks
from parsers.prose.visibility import visible_to
from specs.model import Parameter

_FLAGS = re.IGNORECASE | re.ASCII
Fields = dict[str, Any]
Outcome = Literal["fact", "nothing", "unread"]

_INT = r"(?P<n>\d{1,3}(?:,\d{3})+|\d+)"
_LENGTH = re.compile(
    rf"(?:\b(?:max(?:imum)?(?:\s+(?:length|size))?(?:\s+(?:is|of|allowed\s+is))?|up\s+to|at\s+most|(?:no|not)\s+"
    rf"(?:more|longer)\s+than|"
    rf"(?:limited|restricted)\s+to|(?:can|must|should|may)\s*not\s+exceed|not\s+exceed|less\s+than\s+or\s+equal\s+"
    rf"to)\s*:?\s*(?:a\s+maximum\s+of\s+)?{_INT}\s*"
    rf"(?:characters?|chars?|bytes?|letters)\b)|\bmax(?:imum)?\s+length\s+(?:is|of)\s+(?P<n2>\d+)|\b(?P<n3>\d+)\s+"
    rf"characters?\s+(?:or\s+less|max(?:imum)?)\b|"
    rf"\b(?P<n4>\d+)\s*\.?\s*$(?<=max)",
    _FLAGS,
)
_SHORTEST = re.compile(
    r"\bmin(?:imum)?\s+length\s+(?:is|of)\s+(?P<n>\d+)|\bat\s+least\s+(?P<n2>\d+)\s+characters?\b", _FLAGS
)
_SPAN = re.compile(r"\b(?:between|from)\s+(?P<low>\d+)\s+(?:and|to)\s+(?P<high>\d+)\s+characters?\b", _FLAGS)
_PART = re.compile(r"\b(?:keys?|each|pairs?|decoded|path|entries|entry|items?|IDs|tags\s+in|per)\b", _FLAGS)


def _length(sentence: Sentence, row: ParameterRow) -> Fields | None:
    """J2: sizes of strings: "Limited to 64 characters in length", "The minimum length is 1"."""
    kind = row.parameter.type or "string"
    if kind not in ("string", "uuid", "text", "str") or _PART.search(sentence.text) or version_clauses(sentence.text):
        return None
    found: Fields = {}
    if m := _SPAN.search(sentence.text):
        found = {"min_length": int(m["low"]), "max_length": int(m["high"])}
    else:
        if m := _LENGTH.search(sentence.text):
            number = next((g for g in (m["n"], m["n2"], m["n3"], m["n4"]) if g), None)
            found["max_length"] = int(number.replace(",", "")) if number else None
        if m := _SHORTEST.search(sentence.text):
            found["min_length"] = int(m["n"] or m["n2"])
    return {k: v for k, v in found.items() if v is not None} or None


_RANGE = re.compile(
    r"\b(?:from|between|range(?:s)?(?:\s+(?:is|of|from))?|in\s+the\s+range)\s+(?:``)?(?P<low>-?\d+)(?:``)?\s*(?:to|"
    r"and|-|\.\.\.?|through)\s*(?:``)?(?P<high>-?\d+)(?:``)?(?!\s*characters)",
    _FLAGS,
)
_AT_LEAST = re.compile(
    r"\b(?:must\s+be\s+(?:equal\s+to\s+or\s+greater\s+than|greater\s+than\s+or\s+equal\s+to|at\s+least|>=)|minimum\s+"
    r"(?:value\s+)?(?:is|of)|at\s+least)\s+(?:``)?(?P<n>-?\d+)(?:``)?(?!\.\d|\s*(?:char|second|GB|GiB|entr|member))",
    _FLAGS,
)
_AT_MOST = re.compile(
    r"\b(?:must\s+be\s+(?:equal\s+to\s+or\s+less\s+than|less\s+than\s+or\s+equal\s+to|at\s+most|<=)|maximum\s+"
    r"(?:value\s+)?(?:is|of))\s+(?:``)?(?P<n>-?\d+)(?:``)?(?!\.\d|\s*(?:char|byte|ID|entr|member))",
    _FLAGS,
)
_SIGN = re.compile(
    r"\b(?:(?P<positive>positive\s+integer|greater\s+than\s+(?:0|zero))|(?P<natural>non-?negative\s+integer))\b", _FLAGS
)


def _range(sentence: Sentence, row: ParameterRow) -> Fields | None:
    """J2: ranges of numbers: "from 0 to 100", "must be greater than or equal to 1"."""
    kind = row.parameter.type or ""
    if not kind.startswith(("int", "float", "number")) or version_clauses(sentence.text):
        return None
    if re.search(r"\bfor\s+example\b|^(?:If|When|For)\b", sentence.text, _FLAGS):
        return None
    found: Fields = {}
    if m := _RANGE.search(sentence.text):
        return {"minimum": int(m["low"]), "maximum": int(m["high"])}
    if m := _AT_LEAST.search(sentence.text):
        found["minimum"] = int(m["n"])
    if m := _AT_MOST.search(sentence.text):
        found["maximum"] = int(m["n"])
    if not found and (m := _SIGN.search(sentence.text)) and "-1" not in sentence.text:
        found["minimum"] = 1 if m["positive"] else 0
    return found or None


_FORMATS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, _FLAGS))
    for name, pattern in (
        ("uuid", r"^(?:The\s+|An?\s+)?(?:unique\s+)?UUIDs?\s+(?:of|for)\s+(?:the|an?|this|that)\b|"
        r"\bin\s+UUID\s+format\b|\bmust\s+be\s+a\s+(?:valid\s+)?UUID\b|"
                 r"(?:^|,\s*)\b(?:The\s+)?\w+(?:\s+\w+){0,6}?,?\s+as\s+an?\s+UUID\.?$"),
        ("date-time", r"\bISO\s*8601\b"),
        ("base64", r"\bbase64[ -]encoded\b"),
        ("cidr", r"\bin\s+CIDR\s+(?:notation|format)\b|^The\s+CIDR\b"),
        ("mac", r"^The\s+MAC\s+address(?:\s+of\s+[^.]+)?\.?$"),
    )
)  # fmt: skip
_NO_FORMAT = re.compile(
    r"\b(?:list\s+of|or\s+(?:the\s+)?name|name\s+or|or\s+full\s+URL|if\s+it\s+is|tenant|project|user|domain|"
    r"default\s+UUID)\b|^(?:If|When|For)\b",
    _FLAGS,
)


def _format(sentence: Sentence, row: ParameterRow) -> Fields | None:
    """J3: formats: "The UUID of the new share", "ISO 8601", "Has to be Base64 encoded"."""
    if (row.parameter.type or "string") not in ("string", "uuid", "text", "str") or _NO_FORMAT.search(sentence.text):
        return None
    if version_clauses(sentence.text):
        return None
    return next(({"format": name} for name, pattern in _FORMATS if pattern.search(sentence.text)), None)


_NEW = re.compile(
    r"^\**(?:\()?(?:New\s+in|Added\s+in|Available\s+since|"
    r"Available\s+starting\s+with|Since|Introduced\s+in)\s+(?:(?:the\s+)?(?:[A-Z]\w+\s+)?API\s+)?"
    r"(?:(?:micro)?version\s+|v)?(?P<version>\d+\.\d+)\b\)?\**\.?\**$",
    _FLAGS,
)


def _new(sentence: Sentence, row: ParameterRow) -> Fields | None:
    """E3: the first version of the parameter, if the parameter file itself names none."""
    m = _NEW.match(sentence.text)
    return {"min": m["version"]} if m and row.parameter.min is None else None


_OBLIGED = re.compile(
    r"\b(?:became|(?:has\s+)?become|becomes|is|was\s+made)\s+(?:mandatory|required)\s+(?:in|since|from|as\s+of|"
    r"start(?:s|ing)\s+(?:with|from|in|at))\s+(?:the\s+)?(?:API\s+)?(?:micro)?version\s+(?P<version>\d+\.\d+)\b",
    _FLAGS,
)


_FREE_BEFORE = re.compile(
    r"\b(?:is|was)\s+optional\s+(?:before|prior\s+to)\s+(?:the\s+)?(?:API\s+)?(?:micro)?version\s+(?P<version>\d+\.\d+)\b",
    _FLAGS,
)


def _obliged(sentence: Sentence, row: ParameterRow) -> Fields | None:
    """J6: the first version in which a parameter is required: "has become mandatory in microversion 2.75".

    "Was optional before microversion 2.92" tells it, too. A field of an answer is required from the version on in which
    it "will always be returned".
    """
    if row.section == "response" and (since := always_since(sentence.text)) is not None:
        return {"required_min": since}
    m = _OBLIGED.search(sentence.text) or _FREE_BEFORE.search(sentence.text)
    return {"required_min": m["version"]} if m and row.parameter.required else None


def _refusals(sentence: Sentence, row: ParameterRow) -> Fields | None:
    """A8: a refusal with its cause: "If it is the same as the current one, the request returns a 400"."""
    if row.section == "response":
        return None
    found = of_parameter(sentence, row.parameter.name)
    return {"refusals": found} if found else None


def _blanks(sentence: Sentence, row: ParameterRow) -> Fields | None:
    """J7: the situation in which a field is null or empty: "If the car has not been sold yet, this field is null"."""
    found = of_row(sentence.text, row) if row.section == "response" else None
    return {"blanks": (found,)} if found else None


def _presence(sentence: Sentence, row: ParameterRow) -> Fields | None:
    """J8: the situation in which alone a field is shown: "Only displayed when the car status is ``SOLD``"."""
    found = of_presence(sentence.text, row)
    return {"blanks": (found,)} if found else None


Read = Callable[[Sentence, ParameterRow], Fields | None]
RULES: tuple[tuple[str, str, Read, tuple[str, ...]], ...] = (
    (
        "enumeration",
        "J1",
        enumerations.of_row,
        (
            "valid",
            "possible",
            "allow",
            "support",
            "permit",
            "accept",
            "available",
            "value",
            "sort",
            "one",
            "either",
            "always",
            "only",
            "status",
            "state",
        ),
    ),
    ("length", "J2", _length, ("char", "byte", "letter", "max", "min")),
    (
        "range",
        "J2",
        _range,
        ("from", "between", "range", "must", "min", "max", "least", "positive", "negative", "greater"),
    ),
    ("format", "J3", _format, ("uuid", "iso", "base64", "cidr", "mac")),
    ("null", "J5", nullable.of_row, ("null", "none", "undefined", "unset", "empty")),
    ("default", "J2", defaults.of_row, ("default",)),
    ("new-in-version", "E3", _new, ("new", "added", "available", "since", "introduced")),
    ("visible-to", "F3", visible_to, ("admin",)),
    ("obliged-since", "J6", _obliged, ("always", "mandatory", "required", "optional")),
    ("refusal-with-its-cause", "A8", _refusals, ()),
    ("left-out", "J9", omitted.of_row, ("omit", "not", "n't", "unset")),
    ("reserved-to", "F4", reserved.of_row, ("admin",)),
    ("size-of-parts", "J2", parts.of_row, ()),
    (
        "fields-together",
        "A8",
        together.of_row,
        (
            "not",
            "n't",
            "exclusive",
            "valid",
            "required",
            "accompanied",
            "different",
            "either",
            "than",
            "begin",
            "start",
            "prefixed",
            "status",
            "unique",
        ),
    ),
    ("null-or-empty", "J7", _blanks, ("null", "none", "empty", '""', "''", "[]", "{}")),
    ("shown-only-if", "J8", _presence, ("only", "last", "omit", "not", "n't")),
)
"""Name, family, reader and cues (as those of ``rules.Rule``) of every rule for descriptions."""

READERS = Cued((read, cues) for _, _, read, cues in RULES)
"""The readers of all rules."""


@lru_cache(maxsize=8192)
def _sentences(description: str) -> tuple[Sentence, ...]:
    return in_blocks(blocks_of(description))


@lru_cache(maxsize=8192)
def _facts(description: str, parameter: Parameter, section: Section) -> tuple[tuple[Fields, ...], ...]:
    """What the rules read from each sentence of a description; nothing from one that is too long."""
    row = ParameterRow(parameter, 0, section, description=description)
    found: list[tuple[Fields, ...]] = []
    for sentence in _sentences(description):
        if len(sentence.text) > LONGEST:
            found.append(())
            continue
        version, text = undated(sentence.text)
        bare = sentence if version is None else replace(sentence, text=text)
        said = (read(bare, row) for read in READERS.within(text.lower()))
        found.append(tuple(fields for fields in said if fields is not None))
    return tuple(found)


@lru_cache(maxsize=8192)
def _read(description: str, parameter: Parameter, section: Section) -> Fields:
    found: Fields = {}
    sentences = _sentences(description)
    if sentences and len(sentences[0].text) <= LONGEST and parameter.min is None:
        version, _ = undated(sentences[0].text)
        if version is not None:
            found["min"] = version
    for said in _facts(description, parameter, section):
        for fields in said:
            for key, value in fields.items():
                if key in ("refusals", "blanks"):
                    found[key] = (*found.get(key, ()), *(one for one in value if one not in found.get(key, ())))
                found.setdefault(key, value)
    if parameter.type in ("object", "dict") or parameter.name in found.get("enum", ()):
        found.pop("enum", None)  # such words name members or parameters, and are no values
    if "enum" in found and None in found["enum"]:
        found["nullable"] = True
    return found


def sentences_of(row: ParameterRow) -> tuple[Sentence, ...]:
    """Return the sentences of a parameter's description; their lines count from the beginning of the description."""
    return _sentences(row.description)


def read_description(row: ParameterRow) -> Mapping[str, Any]:
    """Return the constraints that a parameter's description states: field of the model -> value.

    If two sentences state the same field, the first counts.
    """
    return dict(_read(row.description, row.parameter, row.section)) if row.description else {}


@dataclass(frozen=True)
class Said:
    """What became of one sentence of a description.

    Attributes:
        line: its line in the parameter file.
        number: its place among the sentences of the description.
        outcome: ``fact``, ``nothing`` (known to promise nothing) or ``unread``.
        text: the sentence if it is unread.
    """

    line: int
    number: int
    outcome: Outcome
    text: str = ""


def account_of(row: ParameterRow) -> tuple[Said, ...]:
    """Return the outcome of each sentence of a description in one table.

    A sentence is unread if it holds a mark of a promise, or tells of an event, and no rule has read it.
    """
    first = row.description_line or 0
    found: list[Said] = []
    below: set[int] = set()  # the lines of the items that a rule has read with the sentence above them
    boolean = (row.parameter.type or "").startswith("bool")
    facts = _facts(row.description, row.parameter, row.section)
    for number, (sentence, said) in enumerate(zip(_sentences(row.description), facts, strict=True)):
        outcome: Outcome = "unread"
        if sentence.line in below or said:
            outcome = "fact"
            if sentence.items and enumerations.of_row(sentence, row) is not None:
                below.update(item.line for item in sentence.items)
        elif len(sentence.text) <= LONGEST:
            bare = undated(sentence.text)[1]
            outcome = "nothing" if without_promise(bare, first=number == 0, boolean=boolean) else "unread"
        found.append(Said(first + sentence.line, number, outcome, sentence.text if outcome == "unread" else ""))
    return tuple(found)
