"""Rules for the deprecation (I1, I3, I4) and the removal (I2) of operations.

Read: "This API is deprecated", also as of a version, "They were removed in the 21.0.0 release", "superseded by
``X``", "(DEPRECATED)" in a title. Not read: the deprecation of anything but the operation: a driver, a service, a
parameter, a file format ("only works with X, which is deprecated").
"""

from __future__ import annotations

import re

from parsers.prose.clauses import NUMBER, version_clauses
from parsers.prose.forms import form
from parsers.prose.rules import NOTHING, Marked, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from specs.model import Deprecation, Removal

_FLAGS = re.IGNORECASE | re.ASCII
_VERSION = NUMBER.format("version")
_SUBJECT = (
    r"(?:(?:this|these|the|all(?:\s+(?:of\s+)?(?:the|these))?)\s+(?:``[\w.-]+``\s+)?(?:[\w-]+\s+){0,2}?(?:APIs?|"
    r"actions?|operations?|calls?|methods?|extensions?\s+concept|"
    r"endpoints?|resources?)|it|they|these)"
)
_DEPRECATED = re.compile(
    rf"(?:^|[,;]\s*|\band\s+)(?:therefore\s+|as\s+such,?\s+)?{_SUBJECT}\s+(?:is|are|was|were|has\s+been|have\s+"
    rf"been)\s+(?:now\s+)?deprecated\b",
    _FLAGS,
)
_ALL = re.compile(r"\b(?:has|have)\s+deprecated\s+all\s+the\s+(?:proxy\s+)?APIs\b", _FLAGS)
_EXTENSIONS = re.compile(r"^As\s+such,\s+the\s+entire\s+\w+\s+concept\s+is\s+deprecated\b", _FLAGS)
_SINCE = re.compile(rf"^\**Deprecated\s+in\s+{_VERSION}\**\.?$", _FLAGS)
_RELEASE = re.compile(r"\b(?P<release>\d+\.\d+\.\d+)\b")
_REMOVED = re.compile(
    rf"(?:^|[,;]\s*|\band\s+){_SUBJECT}\s+(?:was|were|has\s+been|have\s+been)\s+(?:completely\s+)?(?:removed|"
    rf"dropped)\s+(?:in|with|since|from)\b",
    _FLAGS,
)
_SUPERSEDED = re.compile(
    rf"\b{_SUBJECT}\s+(?:is|are)\s+superseded\s+by\s+(?:the\s+)?(?:APIs?\s+)?(?P<by>``[^`]+``|`[^`]+`)", _FLAGS
)
_BY = re.compile(
    r"\b(?:superseded|replaced)\s+(?:by|with)\s+(?:using\s+)?(?:the\s+)?(?:API\s+)?(?:``(?P<literal>[^`]+)``|"
    r"`(?P<title>[^`]+)`)",
    _FLAGS,
)
_REPLACED = re.compile(r"^(?:This|It|They|These)\s+(?:is|are|was|were|has\s+been)\s+replaced\s+(?:with|by)\b", _FLAGS)
_OTHER = form(
    r"\bwhich\s+(?:is|was|were|are)\s+deprecated\b|\bthat\s+(?:is|was|were)\s+deprecated\b|\bshould\s+be\s+avoided\b"
    r"|\bthe\s+use\s+of\s+.+?\s+is\s+deprecated\b|\bwill\s+be\s+(?:deprecated|removed)\b|\bno\s+replacement\b|\b"
    r"designed\s+to\s+work\s+with\b"
    r"|\bonly\s+implemented\s+for\b|\bSpecifying\b.*\bis\s+deprecated\b|\bnot\s+used\s+with\b|\bwhich\s+was\s+"
    r"removed\b|\bhas\s+been\s+removed\b",
    "deprecated",
    "avoided",
    "removed",
    "replacement",
    "designed",
    "implemented",
    "used",
)
_USE = re.compile(
    r"^(?:For\s+more\s+information|See|Use|To\s+[\w\s,]+?,\s+use|Please\s+use|Users\s+should\s+use|Instead,?\s+use)\b",
    _FLAGS,
)


def _deprecated(sentence: Sentence, scope: Scope) -> Reading | None:
    """I1, I3: the operation is deprecated, perhaps since a named version."""
    text = sentence.text
    if scope.source is not None and (m := _SINCE.match(text)) is not None:
        return Reading((Deprecation(sentence.line, m["version"]),))
    if not (_DEPRECATED.search(text) or _ALL.search(text) or _EXTENSIONS.match(text) or _SUPERSEDED.search(text)):
        return None
    since = None
    for low, _, _, _ in version_clauses(text):
        since = since or low
    if since is None and (
        m := re.search(rf"\bdeprecated\s+(?:in|as\s+of|from|since)\s+(?:the\s+)?(?:\w+\s+)?{_VERSION}", text, _FLAGS)
    ):
        since = m["version"]
    return Reading((Deprecation(sentence.line, since, _replacement(text)),))


def _replacement(text: str) -> str | None:
    m = _BY.search(text)
    return (m["literal"] or m["title"]) if m else None


def _removed(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """I2: the operation was removed in a release."""
    m = _REMOVED.search(sentence.text)
    if m is None:
        return None
    release = _RELEASE.search(sentence.text, m.end())
    return Reading((Removal(sentence.line, release["release"] if release else None),))


def _other(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """Deprecation of something else, or advice that follows from one."""
    return (
        NOTHING if _OTHER.search(sentence.text) or _REPLACED.match(sentence.text) or _USE.match(sentence.text) else None
    )


def _title(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """I4: "(DEPRECATED)" in a title."""
    if sentence.block.kind != "heading" or not re.search(r"\(\s*deprecated\s*\)", sentence.text, _FLAGS):
        return None
    return Reading((Marked(Deprecation(sentence.line)),))


RULES = (
    Rule("operation-deprecated", "I1", _deprecated, ("deprecated", "superseded")),
    Rule("operation-removed", "I2", _removed, ("removed", "dropped")),
    Rule("deprecated-in-title", "I4", _title, ("deprecated",)),
    Rule("other-deprecation", "I3", _other),
)
