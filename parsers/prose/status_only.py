"""Rules for the only statuses in which an operation works, stated with "only", "if it is in" or "must belong to".

Read: "A stack can be deleted only from ``A``, ``B`` states", "Only plans in ``A`` state can be skipped", "can only be
updated for plans that are currently in ``A`` state", "The POST method retries a task if that task is in ``A`` state",
"The step must belong to a plan in ``A`` state", "Skips a step by changing its state to ``A``". Not read: a sentence
about a noun that is neither the path's resource nor a known one, since the owner of the status is unclear then.
"""

from __future__ import annotations

import re

from parsers.prose.clauses import version_clauses
from parsers.prose.rules import Post, Pre, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.words import DETERMINER, NOUN, VALUES, attribute, normalised, singular, values
from specs.model import Condition

_FLAGS = re.IGNORECASE | re.ASCII
_LIST = rf"(?P<values>(?-i:{VALUES}))"
_STATE = r"(?P<attribute>(?:[a-z]+[ _])?(?:status(?:es)?|states?))"
_ONLY_FROM = re.compile(
    rf"^(?P<noun>{NOUN})\s+can\s+(?:only\s+be\s+\w+|be\s+\w+\s+only)\s+(?:from|in|while\s+in|when\s+in)\s+(?:the"
    rf"\s+|one\s+of"
    rf"\s+)?{_LIST}\s+{_STATE}\s*\.?$",
    _FLAGS,
)
_ONLY_THOSE = re.compile(
    rf"^Only\s+(?P<noun>{NOUN})\s+(?:which\s+are\s+|that\s+are\s+)?in\s+(?:the\s+)?{_LIST}\s+{_STATE}\s+can\s+be"
    rf"\s+\w+\s*\.?$",
    _FLAGS,
)
_ONLY_FOR = re.compile(
    rf"\bcan\s+only\s+be\s+\w+\s+(?:for|on)\s+(?P<noun>{NOUN})\s+(?:that|which)\s+(?:is|are)\s+(?:currently\s+|"
    rf"already\s+)?in"
    rf"\s+(?:the\s+)?{_LIST}\s+{_STATE}\s*\.?$",
    _FLAGS,
)
_IF_IN = re.compile(
    rf"^(?:The\s+(?:GET|POST|PUT|PATCH|DELETE)\s+method|This\s+(?:operation|API|method|call))\s+\w+s\b.*\b(?:if|"
    rf"i\.e\.,?)\s+"
    rf"(?P<noun>(?:that|the|this)\s+(?:related\s+)?(?:\"[^\"]*\"\s+)?(?:{NOUN}))\s+is\s+in\s+(?:the\s+)?{_LIST}"
    rf"\s+{_STATE}\s*\.?$",
    _FLAGS,
)
_ALREADY_IN = re.compile(
    rf"^(?!This\b)[A-Z][a-z]+s\s+[^,.]*?\bof\s+(?P<noun>{NOUN})\s+(?:that|which)\s+(?:is|are)\s+(?:already|currently)\s+in"
    rf"\s+(?:the\s+)?"
    rf"{_LIST}\s+{_STATE}\s*\.?$",
    _FLAGS,
)
_BELONGS = re.compile(
    rf"\bmust\s+(?:belong\s+to|be\s+part\s+of)\s+(?P<noun>{NOUN})\s+(?:which\s+is\s+|that\s+is\s+)?in\s+(?:the"
    rf"\s+)?{_LIST}\s+"
    rf"{_STATE}\s*\.?$",
    _FLAGS,
)
_BY_CHANGING = re.compile(
    rf"^[A-Z][a-z]+s?\s+(?P<noun>{NOUN})\s+by\s+(?:changing|setting|moving)\s+its\s+{_STATE}\s+to\s+{_LIST}\s*\.?$",
    _FLAGS,
)
_SET_TO = re.compile(
    r"^(?:Sets?|Puts?|Brings?|Moves?)\s+(?P<noun>(?:the|an?)\s+[a-z ]+?)\s+(?:in)?to\s+(?:the\s+|an?\s+)?"
    r"(?P<word>[a-z]{4,})\s+(?P<attribute>status|state)\s*\.?$"
)
_NOT = re.compile(r"\b(?:not|cannot|never|unless|except|unavailable|fails?|reject\w*|refuse\w*|den\w*)\b", _FLAGS)


def _resource(phrase: str, scope: Scope, *, anaphoric: bool = False) -> str | None:
    """Return the resource that a phrase names; None if it is neither the path's nor a known one."""
    if scope.owner(phrase) is not None:
        return scope.named(phrase)
    words = re.findall(r"[a-z]+", phrase.lower())
    if anaphoric and words and (words[0] in ("that", "this") or words[-1] == "resource"):
        return scope.resource
    return None


def _other(phrase: str) -> str | None:
    """Return a thing that no path names, as written: "an action plan" is an ``action plan``."""
    words = [
        singular(word) for word in re.findall(r"[a-z]+", re.sub(rf"^{DETERMINER}\s+", "", phrase, flags=_FLAGS).lower())
    ]
    return " ".join(words) if 0 < len(words) <= 3 else None


def _field(text: str) -> str | None:
    return attribute(re.sub(r"\bstates$", "state", re.sub(r"\bstatuses$", "status", text, flags=_FLAGS), flags=_FLAGS))


def _only(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2: "A stack can be deleted only from ``A`` state", and similar forms."""
    text = sentence.text
    if version_clauses(text) or _NOT.search(re.sub(r"[`\"'][^`\"']*[`\"']", "", text)):
        return None
    for pattern in (_ONLY_FROM, _ONLY_THOSE, _ONLY_FOR, _IF_IN, _ALREADY_IN, _BELONGS):
        if m := pattern.search(text):
            resource = _resource(m["noun"], scope, anaphoric=pattern is _IF_IN)
            if resource is None and pattern is _BELONGS:
                resource = _other(m["noun"])
            if resource is None:
                return None
            name = _field(m["attribute"])
            names, as_written = _names(m["values"], name)
            condition = Condition(
                "status", resource, sentence.line, attribute=name, any_of=names, as_written=as_written
            )
            return Reading((Pre(condition),))
    return None


def _names(text: str, name: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = tuple(value.text for value in values(text))
    return normalised(found) if name is None else (found, ())


def _set(sentence: Sentence, scope: Scope) -> Reading | None:
    """C2, in a lead: "Skips a step by changing its state to ``A``", "Set the port to disabled status"."""
    if sentence.block.kind != "paragraph" or sentence.block.section or not sentence.first:
        return None
    m = _BY_CHANGING.match(sentence.text) or _SET_TO.match(sentence.text)
    resource = _resource(m["noun"], scope) if m else None
    if m is None or resource is None:
        return None
    name = _field(m["attribute"])
    word = m.groupdict().get("word")
    names, as_written = ((word,), ()) if word else _names(m["values"], name)
    return Reading(
        (Post(Condition("status", resource, sentence.line, attribute=name, becomes=names, as_written=as_written)),)
    )


RULES = (
    Rule("status-in-which-alone", "B2", _only, ("stat",)),
    Rule("status-that-is-set", "C2", _set, ("stat",)),
)
