"""The shell patterns by which the entries of a description name operations."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from specs.model import Operation


@lru_cache(maxsize=500_000)
def fits(name: str, pattern: str) -> bool:
    """Whether a name fits a shell pattern: the same names of operations are compared with each entry all the time."""
    return fnmatch.fnmatchcase(name, pattern)


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
