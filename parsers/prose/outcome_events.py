"""Finds the events of a sentence, one after the other: what changes, to which statuses, and under which condition.

An event passes its thing and its condition on to those that "and", "then" or ", which" join to it. Of a condition with
"otherwise", both ends are events. An event that a condition binds is left out, so are those that hang on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from parsers.prose.outcome_frames import Frame, after_it, before_it, tells_of_the_result
from parsers.prose.outcome_subjects import Event, Subject, is_pronoun, owner_that_changes, subject_of
from parsers.prose.outcome_words import AND_BACK, AUXILIARIES, EVENT, NEEDS_TO, NEXT, Masked, masked
from parsers.prose.rules import Scope
from parsers.prose.sentences import Sentence
from parsers.prose.status_clauses import cleared
from parsers.prose.status_frames import makes
from parsers.prose.status_general import is_under_way
from parsers.prose.status_patterns import COMMON

_FLAGS = re.IGNORECASE | re.ASCII
_BOUNDARY = re.compile(r"[;:(]|\s[-\u2013\u2014]\s")
_FUTURE = re.compile(r"\b(?:will|shall)\b", _FLAGS)
_ADVERB = re.compile(r"\b(?:then|now|again|initially|eventually|finally|afterwards?|at\s+first)\b", _FLAGS)
_PUTS = re.compile(r"put|plac|leav|set|mark|flag|bring", _FLAGS)
_BY_ANOTHER = re.compile(r"\s+(?:state\s+|status\s+)?by\s+(?:calling|using)\s+(?!this\b)", _FLAGS)
_FOR_A_TIME = re.compile(r"\btemporarily\b", _FLAGS)
_MARKS = re.compile(r"mark|flag", _FLAGS)
_SURE = re.compile(
    rf"(?:{COMMON}|[a-z_-]+(?:ing|ed)|[A-Z][A-Z_]{{3,}}|[A-Z][A-Za-z]+(?:ing|ed)|[a-z]+(?:[-_][a-z]+)+)$"
)
_ALONE = frozenset(("active", "inactive", "available", "in-use", "in_use", "idle"))
_A_WAY = re.compile(r"\b(?:can|may)\b[^.;,]*\bby\s+$", _FLAGS)
"""Words before a deed of the caller: "a car can be sold by setting its state to"."""
_BAD = re.compile(r"fail|error", _FLAGS)
_OTHERWISE = re.compile(r"(?:Otherwise|Or\s+else|If\s+not|If\s+(?:it|this)\s+(?:is|does)\s+not)\b", _FLAGS)


def last_of(text: str, sentence: Sentence, scope: Scope) -> Event | None:
    """Return the last event of the sentence before, whose thing "it" means; a bound one if a condition begins it."""
    whole = masked(cleared(text))
    condition = re.match(r"(?:If|When|Unless|While)\b[^,]*,", whole.text)
    if condition is not None and before_it(condition[0], "", scope).kind == "bound":
        return Event(scope.resource, "", (), "bound")
    return next(iter(reversed(tuple(events_of(whole, sentence, scope, None, bound=True)))), None)


def events_of(
    whole: Masked, sentence: Sentence, scope: Scope, known: Event | None, *, bound: bool = False
) -> Iterator[Event]:
    """Yield the events of a sentence that count, each with the continuations after it.

    Args:
        whole: the sentence.
        sentence: where it stands.
        scope: the operation.
        known: the last event of the sentence before, whose thing "it" or "the status" means.
        bound: True to yield the events under a condition, too.
    """
    start, position = 0, 0
    last: Event | None = None
    while (m := EVENT.search(whole.text, position)) is not None:
        for boundary in _BOUNDARY.finditer(whole.text, start, m.start()):
            start = boundary.end()
            if last is not None and not _OTHERWISE.match(whole.text[start:].lstrip()):
                last = replace(last, frame="none")
        event = _event(m, whole, start, (last, known), sentence, scope)
        position = m.end()
        if event is None:
            position = m.start() + 1  # another verb may begin inside
            continue
        if event.frame == "either" and last is not None:
            yield from (replace(last, frame="none"), replace(event, owner=last.owner, frame="none", other=True))
            start, last = m.end(), event
            continue
        inherits = (
            last is not None
            and last.frame == "bound"
            and event.frame == "none"
            and _continues(whole.text[start : m.start()])
        )
        if event.frame == "bound" or inherits:
            if bound:
                yield replace(event, frame="bound")
            start, last = m.end(), replace(event, frame="bound")
            continue
        found, position = _chain(event, m, whole, scope)
        yield from found
        start, last = position, found[-1]


def _continues(text: str) -> bool:
    """True if the words before an event join it to the one before: "and", ", which then"."""
    return re.match(r"\s*(?:state|status)?\s*(?:,\s*)?(?:and|then|which|$)", text, _FLAGS) is not None


def _chain(event: Event, m: re.Match[str], whole: Masked, scope: Scope) -> tuple[tuple[Event, ...], int]:
    """Return an event with the ones that follow it without a subject of their own, and the end of the last."""
    found, end = [event], m.end()
    if (back := AND_BACK.match(whole.text[end:])) is not None and event.before:
        return (event, replace(event, values=event.before, through=(), before=event.before)), end + back.end()
    while (then := NEXT.match(whole.text[end:])) is not None:
        own = after_it(then["own"], scope) if then["own"] else Frame("none")
        front = before_it(then["front"].strip(" ,") + ",", "", scope) if then["front"].strip(" ,") else Frame("none")
        following = after_it(_rest(whole.text[end + then.end() :]), scope)
        if own.kind == "during":
            found[-1] = replace(found[-1], frame="during")
        kinds = {front.kind, following.kind}
        if "bound" in kinds or own.kind == "bound":
            break
        values = whole.named(then["values"])
        kind = next((kind for kind in ("failed", "otherwise", "during", "done") if kind in kinds), "none")
        if kind == "otherwise":
            kind = "failed" if all(map(_BAD.search, values)) else "bound"
        if kind == "bound":
            break
        found.append(
            replace(found[-1], values=values, frame=kind, through=(), other=then["or"] is not None and kind != "failed")
        )
        end += then.end()
    return tuple(found), end


def _rest(text: str) -> str:
    """Return the words after an event up to the next boundary."""
    m = _BOUNDARY.search(text)
    return text[: m.start()] if m is not None else text


def _event(
    m: re.Match[str],
    whole: Masked,
    start: int,
    earlier: tuple[Event | None, Event | None],
    sentence: Sentence,
    scope: Scope,
) -> Event | None:
    """Return the event of a match, or None; ``earlier``: the one before in this sentence, and that of the last one."""
    last, known = earlier
    part = m.groupdict()
    marks = _MARKS.match(part["set"] or part["sets"] or "") is not None
    if any(part[name] for name in NEEDS_TO) and not (marks or part["to"] or part["before"] or part["through"]):
        return None
    if (part["moves"] or "").endswith("ed") and not re.search(
        r"\b(?:is|are|be|has|have)\s+(?:\w+\s+)*$", whole.text[: m.start()]
    ):
        return None
    if part["sets"] and part["to"] and part["to"].strip() == "in" and not _PUTS.match(part["sets"]):
        return None
    left = whole.text[start : m.start()]
    if part["sets"] and _A_WAY.search(left):
        return None
    auxiliaries = AUXILIARIES.search(left)
    said = auxiliaries[0] if auxiliaries else ""
    left = left[: auxiliaries.start()] if auxiliaries else left
    subject = subject_of(m, left, said, whole, last, sentence, scope)
    if subject is None:
        return None
    subject = replace(subject, owner=whole.unmasked(subject.owner).replace("`", ""))
    state = " ".join(filter(None, (subject.attribute, part["attribute"], part["attribute2"], part["attribute3"])))
    values = whole.named(part["values"] or part["words"] or part["values2"] or "")
    if part["words"] and (
        not subject.attribute or not (part["becomes"] or part["moves"] or part["set"] or part["sets"])
    ):
        return None
    if part["sets"] and re.search(r"\bor\b", part["values"] or "") and not part["before"]:
        return None  # the request chooses the status
    before = left[: subject.start]
    after = _rest(whole.text[m.end() :])
    if is_pronoun(subject.owner) and last is None and known is not None and known.frame == "bound":
        return None
    named = part["values2"] is not None and m.start() == 0
    owner = owner_that_changes(subject, before, last or known, scope, known=not state or named)
    if owner is None or not values or (not state and not _plain(m, values, part["values"] or "", known)):
        return None
    frame = before_it(before, whole.unmasked(before), scope)
    event = Event(
        owner,
        whole.unmasked(_attribute(subject, part)).strip("`"),
        values,
        frame.kind,
        whole.named(part["before"] or part["so"] or subject.was or frame.before or ""),
        frame.when,
        through=whole.named(part["through"]) if part["through"] else (),
    )
    if part["undergoes"]:
        event = replace(event, values=values[-1:], through=values[:-1])
    kind = _kind(m, event, said, before, subject, after, last, scope)
    return replace(event, frame=kind) if kind is not None else None


def _attribute(subject: Subject, part: dict[str, str | None]) -> str:
    """Return the words for the attribute that an event is about, "" for the status itself."""
    words = subject.attribute or part["attribute"] or part["attribute2"] or part["attribute3"] or ""
    words = re.sub(r"\s+(?:attribute|field|parameter|property|value)$", "", words)
    return "" if words.lower() in ("status", "state", "statuses", "states") else words


def _plain(m: re.Match[str], values: Sequence[str], written: str, known: Event | None) -> bool:
    """True if values without the word "status" can only be statuses."""
    if "⟦" in written:
        return all(map(_SURE.match, values))
    if m["moves"] is not None and known is not None and re.search(r"\b(?:this|it)\b", m.string[: m.start()], _FLAGS):
        return True  # the sentence before speaks of a status
    return m["becomes"] is not None and all(value.lower() in _ALONE for value in values)


def _kind(
    m: re.Match[str],
    event: Event,
    said: str,
    before: str,
    subject: Subject,
    after: str,
    last: Event | None,
    scope: Scope,
) -> str | None:
    """Return the condition under which an event happens; None if it does not, or only under another condition."""
    kinds = (event.frame, after_it(after, scope).kind)
    if "inside" in kinds or _BY_ANOTHER.match(after):
        return None
    if "bound" in kinds:
        return "bound" if event.frame == "bound" else None
    if "failed" in kinds:
        return "failed"
    if "otherwise" in kinds:
        return _otherwise(event, last)
    if not _is_made(m, event, scope) or (m["lasts"] is not None and not _lasts(event, after, kinds)):
        return None
    if m["is"] is not None or m["has"] is not None or m["shows"] is not None:
        follows = last is not None and re.match(r"^,?\s*(?:and|then)\b", before.strip() or "and")
        framed = "done" in kinds or event.frame == "during" or _FUTURE.search(said) or _ADVERB.search(said + m[0])
        new = makes(scope.resource, scope) and re.search(r"\binitial\b", before[-20:] + m[0])
        done = (m["is"] is None and _done(subject.owner, scope)) or re.search(
            r"\bafter\s+\w+ing\s*$", m.string[: m.start()]
        )
        if not (framed or follows or new or done or tells_of_the_result(before, subject.owner, after, scope)):
            return None
    if _FOR_A_TIME.search(said + m[0]):
        return "during"
    return next((kind for kind in ("during", "done") if kind in kinds), "none")


def _otherwise(event: Event, last: Event | None) -> str | None:
    """Return what "otherwise" tells of an event: a failure, or the other end of a condition."""
    bad = all(map(_BAD.search, event.values))
    if last is None or bad == (last.frame == "bound"):
        return None
    return "failed" if bad else "either"


def _lasts(event: Event, after: str, kinds: tuple[str, str]) -> bool:
    """True if a status that remains is one of the operation's time: until its end, or of something under way."""
    if re.match(r"^(?:\s+(?:state|status))?,?\s+until\b", after) is not None:
        return True
    own = re.match(r"^(?:\s+(?:state|status))?,?\s+(?:for\s+the\s+duration\s+of|during)\b", after) is not None
    passing = own and not any(re.fullmatch(COMMON, value, _FLAGS) for value in event.values)
    return "during" in kinds and (passing or all(map(is_under_way, event.values)))


def _is_made(m: re.Match[str], event: Event, scope: Scope) -> bool:
    """True if an event with a verb of making, giving or reporting is about the operation's own thing."""
    own = event.owner == scope.resource
    if m["made"] is not None or m["initial"] is not None:
        return makes(scope.resource, scope) and (own or m["made"] is None)
    if m["makes"] is not None:
        created = re.match("creat", m["makes"], _FLAGS) is not None and scope.source is not None
        return makes(event.owner, scope) or (created and scope.source is not None and scope.source.method == "POST")
    if m["told"] is not None:
        return own and event.frame == "done"
    return own or m["gives"] is None


def _done(phrase: str, scope: Scope) -> bool:
    """True if a phrase tells of a thing to which the operation was done: "a stopped car" of "Stop Car"."""
    title = scope.source.title.lower() if scope.source is not None else ""
    found = re.match(r"(?:(?:an?|the|every|each|all)\s+)?(?:successfully\s+)?(?P<verb>[a-z]{4,})ed\b", phrase, _FLAGS)
    return found is not None and found["verb"][:4].lower() in title
