"""Rules for quotas (B6) and the environment (B7): conditions outside of the resource, which the API may not show.

Read: "must have sufficient ... quota", "enough ... quota remaining", "is not supported for volume-backed instances",
and within preconditions "You cannot ... if it has ...", "must be fenced", "The connection to ... is valid". Not
read: general explanations of quotas ("The project quota defines the maximum number of ...").
"""

from __future__ import annotations

import re

from parsers.prose.clauses import environment, some, version_clauses, without_versions
from parsers.prose.codes import codes_in
from parsers.prose.rules import NOTHING, Pre, Reading, Refusal, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.words import NOUN, noun
from specs.model import Condition, When

_FLAGS = re.IGNORECASE | re.ASCII
_QUOTA = re.compile(
    r"\b(?:must|should)\s+have\s+(?:sufficient|enough)\s+(?P<of>[\w -]+?)\s+quota\b"
    r"|\bquota\s+must\s+have\s+(?:sufficient|enough)\s+(?P<of2>[\w -]+?)\.?$"
    r"|\b(?P<of3>[\w -]+?)\s+quota\s+must\s+be\s+(?:sufficient|enough)\b",
    _FLAGS,
)
_NO_QUOTA = re.compile(r"^If\b.*\b(?:does\s+not\s+have|insufficient|exceed\w*)\b.*\bquota\b.*", _FLAGS)
_ABOUT_QUOTA = re.compile(
    r"\bquota\s+(?:defines|enforcement|checks)|^(?:Users|You)\s+can\s+force\s+the\s+update\s+even\s+if\s+the\s+quota",
    _FLAGS,
)
_NOT_SUPPORTED = re.compile(
    rf"\b(?:this|the)\s+(?:API|action|operation|request)\s+is\s+not\s+(?:supported|available|allowed)\s+(?:for|on|"
    rf"with)\s+(?P<what>{NOUN}(?:\s+\w+)?)",
    _FLAGS,
)
_YOU_CANNOT = re.compile(
    r"^(?:You|Users|It)\s+(?:cannot|can\s*not|can't|must\s+not|may\s+not)\s+(?:already\s+)?(?P<what>[^.]*?)(?:\s+"
    r"(?:if|when|while|that|unless)\s+|\.?$)",
    _FLAGS,
)
_STATE_OF_THINGS = re.compile(
    rf"^(?P<noun>{NOUN}(?:\s+(?:to|of)\s+(?:the\s+)?[\w ]+?)?)\s+(?:must|has\s+to|have\s+to|is|needs?)\b", _FLAGS
)
_SUFFICIENT = re.compile(r"^(?:There\s+must\s+be\s+)?(?:sufficient|enough)\b.*\b(?:must|to)\b", _FLAGS)
_CORE_STATUS = re.compile(r"\b(?:status|state)\b", _FLAGS)
_GOVERNED = re.compile(r"\bdepend(?:s|ing)?\s+on\b", _FLAGS)


def _in_preconditions(sentence: Sentence) -> bool:
    return sentence.block.block in ("preconditions", "precondition")


def _quota(sentence: Sentence, scope: Scope) -> Reading | None:
    """B6: a quota must suffice."""
    m = _QUOTA.search(sentence.text)
    if m is None:
        return None
    words = re.sub(r"\s+storage$", "", (m["of"] or m["of2"] or m["of3"]).strip(), flags=_FLAGS)
    return Reading((Pre(Condition("quota", noun(words) or scope.named(words), sentence.line)),))


def _no_quota(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """B6: the status code if a quota does not suffice; it joins the condition of the sentence before."""
    found = codes_in(sentence.text)
    if not _NO_QUOTA.match(sentence.text) or len(found) != 1:
        return None
    return Reading((Refusal(found[0], "quota", sentence.line),))


def _about_quota(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """General explanations of quotas and their checks."""
    return NOTHING if _ABOUT_QUOTA.search(sentence.text) else None


def _not_supported(sentence: Sentence, scope: Scope) -> Reading | None:
    """B7: "This action is not supported for image-backed shares", also until a version."""
    m = _NOT_SUPPORTED.search(without_versions(sentence.text))
    trait = environment(m["what"]) if m else None
    if m is None or trait is None:
        return None
    bounds = version_clauses(sentence.text)
    when = When(min=bounds[0][0], max=bounds[0][1], environment=trait) if len(bounds) == 1 else When(environment=trait)
    return Reading((Pre(Condition("environment", scope.resource, sentence.line, when=when)),))


_ONLY_ON = re.compile(
    r"^This\s+(?:API|action|operation)\s+is\s+only\s+(?:allowed|supported|valid)\s+(?:on|for)\s+(?P<noun>[a-z ]+?)\s+"
    r"whose\s+``[\w:.-]+``\s+is\b",
    _FLAGS,
)


def _only_on(sentence: Sentence, scope: Scope) -> Reading | None:
    """B7: "This operation is only allowed on shares whose ``kind`` is ``a``": the required kind of resource."""
    m = _ONLY_ON.match(without_versions(sentence.text))
    if m is None:
        return None
    return Reading((Pre(Condition("environment", scope.named(m["noun"]), sentence.line)),))


def _given(sentence: Sentence, scope: Scope) -> Reading | None:
    """B7, within preconditions: a condition outside of the resource, which only a person can check."""
    introduced = sentence.block.kind == "item" and sentence.block.parent is not None
    if not _in_preconditions(sentence) or introduced or _GOVERNED.search(sentence.text) or sentence.text.endswith(":"):
        return None
    text = sentence.text
    clauses = version_clauses(text)
    if len(clauses) > 1:
        return None
    when = some(When(min=clauses[0][0], max=clauses[0][1])) if clauses else None
    cannot = _YOU_CANNOT.match(text)
    things = (
        _STATE_OF_THINGS.match(text)
        if not _CORE_STATUS.search(text) and not text.startswith(("If ", "This ", "When ", "However", "As ", "Note"))
        else None
    )
    if cannot is None and things is None and not _SUFFICIENT.match(text):
        return None
    return Reading((Pre(Condition("environment", scope.resource, sentence.line, when=when)),))


RULES = (
    Rule("quota-must-suffice", "B6", _quota, ("quota",)),
    Rule("quota-refusal", "B6", _no_quota, ("quota",)),
    Rule("about-quota", "B6", _about_quota, ("quota",)),
    Rule("not-supported-for", "B7", _not_supported, (" not ",)),
    Rule("only-on-kind", "B7", _only_on, ("only",)),
)
LAST_RULES = (Rule("state-of-things", "B7", _given),)
"""Rules for sentences that no other rule read."""
