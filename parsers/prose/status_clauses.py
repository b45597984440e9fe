"""Finds the clauses of a sentence that state a status: whose status it is, its values, and how the clause says it.

A clause has one of a few forms of English: "the status of the share is ``a``", "a share in ``a`` or ``b`` state", "the
share must not be in the ``a`` state", "a share whose status is ``a``", "a share with status ``a``". A value is marked,
in capitals, or an ordinary word that names a status ("available", "in-use"); any word before "state" ("in the sunken
state"), and any words after a colon ("in any of these statuses: sinking, taking in water"). ``status_general`` tells from the words
around a clause whether it is a condition, a refusal or an outcome.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.prose.names import STATE_MODIFIERS
from parsers.prose.words import NOUN, VALUE, bare

_FLAGS = re.IGNORECASE
_COMMON = (
    r"(?:active|inactive|available|unavailable|enabled|disabled|deactivated|activated|running|stopped|started|paused|"
    r"suspended|queued|shelved|locked|unlocked|failed|detached|attached|pending|completed?|error|in[-_]use|deleted|"
    r"deleting|creating|restoring|ready|idle|finished|cancell?ed|aborted|rejected|accepted|maintenance|offline|online|"
    r"degraded|healthy|succeeded|draft|published|allocated|unallocated|terminated|normal|abnormal|frozen|creating|updating|"
    r"upgrading|rebooting|restarting|resizing|migrating|reserved|provisioned|deployed|undeployed|protected|connected|"
    r"disconnected|mounted|unmounted|assigned|unassigned|expired|revoked|verified|unverified|approved|archived)"
)
_COMPOUND = r"(?![a-z]+-to-|read-only\b|non-|pre-|so-called\b|well-|user-)[a-z]{2,}(?:[-_][a-z]+)+"
"""A word of several parts, as names of statuses are: "awaiting-transfer", "error_extending"."""
_FREE = (
    rf"(?!(?:{'|'.join(sorted(STATE_MODIFIERS))}|same|current|desired|given|invalid|valid|correct|proper|right|wrong|"
    r"consistent|inconsistent|following|other|another|different|this|that|previous|initial|final|target|specified|expected|"
    r"unexpected|required|appropriate|certain|specific|particular|original|known|unknown|transitional|stable|unstable|"
    r"transient|terminal|intermediate|permanent|good|usable|unusable|suitable|compatible|steady|undefined|such|their|both|"
    r"either|neither|above|below|where|these|those|which|each|respective|corresponding|internal|default|possible|special|"
    r"resulting|updated|changed|supported|unsupported|allowed|acceptable|incorrect|improper|whole|only)\b)[a-z]{4,}"
)
"""Any other word before "state" or "status", in lower case."""
_NO_STATUS = r"(?!The\b|This\b|That\b|API\b|ID\b|UUID\b|URL\b|HTTP\b|JSON\b|NOT\b|MUST\b|SHOULD\b)"
_MARKED = rf"(?-i:{_NO_STATUS}{VALUE})"
_WORD = rf"(?:{_MARKED}|(?<![\w`-])(?:{_COMMON}|(?-i:{_COMPOUND}))(?![\w`-]))"
_NAMED = (
    rf"(?:{_MARKED}|(?<![\w`-])(?:{_COMMON}|(?-i:{_COMPOUND}|{_FREE})|"
    rf"(?-i:{_NO_STATUS}[A-Z][A-Za-z]+(?:-[A-Z][A-Za-z]+)*))(?![\w`-]))"
)
"""A value before the word "status": there, a word with a capital letter is a value too."""
_JOIN = r"(?:\s*,\s*(?:and\s+|or\s+|nor\s+)?|\s+(?:and/or|and|or|nor)\s+|\s*/\s*)(?:in\s+)?(?:the\s+|an?\s+)?"
_VALUES = rf"{_WORD}(?:{_JOIN}{_WORD})*"
_NAMED_VALUES = rf"{_NAMED}(?:{_JOIN}{_NAMED})*"
_MODIFIED = rf"(?:(?:(?:{'|'.join(sorted(STATE_MODIFIERS))})[ _])?(?:status|state))(?:es|s)?"
_STATE = (
    rf"(?:(?:``|\*\*)[\w:.-]*(?:status|state)(?:``|\*\*)(?:\s+(?:attribute|field|parameter|property))?|{_MODIFIED})"
)
"""The name of an attribute that holds a status, by its words or marked as a field's name."""
_MODAL = (
    r"(?:must|has\s+to|have\s+to|needs?\s+to|should|shall|ought\s+to|(?:is|are)\s+(?:required|expected|supposed)\s+to)"
)
_BE = rf"(?P<be>(?P<modal>{_MODAL}|can(?=\s*not\s+be))(?P<modal_not>\s*not)?\s+be|is|are|was|were|has|have)"
_NOT = r"(?:\s+(?P<not>not|neither|n't|other\s+than|anything\s+(?:other\s+than|but)))?"
_NOW = r"(?:\s+(?:currently|already|still|either|only|first))?"
_SET = (
    r"(?:\s+(?:(?:one|any)\s+of(?:\s+the\s+following)?(?:\s+(?:values|statuses|states))?\s*:?|among|set\s+to|equal\s+to|"
    r"either|both))?(?:\s+(?:the|an?))?"
)
_OWNER = rf"(?P<noun>{NOUN})"
_CHANGES = (
    r"(?:becomes|(?:(?P<modal>will|shall|should|must|needs?\s+to|is|gets|is\s+then)\s+)?(?P<be>be(?:come)?\s+)?(?:"
    r"(?:changes?|transitions?|goes|go|moves?|turns?|switch(?:es)?|returns?|reverts?|changed|set|reset|updated|moved|"
    r"transitioned|switched)\s+(?:back\s+)?to)(?:\s+be)?)"
)
_ENTERS = (
    r"(?:(?P<modal>will|shall|should|must|is|gets)\s+)?(?P<be>be\s+)?(?:enters?|(?:goes|go|moves?|transitions?|returns?|"
    r"reverts?|moved|put|placed|returned|brought|switched|transitioned|reset)\s+(?:back\s+)?(?:in)?to|(?:created|left|"
    r"stored|placed|put)\s+in)"
)
_FOLLOWING = (
    rf"(?:(?:any|one|either|all)\s+of\s+)?(?:the\s+following|these)\s+(?P<attribute>{_MODIFIED})\s*:\s*(?P<values>"
    rf"{_VALUES}(?=,\s+(?:the|an?|it)\b|\s+(?:for|when|if|before|in\s+order|can|to)\b)|[^:.;]+)"
)
_FORMS = tuple(
    (kind, re.compile(pattern, _FLAGS))
    for kind, pattern in (
        # The share is in any of the following statuses: a, b or c.
        ("is", rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+{_BE}{_NOT}{_NOW}\s+in\s+{_FOLLOWING}"),
        ("noun", rf"\b{_OWNER}\s+(?:(?:that|which)\s+(?:is|are){_NOT}{_NOW}\s+)?(?P<not2>not\s+)?in\s+{_FOLLOWING}"),
        # The share status changes to ``a``, the share enters the ``a`` state.
        (
            "change",
            rf"\b(?:(?P<noun>{NOUN}?)(?:'s|')?\s+)??(?P<attribute>{_STATE})\s+{_CHANGES}{_SET}\s+(?P<values>{_VALUES})",
        ),
        (
            "change",
            rf"(?<![\w`*])(?P<attribute>{_STATE})\s+(?:value\s+|field\s+)?of\s+{_OWNER}\s+{_CHANGES}{_SET}\s+(?P<values>{_VALUES})",
        ),
        (
            "change",
            rf"\b{_OWNER}\s+{_ENTERS}{_SET}\s+(?P<values>{_NAMED_VALUES})\s+(?P<attribute>{_STATE})\b",
        ),
        # The status of the share is ``a``.
        (
            "of",
            rf"(?<![\w`*])(?P<attribute>{_STATE})\s+(?:value\s+|field\s+)?of\s+{_OWNER}\s+{_BE}{_NOT}{_NOW}{_SET}\s+(?P<values>{_VALUES})",
        ),
        # A share whose status is ``a``, a share with status ``a``, a share with an ``a`` status.
        (
            "noun",
            rf"\b{_OWNER}\s+whose\s+(?P<attribute>{_STATE})\s+(?:value\s+)?(?:is|are){_NOT}{_SET}"
            rf"\s+(?P<values>{_VALUES})",
        ),
        (
            "noun",
            rf"\b{_OWNER}\s+with\s+(?:the\s+|an?\s+)?(?P<attribute>{_STATE})\s+(?:of\s+|set\s+to\s+)?(?P<values>{_VALUES})",
        ),
        ("noun", rf"\b{_OWNER}\s+with\s+(?:the\s+|an?\s+)?(?P<values>{_NAMED_VALUES})\s+(?P<attribute>{_STATE})\b"),
        # The share must be in the ``a`` state.
        (
            "is",
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+{_BE}{_NOT}{_NOW}\s+(?:in|at){_SET}\s+(?P<values>{_NAMED_VALUES})"
            rf"\s+(?P<attribute>{_STATE})\b",
        ),
        # The share is in state ``a``, a share in state ``a``.
        (
            "is",
            rf"\b{_OWNER}(?<!\bthat)(?<!\bwhich)\s+{_BE}{_NOT}{_NOW}\s+(?:in|at)(?:\s+the)?\s+(?P<attribute>{_MODIFIED})\s+(?:of\s+)?(?P<values>{_VALUES})",
        ),
        (
            "noun",
            rf"\b{_OWNER}\s+(?:(?:that|which)\s+(?:is|are){_NOT}{_NOW}\s+)?(?P<not2>not\s+)?in(?:\s+the)?\s+(?P<attribute>{_MODIFIED})\s+(?:of\s+)?(?P<values>{_VALUES})",
        ),
        (
            "noun",
            rf"\b{_OWNER}\s+(?:that|which)\s+(?:has|have)\s+(?:the\s+|an?\s+)?(?P<attribute>{_MODIFIED})\s+(?:of\s+)?(?P<values>{_VALUES})",
        ),
        # The share status is ``a``, the share's status is ``a``, its status is ``a``.
        (
            "is",
            rf"(?<![\w`*])(?:(?P<noun>{NOUN}?)(?:'s|')?\s+)??(?P<attribute>{_STATE})\s+(?:value\s+|field\s+)?{_BE}{_NOT}{_NOW}"
            rf"(?:\s+in)?{_SET}\s+(?P<values>{_VALUES})",
        ),
        # A share that is in ``a`` state, a share in ``a`` state.
        (
            "noun",
            rf"\b{_OWNER}\s+(?:(?:that|which)\s+(?:is|are){_NOT}{_NOW}\s+)?(?P<not2>not\s+)?(?P<only>only\s+)?(?:currently\s+)?in{_SET}"
            rf"\s+(?P<values>{_NAMED_VALUES})\s+(?P<attribute>{_STATE})\b",
        ),
    )
)
_ONE = re.compile(_NAMED, _FLAGS)
_FRONT = re.compile(
    r"^.*\b(?:if|when|while|whenever|unless|until|that|because|and|or|for|of|on|only|from|in|to|(?-i:as)|with|"
    r"(?:cannot|can|may|must|not|to|should)\s+(?:only\s+)?(?:be\s+)?\w+(?:\s+only)?)\s+"
    r"|^.*?\b(?=(?:the|an?|this|each|any|every|its|their|all)\s)",
    _FLAGS,
)
"""What stands before the noun phrase in the words before a clause."""
_PARENTHESIS = re.compile(
    r"\s+\([^()]*\)(?=\s+(?:must|is|are|has|have|cannot|can|should|needs?|needed|required)\b)", _FLAGS
)
_API = re.compile(
    r"^This\s+(?:API|interface|operation|call|method|request|function)\s+(?:is\s+(?:only\s+)?used\s+to|is\s+for|can\s+be\s+used\s+to|"
    r"allows\s+(?:you|users)\s+to|enables\s+(?:you|users)\s+to|lets\s+(?:you|users))\s+(?P<verb>[a-z])",
    _FLAGS,
)
_PURPOSE = re.compile(
    r"(?<!\brequired)(?<!\bneeds)(?<!\bhas)\s+to\s+be\s+\w+ed(?=\s+(?:must|is|are|has|should|needs|cannot)\b)", _FLAGS
)
_SPECIFIED_BY = re.compile(
    r",?\s+(?:which|that)\s+is\s+(?:specified|indicated|given|shown|held|represented|described|queried)\s+(?:by|in|with|"
    r"using|through)\s+(?:the\s+)?(?:(?:value\s+of\s+)?(?:parameter|field|attribute)\s+)?(?:``|\*\*|\")(?P<field>[\w:.-]+)"
    r"(?:``|\*\*|\")",
    _FLAGS,
)
_CAN = re.compile(r"\b(?:can|cannot|may|must|to)\s+(?:only\s+)?$", _FLAGS)
_VERB = re.compile(r"(?!the\b|an?\b|be\b)[a-z]+\s+(?=[a-z])")
_KIND = re.compile(r"\s+(?:attribute|field|parameter|property)$", _FLAGS)
_ITEM = re.compile(r"[\w-]+(?: [\w-]+){0,2}$")
_PLURAL = re.compile(r"(?<=stat)(?:uses|es)$", _FLAGS)


@dataclass(frozen=True)
class Clause:
    """One clause about a status.

    Attributes:
        form: ``is`` if the clause states the status, ``change`` if it states a change, ``noun`` if it describes a noun.
        owner: the words for the thing that has the status, "" if the clause names none ("its status").
        attribute: the words for the attribute: "status", "power state".
        values: the values, without marks.
        negated: True if the clause says that the status is none of them.
        modal: "must", "has to" and the like; "only" if a noun is restricted so; None if the clause has none.
        shown_by: the field that shows the status by a relative clause ("which is given by ``x``"), or None.
        start, end: the place of the clause in the sentence.
    """

    form: str
    owner: str
    attribute: str
    values: tuple[str, ...]
    negated: bool
    modal: str | None
    start: int
    end: int
    shown_by: str | None = None


def cleared(text: str) -> str:
    """Return a sentence without the parentheses, or a purpose ("the car to be sold must"), before a verb."""
    return _PURPOSE.sub("", _PARENTHESIS.sub("", text))


def imperative(text: str) -> str:
    """Return a sentence without the words "This API is used to" and the like in front of its verb."""
    return _API.sub(lambda m: m["verb"].upper(), text)


def _listed(text: str) -> tuple[str, ...]:
    """Return the values of a list of free words, "creating, changing a class, or frozen"; () if it is none."""
    parts = [
        bare(part.strip()) for part in re.split(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", text.strip(" .")) if part
    ]
    return tuple(dict.fromkeys(parts)) if all(map(_ITEM.match, parts)) else ()


def clauses_of(text: str) -> Iterator[Clause]:
    """Yield the clauses of a sentence that state a status, in the order of the forms; they do not overlap."""
    taken: list[tuple[int, int]] = []
    for form, pattern in _FORMS:
        for m in pattern.finditer(text):
            place = (m.start("values"), m.end())
            if any(start < place[1] and place[0] < end for start, end in taken):
                continue
            part = m.groupdict()
            taken.append(place)
            noun = part["noun"] or ""
            skipped = 0
            while (cut := _FRONT.match(noun[skipped:])) and cut.end():
                skipped += cut.end()
            if (verb := _VERB.match(noun[skipped:])) and _CAN.search(text[: m.start("noun") + skipped]):
                skipped += verb.end()
            start = m.start("noun") + skipped if part["noun"] else m.start()
            negated = any(part.get(name) for name in ("not", "not2", "modal_not"))
            words = tuple(dict.fromkeys(bare(value[0]) for value in _ONE.finditer(part["values"])))
            if (
                m.start("values") > m.end("attribute")
                and text[m.start("values") - 2 : m.start("values")].strip() == ":"
            ):
                words = _listed(part["values"])
            shown = _SPECIFIED_BY.match(text, m.end())
            yield Clause(
                "is" if form == "of" else form,
                noun[skipped:].strip(),
                _PLURAL.sub(
                    lambda found: "us" if found[0].lower() == "uses" else "e", _KIND.sub("", part["attribute"])
                ),
                words,
                negated,
                part.get("modal") or ("only" if part.get("only") else None),
                min(start, m.start("attribute")),
                shown.end() if shown else m.end(),
                shown["field"] if shown else None,
            )
