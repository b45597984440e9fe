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

import yaml

FORMAT = "format"
"""The section that every file has."""

Path = tuple[str | int, ...]
"""The place of a value in a description: keys and indices from the top."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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
        while path not in self.places:
            path = path[:-1]
        return self.places[path]


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
        file = _File(name)
        sections = file.read(text)
        for section, value in sections.items():
            if section in data and section != FORMAT:
                here, there = file.places[section,], places[section,]
                raise DescriptionError(f"{here}: the section {section} stands in {there} too; keep one of the two")
            data[section] = value
        places |= file.places
    return Description(data, places)


class _File:
    """Reads one file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[Path, str] = {(): f"{name}:1"}
        self._scalars = yaml.SafeLoader("")

    def read(self, text: str) -> dict[str, Any]:
        try:
            node = yaml.compose(text, Loader=_Loader)
            value = self._value(node, ()) if node is not None else {}
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f":{mark.line + 1}" if mark else ""
            problem = getattr(error, "problem", None) or str(error)
            raise DescriptionError(f"{self.name}{line}: this is not YAML ({problem}); correct it") from None
        except RecursionError:
            raise DescriptionError(f"{self.name}: its values are nested too deeply; flatten them") from None
        if not isinstance(value, dict) or FORMAT not in value:
            raise DescriptionError(f"{self.name}:1: this is no file of a description; begin it with `format: 1`")
        return value

    def _value(self, node: yaml.Node, path: Path) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return [self._placed(inner, (*path, index), inner) for index, inner in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            found: dict[str, Any] = {}
            for key_node, inner in node.value:
                key, line = key_node.value, f"{self.name}:{key_node.start_mark.line + 1}"
                if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != "tag:yaml.org,2002:str":
                    raise DescriptionError(f"{line}: the key {key} is no text; put it in quotes")
                if key in found:
                    raise DescriptionError(
                        f"{line}: the key {key} stands in {self.places[*path, key]} too; keep one of the two"
                    )
                found[key] = self._placed(inner, (*path, key), key_node)
            return found
        return self._scalars.construct_object(node)

    def _placed(self, node: yaml.Node, path: Path, at: yaml.Node) -> Any:
        self.places[path] = f"{self.name}:{at.start_mark.line + 1}"
        return self._value(node, path)
