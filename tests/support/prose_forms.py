"""Sentences of our own for the tests of the grammar, with the scope that they need."""

from __future__ import annotations

from typing import Any

from parsers.document import Block, FileContext, OperationSource, ParameterRow
from parsers.prose import ProseFacts, read_operation
from parsers.prose.grammar import Taken, read_text
from parsers.prose.rules import Fact, Post, Pre, Scope
from specs.model import Condition, Parameter

CONTEXT = FileContext("api-ref/source/things.inc", "Things")


def row(name: str, description: str = "", *, section: str = "request", **extra: Any) -> ParameterRow:
    """A row of a table, of the body unless said otherwise."""
    location = extra.pop("location", "body")
    kind = extra.pop("type", "string")
    required = extra.pop("required", False)
    parameter = Parameter(name, location, kind, required=required, ref=name, line=1, **extra)
    return ParameterRow(parameter, 1, section, description=description)  # type: ignore[arg-type]


def operation(
    *texts: str | Block,
    path: str = "/shares/{share_id}/action",
    title: str = "Grow A Share (grow Action)",
    rows: tuple[ParameterRow, ...] = (),
    preamble: tuple[Block, ...] = (),
    method: str = "POST",
) -> OperationSource:
    """An operation whose blocks are paragraphs on lines 10, 20, ... unless given as blocks."""
    blocks = tuple(t if isinstance(t, Block) else Block(t, 10 * n) for n, t in enumerate(texts, 1))
    return OperationSource(title, 5, method, path, 6, rows=rows, blocks=blocks, preamble=preamble)


def read(*texts: str | Block, **extra: Any) -> ProseFacts:
    """The facts of an operation."""
    return read_operation(operation(*texts, **extra), CONTEXT)


def taken(text: str | Block, **extra: Any) -> Taken:
    """What takes a text of one sentence."""
    block = text if isinstance(text, Block) else Block(text, 10)
    source = operation(block, **extra)
    enums = {r.parameter.name: tuple(r.parameter.enum) for r in source.rows}
    found = read_text((block,), Scope(CONTEXT, source, enums)).taken
    assert len(found) == 1, found
    return found[0]


def facts(text: str | Block, **extra: Any) -> tuple[Fact, ...]:
    """The facts of a text of one sentence."""
    return taken(text, **extra).facts


def pre(text: str | Block, **extra: Any) -> list[Condition]:
    """Its preconditions."""
    return [f.condition for f in facts(text, **extra) if isinstance(f, Pre)]


def post(text: str | Block, **extra: Any) -> list[Condition]:
    """Its postconditions."""
    return [f.condition for f in facts(text, **extra) if isinstance(f, Post)]


def within(block: str, text: str, line: int = 10) -> Block:
    """A paragraph within a bold block."""
    return Block(text, line, block=block)
