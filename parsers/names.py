"""Ids of operations, names of spec files, and the action of an operation."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from specs.model import Parameter, Sample

_TITLE_ACTION = re.compile(r"\(\s*([\w:.-]+)\s+action\s*\)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][\w:.-]*\Z")


def slug(text: str) -> str:
    """Return a text in lower case, with each run of characters other than ``[a-z0-9]`` replaced by one ``-``."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def stem(path: str, top: str) -> str:
    """Return the name of a spec's file, without suffix, for a source file of the reference."""
    inner = PurePosixPath(path)
    if top and inner.is_relative_to(top):
        inner = inner.relative_to(top)
    return "--".join(inner.with_suffix("").parts)


def action_of(path: str, title: str, body: Sequence[Parameter], samples: Iterable[Sample]) -> str | None:
    """Return the action that the body of an operation names; None if its URL takes no actions.

    It is the x of "(x Action)" in the title if the body has x, else the first body parameter of type object or none,
    else the only top-level key of the first request sample.
    """
    if not path.partition("?")[0].rstrip("/").endswith("/action"):
        return None
    sample_keys = [list(sample.body) for sample in samples if isinstance(sample.body, dict)]
    held = {parameter.name for parameter in body if parameter.location == "body"}
    held.update(key for keys in sample_keys for key in keys)
    for name in _TITLE_ACTION.findall(title):
        if name in held or not held:
            return str(name)
    for parameter in body:
        if (
            parameter.location == "body"
            and (parameter.type or "").lower() in ("object", "none")
            and _NAME.match(parameter.name)
        ):
            return parameter.name
    if sample_keys and len(sample_keys[0]) == 1 and _NAME.match(sample_keys[0][0]):
        return str(sample_keys[0][0])
    return None


class Ids:
    """Hands out unique ids: a repeated one gets ``~2``, ``~3`` and so on."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()

    def take(self, wanted: str) -> str:
        """Return ``wanted``, or the next free form of it if it is taken."""
        self._given[wanted] += 1
        count = self._given[wanted]
        return wanted if count == 1 else f"{wanted}~{count}"
