"""A rule for the situations in which a field of an answer is null or empty (J7).

Read: "If the car has not been sold yet, this field is ``null``", "``null`` if the engine is enabled", "The ``wheels``
are empty if ``size`` was not provided in the request", "It is always empty". A situation that the rule does not know is
read as well, as a promise whose situation is not known. Not read: "may be null", "can be empty", and sentences about
some versions only, which do not say that the field is so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from parsers.document import ParameterRow
from parsers.prose.clauses import environment, version_clauses
from parsers.prose.rules import Emptied, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.words import singular
from specs.refusals import Blank

_FLAGS = re.IGNORECASE | re.ASCII
_NULL = r"(?:``(?:null|None)``|`null`|null\b)"
_EMPTY = (
    r"(?:an?\s+|the\s+)?empty\b(?:\s+(?:string|text|list|array|object|dictionary|dict)s?\b)?(?:\s*\(``\S+``\))?|"
    r"``(?:\"\"|''|\[\]|\{\})``"
)
_BLANK = rf"(?:set\s+to\s+)?(?:(?P<null>{_NULL})|(?P<empty>{_EMPTY}))"
_IS = r"(?:is|are|will\s+be|would\s+be|will\s+show\s+as|shows\s+as)\s+(?P<always>always\s+)?"
_ITSELF = (
    r"(?:it|its\s+value|(?:this|the)\s+(?:response\s+)?(?:value|field|attribute|parameter|list|property)|"
    r"the\s+(?:\w+\s+){0,2}\w+|(?:the\s+)?``[\w.:-]+``(?:\s+\w+)?)"
)
_FORMS = tuple(
    re.compile(pattern, _FLAGS)
    for pattern in (
        rf"\bif\s+(?P<when>[^,.;]+),\s+(?:then\s+)?{_ITSELF}\s+{_IS}{_BLANK}",
        rf"(?:^|,\s+)(?:{_ITSELF}\s+)?{_IS}{_BLANK}\s+(?:if|when|where)\s+(?P<when>[^;]+)",
        rf",\s+(?:or\s+)?{_BLANK}\s+(?:if|when|where)\s+(?P<when>[^;]+)",
        rf"^(?:Otherwise|Else),?\s+{_ITSELF}\s+{_IS}{_BLANK}",
        rf"^(?:It\s+is|It's|{_ITSELF}\s+is)\s+(?P<always>always)\s+{_BLANK}",
        rf"^(?:Always\s+)?{_BLANK}\s+for\s+backwards?\s+compatibility\b(?P<always>)",
    )
)
_NEVER = re.compile(
    r"\b(?:(?:has|have)\s+(?:not|never)\s+(?:yet\s+)?been|(?:has|have)n't\s+(?:yet\s+)?been)\s+(?:yet\s+)?(?P<event>\w+)"
    r"(?:\s+yet)?$",
    _FLAGS,
)
_UNSET = re.compile(r"^(?:the\s+)?``(?P<name>[\w:-]+)``(?:\s+[\w\s]+?)?\s+(?:is|are)\s+not\s+set$", _FLAGS)
_ABSENT = re.compile(
    r"^(?:the\s+)?``(?P<name>[\w:-]+)``\s+(?:was|is|were|are)\s+not\s+(?:provided|specified|given|set|sent)\s+"
    r"(?:on|in)\s+the\s+request$",
    _FLAGS,
)
_OWN_UNSET = re.compile(
    r"^(?:the\s+)?(?P<words>[a-z][a-z ]+?)\s+(?:is|are)\s+not\s+(?:set|specified|provided)$", _FLAGS
)
_UNLINKED = re.compile(
    r"^(?:(?:the|this)\s+[\w\s-]+?|it)\s+is\s+not\s+(?P<event>associated|bound|attached)\s+(?:with|to)\s+(?:an?|any)\s+"
    r"(?P<other>\w+(?:\s+\w+){0,3})$",
    _FLAGS,
)
_STATE = re.compile(
    r"^(?:the|this)\s+\w+\s+is\s+(?:``)?(?P<word>[a-z]+ed)(?:``)?(?:\s+or\s+\w+\s+without\b.*)?$", _FLAGS
)
_NO_STATE = frozenset({"used", "needed", "required", "supported", "specified", "provided", "requested", "allowed"})
_PLAIN = frozenset({"id", "uuid", "the", "any", "all"})


def of_row(text: str, row: ParameterRow) -> Blank | None:
    """J7: the promise of a sentence in the description of a field of an answer."""
    name = row.parameter.name.rpartition(".")[2]
    found = None if row.parameter.location not in ("body", None) else _of(text, name)
    if found is not None and _about(text) not in (None, name):
        return None  # the sentence is about another field
    return found


def _about(text: str) -> str | None:
    """Return the field that a sentence names as its subject; None if it says "it" or "this field"."""
    named = re.match(rf"^(?:The\s+)?``(?P<name>[\w:-]+)``(?:\s+\w+)?\s+{_IS}", text, _FLAGS)
    return named["name"] if named else None


def _of(text: str, name: str) -> Blank | None:
    if version_clauses(text):
        return None
    for form in _FORMS:
        if (m := form.search(text)) is not None:
            groups = m.groupdict()
            kind: Literal["null", "empty"] = "null" if groups["null"] else "empty"
            when = groups.get("when")
            if when is None:
                return Blank(kind, always=groups.get("always") is not None)
            return _situation(Blank(kind), re.sub(r"\s+", " ", when).strip(" .,"), name)
    return None


def _situation(blank: Blank, when: str, name: str) -> Blank:
    """Return a promise with the situation that a clause gives; without one if the clause is of no known form."""
    for pattern, read in _SITUATIONS:
        if (m := pattern.search(when)) is not None and (found := read(blank.kind, m, name)) is not None:
            return found
    trait = environment(when)
    return blank if trait == name else replace(blank, environment=trait)


_Kind = Literal["null", "empty", "absent", "shown"]

REMOVED_AT = "deleted_at"
"""The usual name of the field for the time of a removal."""


def _unset(kind: _Kind, m: re.Match[str], name: str) -> Blank | None:
    """Read a clause on another field. A thing that is there has no time of its removal, whether or not it is shown.

    "If ``updated_at`` is not set, its value is null" says nothing of when it is set, and is read without a situation.
    """
    if m["name"] == REMOVED_AT:
        return Blank(kind, never=("deleted",))
    return Blank(kind, unset=(m["name"],)) if m["name"] != name else None


def _own_unset(kind: _Kind, m: re.Match[str], name: str) -> Blank | None:
    """Read a clause that says that the field itself was not given, in words of its name."""
    own = {singular(word) for word in re.findall(r"[a-z]+", name.lower())}
    said = {singular(word) for word in m["words"].lower().split()} - _PLAIN
    return Blank(kind, absent=(name,)) if said and said <= own else None


def _unlinked(kind: _Kind, m: re.Match[str], name: str) -> Blank | None:
    """Read a clause that says that the thing has no link to another one, by the field that holds the link."""
    other = "_".join(m["other"].lower().split())
    if name in (other, f"{other}_id"):
        return Blank(kind, never=(m["event"].lower(),), absent=(name,))  # the field itself holds the link
    return Blank(kind, unset=(f"{other}_id",))


def _state(kind: _Kind, m: re.Match[str], name: str) -> Blank | None:
    word = m["word"].lower()
    return None if word in _NO_STATE or word in name else Blank(kind, status=(word,))


_SITUATIONS: tuple[tuple[re.Pattern[str], Callable[[_Kind, re.Match[str], str], Blank | None]], ...] = (
    (_NEVER, lambda kind, m, _: Blank(kind, never=(m["event"].lower(),))),
    (_UNSET, _unset),
    (_ABSENT, lambda kind, m, _: Blank(kind, absent=(m["name"],))),
    (_OWN_UNSET, _own_unset),
    (_UNLINKED, _unlinked),
    (_STATE, _state),
)


def _in_prose(sentence: Sentence, scope: Scope) -> Reading | None:
    """J7: the promise of a sentence of the operation, about the field of the answer that the sentence names."""
    name = _about(sentence.text)
    found = _of(sentence.text, name) if name and scope.source is not None else None
    # Without a situation, "the ``wheels`` are empty" may be about the request.
    if not name or found is None or found == Blank(found.kind):
        return None
    return Reading((Emptied(name, replace(found, line=sentence.line)),))


RULES = (Rule("null-or-empty", "J7", _in_prose, ("null", "none", "empty")),)
