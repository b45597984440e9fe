"""Reads the changes of status that a sentence tells, one after the other, as outcomes of the operation (C1, C2, C4).

Read: "The share becomes ``a`` and then ``b``", "moves through ``a`` to ``b``, or ``c`` if the move fails", "While it is
moved, its status is ``a``; afterwards it returns to ``b``", "A share in the ``a`` state goes to ``b``", "Moves a share
and marks it as ``a``". Statuses that others follow, and those that hold only for a time, are transient. Not read: what
may happen, what is denied, what was, what a user can do, what holds only under a condition that the request does not
bring about, a status of a thing that neither the path nor the title names (unless the word "status" stands there), and
operations that only read. ``outcome_events`` finds the events, ``outcome_frames`` their conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from parsers.prose.clauses import some, version_clauses
from parsers.prose.outcome_events import events_of, last_of
from parsers.prose.outcome_subjects import Event
from parsers.prose.outcome_words import masked
from parsers.prose.rules import Fact, Failure, Post, Pre, Reading, Refused, Rule, Scope
from parsers.prose.sentences import Sentence, split
from parsers.prose.status_clauses import Clause, cleared
from parsers.prose.status_frames import only_explains, reads
from parsers.prose.status_general import condition_of, is_requested, is_under_way, of_its_thing
from parsers.prose.words import normalised
from specs.model import Condition, When

_FLAGS = re.IGNORECASE | re.ASCII
_CUES = re.compile(
    r"stat(?:e|us)|\b(?:becom|enter|reach|turn|chang|transition|go(?:es)?\b|mov|return|revert|mark|flag|set|put|end|"
    r"wind|show|remain|stay|begin|start|report|back to|(?:will|shall) be)",
    _FLAGS,
)
_OF_ANOTHER = re.compile(
    r"\b(?:status|state)(?:``)?\s+of\s+(?:the|an?|every|each|all|any)\s+[\w-]+\s+(?:(?:of|in)\s+(?:the|an?)\s|(?:in)?to\s+which\s)",
    _FLAGS,
)
"""A status of a thing that another noun tells: "the state of every wheel of the car"."""
_EXAMPLE = re.compile(
    r"\b(?:suppose|assume|assuming|imagine|example|e\.g\.|such\s+as|formerly|previously|in\s+(?:earlier|older|previous)|used\s+to|default|"
    r"recommend(?:ed|s)?\b|refer\s+to|means?|indicates?)\b|\bif\s+you\s+want\b|->|\bvice\s+versa\b",
    _FLAGS,
)
_BAD = re.compile(r"fail|error", _FLAGS)
_OTHERWISE = re.compile(r"(?:Otherwise|Or\s+else|If\s+not|If\s+(?:it|this)\s+(?:is|does)\s+not)\b", _FLAGS)


def outcomes(sentence: Sentence, scope: Scope) -> tuple[Post | Failure, ...]:
    """Return the outcomes that a sentence tells, with those of a next one that begins with "Otherwise"."""
    return _read(sentence, scope)[0]


def _read(sentence: Sentence, scope: Scope) -> tuple[tuple[Post | Failure, ...], Event | None]:
    """Return the outcomes of a sentence, and the last event of the one before."""
    if not _may_tell(sentence, scope) or _OTHERWISE.match(sentence.text) or not _told(sentence.text):
        return (), None
    parts = split(sentence.block.text) if not (sentence.first and sentence.last) else (sentence.text,)
    place = parts.index(sentence.text) if sentence.text in parts else 0
    text = sentence.text
    if place + 1 < len(parts) and _OTHERWISE.match(parts[place + 1]):
        text = f"{text.rstrip('.')}; {parts[place + 1][:1].lower()}{parts[place + 1][1:]}"
    known = None
    if place and _CUES.search(parts[place - 1]) and _told(parts[place - 1]):
        known = last_of(parts[place - 1], sentence, scope)
    events = tuple(events_of(masked(cleared(text)), sentence, scope, known))
    return tuple(_facts(events, sentence, scope)), known


def _told(text: str) -> bool:
    """True if a sentence is no example, no explanation and no history."""
    return not only_explains(text) and _EXAMPLE.search(text) is None


def _may_tell(sentence: Sentence, scope: Scope) -> bool:
    block = sentence.block
    if scope.source is None or reads(scope) or block.kind in ("cell", "title", "term"):
        return False
    if (block.section and not (block.block or "").endswith("postconditions")) or block.block == "troubleshooting":
        return False
    return _CUES.search(sentence.text) is not None and not version_clauses(sentence.text)


def _facts(events: Sequence[Event], sentence: Sentence, scope: Scope) -> Iterator[Post | Failure]:
    """Yield the outcomes of the events: one for each thing, attribute and situation."""
    groups: dict[tuple[str, str, tuple[str, ...], When | None], list[Event]] = {}
    for event in events:
        key = (event.owner, event.attribute, event.before, event.when)
        if not event.before and event.frame != "failed":
            key = next(
                (k for k in reversed(groups) if k[:2] == key[:2] and k[3] == key[3] and event is not groups[k][0]), key
            )
        groups.setdefault(key, []).append(event)
    for (owner, attribute, before, when), found in groups.items():
        clause = of_its_thing(Clause("change", owner, attribute or "status", ("",), False, None, 0, 0), scope)
        owner_ = owner if clause.owner == owner else clause.owner
        if is_requested(clause, scope):
            continue
        good = tuple(filter(None, (_without_failures(event, scope) for event in found)))
        for event in found:
            lost = (
                event.values
                if event.frame == "failed"
                else tuple(filter(_BAD.search, event.values))
                if len(event.values) > 1
                else ()
            )
            if lost and not (event.frame != "failed" and _is_about_failing(scope)):
                told = condition_of(replace(clause, values=lost), owner_, sentence.line)
                yield Failure(owner_, told.attribute, told.any_of, sentence.line)
        if good:
            yield Post(_condition(clause, owner_, before, when, good, sentence.line))


def _is_about_failing(scope: Scope) -> bool:
    """True if the operation's purpose is a failure: "Mark As Failed"."""
    return scope.source is not None and _BAD.search(scope.source.title) is not None


def _without_failures(event: Event, scope: Scope) -> Event | None:
    """Return an event without the statuses of a failure, to which no operation leads; None if none is left."""
    if event.frame == "failed":
        return None
    if _is_about_failing(scope):
        return event
    values = tuple(value for value in event.values if not _BAD.search(value))
    return replace(event, values=values) if values else None


def _condition(
    clause: Clause, owner: str, before: tuple[str, ...], when: When | None, events: Sequence[Event], line: int
) -> Condition:
    """Return the outcome of a series of events: the statuses of the last, and the transient ones before."""
    passing: list[str] = []
    final: list[str] = []
    for event in events:
        passing += event.through
        if event.frame == "during":
            passing += event.values
        elif event.other:
            final += event.values
        else:
            passing += final
            final = list(event.values)
    if final and all(map(is_under_way, final)):
        passing, final = [*passing, *final], []
    told = condition_of(replace(clause, values=tuple(final)), owner, line)
    name = told.attribute
    names = (
        (lambda words: normalised(tuple(dict.fromkeys(words)))[0])
        if name is None
        else (lambda words: tuple(dict.fromkeys(words)))
    )
    situation = replace(when or When(), status=normalised(before)[0]) if before else when
    written = normalised((*final, *passing))[1] if name is None else ()
    return Condition(
        "status", owner, line, name, becomes=names(final), transient=names([p for p in passing if p not in final]),
        as_written=written, when=some(situation) if situation is not None else None,
    )  # fmt: skip


def _values(facts: Sequence[Fact]) -> set[str]:
    """Return the statuses that outcomes name."""
    found: set[str] = set()
    for fact in facts:
        if isinstance(fact, Post):
            c = fact.condition
            found |= {*c.becomes, *c.transient, *c.on_failure}
        elif isinstance(fact, Failure):
            found |= set(fact.values)
    return found


def _tells(fact: Fact) -> bool:
    return isinstance(fact, Failure) or (isinstance(fact, Post) and fact.condition.kind == "status")


def joined(facts: Sequence[Fact], sentence: Sentence, scope: Scope) -> tuple[Fact, ...] | None:
    """Return the facts of a sentence with its outcomes, where these name more statuses than the facts; else None.

    A status that a sentence demands or forbids is none that it leads to.
    """
    new, known = _read(sentence, scope)
    if not new:
        return None
    old = [fact for fact in facts if _tells(fact)]
    taken = {
        name
        for fact in facts
        if isinstance(fact, Pre | Refused)
        for name in (fact.condition.any_of if isinstance(fact, Pre) else fact.refusal.cause.status)
    }
    if taken & _values(new) or any(isinstance(fact, Post) and fact.condition.unchanged for fact in old):
        return None
    more, same = _values(old) < _values(new), _values(old) == _values(new)
    meant = known is not None and _owners(new) == {known.owner} and _owners(old) == {scope.resource}
    if any(isinstance(fact, Post) and fact.condition.when is not None for fact in old) and not any(
        isinstance(fact, Post) and fact.condition.when is not None for fact in new
    ):
        return None
    if old and not more and not (same and (meant or _OF_ANOTHER.search(sentence.text) or _is_better(old, new))):
        return None
    return (*(fact for fact in facts if not _tells(fact)), *new)


def _is_better(old: Sequence[Fact], new: Sequence[Post | Failure]) -> bool:
    """True if the new facts tell more of the same statuses: a failure, a time, or the status before."""
    before, after = ([fact.condition for fact in facts if isinstance(fact, Post)] for facts in (old, new))
    if not after:
        return len(before) == len(old)
    if len(before) != 1 or len(after) != 1 or len(old) != 1 or len(new) != 1:
        return False
    one, other = before[0], after[0]
    if (one.resource, one.attribute) != (other.resource, other.attribute):
        return False
    if one.when != other.when:
        return one.when is None and (one.becomes, one.transient) == (other.becomes, other.transient)
    passing = set(other.transient) - set(one.transient)
    lasting = set(other.becomes) - set(one.becomes)
    return bool(passing or lasting) and not any(map(is_under_way, passing))


def _owners(facts: Sequence[Fact]) -> set[str]:
    """Return the things of outcomes."""
    return {
        fact.resource if isinstance(fact, Failure) else fact.condition.resource
        for fact in facts
        if isinstance(fact, Post | Failure)
    }


def _reading(sentence: Sentence, scope: Scope) -> Reading | None:
    found = outcomes(sentence, scope)
    return Reading(found) if found else None


RULE = Rule("outcomes-in-their-order", "C4", _reading)
"""The rule by which ``joined`` reads."""
