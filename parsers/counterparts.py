"""Operations that refer to another one for their request, response and codes: they get the facts of that one.

The line of such a fact is that of the sentence that refers to the other operation; there the reader finds its title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from specs.model import Counterpart, Operation, Parameter, Request, Response, Responses


def with_counterparts(operations: Sequence[Operation], said: Sequence[tuple[str, int] | None]) -> tuple[Operation, ...]:
    """Give operations the request, the response and the codes of the operation that they refer to by its title.

    Args:
        operations: the operations of a file.
        said: for each operation, the title of the other one and the line of the sentence; None for most.
    """
    return tuple(
        operation
        if told is None
        else _with(operation, *told, [o for o, t in zip(operations, said, strict=True) if not t])
        for operation, told in zip(operations, said, strict=True)
    )


def _with(operation: Operation, title: str, line: int, others: Sequence[Operation]) -> Operation:
    """An operation with the facts of the only other one of a title and of its method; as it is if there is none.

    The facts that it states by itself stay, and so does the path: it needs no other names than its own.
    """
    found = [one for one in others if one.title.lower() == title.lower() and one.method == operation.method]
    if len(found) != 1 or operation.action is not None or found[0].action is not None:
        return operation
    other = found[0]
    named = re.findall(r"{([^{}]+)}", operation.path)
    rows = tuple(row for row in other.request.parameters if row.location != "path" or row.name in named)
    taken: dict[str, Any] = {"same_as": Counterpart(other.id, line)}
    if operation.responses == Responses():
        taken["responses"] = _at(other.responses, line)
    if operation.request == Request():
        taken["request"] = _at(replace(other.request, parameters=rows), line)
    if operation.response == Response():
        taken["response"] = _at(other.response, line)
    return replace(operation, **taken)


def _at(thing: Any, line: int) -> Any:
    """An object of the model with the line of another sentence; parameters keep theirs, of the parameter file."""
    if isinstance(thing, tuple):
        return tuple(_at(item, line) for item in thing)
    if not is_dataclass(thing) or isinstance(thing, Parameter | type):
        return thing
    values = {one.name: getattr(thing, one.name) for one in fields(thing)}
    changes = {
        name: _at(value, line) for name, value in values.items() if isinstance(value, tuple) or is_dataclass(value)
    }
    if values.get("line") is not None:
        changes["line"] = line
    return replace(thing, **changes)
