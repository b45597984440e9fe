"""The known deviations of a run's release, read from the notes of the run.

If the deviations of a release have been examined before, a run on it notes the expected ones with their evidence, the
unexpected ones, and the expected ones that are missing. A record without these notes was not compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specs.record.model import RunInfo

SUMMARY = "expected deviations"
"""Kind of the note with the counts in a sentence; a record has it if and only if the run was compared."""
EXPECTED = "expected"
"""Kind of the notes with the evidence of an expected deviation that was observed."""
SHOWN = 4
"""Largest number of places of one kind that are shown of one entry."""
UNEXPECTED = "unexpected"
"""Kind of the notes about unexamined deviations, and about unexamined cases of a known deviation."""


@dataclass(frozen=True)
class Known:
    """The evidence of one expected deviation; places are ``path:line`` from the root of the release.

    ``beyond`` has the ids of further cases with the deviation, which were not known.
    """

    why: str
    reference: tuple[str, ...]
    source: tuple[str, ...]
    link: str
    beyond: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, str]:
        """The places in the reference, and those in the source; of many the first ones, and the number of the others.

        One entry may stand for the same mistake in dozens of operations.
        """
        return some_of(self.reference), some_of(self.source)


def was_compared(info: RunInfo) -> bool:
    """True if the run was compared with known deviations of its release."""
    return any(note.get("kind") == SUMMARY for note in info.notes)


def sentences_of(info: RunInfo) -> list[str]:
    """Return the counts in a sentence for each service that was compared, after its name if the run is of several."""
    notes = (note for note in info.notes if note.get("kind") == SUMMARY and note.get("text"))
    return [f"{service}: {note['text']}" if (service := note.get("service")) else str(note["text"]) for note in notes]


def known_of(info: RunInfo) -> dict[str, Known]:
    """Return the expected deviations that a run has observed, by their ids, from its notes."""
    return dict(_read(info))


def _read(info: RunInfo) -> Iterator[tuple[str, Known]]:
    beyond: dict[str, list[str]] = {}
    for note in info.notes:
        if note.get("kind") == UNEXPECTED and note.get("case"):
            beyond.setdefault(str(note.get("deviation")), []).append(str(note["case"]))
    for note in info.notes:
        identity = note.get("deviation")
        if note.get("kind") == EXPECTED and isinstance(identity, str):
            yield (
                identity,
                Known(
                    str(note.get("why") or ""),
                    _places(note.get("reference")),
                    _places(note.get("source")),
                    str(note.get("link") or ""),
                    tuple(beyond.get(identity, ())),
                ),
            )


def some_of(places: tuple[str, ...]) -> str:
    """The first few places, and the number of the others."""
    more = len(places) - SHOWN
    return ", ".join(places[:SHOWN]) + (f", and {more} more" if more > 0 else "")


def _places(given: Any) -> tuple[str, ...]:
    return tuple(map(str, given)) if isinstance(given, list) else ()
