"""The message of a refusal, in the words of the cloud."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from specs.text import one_line

_OWN = re.compile(r"\b[0-9a-f]{8}-?[0-9a-f-]{8,}\b|\d+", re.IGNORECASE)
"""Ids and numbers: the parts of a message that differ from one refusal to the next."""

_QUOTA = re.compile(
    r"quota[^.]{0,80}\bexceed(?:ed|s)?\b|\bexceed(?:ed|s)?\b[^.]{0,80}\bquota|\b(?:over|out of)\s?quota"
    r"|\bmaximum number of\b[^.]{0,80}\b(?:exceeded|reached)\b|\bover (?:a |the |its )?limit\b"
    r"|\bmaximum of \d+ already exceeded\b|\breached the maximum\b|\bquota (?:has been met|reached)\b"
    r"|\bwill exceed the limit\b[^.]{0,80}\. \d+ bytes remaining|\blimit has been exceeded on the number of\b"
    r"|\blarger than (?:the )?maximum allowed limit\b",
    re.IGNORECASE,
)
"""The words in which services say that a project has used up a quota. A refusal by a policy on quotas has other words,
and so has a value beyond its documented maximum."""

_POLICY = re.compile(
    r"\b(?:disallowed|forbidden|prohibited|not allowed|not permitted|denied) by (?:the )?policy\b"
    r"|\bpolicy (?:does(?:n't| not) (?:allow|permit)|disallows|forbids|prohibits)\b"
    r"|\bnot authorized to (?:perform|complete|do)\b",
    re.IGNORECASE,
)
"""The words in which services say that a policy does not let a role do something."""

USED_UP = "is used up ("
"""The words of a reason before those of the cloud."""

MESSAGES = ("message", "faultstring")
"""The members of an error that hold its words: the usual one, and that of WSME."""

_PAGE = re.compile(r"<h1>\s*\d{3}\b[^<]*</h1>\s*([^<\s][^<]*)", re.IGNORECASE)
"""The message of an error that is a page: it follows the heading, which is the code with its phrase."""


def message_in(body: Any) -> str:
    """The message of an error body, on one line; the beginning of a body that is no object; else empty.

    An error may be a page, whose message stands after two lines with its code.
    """
    if isinstance(body, dict):
        for fault in map(_parsed, (*body.values(), body)):
            words = (fault.get(name) for name in MESSAGES) if isinstance(fault, dict) else ()
            if (said := next((one for one in words if isinstance(one, str)), None)) is not None:
                return one_line(said, 200)
    page = _PAGE.search(body) if isinstance(body, str) else None
    if page is not None:
        return one_line(html.unescape(page[1]), 200)
    return one_line(body, 80) if isinstance(body, str) else ""


def _parsed(fault: Any) -> Any:
    """The error in a member of an error body; JSON in a text is read, as WSME sends it."""
    if not isinstance(fault, str) or not fault.startswith("{"):
        return fault
    try:
        return json.loads(fault)
    except ValueError:
        return fault


def says_quota(text: str) -> bool:
    """Whether a text, such as the reason of a failure, says that a quota is used up."""
    return _QUOTA.search(text) is not None


def names_policy(text: str) -> bool:
    """Whether the message of a refusal says that a policy is the cause."""
    return _POLICY.search(text) is not None


def room_that_lacks(text: str) -> str | None:
    """The words of a text that say which quota is used up, without ids and numbers; None if it says so of none.

    Two refusals because of the same quota have the same words.
    """
    words = quota_words(text)
    return None if words is None else without_ids(words).casefold()


def without_ids(text: str) -> str:
    """A text without ids and numbers."""
    return _OWN.sub("#", text)


def quota_words(text: str) -> str | None:
    """The words of a text that say which quota is used up, as they are; None if it says so of none."""
    text = text.partition(USED_UP)[2].partition("): raise it")[0] or text
    found = _QUOTA.search(text)
    return None if found is None else text[found.start() :].partition(".")[0].rstrip(")")


def rooms_that_lack(reasons: Iterable[str]) -> list[str]:
    """One sentence for each quota that the reasons of undecided cases name, with their number; the worst one first."""
    counts: Counter[str] = Counter()
    words: dict[str, str] = {}
    for reason in reasons:
        said = quota_words(reason)
        room = room_that_lacks(said) if said else None
        if said and room:
            counts[room] += 1
            words.setdefault(room, said)
    return [
        f"a quota of the project is used up ({words[room]}), which left {count} {'case' if count == 1 else 'cases'} "
        "undecided: raise it, or remove what is not needed, and try again"
        for room, count in counts.most_common()
    ]


def says_any(text: str, parts: Iterable[str]) -> bool:
    """Whether a text contains one of some parts, in whatever case."""
    return any(part.casefold() in text.casefold() for part in parts)


def quota_used_up(status: int, body: Any) -> str | None:
    """The message of a refusal because the quota of the project is used up; None for any other answer."""
    message = message_in(body) if 400 <= status < 500 else ""
    return message if says_quota(message) else None


def quotes(body: Any, id_: str) -> bool:
    """Whether the message of an error body contains an id."""
    faults = body.values() if isinstance(body, dict) else ()
    return any(isinstance(fault, dict) and id_ in str(fault.get("message")) for fault in faults)
