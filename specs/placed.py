"""Reads YAML together with the line of every value, so that an error can name the place where it is mended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str | int, ...]
"""The place of a value in a file: keys and indices from the top."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class PlacedError(ValueError):
    """A text is not YAML that this project reads. The message is one sentence with file, line and correction."""


@dataclass(frozen=True)
class Placed:
    """The content of a YAML file.

    Attributes:
        data: the content; None for an empty file.
        places: ``file:line`` of each key and each element of a list, by its path.
    """

    data: Any
    places: Mapping[Path, str]

    def place(self, path: Path) -> str:
        """``file:line`` of the value at a path, or of the nearest value around it."""
        return place(self.places, path)


def place(places: Mapping[Path, str], path: Path) -> str:
    """``file:line`` of the value at a path, or of the nearest value around it that has a place."""
    while path not in places:
        path = path[:-1]
    return places[path]


def read(name: str, text: str) -> Placed:
    """Read a text.

    Args:
        name: the name of the file, for the places and for messages.
        text: its content.

    Raises:
        PlacedError: the text is not YAML, a key is no text or stands twice, or its values are nested too deeply.
    """
    reader = _Reader(name)
    try:
        node = yaml.compose(text, Loader=_Loader)
        return Placed(reader.value(node, ()) if node is not None else None, reader.places)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise PlacedError(f"{name}{line}: this is not YAML ({problem}); correct it") from None
    except RecursionError:
        raise PlacedError(f"{name}: its values are nested too deeply; flatten them") from None


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[Path, str] = {(): f"{name}:1"}
        self._scalars = yaml.SafeLoader("")

    def value(self, node: yaml.Node, path: Path) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return [self._placed(inner, (*path, index), inner) for index, inner in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            found: dict[str, Any] = {}
            for key_node, inner in node.value:
                key, line = key_node.value, f"{self.name}:{key_node.start_mark.line + 1}"
                if not isinstance(key_node, yaml.ScalarNode) or key_node.tag != "tag:yaml.org,2002:str":
                    raise PlacedError(f"{line}: the key {key} is no text; put it in quotes")
                if key in found:
                    raise PlacedError(
                        f"{line}: the key {key} stands in {self.places[*path, key]} too; keep one of the two"
                    )
                found[key] = self._placed(inner, (*path, key), key_node)
            return found
        return self._scalars.construct_object(node)

    def _placed(self, node: yaml.Node, path: Path, at: yaml.Node) -> Any:
        self.places[path] = f"{self.name}:{at.start_mark.line + 1}"
        return self.value(node, path)
