"""The texts that all reports share: numbers, times, sentences, and a cloud's texts in a form that is safe to show."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from specs.record.totals import OTHER_TOTALS
from specs.text import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from specs.record.model import RunInfo, Source, Verdict

__all__ = [
    "LEFT_OUT",
    "MEANING",
    "count",
    "duration",
    "exit_meaning",
    "general",
    "headline",
    "lasted",
    "left_out",
    "listed",
    "number",
    "one_line",
    "place",
    "plural",
    "spelled",
    "visible",
    "when",
    "work_of",
]

_PARTICULARS = re.compile(
    r"\breq-[0-9a-f-]{8,}"  # a request id
    r"|\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b"  # a UUID
    r"|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,}\b",  # the random part of a name
    re.IGNORECASE,
)

MEANING: dict[Verdict, str] = {
    "fail": "the cloud does not do what is documented",
    "error": "this suite failed, not the cloud",
    "inconclusive": "the situation could not be set up, or nothing shows that the operation exists",
    "pass": "the promise holds",
    "inapplicable": "the cloud lacks an optional part, a role is missing, or the reference leaves it open",
}
"""Verdict -> its meaning in one line."""


def general(text: str) -> str:
    """Return a text without request ids, UUIDs and random names, so that equal reasons of cases can be grouped."""
    return _PARTICULARS.sub("…", text)


def number(count: float) -> str:
    """Return 1204 as ``1,204``."""
    return f"{count:,}" if isinstance(count, int) else f"{count:,.1f}"


def count(quantity: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: ``1 case``, ``1,204 cases``."""
    return f"{number(quantity)} {one if quantity == 1 else many or one + 's'}"


def listed(items: Iterable[str], last: str = "and") -> str:
    """Join items as in a sentence: ``a, b and c``."""
    words = list(items)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def plural(noun: str) -> str:
    """Return the plural of the name of a resource: ``widgets``, ``policies``, ``boxes``."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def work_of(info: RunInfo) -> list[str]:
    """Return the number of a run's requests, and of its created resources by name, in words."""
    totals = info.totals
    said = [count(totals["requests"], "request")] if isinstance(totals.get("requests"), int) else []
    made = totals.get("made")
    for resource, quantity in made.items() if isinstance(made, dict) else ():
        if isinstance(quantity, int):
            noun = str(resource).replace("_", " ")
            said.append(f"{count(quantity, noun, plural(noun))} made")
    older = {key: value for key, value in totals.items() if key not in OTHER_TOTALS and isinstance(value, int)}
    return [*said, *(f"{number(quantity)} {plural_name} made" for plural_name, quantity in older.items())]


LEFT_OUT = "left-out"
"""Kind of the notes that say which cases a run has left out because of its options."""


def left_out(info: RunInfo) -> list[str]:
    """Return one sentence for each option by which a run has left cases out."""
    return [
        f"{service}: {note.get('text')}" if (service := note.get("service")) else str(note.get("text"))
        for note in info.notes
        if note.get("kind") == LEFT_OUT
    ]


_SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def spelled(quantity: int) -> str:
    """Return a number as in running text: ``nine``, but ``14``."""
    return _SMALL[quantity] if 0 <= quantity < len(_SMALL) else number(quantity)


def place(source: Source) -> str:
    """Return a place in the reference as ``path:line``, or only the path if the line is unknown.

    A place whose sentence is read as the user declares ends in ``(declared)``.
    """
    found = f"{source.path}:{source.line}" if source.line > 0 else source.path
    return f"{found} (declared)" if source.declared else found


def when(stamp: str | None) -> str:
    """Return an ISO 8601 time as ``2026-03-01 12:00:05 UTC``; another text unchanged."""
    moment = _moment(stamp)
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC") if moment else stamp or ""


def duration(seconds: float) -> str:
    """Return seconds as ``0.3 s``, ``42 s``, ``5 min 12 s`` or ``2 h 5 min``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def lasted(info: RunInfo) -> str | None:
    """Return the duration of a run, from its totals or its times; None if it has not ended."""
    seconds = info.totals.get("seconds")
    if isinstance(seconds, (int, float)):
        return duration(seconds)
    start, end = _moment(info.started), _moment(info.finished)
    return duration(max(0.0, (end - start).total_seconds())) if start and end else None


def _moment(stamp: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(stamp) if stamp else None
    except ValueError:
        return None


def findings(causes: int, deviations: int) -> str:
    """Return the number of findings in words, with that of the deviations if some have one cause: ``one fact once``."""
    said = count(causes, "finding")
    return said if causes == deviations else f"{said} ({count(deviations, 'deviation')})"


def headline(
    requirements: Mapping[Verdict, int],
    waived: int = 0,
    without_case: int = 0,
    causes: int | None = None,
    known: int | None = None,
) -> str:
    """Return one sentence with the numbers of broken, waived (also failed), undecided, kept and untried promises.

    Args:
        requirements: the number of promises by verdict.
        waived: the number of failed promises that a waiver accepts.
        without_case: the number of promises that were not tried.
        causes: the number of causes by which promises are broken, which is named if it is smaller; None names none.
        known: the number of broken promises that are known deviations of the release; None if it has no list of them.
    """
    if not sum(requirements.values()):
        return "No promise was tried."
    broken, holding = requirements.get("fail", 0) - waived, requirements.get("pass", 0)
    undecided = requirements.get("inconclusive", 0) + requirements.get("error", 0)
    parts = [f"{number(broken)} {'promise is' if broken == 1 else 'promises are'} broken"]
    if causes and causes < broken:
        parts = [f"{count(causes, 'finding')}, by which {number(broken)} promises are broken"]
    if not broken:
        parts = ["No promise is broken"]
    elif known is not None:
        parts[0] += f", {_known(broken, known)}"
    if waived:
        parts.append(f"{number(waived)} {'is' if waived == 1 else 'are'} waived")
    if undecided:
        parts.append(f"{number(undecided)} could not be decided")
    parts.append(f"{number(holding)} {'holds' if holding == 1 else 'hold'}")
    if without_case:
        parts.append(f"{number(without_case)} {'has' if without_case == 1 else 'have'} no case")
    return "; ".join(parts) + "."


def _known(broken: int, known: int) -> str:
    """How many broken promises are known deviations of the release, as an apposition."""
    if broken == 1:
        return "a known deviation of this release" if known else "which is no known deviation of this release"
    if not known:
        return "none of them a known deviation of this release"
    share = "all" if known >= broken else number(known)
    return f"{share} of them {'a known deviation' if known == 1 else 'known deviations'} of this release"


def exit_meaning(status: int | None, finished: bool = True) -> str:
    """Return the meaning of a run's exit status in one sentence."""
    if status is None:
        return "The run left no exit status." if finished else "The run has not ended, or was killed."
    meanings = {
        0: "nothing failed, and enough was decided",
        1: "a promise is broken, and no waiver accepts it",
        2: "the run could not start or could not go on",
        3: "nothing failed, but too much could not be decided",
        130: "the run was interrupted",
    }
    return f"Exit status {status}: {meanings.get(status, 'an unknown status')}."
