"""Rules for status preconditions (B1-B4): the statuses of a resource in which the operation is accepted.

Read: "The volume status must be ``A`` or ``B``", "You can only VERB an image when its status is ``A``", "only valid
when the share is in ``A`` state", "requires its status to be ``A``", "the node must be in ``A`` provision state",
each also with a list below a colon, bound to request fields ("with ``x`` parameter"), to a request value (*SOFT*) or
to versions. Not read: permitted statuses ("can also be"), reported ones ("shows the status"), forbidden ones, and
those of other resources.
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.prose.clauses import refusal, some, version_clauses, without_versions
from parsers.prose.names import OPPOSITE_ENVIRONMENT
from parsers.prose.owners import owner_of
from parsers.prose.rules import Pre, Reading, Rule, Scope
from parsers.prose.sentences import Sentence, plain
from parsers.prose.status_clauses import cleared
from parsers.prose.status_frames import in_a_case, makes
from parsers.prose.words import ATTRIBUTE, NOUN, VALUES, Value, attribute, bare, normalised, noun, values
from specs.model import Condition, When

_FLAGS = re.IGNORECASE | re.ASCII

# VALUE recognises bare capitals, so the patterns below switch case-folding off around it.
_LIST = rf"(?P<values>(?-i:{VALUES}))"
_MUST = r"(?:must|has\s+to|have\s+to|needs?\s+to|is\s+required\s+to)"
_ONE_OF = r"(?:(?:only|either|one\s+of(?:\s+the\s+following)?|set\s+to|in|any\s+of)\s+)*(?:the\s+|an?\s+)?"

_ATTRIBUTE_MUST_BE = re.compile(
    rf"(?:^|\band\s+|,\s*(?:and\s+)?|\bif\s+|\bwhen\s+|\bthat\s+)(?:(?P<noun>{NOUN}?)(?:'s)?"
    rf"\s+)??(?P<attribute>{ATTRIBUTE})\s+"
    rf"(?:value\s+|values\s+)?"
    rf"{_MUST}\s+(?:currently\s+)?be\s+{_ONE_OF}{_LIST}",
    _FLAGS,
)
_MUST_HAVE = re.compile(
    rf"(?P<noun>{NOUN})\s+{_MUST}\s+have\s+(?:the\s+|an?\s+)?(?:(?P<attribute>{ATTRIBUTE})\s+(?:of\s+|set\s+to"
    rf"\s+)?{_LIST}"
    rf"|(?P<values2>(?-i:{VALUES}))\s+(?P<attribute2>{ATTRIBUTE}))",
    _FLAGS,
)
_MUST_BE_IN = re.compile(
    rf"(?P<noun>{NOUN})\s+{_MUST}\s+(?:first\s+|already\s+)?be\s+(?:in\s+)?{_ONE_OF}{_LIST}\s+"
    rf"(?P<attribute>{ATTRIBUTE}|states|statuses)\b",
    _FLAGS,
)
_MUST_BE = re.compile(
    rf"^(?:all\s+(?:of\s+)?|if\s+[^,]+,\s*)?(?P<noun>{NOUN})\s+{_MUST}\s+be\s+(?:in\s+)?{_ONE_OF}{_LIST}\s*\.?$", _FLAGS
)
_YOU_CAN_ONLY = re.compile(
    rf"^(?:You|Users|Administrators)\s+can\s+only\s+(?P<what>.+?)\s+(?:when|where|if|while|whose)\s+"
    rf"(?:(?:its|their|the)\s+|(?P<noun>{NOUN})(?:'s)?\s+)?(?P<attribute>{ATTRIBUTE})\s+(?:value\s+)?is\s+"
    rf"(?:{_ONE_OF}{_LIST}|(?:one\s+of|any\s+of|among)?(?:\s*the\s+following)?(?:\s*(?:statuses|states|"
    rf"values))?\s*(?P<colon>:)$)",
    _FLAGS,
)
_AND_IS = re.compile(rf"\band\s+(?:the|its)\s+(?P<attribute>{ATTRIBUTE})\s+(?:value\s+)?is\s+{_ONE_OF}{_LIST}", _FLAGS)
_ONLY_VALID = re.compile(
    rf"\bonly\s+(?:be\s+)?(?:valid|allowed|possible|supported|permitted|available|applicable|performed|called|used|"
    rf"executed)\s+"
    rf"(?:when|if|for|while|on)\s+(?P<noun>{NOUN})\s+(?:(?:(?P<attribute>{ATTRIBUTE})\s+)?(?:is|are)\s+(?:currently"
    rf"\s+)?|that\s+are\s+)?"
    rf"(?:in\s+)?{_ONE_OF}{_LIST}(?:\s+(?P<attribute2>{ATTRIBUTE}|states|statuses)\b)?",
    _FLAGS,
)
_REQUIRES = re.compile(
    rf"\brequires?\s+(?:(?:its|their|the)\s+|(?P<noun>{NOUN})(?:'s)?\s+)(?P<attribute>{ATTRIBUTE})\s+to\s+be"
    rf"\s+{_ONE_OF}{_LIST}",
    _FLAGS,
)
_STATUS_OF = re.compile(
    rf"\b(?:the\s+)?(?P<attribute>{ATTRIBUTE})\s+of\s+(?P<noun>{NOUN})\s+{_MUST}\s+be\s+{_ONE_OF}{_LIST}\s*\.?$", _FLAGS
)
_ERROR_UNLESS = re.compile(
    rf"\breturns\s+an\s+error\s+if\s+(?P<noun>{NOUN})\s+(?P<attribute>{ATTRIBUTE})\s+is\s+not"
    rf"\s+{_ONE_OF}{_LIST}\s*\.?$",
    _FLAGS,
)
_SPECIFYING = re.compile(r"^If\s+(?:you\s+)?specify(?:ing)?\s+``(?P<field>[\w:.-]+)``", _FLAGS)
_FIELDS = re.compile(
    r"\b(?P<how>with|without|specifying|giving)\s+(?:the\s+|an?\s+|any\s+)?(?P<fields>(?:``?)?\w+(?:``?)?"
    r"(?:(?:\s*,\s*|\s+(?:and/or|and|or)\s+)(?:``?)?\w+(?:``?)?)*)\s+parameters?\b",
    _FLAGS,
)
_NO_FIELDS = re.compile(r"\bwithout\s+(?:any\s+)?parameters?\b", _FLAGS)
_EMPHASISED = re.compile(r"(?<![`*])\*(?P<value>[A-Z][A-Z_]+)\*(?!\*)|\bonly\s+``(?P<literal>[A-Z][A-Z_]+)``\s+[a-z]")
_OF_A_KIND = re.compile(r"If\s+the\s+[\w ]+?\s+is\s+an?\s+[\w ]+,\s+it\s", _FLAGS)
"""A condition on the kind of a thing: "If the target is a car, it must be"."""
_NOT = re.compile(r"\b(?:not|cannot|never|no)\b", _FLAGS)
_ALSO = re.compile(
    rf",\s*(?P<clause>[^,]*?)\s*,?\s*(?P<noun>{NOUN})\s+(?P<attribute>{ATTRIBUTE})\s+can\s+also\s+be\s+{_LIST}", _FLAGS
)
_STATUS_LIKE = re.compile(r"stat(?:e|us)", _FLAGS)
_STATES = re.compile(r"\b(?:states|statuses)$", _FLAGS)


def _when(text: str, scope: Scope) -> When:
    """Return the qualification of a status precondition, without versions."""
    request: tuple[tuple[str, object], ...] = ()
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    environment: str | None = None
    if m := _EMPHASISED.search(text):
        value = m["value"] or m["literal"]
        if holder := scope.field_with(value):
            request = ((holder, value),)
        else:
            environment = value.lower()  # the text names a value of the request, but not its field
    if m := _SPECIFYING.match(text):
        present = (m["field"],)
    elif _NO_FIELDS.search(text):
        absent = scope.body_fields
    elif m := _FIELDS.search(text):
        fields = tuple(bare(f) for f in re.split(r"\s*,\s*|\s+(?:and/or|and|or)\s+", m["fields"]))
        present, absent = ((), fields) if m["how"].lower() == "without" else (fields, ())
    return When(request=request, present=present, absent=absent, environment=environment)


def _fact(
    sentence: Sentence,
    resource: str,
    name: str | None,
    found: tuple[Value, ...],
    when: When | None,
    code: int | None = None,
) -> tuple[Pre, ...]:
    """Return the precondition, and a second one for a value whose note qualifies it: "``A`` (only for ...)"."""
    written = tuple(v.text for v in found)
    if not name:
        written = tuple(w for w in written)
    names, as_written = normalised(written) if name is None else (written, ())
    facts = [
        Pre(
            Condition(
                "status",
                resource,
                sentence.line,
                attribute=name,
                any_of=names,
                code=code,
                as_written=as_written,
                when=when,
            )
        )
    ]
    for value in found:
        trait = re.search(r"\bonly\b.*?\b((?:volume|image)-backed)\b", value.note or "")
        if trait:
            known = normalised((value.text,))[0] if name is None else (value.text,)
            rest = tuple(n for n in names if n not in known)
            other = When(environment=OPPOSITE_ENVIRONMENT[trait[1]])
            facts.append(Pre(Condition("status", resource, sentence.line, attribute=name, any_of=rest, when=other)))
    return tuple(facts)


def _attribute(text: str | None) -> str | None:
    return attribute(_STATES.sub("status", text)) if text else None


def _exists(sentence: Sentence, scope: Scope) -> Reading | None:
    """B1: "The share must exist"; not "a quota must exist to ...", and no other statement that something exists."""
    m = re.match(
        rf"^(?P<noun>{NOUN})\s+must\s+(?:already\s+)?exist(?:\s+in\s+(?:all|any|every)\s+cases?)?\s*(?:\((?P<code>404)\))?\.?$",
        sentence.text,
        _FLAGS,
    )
    return Reading((Pre(Condition("exists", scope.named(m["noun"]), sentence.line)),)) if m else None


def _must_be(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2, B4: "The volume status must be ``A``", and several of them joined by "and"; also bound to versions."""
    text = sentence.text
    clauses = version_clauses(text)
    if len(clauses) > 1 or sentence.block.block == "troubleshooting":
        return None
    rest = cleared(without_versions(text))
    if in_a_case(rest) or _OF_A_KIND.match(rest):
        return None
    facts: list[Pre] = []
    for pattern in (_STATUS_OF, _ERROR_UNLESS, _ATTRIBUTE_MUST_BE, _MUST_HAVE, _MUST_BE_IN):
        for m in pattern.finditer(rest):
            part = m.groupdict()
            resource = owner_of(part["noun"] or "it", scope)
            forbids = pattern is not _ERROR_UNLESS and _NOT.search(_unquoted(m[0]))
            if resource is None or forbids or _two_resources(part["noun"]) or makes(resource, scope):
                return None
            if part["attribute"] and not _STATUS_LIKE.search(part["attribute"]) and _is_sent(part["attribute"], scope):
                return None
            when = _when(rest, scope)
            bounds = clauses[0][:2] if clauses else (None, None)
            when = replace(when, min=bounds[0], max=bounds[1])
            name = _attribute(part["attribute"] or part.get("attribute2"))
            found = values(part["values"] or part.get("values2") or "")
            facts += _fact(sentence, resource, name, found, some(when), refusal(text))
        if facts:
            return Reading(tuple(facts))
    return None


def _is_sent(name: str, scope: Scope) -> bool:
    """True if a name is that of a field of the request: what must be true of it is no state of a thing."""
    rows = scope.source.rows if scope.source is not None else ()
    return any(row.section == "request" and row.parameter.name.split(".")[-1] == bare(name) for row in rows)


def _unquoted(text: str) -> str:
    """Return a text without its literals, whose words are values."""
    return re.sub(r"``[^`]*``", "", text)


def _two_resources(phrase: str | None) -> bool:
    """True if a phrase names more than one resource ("both the old and new volume")."""
    return phrase is not None and re.search(r"\bboth\b|\band\b", phrase, _FLAGS) is not None


def _in_preconditions(sentence: Sentence, scope: Scope) -> Reading | None:
    """The form "the snapshot must be ``A``", only within preconditions: elsewhere it may be about any property."""
    if sentence.block.block != "preconditions":
        return None
    m = _MUST_BE.match(sentence.text)
    if m is None or _NOT.search(_unquoted(m[0])) or noun(m["noun"]) is None:
        return None
    return Reading(_fact(sentence, scope.named(m["noun"]), None, values(m["values"]), None))


def _you_can_only(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2, B3: "You can only VERB an image when its status is ``A``", also with the list below."""
    m = _YOU_CAN_ONLY.match(sentence.text)
    if m is None:
        return None
    when = some(_when(m["what"] if m["what"] else "", scope)) or some(_when("only " + m["what"], scope))
    resource = scope.named(m["noun"]) if m["noun"] else scope.named(m["what"], anywhere=True)
    if not m["values"]:
        found = tuple(v for item in sentence.items for v in values(plain(item.text))[:1])
        return (
            Reading(_fact(sentence, resource, _attribute(m["attribute"]), found, when), items=True) if found else None
        )
    facts = _fact(sentence, resource, _attribute(m["attribute"]), values(m["values"]), when, refusal(sentence.text))
    if also := _AND_IS.search(sentence.text, m.end("values")):
        facts += _fact(sentence, resource, _attribute(also["attribute"]), values(also["values"]), when)
    return Reading(facts)


def _only_valid(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2: "only valid when the share is in ``A`` state", "only allowed when the share status is ``A``"."""
    rest = without_versions(sentence.text)
    m = _ONLY_VALID.search(rest)
    if m is None or len(version_clauses(sentence.text)) > 1:
        return None
    if m["attribute"] is None and m["attribute2"] is None:
        return None
    if not _STATUS_LIKE.search(m["attribute"] or m["attribute2"]):
        return None
    when = _when(rest, scope)
    for low, high, _, _ in version_clauses(sentence.text):
        when = replace(when, min=low, max=high)
    name = _attribute(m["attribute"] or m["attribute2"])
    resource = owner_of(m["noun"], scope)
    if resource is None:
        return None
    return Reading(_fact(sentence, resource, name, values(m["values"]), some(when), refusal(sentence.text)))


def _requires(sentence: Sentence, scope: Scope) -> Reading | None:
    """B3: "Restoring a share with ``x`` parameter requires its status to be ``A``"."""
    m = _REQUIRES.search(sentence.text)
    if m is None or _NOT.search(m[0]):
        return None
    before = sentence.text[: m.start()]
    subject = _FIELDS.split(_NO_FIELDS.split(before)[0])[0]
    resource = scope.named(m["noun"]) if m["noun"] else scope.named(subject, anywhere=True)
    when = some(_when(before, scope))
    return Reading(
        _fact(sentence, resource, _attribute(m["attribute"]), values(m["values"]), when, refusal(sentence.text))
    )


def _also(sentence: Sentence, scope: Scope) -> Reading | None:
    """B4: "For versions 2.1 to 2.4 the N status must be ``A``, for version 2.5 and greater, it can also be ``B``"."""
    clauses = version_clauses(sentence.text)
    if len(clauses) != 2:
        return None
    first = re.search(rf"(?P<noun>{NOUN})\s+(?P<attribute>{ATTRIBUTE})\s+{_MUST}\s+be\s+{_ONE_OF}{_LIST}",
                      sentence.text[clauses[0][3] : clauses[1][2]], _FLAGS)  # fmt: skip
    more = re.search(rf"\bcan\s+also\s+be\s+{_LIST}", sentence.text[clauses[1][3] :], _FLAGS)
    if first is None or more is None:
        return None
    resource, name = scope.named(first["noun"]), _attribute(first["attribute"])
    old = values(first["values"])
    facts = _fact(sentence, resource, name, old, When(min=clauses[0][0], max=clauses[0][1]))
    facts += _fact(sentence, resource, name, old + values(more["values"]), When(min=clauses[1][0], max=clauses[1][1]))
    return Reading(facts)


RULES = (
    Rule("must-exist", "B1", _exists, ("must",)),
    Rule("status-extended-by-version", "B4", _also, ("can also",)),
    Rule("status-must-be", "B2", _must_be, ("must", "has to", "have to", "need", "required", "error if")),
    Rule("must-be-in-preconditions", "B2", _in_preconditions, ("must", "has to", "have to", "need", "required")),
    Rule("you-can-only-when", "B2", _you_can_only, ("can only",)),
    Rule("only-valid-when", "B2", _only_valid, ("only",)),
    Rule("requires-status-to-be", "B3", _requires, ("require",)),
)
