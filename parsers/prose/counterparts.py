"""Operations that are described by a reference to another one, whose counterpart they are (J9).

Read: "Please refer to Show car for more information on the request, response and return codes.", the only description
of another URL for the same thing. Not read: sentences that refer to another operation for less than these three, or to
another document. Whether the file has an operation of this title is seen by ``parsers.counterparts``.
"""

from __future__ import annotations

import re

from parsers.prose.rules import Reading, Referred, Rule, Scope
from parsers.prose.sentences import Sentence

_REFERRED = re.compile(
    r"^(?:Please\s+)?(?:refer\s+to|see)\s+(?P<title>[^.,;]+?)\s+for\s+(?:more\s+)?(?:information|details)\s+(?:on|about)\s+"
    r"the\s+request,\s+(?:the\s+)?response,?\s+and\s+(?:the\s+)?(?:return|response|status)\s+codes\W*$",
    re.IGNORECASE,
)


def _referred(sentence: Sentence, scope: Scope) -> Reading | None:
    found = _REFERRED.match(sentence.text)
    if found is None or scope.source is None:
        return None
    return Reading((Referred(" ".join(found["title"].split()), sentence.line),))


RULES = (Rule("counterpart", "J9", _referred, ("codes",)),)
