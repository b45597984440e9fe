"""Status preconditions in the descriptions of request parameters (B3): "only allowed when the share is in ``A`` state".

Such a condition holds for requests that give the parameter. Its line is that of the row in the document. Not read: the
values of other request fields, and conditions that hold for some versions only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from parsers.document import OperationSource
from parsers.prose.constraints import sentences_of
from parsers.prose.forms import holds
from parsers.prose.rules import Pre, Scope
from parsers.prose.sentences import LONGEST
from parsers.prose.status import RULES
from specs.model import Condition, When


def read_conditions(source: OperationSource, scope: Scope) -> tuple[Condition, ...]:
    """Return the preconditions that the descriptions of the request's body fields state."""
    return tuple(dict.fromkeys(_conditions(source, scope)))


def _conditions(source: OperationSource, scope: Scope) -> Iterator[Condition]:
    for row in source.rows:
        if row.section != "request" or row.parameter.location != "body":
            continue
        for sentence in sentences_of(row):
            words = sentence.text.lower()
            if len(sentence.text) > LONGEST or "stat" not in words:
                continue
            readings = (rule.read(sentence, scope) for rule in RULES if holds(words, rule.cues))
            for fact in (fact for reading in readings if reading is not None for fact in reading.facts):
                if isinstance(fact, Pre) and fact.condition.attribute is None and _unbound(fact.condition.when):
                    yield replace(fact.condition, line=row.row_line, when=When(present=(row.parameter.name,)))


def _unbound(when: When | None) -> bool:
    return when is None or when == When(present=when.present)


def with_conditions(found: tuple[Condition, ...], more: Sequence[Condition]) -> tuple[Condition, ...]:
    """Return the preconditions with further ones, without those that a sentence of the operation states already."""

    def said(one: Condition) -> bool:
        return any(
            (held.kind, held.resource, held.any_of) == (one.kind, one.resource, one.any_of)
            and (held.when is None or set(one.when.present if one.when else ()) <= set(held.when.present))
            for held in found
        )

    return (*found, *(one for one in more if not said(one)))
