"""Rules for codes that sentences tell apart (A9): "if no image data exists, the call returns 204".

A sentence ties a normal code to a situation: a thing exists or does not, or the request asks for a part of the content.
Asking for a part is the header ``Range`` (RFC 9110, 14.2), so only an operation that has this header in its table is
read so. A part that cannot be had is a cause of a refusal: "for an unsatisfiable partial download request, 416".
"""

from __future__ import annotations

import re

from parsers.prose.codes import codes_in
from parsers.prose.rules import CodeApart, Reading, Refused, Rule, Scope
from parsers.prose.sentences import Sentence
from specs.model import Code, When
from specs.refusals import Cause, Refusal

_FLAGS = re.IGNORECASE | re.ASCII
PARTIAL = "Range"
"""The header of a request for a part of the content."""

_IF_FIRST = re.compile(r"^(?:If|When)\s+(?P<cause>[^,]+?),?\s+(?P<rest>(?:the\s+|it\s+|an?\s+)?[^,]*)$", _FLAGS)
_IF_LAST = re.compile(r"^(?P<rest>.+?)\s+(?:if|when)\s+(?P<cause>[^,]+?)\.?$", _FLAGS)
_THING = r"(?:[A-Za-z][\w-]*\s+){0,3}?[A-Za-z][\w-]*"
_EXISTS = re.compile(rf"^(?:(?P<no>no)\s+|(?:the|an?|such\s+an?)\s+)?(?P<n>{_THING})\s+(?:already\s+)?exists?$", _FLAGS)
_MISSING = re.compile(
    rf"^(?:(?:the|an?|such\s+an?)\s+)?(?:new\s+)?(?P<n>{_THING})\s+(?:(?:does|do)\s+not\s+(?:yet\s+)?exist(?:\s+yet)?|"
    r"(?:is|was)\s+(?:successfully\s+)?created)$",
    _FLAGS,
)
_HAS = re.compile(rf"^(?:the|an?)\s+\w+\s+(?:already\s+)?has\s+(?:the\s+)?specified\s+(?P<n>{_THING})$", _FLAGS)
_EXTENT = re.compile(r"\bfor\s+an?\s+(?P<extent>full|complete|whole|partial)\s+(?:\w+\s+){0,3}?request\.?$", _FLAGS)


_UNSATISFIABLE = re.compile(r"^For\s+an\s+unsatisfiable\s+(?:partial|range)\s+(?:\w+\s+){0,3}?request,\s", _FLAGS)


def _thing(phrase: str, scope: Scope) -> str:
    """The name of a thing: the resource of the path that the phrase ends in, else its words in lower case."""
    owner = scope.owner(phrase)
    return owner if owner == scope.resource else phrase.lower()


def _situation(cause: str, scope: Scope) -> When | None:
    """The situation that a clause states; None if its form is not known."""
    text = cause.strip()
    if m := _MISSING.match(text):
        return When(missing=(_thing(m["n"], scope),))
    if m := _HAS.match(text):
        return When(exists=(_thing(m["n"], scope),))
    if m := _EXISTS.match(text):
        thing = (_thing(m["n"], scope),)
        return When(missing=thing) if m["no"] else When(exists=thing)
    return None


def _apart(sentence: Sentence, scope: Scope) -> Reading | None:
    """A9: a normal code with the situation in which it comes."""
    found = codes_in(sentence.text)
    if scope.source is None or len(found) != 1 or found[0] >= 400:
        return None
    for form in (_IF_FIRST, _IF_LAST):
        # The comma may be missing: "If traits already exists 204 will be returned".
        for m in _ways(form, sentence.text):
            when = _situation(m[0], scope)
            if when is not None and codes_in(m[1]):
                asked = _asked(m[1], scope)
                if asked is None:
                    return None
                present, absent = asked
                when = When(
                    present=present, absent=absent, exists=when.exists, missing=when.missing, line=sentence.line
                )
                return Reading((CodeApart(Code(found[0], sentence.line, when=when, listed=False)),))
    return None


def _ways(form: re.Pattern[str], text: str) -> list[tuple[str, str]]:
    """The clauses of the situation and of the code, for each place at which the sentence can be divided."""
    m = form.match(text)
    if m is None:
        return []
    if form is _IF_LAST or "," in text:
        return [(m["cause"], m["rest"])]
    words = text.rstrip(".").split()
    return [(" ".join(words[1:n]), " ".join(words[n:])) for n in range(3, len(words))]


def _asked(rest: str, scope: Scope) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The headers that the request gives and leaves out; None if the operation has no such header."""
    m = _EXTENT.search(rest)
    if m is None:
        return (), ()
    if not _takes_parts(scope):
        return None
    return ((PARTIAL,), ()) if m["extent"].lower() == "partial" else ((), (PARTIAL,))


def _takes_parts(scope: Scope) -> bool:
    """Whether the operation has the header of a request for a part."""
    rows = (row for row in scope.source.rows if row.section == "request") if scope.source is not None else ()
    return any(row.parameter.location == "header" and row.parameter.name == PARTIAL for row in rows)


def _unsatisfiable(sentence: Sentence, scope: Scope) -> Reading | None:
    """A9: the code of a refusal of a request for a part that the content does not have."""
    found = codes_in(sentence.text)
    if len(found) != 1 or found[0] < 400 or not _UNSATISFIABLE.match(sentence.text) or not _takes_parts(scope):
        return None
    return Reading((Refused(Refusal(Cause(invalid=(PARTIAL,)), found[0], sentence.line)),))


RULES = (
    Rule("code-told-apart", "A9", _apart, ("exist", "created", "specified")),
    Rule("part-not-to-be-had", "A9", _unsatisfiable, ("unsatisfiable",)),
)
