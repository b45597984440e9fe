"""Puts the user's readings into specs: sentences that the grammar is not to read, and their facts instead.

Only the files that hold such a sentence are read again, with a sentence that promises nothing in its place. No reading
is lost without notice: an entry whose sentence, file, operation or parameter is not there is told with its place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from parsers.build import build_specs
from parsers.errors import DocumentError
from parsers.masked import masked_block, masked_description
from specs.beside import READINGS
from specs.model import Common, Operation, Parameter, Spec

if TYPE_CHECKING:
    from parsers.build import Reading
    from parsers.document import Block, OperationSource, ParameterRow, SourceFile
    from parsers.readings import Declared

Fact = TypeVar("Fact", bound=Any)


@dataclass(frozen=True)
class Lost:
    """A declared reading of a thing that is not in the reference: ``where`` is the place of the entry."""

    where: str
    what: str
    mend: str = "correct the entry by the present text of the reference, or remove it"

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.mend}."


@dataclass(frozen=True)
class _Said:
    """A place where a declared sentence stands.

    Attributes:
        entry: the entry.
        operation: the number of the operation in its file; None outside of all.
        line: the line of its facts.
        row: the parameter whose description holds it; None for a sentence of a document.
    """

    entry: Declared
    operation: int | None
    line: int
    row: ParameterRow | None = None


@dataclass
class _Book:
    """The entries, and what of them was found: by the number of an entry, the operations and the parameters."""

    entries: Sequence[Declared]
    files: set[str] = field(default_factory=set)
    seen: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    constrained: dict[int, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))

    def of(self, path: str | None, operations: Iterable[str]) -> dict[str, list[Declared]]:
        """Return the entries, by sentence, that hold in a file for any of some operations."""
        if path is not None:
            self.files.add(path)
        ids = set(operations)
        found: dict[str, list[Declared]] = {}
        for one in self.entries:
            if one.path in (None, path) and (not one.operations or ids & set(one.operations)):
                found.setdefault(one.sentence, []).append(one)
        return found

    def lost(self, specs: Iterable[Spec]) -> tuple[Lost, ...]:
        """Return the entries of which something is not in the reference."""
        known = {operation.id for spec in specs for operation in spec.operations}
        told = ((one, self._missing(one, known)) for one in self.entries)
        return tuple(Lost(one.where, what) for one, what in told if what is not None)

    def _missing(self, one: Declared, known: set[str]) -> str | None:
        seen = self.seen[one.number]
        if unknown := [name for name in one.operations if name not in known]:
            return f"the reference has no operation {unknown[0]}"
        if one.path is not None and one.path not in self.files:
            return f"the reference has no file {one.path} with operations or their parameters"
        if not seen:
            place = f" in {one.path}" if one.path else ""
            place += f" of {', '.join(one.operations)}" if one.operations else ""
            return f'the reference does not say{place} "{one.shown}"'
        if left := [name for name in one.operations if name not in seen]:
            return f'the text of {left[0]} does not say "{one.shown}"'
        for said in one.constraints:
            if (said.section, said.name) not in self.constrained[one.number]:
                return f'no {said.section} has the parameter {said.name} where the reference says "{one.shown}"'
        return None


def declare(reading: Reading, specs: dict[str, Spec], entries: Sequence[Declared]) -> tuple[Lost, ...]:
    """Read a reference as the user's readings say.

    Args:
        reading: the reference; the files that the readings are about, and what these tell, are replaced.
        specs: its specs by name, which are replaced.
        entries: the readings.

    Returns:
        The readings that are lost.

    Raises:
        DocumentError: an entry states facts of a sentence outside of operations, and names none; or a sentence in a
            description cannot be told apart.
    """
    if not entries:
        return ()
    from parsers import prose

    names = {spec.reference.path: name for name, spec in specs.items()}
    book = _Book(entries)
    found: dict[str, list[_Said]] = {}
    for number, file in enumerate(reading.files):
        name = names.get(file.context.path)
        if name is None:
            continue
        masked, said = _Masking(file, specs[name], book).result()
        if not said:
            continue
        reading.files[number], reading.told[number] = masked, prose.read_source(masked)
        found[name] = [replace(one, line=reading.line(file.context.path, one.line)) for one in said]
    if found:
        specs.update(build_specs(reading, next(iter(specs.values())).service))
    for name, said in found.items():
        specs[name] = _with(specs[name], said, book)
    return book.lost(specs.values())


class _Masking:
    """Masks the declared sentences of a file, and notes where they stand."""

    def __init__(self, file: SourceFile, spec: Spec, book: _Book) -> None:
        self._file = file
        self._book = book
        self._path = spec.reference.path
        self._parameters = spec.reference.parameters_path
        self._ids = [operation.id for operation in spec.operations]
        self._said: list[_Said] = []

    def result(self) -> tuple[SourceFile, list[_Said]]:
        """Return the file with masks, and the places where declared sentences stood."""
        context = self._file.context
        masked = replace(
            context,
            blocks=self._blocks(context.blocks, self._book.of(self._path, self._ids), None),
            rows=self._rows(context.rows, self._ids, None),
        )
        operations = tuple(self._operation(source, number) for number, source in enumerate(self._file.operations))
        return replace(self._file, context=masked, operations=operations), self._said

    def _operation(self, source: OperationSource, number: int) -> OperationSource:
        own = self._book.of(self._path, [self._ids[number]])
        return replace(
            source,
            blocks=self._blocks(source.blocks, own, number),
            preamble=_without(source.preamble, own),
            rows=self._rows(source.rows, [self._ids[number]], number),
        )

    def _blocks(
        self, blocks: tuple[Block, ...], wanted: Mapping[str, list[Declared]], operation: int | None
    ) -> tuple[Block, ...]:
        masked = []
        for block in blocks:
            one, found = masked_block(block, wanted.keys())
            masked.append(one)
            self._said += [_Said(entry, operation, line) for key, line in found for entry in wanted[key]]
        return tuple(masked)

    def _rows(
        self, rows: tuple[ParameterRow, ...], ids: Iterable[str], operation: int | None
    ) -> tuple[ParameterRow, ...]:
        wanted = self._book.of(self._parameters, ids)
        masked = []
        for row in rows:
            if not wanted or not row.description:
                masked.append(row)
                continue
            one = masked_description(row.description, wanted.keys())
            if one is None:
                raise DocumentError(
                    "the markup of this description is such that a declared sentence in it cannot be told apart",
                    where=f"{self._parameters}:{row.description_line}",
                    mend=f"simplify it, or take the sentence out of {READINGS}",
                )
            if not one.found:
                masked.append(row)
                continue
            masked.append(replace(row, description=one.text))
            self._said += [_Said(entry, operation, row.row_line, row) for key, _ in one.found for entry in wanted[key]]
        return tuple(masked)


def _without(blocks: tuple[Block, ...], wanted: Mapping[str, list[Declared]]) -> tuple[Block, ...]:
    """Mask sentences of blocks that are those of another place, which has their facts."""
    return tuple(masked_block(block, wanted.keys())[0] for block in blocks)


def _with(spec: Spec, said: Sequence[_Said], book: _Book) -> Spec:
    """Return a spec with the facts of declared sentences."""
    numbers = {operation.id: number for number, operation in enumerate(spec.operations)}
    of: dict[int, list[_Said]] = defaultdict(list)
    common = spec.common
    for one in said:
        if one.operation is not None:
            of[one.operation].append(one)
            continue
        book.seen[one.entry.number].add("")
        for name in one.entry.operations:
            if name in numbers:
                of[numbers[name]].append(one)
        if not one.entry.operations:
            common = _in_common(common, one, spec, book)
    operations = list(spec.operations)
    for number, own in of.items():
        operations[number] = _stated(operations[number], own, book)
    return replace(spec, operations=tuple(operations), common=common)


def _in_common(common: Common, one: _Said, spec: Spec, book: _Book) -> Common:
    """Return the parameters of all operations with the constraints of a sentence in the description of one of them."""
    entry = one.entry
    if (one.row is None and entry.promises) or entry.preconditions or entry.postconditions or entry.refusals:
        raise DocumentError(
            f"the sentence stands outside of operations ({spec.reference.path}:{one.line}): its facts are of none",
            where=entry.where,
            mend="name the operations that it is about in `operations`, or another file in `path`",
        )
    return replace(
        common,
        request=_constrained(common.request, "request", one, book),
        response=_constrained(common.response, "response", one, book),
    )


def _stated(operation: Operation, said: Sequence[_Said], book: _Book) -> Operation:
    """Return an operation with the facts of the declared sentences about it."""
    first = {
        one.entry.number: one for one in reversed(said)
    }  # a sentence that stands there twice states its facts once
    for one in first.values():
        book.seen[one.entry.number].add(operation.id)
    told = sorted(first.values(), key=lambda one: one.line)
    request, response = operation.request, operation.response
    for one in said:
        request = replace(request, parameters=_constrained(request.parameters, "request", one, book))
        response = replace(response, parameters=_constrained(response.parameters, "response", one, book))
    return replace(
        operation,
        preconditions=_at(operation.preconditions, [(one.line, one.entry.preconditions) for one in told]),
        postconditions=_at(operation.postconditions, [(one.line, one.entry.postconditions) for one in told]),
        refusals=_at(operation.refusals, [(one.line, one.entry.refusals) for one in told]),
        request=request,
        response=response,
    )


def _at(known: tuple[Fact, ...], told: Iterable[tuple[int, tuple[Fact, ...]]]) -> tuple[Fact, ...]:
    """Return facts with those of declared sentences, in the order of the reference."""
    new = [replace(fact, line=line) for line, facts in told for fact in facts]
    return tuple(sorted((*known, *new), key=lambda fact: fact.line or 0)) if new else known


def _constrained(parameters: tuple[Parameter, ...], section: str, one: _Said, book: _Book) -> tuple[Parameter, ...]:
    """Return parameters with the constraints of a declared sentence: of a description, those that have it alone."""
    if one.row is not None and (one.row.section == "response") != (section == "response"):
        return parameters
    fields = {said.name: dict(said.fields) for said in one.entry.constraints if said.section == section}
    found = []
    for parameter in parameters:
        if parameter.name in fields and (one.row is None or parameter.ref == one.row.parameter.ref):
            book.constrained[one.entry.number].add((section, parameter.name))
            stated = fields[parameter.name]
            refusals = (*parameter.refusals, *stated.pop("refusals", ()))
            found.append(replace(parameter, declared=True, refusals=refusals, **stated))
        else:
            found.append(parameter)
    return tuple(found)
