"""What a rule is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from parsers.lint.view import View

_SHOWN = 8
"""Places of one cause that a line of text shows; JSON and SARIF have them all."""

Certainty = Literal["certain", "taste"]
CERTAIN: Final = "certain"
TASTE: Final = "taste"


class Place(NamedTuple):
    """Where something is wrong: a path relative to the root of the distribution and a line from 1, and what is wrong.

    The message is one sentence without a full stop: what is wrong, a semicolon, what to write instead. Places of one
    rule with the same ``cause`` ("" is none) are one finding: they are mended together.
    """

    path: str
    line: int
    message: str
    cause: str = ""


@dataclass(frozen=True)
class Rule:
    """A named rule; ``summary`` says in one sentence what it finds."""

    name: str
    certainty: Certainty
    summary: str
    check: Callable[[View], Iterable[Place]]


@dataclass(frozen=True, order=True)
class Finding:
    """One defect; findings sort by file and line.

    ``also`` are the other places that have the same cause, as pairs of path and line.
    """

    path: str
    line: int
    rule: str
    message: str
    certainty: Certainty = CERTAIN
    also: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        kind = "" if self.certainty == CERTAIN else " (taste)"
        return f"{self.path}:{self.line}: {self.rule}{kind}: {self.message}{self._others()}"

    def _others(self) -> str:
        """The other places, the lines of one file together; the first few of many."""
        if not self.also:
            return ""
        lines: dict[str, list[int]] = {}
        for path, line in self.also[:_SHOWN]:
            lines.setdefault(path, []).append(line)
        shown = "; ".join(f"{path}:{', '.join(map(str, held))}" for path, held in lines.items())
        more = f"; and {len(self.also) - _SHOWN} more" if len(self.also) > _SHOWN else ""
        return f" (the same cause in {shown}{more})"
