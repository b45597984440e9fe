"""Microversions: version numbers ``major.minor`` that a client chooses for each request.

Source of the rule: the guideline of the API special interest group. Both parts are whole numbers, so 2.10 follows 2.9,
and 2.100 is not 2.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_FORM = re.compile(r"(\d{1,4})\.(\d{1,5})\Z")


@dataclass(frozen=True, order=True)
class Microversion:
    """One microversion, ordered as numbers."""

    major: int
    minor: int

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, text: str) -> Microversion:
        """Read ``major.minor``.

        Raises:
            ValueError: the text has another form.
        """
        found = _FORM.match(text)
        if found is None:
            raise ValueError(f"{text!r} is not a microversion: expected two whole numbers, such as 2.73")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @property
    def next(self) -> Microversion:
        """The next version, with the minor number raised by one."""
        return Microversion(self.major, self.minor + 1)

    @property
    def previous(self) -> Microversion | None:
        """The previous version, or None if the minor number is 0."""
        return Microversion(self.major, self.minor - 1) if self.minor else None


@dataclass(frozen=True)
class VersionRange:
    """A range of microversions that includes both ends; None is an open end."""

    min: Microversion | None = None
    max: Microversion | None = None

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, low: str | None, high: str | None) -> VersionRange:
        """Read the two ends. Raises ValueError as Microversion.parse does."""
        return cls(Microversion.parse(low) if low else None, Microversion.parse(high) if high else None)

    def __contains__(self, version: Microversion) -> bool:
        return (self.min is None or self.min <= version) and (self.max is None or version <= self.max)

    def __and__(self, other: VersionRange) -> VersionRange:
        low = max((v for v in (self.min, other.min) if v), default=None)
        high = min((v for v in (self.max, other.max) if v), default=None)
        return VersionRange(low, high)

    @property
    def empty(self) -> bool:
        """True if the range contains no version."""
        return self.min is not None and self.max is not None and self.max < self.min

    def __str__(self) -> str:
        return f"{self.min or ''} - {self.max or ''}".strip()
