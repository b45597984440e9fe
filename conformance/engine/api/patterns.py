"""The shell patterns by which the entries of a description name operations."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from specs.model import Operation


@lru_cache(maxsize=500_000)
def fits(name: str, pattern: str) -> bool:
    """Whether a name fits a shell pattern: the same names of operations are compared with each entry all the time."""
    matches = _matcher(pattern)
    return name == pattern if matches is None else matches(name) is not None


@lru_cache(maxsize=10_000)
def _matcher(pattern: str) -> Callable[[str], re.Match[str] | None] | None:
    """The test of a shell pattern; None for a name alone."""
    return re.compile(fnmatch.translate(pattern)).match if any(sign in pattern for sign in "*?[") else None


def is_one(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name fits any of the shell patterns."""
    return any(fits(name, pattern) for pattern in patterns)


def fields_of(
    entries: Iterable[tuple[str, str, Mapping[str, Any]]], operation: Operation, collection: str
) -> Mapping[str, Any]:
    """The fields of the first entry for a collection and an operation."""
    for pattern, of, fields in entries:
        if of == collection and fits(operation.id, pattern):
            return fields
    return {}
