"""Rules for further forms of statements about a status, from the references of storage, images and load balancers.

Read: "An ``a`` volume status indicates that the request failed"; "Rolls back the status to ``a``", "Moves an image
from ``a`` to ``b``"; "the status changes to ``a`` and back to ``b``"; "Adds a location to an image which is in ``a``
state"; "an image that is not in ``a`` state will result in a 409"; "cannot be changed until the provisioning status is
``A``"; "The status of the share must be ``a`` or, if the ``force`` flag is used, ..."; "must be ``a`` unless
``no_copy=True``"; "If the ``x`` parameter is ``false``, the volume status will be ``a``". Not read: general meanings of
a status, further permitted statuses, statements with more conditions than a fact can hold, and conditions of only one
of the things that an operation can do. ``status_only`` reads the forms with "only".
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.prose.clauses import version_clauses
from parsers.prose.forms import form
from parsers.prose.names import LASTING
from parsers.prose.outcome_frames import before_it
from parsers.prose.owners import owner_of
from parsers.prose.rules import Failure, Post, Pre, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.status_clauses import imperative
from parsers.prose.status_patterns import AND_THEN
from parsers.prose.words import ATTRIBUTE, NOUN, VALUES, attribute, bare, normalised, noun, singular, values
from specs.model import Condition, When

_FLAGS = re.IGNORECASE | re.ASCII
_LIST = rf"(?P<values>(?-i:{VALUES}))"
_STATE = r"(?:(?:[a-z]+[ _])?(?:status|state))"
_FAILURE_SHOWN = re.compile(
    rf"^(?:An?|The)\s+{_LIST}\s+(?:(?P<noun>{NOUN}?)\s+)??(?P<attribute>{ATTRIBUTE})(?:\s+of\s+(?P<of>{NOUN}))?\s+"
    r"(?:indicates?|means?|shows?|signals?|tells?)\s+(?:that\s+)?(?P<what>.+)$",
    _FLAGS,
)
_FAILURE_IF = re.compile(
    rf"^(?:If|When)\s+(?:the\s+)?(?:(?P<noun>{NOUN}?)\s+)??(?P<attribute>{ATTRIBUTE})\s+(?:is|becomes|changes"
    rf"\s+to|shows|"
    rf"goes\s+to)\s+{_LIST},?\s+(?P<what>(?:then\s+)?the\s+.+)$",
    _FLAGS,
)
_FAILED = re.compile(r"\b(?:failed|fails|failure|did\s+not\s+succeed|was\s+not\s+successful|unsuccessful)\b", _FLAGS)
_WHAT_FAILS = re.compile(r"(?:then\s+)?(?P<noun>the\s+(?:task|job))\s+(?:has\s+)?fail", _FLAGS)
_NOT_DONE = re.compile(r"\b(?:not|cannot|can't|no|never)\b", _FLAGS)
_NOT = re.compile(r"\b(?:not|no|never|unless|except|may|might|vice\s+versa)\b", _FLAGS)

_VERB = (
    r"(?:Updates?|Rolls?\s+back|Sets?|Resets?|Changes?|Moves?|Puts?|Brings?|Transitions?|Promotes?|Demotes?|Reverts?|"
    r"Returns?|Switch(?:es)?)"
)
_LEAD_STATUS = re.compile(
    rf"^{_VERB}\s+(?:the\s+|an?\s+|its\s+)?(?:(?P<noun>{NOUN}?)(?:'s)?\s+)??(?<!from\s)(?P<attribute>{ATTRIBUTE})"
    rf"(?:\s+of\s+(?P<of>{NOUN}?))??(?:\s+back)?(?:\s+from\s+(?P<from>(?-i:{VALUES})))?\s+to\s+{_LIST}"
    rf"(?:\s+(?:status|state))?(?:\s+and\s+[a-z]+\s.*)?\s*\.*$",
    _FLAGS,
)
_READ_ELSEWHERE = re.compile(r"^(?:Changes|Sets|Moves|Puts|Transitions)\b.*\b(?:status|state)\s+to\b")
"""A form that ``postconditions`` reads."""
_LEAD_THING = re.compile(
    rf"^{_VERB}\s+(?P<noun>{NOUN})(?:\s+back)?(?:\s+from\s+(?:the\s+)?(?P<from>(?-i:{VALUES}))(?:\s+(?:status|"
    rf"state))?)?"
    rf"\s+(?:in)?to\s+(?:the\s+|an?\s+)?{_LIST}\s+(?P<attribute>{_STATE})\s*\.*$",
    _FLAGS,
)
_FROM_TO = form(
    rf"\b(?:(?P<noun>{NOUN}?)(?:'s)?\s+)??(?P<attribute>{ATTRIBUTE})\s+(?:will\s+)?(?:changes?|transitions?|goes|"
    rf"go|moves?|"
    rf"switch(?:es)?|is\s+changed)\s+from\s+(?P<from>(?-i:{VALUES}))\s+to\s+{_LIST}",
    "change",
    "transition",
    "go",
    "move",
    "switch",
)
_THING_FROM_TO = form(
    rf"\b(?P<noun>{NOUN})\s+(?:will\s+)?(?:transitions?|goes|go|moves?|is\s+moved|changes?)\s+from\s+(?:the\s+)?"
    rf"(?P<from>(?-i:{VALUES}))(?:\s+(?:status|state))?\s+to\s+(?:the\s+)?{_LIST}(?:\s+(?P<attribute>{_STATE}))?",
    "change",
    "transition",
    "go",
    "move",
)
_WHICH_IS_IN = re.compile(
    rf"^(?!(?:This|These|It|Lists?|Shows?|Query|Queries|Gets?|Returns?|Retrieves?|Displays?|Obtains?)\b)[A-Z][a-z]+s?\s+[^,.]*?(?P<noun>{NOUN})\s+(?:which|that)\s+(?:is|are)\s+in\s+(?:the\s+|an?\s+)?{_LIST}\s+"
    rf"(?P<attribute>{_STATE})\s*\.?$",
    _FLAGS,
)
_NOT_IN = form(
    rf"(?P<noun>{NOUN})\s+(?:which|that|whose\s+(?P<whose>{ATTRIBUTE}))\s+(?:is|are)\s+not\s+(?:in\s+)?(?:the\s+|"
    rf"an?\s+|"
    rf"one\s+of\s+)?{_LIST}(?:\s+(?P<attribute>{_STATE}|states|statuses))?\s+(?:will\s+)?(?:results?|fails?|is"
    rf"\s+rejected|"
    r"be\s+rejected|returns?|causes?|leads?)\b[^.]*?(?<![\d.])(?P<code>4\d\d)(?!\d)",
    "not",
)
_IF_NOT_IN = re.compile(
    rf"^(?:If|When)\s+(?P<noun>{NOUN})\s+(?:is\s+not\s+in|is\s+in\s+(?:any|an?)\s+(?:\w+\s+)?other\s+than)\s+(?:the\s+|"
    rf"an?\s+|one\s+of\s+)?{_LIST}\s+(?P<attribute>{_STATE}|states|statuses)\b[^.]*?(?<![\d.])(?P<code>4\d\d)(?!\d)",
    _FLAGS,
)
_UNTIL = re.compile(
    rf"\b(?:cannot|can\s*not|can't|must\s+not|may\s+not|not\s+(?:be\s+)?(?:possible|allowed|permitted|"
    rf"accepted))\b[^.]*?\b"
    rf"(?:until|before|unless)\s+(?:(?:the|its|their)\s+)?(?:(?P<noun>{NOUN}?)(?:'s)?"
    rf"\s+)??(?P<attribute>{ATTRIBUTE})\s+"
    rf"(?:is|becomes|changes\s+to|returns\s+to|has\s+become|reaches|equals)\s+(?:one\s+of\s+|either\s+)?{_LIST}",
    _FLAGS,
)
_AND_BACK = re.compile(
    rf"\b(?:(?P<noun>{NOUN}?)(?:'s)?\s+)??(?P<attribute>{ATTRIBUTE})(?:\s+of\s+(?P<of>{NOUN}))??\s+(?:will"
    rf"\s+)?(?:changes?|"
    rf"goes|go|(?:is|are|be)\s+(?:set|changed))\s+to\s+(?P<under_way>(?-i:{VALUES}))\s*,?\s+(?:and|until)\b[^.]*?\b"
    rf"(?:changes?|comes?|returns?|goes|go)\s+back\s+to\s+{_LIST}(?P<tail>.*)$",
    _FLAGS,
)
_ELSE_FAILED = re.compile(
    rf"\b(?:otherwi[sz]e|or\s+else|or)\s+(?:\w+\s+)?(?:changes?|goes|becomes?)\s+(?:to\s+)?{_LIST}\s+(?:if|"
    rf"when)\b.*\bfail",
    _FLAGS,
)
_UNLESS_FIELD = re.compile(
    rf"^(?:if\s+[^,]+,\s*)?(?P<noun>{NOUN})\s+must\s+be\s+{_LIST},?\s+unless"
    rf"\s+``(?P<field>[\w:.-]+)(?:=\w+)?``(?:\s+(?:is|was)"
    r"\s+(?:set|given|true|used|specified))?\s*\.?$",
    _FLAGS,
)
_OR_FORCED = re.compile(
    rf"^(?:the\s+)?(?:(?P<attribute>{ATTRIBUTE})\s+of\s+(?P<of>{NOUN})|(?P<noun>{NOUN})"
    rf"\s+(?P<attribute2>{ATTRIBUTE}))\s+"
    rf"must\s+be\s+{_LIST},?\s+(?:or|unless),?\s+(?:if\s+)?the\s+``(?P<field>[\w:.-]+)``\s+(?:flag|parameter|"
    rf"option)\s+is\b",
    _FLAGS,
)
_IF_FIELD = re.compile(
    r"^If\s+(?:the\s+)?``(?P<field>[\w:.-]+)``\s+(?:(?:parameter|flag|option|field)\s+)?is\s+(?:set\s+to\s+)?``?"
    r"(?P<value>true|false)``?(?P<missing>\s+or\s+(?:missing|not\s+(?:given|set|specified)|absent|omitted))?\s*,\s*"
    rf"(?:and\s+the\s+[\w ]+\s+was\s+(?:successful\w*|completed)[\w ]*,\s*)?(?:then\s+)?(?:(?:the\s+)?(?P<noun>{NOUN}?)"
    rf"(?:'s)?\s+)??(?P<attribute>{ATTRIBUTE})\s+(?:will\s+be|is|becomes|changes\s+to|is\s+set\s+to)\s+{_LIST}\s*\.?$",
    _FLAGS,
)


def _names(text: str) -> tuple[str, ...]:
    return tuple(value.text for value in values(text))


def _field(text: str | None) -> str | None:
    """Return the name of the field that holds an attribute; None for the status itself."""
    return attribute(re.sub(r"\b(?:states|statuses)$", "status", text)) if text else None


def _status(sentence: Sentence, scope: Scope, phrase: str | None, name: str | None) -> Condition:
    resource = (owner_of(phrase, scope) if phrase else None) or scope.resource
    return Condition("status", resource, sentence.line, attribute=_field(name))


def _precondition(base: Condition, text: str, code: int | None = None, when: When | None = None) -> Reading:
    names, as_written = normalised(_names(text)) if base.attribute is None else (_names(text), ())
    condition = Condition(
        base.kind, base.resource, base.line, base.attribute, any_of=names, code=code, as_written=as_written, when=when
    )
    return Reading((Pre(condition),))


def _becomes(base: Condition, text: str, when: When | None = None) -> Reading:
    names, as_written = normalised(_names(text)) if base.attribute is None else (_names(text), ())
    condition = Condition(
        "status", base.resource, base.line, base.attribute, becomes=names, as_written=as_written, when=when
    )
    return Reading((Post(condition),))


def _failure(sentence: Sentence, scope: Scope) -> Reading | None:
    """D1: "An ``a`` volume status indicates that the request failed", "If the status is ``a``, the request failed"."""
    m = _FAILURE_SHOWN.match(sentence.text) or _FAILURE_IF.match(sentence.text)
    if m is None or not _FAILED.search(m["what"]) or _NOT.search(m["what"]) or version_clauses(sentence.text):
        return None
    failing = _WHAT_FAILS.match(m["what"])
    phrase = m.groupdict().get("of") or m["noun"] or (failing["noun"] if failing else None)
    base = _status(sentence, scope, phrase, m["attribute"])
    return Reading((Failure(base.resource, base.attribute, _names(m["values"]), sentence.line),))


def _lead(sentence: Sentence, scope: Scope) -> Reading | None:
    """C2: a lead that states the operation's purpose by the status that it leads to."""
    if sentence.block.kind != "paragraph" or sentence.block.section or version_clauses(sentence.text):
        return None
    text = imperative(sentence.text)
    m = _LEAD_STATUS.match(text) or _LEAD_THING.match(text)
    if m is None or (m["from"] is None and _READ_ELSEWHERE.match(sentence.text)):
        return None
    named = re.search(r"\b(?:status|state)\s+of\b", m[0], _FLAGS) is not None
    if named and not re.search("stat(?:e|us)", m["attribute"], _FLAGS):
        return None  # the marked name is that of the thing
    if re.search(r"\bor\b", m["values"]):  # the request chooses the status
        return None
    base = _status(sentence, scope, m.groupdict().get("of") or m["noun"], m["attribute"])
    when = When(status=normalised(_names(m["from"]))[0]) if m["from"] else None
    return _becomes(base, m["values"], when)


def _from_to(sentence: Sentence, scope: Scope) -> Reading | None:
    """C4: "the image status changes from ``a`` to ``b``", "the image goes from ``a`` to ``b`` state"."""
    m = _FROM_TO.search(sentence.text) or _THING_FROM_TO.search(sentence.text)
    if m is None or version_clauses(sentence.text) or _NOT.search(sentence.text) or _ABLE.search(m[0]):
        return None
    if _IF_FOREIGN.match(sentence.text) and before_it(sentence.text[: m.start()], "", scope).kind == "bound":
        return None
    base = _status(sentence, scope, m["noun"], m["attribute"])
    when = When(status=normalised(_names(m["from"]))[0])
    if (then := AND_THEN.match(sentence.text[m.end() :])) is None:
        names = normalised(_names(m["values"]))[0]
        if all(name.lower().endswith("ing") and name.lower() not in LASTING for name in names):
            return Reading((Post(replace(base, transient=names, when=when)),))
        return _becomes(base, m["values"], when)
    passing, final = (normalised(_names(text))[0] for text in (m["values"], then["values"]))
    return Reading((Post(replace(base, becomes=final, transient=passing, when=when)),))


_IF_FOREIGN = re.compile(r"(?:When|If)\s+an?\s", _FLAGS)
_ABLE = re.compile(r"\b(?:can|could)\s+(?:\w+\s+)?(?:chang|transition|go|mov|switch)", _FLAGS)
_ATTEMPTING = re.compile(
    r"^(?:Attempting|Trying)\s+to\s+\w+\s+(?P<what>.+?)\s+(?:to|of|from|in|on|that|which)\b", _FLAGS
)


def of_the_operation(text: str, scope: Scope) -> bool:
    """True if the attempt in a sentence is the operation's purpose, not just one of the things it can do."""
    m = _ATTEMPTING.match(text)
    if m is None or scope.source is None:
        return m is None
    last = next((part for part in reversed(scope.source.path.split("/")) if part and "{" not in part), "")
    return singular(last) in {singular(word) for word in m["what"].lower().split()}


def _and_back(sentence: Sentence, scope: Scope) -> Reading | None:
    """C4: "the volume status changes to ``a`` and back to ``b``, or else to ``c`` if the operation fails"."""
    m = _AND_BACK.search(sentence.text)
    if m is None or version_clauses(sentence.text) or sentence.text.startswith("If "):
        return None
    base = _status(sentence, scope, m["of"] or m["noun"], m["attribute"])
    names, under_way = normalised(_names(m["values"]))[0], normalised(_names(m["under_way"]))[0]
    failed = _ELSE_FAILED.search(m["tail"])
    condition = Condition(
        "status",
        base.resource,
        base.line,
        base.attribute,
        becomes=names,
        transient=under_way,
        on_failure=normalised(_names(failed["values"]))[0] if failed else (),
    )
    return Reading((Post(condition),))


def _needed(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2: "an image which is in ``a`` state", "that is not in ``a`` state results in a 409", "until it is ``A``"."""
    text = sentence.text
    if version_clauses(text):
        return None
    if (m := _NOT_IN.search(text)) or (m := _IF_NOT_IN.match(text)):
        name = m.groupdict().get("whose") or m["attribute"]
        if name is None or not of_the_operation(text, scope):
            return None
        return _precondition(_status(sentence, scope, m["noun"], name), m["values"], int(m["code"]))
    if m := _WHICH_IS_IN.match(imperative(text)):
        first = sentence.first and sentence.block.kind == "paragraph" and not sentence.block.section
        first = first and not _NOT_DONE.search(text)
        return _precondition(_status(sentence, scope, m["noun"], m["attribute"]), m["values"]) if first else None
    if m := _UNTIL.search(text):
        return _precondition(_status(sentence, scope, m["noun"], m["attribute"]), m["values"])
    if m := _OR_FORCED.match(text):
        base = _status(sentence, scope, m["of"] or m["noun"], m["attribute"] or m["attribute2"])
        return _precondition(base, m["values"], when=When(absent=(bare(m["field"]),)))
    m = _UNLESS_FIELD.match(text) if sentence.block.block == "preconditions" else None
    if m is not None and noun(m["noun"]) is not None:
        base = _status(sentence, scope, m["noun"], None)
        return _precondition(base, m["values"], when=When(absent=(m["field"],)))
    return None


def _if_field(sentence: Sentence, scope: Scope) -> Reading | None:
    """C4: "If the ``x`` parameter is ``false`` or missing, the volume status will be ``a``"."""
    m = _IF_FIELD.match(sentence.text)
    if m is None or version_clauses(sentence.text):
        return None
    base = _status(sentence, scope, m["noun"], m["attribute"])
    return _becomes(base, m["values"], When(request=((m["field"], m["value"].lower() == "true"),)))


RULES = (
    Rule("status-tells-of-failure", "D1", _failure, ("fail", "succe")),
    Rule("status-that-a-lead-names", "C2", _lead, ("stat",)),
    Rule("status-from-to", "C4", _from_to, ("from",)),
    Rule("status-and-back", "C4", _and_back, ("back to",)),
    Rule("status-that-is-needed", "B2", _needed, ("stat", "unless")),
    Rule("status-if-a-field", "C4", _if_field, ("if ",)),
)
