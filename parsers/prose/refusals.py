"""Rules for refusals that a sentence ties to a cause (A8): "if the tenant is not found, a 400 is returned".

Read: a condition before or after a code ("If ..., the request fails with 409", "404 is returned if ..."), a code with
its reason in parentheses or after a dash, what must hold "otherwise" a code comes, an attempt that "will result in" a
code, and what cannot be done "if" or "while" something holds. Not read: a code without a reason, a reason of a form
that ``causes`` does not know; such a sentence stays unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from parsers.prose.cause_names import names_of
from parsers.prose.causes import cause_of, causes_of
from parsers.prose.clauses import version_range, without_versions
from parsers.prose.codes import codes_in
from parsers.prose.rules import CodeBefore, Reading, Refused, Rule, Scope, resources_of
from parsers.prose.sentences import Sentence, plain
from parsers.prose.status_clauses import clauses_of, cleared
from parsers.prose.words import VALUES, normalised, values
from specs.refusals import Cause, Refusal

_FLAGS = re.IGNORECASE | re.ASCII
_CODE = r"(?<![\d.:#/=])[45]\d\d(?![\d:%]|\.\d)"
_FIELD = r"``[\w:.-]+``"
_IF = re.compile(r"^(?:[^,`]{1,60},\s+)?(?:Even\s+if\s+[^,]+,\s*)?(?:If|When|Where|In\s+case)\s+", _FLAGS)
_MOST = 8
"""The largest number of places at which the cause may end that are tried."""
_THEN = re.compile(r",?\s+(?:then\s+)?(?=(?:the|this|an?|it|HTTP|you\s+will)\s)", _FLAGS)
_AFTER = re.compile(rf"^(?P<rest>.*?{_CODE}.*?)\s+(?:if|when|where|in\s+case|for)\s+(?P<cause>.+)$", _FLAGS)
_REASON = re.compile(
    rf"^(?:\*\*|``)?{_CODE}(?:\s*\([\w\s-]+\)|\s+[A-Za-z ]+?)?(?:\*\*|``)?\s*(?:\s-+\s*(?:[A-Za-z ]+?\s-+\s*)?|"
    rf":\s*)(?:Returned\s+)?(?:if\s+)?(?P<cause>[^,]+?)"
    rf"(?:,\s+(?:an?|the|to|perhaps)\s.*)?$",
    _FLAGS,
)
_MARKED_CODE = re.compile(rf"^``{_CODE}``\s+(?P<cause>(?:The|An?|No)\s[^.]+)\.?$", _FLAGS)
"""A marked code with its reason: "````404```` The shop is not found."."""
_PARENTHESIS = re.compile(rf"^{_CODE}\s*\((?:if\s+)?(?P<cause>[^()]+)\)\.?$", _FLAGS)
_ATTEMPT = re.compile(
    rf"^(?:Attempt(?:s|ing)?|Trying|If\s+(?:you|a\s+user|the\s+user)\s+(?:try|tries|attempts?)|A\s+request)\s+to"
    rf"\s+(?P<cause>.+?),?\s+(?:will\s+|"
    rf"this\s+call\s+|the\s+call\s+|the\s+request\s+)+(?:results?|returns?|fails?|causes?|provoke|is"
    rf"\s+rejected)\b.*?{_CODE}",
    _FLAGS,
)
_CAUSED = re.compile(
    rf"^(?P<cause>[^.;:]+?)\s+(?:(?:will|would)\s+)?(?:causes?|results?\s+in|leads?\s+to|triggers?|produces?)\s+[^.;:]*?{_CODE}",
    _FLAGS,
)
"""Things that cause a code: "malformed dates will cause the request to be rejected with 400"."""
_THING = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", _FLAGS)
_IN_THAT_CASE = re.compile(
    r"^(?:In\s+(?:this|that|these|those|such|both|either|each|all)\s+(?:of\s+(?:these|those)\s+)?(?:an?\s+)?cases?,?|If\s+so,|"
    r"(?:Attempting|Trying)\s+to\s+(?:do\s+(?:so|this)|\w+\s+an\s+immutable\s+\w+)|Doing\s+(?:so|this)|If\s+you\s+(?:(?:do|try\s+to\s+do|attempt)\s+(?:so|this|that)|(?:try|attempt)\s+to\s+\w+\s+any\s+of\s+these\s+\w+),)"
    rf"\s[^.;:]*?{_CODE}[^.;:]*\.?$",
    _FLAGS,
)
_ORDER = re.compile(
    rf"\bthe\s+value\s+of\s+the\s+(?P<a>{_FIELD})\s+must\s+be\s+(?P<how>earlier|later|less|greater|lower|higher)"
    rf"\s+than\b.*?\bvalue\s+of\s+the\s+"
    rf"(?P<b>{_FIELD})\s+otherwise\b.*?{_CODE}",
    _FLAGS,
)
_FORMAT = re.compile(rf"\bmust\s+be\s+an?\s+valid\s+\w+,?\s+(?:otherwise|or)\b.*?{_CODE}", _FLAGS)
_OTHER_VALUE = re.compile(
    rf"^Any\s+other\s+values?\s+(?:will\s+)?(?:results?|fails?|returns?|causes?|is\s+rejected)\b.*?{_CODE}", _FLAGS
)
_NEEDS = re.compile(
    rf"^(?P<a>{_FIELD})(?:\s+parameter)?\s+(?:can|may|must)\s+only\s+be\s+(?:specified|requested|used|given|set)"
    rf"\s+(?:in\s+conjunction|together|along)\s+with\s+"
    rf"(?:the\s+)?(?P<b>{_FIELD})",
    _FLAGS,
)
_ONLY_WITH = re.compile(
    rf"^(?:This|It|This\s+(?:parameter|field)|(?P<a>{_FIELD}))\s+(?:can|may|must)\s+only\s+be\s+(?:specified|"
    rf"requested|used|given|set)\s+"
    r"(?:together\s+|in\s+conjunction\s+)?with\s+(?:the\s+)?``(?P<b>[\w:.-]+?)(?:=(?P<value>[\w.-]+))?``\.?$",
    _FLAGS,
)
_WITH_OTHER_THAN = re.compile(
    rf"\bwith\s+any\s+(?:other\s+)?(?P<n>\w+)\s+(?:other\s+than|except)\s+``(?P<v>[\w.-]+)``.*?{_CODE}", _FLAGS
)
_CANNOT = re.compile(
    r"^(?:Note\s+that\s+)?(?:(?:You|Users?|One)\s+(?:cannot|can\s*not|can't|may\s+not)\s+[^,]+?|(?:An?|"
    r"The|This)\s+[^,]+?\s+(?:cannot|can\s*not|can't|may\s+not)\s+be\s+\w+|(?:It|[A-Z][a-z]+(?:\s+[a-z]+){0,3})\s+(?:cannot|can\s*not|can't)\s+be\s+\w+)"
    r"\s+(?:if|when|while)\s+(?P<cause>.+?)\.?$",
    _FLAGS,
)
_IT_IS = re.compile(r"\bit's\b(?=\s+(?:in|still|used|being|associated|attached|locked))", _FLAGS)
_FAILS = re.compile(
    r"^(?:This|The)\s+(?:operation|call|request|API|action|deletion|removal|creation|update|change)\s+(?:fails|will\s+fail|"
    r"(?:is|will\s+be)\s+(?:rejected|refused))\s+(?:if|when)"
    r"\s+(?P<cause>.+?)\.?$",
    _FLAGS,
)
_IF_FAILS = re.compile(
    r"^If\s+(?P<cause>.+?),?\s+(?:the|this)\s+(?:operation|call|request|action)\s+(?:fails|will\s+fail|(?:is|will\s+be)"
    r"\s+rejected)\b[^,]*$",
    _FLAGS,
)
_UNLESS = re.compile(
    r"^This\s+(?:operation|call|request|API|action)\s+(?:fails|will\s+fail)\s+unless\s+(?P<noun>.+?)\s+is"
    r"\s+(?P<is>.+?)\.?$",
    _FLAGS,
)
_NOT_ALLOWED = re.compile(
    r"\b(?:do|does|is)\s+not\s+allow(?:ed)?\s+(?:the\s+)?(?:deletion|deleting|to\s+delete|removal|update|"
    r"updating)\s+(?:of\s+)?[^,]+?\s+(?:if|when|while)\s+(?P<cause>[^,]+)",
    _FLAGS,
)
_WITHOUT_IT = re.compile(
    rf"^If\s+(?:you|the\s+(?:user|client|request))\s+(?:do|does)\s+not\s+(?:specify|give|provide|include|set|pass)\s+(?:the\s+)?(?P<field>{_FIELD})"
    r"(?:\s+parameter)?,?\s+(?:but|and)\s+(?P<noun>the\s+[a-z]+(?:\s+[a-z]+)?)\s+is\s+(?P<status>[a-z]+ed),\s+the\s+(?:operation|request|call)\s+"
    r"(?:fails|will\s+fail|is\s+rejected)\.?$",
    _FLAGS,
)
_WITH_IT_ALONE = re.compile(
    rf"^To\s+\w+\s+(?P<noun>an?\s+[a-z]+(?:\s+[a-z]+)?)\s+in\s+(?P<values>(?-i:{VALUES}))\s+(?:state|status),\s+(?:(?:you\s+(?:must|need\s+to|have\s+to)|please)\s+)?"
    r"(?:(?:request|send\s+a\s+request|make\s+a\s+request)\s+to\s+\S*[?&](?P<field>[a-z_]+)=true\b|(?:set|specify|pass|use)\s+(?:the\s+)?``(?P<field2>[a-z_]+)``"
    r"(?:\s+(?:parameter|flag|option))?(?:\s+(?:to|as)\s+``?true``?)?\.?$)",
    _FLAGS,
)
_ONE_OF = re.compile(
    r"\b(?:one|any)\s+of\b|\breasons?\s*:$|\b(?:following|these)\s+(?:circumstances|cases|situations)\s*:$", _FLAGS
)
"""A sentence above a list of which each item is a cause of its own, not a part of one cause."""


def _order(text: str) -> Cause | None:
    m = _ORDER.search(text)
    if m is None:
        return None
    first, second = m["a"].strip("`"), m["b"].strip("`")
    rising = m["how"].lower() in ("earlier", "less", "lower")
    return Cause(ascending=(first, second) if rising else (second, first))


def _clauses(text: str) -> Iterator[str]:
    """Yield the stretches of a sentence that can be the cause of its code, the likeliest first."""
    for pattern in (_PARENTHESIS, _REASON, _MARKED_CODE, _ATTEMPT, _AFTER):
        if m := pattern.match(text):
            yield m["cause"]
    if start := _IF.match(text):
        for m in islice(_THEN.finditer(text, start.end()), _MOST):
            if re.search(_CODE, text[m.end() :]):
                yield text[start.end() : m.start()]


def causes_in(text: str) -> tuple[tuple[Cause, ...], bool]:
    """Return the causes that a sentence gives for its code, and True if these are all that it gives."""
    if found := _order(text):
        return (found,), True
    if m := _NEEDS.search(text):
        return (Cause(present=names_of(m["a"]), absent=names_of(m["b"])),), True
    if (m := _WITH_OTHER_THAN.search(text)) is not None:
        return (Cause(has_not=((m["n"], m["v"]),)),), True
    part: tuple[Cause, ...] = ()
    for clause in _clauses(text):
        causes, whole = causes_of(clause)
        if whole:
            return causes, True
        part = part or causes
    return part, False


def _refusals(code: int | None, causes: Iterable[Cause], text: str, line: int | None) -> tuple[Refusal, ...]:
    low, high = version_range(text) or (None, None)
    return tuple(Refusal(cause, code, line, low, high) for cause in causes)


def _one_code(text: str) -> int | None:
    found = [code for code in codes_in(text) if code >= 400]
    return found[0] if len(found) == 1 else None


_OWN = ("missing", "invalid", "unchanged", "taken", "present")


def _is_own(words: tuple[str, ...], named: bool) -> bool:
    """Whether the words of a cause mean the parameter itself; ``named``: the sentence gives a name of a field."""
    return bool(words) and (not named or all(" " in word for word in words))


def of_parameter(sentence: Sentence, name: str) -> tuple[Refusal, ...]:
    """Return the refusals that a sentence of a parameter's description states.

    A value that the sentence calls by another word ("the given host name") is the parameter's own.
    """
    code = _one_code(sentence.text)
    text = without_versions(sentence.text)
    if m := _ONLY_WITH.match(text):
        other = {"has_not": ((m["b"], m["value"]),)} if m["value"] else {"absent": (m["b"],)}
        return _refusals(code, (Cause(present=(name,), **other),), sentence.text, None)
    if code is None:
        return ()
    if _FORMAT.search(text) or _OTHER_VALUE.search(text):
        return _refusals(code, (Cause(invalid=(name,)),), sentence.text, None)
    found = []
    for cause in causes_in(text)[0]:
        named = "``" in text.split(",")[0]
        own = {field: (name,) for field in _OWN if _is_own(getattr(cause, field), named)}
        found.append(replace(cause, **own))  # type: ignore[arg-type]  # the names are those of fields of Cause
    return _refusals(code, found, sentence.text, None)


def _misses_a_status(cause: Cause, stated: Iterable[set[str]], scope: Scope) -> bool:
    """True if a cause holds some of the statuses that a clause states, or a status as the value of the thing itself."""
    some = any(set(cause.status) < values for values in stated) if cause.status else False
    things = set(resources_of(scope.source.path)) if scope.source is not None else set()
    return some or any(name in things for name, _ in (*cause.has, *cause.has_not))


def _tied(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: a code with its cause, or with the list of its causes below."""
    code = _one_code(sentence.text)
    if code is None:
        return None
    causes, whole = causes_in(without_versions(sentence.text))
    stated = [set(normalised(clause.values)[0]) for clause in clauses_of(cleared(sentence.text))] if causes else []
    causes = tuple(cause for cause in causes if not _misses_a_status(cause, stated, scope))
    if causes or not (sentence.items and _ONE_OF.search(sentence.text)):
        found = _refusals(code, causes, sentence.text, sentence.line)
        return Reading(tuple(map(Refused, found)), whole=whole) if found else None
    below = [(item.line, causes_of(plain(item.text))) for item in sentence.items]
    facts = tuple(Refused(refusal) for line, (causes, _) in below for refusal in _refusals(code, causes, "", line))
    read = all(whole for _, (_, whole) in below)
    return Reading(facts, items=True, whole=read)


def _cannot(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: what cannot be done while something holds; the sentence names no code."""
    if scope.source is None or codes_in(sentence.text):
        return None
    text = _IT_IS.sub("it is", without_versions(sentence.text).replace("\u2019", "'"))
    m = _CANNOT.match(text) or _FAILS.match(text) or _IF_FAILS.match(text) or _NOT_ALLOWED.search(text)
    causes, whole = causes_of(m["cause"]) if m else ((), False)
    if not causes and (m := _UNLESS.match(text)):
        causes, whole = causes_of(f"{m['noun']} is not {m['is']}")
    # Of two clauses that "or" joins, one may be read alone, but not half of a list of statuses.
    told = tuple(cause for cause in causes if whole or not (cause.status or cause.has or cause.has_not))
    found = _refusals(None, told, sentence.text, sentence.line)
    return Reading(tuple(map(Refused, found)), whole=whole) if found else None


def _without_a_field(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: a status in which a request is refused unless it gives a field."""
    if scope.source is None:
        return None
    if m := _WITHOUT_IT.match(sentence.text):
        cause = Cause(resource=scope.named(m["noun"]), status=(m["status"],), absent=(m["field"].strip("`"),))
    elif m := _WITH_IT_ALONE.match(sentence.text):
        owner = scope.named(m["noun"])
        held = tuple(value.text for value in values(m["values"]))
        cause = Cause(
            resource=None if owner == scope.resource else owner,
            status=normalised(held)[0],
            absent=(m["field"] or m["field2"],),
        )
    else:
        return None
    return Reading(tuple(map(Refused, _refusals(None, (cause,), sentence.text, sentence.line))))


def _caused(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """A8: things that cause a code; one of them whose form is not known leaves the sentence unread."""
    code, m = _one_code(sentence.text), _CAUSED.match(without_versions(sentence.text))
    if code is None or m is None or _ATTEMPT.match(sentence.text) or _IF.match(sentence.text):
        return None
    causes = tuple(cause for cause in map(cause_of, _THING.split(m["cause"])) if cause is not None)
    whole = cause_of(m["cause"])
    found = _refusals(
        code, (whole,) if whole is not None else tuple(dict.fromkeys(causes)), sentence.text, sentence.line
    )
    return Reading(tuple(map(Refused, found)), whole=whole is not None) if found else None


def _in_that_case(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: the code of the refusals of which the sentences before tell: "In both cases, a 409 is returned"."""
    code = _one_code(sentence.text)
    if code is None or sentence.first or scope.source is None or not _IN_THAT_CASE.match(sentence.text):
        return None
    return Reading((CodeBefore(code, sentence.line),))


RULES = (
    Rule("code-in-that-case", "A8", _in_that_case, ("case", "so", "this", "that", "attempt", "these")),
    Rule("refusal-that-things-cause", "A8", _caused, ("cause", "result", "lead", "trigger", "produce")),
    Rule("refused-without-a-field", "A8", _without_a_field, ("if ", "to ")),
    Rule("refusal-with-its-cause", "A8", _tied),
    Rule("cannot-while", "A8", _cannot, ("cannot", "can not", "can't", "may not", "fail", "not allow", "reject")),
)
