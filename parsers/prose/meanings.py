"""Phrases in which a word that marks a promise marks none: "the error message", "a unique ID", "required to boot".

A definition names its thing with such words: "The amount of memory that is required to boot the image" obliges nobody.
Only these phrases are taken out of a sentence before its marks are looked for; a mark elsewhere in it counts.
"""

from __future__ import annotations

from parsers.prose.forms import Cued, Form, form

_WITHOUT_FORCE: tuple[tuple[Form, str], ...] = tuple(
    (form(pattern, *cues), instead)
    for cues, pattern, instead in (
        # The sign of a field that is still there; its rows say so too.
        (("deprecated",), r"^\(Deprecated\s+in\s+v\d+\.\d+\)\s+", ""),
        # The name of a thing is an identifier whether or not it is called unique.
        (("uniquely",), r"\buniquely\s+(?=identif)", ""),
        (
            ("unique",),
            r"(?<!contains a )(?<!contain a )\bunique(?:,\s+|\s+)(?=(?:[\w-]+\s+){0,2}?(?:identifiers?|IDs?|UUIDs?)\b)|"
            r"\b(?<=')s\s+unique\s+(?=(?:remote\s+)?IDs?\b)",
            "",
        ),
        # Errors that a field tells of; none that an answer is.
        (
            ("error",),
            r"\b(?:number\s+of|disk|received|transmit|audit\s+task|any|last|latest|total\s+number\s+of)\s+(?:[\w-]+\s+){0,3}?"
            r"errors?\b",
            "events",
        ),
        (("error",), r"\berror(?=\s+(?:messages?|text|details|response\s+code|situations?|events?)\b)", "event"),
        (("failed",), r"\b(?:number\s+of\s+)?failed\s+(?=(?:checks?|attempts?|tests?|logins?)\b)", ""),
        # What a thing needs, as a part of the thing's name.
        (
            ("required",),
            r"^(?P<of>(?:The\s+|All\s+the\s+)?(?:minimum\s+)?(?:amount|space|memory|metadata|information|data)\b[^.;]*?)\s+"
            r"(?:that\s+is\s+|which\s+is\s+)?required\s+(?:to|for|by)\s+(?=\w)",
            r"\g<of> for ",
        ),
        (("requires",), r"\b(?<=image)\s+requires\s+(?=to\b)", " needs "),
        (("required",), r"\brequired\s+(?:and|or)\s+optional\s+", ""),
        (("minimum",), r"\bminimum(?=\s+(?:amount|disk|RAM|size)\b)", "smallest"),
        # The end of the name of the things that a number counts.
        (
            ("changing",),
            r"\bbefore\s+changing\s+the\s+[`\w ]+?\s+of\s+the\s+\w+\s+to\s+(?:``)?(?-i:[A-Z]+)(?:``)?",
            "in a row",
        ),
        (("``",), r"^(?:An?|The)\s+``(?-i:[A-Z]+)``\s+(?=(?!status\b|state\b)[a-z]{4,}\s)", "The "),
        # The keywords of a schema that a field holds.
        (
            ("allowed",),
            r"^(?:Maximum|Minimum|The\s+(?:highest|lowest))\s+allowed\s+(?=\w+\s+value\.?$)",
            "Bound of the ",
        ),
        # Names of values in capitals that are no statuses.
        (
            ("``",),
            r"\b(?:for|of|with)\s+(?:an?\s+)?``(?-i:[A-Z][A-Z0-9_]+)``(?:\s+(?:and|or)\s+``(?-i:[A-Z][A-Z0-9_]+)``)*"
            r"(?=\s+(?!status\b|state\b)[a-z]{4,})",
            "of some",
        ),
    )
)

_PHRASES = Cued(((phrase, instead), phrase.cues) for phrase, instead in _WITHOUT_FORCE)


def without_force(text: str) -> str:
    """Return a sentence without the phrases in which words such as "unique" or "error" promise nothing."""
    for phrase, instead in _PHRASES.within(text.lower()):
        text = phrase.pattern.sub(instead, text)
    return text
