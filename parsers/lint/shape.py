"""How one sample and the flat table beside it fit together."""

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
}
_WORDS = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "an integer", float: "a number"}
_PAIRS = re.compile(
    r"\bkey[- /]?(?:and[- ]|/)?\s?value\b|\bkeys?\s+and\s+values?\b|\bpairs?\b|\barbitrary\b|\bmapping\b", re.IGNORECASE
)
_LIST_OR_ONE = re.compile(
    r"\b(?:lists?|arrays?)\b[^.]*\bor\s+(?:a|an|one|the|single)\b|\bor\s+(?:an?\s+)?(?:list|array)\b", re.IGNORECASE
)
_OR_OTHER = re.compile(r"\bor\s+(?:an?\s+)?(?:string|object|dict\w*)\b", re.IGNORECASE)
_PATTERN = re.compile(r"[{}<>*$]")
_MAX_OBJECTS = 5_000
_MAX_TEXT = 4_000


def kind_of(value: Any) -> str:
    """What a value of a sample is, in words, with the value where it is short."""
    word = _WORDS.get(type(value), "null")
    return f"{word}, {value!r}" if isinstance(value, str | int | float) and len(repr(value)) <= 40 else word


def alike(one: str, other: str) -> bool:
    """Whether two names differ only in number, case or punctuation of their words."""
    if one == other:
        return False
    return _folded(one) == _folded(other)


def _folded(name: str) -> tuple[str, ...]:
    return tuple(singular(word) for word in re.findall(r"[a-z0-9]+", name.lower()))


def contradicts(row: Row, value: Any) -> bool:
    """Whether a value cannot be of the row's type; not where the description allows for more than one kind."""
    kinds = _KINDS.get((row.parameter.type or "").strip().lower())
    if kinds is None or (isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds)):
        return False
    text = row.source.description[:_MAX_TEXT]
    # A description that names 1 or ``True`` names no string, unless it speaks of strings.
    written = isinstance(value, str) and value and (not _spells(value, kinds) or "string" in text.lower())
    if written and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text):
        return False  # the description names this very value
    structured = isinstance(value, dict | list) or bool({dict, list} & set(kinds))
    return not (structured and _names_both(text, kinds, value))


def _spells(text: str, kinds: tuple[type, ...]) -> bool:
    """Whether a text spells a value of one of these kinds, such as "1" or "True"."""
    if bool in kinds:
        return text.lower() in ("true", "false")
    return bool({int, float} & set(kinds)) and re.fullmatch(r"[-+]?\d+(?:\.\d+)?", text) is not None


def _names_both(text: str, kinds: tuple[type, ...], value: Any) -> bool:
    """Whether a description speaks of a list or of one thing, of a string or of an object."""
    form = _LIST_OR_ONE if list in kinds or isinstance(value, list) else _OR_OTHER
    return form.search(text) is not None


@dataclass(frozen=True)
class Shape:
    """A sample body beside the rows of its table.

    Attributes:
        rows: the rows in body of that side.
        shared: names in the tables of operations with the same method and URL.
        body: the sample.
        version: of the sample, None where unknown; then only rows without bounds are known to apply.

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
        """Keys whose value is something, at least once."""
        return frozenset(key for _, held in self.objects for key, value in held.items() if value not in ([], {}, None))

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that tables give, whole and by parts."""
        return self.shared | {part for row in self.rows for part in (row.name, *row.name.split("."))}

    def applies(self, row: Row) -> bool:
        """Whether a row is known to apply to the version of the sample."""
        own = row.parameter.range
        return own.min is None and own.max is None if self.version is None else self.version in own

    @cached_property
    def current(self) -> tuple[Row, ...]:
        """The rows that are known to apply."""
        return tuple(row for row in self.rows if self.applies(row))

    def opaque(self, path: Path) -> bool:
        """Whether the keys of an object are the reader's choice: it is said to hold pairs, or no row names any key."""
        if path not in self._opaque:
            own = [row for row in self.rows if path and row.last == path[-1]]
            held = [keys for keys in self._by_path.get(path, ()) if keys]
            self._opaque[path] = any(_PAIRS.search(row.source.description) for row in own) or (
                bool(held) and not any(key in self.names for keys in held for key in keys)
            )
        return self._opaque[path]

    def undocumented(self) -> Iterator[tuple[Path, str]]:
        """Keys without a row in objects that the table describes: at least half of their keys have one, and two have.

        Of the outermost object, one is enough. Nothing is said where a row stands for many keys: ``{type}_count``.
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
        """Whether an object is what the table is about: the body, what it wraps, or what a dotted row names."""
        nested = [tuple(row.name.split(".")[:-1]) for row in self.rows if "." in row.name]
        return len(path) < 2 or any(path[-len(above) :] == above for above in nested)

    def wrappers(self) -> Iterator[tuple[Path, str]]:
        """The only key of the outermost object, where it has no row and the table describes what is within it."""
        if not isinstance(self.body, dict) or len(self.body) != 1 or any(map(self._stands_for_any, self.rows)):
            return
        key = next(iter(self.body))
        inner = self._by_path.get((key,), [])
        current = {part for row in self.current for part in (row.name, *row.name.split("."))}
        if key not in self.names and inner and all(held and all(k in current for k in held) for held in inner):
            yield (), key

    def meant(self, key: str) -> Row | None:
        """The row that was meant for a key without one: it is called nearly so, and the sample has nothing for it."""
        return next((row for row in self.current if alike(row.last, key) and row.last not in self.keys), None)

    def _stands_for_any(self, row: Row) -> bool:
        """Whether a row may name a key of the reader's choice: a required one that the sample lacks."""
        absent = row.parameter.required and self.applies(row) and row.last not in self.keys
        return absent and not any(alike(row.last, key) for key in self.keys) and self._within_opaque(row)

    def _within_opaque(self, row: Row) -> bool:
        """Whether what a row stands in (by its name, else the container before it) has keys of the reader's choice."""
        above = tuple(row.name.split(".")[:-1])
        if above:
            return any(self.opaque(path) for path, _ in self.objects if path[-len(above) :] == above)
        before = self.rows[: self.rows.index(row)]
        container = next((r.last for r in reversed(before) if (r.parameter.type or "").lower() in _CONTAINERS), None)
        if container is None or container not in self.keys:
            return self.opaque(())
        # The objects of an array have keys in common, and so are no choice of the reader.
        paths = {(*path, container) for path, held in self.objects if isinstance(held.get(container), dict)}
        return any(self.opaque(path) for path in paths)

    def absent(self) -> Iterator[Row]:
        """Required rows that the sample lacks, though all that they may stand in is there and holds something."""
        if not any(row.last in self.keys for row in self.current):
            return  # the table may be of another body altogether
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
        """The values of a name; of a dotted one, those that stand in what it names."""
        *above, last = name.split(".")
        return [
            held[last]
            for path, held in self.objects
            if last in held and (not above or path[-len(above) :] == tuple(above))
        ]

    def out_of_range(self) -> Iterator[tuple[Path, str, Row]]:
        """Keys of described objects all of whose rows are of other versions than the sample's."""
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
