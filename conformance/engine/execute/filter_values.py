"""Chooses the values with which the filter of a list is tried: one that an element has, and one that none has."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from conformance.engine.api.entries import FORMING
from conformance.engine.model.listing import MOMENT, Listing, Page, values_of

NONE_OF_THEM = "conformance-none-of-them"
NUMBER_OF_NONE = 987654321

LONG_AGO = "2000-01-01T00:00:00Z"
"""A time before all times that a cloud shows."""

_PLAIN = re.compile(r"[\w.:/ -]+")
"""Texts without a special meaning in services that read a filter as a pattern."""

_PAIR = re.compile(rf'\{{"{_PLAIN.pattern}": "{_PLAIN.pattern}"\}}')
"""The JSON text of a name with its value, both of them such texts."""


def text(value: Any) -> str:
    """A value as text for a query: true and false in small letters, since some services take no others."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _forms(pair: tuple[Any, str | None]) -> bool:
    """Whether an element passes from one status to another, so that it may have changed when it is asked for."""
    status = pair[0].get("status") if isinstance(pair[0], Mapping) else None
    return isinstance(status, str) and status.lower().endswith(FORMING)


def _candidates(before: Page, plan: Listing) -> Iterator[tuple[str, Any]]:
    """The names of elements with their values; elements that pass to another status come last."""
    for element, name in sorted(zip(before.elements, before.names, strict=True), key=_forms):
        for value in values_of(element, plan) or ():
            plain = (_PAIR if plan.pairs else _PLAIN).fullmatch(text(value))
            if name is not None and plain:
                yield name, value


def pick(before: Page, plan: Listing, shared: str | None = None) -> tuple[str, Any] | None:
    """The name of an element, and its value for a filter; None if no element has a value.

    A value that another element lacks is preferred, and an element of this run: those of others may go at any time.

    Args:
        before: the whole list.
        plan: the filter.
        shared: the text with which the names of this run's elements begin.

    Returns:
        The name and the value, spelled as in the reference if that names the values of the parameter.
    """
    documented = {text(choice).casefold() for choice in plan.choices}
    # An element may show a value that the reference does not let anybody ask for.
    found = [(n, v) for n, v in _candidates(before, plan) if not documented or text(v).casefold() in documented]
    if plan.match == "least":
        numbers = [(n, v) for n, v in found if isinstance(v, int) and not isinstance(v, bool)]
        distinct = sorted({v for _, v in numbers})
        return next(((n, v) for n, v in numbers if v == distinct[len(distinct) // 2]), None)
    own = _own(before, shared)
    found.sort(key=lambda pair: (not (shared and text(pair[1]).startswith(shared)), pair[0] not in own))
    everywhere = {text(v) for _, v in found if all(text(v) in map(text, _values(e, plan)) for e in before.elements)}
    chosen = next((pair for pair in found if text(pair[1]) not in everywhere), found[0] if found else None)
    if chosen is None:
        return None
    written = next((c for c in plan.choices if text(c).casefold() == text(chosen[1]).casefold()), chosen[1])
    return chosen[0], written


def _own(before: Page, shared: str | None) -> set[str]:
    """The names of the elements of which a field begins as the names of this run's elements do."""
    return {
        name
        for element, name in zip(before.elements, before.names, strict=True)
        if shared
        and name
        and isinstance(element, Mapping)
        and any(text(v).startswith(shared) for v in element.values())
    }


def _values(element: Any, plan: Listing) -> tuple[Any, ...]:
    return values_of(element, plan) or ()


def none_of(before: Page, plan: Listing, value: Any) -> Any:
    """A value that no element of a list has, of the type and form of another value."""
    if isinstance(value, bool) or value in ("True", "False"):
        return not (value if isinstance(value, bool) else value == "True")
    if isinstance(value, int | float):
        return NUMBER_OF_NONE
    taken = {text(v).casefold() for element in before.elements for v in _values(element, plan)}
    for choice in plan.choices:
        if text(choice).casefold() not in taken:
            return choice
    if isinstance(value, str) and MOMENT.match(value):
        return LONG_AGO
    if plan.pairs:
        return json.dumps({NONE_OF_THEM: NONE_OF_THEM})
    if plan.field[-1:] == ("addresses",):
        return "2001:db8:ffff::77" if plan.parameter.endswith("6") else "198.51.100.77"
    try:
        uuid.UUID(text(value))
    except ValueError:
        return NONE_OF_THEM
    return str(uuid.uuid4())
