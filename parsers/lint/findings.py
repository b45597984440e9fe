"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from parsers.lint.view import View

Certainty = Literal["certain", "taste"]
CERTAIN: Final = "certain"
TASTE: Final = "taste"


class Place(NamedTuple):
    """Where something is wrong: a path relative to the root of the distribution and a line from 1, and what is wrong.

    The message is one sentence without a full stop: what is wrong, a semicolon, what to write instead.
    """

    path: str
    line: int
    message: str


@dataclass(frozen=True)
class Rule:
    """A named rule; ``summary`` says in one sentence what it finds."""

    name: str
    certainty: Certainty
    summary: str
    check: Callable[[View], Iterable[Place]]


@dataclass(frozen=True, order=True)
class Finding:
    """One defect; findings sort by file and line."""

    path: str
    line: int
    rule: str
    message: str
    certainty: Certainty = CERTAIN

    def __str__(self) -> str:
        kind = "" if self.certainty == CERTAIN else " (taste)"
        return f"{self.path}:{self.line}: {self.rule}{kind}: {self.message}"
