"""Fields and parameters that a version adds, as a ``versionadded`` directive names them (E3).

Read: "Added the ``speed`` field.", "Introduced the ``wheels`` and ``doors`` response fields.", "Added the ``color``
query parameter and ``paint`` response field." Not read: sentences after the first, and texts in which other words stand
before the names, such as "Added validation of the ``speed`` field": that field may be older.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.prose.rules import Added

_FIRST = re.compile(r"\s*(?:Added|Introduced)\s+(?:support\s+for\s+)?(?P<all>.*?)(?:\.(?:\s|$)|$)", re.DOTALL)
_NAMED = re.compile(
    r"(?:\s*,?\s*and\s+)?(?:the\s+)?(?P<names>``[\w.:-]+``(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)``[\w.:-]+``)*)\s+"
    r"(?P<where>(?:boolean\s+|request\s+|response\s+|query\s+|and\s+)*)(?:fields?|parameters?)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"``([\w.:-]+)``")


def added(version: str, text: str) -> Iterator[Added]:
    """Give the fields that the first sentence of a directive's text says to be new in a version."""
    first = _FIRST.match(text)
    rest = first["all"] if first else ""
    while found := _NAMED.match(rest):
        rest = rest[found.end() :]
        where = found["where"].lower()
        asked, answered = "request" in where or "query" in where, "response" in where
        for name in _NAME.findall(found["names"]):
            yield Added(name, version, in_request=asked or not answered, in_response=answered or not asked)
