"""Writes the statuses of conditions as the vocabulary of their thing writes them.

A reference may say "must be active" of a thing whose status the API gives as ``ACTIVE``; statuses are compared by case.
A need of statuses that a documented vocabulary lacks in any spelling has no case: every other status would be taken
for one in which the request is to be refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from conformance.engine.api.service import ServiceDescription
from specs.model import Condition, Spec, When

UNKNOWN = "unknown-status"
"""The environment of a need whose statuses the vocabulary lacks: no trial has it."""


def spelled(specs: Sequence[Spec], of: Iterable[Spec], service: ServiceDescription) -> list[Spec]:
    """Return the specs of ``of`` with the spelling that the vocabularies of all specs, and the description, use."""
    documented: dict[str, dict[str, str]] = {}
    for spec in specs:
        for words in spec.vocabulary:
            if words.attribute == "status":
                documented.setdefault(words.resource, {}).update((one.lower(), one) for one in words.values)
    known = {resource: dict(words) for resource, words in documented.items()}
    for resource in service.resources:
        own = known.setdefault(resource.kind, {})
        own.update((one.lower(), one) for one in (*resource.stable_statuses, resource.initial_status))
    return [_of_a_spec(spec, known, documented) for spec in of]


def _of_a_spec(spec: Spec, known: Mapping[str, Mapping[str, str]], documented: Mapping[str, Mapping[str, str]]) -> Spec:
    operations = tuple(
        replace(
            operation,
            preconditions=tuple(_needed(c, known, documented) for c in operation.preconditions),
            postconditions=tuple(_written(c, known) for c in operation.postconditions),
        )
        for operation in spec.operations
    )
    return spec if operations == spec.operations else replace(spec, operations=operations)


def _written(condition: Condition, known: Mapping[str, Mapping[str, str]]) -> Condition:
    """Return a condition on a status with the statuses in their own spelling."""
    words = known.get(condition.resource)
    if not words or condition.kind != "status" or condition.attribute not in (None, "status"):
        return condition
    there = frozenset(words.values())

    def own(statuses: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one if one in there else words.get(one.lower(), one) for one in statuses)

    return replace(
        condition,
        any_of=own(condition.any_of),
        becomes=own(condition.becomes),
        transient=own(condition.transient),
        on_failure=own(condition.on_failure),
    )


def _needed(
    condition: Condition, known: Mapping[str, Mapping[str, str]], documented: Mapping[str, Mapping[str, str]]
) -> Condition:
    """Return a need in its own spelling; one of unknown statuses only holds where no trial is."""
    found = _written(condition, known)
    if condition.resource not in documented or found.kind != "status" or found.attribute not in (None, "status"):
        return found
    there = frozenset(known[condition.resource].values())
    when = found.when or When()
    if not found.any_of or when.environment is not None or there & set(found.any_of):
        return found
    return replace(found, when=replace(when, environment=UNKNOWN))
