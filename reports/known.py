"""What a run says of deviations that its release is known to show: its notes, read back.

A run on a release that somebody has examined notes which of its deviations were expected, with the evidence, which
were not, and which have vanished. A record without these notes was not compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specs.record.model import RunInfo

SUMMARY = "expected deviations"
"""The kind of the note that holds the counts in a sentence; a record has it if and only if the run was compared."""
EXPECTED = "expected"
"""The kind of the notes that hold the evidence of an expected deviation that was seen."""
UNEXPECTED = "unexpected"
"""The kind of the notes that name what nobody has examined: a deviation, or a case of one that others show as known."""


@dataclass(frozen=True)
class Known:
    """The evidence of one expected deviation; places are ``path:line`` from the root of the release.

    ``beyond`` names the cases that show it, too, and were not known to.
    """

    why: str
    reference: tuple[str, ...]
    source: tuple[str, ...]
    link: str
    beyond: tuple[str, ...] = ()


def was_compared(info: RunInfo) -> bool:
    """Whether the run knew what to expect."""
    return any(note.get("kind") == SUMMARY for note in info.notes)


def sentence_of(info: RunInfo) -> str:
    """The counts in one sentence; empty where the run was not compared."""
    return next((str(note.get("text") or "") for note in info.notes if note.get("kind") == SUMMARY), "")


def known_of(info: RunInfo) -> dict[str, Known]:
    """What the notes of a run say of the expected deviations that it has seen, by their ids."""
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


def _places(given: Any) -> tuple[str, ...]:
    return tuple(map(str, given)) if isinstance(given, list) else ()
