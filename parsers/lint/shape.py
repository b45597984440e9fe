"""The comparison of one sample with the flat table beside it."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from parsers.prose.words import singular

if TYPE_CHECKING:
    from parsers.lint.view import Row
    from specs.microversion import Microversion

Path = tuple[str, ...]

_CONTAINERS = frozenset({"object", "array", "dict", "list"})
_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "uuid": (str,),
    "integer": (int,),
    "int": (int,),
    "boolean": (bool,),
    "bool": (bool,),
    "object": (dict,),
    "dict": (dict,),
    "array": (list,),
    "list": (list,),
    "float": (int, float),
    "number": (int, float),
    "none": (),
    "null": (),
}
_WORDS = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "an integer", float: "a number"}
_PAIRS = re.compile(
    r"\bkey[- /]?(?:and[- ]|/)?\s?value\b|\bkeys?\s+and\s+values?\b|\bpairs?\b|\barbitrary\b|\bmapping\b", re.IGNORECASE
)
_LIST_OR_ONE = re.compile(
    r"\b(?:lists?|arrays?)\b[^.]*\bor\s+(?:a|an|one|the|single)\b|\bor\s+(?:an?\s+)?(?:list|array)\b", re.IGNORECASE
)
_ANYTHING = re.compile(r"\b(?:any|empty|dictionary|dict|object|can be|may be|or)\b", re.IGNORECASE)
"""Words by which the description of a row without a value nevertheless lets one in."""
_OR_OTHER = re.compile(r"\bor\s+(?:an?\s+)?(?:string|object|dict\w*)\b", re.IGNORECASE)
_PATTERN = re.compile(r"[{}<>*$]")
_MAX_OBJECTS = 5_000
_MAX_TEXT = 4_000


def kind_of(value: Any) -> str:
    """Describe a value of a sample in words: its JSON type, and the value if it is short."""
    word = _WORDS.get(type(value), "null")
    return f"{word}, {value!r}" if isinstance(value, str | int | float) and len(repr(value)) <= 40 else word


def alike(one: str, other: str) -> bool:
    """True if two names differ only in singular or plural, case or punctuation."""
    if one == other:
        return False
    return _folded(one) == _folded(other)


def _folded(name: str) -> tuple[str, ...]:
    return tuple(singular(word) for word in re.findall(r"[a-z0-9]+", name.lower()))


def contradicts(row: Row, value: Any) -> bool:
    """True if a value contradicts the row's type, and the description does not allow another type either."""
    kinds = _KINDS.get((row.parameter.type or "").strip().lower())
    if kinds is None or (isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds)):
        return False
    text = row.source.description[:_MAX_TEXT]
    if not kinds:
        return isinstance(value, dict | list) and bool(value) and not _ANYTHING.search(text)
    # Unless the description mentions strings, a 1 or ``True`` in it is not meant as a string.
    written = isinstance(value, str) and value and (not _spells(value, kinds) or "string" in text.lower())
    if written and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text):
        return False  # the description names this very value
    structured = isinstance(value, dict | list) or bool({dict, list} & set(kinds))
    return not (structured and _names_both(text, kinds, value))


def _spells(text: str, kinds: tuple[type, ...]) -> bool:
    """True if a text spells a value of one of these types, such as "1" or "True"."""
    if bool in kinds:
        return text.lower() in ("true", "false")
    return bool({int, float} & set(kinds)) and re.fullmatch(r"[-+]?\d+(?:\.\d+)?", text) is not None


def _names_both(text: str, kinds: tuple[type, ...], value: Any) -> bool:
    """True if a description mentions a list or a single thing, a string or an object."""
    form = _LIST_OR_ONE if list in kinds or isinstance(value, list) else _OR_OTHER
    return form.search(text) is not None


@dataclass(frozen=True)
class Shape:
    """A sample body beside the rows of its table.

    Attributes:
        rows: the body rows of the request or the response.
        shared: names in the tables of all operations with the same method and URL.
        body: the sample's JSON value.
        version: the microversion of the sample; None if unknown, so that only rows without bounds surely apply.

    """

    rows: tuple[Row, ...]
    shared: frozenset[str]
    body: Any
    version: Microversion | None

    @cached_property
    def objects(self) -> tuple[tuple[Path, dict[str, Any]], ...]:
        """Every object of the sample with the keys that lead to it."""
        found: list[tuple[Path, dict[str, Any]]] = []
        left: deque[tuple[Path, Any]] = deque([((), self.body)])
        while left and len(found) < _MAX_OBJECTS:
            path, value = left.popleft()
            if isinstance(value, dict):
                found.append((path, value))
                left += [((*path, key), inner) for key, inner in value.items() if isinstance(inner, dict | list)]
            else:
                left += [(path, inner) for inner in value if isinstance(inner, dict | list)]
        return tuple(found)

    @cached_property
    def _by_path(self) -> dict[Path, list[dict[str, Any]]]:
        found: dict[Path, list[dict[str, Any]]] = {}
        for path, held in self.objects:
            found.setdefault(path, []).append(held)
        return found

    @cached_property
    def _opaque(self) -> dict[Path, bool]:
        return {}

    @cached_property
    def keys(self) -> frozenset[str]:
        """All keys, however deep."""
        return frozenset(key for _, held in self.objects for key in held)

    @cached_property
    def filled(self) -> frozenset[str]:
        """Keys that have a value other than null or empty, at least once."""
        return frozenset(key for _, held in self.objects for key, value in held.items() if value not in ([], {}, None))

    @cached_property
    def names(self) -> frozenset[str]:
        """All names in the tables: dotted names as a whole, and each of their parts."""
        return self.shared | {part for row in self.rows for part in (row.name, *row.name.split("."))}

    def applies(self, row: Row) -> bool:
        """True if a row surely applies to the version of the sample."""
        own = row.parameter.range
        return own.min is None and own.max is None if self.version is None else self.version in own

    @cached_property
    def current(self) -> tuple[Row, ...]:
        """The rows that surely apply."""
        return tuple(row for row in self.rows if self.applies(row))

    def opaque(self, path: Path) -> bool:
        """True if the user chooses the keys of an object: its row says so, or no row names any of its keys."""
        if path not in self._opaque:
            own = [row for row in self.rows if path and row.last == path[-1]]
            held = [keys for keys in self._by_path.get(path, ()) if keys]
            self._opaque[path] = any(_PAIRS.search(row.source.description) for row in own) or (
                bool(held) and not any(key in self.names for keys in held for key in keys)
            )
        return self._opaque[path]

    def undocumented(self) -> Iterator[tuple[Path, str]]:
        """Return keys without a row, in objects that the table describes.

        It describes an object if at least half of its keys, and at least two, have a row; for the outermost object one
        key is enough. An object is skipped if a row stands for many keys, such as ``{type}_count``.
        """
        if any(_PATTERN.search(row.name) for row in self.rows):
            return
        current = {part for row in self.current for part in (row.name, *row.name.split("."))}
        seen: set[tuple[Path, str]] = set()
        for path, held in self.objects:
            known = [key for key in held if key in current]
            described = bool(known) if not path else len(known) >= 2 and 2 * len(known) >= len(held)
            if not described or any(self.opaque(path[:end]) for end in range(1, len(path) + 1)):
                continue
            for key in held:
                if key not in self.names and (path, key) not in seen:
                    seen.add((path, key))
                    yield path, key

    def owns(self, path: Path) -> bool:
        """True if the table is about this object: the body, the object in it, or one that a dotted row names."""
        nested = [tuple(row.name.split(".")[:-1]) for row in self.rows if "." in row.name]
        return len(path) < 2 or any(path[-len(above) :] == above for above in nested)

    def wrappers(self) -> Iterator[tuple[Path, str]]:
        """Return the only key of the outermost object if it has no row and the table describes the object within."""
        if not isinstance(self.body, dict) or len(self.body) != 1 or any(map(self._stands_for_any, self.rows)):
            return
        key = next(iter(self.body))
        inner = self._by_path.get((key,), [])
        current = {part for row in self.current for part in (row.name, *row.name.split("."))}
        if key not in self.names and inner and all(held and all(k in current for k in held) for held in inner):
            yield (), key

    def meant(self, key: str) -> Row | None:
        """Return the row meant for a key without a row: a similar name that does not occur in the sample."""
        return next((row for row in self.current if alike(row.last, key) and row.last not in self.keys), None)

    def _stands_for_any(self, row: Row) -> bool:
        """True if a row may stand for a key of the user's choice: it is required, and the sample lacks it."""
        absent = row.parameter.required and self.applies(row) and row.last not in self.keys
        return absent and not any(alike(row.last, key) for key in self.keys) and self._within_opaque(row)

    def _within_opaque(self, row: Row) -> bool:
        """True if the user chooses the keys of the row's parent (by its dotted name, or the container before it)."""
        above = tuple(row.name.split(".")[:-1])
        if above:
            return any(self.opaque(path) for path, _ in self.objects if path[-len(above) :] == above)
        before = self.rows[: self.rows.index(row)]
        container = next((r.last for r in reversed(before) if (r.parameter.type or "").lower() in _CONTAINERS), None)
        if container is None or container not in self.keys:
            return self.opaque(())
        # The objects of an array have the same keys, so the user does not choose them.
        paths = {(*path, container) for path, held in self.objects if isinstance(held.get(container), dict)}
        return any(self.opaque(path) for path in paths)

    def absent(self) -> Iterator[Row]:
        """Return required rows missing from the sample, although every object that may contain them is filled."""
        if not any(row.last in self.keys for row in self.current):
            return  # the table may describe another body
        for number, row in enumerate(self.rows):
            if not row.parameter.required or not self.applies(row) or row.last in self.keys:
                continue
            if _PATTERN.search(row.name) or self._within_opaque(row):
                continue
            before = [r for r in self.rows[:number] if (r.parameter.type or "").lower() in _CONTAINERS]
            above = row.name.split(".")[:-1]
            if all(r.last in self.filled for r in before) and all(part in self.filled for part in above):
                yield row

    def values(self, name: str) -> list[Any]:
        """Return the values of a name; for a dotted name, only the values inside the named parent."""
        *above, last = name.split(".")
        return [
            held[last]
            for path, held in self.objects
            if last in held and (not above or path[-len(above) :] == tuple(above))
        ]

    def out_of_range(self) -> Iterator[tuple[Path, str, Row]]:
        """Return keys of described objects whose rows all belong to other versions than the sample's."""
        if self.version is None:
            return
        seen: set[str] = set()
        for path, held in self.objects:
            if sum(any(row.last == key for row in self.current) for key in held) * 2 < len(held):
                continue
            for key in held:
                rows = [row for row in self.rows if key in (row.name, row.last)]
                if rows and key not in seen and all(self.version not in row.parameter.range for row in rows):
                    seen.add(key)
                    yield path, key, rows[0]
