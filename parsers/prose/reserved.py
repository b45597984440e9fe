"""A rule for request parameters that only administrators may use by the documented defaults (F4).

Read: "This parameter is only valid when specified by administrators", "It is restricted to administrators until
microversion 2.83", "By default this is only allowed by admin users", "If other users specify this parameter, it is
ignored" with "non-admin users". Not read: a restriction of some values only, one that other roles share, and one that a
policy rule by name decides.
"""

from __future__ import annotations

import re

from parsers.document import ParameterRow
from parsers.prose.clauses import version_clauses, without_versions
from parsers.prose.sentences import Sentence

_FLAGS = re.IGNORECASE | re.ASCII
_ADMIN = (
    r"(?:(?:the\s+)?(?:cloud\s+)?admin(?:istrator)?s?(?:\s+users?)?|users\s+with\s+the\s+admin(?:istrative)?\s+role)"
)
_THIS = r"(?:this(?:\s+(?:parameter|field|attribute|filter|option))?|it)"
_RESERVED = re.compile(
    rf"^(?:By\s+default,?\s+)?{_THIS}\s+(?:is\s+only\s+(?:valid|allowed)\s+(?:when\s+specified\s+)?(?:by|for|to)|is\s+restricted"
    rf"\s+to|is\s+only\s+(?:applicable|available)\s+to|can\s+only\s+be\s+(?:specified|used|set)\s+by)\s+{_ADMIN}(?:\s+only)?\.?$|"
    rf"^\(?Admin(?:istrator)?s?(?:\s+users?)?\s+only\)?\.?$|"
    rf"^(?:By\s+default,?\s+)?{_THIS}\s+can\s+be\s+(?:specified|used|set)\s+by\s+{_ADMIN}\s+only\.?$",
    _FLAGS,
)
_IGNORED = re.compile(
    rf"^(?:If|When)\s+non-admin(?:istrator)?\s+users?\s+(?:specif(?:y|ies)|uses?|gives?|sets?)\s+{_THIS},?\s+(?:it|{_THIS})\s+"
    r"(?:is|will\s+be)\s+ignored\.?$",
    _FLAGS,
)


def of_row(sentence: Sentence, row: ParameterRow) -> dict[str, object] | None:
    """F4: the role that alone may use the parameter, and the last version in which that holds."""
    if row.section == "response":
        return None
    clauses = version_clauses(sentence.text)
    bare = re.sub(r"\s+on\s*(?=,)", "", without_versions(sentence.text))
    if len(clauses) > 1 or not (_RESERVED.match(bare) or _IGNORED.match(bare)):
        return None
    if clauses and (clauses[0][0] is not None or clauses[0][1] is None):
        return None
    return {"reserved_to": "admin", **({"reserved_max": clauses[0][1]} if clauses else {})}
