"""Patterns with cues: parts of words without which a sentence cannot have the form.

Most sentences have few of the forms that a rule knows, and a pattern that begins with a choice is tried at each of
their letters. Whether a sentence holds one of a few parts of words is known far sooner.

The grammar reads English. So the patterns that ignore the case do so for the letters of ASCII alone, which takes less
time for each letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

Thing = TypeVar("Thing")


def holds(words: str, cues: tuple[str, ...]) -> bool:
    """True if a text in lower case holds one of the cues, or if there are none."""
    for cue in cues:  # each sentence meets each rule: a generator would take three times as long
        if cue in words:
            return True
    return not cues


class Cued(Generic[Thing]):
    """Things with cues, in an order. Of many, it finds those for a text far sooner than a look at each of them.

    Args:
        things: each thing with its cues.
    """

    def __init__(self, things: Iterable[tuple[Thing, tuple[str, ...]]]) -> None:
        self._things: list[Thing] = []
        self._always: set[int] = set()
        self._by_cue: dict[str, list[int]] = {}
        for number, (thing, cues) in enumerate(things):
            self._things.append(thing)
            if not cues:
                self._always.add(number)
            for cue in cues:
                self._by_cue.setdefault(cue, []).append(number)

    def within(self, words: str) -> list[Thing]:
        """Return the things of which a text in lower case holds a cue, and those without cues, in their order."""
        found = self._always.union(*[numbers for cue, numbers in self._by_cue.items() if cue in words])
        return [self._things[number] for number in sorted(found)]


@dataclass(frozen=True)
class Form:
    """A pattern with its cues.

    Attributes:
        pattern: the pattern.
        cues: parts of words in lower case; each text that the pattern finds holds one of them. Empty: any text.
    """

    pattern: re.Pattern[str]
    cues: tuple[str, ...] = ()

    def search(self, text: str) -> re.Match[str] | None:
        """Search a text as ``re`` does."""
        return self.pattern.search(text) if holds(text.lower(), self.cues) else None

    def match(self, text: str) -> re.Match[str] | None:
        """Read the beginning of a text as ``re`` does."""
        return self.pattern.match(text) if holds(text.lower(), self.cues) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Find all places in a text as ``re`` does."""
        return self.pattern.finditer(text) if holds(text.lower(), self.cues) else iter(())

    def sub(self, instead: str | Callable[[re.Match[str]], str], text: str) -> str:
        """Replace all places in a text as ``re`` does."""
        return self.pattern.sub(instead, text) if holds(text.lower(), self.cues) else text


def form(pattern: str, *cues: str) -> Form:
    """Compile a pattern that ignores the case."""
    return Form(re.compile(pattern, re.IGNORECASE | re.ASCII), cues)
