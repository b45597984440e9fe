"""Rules for the presence of a field of an answer: in which situations it is shown (J8), and since when always.

Read: "Only displayed when the car status is ``SOLD`` or ``LOST``", "This field is only present if ``with_count=True``
is given in the query". A situation that the rule does not know is read as well, as a promise whose situation is not
known. Not read: "is returned if", which does not say that the field is missing elsewhere; the roles that see a field,
which another rule reads; sentences about some versions only.

Read as well: "If you do not provide a public key on create, the private key will be returned", where the second thing
has the name of the field itself: a promise that it is shown. Not read: such a sentence about another field, and one
with "may".

Read as well: "From microversion 2.75, this field will always be returned", also with "unless" and a value of a query.
Not read: such a sentence with another exception.
"""

from __future__ import annotations

import re

from parsers.document import ParameterRow
from parsers.prose.clauses import version_clauses
from parsers.prose.words import values
from specs.refusals import Blank

_FLAGS = re.IGNORECASE | re.ASCII
_SHOWN = (
    r"(?:displayed|shown|returned|present|appears?|included)(?:\s+in\s+(?:the\s+)?(?:API\s+)?(?:responses?|output))?"
)
_ITSELF = r"(?:it|(?:this|the)\s+(?:response\s+)?(?:field|parameter|attribute|value|header|list|key|property))"
_ONLY = re.compile(
    rf"^\W*(?:{_ITSELF}\s+(?:is\s+|will\s+)?)?(?:only\s+(?:be\s+)?{_SHOWN}|{_SHOWN}\s+only)\s+"
    r"(?:if|when|where)\b(?P<when>.+)$",
    _FLAGS,
)
_LAST_PAGE = re.compile(
    r"^(?:It\s+)?will\s+not\s+be\s+(?:present|shown|returned|included)\s+on\s+the\s+last\s+page(?:\s+of\s+the\s+response)?\.?$",
    _FLAGS,
)
_STATUS = re.compile(
    r"^(?:the|its)\s+(?:\w+\s+)?status\s+is\s+(?:one\s+of\s+)?(?P<values>``\w+``(?:(?:,\s*(?:or\s+)?|\s+or\s+)``\w+``)*)"
    r"(?:\s+and\b.*)?$",
    _FLAGS,
)
_QUERY = re.compile(
    r"^[\"“`]*(?P<name>\w+)(?:=\w+)?[\"”`]*\s+is\s+(?:supplied|given|specified|provided|set)\s+in\s+the\s+query$",
    _FLAGS,
)
_GIVEN = r"(?:provide|specify|give|supply|send|set)"
_UNLESS = re.compile(
    rf"^(?:If|When)\s+(?:you\s+(?:do\s+not|don't)\s+{_GIVEN}|you\s+omit)\s+(?:an?|the)\s+(?P<left>(?:\w+\s+){{0,3}}?\w+?)"
    r"(?:\s+(?:on|in|when|for)\s+(?:the\s+)?\w+)?,\s+(?:[^.]*,?\s+and\s+)?the\s+(?P<own>(?:\w+\s+){0,3}?\w+)\s+"
    rf"(?:will\s+be|is)\s+{_SHOWN}\b(?P<rest>[^.]*)\.?$",
    _FLAGS,
)
_ROLES = re.compile(r"\badmin|\brole\b", _FLAGS)


def of_presence(text: str, row: ParameterRow) -> Blank | None:
    """J8: the promise that an answer lacks a field outside of a situation."""
    if row.section == "response" and _LAST_PAGE.match(text):
        return Blank("absent", environment="last-page")
    if row.section == "response" and (unless := _UNLESS.match(text)) and not version_clauses(text):
        name = row.parameter.name.rpartition(".")[2]
        own = _as_name(unless["own"]) == name.lower() and not _ROLES.search(unless["rest"])
        return Blank("shown", absent=(_as_name(unless["left"]),)) if own else None
    m = _ONLY.match(text)
    if m is None or row.section != "response" or version_clauses(text) or _ROLES.search(m["when"]):
        return None
    when = re.sub(r"\s+", " ", m["when"]).strip(" .*")
    if found := _STATUS.match(when):
        return Blank("absent", outside=tuple(value.text for value in values(found["values"])))
    if found := _QUERY.match(when):
        return Blank("absent", absent=(found["name"],))
    return Blank("absent")


def _as_name(phrase: str) -> str:
    """Words as the name of a field has them."""
    return "_".join(phrase.lower().split())


_ALWAYS = re.compile(
    rf"^(?:From|Since|As\s+of|Start(?:ing|s)\s+(?:from|with|in))\s+(?:the\s+)?(?:API\s+)?(?:micro)?version\s+"
    rf"(?P<version>\d+\.\d+)(?:\s+on(?:wards?)?)?,?\s+{_ITSELF}\s+(?:will\s+always\s+be|is\s+always)\s+{_SHOWN}"
    r"(?:\s+unless\s+(?:the\s+)?``\w+``\s+query\s+parameter\s+is\s+(?:(?:provided|given|specified)\s+and\s+(?:is\s+)?)?"
    r"set\s+to\s+``\w+``)?\.?$",
    _FLAGS,
)


def always_since(text: str) -> str | None:
    """Return the version from which on a field is in every answer to a query that does not exclude it; None if none."""
    m = _ALWAYS.match(text)
    return m["version"] if m else None
