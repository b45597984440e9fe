"""Looks up, sets and replaces JSON values by paths of keys.

In a path ``[]`` stands for the first element of a list, and ``{}`` for the first member of an object whose keys are
data and not documented fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conformance.engine.api.response_fields import NAMED
from conformance.engine.cloud.exchange import ABSENT


def lookup(body: Any, path: Iterable[str]) -> Any:
    """The value at a path of keys, or ABSENT."""
    for key in path:
        if key == "[]" and isinstance(body, list) and body:
            body = body[0]
        elif isinstance(body, dict) and key in body:
            body = body[key]
        elif key == NAMED and isinstance(body, dict) and body:
            body = next(iter(body.values()))
        else:
            return ABSENT
    return body


def put(body: Any, path: tuple[str, ...], value: Any) -> None:
    """Set the value at a path of keys, and add the objects and lists that are missing on the way.

    A body that the path does not fit, because it belongs to another version, stays as it is.
    """
    for depth, key in enumerate(path, 1):
        fits = isinstance(body, list) if key == "[]" else isinstance(body, dict)
        if not fits:
            return
        last = depth == len(path)
        empty: Any = [] if not last and path[depth] == "[]" else {}
        if key == "[]":
            if not body:
                body.append(value if last else empty)
            elif last:
                body[0] = value
            body = body[0]
        else:
            if last:
                body[key] = value
            elif not isinstance(body.get(key), dict | list):
                body[key] = empty
            body = body[key]


def copied(body: Any) -> Any:
    """A body with objects and lists of its own. Whatever else stands in it, such as a Binding, nobody changes."""
    if isinstance(body, dict):
        return {key: copied(value) for key, value in body.items()}
    if isinstance(body, list):
        return [copied(value) for value in body]
    return body


def replaced(body: Any, path: tuple[str, ...], value: Any) -> Any:
    """A copy of the body with the value at a path of keys; ABSENT takes the key out.

    Raises:
        KeyError: the body has no object for the last key.
    """
    whole = target = copied(body)
    for key in path[:-1]:
        if key == "[]" and isinstance(target, list) and target:
            target = target[0]
        elif key == NAMED and isinstance(target, dict) and key not in target:
            target = next(iter(target.values()), None)
        else:
            target = target[key] if isinstance(target, dict) else None
    if path[-1] == "[]" and isinstance(target, list):
        target[:1] = [] if value is ABSENT else [value]
        return whole
    if not isinstance(target, dict) or path[-1] == "[]":
        raise KeyError(path)
    if value is ABSENT:
        target.pop(path[-1], None)
    else:
        target[path[-1]] = value
    return whole


def members(prefix: str, body: Any) -> dict[str, Any]:
    """The members at any depth of a body that are no objects, each by ``<prefix>.<its name>``."""
    found: dict[str, Any] = {}
    for key, value in body.items() if isinstance(body, Mapping) else ():
        if isinstance(value, Mapping):
            found.update(members(prefix, value))
        else:
            found[f"{prefix}.{key}"] = value
    return found
