"""The list of all rules, and the functions that read a text with them.

Every rule of ``RULES`` sees every sentence, and the facts of all rules that read it count. A sentence that none of
them reads is given to the ``LAST_RULES``, one after the other, until one reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import get_args

from parsers.document import Block
from parsers.meant import meant
from parsers.prose import (
    advice,
    asked_for,
    blanks,
    bodies,
    boilerplate,
    choices,
    codes,
    codes_apart,
    counterparts,
    effects,
    guards,
    headers,
    holdings,
    items,
    lifecycle,
    locks,
    needs,
    outcomes,
    plain,
    policy,
    postconditions,
    refusals,
    status,
    status_changes,
    status_forms,
    status_general,
    status_named,
    status_only,
    surroundings,
    tables_of,
    together,
    versions,
    vocabulary,
)
from parsers.prose.clauses import undated
from parsers.prose.code_lists import read_code_lists
from parsers.prose.forms import Cued
from parsers.prose.leads import RULES as LEADS
from parsers.prose.leads import bounded
from parsers.prose.partly import partly_read
from parsers.prose.rules import (
    CodeRange,
    Constraint,
    Fact,
    Failure,
    Gate,
    Post,
    Pre,
    Reading,
    Refusal,
    Refused,
    Rule,
    Scope,
)
from parsers.prose.sentences import DECLARED, LONGEST, Sentence, in_blocks
from specs.model import Code, Versions, When

RULES: tuple[Rule, ...] = (
    *versions.RULES,
    *policy.RULES,
    *status.RULES,
    *status_forms.RULES,
    *status_only.RULES,
    *status_changes.RULES,
    *status_named.RULES,
    *locks.RULES,
    *surroundings.RULES,
    *postconditions.RULES,
    *effects.RULES,
    *codes.RULES,
    *codes_apart.RULES,
    *refusals.RULES,
    *together.RULES,
    *guards.RULES,
    *needs.RULES,
    *holdings.RULES,
    *bodies.RULES,
    *lifecycle.RULES,
    *vocabulary.RULES,
    *choices.RULES,
    *blanks.RULES,
    *asked_for.RULES,
    *tables_of.RULES,
    *counterparts.RULES,
    *headers.RULES,
)
_SHORTEST = 4
"""Smallest number of words of a table cell that counts as a sentence, not as a name or a value."""

_OF_A_SITUATION = tuple(kind for kind in get_args(Fact) if kind not in (Code, CodeRange))
"""The kinds of facts beside which the general rule for statuses does not read; a code may have a cause, too."""

_OF_A_ROW = (Pre, Post, Failure, Refusal, Refused, Code, CodeRange, Constraint)

LAST_RULES: tuple[Rule, ...] = (*surroundings.LAST_RULES, *LEADS, *boilerplate.RULES, *advice.RULES, *plain.RULES)

_FIRST, _GENERAL, _LAST = (
    Cued((rule, rule.cues) for rule in rules) for rules in (RULES, (*status_general.RULES, *items.RULES), LAST_RULES)
)


_DECLARED = Rule("declared", "Z", lambda sentence, scope: None)  # noqa: ARG005 -- every rule takes both
"""The rule that stands beside a sentence that the user has declared how to read."""


@dataclass(frozen=True)
class Taken:
    """A sentence, with the rules that read it and the facts that they found."""

    sentence: Sentence
    rules: tuple[Rule, ...] = ()
    facts: tuple[Fact, ...] = ()
    whole: bool = True

    @property
    def outcome(self) -> str:
        """``fact``, ``nothing`` (known to promise nothing) or ``unread`` (also if only a part was read)."""
        if not self.whole or not (self.facts or self.rules):
            return "unread"
        return "fact" if self.facts else "nothing"


@dataclass
class Text:
    """A text read sentence by sentence."""

    taken: list[Taken] = field(default_factory=list)

    @property
    def unread(self) -> tuple[int, ...]:
        """The lines of the sentences that no rule read, each once, in order."""
        return tuple(dict.fromkeys(t.sentence.line for t in self.taken if t.outcome == "unread"))

    @property
    def unread_sentences(self) -> tuple[tuple[int, str], ...]:
        """The sentences that no rule read, each with its line."""
        return tuple((t.sentence.line, t.sentence.text) for t in self.taken if t.outcome == "unread")

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All facts in the order of the text."""
        return tuple(f for t in self.taken for f in t.facts)


def read_sentence(sentence: Sentence, scope: Scope) -> tuple[Taken, bool]:
    """Read one sentence. The second value is True if the list below it was read with it.

    A misspelt directive is not a sentence: it stays unread.
    """
    if sentence.text == DECLARED:
        return Taken(sentence, (_DECLARED,)), False
    version, bare = undated(sentence.text)
    if version is not None:
        rest, below = read_sentence(replace(sentence, text=bare), scope)
        gate = (Gate(Versions(min=version, line=sentence.line)),) if _leads(sentence, scope) else ()
        return replace(rest, sentence=sentence, facts=(*rest.facts, *gate), whole=rest.outcome != "unread"), below
    if len(sentence.text) > LONGEST or meant(sentence.text) is not None:
        return Taken(sentence), False
    taken, below = _read(sentence, scope)
    told = outcomes.joined(taken.facts, sentence, scope)
    if told is not None:
        taken = replace(taken, rules=(*taken.rules, outcomes.RULE), facts=told, whole=True)
    if taken.outcome == "fact" and partly_read(sentence, taken.facts, lambda part: _told(part, scope)):
        taken = replace(taken, whole=False)
    return taken, below


def _told(sentence: Sentence, scope: Scope) -> tuple[str, tuple[Fact, ...]]:
    """Return the outcome of a sentence and its facts."""
    taken, _ = read_sentence(sentence, scope)
    return taken.outcome, taken.facts


def _read(sentence: Sentence, scope: Scope) -> tuple[Taken, bool]:
    """Read one sentence by the rules of all kinds; the second value is that of ``read_sentence``."""
    took: list[Rule] = []
    facts: list[Fact] = []
    below = part = whole = False
    for rule, reading in _readings(_FIRST, sentence, scope):
        took.append(rule)
        facts += reading.facts
        below = below or reading.items
        part = part or not reading.whole
        whole = whole or (reading.whole and bool(reading.facts))
    if all(map(_leaves_room, facts)):
        # The general rule must not say again, in other words, what a rule for the very form has read.
        for rule, reading in tuple(_readings(_GENERAL, sentence, scope)):
            if reading.facts or not took:
                return Taken(sentence, (*took, rule), (*facts, *reading.facts)), below or reading.items
    if not took:
        for rule, reading in _readings(_LAST, sentence, scope):
            return Taken(sentence, (rule,), reading.facts), reading.items
    return Taken(sentence, tuple(took), tuple(facts), whole or not part), below


def _leaves_room(fact: Fact) -> bool:
    """True for a fact beside which a sentence may state a status: a code, or a refusal for another reason."""
    if isinstance(fact, Refused):
        cause = fact.refusal.cause
        return not (cause.status or cause.has or cause.has_not)
    return not isinstance(fact, _OF_A_SITUATION)


def _readings(rules: Cued[Rule], sentence: Sentence, scope: Scope) -> Iterator[tuple[Rule, Reading]]:
    """Yield each rule that reads a sentence, with its reading."""
    for rule in rules.within(sentence.text.lower()):
        if (reading := rule.read(sentence, scope)) is not None:
            yield rule, reading


def _leads(sentence: Sentence, scope: Scope) -> bool:
    """True for the first sentence of an operation's first paragraph, which is about all of the operation."""
    blocks = scope.source.blocks if scope.source is not None else ()
    return sentence.first and next((b for b in blocks if b.kind == "paragraph"), None) == sentence.block


def read_text(blocks: Sequence[Block], scope: Scope) -> Text:
    """Read all prose of some blocks. Lists of codes are read elsewhere."""
    result = Text()
    lists = read_code_lists(tuple(blocks))
    done = set(lists.read)
    if scope.source is not None and scope.source.statuses:
        done |= lists.unread  # a label above a table of codes
    for sentence in in_blocks(blocks):
        if sentence.index in done:
            continue
        if sentence.index in lists.unread:
            result.taken.append(Taken(sentence))
            continue
        taken, items = read_sentence(sentence, scope)
        facts = bounded(taken.facts, blocks, sentence.index)
        result.taken.append(taken if facts is taken.facts else replace(taken, facts=facts))
        if items:
            done.update(
                i for i, block in enumerate(blocks) if block.parent == sentence.index and block in sentence.items
            )
    done.update(vocabulary.tables(blocks))
    for sentence, name in _in_tables(blocks, done):
        result.taken.append(_of_a_row(read_sentence(sentence, scope)[0], name, scope))
    result.taken.sort(key=lambda taken: taken.sentence.index)
    return result


def _of_a_row(taken: Taken, name: str | None, scope: Scope) -> Taken:
    """Return the reading of a table cell without facts about the whole operation: a cell is about its row only.

    A need holds for requests that give the row's field; an operation that only reads has none.
    """
    reads = scope.source is not None and scope.source.method in ("GET", "HEAD")
    kept: list[Fact] = []
    for fact in taken.facts:
        if isinstance(fact, Pre) and fact.condition.kind == "status":
            if reads:
                continue
            if name is not None and fact.condition.when is None:
                kept.append(Pre(replace(fact.condition, when=When(present=(name,)))))
                continue
        if isinstance(fact, _OF_A_ROW):
            kept.append(fact)
    return replace(taken, facts=tuple(kept), rules=taken.rules if kept or not taken.facts else ())


_FIELD = re.compile(r"(?:``|\*\*)?(?P<name>[a-z][\w:.-]*)(?:``|\*\*)?$")


def _in_tables(blocks: Sequence[Block], done: set[int]) -> Iterator[tuple[Sentence, str | None]]:
    """Yield the sentences in the cells of tables, each with the line of its row and the field that the row names."""
    for index, block in enumerate(blocks):
        if block.kind != "table" or index in done:
            continue
        rows = block.text.split("\n")
        for row, line in zip(rows, block.lines or (block.line,) * len(rows), strict=True):
            cells = row.split(" | ")
            field_ = _FIELD.match(cells[0].strip())
            for cell in cells:
                if len(cell.split()) >= _SHORTEST:
                    held = replace(block, text=cell, line=line, kind="cell", block=None, lines=())
                    for sentence in in_blocks((held,)):
                        yield replace(sentence, index=index), field_["name"] if field_ else None
