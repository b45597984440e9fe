"""The headers that requests of some operations have to carry with a fixed value, by the sentences of a reference.

Whatever asks for such a request sends them: a case, a step before it, the look for what it did, the removal of a thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from specs.microversion import Microversion, VersionRange

_OF_THE_CLIENT = re.compile(
    r"authorization|connection|content-.*|cookie|host|te|trailer|transfer-.*|upgrade|x-(?:auth|service|subject)-token"
    r"|.*-version|x-(?:project|user|roles?|domain)\b.*|(?:x-)?http-method.*|x-method.*",
    re.IGNORECASE,
)
"""Headers that hold the message together, name a user, or stand for a version or for another method: no reference
decides on them, whatever a spec says. The grammar leaves out further ones, which clients send of themselves."""
_PLAIN = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class CarriedHeader:
    """A header, and the requests that have to carry it.

    Attributes:
        method: their method.
        path: their path, with names in braces.
        action: the action that their body names; "" for those without one.
        min, max: the microversions in which they have to; None for an open end.
    """

    name: str
    value: str
    method: str
    path: str
    action: str = ""
    min: str | None = None
    max: str | None = None

    def fits(self, parts: list[str], microversion: str | None, body: Any) -> bool:
        """Whether a request has to carry the header, if its method and the number of the parts of its path agree."""
        if self.action and not (isinstance(body, dict) and self.action in body):
            return False
        if not all(own == part or own.startswith("{") for own, part in zip(_parts(self.path), parts, strict=True)):
            return False
        try:
            version = Microversion.parse(microversion or "")
        except ValueError:
            return True  # a request without a version, or with one that is none, is about all of them
        return version in VersionRange.parse(self.min, self.max)


@dataclass(frozen=True)
class Carried:
    """All such headers of a service."""

    headers: tuple[CarriedHeader, ...] = ()

    def of(self, method: str, path: str, microversion: str | None = None, body: Any = None) -> Mapping[str, str]:
        """The headers that a request has to carry: name -> value."""
        if not self.headers:
            return {}
        parts = _parts(path)
        known = self._by_shape.get((method, len(parts)), ())
        return {header.name: header.value for header in known if header.fits(parts, microversion, body)}

    @cached_property
    def _by_shape(self) -> Mapping[tuple[str, int], list[CarriedHeader]]:
        """Method and number of the parts of the path -> the headers that may be sent."""
        found: dict[tuple[str, int], list[CarriedHeader]] = {}
        for header in self.headers:
            if not _OF_THE_CLIENT.fullmatch(header.name) and _PLAIN.fullmatch(header.value):
                found.setdefault((header.method, len(_parts(header.path))), []).append(header)
        return found

    def plain(self) -> list[list[str | None]]:
        """The headers as a line of a journal holds them."""
        return [[h.name, h.value, h.method, h.path, h.action, h.min, h.max] for h in self.headers]

    @classmethod
    def read(cls, plain: Iterable[Iterable[str | None]]) -> Carried:
        """The headers of such a line."""
        return cls(tuple(CarriedHeader(*(one or "" for one in row[:5]), *row[5:7]) for row in map(tuple, plain)))


NONE = Carried()


def _parts(path: str) -> list[str]:
    return path.strip("/").split("/")
