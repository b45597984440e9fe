"""Rules for operations that are removed (E1) or added (E2) at a version, by their own text or the file's preamble.

Read: "This API will fail with a 404 starting from microversion 3.6", "Requests made with microversion >= 2.43 will
result in a 404", "This API is available starting with microversion 3.5", "Microversion 2.6 or greater is required",
"Available since version 3.4", "Lists all shares, available since microversion 3.33", "(New in version 2.97)",
"Shares (3.5 or later)" as a title, a ``versionadded`` directive. The subject of a preamble's sentence
names the operations that it applies to: "the image metadata APIs", "all the proxy APIs except image metadata APIs". Not
read: versions of a parameter, of a value or of a behaviour.
"""

from __future__ import annotations

import re

from parsers.prose.added import added
from parsers.prose.clauses import NUMBER, before, gone_from, version_clauses, without_versions
from parsers.prose.rules import NOTHING, Gate, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.words import singular
from specs.model import Versions

_FLAGS = re.IGNORECASE | re.ASCII
_VERSION = NUMBER.format("version")
_SUBJECT = re.compile(
    r"^(?:.*[,;]\s*)?(?P<subject>(?:this|these|the|all|requests?|it|they)\b.*?)\s+(?:is\s+deprecated\s+and"
    r"\s+)?(?:will|fails?|results?)\b",
    _FLAGS,
)
_API = re.compile(r"\b(?:APIs?|actions?|operations?|calls?|requests?|methods?|endpoints?|this|these|it|they)\b", _FLAGS)
_STOP = frozenset(
    [
        "the",
        "this",
        "these",
        "all",
        "of",
        "an",
        "a",
        "and",
        "or",
        "api",
        "apis",
        "image-services",
        "proxy",
        "services",
        "service",
        "action",
        "actions",
        "request",
        "requests",
    ]
)
_REQUIRES = re.compile(rf"^Requires\s+{_VERSION}\+\s+of\s+the\s+(?:\w+\s+)?API\.?$", _FLAGS)
_AVAILABLE = re.compile(
    r"^(?:(?:This|The)\s+)?(?:API|action|operation|call|method|endpoint|request|feature)\s+(?:is|was|has\s+been|became|"
    r"were)\s+"
    r"(?:only\s+)?(?:available|added|introduced|supported|new)\b(?:[^.]|\.(?=\d))*\.?$",
    _FLAGS,
)
_OR_LATER = r"(?:\s+(?:or|and)\s+(?:higher|later|greater|newer|above))?"
_REQUIRED = re.compile(
    rf"^Microversion\s+{_VERSION}\s+or\s+\w+\s+is\s+required\s+for\s+this\s+(?:API|action|operation|request)", _FLAGS
)
_SINCE = re.compile(
    rf"^\(?(?:Available|Added|New|Introduced)?\s*(?:since|in|from|as\s+of|with|starting\s+\w+)\s+(?:the\s+)?"
    rf"(?:(?:\w+\s+)?API\s+|\w+s\s+(?=v\d))?(?:(?:micro)?version\s+)?{_VERSION}(?:\s+(?:micro)?version)?{_OR_LATER}\)?\.?$",
    _FLAGS,
)
_LEAD_SINCE = re.compile(
    rf"^[A-Z][a-z]+\b[^,;.:]*,\s+(?:available|supported)\s+(?:since|from|as\s+of|with|starting\s+\w+)\s+"
    rf"(?:(?:API\s+)?(?:micro)?version\s+)?{_VERSION}{_OR_LATER}\.?$",
    _FLAGS,
)
_API_CALLS = re.compile(
    r"^(?:The\s+)?[A-Z][\w-]*(?:\s+[\w-]+){0,3}\s+(?:APIs?|(?:API\s+)?(?:calls|requests|operations))\s+(?:is|"
    r"are)\s+(?:only\s+)?available\s+"
    r"(?:starting|since|from|as\s+of|with)\b"
)
_ACTION_SINCE = re.compile(
    rf"^Action\s+``[\w-]+``\s+(?:is\s+)?available\s+(?:as\s+of|since|from|starting\s+\w+)\s+microversion\s+{_VERSION}",
    _FLAGS,
)
_NEW_IN = re.compile(
    rf"\(\s*(?:New\s+in|Added\s+in|Since|Available\s+since|Requires)\s+(?:API\s+)?(?:(?:micro)?version\s+|"
    rf"v)?{_VERSION}\+?\s*\)\.?$",
    _FLAGS,
)
_TITLE_SINCE = re.compile(rf"\(\s*{_VERSION}\s+or\s+(?:higher|later|greater|newer|above)\s*\)$", _FLAGS)
_RANGE = re.compile(
    rf"\(\s*(?:micro)?versions?\s+{NUMBER.format('low')}\s*(?:-|–|to)\s*{NUMBER.format('high')}\s*\)\.?$", _FLAGS
)
_DIRECTIVE = re.compile(rf"^{_VERSION}(?P<rest>.*)$", re.DOTALL)
_INTRODUCED = re.compile(
    r"\b(?:API|resource|endpoint|operation|method|call|action)s?\b.*\b(?:introduced|added)\b|\b(?:Introduced|"
    r"Added)\s+(?:the\s+)?(?:[\w/``{}-]+\s+)*"
    r"(?:API|resource|endpoint|operation|method|support\s+for\s+this)\b",
    _FLAGS,
)


def _words(text: str) -> frozenset[str]:
    """Return the words of a phrase that distinguish one operation from another."""
    return frozenset(
        singular(w)
        for w in re.findall(r"[a-z][a-z-]+", text.lower())
        if w not in _STOP and w not in ("except", "made", "with")
    )


def _governs(subject: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of the operations that a preamble's subject includes, and of those that it excepts."""
    main, _, excepted = re.sub(r"[`*]", "", subject).partition(" except ")
    besides = _words(excepted) if excepted else frozenset()
    if excepted or re.match(r"(?:this|these|it|they|requests?|all)\b", main, _FLAGS):
        return frozenset(), besides
    return _words(main), besides


def governs_title(gate: Gate, title: str) -> bool:
    """True if a preamble's sentence applies to the operation with this title."""
    words = _words(title)
    return gate.only <= words and not (gate.besides and gate.besides <= words)


def _gone(sentence: Sentence, scope: Scope) -> Reading | None:
    """E1: an operation answers 404 from a version on; the version before is its last."""
    text = sentence.text
    low = gone_from(text)
    if low is None:
        return None
    subject = _SUBJECT.match(text)
    if subject is None or not _API.search(subject["subject"]):
        return None
    named = without_versions(subject["subject"])
    only, besides = _governs(named) if scope.source is None else (frozenset[str](), frozenset[str]())
    return Reading((Gate(Versions(max=before(low), line=sentence.line), only, besides),))


def _available(sentence: Sentence, scope: Scope) -> Reading | None:
    """E2: an operation exists from a version on."""
    text = sentence.text.strip("*")
    for pattern in (_REQUIRED, _REQUIRES, _SINCE, _ACTION_SINCE):
        if m := pattern.match(text):
            return Reading((Gate(Versions(min=m["version"], line=sentence.line)),))
    lead = _LEAD_SINCE.match(text) if sentence.first and not sentence.block.section else None
    if lead is None and sentence.block.kind == "heading":
        lead = _TITLE_SINCE.search(text)
    if lead is not None:
        return Reading((Gate(Versions(min=lead["version"], line=sentence.line)),))
    if _AVAILABLE.match(text) or (scope.source is None and _API_CALLS.match(text)):
        clauses = version_clauses(text)
        if len(clauses) == 1 and (clauses[0][0] or clauses[0][1]):
            return Reading((Gate(Versions(clauses[0][0], clauses[0][1], sentence.line)),))
    if scope.source is None or (sentence.block.kind != "item" and sentence.block.section == ""):
        m = _NEW_IN.search(text)
        if m and sentence.block.kind not in ("item", "term", "table") and (scope.source is None or _whole(sentence)):
            return Reading((Gate(Versions(min=m["version"], line=sentence.line)),))
    return None


def _whole(sentence: Sentence) -> bool:
    """True if a sentence is its whole block, and so is about the operation."""
    return sentence.first and sentence.last and sentence.block.kind == "paragraph"


def _directive(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """E2, E3: ``versionadded`` without a text, or with one that introduces the API or names new fields."""
    if sentence.block.kind not in ("versionadded", "versionchanged"):
        return None
    m = _DIRECTIVE.match(sentence.block.text.strip())
    if not sentence.first:
        return NOTHING
    if m is None or sentence.block.kind == "versionchanged":
        return NOTHING
    rest = m["rest"].strip()
    if new := tuple(added(m["version"], rest)):
        return Reading(new)
    if sentence.block.section or (rest and not _INTRODUCED.search(rest)):
        return NOTHING
    return Reading((Gate(Versions(min=m["version"], line=sentence.line)),))


def of_title(title: str, line: int) -> Gate | None:
    """E2: the versions that a title names: "Manage a share (since API v2.7)", "Rename it (microversions 1.2 - 1.6)"."""
    if m := _RANGE.search(title):
        return Gate(Versions(m["low"], m["high"], line))
    m = _NEW_IN.search(title) or _TITLE_SINCE.search(title)
    return Gate(Versions(min=m["version"], line=line)) if m else None


RULES = (
    Rule("version-directive", "E2", _directive),
    Rule("gone-from-version", "E1", _gone, ("404",)),
    Rule(
        "available-from-version",
        "E2",
        _available,
        ("version", "since", "requires", "new in", "added in", "introduced", "available", "later", "higher"),
    ),
)
