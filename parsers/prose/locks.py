"""Rules for locks (B5, G1): a locked resource may be changed by administrators only.

Read: "If the server is locked, you must have administrator privileges to ...". Known to promise nothing: general
explanations of locks, of how they are shown, and of the roles that may unlock.
"""

from __future__ import annotations

import re

from parsers.prose.rules import NOTHING, Pre, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from parsers.prose.words import NOUN
from specs.model import Condition

_LOCKED = re.compile(
    rf"^If\s+(?P<noun>{NOUN})\s+is\s+locked\s*,\s*(?:you|users?|the\s+user)\s+(?:must|should|need(?:s)?\s+to)\s+"
    rf"(?:have|be)\s+"
    r"(?:an?\s+)?(?:the\s+)?admin(?:istrat\w+)?\b(?:\s+(?:privileges?|rights?|roles?))?",
    re.IGNORECASE,
)
_ONLY_ADMIN = re.compile(
    rf"\bonly\s+admin\w*\s+(?:users?\s+)?(?:can|may)\s+\w+(?:\s+\w+)*?\s+(?:a|the)\s+locked\s+(?P<noun>{NOUN})",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\block(?:s|ed|ing)?\b|\bunlock", re.IGNORECASE)
_DESCRIBES = re.compile(
    r"^(?:Most\s+actions\s+by\s+non-admin|But\s+administrators\s+can|Administrators\s+can\s+over|You\s+can\s+know\s+"
    r"whether"
    r"|The\s+unlock\s+action|The\s+``?unlock|An?yone\s+can|Locks?\b|Unlocks?\b)",
    re.IGNORECASE,
)


def _locked(sentence: Sentence, scope: Scope) -> Reading | None:
    """B5: a locked resource requires an administrator."""
    m = _LOCKED.match(sentence.text) or _ONLY_ADMIN.search(sentence.text)
    return Reading((Pre(Condition("locked_requires_admin", scope.named(m["noun"]), sentence.line)),)) if m else None


def _about_locks(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """G1: an explanation of locks; the promises are in the text of the operations that a lock restricts."""
    return NOTHING if _ABOUT.search(sentence.text) and _DESCRIBES.match(sentence.text) else None


RULES = (Rule("locked-requires-admin", "B5", _locked, ("locked",)), Rule("about-locks", "G1", _about_locks, ("lock",)))
