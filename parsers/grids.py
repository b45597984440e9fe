"""Written-out tables of parameters: ``csv-table``, ``list-table`` and grids, in place of ``rest_parameters``.

A table counts as one if its head has a column for the name and one for the type or the place. No other table does, so
that a row of a table of statuses never becomes a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_OPTIONAL = re.compile(r"\s*\(\s*(?P<word>optional|required|mandatory)\s*\)\s*", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][\w.:/-]*(?:\[\])?\Z")
_COLUMNS: dict[str, frozenset[str]] = {
    "name": frozenset({"parameter", "name", "attribute", "field", "parameter name", "key"}),
    "place": frozenset({"style", "in", "location", "where", "parameter type"}),
    "type": frozenset({"type", "data type", "datatype"}),
    "required": frozenset({"required", "mandatory", "optional", "required?"}),
    "description": frozenset({"description", "meaning", "notes"}),
}
_PLACES = {
    "uri": "path", "url": "path", "path": "path", "template": "path",
    "query": "query", "header": "header", "plain": "body", "body": "body", "json": "body",
}  # fmt: skip
_TYPES = {
    "uuid": "string", "datetime": "string", "date": "string", "dict": "object", "dictionary": "object",
    "list": "array", "int": "integer", "long": "integer", "bool": "boolean", "float": "number", "decimal": "number",
}  # fmt: skip
_PREFIX = re.compile(r"\A(?:xsd|csapi|capi)\s*:\s*", re.IGNORECASE)
_YES = frozenset({"yes", "true", "y", "required", "mandatory", "x"})
_NO = frozenset({"no", "false", "n", "optional", "-", ""})


@dataclass(frozen=True)
class GridRow:
    """A parameter of such a table; ``place``, ``type`` and ``required`` are None if the table does not say them."""

    name: str
    place: str | None
    type: str | None
    required: bool | None
    description: str
    line: int


def parameters_of(rows: Sequence[Sequence[str]], lines: Sequence[int]) -> tuple[GridRow, ...] | None:
    """Read the rows of a table, the head first; None if it is not a table of parameters, or a row is unclear."""
    columns = _columns(rows[0]) if rows else {}
    if "name" not in columns or not {"place", "type"} & set(columns) or len(rows) < 2:
        return None
    found = [_row(row, columns, line) for row, line in zip(rows[1:], lines[1:], strict=True)]
    clear = [row for row in found if row is not None]
    if len(clear) != len(found):
        return None
    # If a table marks optional parameters, the others are required; a table without marks does not say.
    marked = any(row.required is not None for row in clear)
    return tuple(replace(row, required=marked if row.required is None else row.required) for row in clear)


def _columns(head: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, cell in enumerate(head):
        word = " ".join(cell.strip("*` :").lower().split())
        for column, words in _COLUMNS.items():
            if word in words:
                found.setdefault(column, number)
    return found


def _row(row: Sequence[str], columns: dict[str, int], line: int) -> GridRow | None:
    cells = {column: row[number].strip() for column, number in columns.items() if number < len(row)}
    name, said = _without_note(cells.get("name", "").strip("`* "))
    kind, said_by_type = _without_note(cells.get("type", ""))
    name = name.strip("`* ")
    if not _NAME.match(name):
        return None
    place = cells.get("place", "").lower().strip("`* ")
    if place and place not in _PLACES:
        return None
    required = said if said is not None else said_by_type
    if required is None and "required" in cells:
        word = cells["required"].lower().strip("`* ")
        if word not in _YES | _NO:
            return None
        required = word in _YES
    return GridRow(name, _PLACES.get(place), _type(kind), required, cells.get("description", ""), line)


def _without_note(text: str) -> tuple[str, bool | None]:
    """Return a cell without its "(Optional)" or the like, and the meaning of that mark."""
    found = _OPTIONAL.search(text)
    if found is None:
        return text, None
    return _OPTIONAL.sub(" ", text).strip(), found["word"].lower() != "optional"


def _type(text: str) -> str | None:
    word = _PREFIX.sub("", text.strip("`* ")).strip().lower()
    return _TYPES.get(word, word) or None
