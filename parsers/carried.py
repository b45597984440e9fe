"""Headers that requests have to carry: sentences about groups of APIs, joined with the operations of the groups.

The sentence that names a header and those that put operations into its group may stand in different files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from specs.microversion import Microversion
from specs.model import Header, Operation, Spec

if TYPE_CHECKING:
    from parsers.document import SourceFile
    from parsers.prose.facts import ProseFacts, Told
    from parsers.prose.rules import Carried

Line = Callable[[str, int], int]
"""Gives the line of a file for a line of its text, which may be a repaired one."""


class Headers:
    """The headers that the sentences of a reference ask for.

    Attributes:
        groups: group of APIs -> the headers that sentences name for it, each with the path of its file.
    """

    def __init__(self, files: Sequence[SourceFile], told: Sequence[Told], line: Line) -> None:
        self._line = line
        self.groups: dict[str, list[Header]] = {}
        for file, facts in zip(files, told, strict=True):
            for one in facts.file.carried:
                self._add(file.context.path, one)
            for operation in facts.operations:
                for path, one in operation.carried:
                    self._add(path, one)

    def _add(self, path: str, one: Carried) -> None:
        known = self.groups.setdefault(one.group, [])
        header = self._header(path, one)
        if header not in known:
            known.append(header)

    def _header(self, path: str, one: Carried) -> Header:
        return Header(one.name, one.value, self._line(path, one.line), path=path)

    def on(self, spec: Spec, told: Told) -> Spec:
        """Give the operations of a file the headers that their requests have to carry."""
        if not self.groups:
            return spec
        own = spec.reference.path
        pairs = zip(spec.operations, told.operations, strict=True)
        return replace(spec, operations=tuple(_with(one, self._of(one, said, own), own) for one, said in pairs))

    def _of(self, operation: Operation, said: ProseFacts, own: str) -> list[Header]:
        """The headers of an operation: those of sentences about its place, and those of its groups."""
        found = [self._header(path, one) for path, one in said.carried if not one.group]
        for group in dict.fromkeys(one.group for one in said.groups):
            header = _agreed(self.groups.get(group, ()), own)
            ends = [one.max for one in said.groups if one.group == group and one.max]
            if header is not None:
                found.append(replace(header, max=min(ends, key=Microversion.parse, default=None)))
        first = {header.name.lower(): header for header in reversed(found)}
        return [header for header in found if first[header.name.lower()] is header and _applies(header, operation)]


def _agreed(headers: Iterable[Header], own: str) -> Header | None:
    """The header that all sentences about a group name, by that of a file if it has one; None if they differ."""
    known = sorted(headers, key=lambda header: header.path != own)
    return known[0] if len({(header.name, header.value) for header in known}) == 1 else None


def _applies(header: Header, operation: Operation) -> bool:
    """Whether the operation exists in a version in which its group has to carry the header."""
    return not (header.range & operation.microversions.range).empty


def _with(operation: Operation, headers: list[Header], own: str) -> Operation:
    if not headers:
        return operation
    placed = tuple(replace(one, path=None) if one.path == own else one for one in headers)
    return replace(operation, request=replace(operation.request, headers=placed))
