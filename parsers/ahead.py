"""Work that this process does while a second one reads the documents: the descriptions of the parameters.

Their sentences are read once and remembered, whoever asks for them first. The parameter file tells the descriptions,
and a glance at the documents which of them which tables use. Where a glance is wrong, a description is read in vain, or
is read later: nothing that is decided here depends on it.
"""

from __future__ import annotations

import posixpath
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from parsers import errors, prose
from parsers.document import ParameterRow
from parsers.files import Root
from parsers.names import section_kind
from parsers.parameters import read_parameters
from parsers.prose.constraints import read_description
from parsers.tables import SIMPLE, parameter_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from parsers.document import Section
    from parsers.layout import Layout
    from parsers.parameters import Definition

_TABLE = re.compile(r"\s*\.\. rest_parameters::\s*(\S+)")
_UNDERLINE = re.compile(r"([=\-~^\"'+#*`:.])\1{2,}\s*\Z")


def read_ahead(layout: Layout, until: Callable[[], bool]) -> None:
    """Read the descriptions of the parameters that the documents seem to use.

    Args:
        layout: the reference.
        until: whether the documents have been read, so that this process must not go on.
    """
    root = Root(layout.root.directory)  # what is read here counts for no limit and no checksum
    files: dict[str, dict[str, Definition]] = {}
    for document in sorted((root.directory / layout.top).rglob("*")):
        if document.suffix not in (".inc", ".rst") or not document.is_file():
            continue
        own = document.parent.relative_to(root.directory).as_posix()
        try:
            text = root.text(f"{own}/{document.name}")
        except errors.ReferenceError:
            continue
        for target, name, ref, section in dict.fromkeys(_rows(text)):
            if until():
                return
            found = _entries(root, target, (own, layout.top), files).get(ref)
            if found is not None:
                row = ParameterRow(
                    parameter_of(name, ref, found), 0, section,
                    description=found.description, description_line=found.description_line,
                )  # fmt: skip
                read_description(row)
                prose.account_for(row)


def _entries(
    root: Root, target: str, folders: tuple[str, ...], files: dict[str, dict[str, Definition]]
) -> dict[str, Definition]:
    """Return the entries of a parameter file in the first of some folders that has it; none if it cannot be read."""
    for folder in folders:
        path = posixpath.normpath(posixpath.join(folder, target.lstrip("/")))
        if path not in files:
            files[path] = {}
            with suppress(errors.ReferenceError):  # whoever reads the documents tells of it
                files[path] = read_parameters(root, path, where=path).entries
        if files[path]:
            return files[path]
    return {}


def _rows(text: str) -> Iterator[tuple[str, str, str, Section]]:
    """Yield file, name, reference and section of what look like rows of tables of parameters."""
    section: Section = ""
    before = target = ""
    for line in text.split("\n"):
        if line[:1].strip():
            target = ""
            if _UNDERLINE.match(line) and before.strip():
                section = section_kind(before, "")
        if table := _TABLE.match(line):
            target = table[1]
        elif target and (found := SIMPLE.match(line.strip())):
            yield target, found["name"], found["ref"], section
        before = line
