"""Rules for request fields that exclude or need each other, that are unique, or that never change (A8).

Read in the description of a request parameter: "Cannot be specified with ``b``", "This cannot be used if ``b`` or
``c`` is specified", "Only valid if ``kind`` is ``x``", "It is required when ``b`` is specified", "Required if you
omit ``b``", "Must be unique within the shop", "The unique name of the car". Read in the prose of an operation:
"Either ``a`` or ``b`` must be specified", "If ``a`` is provided, ``b`` must not be included in the request", and in
that of an update: "``a`` and ``b`` are immutable", "You cannot update ``a``". The sentences name no code or one. Not
read: the fields of another thing, and a condition on more than the fields of the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.document import ParameterRow
from parsers.prose.cause_names import names_of
from parsers.prose.clauses import version_clauses
from parsers.prose.codes import codes_in
from parsers.prose.rules import Reading, Refused, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.words import VALUES, values
from specs.refusals import Cause, Refusal

_FLAGS = re.IGNORECASE | re.ASCII
_FIELD = r"``[\w:.-]+``"
_ID = r"[a-z]+(?:_[a-z]+)*"
_THIS = r"(?:(?:it|this(?:\s+(?:parameter|field|attribute|option|filter))?)\s+)?"
_NOT = r"(?:cannot|can't|can\s+not|must\s+not|may\s+not)"
_GIVEN = r"(?:specified|provided|given|set|used|passed|supplied)"
_ONE = rf"(?:{_FIELD}|{_ID})"
_LIST = rf"(?:the\s+)?(?P<others>{_ONE}(?:,\s*(?:or\s+|and\s+)?{_ONE}|\s+(?:or|and)\s+{_ONE})*)"
_NOUN = r"(?:\s+(?:parameter|attribute|field|filter|option)s?)?"

_WITH = re.compile(
    rf"(?:^(?:Note\s+that\s+)?{_THIS}|\band\s+){_NOT}\s+be\s+{_GIVEN}\s+(?:together\s+|simultaneously\s+|"
    rf"at\s+the\s+same\s+time\s+|in\s+conjunction\s+)?(?:with|as)\s+{_LIST}{_NOUN}\.?$",
    _FLAGS,
)
_IF_GIVEN = re.compile(
    rf"^{_THIS}{_NOT}\s+be\s+{_GIVEN}(?:\s+to\s+(?P<value>True|False|{_FIELD}))?\s+(?:if|when)\s+{_LIST}{_NOUN}\s+(?:is|are)"
    rf"\s+{_GIVEN}\.?$",
    _FLAGS,
)
_EXCLUSIVE = re.compile(rf"^{_THIS}(?:is\s+)?mutually\s+exclusive\s+with\s+{_LIST}{_NOUN}\.?$", _FLAGS)
_VALID_IF = re.compile(
    rf"^{_THIS}(?:is\s+)?(?:only\s+)?valid\s+(?:only\s+)?(?:if|when)\s+(?:the\s+)?(?P<other>{_FIELD})\s+is\s+(?:set\s+to\s+)?"
    rf"(?P<values>(?-i:{VALUES}))\.?$",
    _FLAGS,
)
_REQUIRED_WITH = re.compile(
    rf"^{_THIS}(?:is\s+)?required\s+(?:if|when)\s+{_LIST}{_NOUN}\s+(?:is|are)\s+{_GIVEN}\.?$", _FLAGS
)
_REQUIRED_WITHOUT = re.compile(
    rf"^{_THIS}(?:is\s+)?required\s+(?:if|when)\s+(?:you\s+omit\s+{_LIST}|{_LIST.replace('others', 'second')}{_NOUN}"
    rf"\s+(?:is|are)\s+(?:not\s+{_GIVEN}|omitted)){_NOUN}\.?$",
    _FLAGS,
)
_ACCOMPANIED = re.compile(
    rf"^(?:If\s+{_GIVEN},\s+(?:it\s+)?|{_THIS})must\s+be\s+accompanied\s+by\s+(?:an?|the)\s+(?P<others>{_FIELD}|{_ID})"
    r"(?:\s+(?:object|parameter|field|attribute))?\.?$",
    _FLAGS,
)
_UNIQUE = re.compile(
    r"^(?:(?:The\s+(?:value|name)|It)\s+)?must\s+be\s+unique\s+(?:to|within|across|in|among|per|for)\b[^,;]*$|"
    r"^(?:The\s+)?(?P<name>\w+)(?:\s+of\s+(?:the|an?)\s+[\w\s-]+?)?,\s+which\s+must\s+be\s+unique\s+"
    r"(?:within|across|in|among|per)\b[^,;]*$|"
    r"^(?:The\s+|A\s+)?unique\s+(?P<second>\w+)\s+(?:of|for)\s+(?:the|an?|this)\s+[\w\s-]+\.?$",
    _FLAGS,
)


_DIFFERENT = re.compile(
    rf"^Either\s+(?P<names>{_ONE}(?:,\s*(?:or\s+)?{_ONE}|\s+or\s+{_ONE})+)\s+must\s+be\s+different\s+(?:than|from)\s+(?:the\s+)?"
    r"(?:existing|current)\s+values?\b",
    _FLAGS,
)
_THIS_OR = re.compile(
    rf"^Either\s+this\s+or\s+the\s+(?P<other>{_FIELD}|[A-Za-z]+(?:\s+[A-Za-z]+)?)\s+must\s+be\s+{_GIVEN}\.?$", _FLAGS
)
_ORDER = re.compile(
    rf"^(?:This|It|This\s+value|The\s+value)\s+must\s+be\s+(?P<how>less|lower|earlier|greater|higher|later)\s+than\s+"
    rf"(?:or\s+equal\s+to\s+)?(?:the\s+)?(?:value\s+of\s+)?(?:the\s+)?(?P<other>{_FIELD}|{_ID})(?:\s+(?:value|parameter))\.?$",
    _FLAGS,
)
_BEGINS = re.compile(
    r"^(?:It\s+|The\s+value\s+)?must\s+(?:be\s+a\s+string\s+that\s+begins?\s+with|begin\s+with|start\s+with|be\s+prefixed\s+"
    r"with)\s+(?:an?\s+[a-z ]+\()?``\S+``\)?(?:,\s+which\b[^.]*)?\.?$",
    _FLAGS,
)
_STATUS_OF = re.compile(r"^The\s+(?P<noun>\w+)\s+status\s+must\s+be\s+``(?P<value>\w+)``\.?$", _FLAGS)


def of_row(sentence: Sentence, row: ParameterRow) -> dict[str, object] | None:
    """A8: the refusals that follow if the parameter is given beside others, or without them, or with a value twice."""
    if row.section == "response" or version_clauses(sentence.text):
        return None
    found = tuple(
        cause
        for cause in _causes(sentence.text, row.parameter.name.rpartition(".")[2])
        if not cause.taken or row.parameter.location == "body"  # a filter by a unique name takes nothing
    )
    code = _code(sentence.text)
    return {"refusals": tuple(Refusal(cause, code) for cause in found)} if found else None


def _code(text: str) -> int | None:
    found = [code for code in codes_in(text) if code >= 400]
    return found[0] if len(found) == 1 else None


def _causes(text: str, name: str) -> Iterator[Cause]:
    """Yield the causes of a refusal that a sentence of the description of a parameter states."""
    for read in (_excluded, _needed, _valued):
        found = tuple(read(text, name))
        if found:
            yield from found
            return


def _excluded(text: str, name: str) -> Iterator[Cause]:
    """Yield the causes of a parameter that others, or values of others, exclude."""
    if m := _WITH.search(text) or _EXCLUSIVE.match(text):
        yield from (Cause(present=(name, other)) for other in _names(m["others"], name))
    elif m := _IF_GIVEN.match(text):
        for other in _names(m["others"], name):
            value = _value(m["value"])
            yield Cause(present=(name, other)) if value is None else Cause(present=(other,), has=((name, value),))
    elif m := _VALID_IF.match(text):
        pairs = tuple((m["other"].strip("`"), value.text) for value in values(m["values"]))
        yield Cause(present=(name,), has_not=tuple(sorted(pairs)))


def _needed(text: str, name: str) -> Iterator[Cause]:
    """Yield the causes of a parameter that is needed beside, or instead of, others."""
    if m := _REQUIRED_WITH.match(text):
        yield from (Cause(present=(other,), absent=(name,)) for other in _names(m["others"], name))
    elif m := _REQUIRED_WITHOUT.match(text):
        others = _names(m["others"] or m["second"], name)
        if others:
            yield Cause(absent=(name, *others))
    elif m := _ACCOMPANIED.match(text):
        yield Cause(present=(name,), absent=(m["others"].strip("`"),))
    elif m := _THIS_OR.match(text):
        yield Cause(absent=(name, re.sub(r"\s+", "_", m["other"].strip("`").lower())))


def _valued(text: str, name: str) -> Iterator[Cause]:
    """Yield the causes of a parameter whose value is refused: taken, unchanged, out of order or of another form."""
    if m := _DIFFERENT.match(text):
        yield Cause(unchanged=_names(m["names"], ""))
    elif m := _ORDER.match(text):
        pair = (name, m["other"].strip("`"))
        yield Cause(ascending=pair if m["how"].lower() in ("less", "lower", "earlier") else pair[::-1])
    elif _BEGINS.match(text):
        yield Cause(invalid=(name,))
    elif (m := _STATUS_OF.match(text)) and m["noun"].lower() == name:
        yield Cause(resource=name, has_not=(("status", m["value"]),))
    elif m := _UNIQUE.match(text):
        said = m["name"] or m["second"]
        if said is None or said.lower() == name:
            yield Cause(taken=(name,))


def _value(text: str | None) -> bool | str | None:
    bare = text.strip("`") if text else None
    return bare.lower() == "true" if bare is not None and bare.lower() in ("true", "false") else bare


def _names(text: str, own: str) -> tuple[str, ...]:
    """Return the fields that a list names, without the parameter itself; marked names, or bare ones in a list."""
    return tuple(name for name in re.findall(r"[\w:.-]+", re.sub(r"\b(?:or|and)\b", " ", text)) if name != own)


_EITHER = re.compile(
    rf"^(?:Either|At\s+least\s+one\s+of)\s+(?:the\s+)?(?P<a>{_FIELD})\s+or\s+(?:the\s+)?(?P<b>{_FIELD})\s+(?:must|has\s+to)\s+be\s+{_GIVEN}\b[^,]*\.?$",
    _FLAGS,
)
_ELSE = re.compile(r"\bAlternatively\b", _FLAGS)
"""A later sentence of the same paragraph names a third way."""
_MUST_NOT = re.compile(
    rf"^If\s+(?:the\s+)?(?P<a>{_FIELD})\s+is\s+{_GIVEN},\s+(?:the\s+)?{_LIST}{_NOUN}\s+(?:must\s+not|cannot|can't)\s+be\s+"
    rf"(?:included|{_GIVEN})\b[^,]*\.?$",
    _FLAGS,
)
_IN_CONJUNCTION = re.compile(
    rf"^``(?P<a>[\w:.-]+)=(?P<v>[\w.-]+)``\s+(?:can|may|must)\s+only\s+be\s+{_GIVEN}\s+(?:in\s+conjunction|together)\s+with\s+"
    rf"(?:the\s+)?(?P<b>{_FIELD})",
    _FLAGS,
)
_ALSO = re.compile(
    rf"^If\s+you\s+specify\s+``(?P<a>[\w:.-]+)=(?P<v>[\w.-]+)``,\s+you\s+must\s+also\s+specify\s+(?:the\s+)?"
    rf"(?P<b>{_FIELD})\.?$",
    _FLAGS,
)


_CONFLICT = re.compile(
    r"^(?:Setting|Specifying|Giving|Using|Providing|Passing)\s+both\s+(?P<names>[^,.;]+?)\s+(?:will\s+)?results?\s+in\s+an?\s+"
    r"conflict(?:\s+error)?\.?$",
    _FLAGS,
)
_CONFLICTS = 409


def _tied(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: fields of the request of which one must, or must not, be given beside another."""
    if scope.source is None or version_clauses(sentence.text):
        return None
    text = sentence.text
    causes: tuple[Cause, ...] = ()
    if (m := _CONFLICT.match(text)) and len(names := names_of(m["names"])) > 1:
        return Reading((Refused(Refusal(Cause(present=names), _CONFLICTS, sentence.line)),))
    if (m := _EITHER.match(text)) and not _ELSE.search(sentence.block.text):
        causes = (Cause(absent=(m["a"].strip("`"), m["b"].strip("`"))),)
    elif m := _MUST_NOT.match(text):
        given = m["a"].strip("`")
        causes = tuple(Cause(present=(given, other)) for other in _names(m["others"], given))
    elif m := _IN_CONJUNCTION.match(text) or _ALSO.match(text):
        causes = (Cause(has=((m["a"], m["v"]),), absent=(m["b"].strip("`"),)),)
    found = (Refused(Refusal(cause, _code(text), sentence.line)) for cause in causes)
    return Reading(tuple(found)) if causes else None


_MARKED = rf"(?P<names>{_FIELD}(?:(?:,\s*(?:and\s+)?|\s+and\s+){_FIELD})*)"
_LISTED = rf"(?P<names>(?:[\w ]+,\s+)?{_FIELD}(?:(?:,\s*(?:and\s+)?|\s+and\s+)(?:{_FIELD}|[a-z]+))*)"
"""A list of fields of which the first or the last may be written as a word."""
_KINDS = r"(?:\s+(?:immutable\s+)?(?:parameter|attribute|field|propert(?=y|ies))(?:s|y|ies)?)?"
_NEVER = re.compile(
    rf"^(?:Note:\s+)?(?:The\s+)?{_LISTED.replace('names', 'fourth')}\s+are\s+immutable\s+attributes\b|"
    rf"^(?:The\s+)?{_MARKED}{_NOUN}\s+(?:is|are)\s+immutable\b|"
    rf"^(?:The\s+)?{_MARKED.replace('names', 'second')}{_NOUN}\s+(?:cannot|can't|can\s+not)\s+be\s+"
    r"(?:updated|changed)\.?$|"
    rf"^(?:Note:\s+)?(?:You|Users?)\s+(?:cannot|can't|can\s+not)\s+(?:update|change)\s+(?:the\s+)?"
    rf"{_LISTED.replace('names', 'third')}{_KINDS}\.?$",
    _FLAGS,
)


def _never_changes(sentence: Sentence, scope: Scope) -> Reading | None:
    """A8: fields that an update cannot change."""
    m = _NEVER.match(sentence.text)
    if m is None or scope.source is None or scope.source.method not in ("PUT", "PATCH"):
        return None
    names = names_of(m["names"] or m["second"] or m["third"] or m["fourth"])
    found = (Refused(Refusal(Cause(present=(name,)), _code(sentence.text), sentence.line)) for name in names)
    return Reading(tuple(found))


RULES = (
    Rule("fields-together", "A8", _tied, ("``", " both ")),
    Rule("field-never-changes", "A8", _never_changes, ("immutable", "cannot", "can't", "can not")),
)
