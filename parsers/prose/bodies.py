"""Rules for response bodies (K1, E7) that are empty, for all versions or for some.

Read: "If it succeeds, this call does not return any content", "There is no body for the response of a DELETE", "No
body is returned on ...", "The response body is empty", with or without a version. Not read: an empty request body, a
list that may be empty, "no content" of a part of the body.
"""

from __future__ import annotations

import re

from parsers.prose.clauses import version_clauses
from parsers.prose.rules import NOTHING, Reading, Rule, Scope
from parsers.prose.sentences import Sentence
from specs.model import Body

_FLAGS = re.IGNORECASE | re.ASCII
_EMPTY = re.compile(
    r"\b(?:does\s+not|doesn't|will\s+not|don't|do\s+not)\s+return\s+(?:(?:any\s+)?(?:content|data|anything)(?:\s+in"
    r"\s+the\s+(?:response\s+)?body)?|"
    r"(?:a|any)\s+(?:response(?:\s+body)?|body))\b|"
    r"^No\s+response\s+(?:will\s+be|is)\s+returned\b|"
    r"\bthere\s+is\s+no\s+(?:response\s+)?(?:body\s+content|body|content)\b|"
    r"\bno\s+(?:response\s+)?(?:body|content|body\s+content)(?:\s+content)?\s+is\s+returned\b|"
    r"\b(?:the\s+)?response\s+body\s+is\s+(?:always\s+)?empty\b|"
    r"\b(?:has|have|with)\s+no\s+(?:response\s+body|body\s+in\s+the\s+response)\b|"
    r"\breturns?\s+(?:an\s+)?(?:empty\s+(?:response\s+)?body|no\s+(?:content|body))\b|"
    r"^No\s+body\s+content\b",
    _FLAGS,
)
_REQUEST = re.compile(
    r"\brequest\s+body\b|\bbody\s+(?:content\s+)?(?:in|for|of)\s+the\s+request\b|\brequest\s+does\s+not\b(?!\s+return)",
    _FLAGS,
)
_NEITHER = re.compile(
    r"^(?:This|The)\s+\w+\s+(?:does\s+not|doesn't)\s+\w+\s+(?:an?|any)\s+request\s+body\s+(?:and|or)\s+(?:does\s+not|"
    r"doesn't|will\s+not)?\s*returns?\s+(?:an?|any)\s+response(?:\s+body)?\.?$",
    _FLAGS,
)
_PART = re.compile(r"^(?:If|When)\s+(?!successful|the\s+(?:request|operation|call)\s+(?:is\s+)?succe)", _FLAGS)
_CONTAINS = re.compile(r"\bresponse\s+contains\s+the\s+following\b|\bfollowing\s+parameters\b", _FLAGS)


def _empty(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """K1, E7: the body is empty, for all versions or for some."""
    text = sentence.text
    if not _EMPTY.search(text) or (_REQUEST.search(text) and not _NEITHER.match(text)) or _PART.match(text):
        return None
    clauses = version_clauses(text)
    if len(clauses) > 1:
        return None
    low, high = (clauses[0][0], clauses[0][1]) if clauses else (None, None)
    bounds = sentence.block.versions
    return Reading((Body("empty", sentence.line, low or bounds.min, high or bounds.max),))


def _until(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """E7: "Until microversion 2.4, a response contains the following": so it is empty from 2.5 on."""
    return NOTHING if _CONTAINS.search(sentence.text) and version_clauses(sentence.text) else None


_NO_REQUEST_BODY = re.compile(
    r"^(?:This|The)\s+(?:operation|API|action|call|method|request|API\s+call)\s+(?:has\s+no\s+request"
    r"\s+parameters\s+and\s+)?(?:"
    r"(?:does\s+not|doesn't|will\s+not|do\s+not)\s+(?:accept|allow|require|need|take|have|expect|support|contain|"
    r"include|use)"
    r"\s+(?:an?|any)\s+(?:request\s+)?body|has\s+no\s+(?:request\s+)?body|(?:takes|accepts|needs|requires)\s+no\s+"
    r"(?:request\s+)?body)(?:\s+content)?\.?$|"
    r"^(?:There\s+is\s+)?no\s+request\s+body(?:\s+is)?(?:\s+(?:required|needed|accepted|expected|necessary))?\.?$|"
    r"^(?:The\s+)?(?:request\s+body|body\s+of\s+the\s+request)\s+(?:is|must\s+be|should\s+be)\s+empty\.?$|"
    r"^(?:A|The)\s+request\s+body\s+is\s+not\s+(?:required|needed|accepted|expected|necessary)\.?$",
    _FLAGS,
)


def _no_request_body(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """K1: the request has no body. The sentence does not say that a body is refused, so nothing is promised."""
    return NOTHING if _NO_REQUEST_BODY.match(sentence.text) else None


RULES = (
    Rule("no-request-body", "K1", _no_request_body, ("body",)),
    Rule("empty-body", "K1", _empty, ("body", "content", "response", "data", "anything")),
    Rule("body-until", "E7", _until, ("follow",)),
)
