"""Fields of an answer that a request must ask for: the table has them as required, and a sentence says when (J8).

Read: "If the request has the ``detail`` URL parameter set to true, each car will also include the following fields.",
of the rows of the next table; "When ``detail`` is set to True in the query string, will return the full representation
of the car", of all rows, since the sentence does not say which of them the short form has. Not read: sentences that
name no query parameter of the operation. The text of a directive begins with its version: since then one may ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.document import ParameterRow
from parsers.prose.rules import AskedFor, Reading, Rule, Scope
from parsers.prose.sentences import Sentence

_ASKED = (
    r"^(?:\d+\.\d+\s+)?(?:If|When)\s+(?:the\s+request\s+has\s+)?(?:the\s+)?[\"“`]*(?P<name>\w+)[\"”`]*\s+"
    r"(?:(?:URL|query)\s+)?(?:parameter\s+)?(?:is\s+)?set\s+to\s+`*true`*(?:\s+in\s+the\s+query(?:\s+string)?)?,?\s+"
)
_FOLLOWING = re.compile(
    _ASKED + r"(?:(?:each|the|every)\s+(?:[\w-]+\s+){1,3})?will\s+(?:also\s+)?(?:include|contain|have|show)\s+"
    r"the\s+following\s+(?:additional\s+)?(?:fields|attributes|parameters)\W*$",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    _ASKED + r"(?:(?:it|this|the\s+query)\s+)?will\s+return\s+the\s+full\s+representation\b[^,;]*$", re.IGNORECASE
)


def _asked_for(sentence: Sentence, scope: Scope) -> Reading | None:
    m = _FOLLOWING.match(sentence.text)
    found = m or _WHOLE.match(sentence.text)
    rows = scope.source.rows if scope.source is not None else ()
    if found is None or not any(row.section == "request" and row.parameter.name == found["name"] for row in rows):
        return None
    answered = [row for row in rows if row.section == "response"]
    table = tuple(_next_table(answered, sentence.line)) if m else answered
    return Reading(tuple(AskedFor(row.key) for row in table)) if table else None


def _next_table(rows: list[ParameterRow], line: int) -> Iterator[ParameterRow]:
    """Give the rows of the first table below a line: they stand on lines that follow each other."""
    last = None
    for row in sorted((row for row in rows if row.row_line > line), key=lambda row: row.row_line):
        if last is not None and row.row_line > last + 1:
            return
        last = row.row_line
        yield row


RULES = (Rule("shown-if-asked-for", "J8", _asked_for, ("set to",)),)
