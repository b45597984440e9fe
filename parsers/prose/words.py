"""Patterns and readers of words and phrases: lists of values, noun phrases, names of attributes.

A value is a ````literal````, a 'quoted' word, a ``**strong**`` one, or a bare one in capitals. Values are listed
as "``A``, ``B``[,] or ``C``"; parentheses after a value hold a note that qualifies it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.prose.names import COMPOUNDS, RESOURCES, STATE_MODIFIERS, STATUS_NAMES

_WORD = r"[A-Za-z][\w-]*"
_CAPITALS = r"(?<![\w`])[A-Z][A-Z_]+(?:\s[A-Z]{3,}(?:ED|ING))?(?![\w`]|-[a-z])"
VALUE = (
    rf"(?:``[^`\s]+``|\*\*{_WORD}\*\*|\*{_WORD}\*|(?<![\w`])`{_WORD}(?:/{_WORD})*`(?!`)|\"{_WORD}\"|"
    rf"'{_WORD}'|{_CAPITALS})"
)
"""Pattern of one value, with its quotation marks or markup."""

_NOTE = r"(?:\s*\([^()]*\))?"
_JOIN = r"(?:\s*,\s*(?:and/or\s+|and\s+|or\s+|nor\s+)?|\s+(?:and/or|and|or|nor)\s+)"
VALUES = rf"(?:{VALUE}{_NOTE}(?:{_JOIN}(?:either\s+|in\s+)?{VALUE}{_NOTE})*)"
"""Pattern of a list of values."""

_ONE = re.compile(rf"(?P<value>{VALUE})(?:\s*\((?P<note>[^()]*)\))?")
_SEVERAL = re.compile(r"[A-Z_]+(?:/[A-Z_]+)+$")
"""Statuses that a slash divides: ``ACTIVE/HEALTHY``."""
_MARKS = "`*'\""

ATTRIBUTE = (
    r"(?:``[\w:.-]+``|[\w-]+:[\w]+|[a-z]+(?:_[a-z]+)+"
    rf"|(?:(?:{'|'.join(sorted(STATE_MODIFIERS))})\s+)?(?:status|state))"
)
"""Pattern of the name of an attribute that holds a status: a literal, a bare identifier, or "[power] status"."""

DETERMINER = r"(?:the|a|an|this|that|each|any|every|its|their|your|both|all)"
NOUN = rf"(?:(?:{DETERMINER}\s+)?(?:[A-Za-z][\w'/-]*\s+){{0,4}}?[A-Za-z][\w'/-]*)"


@dataclass(frozen=True)
class Value:
    """One value of a list, without its marks, and the text in parentheses after it (None if there is none)."""

    text: str
    note: str | None = None


def bare(text: str) -> str:
    """Return a word without its quotation marks or markup; a star inside of a literal is a part of it."""
    literal = re.fullmatch(r"``([^`\s]+)``", text.strip())
    return literal[1] if literal is not None else text.strip(_MARKS)


def values(text: str) -> tuple[Value, ...]:
    """Read a list of values. Marked words inside of a parenthesis belong to the note, not to the list."""
    found = ((bare(m["value"]), m["note"]) for m in _ONE.finditer(text))
    return tuple(
        Value(name, note) for names, note in found for name in (names.split("/") if _SEVERAL.match(names) else (names,))
    )


def normalised(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return statuses in the documented vocabulary, and the words as written; these are () if nothing differs."""
    known = tuple(STATUS_NAMES.get(name, name) for name in names)
    return known, names if known != names else ()


_NO_PLURALS = frozenset(("dns", "tls", "nfs", "sms", "kms", "https", "aws", "gps"))
"""Short words that end in "s" in the singular."""


def singular(word: str) -> str:
    """Return the singular of an English noun, by its ending."""
    if word in _NO_PLURALS:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "aliases")):
        return word[:-2]
    if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def noun(phrase: str) -> str | None:
    """Return the resource that a phrase names: the longest known name at its end; None if there is none.

    Adjectives, participles and articles before the name do not count: "the newly created image" is an image.
    """
    words = [
        singular(w) for w in re.findall(r"[a-z][a-z]*", re.sub(r"'s\b", "", bare(phrase)).lower().replace("_", " "))
    ]
    for length in (4, 3, 2):
        tail = " ".join(words[-length:])
        if len(words) >= length and tail in COMPOUNDS:
            return tail
    return words[-1] if words and words[-1] in RESOURCES else None


def last_noun(phrase: str) -> str | None:
    """Return the last resource named anywhere in a phrase: "an image from the server" gives the server."""
    words = phrase.split()
    for end in range(len(words), 0, -1):
        found = noun(" ".join(words[max(0, end - 4) : end]))
        if found:
            return found
    return None


def attribute(text: str) -> str | None:
    """Return the name of the field that holds an attribute; None for the status itself."""
    name = re.sub(r"\s+", "_", bare(text.strip()))
    return None if name.lower() in ("status", "state") else name
