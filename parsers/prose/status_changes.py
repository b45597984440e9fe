"""Rules for statuses in the references of network functions, databases, optimisers and messages.

Read: "the value of the ``a`` attribute of that resource shall be ``B``", "it shall set the ``a`` attribute to the value
``B``", "the ``a`` attribute shall be changed to ``B``"; "Marks running backups as ``A``"; "The instance should be in
``A/B`` state"; "You can restore only active stacks", "Cancels an ``A`` audit"; "``a`` is not a valid state for extend",
"in any status except ``a``", "You cannot update a service with an ``A_*`` status". Not read: an attribute whose name
tells of no status, a thing that is neither the path's nor a known one.
"""

from __future__ import annotations

import re

from parsers.prose.clauses import version_clauses
from parsers.prose.forms import form
from parsers.prose.owners import owner_of
from parsers.prose.rules import Post, Pre, Reading, Refused, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.words import NOUN, VALUE, VALUES, attribute, bare, normalised, values
from specs.model import Condition
from specs.refusals import Cause, Refusal

_FLAGS = re.IGNORECASE | re.ASCII
_LIST = rf"(?P<values>(?-i:{VALUES}))"
_FIELD = r"[\"'`]*(?P<attribute>[A-Za-z_]+(?:(?-i:State|Status)|_state|_status))[\"'`]*"
_SHALL = r"(?:shall|will|must)"
_FIELD_IS = re.compile(
    rf"\bvalue\s+of\s+(?:the\s+)?{_FIELD}\s+attribute\b[^.]*?\b{_SHALL}\s+be\s+(?:set\s+to\s+)?{_LIST}", _FLAGS
)
_FIELD_SET = re.compile(
    rf"(?:\b{_SHALL}\s+(?:also\s+)?set|\band)\s+(?:the\s+)?{_FIELD}\s+attribute(?:\s+in\s+the\s+representation"
    rf"\s+of\s+[^.]*?)?\s+to\s+"
    rf"the\s+value\s+{_LIST}",
    _FLAGS,
)
_FIELD_CHANGED = re.compile(rf"\b{_FIELD}\s+attribute\b[^.]*?\b{_SHALL}\s+be\s+(?:changed|set)\s+to\s+{_LIST}", _FLAGS)
_NOT = re.compile(r"\b(?:not|never|unless|except|may|might)\b", _FLAGS)
_MARKS_AS = re.compile(
    rf"(?:^|,\s+|\band\s+)marks?\s+(?:any\s+|all\s+)?(?:(?:the|running|ongoing|pending)\s+)*(?P<noun>{NOUN}?)(?:"
    rf"\s+operations?|\s+tasks?)?\s+as\s+{_LIST}",
    _FLAGS,
)
_SHOULD_BE_IN = form(
    rf"^(?P<noun>{NOUN})\s+should\s+be\s+in\s+(?:the\s+|an?\s+)?{_LIST}\s+(?P<attribute>(?:[a-z]+[ _])?(?:status|"
    rf"state)s?)\s*\.?$",
    "should",
)
_STATUS_WORD = (
    r"active|inactive|available|enabled|disabled|deactivated|running|stopped|paused|suspended|queued|shelved|locked|"
    r"failed|detached|attached|pending|completed|normal"
)
_ONLY_SUCH = form(
    rf"^(?:You|Users)\s+can\s+\w+\s+only\s+(?P<word>{_STATUS_WORD})\s+(?P<noun>{NOUN}?)(?:\s+(?:from|to|on|in|"
    rf"with)\s+.*)?\s*\.?$",
    "only",
)
_ONLY_THESE = form(
    rf"^Only\s+(?:an?\s+)?(?P<value>(?-i:{VALUE})|{_STATUS_WORD})\s+(?P<noun>{NOUN}?)\s+can\s+be\s+\w+(?:\s+to\s+.*)?\s*\.?$",
    "only",
)
_LEAD_OF = re.compile(
    rf"^[A-Z][a-z]+s?\s+(?:an?|the)\s+(?P<value>(?-i:[A-Z_]*(?:ING|ED|IVE|ABLE|OFF)))\s+(?P<noun>{NOUN})\s*\.?$", _FLAGS
)
_NO_VALID_STATE = re.compile(
    rf"^(?:Note\s+that\s+)?{_LIST}\s+(?:is|are)\s+not\s+(?:an?\s+)?valid\s+(?:status|state)(?:es|s)?\s+(?:for|to)\b",
    _FLAGS,
)
_ANY_EXCEPT = re.compile(
    rf"\bcan\s+\w+\s+(?P<noun>{NOUN}?)\s+in\s+any\s+(?:status|state)\s+(?:except|other\s+than|but)\s+(?:for"
    rf"\s+)?{_LIST}\s*\.?$",
    _FLAGS,
)
_PATTERN = r"(?:``)?(?P<pattern>(?-i:[A-Z]+_\*))(?:``)?"
_CANNOT_WITH = re.compile(
    rf"^(?:You|Users)\s+cannot\s+\w+\s+(?P<noun>{NOUN})\s+(?:with|in)\s+an?\s+(?:{_PATTERN}|{_LIST})\s+(?:status|"
    rf"state)\s*\.?$"
    rf"|^(?P<noun2>{NOUN})\s+cannot\s+be\s+\w+\s+(?:if|while|when)\s+its\s+(?:status|state)\s+is\s+(?:an?"
    rf"\s+)?{_PATTERN.replace('pattern', 'pattern2')}"
    r"(?:\s+(?:status|state))?\s*\.?$",
    _FLAGS,
)


def _names(text: str) -> tuple[str, ...]:
    return tuple(value.text for value in values(text))


def _of_a_field(sentence: Sentence, scope: Scope) -> Reading | None:
    """C1: what an attribute's value "shall be" after the operation."""
    if version_clauses(sentence.text):
        return None
    facts = []
    for pattern in (_FIELD_IS, _FIELD_SET, _FIELD_CHANGED):
        for m in pattern.finditer(sentence.text):
            if _NOT.search(m[0]):
                return None
            condition = Condition(
                "status", scope.resource, sentence.line, attribute=m["attribute"], becomes=_names(m["values"])
            )
            facts.append(Post(condition))
    return Reading(tuple(dict.fromkeys(facts))) if facts else None


def _marks(sentence: Sentence, scope: Scope) -> Reading | None:
    """C2: "Marks any running backup operations as ``A``"."""
    m = _MARKS_AS.search(sentence.text)
    owner = scope.owner(m["noun"]) if m and sentence.block.kind == "paragraph" and not sentence.block.section else None
    if m is None or owner is None:
        return None
    names, as_written = normalised(_names(m["values"]))
    return Reading((Post(Condition("status", owner, sentence.line, becomes=names, as_written=as_written)),))


def _needed(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2: "The instance should be in ``A`` state", "You can restore only active stacks", "Cancels an ``A`` audit"."""
    text = sentence.text
    if m := _SHOULD_BE_IN.match(text):
        field = attribute(re.sub(r"s$", "", m["attribute"]) if m["attribute"].endswith("states") else m["attribute"])
        names, as_written = normalised(_names(m["values"])) if field is None else (_names(m["values"]), ())
        owner = scope.owner(m["noun"])
    elif m := _ONLY_SUCH.match(text):
        field, names, as_written, owner = None, (m["word"].lower(),), (), scope.owner(m["noun"])
    elif m := _ONLY_THESE.match(text):
        field, (names, as_written), owner = None, normalised((bare(m["value"]),)), owner_of(m["noun"], scope)
    elif (m := _LEAD_OF.match(text)) and sentence.first and not sentence.block.section:
        field, (names, as_written), owner = None, normalised((m["value"],)), scope.owner(m["noun"])
    else:
        return None
    if owner is None:
        return None
    condition = Condition("status", owner, sentence.line, attribute=field, any_of=names, as_written=as_written)
    return Reading((Pre(condition),))


def _forbidden(sentence: Sentence, scope: Scope) -> Reading | None:
    """B2: statuses in which an operation is refused: "``a`` is not a valid state for extend"."""
    if scope.source is None or version_clauses(sentence.text):
        return None
    if m := _NO_VALID_STATE.match(sentence.text):
        owner, names = scope.resource, _names(m["values"])
    elif m := _ANY_EXCEPT.search(sentence.text):
        owner, names = scope.named(m["noun"]), _names(m["values"])
    elif m := _CANNOT_WITH.match(sentence.text):
        owner = scope.named(m["noun"] or m["noun2"])
        pattern = m["pattern"] or m["pattern2"]
        names = (pattern,) if pattern else _names(m["values"])
    else:
        return None
    cause = Cause(resource=owner, status=normalised(names)[0])
    return Reading((Refused(Refusal(cause, line=sentence.line)),))


RULES = (
    Rule("status-that-shall-be", "C1", _of_a_field, ("attribute",)),
    Rule("marked-as", "C2", _marks, ("mark",)),
    Rule("status-that-is-asked-for", "B2", _needed),
    Rule("status-that-is-forbidden", "B2", _forbidden, ("valid stat", "in any stat", "cannot")),
)
