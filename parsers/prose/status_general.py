"""The general rule for statuses: what a clause about a status means, by the words around the clause.

It reads the sentences of which no other rule has made a fact. Read: "The share must be in the available state"; "can be
deleted only when its status is ``a``"; "the car and the shop are in ``a`` state", of both; "cannot be changed while the
share is in ``a`` state" (a refusal), "unless the status is ``a``" (a need); "If the share is not in ``a`` state, a 409
is returned"; "Only shares in ``a`` state can be moved"; "Applies a patch that is in the Available state"; "Once the
copy is complete, the status becomes ``a``"; "If ``x`` is ``b``, the share enters the ``a`` state". Not read: a clause
of a thing that neither the path, nor the title, nor the known nouns name; a clause under a further condition; one about
a field of the request; one that only explains or reports; and the outcome of a failure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from parsers.document import Block, OperationSource
from parsers.prose.clauses import some, version_clauses, version_range, without_versions
from parsers.prose.codes import codes_in
from parsers.prose.names import LASTING, STATE_MODIFIERS
from parsers.prose.owners import owner_of
from parsers.prose.rules import Failure, Post, Pre, Reading, Refused, Rule, Scope
from parsers.prose.sentences import Sentence, plain, split
from parsers.prose.status_clauses import Clause, clauses_of, cleared, imperative
from parsers.prose.status_forms import of_the_operation
from parsers.prose.status_frames import during, explains, given, makes, meaning
from parsers.prose.status_patterns import ALONE, AND_THEN, OR_FAILED
from parsers.prose.words import attribute, bare, normalised, values
from specs.model import Condition, When
from specs.refusals import Cause, Refusal

_FLAGS = re.IGNORECASE | re.ASCII
_SUBJECT = re.compile(
    r"^(?P<noun>(?:An?|The|This|Each|Every)\s+(?:[\w'/-]+\s+){1,4}?)(?:can|cannot|must|may|is|are)\b", _FLAGS
)
_ARTICLE = re.compile(r"(?:(?:^|\s+)(?:the\s+)?(?:current\s+)?value\s+of)?(?:(?:^|\s+)(?:the|its|their|an?))?$", _FLAGS)
_OPERATION = re.compile(r"\b(?:operation|API|call|method|action|request|command|function|interface)s?\s*$", _FLAGS)
_HEAD = re.compile(r"\b(?:the|an?)\s+(?P<head>[a-z][\w-]*(?:\s+[a-z][\w-]*){0,2})\s+of$", _FLAGS)
_NO_HEAD = re.compile(
    r"\b(?:one|any|all|each|both|none|status|state|value|type|kind|name|id|list|number|details?|case|rest|size|part|set|use|"
    r"copy|instance|content|owner|creation|deletion|removal|\w+ing|\w+tion)$",
    _FLAGS,
)
_FIRST_OF = re.compile(
    r"(?P<first>(?:the|an?|each|every|all|any|this)\s+[\w-]+(?:\s+[\w-]+)?)\s+(?:(?:of|in)\s+(?:the|an?|your|this)\b|(?:to|into|from|on|in)\s+which\b)",
    _FLAGS,
)
"""The first thing of a phrase: "every seat of the car", "the shop into which"."""
_TOGETHER = re.compile(
    r"(?:^|\b(?:if|when|while|unless|until)\s+)(?:both\s+)?(?P<first>(?:the|an?|its)\s+[\w-]+(?:\s+[\w-]+)?)\s+and$",
    _FLAGS,
)
_MODIFIER = re.compile(rf"(?P<modifier>{'|'.join(sorted(STATE_MODIFIERS))}) (?P<attribute>status|state)$", _FLAGS)
_THING_STATUS = re.compile(r"(?P<thing>task|job)\s+(?P<attribute>status|state)$", _FLAGS)
_STATES_BELOW = re.compile(
    r"\b(?:status|state)(?:es|s)?(?:\s+(?:is|are)\s+(?:one|any)\s+of(?:\s+the\s+following)?)?(?P<purpose>\s+to\s+be\s+\w+)?\s*:$",
    _FLAGS,
)
_RESULTS = re.compile(r"\bresult(?:s|ing)?\s+in$", _FLAGS)
_LEAD_OF_A_LIST = re.compile(
    r"\b(?:must(?:\s+not)?|(?:if|when|while|unless)(?:\s+(?:it|they|any\s+of\s+the\s+following))?)\s*:$", _FLAGS
)
"""A lead of which each item is the end: "The share must:", "cannot be deleted if it:"."""
_ITEM = re.compile(
    r"(?P<value>``[^`\s]+``|\*\*[\w -]+\*\*|[\"'][\w-]+[\"']|[A-Za-z][\w-]*)\s*"
    r"(?:$|[.;,:(\u2013]|-\s|\s(?:status|state)\b)"
)
_PASSING = re.compile(r"\s+(?:state\s+|status\s+)?(?:until|while|during)\b", _FLAGS)
_CHOSEN = re.compile(r"(?:Sets?|Changes?|Updates?)\b")
"""The beginning of a lead whose request chooses one of several statuses."""
_NO_ADMIN = re.compile(
    r"^(?:Non-?admin\w*\s+users?|(?:Regular|Ordinary)\s+users?|Users?\s+(?:without|who\s+do\s+not\s+have)\s+(?:the\s+|an?\s+)?admin\w*)\b",
    _FLAGS,
)
"""What a sentence begins with that binds some callers only."""
_INSIDE = re.compile(r"\b(?:in|with|from|on|by|into|under|using|containing|holding|among)\s*$", _FLAGS)
"""What stands before a noun that belongs to another one: "the cars in the shop are"."""


def is_under_way(name: str) -> bool:
    """True if a status names an operation under way: "moving"; not "error_moving", which tells of its failure."""
    word = name.lower()
    last = re.split(r"[_-]", word)[-1]
    return word.endswith("ing") and last not in LASTING and "error" not in word and "fail" not in word


def condition_of(
    clause: Clause, owner: str, line: int, *, becomes: bool = False, passing: bool = False, **extra: object
) -> Condition:
    """Return the condition that a clause states, of a thing: a need, or an outcome if ``becomes`` is given."""
    name = clause.shown_by or attribute(clause.attribute or "status")
    name = None if name in ("status", "state") else name
    names, as_written = normalised(clause.values) if name is None else (clause.values, ())
    changing = all(map(is_under_way, names))
    under_way = becomes and (passing or changing)
    held = {"transient" if under_way else "becomes" if becomes else "any_of": names}
    return Condition("status", owner, line, attribute=name, as_written=as_written, **held, **extra)  # type: ignore[arg-type]  # the names are those of fields of Condition


def _owners(clause: Clause, text: str, scope: Scope) -> tuple[tuple[str | None, ...], str]:
    """Return the things that a clause is about, and the words before them.

    They are two if they are joined ("the car and the shop are"), and the head of "the hook of the car is".
    """
    before = _ARTICLE.sub("", text[: clause.start].rstrip())
    subject = _SUBJECT.match(text) if clause.owner.lower() in ("", "it", "its", "they", "their") else None
    if subject and subject.end() < clause.start:
        operation = _OPERATION.search(subject["noun"]) is not None
        return (scope.resource if operation else owner_of(subject["noun"], scope),), before
    if re.search(r"\bboth\b", f"{before} {clause.owner}", _FLAGS) and not _TOGETHER.search(before):
        return (), before
    if clause.form in ("is", "change") and (m := _HEAD.search(before)) and not _NO_HEAD.search(m["head"]):
        return (owner_of(m["head"], scope),), before[: m.start()]
    if not clause.attribute and "available" in clause.values and re.match(r"an?\s", clause.owner, _FLAGS):
        return (), before  # "a network is available" says that there is one
    if clause.form != "noun" and clause.owner and _INSIDE.search(before) and not _RESULTS.search(before):
        return (), before
    marked = not clause.attribute and not all(value.lower() in ALONE for value in clause.values)
    first = _FIRST_OF.match(clause.owner)
    if first is not None and owner_of(first["first"], scope) is not None:
        return (owner_of(first["first"], scope),), before
    one = owner_of(clause.owner, scope, another=not marked)
    plural = clause.form == "is" and re.search(r"\b(?:are|must|have|should|need)\b", text[clause.start : clause.end])
    first = _TOGETHER.search(before) if plural else None
    if first is None:
        return (one,), before
    other = owner_of(first["first"], scope)
    return () if other is None else (other, one), before[: first.start("first")]


def _general(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2, C1: what the clauses of a sentence say of statuses."""
    if _LEAD_OF_A_LIST.search(sentence.text) and sentence.items:
        below = [_general(_item_of(sentence, item), scope) for item in sentence.items]
        held = tuple(fact for reading in below if reading is not None for fact in reading.facts)
        return Reading(held) if held else None
    listed = _listed_below(sentence)
    text = imperative(cleared(without_versions(listed or sentence.text)))
    if scope.source is None or explains(text) or len(version_clauses(sentence.text)) > 1:
        return None
    if sentence.block.block == "troubleshooting" or sentence.block.kind == "cell" or not of_the_operation(text, scope):
        return None
    facts = [fact for clause in clauses_of(text) for fact in _facts(clause, text, sentence, scope)]
    return Reading(tuple(facts), items=listed is not None) if facts else None


def _item_of(sentence: Sentence, item: Block) -> Sentence:
    """Return the sentence that a lead and an item of the list below it make: "must:" and "have a status of ``a``"."""
    first = split(item.text)[0] if item.text.strip() else ""
    text = f"{sentence.text.removesuffix(':').rstrip()} {first.rstrip('.')}."
    return replace(sentence, text=text, block=replace(sentence.block, line=item.line), items=())


def _listed_below(sentence: Sentence) -> str | None:
    """Return a sentence with the statuses of the list below it: "cannot be moved in any of these states:"."""
    below = _STATES_BELOW.search(sentence.text) if sentence.items else None
    if below is None:
        return None
    found = [_ITEM.match(plain(item.text)) for item in sentence.items]
    below_it = [m["value"] for m in found if m is not None]
    lead = sentence.text.removesuffix(":").rstrip().removesuffix(below["purpose"] or "")
    return f"{lead}: {', '.join(below_it)}." if len(below_it) == len(found) else None


def _causes(clause: Clause, owner: str, scope: Scope) -> Iterator[Cause]:
    """Yield the reasons of a refusal: the status, or each value of another attribute."""
    name = attribute(clause.attribute or "status")
    if name is None:
        yield Cause(resource=owner, status=normalised(clause.values)[0])
        return
    for value in clause.values:
        own = f" {scope.resource}".endswith(f" {owner}")
        yield Cause(resource=None if own else owner, has=((name, value),))


def of_its_thing(clause: Clause, scope: Scope) -> Clause:
    """Return a clause about "the task status" as one about the task, if the operation is about tasks.

    So it is with a word that the title joins to the thing: "the mount target state" of "Delete Mount Target".
    """
    named = _MODIFIER.match(clause.attribute)
    if named is not None and scope.source is not None and clause.owner:
        thing = f"{clause.owner} {named['modifier']}".lower()
        if re.search(rf"\b{re.escape(re.sub(r'^(?:the|an?|its) ', '', thing))}s?\b", scope.source.title, _FLAGS):
            return replace(clause, owner=thing, attribute=named["attribute"])
    m = _THING_STATUS.match(clause.attribute)
    if m is None or clause.owner.lower() not in ("", "the") or scope.source is None:
        return clause
    prose = " ".join((scope.source.path, scope.source.title, *(block.text for block in scope.source.blocks)))
    is_thing = re.search(rf"\b{m['thing']}s?\b(?![ _](?:status|state|id)\b)", prose, _FLAGS)
    return replace(clause, owner=m["thing"], attribute=m["attribute"]) if is_thing else clause


def is_requested(clause: Clause, scope: Scope) -> bool:
    """True if a clause is about a field of the request: "the ``status`` field must be one of ``a``, ``b``"."""
    if clause.owner.lower() not in ("", "the", "this") or clause.attribute[:1] not in "`*" or scope.source is None:
        return False
    rows = {row.parameter.name.split(".")[-1] for row in scope.source.rows if row.section == "request"}
    return bare(clause.attribute) in rows


def _facts(clause: Clause, text: str, sentence: Sentence, scope: Scope) -> Iterator[Pre | Post | Refused | Failure]:
    """Yield the facts of one clause of a sentence."""
    clause = of_its_thing(clause, scope)
    owners, before = _owners(clause, text, scope)
    says = meaning(clause, before, text, sentence, scope)
    chosen = _CHOSEN.match(text) is not None and " or " in text[clause.start : clause.end]
    if says is None or not clause.values or (says == "becomes" and chosen):
        return
    low, high = version_range(sentence.text) or (None, None)
    found = [code for code in codes_in(sentence.text) if code >= 400]
    code = found[0] if len(found) == 1 else None
    field = given(text[: clause.start])
    when = some(replace(field or When(), min=low, max=high))
    ordinary = _NO_ADMIN.match(text) is not None
    for owner in owners:
        if owner is None or is_requested(clause, scope) or (says in ("needed", "refused") and makes(owner, scope)):
            continue
        if says == "needed" and not ordinary:
            yield Pre(condition_of(clause, owner, sentence.line, code=code, when=when))
        elif says == "fails":
            told = condition_of(clause, owner, sentence.line)
            yield Failure(owner, told.attribute, told.any_of, sentence.line)
        elif says == "becomes":
            yield from _changes(clause, owner, text, sentence, when)
        elif field is None:
            lacks = ("admin",) if ordinary else ()
            for cause in (replace(cause, lacks=lacks) for cause in _causes(clause, owner, scope)):
                yield Refused(Refusal(cause, code, sentence.line, low, high))


def _changes(clause: Clause, owner: str, text: str, sentence: Sentence, when: When | None) -> Iterator[Post | Failure]:
    """Yield the outcome that a clause states, with what the words after it add: a later status, that of a failure."""
    after = text[clause.end :]
    then, failed = AND_THEN.match(after), OR_FAILED.match(after)
    passing = _PASSING.match(after) is not None or during(text) or then is not None
    told = condition_of(clause, owner, sentence.line, becomes=True, passing=passing, when=when)
    if then is not None:
        found = tuple(value.text for value in values(then["values"])) or (then["values"],)
        told = replace(told, becomes=normalised(found)[0] if told.attribute is None else found)
    yield Post(told)
    if failed is not None:
        found = tuple(value.text for value in values(failed["values"]))
        yield Failure(owner, told.attribute, found, sentence.line)


def read_title(source: OperationSource, scope: Scope) -> tuple[Pre, ...]:
    """Return the needs that an operation's title states: "Applies a patch that is in the Available state"."""
    block = Block(source.title, source.line, "title")
    reading = _general(Sentence(source.title, block, 0), scope) if "stat" in source.title else None
    return tuple(fact for fact in reading.facts if isinstance(fact, Pre)) if reading else ()


_CUES = (
    *("stat", "active", "available", "running", "stopped", "paused", "suspended", "in-use", "in use", "idle", "queued"),
    *(
        "can not",
        "cannot",
        "shelved",
        "powered",
        "offline",
        "error",
        "shutoff",
        "normal",
        "must:",
        "not:",
        "if:",
        "it:",
        "when:",
        "they:",
    ),
)

RULES = (Rule("status-in-general", "B2", _general, _CUES),)
