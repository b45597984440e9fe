"""Response codes: lists (A1-A4), codes explained below a list (A5), in running prose (A6), bound to versions (A7).

A code is three digits, never next to a dot (2.100 is a version) nor before a unit (255 bytes is a size). The number
is the truth; the name beside it is kept as written.
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.document import Block
from parsers.prose.clauses import before, gone_from, some, version_range
from parsers.prose.rules import CodeRange, Reading, Rule, Scope
from parsers.prose.sentences import Sentence, plain
from specs.model import Code, When

_NUMBER = r"(?<![\d.:#/=])[1-5]\d\d(?![\d:%]|\.\d|\s+(?:bytes|characters|chars|seconds|items|[KMG]i?B)\b)"
_LABEL = re.compile(
    r"^\W*(?P<kind>normal|success(?:ful)?|error|fault|failure)s?\b[\w\s/]*?\b(?:codes?|"
    r"response)\s*(?:\(s\))?\s*\W*?:+\W*",
    re.IGNORECASE,
)
_IN_LIST = r"(?<![\d.])[1-5]\d\d(?![\d.]*\d)"
_LISTED = re.compile(
    rf"(?:(?P<name>[A-Za-z]\w*)\s*)?\(?(?P<code>{_IN_LIST})\)?(?:\s*\((?P<note>[^()]*)\))?",
)
_SENTENCE_END = re.compile(r"\.\s")
_RANGE = re.compile(
    r"(?:micro)?versions?\s+(?P<low>\d+\.\d+)\s*(?P<open>[-–+]|to|and)?\s*(?P<high>\d+\.\d+)?", re.IGNORECASE
)


def is_codes(text: str) -> bool:
    """Whether a paragraph is a list of codes by its label."""
    return _LABEL.match(plain(text)) is not None


def _one(m: re.Match[str], line: int) -> Code:
    low = high = None
    if m["note"] and (bounds := _RANGE.search(m["note"])):
        low, high = bounds["low"], bounds["high"] or (None if bounds["open"] else bounds["low"])
    name = m["name"]
    return Code(
        int(m["code"]), line, name if name and name.lower() not in ("and", "or", "http", "codes") else None, low, high
    )


def read_lists(block: Block, items: tuple[Block, ...] = ()) -> list[tuple[str, tuple[Code, ...]]]:
    """Read the lists of codes of a paragraph: usually one, two where no blank line stands between their labels."""
    parts: list[list[str]] = []
    for line in block.text.split("\n"):
        if parts and not _LABEL.match(plain(line)):
            parts[-1].append(line)
        else:
            parts.append([line])
    found = (read_list(replace(block, text="\n".join(part)), items) for part in parts)
    return [one for one in found if one is not None]


def read_list(block: Block, items: tuple[Block, ...] = ()) -> tuple[str, tuple[Code, ...]] | None:
    """Read a list of codes: ``normal`` or ``error``, and the codes in order; None where the text is no list.

    A list below the label ("Error codes:", then bullets) is read item by item, each with its own line; an item gives
    its first code alone, for what follows explains it.
    """
    text = plain(block.text)
    label = _LABEL.match(text)
    if label is None:
        return None
    kind = "error" if label["kind"].lower() in ("error", "fault", "failure") else "normal"
    found, last = [], label.end()
    for m in _LISTED.finditer(text, label.end()):
        if _SENTENCE_END.search(text, last, m.start()):
            break  # what follows the list explains it
        found.append(_one(m, block.line))
        last = m.end()
    if not found:
        for item in items:
            if first := _LISTED.search(plain(item.text)):
                found.append(_one(first, item.line))
    return kind, tuple(found)


_DIGITS = re.compile(r"\d\d\d")
_TALK = re.compile(
    r"\b(?:HTTP|response|respon[ds]+|returns?|returned|status|errors?|fails?|reject\w*|raises?|results?|blocked)\b|"
    r"^`?[1-5]\d\d",
    re.IGNORECASE,
)
_PROSE = re.compile(
    rf"""
      \bHTTP\s+(?:\w+\s+){{0,2}}(?:``)?(?P<http>{_NUMBER})
    | (?P<named>{_NUMBER})
      (?:\s+(?:HTTP\w*|error|response|status|code|conflict|bad\s+request|not\s*found|forbidden)\b|``\s+(?:error|response|status))
    | \((?P<paren>{_NUMBER})\)
    | \b(?:code|status|response|return(?:s|ed)?|raises?|with|an?)\s+(?:an?\s+|the\s+)?(?:``)?
      (?P<after>[2345]\d\d)(?![\w%-]|\.\d|\s+(?:bytes|char\w*|items?|sec\w*|[KMG]i?B)\b)
    | (?P<first>{_NUMBER})\s+(?:is\s+returned|will\s+be\s+returned)
    | ^(?P<item>{_NUMBER})\s+-\s
    | ``(?P<only>{_NUMBER})(?:\s+[A-Za-z]+)*``
    | `(?P<tick>{_NUMBER})\s+[A-Za-z]+(?:\s+[A-Za-z]+)*`
    """,
    re.IGNORECASE | re.VERBOSE,
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""What a service answers for another: never what an operation of its own API promises in passing."""


def codes_in(text: str) -> tuple[int, ...]:
    """The codes that running prose names, in order."""
    found: list[int] = []
    if not _DIGITS.search(text) or not _TALK.search(text):
        return ()
    for m in _PROSE.finditer(text):
        number = int(next(g for g in m.groupdict().values() if g))
        if number not in found and number not in _REDIRECTS:
            found.append(number)
    return tuple(found)


def _explained(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001
    """A code that a sentence explains: "400 - BadRequest - if ...", "the request is rejected with 409"."""
    found = codes_in(sentence.text)
    if not found:
        return None
    if gone_from(sentence.text):
        return None  # that the operation is gone: a matter of its versions
    bounds = version_range(sentence.text)
    if re.search(r"\bin\s+version\b", sentence.text, re.IGNORECASE):
        bounds = None  # of that version alone, or from it on: it does not say
    when = some(When(min=bounds[0], max=bounds[1])) if bounds else None
    return Reading(tuple(Code(code, sentence.line, when=when, listed=False) for code in found))


_CHANGED = re.compile(
    rf"\bcodes?\b.*\bchanged\s+from\s+(?P<old>{_NUMBER})\s+to\s+(?P<new>{_NUMBER})\s+(?:in|with|since|"
    rf"from)\b.*?(?P<version>\d+\.\d+)",
    re.IGNORECASE,
)
_SINCE = re.compile(
    rf"\b(?:normal|success\w*)\b.*\bcodes?\s+(?:is|was|will\s+be)\s+(?P<code>{_NUMBER})\s+(?:in|with|since|from|"
    rf"for)\b.*?(?P<version>\d+\.\d+)",
    re.IGNORECASE,
)


def _bound(sentence: Sentence, scope: Scope) -> Reading | None:  # noqa: ARG001
    """A7: a code that holds from a version on, or changed in one."""
    if m := _CHANGED.search(sentence.text):
        old = Code(int(m["old"]), sentence.line, max=before(m["version"]))
        return Reading((CodeRange(old), CodeRange(Code(int(m["new"]), sentence.line, min=m["version"]))))
    if m := _SINCE.search(sentence.text):
        return Reading((CodeRange(Code(int(m["code"]), sentence.line, min=m["version"])),))
    return None


RULES = (
    Rule("code-bound-to-version", "A7", _bound, ("code",)),
    Rule("code-in-prose", "A6", _explained),
)
