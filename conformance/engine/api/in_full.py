"""Full ids in place of the shorter names by which a description names single operations.

Where an entry is for all operations that a pattern means, the pattern stays: see ``patterns.means``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from conformance.engine.api.patterns import names_of
from conformance.engine.api.service import ServiceDescription

SECTIONS = (
    *("resources", "untestable", "tried_last", "producers", "quotas", "placeholder_sources", "refusals"),
    *("steps_before", "steps_after", "before_refusal", "undo_refused", "preconditions_to_show"),
)
"""The sections in which single operations are named."""

_HOLD = frozenset({"operation", "seen_by", "lock", "unlock", "list_operation", "show_operation", "detach"})
_HOLD |= {"long_operations", "existing", "tried_last"}
"""Attributes of entries, and sections, that hold the name of an operation, or several of them."""

_KEYS = frozenset({"untestable", "statuses_to_try", "brought_back"})
"""Those in which the names of operations are keys."""


def in_full(service: ServiceDescription, operations: Iterable[str]) -> ServiceDescription:
    """The description, with the id of each operation that it names by a shorter name.

    Args:
        service: the description.
        operations: the ids of all operations of the reference. A name that several of them have names none.
    """
    ids = tuple(operations)
    count = Counter(name for one in ids for name in names_of(one))
    known = {name: one for one in ids for name in names_of(one) if count[name] == 1} | {one: one for one in ids}
    sections = {name: _in_full(getattr(service, name), known, name) for name in SECTIONS}
    under = next((one for one in sections["resources"] if one.kind == service.resource), service.under_test)
    return replace(service, **sections, under_test=under)


def _in_full(value: Any, known: Mapping[str, str], name: str = "") -> Any:
    """The value of an attribute or a section with full ids at any depth; as it is if it has no shorter name."""
    if isinstance(value, str):
        return known.get(value, value) if name in _HOLD else value
    if isinstance(value, tuple | frozenset):
        found = [_in_full(one, known, name) for one in value]
        return value if all(new is old for new, old in zip(found, value, strict=True)) else type(value)(found)
    if isinstance(value, Mapping) and name == "producers":
        said = {at: one if isinstance(one, tuple) else (one,) for at, one in value.items()}
        full = {at: (known.get(one[0], one[0]), *one[1:]) for at, one in said.items()}
        return {at: one if len(one) > 1 else one[0] for at, one in full.items()}
    if isinstance(value, Mapping):
        keys = known if name in _KEYS else {}
        return {keys.get(key, key): _in_full(one, known) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        held = {one.name: getattr(value, one.name) for one in fields(value) if one.init}
        full = {attribute: _in_full(one, known, attribute) for attribute, one in held.items()}
        changed = {attribute: one for attribute, one in full.items() if one != held[attribute]}
        return replace(value, **changed) if changed else value
    return value
