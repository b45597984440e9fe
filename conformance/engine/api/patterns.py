"""The shell patterns by which the entries of a description name operations.

An operation has an id, such as ``v2--gears-actions.turn``. The part before ``--`` and the part before the dot may
be left out: ``gears-actions.turn`` and ``turn`` name it, too.
"""

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


@lru_cache(maxsize=20_000)
def names_of(operation: str) -> tuple[str, ...]:
    """The id of an operation, and its shorter names, the longest first."""
    file, dot, last = operation.rpartition(".")
    parts = file.split("--")
    return (*dict.fromkeys(f"{'--'.join(parts[n:])}{dot}{last}" for n in range(len(parts))), *((last,) if dot else ()))


@lru_cache(maxsize=500_000)
def means(pattern: str, operation: str) -> bool:
    """Whether a shell pattern fits the id of an operation, or one of its shorter names."""
    names, matches = names_of(operation), _matcher(pattern)
    return pattern in names if matches is None else any(matches(name) is not None for name in names)


def means_one(patterns: Iterable[str], operation: str) -> bool:
    """Whether any of the shell patterns means an operation."""
    return any(means(pattern, operation) for pattern in patterns)


def is_one(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name fits any of the shell patterns."""
    return any(fits(name, pattern) for pattern in patterns)


def fields_of(
    entries: Iterable[tuple[str, str, Mapping[str, Any]]], operation: Operation, collection: str
) -> Mapping[str, Any]:
    """The fields of the first entry for a collection and an operation."""
    for pattern, of, fields in entries:
        if of == collection and means(pattern, operation.id):
            return fields
    return {}
