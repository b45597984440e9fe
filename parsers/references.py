"""From the documents of a reference to its files, as docutils reads them, without the grammar of sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parsers.build import Reading
from parsers.errors import HostileError, NotFoundError
from parsers.reader import read_document
from parsers.samples import Samples
from parsers.structure import Structure
from parsers.tables import Tables

if TYPE_CHECKING:
    from parsers.layout import Layout
    from parsers.parameters import Flaw, ParameterFile


def read_reference(layout: Layout, *, parameters: ParameterFile | None = None) -> Reading:
    """Read all documents of a reference.

    Raises:
        ReferenceError: a document cannot be read, or no document contains an operation.

    """
    tables = Tables(layout.root, layout.top, parameters=parameters, bare=layout.bare)
    structure = Structure(tables)
    flaws: list[Flaw] = []
    for path in layout.documents:
        document, includes = read_document(layout.root, path, top=layout.top, text=layout.texts.get(path))
        try:
            structure.add(document, path, includes)
        except RecursionError:
            raise HostileError(
                "the document is nested too deeply", where=path, mend="flatten its lists and quotes"
            ) from None
        flaws += includes.flaws
    samples = Samples(layout.root)
    reading = Reading(layout, structure.result(), tables, samples, [])
    if not reading.operations:
        where = layout.documents[0] if layout.bare else str(layout.root.directory / layout.top)
        raise NotFoundError(
            "no operation (a section with a rest_method) was found",
            where=where,
            mend="point at an API reference of the os-api-ref dialect",
        )
    reading.flaws = [*flaws, *structure.flaws, *tables.flaws]
    samples.read(row.path for file in reading.files for operation in file.operations for row in operation.samples)
    return reading
