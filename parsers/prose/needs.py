"""Rules for needs that a clause states without the word "status" (B1, B2, A8).

Read: "In order to delete a wheel, the car must be stopped" (a status), "A 'fast' engine must be configured in the
system" (a thing that exists), and in a removal "It requires that all seats have been removed and linked mirrors been
detached" or "Only a car without any passengers can be sold" (a use of the thing). Not read: a need of a
parameter or of a part of the deployment, two words that "and" joins ("must be locked and deleted"), and a need under a
further condition.
"""

from __future__ import annotations

import re

from parsers.prose.cause_names import names_of
from parsers.prose.clauses import some, version_range, without_versions
from parsers.prose.rules import Pre, Reading, Refused, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.words import NOUN, noun, singular
from specs.model import Condition, When
from specs.refusals import Cause, Refusal

_FLAGS = re.IGNORECASE | re.ASCII
_LABEL = re.compile(r"^(?:Pre-?requisites?|Preconditions?|Note|Important)\s*:\s+", _FLAGS)
_PURPOSE = r"(?:(?:In\s+order\s+)?to\s+\w+\s+(?:an?|the|this)\s+[\w\s-]+?,\s+)?"
_STATE = (
    r"(?:locked|unlocked|stopped|running|paused|suspended|shelved|detached|attached|active|inactive|deactivated|offline|"
    r"online|idle|powered[ -](?:on|off))"
)
_MUST_BE = re.compile(
    rf"^{_PURPOSE}(?P<noun>the\s+(?:[\w-]+\s+){{0,2}}[\w-]+)\s+(?:must|has\s+to|needs\s+to)\s+be\s+(?P<first>{_STATE})"
    rf"(?:\s+or\s+(?P<second>{_STATE}))?\.?$",
    _FLAGS,
)
_EXISTS = re.compile(
    rf"^(?P<noun>An?\s+(?:['\"`]+[\w-]+['\"`]+\s+)?{NOUN})\s+must\s+(?:already\s+)?(?:exist|be\s+(?:already\s+)?(?:configured|"
    r"defined|present|created))(?:\s+in\s+(?:the|your)\s+(?:system|cloud|project))?\.?$",
    _FLAGS,
)
_REQUIRES = re.compile(r"\brequires?\b|\bmust\b", _FLAGS)
_GONE = re.compile(
    r"(?:^|\b(?:that|requires?|and)\s+|,\s*)(?:all\s+)?(?:the\s+)?(?:(?:associated|linked|attached|related|dependent)\s+)?"
    r"(?P<noun>[A-Za-z][\w-]*(?:\s+[\w-]+){0,2}?)\s+(?:must\s+)?(?:(?:have|has)\s+)?been\s+(?:already\s+)?"
    r"(?:deleted|removed|unassigned|detached|destroyed|disassociated|released)\b",
    _FLAGS,
)
_ONLY_WITHOUT = re.compile(
    r"^Only\s+(?:an?|the|those)?\s*[\w -]+?\s+(?:without|with\s+no|that\s+(?:has|have)\s+no)\s+(?:any\s+)?"
    r"(?:(?:associated|attached|existing|remaining|dependent)\s+)?(?P<noun>[A-Za-z][\w-]*(?:\s+[\w-]+){0,2}?)\s+can\s+be\s+\w+\.?$",
    _FLAGS,
)
_IN_USE = re.compile(
    r"^(?:An?\s+)?[A-Za-z][\w -]*?\s+that\s+(?:is|are)\s+(?:still\s+|currently\s+)?"
    r"(?:(?:in\s+use|used|referenced)\s+(?:by|in)|(?:attached|associated|bound|linked)\s+(?:to|with))\s+"
    r"(?P<noun>(?:an?|any|another)\s+[\w -]+?)\s+(?:cannot|can't|can\s+not)\s+be\s+\w+\.?$",
    _FLAGS,
)
_NO_THING = frozenset(
    """
    api attribute body driver extension feature field flag format header id key list name option parameter plugin policy
    request role service string token type user value
    """.split()  # noqa: SIM905 -- a list of words reads better so
)


def _thing(phrase: str, scope: Scope) -> str | None:
    """Return the thing that a noun phrase names, in the path's word or its own; None if it is no thing with a state."""
    words = re.findall(r"[a-z][a-z-]*", re.sub(r"['\"`]+[\w-]+['\"`]+", "", phrase).lower())
    words = [word for word in words if word not in ("the", "a", "an")]
    if not words or singular(words[-1]) in _NO_THING:
        return None
    return scope.named(phrase) if scope.owner(phrase) else noun(phrase) or " ".join([*words[:-1], singular(words[-1])])


def _status(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2: the state that a thing must be in."""
    m = _MUST_BE.match(_LABEL.sub("", without_versions(sentence.text)))
    owner = _thing(m["noun"], scope) if m is not None else None
    if m is None or owner is None or scope.source is None:
        return None
    low, high = version_range(sentence.text) or (None, None)
    states = tuple(re.sub(r"[ -]+", " ", state) for state in (m["first"], m["second"]) if state)
    condition = Condition("status", owner, sentence.line, any_of=states, when=some(When(min=low, max=high)))
    return Reading((Pre(condition),))


def _existence(sentence: Sentence, scope: Scope) -> Reading | None:
    """B1: a thing that must be there."""
    m = _EXISTS.match(_LABEL.sub("", sentence.text))
    owner = _thing(m["noun"], scope) if m is not None else None
    if owner is None or scope.source is None:
        return None
    return Reading((Pre(Condition("exists", owner, sentence.line)),))


def _gone(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: the uses that must have ended before the thing can be removed or changed."""
    if (
        scope.source is not None
        and (m := _ONLY_WITHOUT.match(sentence.text) or _IN_USE.match(sentence.text)) is not None
    ):
        held = names_of(re.sub(r"\b([A-Z]{2,})s\b", r"\1", m["noun"]))  # "VMs" are "VM"
        return Reading((Refused(Refusal(Cause(used_by=held), None, sentence.line)),)) if held else None
    if scope.source is None or scope.source.method != "DELETE" or not _REQUIRES.search(sentence.text):
        return None
    names = tuple(names_of(m["noun"]) for m in _GONE.finditer(sentence.text))
    if not names or not all(names):
        return None
    found = (Refused(Refusal(Cause(used_by=name), None, sentence.line)) for name in names)
    return Reading(tuple(found))


RULES = (
    Rule("state-that-is-needed", "B2", _status, ("be ",)),
    Rule("thing-that-is-needed", "B1", _existence, ("must",)),
    Rule(
        "gone-before-a-removal",
        "A8",
        _gone,
        ("been", "only", "use", "attached", "associated", "bound", "linked", "referenced"),
    ),
)
