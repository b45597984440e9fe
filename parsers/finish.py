"""From a reference that was read to the texts of its specs: file by file, in two processes where that pays.

What is sent between the processes is the text of each spec and the places of its unread prose, and not the facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parsers import prose
from parsers.build import seconds, service_of, spec_of
from parsers.halves import halved
from parsers.names import Ids, stem
from parsers.unread import Passages, joined, passages_of
from specs.dump import dump

if TYPE_CHECKING:
    from parsers.build import Reading
    from parsers.document import SourceFile
    from parsers.unread import Entry


@dataclass(frozen=True)
class Specs:
    """The specs of a reference as texts.

    Attributes:
        service: the service that they name.
        texts: by the name of the file.
        entries: the passages of prose of the reference.
        problem: why a spec cannot be written; "" if all can.
    """

    service: str
    texts: dict[str, str]
    entries: list[Entry]
    problem: str


@dataclass(frozen=True)
class _Finished:
    """One file.

    Attributes:
        passages: its passages of prose.
        text: the text of its spec.
        problem: why that cannot be written; "" if it can.
        sums: the checksums of its samples, by path.
        missing: its samples that do not exist.
    """

    passages: Passages
    text: str = ""
    problem: str = ""
    sums: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()


def finished(reading: Reading, service: str | None = None) -> Specs:
    """Make the texts of all specs of a reference; the reading then knows all samples, as ``build_specs`` leaves it."""
    name = service_of(reading, service)
    items = _named(reading)
    paths = {sample.path for file, _ in items for operation in file.operations for sample in operation.samples}
    # Each process counts the bytes that it reads: where the limit is near, one process must read all.
    cost = seconds if reading.layout.root.fits(paths) else _nothing
    done = halved(lambda item: _finish(*item, name, reading), items, lambda item: cost(item[0]))
    for one in done:
        reading.layout.root.sums.update(one.sums)
        reading.samples.missing.update(one.missing)
    return Specs(
        name,
        {f"{own}.yaml": one.text for (_, own), one in zip(items, done, strict=True) if own is not None},
        joined(reading, [one.passages for one in done]),
        next((one.problem for one in done if one.problem), ""),
    )


def _nothing(_: SourceFile) -> float:
    return 0.0


def _named(reading: Reading) -> list[tuple[SourceFile, str | None]]:
    """Return each file with the name of its spec; None if it has no facts, and so no spec."""
    names = Ids()
    return [
        (
            file,
            names.take(stem(file.context.path, reading.layout.top))
            if file.operations or file.context.rows or prose.read_source(file).file.vocabulary
            else None,
        )
        for file in reading.files
    ]


def _finish(file: SourceFile, own: str | None, service: str, reading: Reading) -> _Finished:
    told = prose.read_source(file)
    if own is None:
        return _Finished(passages_of(file, None, told))
    spec = spec_of(file, own, service, told, reading)
    passages = passages_of(file, spec, told)
    paths = dict.fromkeys(sample.path for operation in file.operations for sample in operation.samples)
    sums = reading.layout.root.sums
    known = tuple((path, sums[path]) for path in paths if path in sums)
    missing = tuple(path for path in paths if path in reading.samples.missing)
    try:
        return _Finished(passages, dump(spec), "", known, missing)
    except ValueError as error:
        return _Finished(passages, "", str(error), known, missing)
