"""Operations that end what another one begins, by their words: ``addAccess`` and ``removeAccess``, ``set_keys`` and
``unset_keys``, ``/gears/{gear_id}/associate`` and ``/gears/{gear_id}/disassociate``.

Nothing can be taken away that is not there, and nothing is to stay that no list of things shows. So the one that begins
goes before each request of the one that ends, and the one that ends after each accepted request of the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.engine.api.producers import form, placeholders
from conformance.engine.api.service import ServiceDescription, StepSection
from conformance.engine.model.binding import Step
from specs.model import Operation

ENDS: Mapping[str, str] = {"add": "remove", "set": "unset", "associate": "disassociate"}
"""Word of an operation that begins something -> the word of the one that ends it."""

_WORD = re.compile(rf"(?P<before>(?:[a-z]+-)?)(?P<verb>{'|'.join(ENDS)})(?P<rest>(?:[_-].+|[A-Z].*)?)")
"""A word such as ``add_peer``, ``os-set_keys``, ``addAccess`` or ``associate``."""


@dataclass(frozen=True)
class Opposites:
    """Two operations, of which one ends what the other begins."""

    begins: Operation
    ends: Operation


def opposites(operations: Iterable[Operation]) -> Iterator[Opposites]:
    """The pairs among the operations of a reference, in its order.

    Both name the same: the body of the one that ends has no required field that the other one does not know.
    """
    known = {_place(operation): operation for operation in operations}
    for (above, word, action), operation in known.items():
        told = _WORD.fullmatch(word)
        other = known.get((above, f"{told['before']}{ENDS[told['verb']]}{told['rest']}", action)) if told else None
        if other is not None and _fields(other, required=True) <= _fields(operation):
            yield Opposites(operation, other)


def steps(
    operations: Iterable[Operation], service: ServiceDescription, section: StepSection
) -> Iterator[tuple[str, Step]]:
    """The steps of a section that opposites imply, by the id of the operation with which they go.

    A description's own steps of an operation stand alone. A resource under test is led by its statuses, and needs none.
    What a described refusal begins before its request is ended after it, too.
    """
    for pair in opposites(operations):
        led = {one.identifier for one in service.resources} & {*placeholders(pair.begins.path)}
        other = pair.begins if section == "steps_after" else pair.ends
        step = pair.begins if section == "steps_before" else pair.ends
        if not led and not service.steps(other, section):
            yield other.id, Step(step.id, {})
        for refusal in service.refusals if not led and section == "undo_refused" else ():
            if any(one.operation == pair.begins.id for one in refusal.steps):
                yield refusal.operation, Step(pair.ends.id, {})


def _place(operation: Operation) -> tuple[str, str, bool]:
    """The path of the thing that an operation is about, its word, and whether the word is that of an action."""
    if operation.action is not None:
        return form(operation.path), operation.action, True
    above, _, word = operation.path.rpartition("/")
    return form(above), word, False


def _fields(operation: Operation, required: bool = False) -> set[str]:
    """The names of the fields of a body, or of those that are required; that of the action is none."""
    rows = (row for row in operation.request.parameters if row.location == "body" and row.name != operation.action)
    return {row.name for row in rows if row.required or not required}
