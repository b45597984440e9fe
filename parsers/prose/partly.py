"""Sentences of which only a part was read: they stay unread, although they state facts.

Two parts are looked for. A further clause with a verb of duty that adds nothing to the facts: "The thing must be ``A``,
and its parts must be new". A status that no fact has, beside one that a fact has: "if its status is ``A`` and that of
its part is the status ``b``". Not such: a clause that promises nothing by itself, or says again what the facts say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace

from parsers.prose.rules import Fact, Failure, Post, Pre, Refused
from parsers.prose.sentences import Sentence
from parsers.prose.words import VALUES, normalised, values

_FLAGS = re.IGNORECASE | re.ASCII
_FURTHER = re.compile(
    r"[,;]?\s+(?:and|but)\s+(?P<further>(?P<subject>(?:(?:its|their|the|it|they|all|each|no|you)\b[^,;]{0,60}?\s)?)"
    r"(?:must|cannot|can\s+not|can\s+only|may\s+not)\b.*)$",
    _FLAGS,
)
_LIST = rf"(?P<values>(?-i:{VALUES}))"
_SHOWN = (
    re.compile(
        rf"(?P<of>[\w`:.-]*_|\b)(?:status(?:es)?|states?)(?:``)?\s+(?:is|are|must\s+be|of)\s+(?:either\s+)?{_LIST}",
        _FLAGS,
    ),
    re.compile(rf"{_LIST}\s+(?P<of>[a-z]+\s+|[\w`:.-]*_)?(?:status(?:es)?|states?)(?!\w)", _FLAGS),
)
"""A status that is shown; ``of``: the attribute if it is not the thing's plain status, which alone has other names."""

_SUBJECT = re.compile(r"(?P<subject>[^;]{1,200}?)\s+(?:is|are|must|can|cannot|may|has|have|should|will)\b", _FLAGS)

_AGAIN = re.compile(r"\bimmutable\b.*\bcannot\s+be\s+(?:updated|changed|modified)\b", _FLAGS)
"""Two words for the same."""

Read = Callable[[Sentence], tuple[str, tuple[Fact, ...]]]
"""Reads a sentence: its outcome (``fact``, ``nothing`` or ``unread``) and its facts."""


def partly_read(sentence: Sentence, facts: Sequence[Fact], read: Read) -> bool:
    """Whether a sentence with facts states more than these."""
    return _another_clause(sentence, facts, read) or _another_status(sentence.text, facts)


def _another_clause(sentence: Sentence, facts: Sequence[Fact], read: Read) -> bool:
    found = _FURTHER.search(sentence.text)
    if found is None or _AGAIN.search(sentence.text):
        return False
    _, before = read(replace(sentence, text=f"{sentence.text[: found.start()]}.", items=()))
    if tuple(before) != tuple(facts):
        return False
    subject = _SUBJECT.match(sentence.text[: found.start()])
    further = found["further"]
    if not found["subject"]:
        further = f"{subject['subject'] if subject else 'It'} {further}"
    outcome, told = read(replace(sentence, text=further[:1].upper() + further[1:]))
    return outcome == "unread" or any(fact not in facts for fact in told)


def _another_status(text: str, facts: Sequence[Fact]) -> bool:
    if not any(map(_of_status, facts)):
        return False
    known = {word.lower() for fact in facts for word in _words(fact)}
    for m in (m for pattern in _SHOWN for m in pattern.finditer(text)):
        names = tuple(value.text for value in values(m["values"]) if not value.text.isdecimal())
        if any(name.lower() not in known for name in (names if m["of"] else normalised(names)[0])):
            return True
    return False


def _of_status(fact: Fact) -> bool:
    if isinstance(fact, Pre | Post):
        return fact.condition.kind == "status"
    return isinstance(fact, Failure) or (isinstance(fact, Refused) and bool(fact.refusal.cause.status))


def _words(thing: object) -> Iterator[str]:
    """Yield all texts of a fact."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, tuple):
        for part in thing:
            yield from _words(part)
    elif is_dataclass(thing):
        for one in fields(thing):
            yield from _words(getattr(thing, one.name))
