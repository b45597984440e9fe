"""Sentences about the whole table of an answer: the version of which it is, and the null of most of its fields (J9).

Read: "The list and example below are representative of the response as of API microversion 1.95": a field of the table
is there from that version on, and nothing is said of earlier ones. "Most fields default to ``null``": any field of the
answer may be null that not every answer has. Not read: the version or the default of one field, and sentences about
the request.
"""

from __future__ import annotations

import re

from parsers.prose.rules import Reading, Rule, Scope, Tabled
from parsers.prose.sentences import Sentence

_VERSION = re.compile(
    r"^The\s+(?:(?:list|table|example|fields?|response)s?\b[\s,]*(?:and\s+)?){1,3}(?:(?:above|below|here)\s+)?(?:is|are)\s+"
    r"representative\s+of\s+the\s+response\s+as\s+of\s+(?:the\s+)?(?:API\s+)?(?:(?:micro)?version\s+)(?P<version>\d+\.\d+)\W*$",
    re.IGNORECASE,
)
_NULL = re.compile(
    r"^(?:Most|Many|All)\s+(?:of\s+(?:the|these)\s+)?(?:other\s+)?fields\s+default\s+to\s+[\"“`]*null[\"”`]*"
    r"(?:\s+or\s+(?:\"\"|``\"\"``|an\s+empty\s+string))?\W*$",
    re.IGNORECASE,
)


def _tabled(sentence: Sentence, scope: Scope) -> Reading | None:
    if scope.source is None:
        return None
    if m := _VERSION.match(sentence.text):
        return Reading((Tabled(version=m["version"]),))
    return Reading((Tabled(nullable=True),)) if _NULL.match(sentence.text) else None


RULES = (Rule("table-of-a-version", "J9", _tabled, ("representative", "default to")),)
