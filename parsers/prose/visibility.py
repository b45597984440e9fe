"""A rule for visibility (F3): the roles that see a field of a response by the documented defaults.

Read: "Appears in responses for administrators only", "only visible to users with the administrative role", "By
default, only administrators can see this field", if they hold for every version. Not read: the roles that may send a
parameter, and the choices that a policy has.
"""

from __future__ import annotations

import re
from typing import Any

from parsers.document import ParameterRow
from parsers.prose.clauses import version_clauses
from parsers.prose.sentences import Sentence

_FLAGS = re.IGNORECASE | re.ASCII
_ADMIN = re.compile(
    r"\bappears?\s+in\s+(?:the\s+)?responses?\s+(?:only\s+)?for\s+admin\w*(?:\s+users?)?(?:\s+only)?\b|"
    r"\bonly\s+(?:be\s+)?(?:visible|shown|returned|displayed|included|available)\s+(?:to|for|if)\s+(?:the"
    r"\s+)?(?:cloud\s+|users?\s+with\s+(?:the\s+|an?\s+)?[\"\u201c]?|user\s+is\s+an?\s+)?admin|"
    r"\bonly\s+admin\w*(?:\s+users?)?\s+can\s+(?:get|see|view)\b|"
    r"\benable\s+only\s+users\s+with\s+the\s+administrative\s+role\s+to\s+see\b|"
    r"\bcan\s+only\s+be\s+seen\s+by\s+admin|"
    r"^\(?Admin(?:istrator)?s?\s+only\)?\.?$",
    _FLAGS,
)


def visible_to(sentence: Sentence, row: ParameterRow) -> dict[str, Any] | None:
    """F3: ``admin`` if only administrators see the field."""
    if row.section != "response" or version_clauses(sentence.text):
        return None
    return {"visible_to": "admin"} if _ADMIN.search(sentence.text) else None
