"""Reads the YAML of a spec in half the time of PyYAML's loader, which makes a node with its place for each value.

The values are those of PyYAML's safe loader. A text with anything that ``specs.dump`` does not write (an anchor, a tag,
a merge key, a key that is no string, a second document) is left to that loader.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SCALARS: Any = yaml.SafeLoader("")
"""Resolves and makes single values."""


class _Unusual(Exception):
    """The text holds something that a spec does not."""


def load(text: str) -> Any:
    """Return the value of a text. Raises as ``yaml.load`` does."""
    try:
        return _value(text)
    except _Unusual:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader)


def _value(text: str) -> Any:
    root: list[Any] = []
    stack: list[tuple[Any, Any]] = []  # each collection around the present one, and the key of the latter
    inside: Any = root
    key: Any = _Unusual  # the key whose value comes next; _Unusual: none
    event: Any
    for event in yaml.parse(text, Loader=_Loader):
        kind = event.__class__
        if kind is yaml.ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                raise _Unusual
            value = _plain(event.value) if event.implicit[0] else event.value
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if event.anchor is not None or event.tag is not None:
                raise _Unusual
            value = {} if kind is yaml.MappingStartEvent else []
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            inside, key = stack.pop()
            continue
        elif kind is yaml.AliasEvent or (kind is yaml.DocumentStartEvent and root):
            raise _Unusual
        else:
            continue
        if inside.__class__ is list:
            inside.append(value)
        elif key is _Unusual:
            if value.__class__ is not str or value == "<<":
                raise _Unusual
            key = value
            continue
        else:
            inside[key], key = value, _Unusual
        if value.__class__ is dict or value.__class__ is list:
            stack.append((inside, key))
            inside, key = value, _Unusual
    return root[0] if root else None


@lru_cache(maxsize=16_384)
def _plain(text: str) -> Any:
    """The value of a scalar without quotation marks."""
    tag = _SCALARS.resolve(yaml.ScalarNode, text, (True, False))
    if tag == "tag:yaml.org,2002:str":
        return text
    return _SCALARS.construct_object(yaml.ScalarNode(tag, text))
