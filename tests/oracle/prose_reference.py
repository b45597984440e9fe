"""Read the references of unpacked source distributions, for the tools in this folder."""

from __future__ import annotations

from pathlib import Path

from parsers.document import SourceFile
from parsers.files import Root
from parsers.reader import read_document
from parsers.structure import Structure
from parsers.tables import Tables

TOP = "api-ref/source"


def read_reference(directory: Path) -> list[SourceFile]:
    """Read every document below ``api-ref/source`` of one source distribution."""
    root = Root(directory)
    structure = Structure(Tables(root, TOP))
    for document in sorted((root.directory / TOP).rglob("*.rst")):
        path = str(document.relative_to(root.directory))
        tree, includes = read_document(root, path, top=TOP)
        structure.add(tree, path, includes)
    return structure.result()


def given(arguments: list[str]) -> dict[str, Path]:
    """Read arguments of the form ``project=directory``."""
    pairs = (a.partition("=") for a in arguments)
    return {name: Path(directory) for name, _, directory in pairs}
