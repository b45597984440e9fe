"""Phrases in which a word that marks a promise marks none: "the error message", "a unique ID", "required to boot".

A definition names its thing with such words: "The amount of memory that is required to boot the image" obliges nobody.
Only these phrases are taken out of a sentence before its marks are looked for; a mark elsewhere in it counts.
"""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE
_WITHOUT_FORCE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, _FLAGS), instead)
    for pattern, instead in (
        # The sign of a field that is still there; its rows say so too.
        (r"^\(Deprecated\s+in\s+v\d+\.\d+\)\s+", ""),
        # The name of a thing is an identifier whether or not it is called unique.
        (r"\buniquely\s+(?=identif)", ""),
        (
            r"(?<!contains a )(?<!contain a )\bunique(?:,\s+|\s+)(?=(?:[\w-]+\s+){0,2}?(?:identifiers?|IDs?|UUIDs?)\b)|"
            r"\b(?<=')s\s+unique\s+(?=(?:remote\s+)?IDs?\b)",
            "",
        ),
        # Errors that a field tells of; none that an answer is.
        (
            r"\b(?:number\s+of|disk|received|transmit|audit\s+task|any|last|latest|total\s+number\s+of)\s+(?:[\w-]+\s+){0,3}?"
            r"errors?\b",
            "events",
        ),
        (r"\berror(?=\s+(?:messages?|text|details|response\s+code|situations?|events?)\b)", "event"),
        (r"\b(?:number\s+of\s+)?failed\s+(?=(?:checks?|attempts?|tests?|logins?)\b)", ""),
        # What a thing needs, as a part of the thing's name.
        (
            r"^(?P<of>(?:The\s+|All\s+the\s+)?(?:minimum\s+)?(?:amount|space|memory|metadata|information|data)\b[^.;]*?)\s+"
            r"(?:that\s+is\s+|which\s+is\s+)?required\s+(?:to|for|by)\s+(?=\w)",
            r"\g<of> for ",
        ),
        (r"\b(?<=image)\s+requires\s+(?=to\b)", " needs "),
        (r"\brequired\s+(?:and|or)\s+optional\s+", ""),
        (r"\bminimum(?=\s+(?:amount|disk|RAM|size)\b)", "smallest"),
        # The end of the name of the things that a number counts.
        (r"\bbefore\s+changing\s+the\s+[`\w ]+?\s+of\s+the\s+\w+\s+to\s+(?:``)?(?-i:[A-Z]+)(?:``)?", "in a row"),
        (r"^(?:An?|The)\s+``(?-i:[A-Z]+)``\s+(?=(?!status\b|state\b)[a-z]{4,}\s)", "The "),
        # The keywords of a schema that a field holds.
        (r"^(?:Maximum|Minimum|The\s+(?:highest|lowest))\s+allowed\s+(?=\w+\s+value\.?$)", "Bound of the "),
        # Names of values in capitals that are no statuses.
        (
            r"\b(?:for|of|with)\s+(?:an?\s+)?``(?-i:[A-Z][A-Z0-9_]+)``(?:\s+(?:and|or)\s+``(?-i:[A-Z][A-Z0-9_]+)``)*"
            r"(?=\s+(?!status\b|state\b)[a-z]{4,})",
            "of some",
        ),
    )
)


def without_force(text: str) -> str:
    """Return a sentence without the phrases in which words such as "unique" or "error" promise nothing."""
    for pattern, instead in _WITHOUT_FORCE:
        text = pattern.sub(instead, text)
    return text
