"""Headers that requests have to carry with a fixed value, and the groups of APIs of which sentences say so (J10).

Read: "All trial APIs require the ``X-Cars-Trial: True`` header to be sent in the requests.", "Requests must include the
``X-Cars-Seat`` header, set to ``1``.", "The following APIs are part of the trial feature.", "Car Door APIs are `trial
APIs <#trial>`_.", "Car Door APIs are no longer considered trial since API version 2.55." Not read: headers that may be
sent, headers without a value, and those that HTTP itself or every client of a cloud has, such as a media type, a token
or a version. A sentence about the APIs of a name counts where the document has that name as its title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.document import FileContext, OperationSource
from parsers.prose.rules import Carried, Fact, Grouped, Reading, Rule, Scope
from parsers.prose.sentences import Sentence, in_blocks
from parsers.prose.words import singular
from specs.microversion import Microversion

_NAME = r"(?P<{0}>[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+)"
_VALUE = r"(?P<{0}>[!-_a-~]+)"
_HEADER = r"\s+(?:(?:HTTP|request)\s+)*header"
_CARRIED = re.compile(
    r"^(?:(?:All|Every|Each|The)\s+)?(?:(?P<group>[a-z]+)\s+)??(?:(?:These|following)\s+)?"
    r"(?:API\s+)?(?:APIs?|requests?|operations?|calls?)\s+"
    r"(?:requires?|needs?|must\s+(?:include|contain|carry|have|specify|send))\s+(?:the|an?)\s+"
    rf"(?:``{_NAME.format('name')}:\s*{_VALUE.format('value')}``{_HEADER}"
    rf"|``{_NAME.format('apart')}``{_HEADER},?\s+(?:set\s+to|with\s+(?:a|the)\s+value(?:\s+of)?)\s+"
    rf"``{_VALUE.format('set')}``)"
    r"(?:\s+to\s+be\s+(?:sent|included|set|given|present)(?:\s+(?:in|with)\s+(?:(?:the|all|each|every)\s+)?requests?)?)?"
    r"\W*$",
    re.IGNORECASE,
)
_USUAL = re.compile(
    r"(?:content|accept|if|transfer)-.*|.*-(?:version|token|override|method)|.*-method-.*", re.IGNORECASE
)
"""Headers of HTTP itself, those that every client of a cloud sends, and those that stand for another method."""
_PLACEHOLDER = re.compile(r"[<>{}$*]|\.\.\.|^(?:[A-Z]{2}[A-Z_-]*|value|string|uuid|id|name|version|token)$")
_NO_GROUP = frozenset(
    {"some", "no", "other", "most", "many", "few", "several", "certain", "both", "first", "second", "subsequent"}
    | {"further", "additional", "next", "last", "only", "such", "get", "post", "put", "patch", "delete", "head"}
    | {"create", "update", "show", "list", "http", "client"}
)
"""Words before "APIs" or "requests" that tell some of them from others, by no group that a sentence could name."""
_GROUP = r"[`*]{0,2}(?P<group>[a-z]+)[`*]{0,2}"
_FOLLOWING = frozenset({"the following", "these", "following"})
_MEMBER = re.compile(
    rf"^(?P<who>[A-Z][\w -]*?)\s+APIs\s+are\s+(?:a\s+)?part\s+(?:(?:of|an?|the)\s+)+`*{_GROUP}\s+(?:feature|API)s?\b"
    rf"|^(?P<whose>[A-Z][\w -]*?)\s+APIs\s+are\s+`*{_GROUP.replace('group', 'kind')}\s+APIs\W*$"
)
_LEFT = re.compile(
    rf"^(?P<who>[A-Z][\w -]*?)\s+APIs\s+are\s+no\s+longer\s+(?:considered\s+)?{_GROUP}\s+since\s+"
    r"(?:API\s+)?(?:micro)?version\s+`*(?P<version>\d{1,4}\.\d{1,5})`*\W*$"
)
_CUES = ("header", "apis are ")


def _carried(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001 -- every rule takes both
    """A header with its value that the requests of a group, or of a place of the reference, have to carry."""
    found = _CARRIED.match(sentence.text)
    if found is None:
        return None
    name, value = found["name"] or found["apart"], found["value"] or found["set"]
    if _USUAL.fullmatch(name) or _PLACEHOLDER.search(value) or (found["group"] or "").lower() in _NO_GROUP:
        return None
    return Reading((Carried(name, value, (found["group"] or "").lower(), sentence.line),))


def _grouped(sentence: Sentence, scope: Scope) -> Reading | None:
    """The group of the APIs around a sentence: for all versions, or until a version."""
    left = _LEFT.match(sentence.text)
    if left is not None and _is_about(left["who"], scope):
        last = Microversion.parse(left["version"]).previous
        return Reading((Grouped(left["group"], str(last)),)) if last is not None else None
    found = _MEMBER.match(sentence.text)
    if found is None or not _is_about(found["who"] or found["whose"], scope):
        return None
    return Reading((Grouped(found["group"] or found["kind"]),))


def _is_about(who: str, scope: Scope) -> bool:
    """Whether the words before "APIs" mean the operations of this place: "the following" ones, or its title's."""
    if who.lower() in _FOLLOWING:
        return True
    return _words(who) == _words(re.sub(r"\([^()]*\)|\bAPIs?\b", " ", scope.context.title))


def _words(text: str) -> list[str]:
    return [singular(word) for word in re.findall(r"[a-z0-9]+", text.lower())]


def around(source: OperationSource) -> Iterator[tuple[str, Fact]]:
    """Give the facts in the sections of other files around an operation, each with its file."""
    for part in source.around:
        # A file has hundreds of operations below the same few sections: nearly all of their blocks are left at once.
        told = [block for block in part.blocks if any(cue in block.text.lower() for cue in _CUES)]
        scope = Scope(FileContext(part.path))
        for sentence in in_blocks(told):
            for rule in RULES:
                reading = rule.read(sentence, scope)
                yield from ((part.path, fact) for fact in reading.facts) if reading is not None else ()


RULES = (
    Rule("header-to-carry", "J10", _carried, ("header",)),
    Rule("group-of-apis", "J10", _grouped, ("apis are ",)),
)
