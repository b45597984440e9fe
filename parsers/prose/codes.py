"""Rules for status codes in sentences: explained (A5), in running prose (A6), bound to versions (A7).

A code is three digits, never next to a dot (2.100 is a version) nor before a unit (255 bytes is a size). The number
counts; the name beside it is kept as written. Lists of codes are read by ``code_lists``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from parsers.prose.clauses import before, gone_from, some, version_range
from parsers.prose.rules import CodeRange, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from specs.model import Code, When

_NUMBER = r"(?<![\d.:#/=])[1-5]\d\d(?![\d:%]|\.\d|\s+(?:bytes|characters|chars|seconds|items|[KMG]i?B)\b)"
_DIGITS = re.compile(r"\d\d\d")
_TALK = re.compile(
    r"\b(?:HTTP|response|respon[ds]+|returns?|returned|status|errors?|fails?|reject\w*|raises?|results?|blocked|"
    r"will\s+be)\b|"
    r"^(?:`|\*\*)?[1-5]\d\d",
    re.IGNORECASE,
)
_PROSE = re.compile(
    rf"""
      \bHTTP\s+(?:\w+\s+){{0,2}}(?:``)?(?P<http>{_NUMBER})
    | (?P<named>{_NUMBER})
      (?:\s+(?:HTTP\w*|error|response|status|code|conflict|bad\s+request|not\s*found|forbidden)\b|``\s+(?:error|response|status))
    | \((?P<paren>{_NUMBER})\)
    | \b(?:code|status|response|return(?:s|ed)?|raises?|with|an?)\s+(?:an?\s+|the\s+)?(?:``)?
      (?P<after>[2345]\d\d)(?![\w%-]|\.\d|\s+(?:bytes|char\w*|items?|sec\w*|[KMG]i?B)\b)
    | (?P<first>{_NUMBER})\s+(?:is\s+returned|will\s+be\s+returned)
    | ^(?P<item>{_NUMBER})\s+(?:-\s|\(if\b)
    | ^\*\*(?P<bold>{_NUMBER})\s*(?:\([\w\s]+\))?\*\*
    | ``(?:[A-Z][A-Za-z]+\s+){{1,3}}(?P<last>{_NUMBER})``
    | \bwill\s+be\s+(?P<be>{_NUMBER})(?=\.?$)
    | ``(?P<only>{_NUMBER})(?:\s+[A-Za-z]+)*``
    | `(?P<tick>{_NUMBER})\s+[A-Za-z]+(?:\s+[A-Za-z]+)*`
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""Codes that a sentence may mention of another service's response: never read as a promise of the operation."""


@lru_cache(maxsize=4096)
def codes_in(text: str) -> tuple[int, ...]:
    """Return the status codes in running prose, in order."""
    found: list[int] = []
    if not _DIGITS.search(text) or not _TALK.search(text):
        return ()
    for m in _PROSE.finditer(text):
        number = int(next(g for g in m.groupdict().values() if g))
        if number not in found and number not in _REDIRECTS:
            found.append(number)
    return tuple(found)


def _explained(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """A code that a sentence explains: "400 - BadRequest - if ...", "the request is rejected with 409"."""
    found = codes_in(sentence.text)
    if not found:
        return None
    if gone_from(sentence.text):
        return None  # the operation is removed at a version: a rule of ``versions`` reads this
    bounds = version_range(sentence.text)
    if re.search(r"\bin\s+version\b", sentence.text, re.IGNORECASE):
        bounds = None  # the sentence does not say if it means that version alone or every version from it on
    when = some(When(min=bounds[0], max=bounds[1])) if bounds else None
    refused = any(code >= 400 for code in found)  # its cause is for the rules of ``refusals``
    return Reading(tuple(Code(code, sentence.line, when=when, listed=False) for code in found), whole=not refused)


_CHANGED = re.compile(
    rf"\bcodes?\b.*\bchanged\s+from\s+(?P<old>{_NUMBER})\s+to\s+(?P<new>{_NUMBER})\s+(?:in|with|since|"
    rf"from)\b.*?(?P<version>\d+\.\d+)",
    re.IGNORECASE,
)
_SINCE = re.compile(
    rf"\b(?:normal|success\w*)\b.*\bcodes?\s+(?:is|was|will\s+be)\s+(?P<code>{_NUMBER})\s+(?:in|with|since|from|"
    rf"for)\b.*?(?P<version>\d+\.\d+)",
    re.IGNORECASE,
)


def _bound(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """A7: a status code that holds from a version on, or changed at a version."""
    if m := _CHANGED.search(sentence.text):
        old = Code(int(m["old"]), sentence.line, max=before(m["version"]))
        return Reading((CodeRange(old), CodeRange(Code(int(m["new"]), sentence.line, min=m["version"]))))
    if m := _SINCE.search(sentence.text):
        return Reading((CodeRange(Code(int(m["code"]), sentence.line, min=m["version"])),))
    return None


RULES = (
    Rule("code-bound-to-version", "A7", _bound, ("code",)),
    Rule("code-in-prose", "A6", _explained),
)
