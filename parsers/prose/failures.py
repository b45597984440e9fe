"""Tells whether a clause is about the failure or a deed of the operation itself, or of another one.

"If the copy fails", "on failure" and "if an error occurs" are about the operation; "when a node fails" is about a thing
that the request does not bring to fail.
"""

from __future__ import annotations

import re

from parsers.prose.rules import Scope

_FLAGS = re.IGNORECASE | re.ASCII
FAILS = re.compile(r"\b(?:fail(?:s|ed|ing|ures?)?|unsuccessful\w*|error|not\s+(?:succeed|successful))\b", _FLAGS)
ITSELF = re.compile(
    r"^(?:(?:the|this|an?|any|your|its|all|one)\s+)?(?:(?:\w+\s+)?(?:request|operation|process|call|action|task|attempt|steps?|procedure)|it|this|everything|"
    r"something\s+goes|one\s+of\s+(?:them|these|the\s+steps))\b",
    _FLAGS,
)
_AN_ERROR = re.compile(
    r"^(?:an?\s+|any\s+)?(?:failure|error|failed\s+\w+|unsuccessful\s+\w+)s?(?:\s+(?:occurs?|happens?|arises?|during\b.*|while\b.*|in\s+\w+ing\b.*))?,?$",
    _FLAGS,
)
_OF_A_MADE_ONE = re.compile(
    r"(?:(?:the|an?|this|your|its)\s+)?(?:(?:\w+\s+){0,2}?)(?P<noun>[a-z]{3,})\s+(?:has\s+|is\s+)?(?:fail|not|unsuccess|error)",
    _FLAGS,
)
_MAKING = re.compile(r"(?:creat|start|run|submit|launch|build|deploy)")
_DEED = re.compile(
    r"\b(?:is|are|was|has\s+been|have\s+been)\s+(?:successfully\s+)?(?P<deed>created|deleted|accepted|approved|rejected|started|stopped|attached|detached|restored|"
    r"enabled|disabled|published|confirmed|activated|deactivated|cancelled|canceled|resized|updated|extended|shared|imported|exported|registered)\b(?!\s+(?:by|and))",
    _FLAGS,
)
"""A deed, which is the operation's own only if its title names it: "once the transfer is accepted"."""
_MADE = re.compile(r"(?:add|register|invit|submit|import|launch|order|issu)")
_GENERIC = (
    "succe",
    "complet",
    "creation",
    "deletion",
    "update",
    "removal",
    "process",
    "request",
    "operation",
    "call",
    "action",
)
_STEM = 4


def names_the_operation(text: str, scope: Scope) -> bool:
    """True if a text names the operation: by the verb of its title, or as a request or a process."""
    title = scope.source.title.lower() if scope.source is not None else ""
    first = next(iter(re.findall(r"[a-z]{3,}", title)), "")
    words = re.findall(r"[a-z]+", text.lower())
    return any((first and word.startswith(first[:_STEM])) or word.startswith(_GENERIC) for word in words)


def _of_a_made_one(text: str, scope: Scope) -> bool:
    """True if the thing that fails is the one that the operation makes: "the deployment" of "Create Deployment"."""
    m = _OF_A_MADE_ONE.match(text)
    title = scope.source.title.lower() if scope.source is not None else ""
    return m is not None and m["noun"].lower() in title and _MAKING.match(title) is not None


def fails(clause: str, scope: Scope) -> bool:
    """True if a clause, without its first word ("if"), tells of the operation's failure."""
    if _AN_ERROR.match(clause.strip()) or (ITSELF.match(clause) and FAILS.search(clause)):
        return True
    m = FAILS.search(clause)
    return m is not None and (names_the_operation(clause[: m.start()], scope) or _of_a_made_one(clause, scope))


def is_anothers_deed(clause: str, scope: Scope) -> bool:
    """True if a clause tells of the deed of another operation: it is in no title, and not the request is accepted."""
    m = _DEED.search(clause)
    title = scope.source.title.lower() if scope.source is not None else ""
    made = m is not None and m["deed"].lower() == "created" and _MADE.match(title) is not None
    return m is not None and not made and m["deed"].lower()[:5] not in title and ITSELF.match(clause) is None
