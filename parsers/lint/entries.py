"""Entries of parameter files: unused entries, misspelt and missing keys, and values that are not allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from parsers.lint.findings import CERTAIN, TASTE, Place, Rule
from parsers.meant import UNREAD
from parsers.parameters import KNOWN_KEYS, READ_KEYS

if TYPE_CHECKING:
    from parsers.lint.view import View
    from parsers.parameters import Definition, ParameterFile

LOCATIONS = ("path", "query", "header", "body", "cookie")
TYPES = frozenset({"string", "integer", "number", "float", "boolean", "object", "array", "none", "null", "file"})
_INSTEAD = {
    "list": "array",
    "dict": "object",
    "bool": "boolean",
    "int": "integer",
    "uuid": "string",
    "enum": "string",
    "json": "object",
    "hash": "object",
    "str": "string",
}
_NEEDED = ("in", "type", "required")
_ANCHOR = re.compile(r":\s*&\S+")
_NEAR = 0.72
_LONGEST = 40
"""The shortest key, in characters, that can be recognised as a misspelling."""


def _entries(view: View) -> Iterator[tuple[ParameterFile, Definition]]:
    for held in view.parameter_files:
        for entry in held.entries.values():
            yield held, entry


def _unused(view: View) -> Iterator[Place]:
    """Find entries that no row refers to; an entry counts as used if another entry merges it."""
    if not view.whole:
        return
    elsewhere = _referred(view)
    for held in view.parameter_files:
        lines = view.text(held.path).split("\n") if held.entries else []
        for entry in held.entries.values():
            if entry.key not in held.used and entry.key not in elsewhere and not _ANCHOR.search(lines[entry.line - 1]):
                yield Place(
                    held.path,
                    entry.line,
                    f"no table refers to {entry.key}; remove the entry, or add a row that refers to it",
                )


_ROW = re.compile(r"^[ \t]+-[ \t]+[^:\n]+:[ \t]+(?P<ref>\S+)[ \t]*$", re.MULTILINE)


def _referred(view: View) -> frozenset[str]:
    """Return the entries that unread rows refer to; another rule reports why those rows were not read."""
    paths = {name for name, _ in view.orphans}
    paths |= {flaw.path for flaw in view.reading.flaws if flaw.rule == UNREAD}
    return frozenset(found["ref"] for path in paths for found in _ROW.finditer(view.text(path)))


def nearest(key: str, having: frozenset[str]) -> str | None:
    """Return the known key that a misspelt key stands for; None if there is none, or the entry has that key too."""
    if len(key) > _LONGEST:
        return None
    found = difflib.get_close_matches(key.lower(), sorted(KNOWN_KEYS), 1, _NEAR)
    return found[0] if found and found[0] not in having else None


def _misspelt(view: View) -> Iterator[Place]:
    for held, entry in _entries(view):
        having = frozenset(key for key, _ in entry.keys)
        for key, line in entry.keys:
            meant = None if key in KNOWN_KEYS else nearest(key, having)
            if meant is not None:
                yield Place(held.path, line, f"{entry.key} has an unknown key {key}; write {meant}")


def _unknown(view: View) -> Iterator[Place]:
    for held, entry in _entries(view):
        having = frozenset(key for key, _ in entry.keys)
        for key, line in entry.keys:
            if key not in KNOWN_KEYS and nearest(key, having) is None:
                known = ", ".join(sorted(READ_KEYS))
                yield Place(held.path, line, f"{entry.key} has an unknown key {key}; the known keys are {known}")


def _missing(view: View) -> Iterator[Place]:
    """Find missing keys that every entry needs; a misspelt key has its own rule."""
    for held, entry in _entries(view):
        having = frozenset(key for key, _ in entry.keys)
        misspelt = {nearest(key, having) for key in having - KNOWN_KEYS}
        lacking = [key for key in _NEEDED if key not in having and key not in misspelt]
        if lacking:
            keys = " and ".join(f"`{key}`" for key in lacking)
            yield Place(held.path, entry.line, f"{entry.key} has no {keys}; add the missing keys")


def _empty(view: View) -> Iterator[Place]:
    for held, entry in _entries(view):
        having = frozenset(key for key, _ in entry.keys)
        if "description" not in having and not any(nearest(key, having) == "description" for key in having):
            yield Place(held.path, entry.line, f"{entry.key} has no `description`; add one")
        elif "description" in having and not entry.description.strip():
            yield Place(held.path, entry.line, f"{entry.key} has an empty description; describe the parameter")


def _line(entry: Definition, key: str) -> int:
    return next((line for name, line in entry.keys if name == key), entry.line)


def _location(view: View) -> Iterator[Place]:
    for held, entry in _entries(view):
        if entry.location is not None and entry.location.strip() not in LOCATIONS:
            yield Place(
                held.path,
                _line(entry, "in"),
                f"{entry.key} has `in: {entry.location}`, which is not a part of a request or a response; write one of "
                f"{', '.join(LOCATIONS)}",
            )


def _optional_path(view: View) -> Iterator[Place]:
    for held, entry in _entries(view):
        stated = any(key == "required" for key, _ in entry.keys)
        if entry.location == "path" and stated and not entry.required:
            yield Place(
                held.path,
                _line(entry, "required"),
                f"{entry.key} is optional, but a part of the path is always required; write `required: true`",
            )


def _type(view: View) -> Iterator[Place]:
    for held, entry in _entries(view):
        kind = entry.type.strip() if entry.type else ""
        if kind and kind.lower() not in TYPES:
            instead = _INSTEAD.get(kind.lower())
            advice = f"write {instead}" if instead else f"write one of {', '.join(sorted(TYPES - {'null', 'number'}))}"
            yield Place(
                held.path,
                _line(entry, "type"),
                f"{entry.key} has the type {kind!r}, which JSON does not have; {advice}",
            )


RULES = (
    Rule("unused-parameter", CERTAIN, "An entry of a parameter file is not used by any table.", _unused),
    Rule("misspelt-key", CERTAIN, "An entry of a parameter file has a misspelt key.", _misspelt),
    Rule("missing-key", CERTAIN, "An entry of a parameter file lacks `in`, `type` or `required`.", _missing),
    Rule("missing-description", CERTAIN, "An entry of a parameter file has no description.", _empty),
    Rule("unknown-location", CERTAIN, "An entry of a parameter file has an unknown value of `in`.", _location),
    Rule("optional-path-parameter", CERTAIN, "A path parameter is marked as optional.", _optional_path),
    Rule("unknown-key", TASTE, "An entry of a parameter file has an unknown key.", _unknown),
    Rule("uncommon-type", TASTE, "A type is not a type of JSON.", _type),
)
