"""Rules for policy (F1, F2, and F3 of a whole operation): the roles that may use it by the documented defaults.

Read: "Policy defaults enable only users with an administrative role or the owner of the share to perform this
operation", "Both defaults enable only ...", "By default, only administrators can manage shares", "This is usually an
admin only call", "Administrators only, depending on policy". Not read: the roles that may see or set a parameter, and
further abilities of administrators.
"""

from __future__ import annotations

import re

from parsers.prose.rules import NOTHING, MayChange, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from specs.model import Policy

_FLAGS = re.IGNORECASE | re.ASCII
_DEFAULTS = re.compile(
    r"^(?:The\s+)?(?:default\s+)?(?:policy\s+defaults|both\s+defaults|policy\s+default)\s+enables?\s+(?P<who>.+?)"
    r"(?:\s+to\s+perform\s+(?P<what>.+?))?\s*\.?$",
    _FLAGS,
)
_OPERATION = re.compile(r"\b(?:this\s+(?:operation|action|request)|operations?\s+with|operations?\b)", _FLAGS)
_RULE = re.compile(r"^Policy\s+default\s+role\s+is\s+'?rule:(?P<rule>[\w:]+)", _FLAGS)
_ADMIN_ONLY = re.compile(
    r"^(?:By\s+default,?\s+)?only\s+(?:the\s+|an?\s+)?(?:cloud\s+|system\s+)?admin\w*(?:\s+users?|\s+role)?"
    r"\s+(?:can|may|"
    r"are\s+allowed)\b|"
    r"^This\s+(?P<soft>is\s+typically|is\s+usually)?(?:is)?\s*(?:an?\s+)?admin\w*[ -]only\b|"
    r"^This\s+is\s+an?\s+``?admin\w*``?\s+level\b|"
    r"^Admin\w*[ -]only\b|"
    r"^By\s+default,?\s+these\s+APIs\s+are\s+admin\w*[ -]only\b|"
    r"^(?:By\s+default,?\s+)?This\s+(?:API|operation|action|call)\s+is\s+(?:only\s+)?(?:available|allowed|restricted|limited)\s+(?:only"
    r"\s+)?(?:to|for)\s+admin\w*\b|"
    r"^(?:This\s+(?:API|operation|action)\s+)?requires?\s+(?:the\s+)?admin\w*\s+(?:role|privileges?|rights?)\b|"
    r"\bis\s+typically\s+only\s+available\s+to\s+admin\w*\b|"
    r"^Available\s+only\s+to\s+admin\w*\b|"
    r"^If\s+you\s+are\s+not\s+an\s+admin\w*(?:\s+user)?,?\s+(?:the\s+)?(?:service|API|request|operation)\s+"
    r"returns?\s+(?:the\s+)?(?:HTTP\s+)?``Forbidden\s*\(?403\)?``",
    _FLAGS,
)
_OWNER = re.compile(r"\bowners?\s+of\b|\bowner\b|\buser\s+who\s+is\s+authorized\b|\badmin_or_owner\b", _FLAGS)
_ADMIN = re.compile(r"\badmin", _FLAGS)
_EVERYBODY = re.compile(r"\b(?:all|any|every)\s+(?:authenticated\s+)?users?\b", _FLAGS)
_CHANGEABLE = re.compile(
    r"^Use\s+the\s+``policy\.\w+``\s+file\s+to\s+grant\s+permissions?\b|"
    r"^(?:Cloud\s+(?:providers|operators|administrators)\s+can\s+)?change\s+(?:these|the|this)\s+permissions?\s+"
    r"through\b|"
    r"^(?:You\s+can|Operators\s+can)\s+change\s+(?:these|the\s+default)\s+(?:permissions|policy)\b",
    _FLAGS,
)
_SOFT = re.compile(r"\btypically\b|\busually\b|\bdepending\s+on\s+policy\b", _FLAGS)
_KINDS = re.compile(r"^There\s+are\s+(?:two|three|several|different)\s+(?:different\s+)?policies\b", _FLAGS)


def _roles(who: str) -> tuple[str, ...]:
    if _EVERYBODY.search(who) and not _ADMIN.search(who):
        return ("any",)
    roles = ("admin",) if _ADMIN.search(who) else ()
    return roles + (("owner",) if _OWNER.search(who) else ())


def _defaults(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """F1: the roles that the policy's defaults permit."""
    m = _DEFAULTS.match(sentence.text)
    if m is None or (m["what"] and not _OPERATION.search(m["what"])):
        return None
    who = m["who"]
    if m["what"] is None and re.search(r"\bto\s+(?!operate)\w+", who):
        return None
    roles = _roles(who)
    return Reading((Policy(roles, sentence.line),)) if roles else None


def _rule(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """F1, F5: a policy rule, named as the default."""
    m = _RULE.match(sentence.text)
    roles = _roles(m["rule"].replace("_", " ").replace("or owner", "or the owner of")) if m else ()
    return Reading((Policy(roles, sentence.line),)) if roles else None


def _admin_only(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """F3, of a whole operation: administrators only."""
    if sentence.block.section or sentence.block.kind in ("item", "term") or not _ADMIN_ONLY.search(sentence.text):
        return None
    return Reading((Policy(("admin",), sentence.line, provider_may_change=bool(_SOFT.search(sentence.text))),))


def _may_change(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """F2: the provider may change the policy."""
    return Reading((MayChange(sentence.line),)) if _CHANGEABLE.match(sentence.text) else None


def _kinds(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """A statement that an operation has several policies; the next sentence names them."""
    return NOTHING if _KINDS.match(sentence.text) else None


RULES = (
    Rule("policy-defaults", "F1", _defaults, ("default",)),
    Rule("policy-rule", "F5", _rule, ("policy default",)),
    Rule("administrators-only", "F3", _admin_only, ("admin",)),
    Rule("provider-may-change", "F2", _may_change, ("permission", "polic")),
    Rule("several-policies", "F1", _kinds, ("policies",)),
)
