"""Finds the clauses of a sentence that state a status: whose status it is, its values, and how the clause says it.

A clause has one of the forms of ``status_patterns``: "the status of the share is ``a``", "a share in ``a`` or ``b``
state", "the share must not be in the ``a`` state", "a share whose status is ``a``". After a colon any words are values
("in any of these statuses: sinking, taking in water"). ``status_general`` tells from the words around a clause whether
it is a condition, a refusal or an outcome.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from parsers.prose.status_patterns import FORMS, NAMED
from parsers.prose.words import VALUES, bare

_FLAGS = re.IGNORECASE | re.ASCII
_ONE = re.compile(NAMED, _FLAGS)
_FRONT = re.compile(
    r"^.*\b(?:if|when|while|whenever|unless|until|that|because|and|or|for|of|on|only|from|in|to|(?-i:as)|with|requires?|"
    r"(?:cannot|can|may|must|not|to|should)\s+(?:only\s+)?(?:be\s+)?\w+(?:\s+only)?)\s+"
    r"|^.*?\b(?=(?:the|an?|this|each|any|every|its|their|all)\s)",
    _FLAGS,
)
"""What stands before the noun phrase in the words before a clause."""
_FUNCTION = re.compile(r"(?:if|when|while|until|unless|once|after|before|and|or|that|whether)$", _FLAGS)
_PARENTHESIS = re.compile(
    r"\s+\([^()]*\)(?=\s+(?:must|is|are|has|have|cannot|can|should|needs?|needed|required)\b)", _FLAGS
)
_API = re.compile(
    r"^This\s+(?:API|interface|operation|call|method|request|function)\s+(?:is\s+(?:only\s+)?used\s+to|is\s+for|can\s+be\s+used\s+to|"
    r"allows\s+(?:you|users)\s+to|enables\s+(?:you|users)\s+to|lets\s+(?:you|users))\s+(?P<verb>[a-z])",
    _FLAGS,
)
_PASSIVE = re.compile(r"[a-z]+ed$")
_OF_A_KIND = re.compile(
    rf"\b(?P<in>in|at)\s+(?:an?|the|one\s+of\s+the)\s+[a-z-]+\s+(?P<state>status|state)(?:es|s)?\s+\((?:i\.e\.,?\s+)?(?P<values>{VALUES})\)",
    _FLAGS,
)
"""Statuses in parentheses after the word for all of them: "in a terminal state (``a`` or ``b``)"."""
_AND_BE_IN = re.compile(
    r"\b(?P<must>must|should|has\s+to|needs\s+to)\s+be\s+[a-z]+(?:\s+[a-z]+){0,4}\s+and\s+(?:must\s+)?be\s+(?=in\s)",
    _FLAGS,
)
_CURRENT = re.compile(r"(?<=[\w']\s)(?:current|actual|present)\s+(?=(?:status|state)\b)", _FLAGS)
_PURPOSE = re.compile(
    r"(?<!\brequired)(?<!\bneeds)(?<!\bhas)\s+to\s+be\s+\w+ed(?=\s+(?:must|is|are|has|should|needs|cannot)\b)", _FLAGS
)
_SPECIFIED_BY = re.compile(
    r",?\s+(?:which|that)\s+is\s+(?:specified|indicated|given|shown|held|represented|described|queried)\s+(?:by|in|with|"
    r"using|through)\s+(?:the\s+)?(?:(?:value\s+of\s+)?(?:parameter|field|attribute)\s+)?(?:``|\*\*|\")(?P<field>[\w:.-]+)"
    r"(?:``|\*\*|\")",
    _FLAGS,
)
_CONTRACTIONS = tuple(
    (re.compile(pattern, _FLAGS), meant)
    for pattern, meant in (
        (r"\bcan['\u2019]t\b", "cannot"),
        (r"\bwon['\u2019]t\b", "will not"),
        (r"(?<=[a-z])n['\u2019]t\b", " not"),
        (r"(?<=\bthat)['\u2019]s\b|(?<=\bit)['\u2019]s(?=\s+(?:in|at|not|still|already|currently|the|an?)\b)", " is"),
        (r"(?<=\bthey)['\u2019]re\b", " are"),
    )
)
_NAME = r"(?!(?:when|if|while|that|which|unless|until|before|after|and|or|the|an?|is|are|must|only)\b)[\w-]+"
_THING = rf"(?:the|an?|this|that|your|its)\s+{_NAME}(?:\s+{_NAME}){{0,4}}?"
_APART = re.compile(
    rf"\s+(?:(?:that|which)\s+(?:is|are)\s+)?(?:associated|registered|bound|attached|added|connected|related|assigned|linked|"
    rf"belonging)\s+(?:with|to|by|in|for|on)\s+{_THING}(?=\s+(?:is|are|must|has|have|should|cannot|can|needs?|becomes?|changes?|will)\b)"
    rf"|\s+(?:for|to|in|on|with|from|by|of)\s+which\s+(?:it|{_THING})\s+(?:(?:is|are|was|were|has\s+been)\s+)?(?:\w+ed|belongs?|bound|"
    rf"running)(?:\s+(?:to|with|in|on))?(?=\s+(?:is|are|must|has|have|does|should|cannot|needs?)\b)"
    rf"|\s+(?:(?:that|which)\s+)?{_THING}\s+(?:(?:is|are|was)\s+(?:\w+ed|bound)|belongs?)\s+(?:to|with|in|on)"
    rf"(?=\s+(?:is|are|must|has|have|does|should|cannot|needs?)\b)"
    r"|\s+(?:for|to|in|on|with|from|by|of)\s+which\s+to\s+[a-z]+(?=\s+(?:is|are|must|has|have|does|should|cannot|needs?)\b)",
    _FLAGS,
)
_OF_YOURS = re.compile(
    r"(?<=[a-z])\s+(?:(?:that|(?:(?:to|in|on|from|for|with|into)\s+)?which)\s+)?you\s+(?:(?:want|wish|intend)\s+to\s+|are\s+)?(?!must\b|can\b|cannot\b|may\b)[a-z]+(?:\s+(?:the|an?)\s+[\w-]+)?(?:\s+(?:to|from|with))?"
    r"(?=\s+(?:must|is|are|has|have|should|needs|cannot)\b)",
    _FLAGS,
)
"""A relative clause about the request: "the car you sell must"."""
_PAUSED_OR_IN = re.compile(r"\b(?P<be>is|are)\s+(?:already\s+)?[a-z]+ed,?\s+or(?=\s+in\s+(?:the|an?)\s)", _FLAGS)
"""What another condition is joined to: "is already sold, or in the ``a`` state"."""
_EXISTS_BUT = re.compile(r"\b(?P<thing>(?:the|an?)\s+[\w-]+(?:\s+[\w-]+)?)\s+exists\s+(?:but|and)(?=\s+is\s)", _FLAGS)
_DOTTED = re.compile(
    r"(?:\bthe\s+)?``(?P<thing>[A-Z][a-z]+(?:[A-Z][a-z]+)*)\.(?P<field>[a-z]*(?:[Ss]tate|[Ss]tatus))``"
)
"""The status of a thing as a field of it: ````RedCar.state````."""
_CAMEL = re.compile(
    r"(?P<before>\b(?:the|an?|this|each|every|your)\s+)``(?!\w*(?:State|Status)``)(?:(?P<thing>[A-Z][a-z]+(?:[A-Z][a-z]+)+)``(?!\s+(?:stat(?:e|us)|or\b|and\b)|\s*,)|"
    r"(?P<one>[A-Z][a-z]+)``(?=\s+(?:resource|object)\b))"
)
"""A thing that is named as its type is: "the ````RedCar````", "a ````Car```` resource"."""
_CAN = re.compile(r"\b(?:can|cannot|may|must|to)\s+(?:only\s+)?$", _FLAGS)
_VERB = re.compile(r"(?!the\b|an?\b|be\b)[a-z]+\s+(?=[a-z])")
_KIND = re.compile(r"\s+(?:attribute|field|parameter|property)$", _FLAGS)
_ITEM = re.compile(r"[\w-]+(?: [\w-]+){0,2}$")
_OF_A_FORM = re.compile(r"\s+(?:values?|names?|formats?|types?|keys?)\b", _FLAGS)
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
        modal: "must", "has to" and the like; "to be" of an infinitive; "only" if a noun is restricted so; else None.
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


def _form(form: str, part: dict[str, str | None]) -> str:
    """Return the form of a clause: "must be set to" states a status, and no change."""
    if form == "change" and re.match(r"must|needs?\b", part.get("modal") or "", _FLAGS):
        return "is"
    return {"of": "is", "alone": "is", "sets": "change"}.get(form, form)


@lru_cache(maxsize=1024)
def cleared(text: str) -> str:
    """Return a sentence without contractions, and without some asides before a verb.

    Left out are parentheses, purposes ("the car to be sold must"), and what tells a thing from others of its kind ("the
    shop that the car belongs to is", "the shop associated with the car is").
    """
    for pattern, meant in _CONTRACTIONS:
        text = pattern.sub(meant, text)
    text = _OF_A_KIND.sub(lambda m: f"{m['in']} {m['values']} {m['state']}", _CURRENT.sub("", text))
    text = _AND_BE_IN.sub(lambda m: f"{m['must']} be ", text)
    text = _OF_YOURS.sub("", _PAUSED_OR_IN.sub(lambda m: m["be"], text))
    text = _EXISTS_BUT.sub(lambda m: m["thing"], text)
    text = _DOTTED.sub(lambda m: f"the {_apart(m['thing'])} ``{m['field']}``", text)
    text = _CAMEL.sub(lambda m: m["before"] + _apart(m["thing"] or m["one"]), text)
    return _APART.sub("", _PURPOSE.sub("", _PARENTHESIS.sub("", text)))


def _apart(name: str) -> str:
    """Return the words of a name in camel case."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


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
    for form, pattern in FORMS:
        for m in pattern.finditer(text):
            part = m.groupdict()
            held, kind = ("values", "attribute") if part["values"] else ("values2", "attribute2")
            place = (m.start(held), m.end())
            if any(start < place[1] and place[0] < end for start, end in taken):
                continue
            taken.append(place)
            noun = part["noun"] or part.get("noun2") or ""
            skipped = 0
            if _FUNCTION.match(noun):
                skipped = len(noun)
            while (cut := _FRONT.match(noun[skipped:])) and cut.end():
                skipped += cut.end()
            if (verb := _VERB.match(noun[skipped:])) and _CAN.search(text[: m.start("noun") + skipped]):
                skipped += verb.end()
            start = m.start("noun") + skipped if part["noun"] and form != "sets" else m.start()
            # "must not be in any state other than" is a need.
            negated = sum(bool(part.get(name)) for name in ("not", "not2", "not3", "modal_not")) == 1
            words = tuple(dict.fromkeys(bare(value[0]) for value in _ONE.finditer(part[held] or "")))
            if m.start(held) > m.end(kind) and text[m.start(held) - 2 : m.start(held)].strip() == ":":
                words = _listed(part[held] or "")
            if _OF_A_FORM.match(text, m.end()) and (part[held] or "")[:1] not in "`*\"'":
                taken.pop()  # "is not an accepted value" tells of a value
                continue
            if (part.get("modal") or "").lower() == "can" and _PASSIVE.match((part[held] or "").strip()):
                taken.pop()  # "cannot be cancelled" tells of a deed
                continue
            shown = _SPECIFIED_BY.match(text, m.end())
            yield Clause(
                _form(form, part),
                noun[skipped:].strip(),
                _PLURAL.sub(lambda found: "us" if found[0].lower() == "uses" else "e", _KIND.sub("", part[kind] or "")),
                words,
                negated,
                part.get("modal")
                or {"to be": "to be"}.get(part.get("be") or "")
                or ("only" if part.get("only") else None),
                min(start, m.start(kind)),
                shown.end() if shown else m.end(),
                shown["field"] if shown else None,
            )
