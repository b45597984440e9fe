"""Finds the thing that changes in an event: the subject of its verb, or the object that a service or the call acts on.

Of "the service moves the car to", "Moves a car and marks it as" and "the state of every wheel of the car becomes" it is
the car, the car and the wheel. A verb that is denied, that tells of what may happen or has happened, or that a person
does, has none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parsers.prose.outcome_frames import tells_of_the_result
from parsers.prose.outcome_words import SUBJECT, Masked
from parsers.prose.owners import owner_of
from parsers.prose.rules import Scope
from parsers.prose.sentences import Sentence
from parsers.prose.status_frames import makes
from parsers.prose.words import singular
from specs.model import When

_FLAGS = re.IGNORECASE | re.ASCII
_DENIED = re.compile(
    r"\b(?:not|never|no\s+longer|may|might|can|could|would|cannot|must|had|did|does|do|was|were|to|usually|often|sometimes|already|still)\b",
    _FLAGS,
)
_BEING = re.compile(r"\b(?:is|are|be|being|been|gets?)\b", _FLAGS)
_PERFECT = re.compile(r"\b(?:has|have)\b", _FLAGS)
_FUTURE = re.compile(r"\b(?:will|shall)\b", _FLAGS)
_LEAD = re.compile(r"^(?!You\b|Use\b|If\b|When\b|See\b|Note\b)[A-Z][a-z]+\s")
_CAUSING = re.compile(
    r"\b(?:causes?|makes?|lets?|leads?|forces?)\s+(?:the|an?|its|all|your)\s+[\w-]+(?:\s+[\w-]+){0,2}$", _FLAGS
)
_PEOPLE = re.compile(r"\b(?:you|users?|clients?|callers?|administrators?|admins?|operators?|owners?|we|they)$", _FLAGS)
_OTHER_ONE = re.compile(
    r"^(?:(?:the|an?|any|its|your|all|every|each)\s+)?(?:previous|old|older|other|another|former|earlier|original|remaining|parent|some|existing)\b",
    _FLAGS,
)
_SOME = re.compile(r"^(?:some|another|certain|many|most)\b", _FLAGS)


_AFTER_A_VERB = re.compile(r",$|\bby$|^[A-Z][a-z]+s$")
_AGENT = re.compile(
    r"\b(?:you|and|operation|call|request|response|answer|service|API|it|this|method|immediately|command|function)$|,$",
    _FLAGS,
)
_CHECKED = re.compile(r"\b(?:Check|Verify|Confirm)\s+that\b", _FLAGS)
_MADE_SURE = re.compile(r"\b(?:make\s+sure|ensure|check|verify|wait\s+until)\b(?:\s+that)?[^,;]*$", _FLAGS)
_CHANGED = re.compile(r"(?:changed|transitioned|become|moved|reached)\b", _FLAGS)
_AND_PASSIVE = re.compile(r"\s(?:is|are|will\s+be)\s+\w+(?:ed|en)\s+and\s*$", _FLAGS)
_WAITED = re.compile(r"\b(?:then|and)\s+wait\s+for\s+(?:it|them|[\w\s-]{3,40})$", _FLAGS)
_PARTICIPLE = re.compile(r"(?:becoming|entering|reaching|turning)\b", _FLAGS)
_NOUN_BEFORE = re.compile(r"(?P<noun>(?:[A-Za-z][\w-]*\s+){1,4}?[A-Za-z][\w-]*),?\s*$")


@dataclass(frozen=True)
class Event:
    """One change of status that a sentence tells.

    Attributes:
        owner: the thing.
        attribute: the words for its attribute, "" for the status itself.
        values: the statuses it leads to.
        frame: its condition: ``none``, ``done``, ``during`` or ``failed``.
        before: the statuses before it.
        when: what the request gives.
        other: True if it is an alternative of the event before.
    """

    owner: str
    attribute: str
    values: tuple[str, ...]
    frame: str
    before: tuple[str, ...] = ()
    when: When | None = None
    other: bool = False
    through: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class Subject:
    """The words for the thing that changes, for its attribute, and for its status before."""

    owner: str
    attribute: str = ""
    was: str = ""
    start: int = 0


def subject_of(
    m: re.Match[str], left: str, said: str, whole: Masked, last: Event | None, sentence: Sentence, scope: Scope
) -> Subject | None:
    """Return the thing that an event is about; None if the verb is no statement of what happens.

    Args:
        m: the verb and its statuses.
        left: the words before the verb's auxiliaries, from the last boundary.
        said: the auxiliaries.
        whole: the masked sentence.
        last: the event before in the same sentence.
        sentence: the sentence.
        scope: the operation.
    """
    if _CHECKED.search(left) and m["becomes"] and re.fullmatch(r"\s*has\s+", said):
        found = SUBJECT.search(left) if "before" not in whole.text[m.end() :] else None
        return Subject(found["thing"] or "it", start=0) if found is not None else None
    if _MADE_SURE.search(whole.text[: m.start()]) and makes(scope.resource, scope) and re.fullmatch(r"\s*has\s+", said):
        found = SUBJECT.search(left) if _CHANGED.match(m[0]) else None
        return Subject(_made(found), found["state"] or found["state2"] or "", start=0) if found is not None else None
    if _WAITED.search(left.strip()):
        return Subject("it", start=len(left)) if re.fullmatch(r"\s*to\s+", said) else None
    if _is_denied(left, said):
        return None
    if m["results"] is not None or m["initial"] is not None:
        return Subject("it", start=len(left))
    joins = last is not None and re.search(r"(?:^|[,;]|\band|\bthen|\bor)\s*$", left) is not None
    passive = _AND_PASSIVE.search(left) if m["set"] is not None else None
    if passive is not None and (found := SUBJECT.search(left[: passive.start()])) is not None:
        return _of_a_phrase(found, left[: passive.start()], scope)
    if (m["set"] or m["made"] or m["told"]) is not None and not _BEING.search(said):
        return Subject("it", start=len(left)) if joins and m["set"] is not None else None
    acting = next((name for name in ("sets", "gives", "makes") if m[name] is not None), None)
    if acting is not None:
        return _object(m, acting, left, said, sentence, scope)
    if _PARTICIPLE.match(m[0]) and not re.search(r"\bits\b|\bbeing\b|result", left):
        return None
    found = SUBJECT.search(left)
    if found is None:
        return Subject("it", start=len(left)) if joins else None
    return _of_a_phrase(found, left, scope)


def _made(found: re.Match[str]) -> str:
    """Return the words for the thing that a call has made: "the resource", "it" and "the new object" mean that one."""
    owner = found["of"] or found["owned"] or found["thing"] or "it"
    return "it" if re.search(r"\b(?:resource|object)(?:['’]s)?$", owner) else owner


def _is_denied(left: str, said: str) -> bool:
    """True if the words before a verb deny it, leave it open, or put it into the past."""
    if re.search(r"\bto\b", said) and _CAUSING.search(left.strip()):
        said = re.sub(r"\bto\b", "", said)
    if re.search(r"\breturns?\b[^,]*\bwhile\b", left):
        said = said.replace("still", "")
    return _DENIED.search(said) is not None or _PERFECT.search(said) is not None


def _of_a_phrase(found: re.Match[str], left: str, scope: Scope) -> Subject | None:
    """Return the subject that stands before a verb."""
    state = found["state"] or found["state2"] or ""
    owner = found["of"] or found["owned"] or found["thing"] or ""
    before = left[: found.start()]
    own = owner.lower() == "they" or owner.lower().split()[-1:] == [scope.resource]
    if not state and not own and _PEOPLE.search(owner):
        return None
    if owner.lower() == "which" and not before.rstrip().endswith(","):
        return None
    if owner.lower() == "whose":
        noun = _NOUN_BEFORE.search(before)
        if noun is None or not tells_of_the_result(before, "", "", scope):
            return None
        owner = noun["noun"]
    return Subject(owner, state, found["was"] or "", found.start())


def _object(m: re.Match[str], acting: str, left: str, said: str, sentence: Sentence, scope: Scope) -> Subject | None:
    """Return the thing that a verb with an object acts on; ``acting``: the kind of verb."""
    before = left.rstrip()
    if not _acts(m, acting, before, said, sentence):
        return None
    if acting == "sets":
        state = m["held"] or m["held2"] or ""
        owner = m["of"] or m["owned"] or m["thing"] or ""
    else:
        state, owner = "", m["given"] or m["making"] or ""
    if is_pronoun(owner):
        owner = (_named_before(before, scope) if re.match(r"\s*[A-Z][a-z]+ing\b", before) else None) or ""
    inner = re.search(r",?\s*\b(?:and|which|by)$", before)
    return Subject(owner or "it", state, "", inner.start() if inner else _before_the_agent(before))


def _acts(m: re.Match[str], acting: str, before: str, said: str, sentence: Sentence) -> bool:
    """True if the operation or a service acts, not a person, and the sentence tells it plainly."""
    lead = sentence.first and sentence.block.kind == "paragraph" and _LEAD.match(sentence.text)
    if re.match(r"\w+ing\b", m[0]) is not None:
        return _AFTER_A_VERB.search(before) is not None and (lead is not None or not before.endswith("by"))
    if before == "" and m.start() == 0:
        return bool(lead)
    if acting in ("gives", "makes") and not _AGENT.search(before):
        return False
    if acting == "gives" and re.search(r"\bYou$", before):
        return True
    plural = re.match(r"[a-z]+s\b", m[0], _FLAGS) is None
    if plural and not _FUTURE.search(said) and not re.search(r"\bwill\b[^,;]*\band$", before):
        return False
    return acting == "gives" or _PEOPLE.search(before) is None


def is_pronoun(phrase: str) -> bool:
    """True if a phrase names no thing of its own: a pronoun, an article alone, or nothing."""
    return phrase.strip().lower() in ("it", "they", "them", "this", "which", "the", "its", "their", "")


def _named_before(before: str, scope: Scope) -> str | None:
    """Return the first phrase that names a thing of the path or the title: "Updating a car's wheels reverts it"."""
    for m in re.finditer(
        r"\b(?:the|an?|your)\s+(?P<phrase>(?:[A-Za-z][\w-]*\s+){0,3}?[A-Za-z][\w-]*)(?:['’]s\b|\s|$)", before
    ):
        if owner_of(m["phrase"], scope, another=False) is not None:
            return m["phrase"]
    return None


def _before_the_agent(before: str) -> int:
    """Return the place at which the words for the one who acts begin: "When it is done, the service" sets."""
    m = SUBJECT.search(before)
    return m.start() if m is not None else len(before)


def owner_that_changes(subject: Subject, before: str, last: Event | None, scope: Scope, *, known: bool) -> str | None:
    """Return the thing of a subject; None if it is another one of the kind, or none that the reference knows."""
    phrase = re.sub(
        r"[A-Z]?[a-z]+(?:[A-Z][a-z]+)+",
        lambda m: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", m[0]).lower(),
        subject.owner.strip(),
    )
    if is_pronoun(phrase):
        return last.owner if last is not None else scope.resource
    if _OTHER_ONE.match(phrase) or _SOME.match(phrase):
        return None
    head = re.search(r"(?P<head>[\w-]+)\s+of\s*$", before)
    if (
        head is None
        and not subject.attribute
        and re.search(r"\b(?:from|in|on|for|with|to|at|by|into|under|between)\s*$", before)
    ):
        return None
    if (
        head is not None
        and not subject.attribute
        and head["head"].lower() not in ("each", "all", "any", "every", "one", "some", "status", "state")
    ):
        return None
    found = owner_of(phrase, scope)
    return found if not known or found == owner_of(phrase, scope, another=False) or _is_told(phrase, scope) else None


def _is_told(phrase: str, scope: Scope) -> bool:
    """True if the title names the last word of a phrase."""
    title = scope.source.title.lower() if scope.source is not None else ""
    return re.search(rf"\b{re.escape(singular(phrase.lower().split()[-1]))}s?\b", title) is not None
