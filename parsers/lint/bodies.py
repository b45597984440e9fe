"""Samples against tables: keys without a row, rows without a key, types.

Tables are flat, and samples are nested. So a rule skips every object that the table does not clearly describe, every
row that may name a key of the user's choice, and every version that the sample is not known to have.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from parsers.lint.findings import CERTAIN, TASTE, Place, Rule, listed
from parsers.lint.shape import Shape, contradicts, kind_of
from parsers.lint.view import SIDES, version

if TYPE_CHECKING:
    from parsers.lint.view import Row, Side, Subject, View
    from specs.model import Sample


NEVER_EMPTY = ("uuid", "date-time")
"""Formats of which the empty text is no example: it names nothing and is no moment."""


def _body(subject: Subject, side: Side) -> tuple[Row, ...]:
    return tuple(row for row in subject.rows(side) if row.parameter.location == "body")


def _shapes(view: View) -> Iterator[tuple[Subject, Side, tuple[Row, ...], Sample, Shape]]:
    """Yield every sample with the body table of its request or response, compared."""
    shared = _names_by_route(view)
    for subject in view.subjects:
        for side in SIDES:
            rows = _body(subject, side)
            if "rest_parameters" in subject.lost:
                continue  # the rows of the table are not known
            if not rows or any(row.parameter.location is None for row in subject.rows(side)):
                continue
            known = shared[side].get(_route(subject), frozenset())
            for sample in subject.samples(side):
                if sample.valid and isinstance(sample.body, dict | list):
                    yield subject, side, rows, sample, Shape(rows, known, sample.body, version(sample.microversion))


def _route(subject: Subject) -> tuple[str, str, str | None]:
    return (subject.source.method, subject.source.path.partition("?")[0], subject.operation.action)


def _names_by_route(view: View) -> dict[str, dict[tuple[str, str, str | None], frozenset[str]]]:
    """Return the names in the tables of all operations with this method, URL and action; they complete each other."""
    found: dict[str, dict[tuple[str, str, str | None], frozenset[str]]] = {side: {} for side in SIDES}
    for subject in view.subjects:
        for side in SIDES:
            # Another rule reports a response row with `in: path`.
            rows = subject.responses if side == "response" else _body(subject, side)
            names = frozenset(part for row in rows for part in (row.name, *row.name.split(".")))
            held = found[side].get(_route(subject), frozenset())
            found[side][_route(subject)] = held | names
    return found


def _where(path: tuple[str, ...]) -> str:
    return f" in {'.'.join(path)}" if path else ""


def _keys(view: View, own: bool) -> Iterator[Place]:
    for subject, _, _, sample, shape in _shapes(view):
        for path, key in shape.undocumented():
            if shape.owns(path) is own and shape.meant(key) is None:
                yield Place(
                    subject.path,
                    sample.line,
                    f"the sample {sample.file} has a key {key}{_where(path)} that is not in the table; add a row, or "
                    "correct the sample",
                    f"{sample.file}:{path}:{key}",
                )


def _own_keys(view: View) -> Iterator[Place]:
    return _keys(view, own=True)


def _nested_keys(view: View) -> Iterator[Place]:
    """Find keys without a row in nested objects; another table may describe such an object."""
    return _keys(view, own=False)


def _misnamed(view: View) -> Iterator[Place]:
    told = set()
    for subject, _, _, sample, shape in _shapes(view):
        for path, key in (*shape.undocumented(), *shape.wrappers()):
            row = shape.meant(key) if shape.owns(path) else None
            if row is not None and (id(row), key) not in told:
                told.add((id(row), key))
                yield Place(
                    subject.path,
                    row.line,
                    f"the row is called {row.name}, but the sample {sample.file} has {key}; correct one of the two",
                )


def _without_rows(view: View) -> Iterator[Place]:
    """Find request samples whose keys have no row because the table has no row of a body at all."""
    shared = _names_by_route(view)["request"]
    for subject in view.subjects:
        rows = subject.rows("request")
        if subject.lost or any(row.parameter.location not in ("path", "query", "header") for row in rows):
            continue
        for sample in subject.samples("request"):
            keys = [key for key in sample.body if key not in shared[_route(subject)]] if _is_object(sample) else []
            if keys and keys != [subject.operation.action]:
                yield Place(
                    subject.path,
                    sample.line,
                    f"the sample {sample.file} has a body with {listed(keys)}, but the request has no row for it; add "
                    "rows for the body",
                )
                break


def _is_object(sample: Sample) -> bool:
    return sample.valid and isinstance(sample.body, dict)


def _wrappers(view: View) -> Iterator[Place]:
    for subject, _, _, sample, shape in _shapes(view):
        for _, key in shape.wrappers():
            if shape.meant(key) is None:
                yield Place(
                    subject.path,
                    sample.line,
                    f"the sample {sample.file} wraps the rows of the table in an object {key}, which has no row; "
                    f"add a row for {key}",
                    f"{sample.file}:{key}",
                )


def _required(view: View) -> Iterator[Place]:
    """Find required fields that a sample of the same version lacks; the first such sample is named.

    Every request sample must have the field. Of the response samples one is enough: others may be partial on purpose.
    """
    shown: dict[tuple[int, str], set[str]] = {}
    for subject, side, _, _, shape in _shapes(view):
        shown.setdefault((id(subject), side), set()).update(shape.keys)
    told = set()
    for subject, side, _, sample, shape in _shapes(view):
        for row in shape.absent():
            if side == "response" and row.last in shown[id(subject), side]:
                continue
            if side == "response" and row.parameter.visible_to is not None:
                continue
            if id(row) in told:
                continue
            if not any(shape.meant(key) is row for _, key in (*shape.undocumented(), *shape.wrappers())):
                told.add(id(row))
                yield Place(
                    subject.path,
                    row.line,
                    f"{row.name} is required by {row.told_by}, but it is not in the sample {sample.file}; "
                    + ("mark it as optional" if row.written_out else "write `required: false`, bound its versions")
                    + ", or correct the sample",
                    row.cause and f"{row.cause}:{sample.file}",
                )


def _types(view: View) -> Iterator[Place]:
    told = set()
    for subject, _, _, sample, shape in _shapes(view):
        # If the version of the sample is unknown, its key may belong to any row of that name.
        applying = shape.current if shape.version is not None else shape.rows
        for name in dict.fromkeys(row.name for row in applying):
            rows = [row for row in applying if row.name == name]
            values = [value for value in shape.values(name) if value is not None]
            if id(rows[0]) in told or not values:
                continue
            if all(contradicts(row, value) for row in rows for value in values):
                told.add(id(rows[0]))
                kinds = _either(row.parameter.type or "" for row in rows)
                yield Place(
                    subject.path,
                    rows[0].line,
                    f"{name} has the type {kinds} by {rows[0].told_by}, but in the sample {sample.file} it is "
                    f"{kind_of(values[0])}; correct one of the two",
                    rows[0].cause,
                )


_EMPTY = re.compile(r"\bempty\b|\bblank\b|\"\"|''", re.IGNORECASE)
_NULL = re.compile(r"\bnull\b|\bNone\b|\bempty\b|\bunset\b|\bno value\b", re.IGNORECASE)


def _nulls(view: View) -> Iterator[Place]:
    """Find fields that a sample shows as null, although no row of the name says that it can be null."""
    for subject, rows, sample in _shown(view, None, _allows_null):
        yield Place(
            subject.path,
            rows[0].line,
            f"{rows[0].name} has the type {_either(row.parameter.type or '' for row in rows)} by {rows[0].told_by}, "
            f"but in the sample {sample.file} it is null; say in the description that it can be null, or show a value",
            rows[0].cause,
        )


def _empties(view: View) -> Iterator[Place]:
    """Find fields that a sample shows as an empty text, although their rows describe an id or a time."""
    for subject, rows, sample in _shown(view, "", _allows_empty):
        yield Place(
            subject.path,
            rows[0].line,
            f"{rows[0].name} has the format {_either(row.parameter.format or '' for row in rows)} by "
            f"{rows[0].told_by}, but in the sample {sample.file} it is an empty string; say in the description that it "
            "can be empty, or show a value",
            rows[0].cause,
        )


def _shown(view: View, value: str | None, allows: Callable[[Row], bool]) -> Iterator[tuple[Subject, list[Row], Sample]]:
    """Yield the rows of each name that a sample shows with a value which none of them allows; each row once."""
    told = set()
    for subject, _, _, sample, shape in _shapes(view):
        applying = shape.current if shape.version is not None else shape.rows
        for name in dict.fromkeys(row.name for row in applying):
            rows = [row for row in applying if row.name == name]
            if id(rows[0]) in told or value not in shape.values(name) or any(map(allows, rows)):
                continue
            if len({path for path, held in shape.objects if rows[0].last in held}) > 1:
                continue  # which of these objects the row is about is not known
            told.add(id(rows[0]))
            yield subject, rows, sample


def _allows_empty(row: Row) -> bool:
    """True if the entry says that the text can be empty, or describes no id and no time."""
    return row.parameter.format not in NEVER_EMPTY or _EMPTY.search(row.source.description) is not None


def _allows_null(row: Row) -> bool:
    """True if the entry says that the value can be null, or says nothing that null contradicts."""
    kind = (row.parameter.type or "").lower()
    if row.parameter.nullable is not None:
        return row.parameter.nullable
    return not kind or "null" in kind or "none" in kind or _NULL.search(row.source.description) is not None


def _either(words: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(words))


def _versions(view: View) -> Iterator[Place]:
    for subject, _, _, sample, shape in _shapes(view):
        for path, key, row in shape.out_of_range():
            yield Place(
                subject.path,
                sample.line,
                f"the sample {sample.file} of version {shape.version} has a key {key}{_where(path)}, but its entry "
                f"{row.parameter.ref} allows it in other versions only; correct the entry, or the sample",
                f"{sample.file}:{path}:{key}",
            )


RULES = (
    Rule("sample-key-without-row", CERTAIN, "A sample has a key that is not in the table.", _own_keys),
    Rule("misnamed-row", CERTAIN, "The name of a row differs slightly from a key of the sample.", _misnamed),
    Rule("required-row-not-in-sample", CERTAIN, "A sample lacks a required field.", _required),
    Rule("type-against-sample", CERTAIN, "A value in a sample does not have the type of its row.", _types),
    Rule("null-against-table", CERTAIN, "A sample shows null for a field that cannot be null by its row.", _nulls),
    Rule("empty-against-table", CERTAIN, "A sample shows an empty text for an id or a time.", _empties),
    Rule("sample-without-rows", CERTAIN, "A request has a body in its sample, but no row for it.", _without_rows),
    Rule("sample-key-outside-versions", CERTAIN, "A sample has a key that does not exist in its version.", _versions),
    Rule("nested-key-without-row", TASTE, "A nested object has a key that is not in the table.", _nested_keys),
    Rule("wrapper-without-row", TASTE, "The object that wraps a body has no row.", _wrappers),
)
