"""Where in a response body a documented field stands.

A response table is flat, so the place of a row follows from the samples: a dotted name is a chain of keys, a plain one
the shallowest key of that name. Lists on the way are passed through. A row that no sample shows is placed below its
parent, where the parent has a place; what has no place is not judged (``Untested``, reason ``no-place``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from specs.model import Operation, Parameter

Place = tuple[str, ...]
"""Keys from the top of the body; ``[]`` stands for every element of a list."""


def _walk(body: Any) -> Iterator[tuple[Place, Any]]:
    """Every place in a body with its value, shallowest first."""
    queue: deque[tuple[Place, Any]] = deque([((), body)])
    while queue:
        place, value = queue.popleft()
        if place:
            yield place, value
        if isinstance(value, dict):
            for key, child in value.items():
                queue.append(((*place, key), child))
        elif isinstance(value, list):
            for child in value[:3]:
                queue.append(((*place, "[]"), child))


def _keys(place: Place) -> tuple[str, ...]:
    return tuple(key for key in place if key != "[]")


def place_of(operation: Operation, row: Parameter) -> Place | None:
    """The place of a response row in the body, or None where the reference shows none."""
    bodies = [s.body for s in operation.response.samples if s.valid]
    place = _in_bodies(bodies, row.name)
    if place is not None:
        return place
    parent, dot, last = row.name.rpartition(".")
    if dot and any(r.name == parent for r in operation.response.parameters):
        above = _in_bodies(bodies, parent)
        if above is not None:
            is_list = any(r.name == parent and r.type in ("array", "list") for r in operation.response.parameters)
            return (*above, "[]", last) if is_list else (*above, last)
    return None


def _in_bodies(bodies: list[Any], name: str) -> Place | None:
    chain = tuple(name.split("."))
    best: Place | None = None
    for body in bodies:
        for place, _ in _walk(body):
            keys = _keys(place)
            if not keys:
                continue
            if keys[-1] == name or (len(chain) > 1 and keys[-len(chain) :] == chain):
                if best is None or len(_keys(place)) < len(_keys(best)):
                    best = place
                break
    return best


def values_at(body: Any, place: Place) -> tuple[list[Any], int]:
    """The values at a place, and how many parents (of the last key) there were.

    A parent that lacks the key counts as a parent and gives no value: ``len(values) < parents`` means that the field is
    missing somewhere; no parents at all means that the body could not show it (an empty list, a null object).
    """
    parents = [body]
    for key in place[:-1]:
        parents = [child for parent in parents for child in _children(parent, key)]
    if place[-1] == "[]":
        values = [child for parent in parents for child in _children(parent, "[]")]
        return values, len(values)
    holders = [p for p in parents if isinstance(p, dict)]
    return [p[place[-1]] for p in holders if place[-1] in p], len(holders)


def _children(parent: Any, key: str) -> list[Any]:
    if key == "[]":
        return list(parent) if isinstance(parent, list) else []
    return [parent[key]] if isinstance(parent, dict) and key in parent else []
