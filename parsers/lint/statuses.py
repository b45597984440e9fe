"""Names of statuses, compared with the documented vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from parsers.lint.findings import CERTAIN, Place, Rule
from parsers.prose.names import STATUS_NAMES

if TYPE_CHECKING:
    from parsers.lint.view import View
    from specs.model import Condition


def vocabularies(view: View) -> dict[str, frozenset[str]]:
    """Return the documented statuses by resource, in capitals."""
    found: dict[str, frozenset[str]] = {}
    for spec in view.specs.values():
        for held in spec.vocabulary:
            if held.attribute == "status":
                names = frozenset(value.upper() for value in held.values)
                found[held.resource] = found.get(held.resource, frozenset()) | names
    return found


def _named(condition: Condition) -> tuple[str, ...]:
    return (
        condition.as_written
        or (*condition.any_of, *condition.becomes, *condition.transient)
    ) + condition.on_failure  # fmt: skip


def _undocumented(view: View) -> Iterator[Place]:
    """Find conditions that name an undocumented status of a resource.

    Only names in capitals count: a word in lower case may describe a state without naming it.
    """
    known = vocabularies(view)
    for subject in view.subjects:
        for condition in (*subject.operation.preconditions, *subject.operation.postconditions):
            held = known.get(condition.resource)
            if held is None or condition.kind != "status" or condition.attribute is not None:
                continue
            for name in dict.fromkeys(_named(condition)):
                if not name.isupper() or name in held:
                    continue
                meant = STATUS_NAMES.get(name)
                advice = (
                    f"the documented name is {meant}; write {meant}"
                    if meant in held
                    else f"write one of {', '.join(sorted(held))}"
                )
                yield Place(
                    subject.path,
                    condition.line,
                    f"{name} is not a documented status of a {condition.resource}; {advice}",
                )


RULES = (Rule("undocumented-status", CERTAIN, "A condition names an undocumented status.", _undocumented),)
