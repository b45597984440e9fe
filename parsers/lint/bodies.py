"""Samples against tables: keys without a row, rows without a key, types.

Tables are flat, and samples are not. So nothing is said of an object unless the table plainly describes it, nor of a
row that may name a key of the reader's choice, nor of versions that the sample is not known to be of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from parsers.lint.findings import CERTAIN, TASTE, Place, Rule
from parsers.lint.shape import Shape, contradicts, kind_of
from parsers.lint.view import SIDES, version

if TYPE_CHECKING:
    from parsers.lint.view import Row, Side, Subject, View
    from specs.model import Sample


def _body(subject: Subject, side: Side) -> tuple[Row, ...]:
    return tuple(row for row in subject.rows(side) if row.parameter.location == "body")


def _shapes(view: View) -> Iterator[tuple[Subject, Side, tuple[Row, ...], Sample, Shape]]:
    """Every sample whose side of its operation has a table of the body, with what the two have in common."""
    shared = _names_by_route(view)
    for subject in view.subjects:
        for side in SIDES:
            rows = _body(subject, side)
            if "rest_parameters" in subject.lost:
                continue  # who knows which rows there are
            if not rows or any(row.parameter.location is None for row in subject.rows(side)):
                continue
            known = shared[side].get(_route(subject), frozenset())
            for sample in subject.samples(side):
                if sample.valid and isinstance(sample.body, dict | list):
                    yield subject, side, rows, sample, Shape(rows, known, sample.body, version(sample.microversion))


def _route(subject: Subject) -> tuple[str, str, str | None]:
    return (subject.source.method, subject.source.path.partition("?")[0], subject.operation.action)


def _names_by_route(view: View) -> dict[str, dict[tuple[str, str, str | None], frozenset[str]]]:
    """What the tables of all operations of one method, URL and action name: such operations complete each other."""
    found: dict[str, dict[tuple[str, str, str | None], frozenset[str]]] = {side: {} for side in SIDES}
    for subject in view.subjects:
        for side in SIDES:
            # A row of a response that is said to be in the path has a finding of its own.
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
                    f"the sample {sample.file} has a key {key}{_where(path)} that the table lacks; add a row, or "
                    "correct the sample",
                    f"{sample.file}:{path}:{key}",
                )


def _own_keys(view: View) -> Iterator[Place]:
    return _keys(view, own=True)


def _nested_keys(view: View) -> Iterator[Place]:
    """Keys of an object within the one that the table is about; another table may describe it."""
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


def _wrappers(view: View) -> Iterator[Place]:
    for subject, _, _, sample, shape in _shapes(view):
        for _, key in shape.wrappers():
            if shape.meant(key) is None:
                yield Place(
                    subject.path,
                    sample.line,
                    f"what the table describes stands within {key} in the sample {sample.file}, and the table does "
                    f"not say so; add a row for {key}",
                    f"{sample.file}:{key}",
                )


def _required(view: View) -> Iterator[Place]:
    """A field that every message has, and a sample of its versions has not; the first such sample is named.

    Every request must hold it. Of responses, one that shows it is enough: the others may be partial on purpose.
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
                    f"{row.name} is required by {row.told_by}, but the sample {sample.file} does without it; "
                    + ("mark it as optional" if row.written_out else "write `required: false`, bound its versions")
                    + ", or correct the sample",
                    row.cause and f"{row.cause}:{sample.file}",
                )


def _types(view: View) -> Iterator[Place]:
    told = set()
    for subject, _, _, sample, shape in _shapes(view):
        # Of a sample whose version nobody knows, a key that is there is of one of the rows of its name.
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
                    f"{name} is of type {kinds} by {rows[0].told_by}, but the sample {sample.file} has "
                    f"{kind_of(values[0])}; correct one of the two",
                    rows[0].cause,
                )


def _either(words: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(words))


def _versions(view: View) -> Iterator[Place]:
    for subject, _, _, sample, shape in _shapes(view):
        for path, key, row in shape.out_of_range():
            yield Place(
                subject.path,
                sample.line,
                f"the sample {sample.file} of version {shape.version} has a key {key}{_where(path)} that by its entry "
                f"{row.parameter.ref} exists in other versions only; correct the entry, or the sample",
                f"{sample.file}:{path}:{key}",
            )


RULES = (
    Rule("sample-key-without-row", CERTAIN, "A sample has a key that the table lacks.", _own_keys),
    Rule("misnamed-row", CERTAIN, "A row is called nearly as a key of the sample is.", _misnamed),
    Rule("required-row-not-in-sample", CERTAIN, "A sample does without a field that is required.", _required),
    Rule("type-against-sample", CERTAIN, "The type of a row and the sample contradict each other.", _types),
    Rule("sample-key-outside-versions", CERTAIN, "A sample has a key that its version has not.", _versions),
    Rule("nested-key-without-row", TASTE, "A nested object has a key that the table lacks.", _nested_keys),
    Rule("wrapper-without-row", TASTE, "The object that wraps a body has no row.", _wrappers),
)
