"""Rules for statuses that a sentence names without a clause of their own.

Read: "Valid share states for this operation are ``a`` and ``b``"; "This call is supported only in the ``a`` state";
"Moving a ``a`` share is not permitted"; "If the share status is ``a``, the share is put into the ``b`` state"; "The
initial status is ``a``", of an operation that makes a thing. Not read: valid values of a field, the statuses of a thing
that neither the path nor a title names, and initial statuses where nothing is made.
"""

from __future__ import annotations

import re

from parsers.prose.clauses import version_clauses
from parsers.prose.names import LASTING
from parsers.prose.owners import owner_of
from parsers.prose.rules import Post, Pre, Reading, Refused, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.status_patterns import AND_THEN, COMMON
from parsers.prose.words import NOUN, VALUES, normalised, values
from specs.model import Condition, When
from specs.refusals import Cause, Refusal

_FLAGS = re.IGNORECASE | re.ASCII
_LIST = rf"(?P<values>(?-i:{VALUES}))"
_STATE = r"(?:status(?:es)?|states?)"
_OPERATION = r"(?:this|the)\s+(?:\w+\s+)?(?:operation|API|call|method|action|request|command)"
_VALID = re.compile(
    rf"^(?:The\s+)?(?:valid|allowed|permitted|acceptable|required|supported)\s+(?:(?P<noun>{NOUN}?)\s+)??{_STATE}\s+(?:for|to\s+perform|in\s+which)\s+"
    rf"{_OPERATION}[^:,.`]*?\s*(?:is|are|:)\s*:?\s*{_LIST}\s*\.?$",
    _FLAGS,
)
_WORKS = r"(?:supported|allowed|available|valid|possible|permitted|accepted|performed|applicable)"
_ONLY_IN = re.compile(
    rf"^(?:This|It|{_OPERATION})\b[^,;`]*?\b(?:{_WORKS}\s+only|only\s+(?:be\s+)?{_WORKS})\s+(?:(?:if|when|while)\s+)?(?:in|from)\s+(?:the\s+|an?\s+|either\s+)?"
    rf"{_LIST}\s+{_STATE}\s*\.?$",
    _FLAGS,
)
_SUCH_A_THING = re.compile(
    rf"(?:^|\b(?:an?|the|any|[a-z]+ing)\s+)(?=``|\"|\*\*){_LIST}\s+(?P<noun>(?!status|state)[a-z]+(?:\s+(?!status|state)[a-z]+)?)\s+(?:cannot|can\s+not|may\s+not|must\s+not|is\s+not\s+(?:permitted|"
    r"allowed|supported|possible)|are\s+not\s+(?:permitted|allowed|supported))\b",
    _FLAGS,
)
_IF_IT_IS = re.compile(
    rf"^(?:If|When)\s+(?P<noun>{NOUN}?)(?:'s)?\s+(?:{_STATE}\s+is|is\s+in(?:\s+the)?)\s+(?:the\s+)?(?P<from>(?-i:{VALUES}))(?:\s+{_STATE})?,?\s+(?:then\s+)?"
    rf"(?P<noun2>{NOUN})\s+(?:is|are|will\s+be)\s+(?:[a-z ]+?\s+and\s+)?"
    rf"(?:put|placed|set|moved|changed)\s+(?:into|in|to)\s+(?:the\s+)?"
    rf"{_LIST}(?:\s+{_STATE})?\s*\.?$",
    _FLAGS,
)
_INITIAL = re.compile(
    rf"\binitial\s+(?:(?:``)?(?:status|state)(?:``)?\s+(?:of\s+(?P<noun>{NOUN}?)\s+)?|value\s+of\s+(?P<noun2>{NOUN}?)'s?\s+(?:``)?(?:status|state)(?:``)?"
    rf"\s+(?:attribute\s+|field\s+)?)(?:is|will\s+be)\s+(?:set\s+to\s+|always\s+)?{_LIST}",
    _FLAGS,
)
_LEAD_SUCH = re.compile(
    rf"^(?:This\s+(?:request|operation|call|API)\s+)?(?P<verb>[A-Za-z]+)s\s+(?:an?|the)\s+(?P<values>``{COMMON}``(?:\s+or\s+``{COMMON}``)*)\s+"
    rf"(?P<noun>[a-z]+(?:\s[a-z]+){{0,3}}?)(?:,|\.?$)",
    _FLAGS,
)
_MAKING = re.compile(r"^(?:Creat|Add|Register|Import|Allocat|Launch|Build|Provision|Request)", _FLAGS)


def _names(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return normalised(tuple(value.text for value in values(text)) or (text,))


def _needed(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2: "Valid share states for this operation are ``a``", "This call is supported only in the ``a`` state"."""
    m = _VALID.match(sentence.text) or _ONLY_IN.match(sentence.text) or _of_such(sentence, scope)
    phrase = m.groupdict().get("noun") if m is not None else None
    owner = (owner_of(phrase, scope) if phrase else scope.resource) if m is not None else None
    if m is None or owner is None or scope.source is None or version_clauses(sentence.text):
        return None
    names, as_written = _names(m["values"])
    return Reading((Pre(Condition("status", owner, sentence.line, any_of=names, as_written=as_written)),))


def _of_such(sentence: Sentence, scope: Scope) -> re.Match[str] | None:
    """Match a lead whose verb is the title's: "This request stops a ``running`` share"."""
    m = _LEAD_SUCH.match(sentence.text) if sentence.first and sentence.block.kind == "paragraph" else None
    title = scope.source.title.lower() if scope.source is not None else ""
    return m if m is not None and re.search(rf"\b{m['verb'].lower().rstrip('e')}", title) else None


def _refused(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2: "Moving a ``a`` share is not permitted"."""
    m = _SUCH_A_THING.search(sentence.text)
    if m is None or scope.source is None or version_clauses(sentence.text):
        return None
    owner = owner_of(m["noun"], scope, another=False)
    known = any(value.text.isupper() for value in values(m["values"]))
    if owner is None or not known:
        return None
    return Reading((Refused(Refusal(Cause(resource=owner, status=_names(m["values"])[0]), None, sentence.line)),))


def _passing(names: tuple[str, ...]) -> bool:
    return all(name.lower().endswith("ing") and name.lower() not in LASTING for name in names)


def _becomes(sentence: Sentence, scope: Scope) -> Reading | None:
    """C4: "If the share status is ``a``, the share is put into the ``b`` state"; "The initial status is ``a``"."""
    if scope.source is None or version_clauses(sentence.text):
        return None
    m, when = _IF_IT_IS.match(sentence.text), None
    if m is not None:
        owner = owner_of(m["noun2"], scope)
        when = When(status=_names(m["from"])[0])
    else:
        m = _INITIAL.search(sentence.text)
        if m is None or scope.source.method != "POST" or not _MAKING.match(scope.source.title):
            return None
        phrase = m["noun"] or m["noun2"]
        owner = owner_of(phrase, scope, another=False) or scope.resource if phrase else scope.resource
    if owner is None:
        return None
    names, as_written = _names(m["values"])
    values_ = {"transient" if _passing(names) else "becomes": names}
    if then := AND_THEN.match(sentence.text[m.end() :]):
        values_ = {"transient": names, "becomes": _names(then["values"])[0]}
    condition = Condition("status", owner, sentence.line, as_written=as_written, when=when, **values_)  # type: ignore[arg-type]  # the names are those of fields of Condition
    return Reading((Post(condition),))


RULES = (
    Rule("statuses-that-are-valid", "B2", _needed, ("stat", "``")),
    Rule("things-of-a-status", "B2", _refused, ("cannot", "can not", "may not", "must not", " not ")),
    Rule("status-by-the-status-before", "C4", _becomes, ("stat",)),
)
