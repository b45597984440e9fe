"""Rules and their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from parsers.lint.view import View

_SHOWN = 8
"""The text output names at most this many places of one cause; JSON and SARIF name all."""

Certainty = Literal["certain", "taste"]
CERTAIN: Final = "certain"
TASTE: Final = "taste"


class Place(NamedTuple):
    """One defective place: a path relative to the root of the distribution, a line from 1, and a message.

    The message is one sentence without a full stop: the defect, a semicolon, and the correction. Places of one rule
    with the same ``cause`` are one finding, because one correction mends them all; "" means no shared cause.
    """

    path: str
    line: int
    message: str
    cause: str = ""


def listed(names: Sequence[str]) -> str:
    """Name some things in words, such as "a, b and c"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


@dataclass(frozen=True)
class Rule:
    """A named rule; ``summary`` describes its findings in one sentence."""

    name: str
    certainty: Certainty
    summary: str
    check: Callable[[View], Iterable[Place]]


@dataclass(frozen=True, order=True)
class Finding:
    """One defect; findings sort by file and line.

    ``also`` has the other places with the same cause, as pairs of path and line.
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
        """The other places as text, grouped by file; only the first few are named."""
        if not self.also:
            return ""
        lines: dict[str, list[int]] = {}
        for path, line in self.also[:_SHOWN]:
            lines.setdefault(path, []).append(line)
        shown = "; ".join(f"{path}:{', '.join(map(str, held))}" for path, held in lines.items())
        more = f"; and {len(self.also) - _SHOWN} more" if len(self.also) > _SHOWN else ""
        return f" (the same cause in {shown}{more})"
