"""Reads the files of a service's description, with the line of every value, and joins them into one.

A description is a folder of YAML files (``conformance/services/<type>/``). The names of the files, and the division of
the sections among them, have no meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from specs import placed
from specs.placed import Path

FORMAT = "format"
"""The section that every file has."""


class DescriptionError(ValueError):
    """A description cannot be used. The message is one sentence with file, line and correction."""


@dataclass(frozen=True)
class Description:
    """The content of the files of one service, with the place of each entry.

    Attributes:
        data: the sections by name.
        places: ``file:line`` of each key and each element of a list, by its path.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[Path, str] = field(default_factory=lambda: {(): "the description:1"})

    def place(self, path: Path) -> str:
        """``file:line`` of the value at a path, or of the nearest value around it."""
        return placed.place(self.places, path)


@cache
def services() -> Mapping[str, Traversable]:
    """The folders of all descriptions of this suite, by the type of the service."""
    found = resources.files("conformance.services").iterdir()
    return {folder.name: folder for folder in found if folder.is_dir() and not folder.name.startswith("_")}


def read_folder(folder: Traversable) -> Description:
    """Read the YAML files of a folder.

    Raises:
        DescriptionError: a file is not YAML, or two files set the same section.
    """
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    return read_texts((str(file), file.read_text("utf-8")) for file in files)


def read_texts(texts: Iterable[tuple[str, str]]) -> Description:
    """Read files, given as pairs of name and text. Raises DescriptionError: see ``read_folder``."""
    data: dict[str, Any] = {}
    places: dict[Path, str] = {}
    for name, text in texts:
        try:
            file = placed.read(name, text)
        except placed.PlacedError as error:
            raise DescriptionError(str(error)) from None
        if not isinstance(file.data, dict) or FORMAT not in file.data:
            raise DescriptionError(f"{name}:1: this is no file of a description; begin it with `format: 1`")
        for section, value in file.data.items():
            if section in data and section != FORMAT:
                here, there = file.places[section,], places[section,]
                raise DescriptionError(f"{here}: the section {section} stands in {there} too; keep one of the two")
            data[section] = value
        places |= file.places
    return Description(data, places)
