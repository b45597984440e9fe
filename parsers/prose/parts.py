"""A rule for the sizes of lists and objects (J2): how many entries they may have, and how long an entry may be.

Read: "Each tag is a string of at most 60 characters", "The maximum size for each key and value pair is 255 bytes", "The
list is restricted to a maximum of 50 IDs", "Each car can have up to 50 tags". Not read: sizes in some versions only,
and the size of the thing that an entry stands for ("the decoded file").
"""

from __future__ import annotations

import re

from parsers.document import ParameterRow
from parsers.prose.clauses import version_clauses
from parsers.prose.defaults import COMPOSED
from parsers.prose.sentences import Sentence

_FLAGS = re.IGNORECASE | re.ASCII
_MOST = r"(?:at\s+most|a\s+maximum\s+of|up\s+to|no\s+(?:more|longer)\s+than|limited\s+to)"
_LENGTH = re.compile(
    rf"^(?:Each|An?|The)?\s*(?P<what>[\w -]*?)\s*(?:is|are|can\s+be|must\s+be)\s+"
    rf"(?:an?\s+(?:[\w-]+\s+)*?string(?:\s+of)?\s+)?{_MOST}\s+(?P<n>\d+)\s+(?:characters?|chars?|bytes?)"
    r"(?:\s+in\s+length|\s+long)?\.?$|"
    r"^The\s+maximum\s+(?:size|length)\s+(?:for|of)\s+(?:each|the)\s+"
    r"(?P<second>[\w -]*?(?:keys?|values?|pairs?|tags?|entr\w+))\s+is\s+(?P<n2>\d+)\s+(?:characters?|bytes?)"
    r"(?:\s+each)?\.?$",
    _FLAGS,
)
_COUNT = re.compile(
    rf"^The\s+list\s+is\s+(?:restricted|limited)\s+to\s+(?:{_MOST}\s+)?(?P<n>\d+)\s+\w+\.?$|"
    r"^The\s+maximum\s+(?:count|number)\s+of\s+\w+\s+in\s+this\s+list\s+is\s+(?P<n2>\d+)\.?$|"
    rf"^Each\s+\w+\s+can\s+have\s+{_MOST}\s+(?P<n3>\d+)\s+(?P<what>\w+)\.?$",
    _FLAGS,
)


def of_row(sentence: Sentence, row: ParameterRow) -> dict[str, object] | None:
    """J2: the size of the parts of a list or an object."""
    if (row.parameter.type or "").lower() not in COMPOSED or version_clauses(sentence.text):
        return None
    if m := _LENGTH.match(sentence.text):
        return {"max_part_length": int(m["n"] or m["n2"])}
    m = _COUNT.match(sentence.text)
    if m is None or (m["what"] and m["what"].lower() != row.parameter.name.rpartition(".")[2].lower()):
        return None
    return {"max_items": int(m["n"] or m["n2"] or m["n3"])}
