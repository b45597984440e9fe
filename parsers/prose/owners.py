"""Finds the thing that a phrase names, to which the status of a sentence belongs.

In this order: a pronoun means the operation's own thing; an abbreviation stands for a thing of the path or the title;
the path names a thing by all of its words, or by the last of them ("the attachment" of ``/gateway-attachments``); the
known nouns; the titles. A phrase of another kind names a thing of its own ("the virtual gateway" that the body
names), unless its last word names nothing that has a status (a request, a value, a user).
"""

from __future__ import annotations

import re

from parsers.prose.rules import Scope, resources_of
from parsers.prose.words import DETERMINER, singular

_FLAGS = re.IGNORECASE | re.ASCII
_OWN = frozenset(
    (
        "it",
        "they",
        "them",
        "its",
        "their",
        "the",
        "this",
        "these",
        "resource",
        "object",
        "previous",
        "current",
        "initial",
        "resulting",
    )
)
_MODIFIERS = frozenset(
    """
    all another any associated certain chosen corresponding current each every existing given involved matching my
    new newly old only original other private related remote requested required respective running selected some
    source specified such target that those underlying
    """.split()  # noqa: SIM905 -- a list of words reads better so
)
"""Words before a noun that are no part of the thing's name."""
_NO_THINGS = frozenset(
    """
    access account action address admin administrator agent api argument attempt attribute authentication backend
    body call caller check client cloud code command condition configuration content copy count creation customer
    data date default deletion detail documentation driver effect encryption entry error event exception extension
    feature field following function header http id information input interface item key kind left limit list
    location method mode name note number one operation option order output owner parameter password permission
    plugin policy process protection query quota reason request resource response result right role scenario section
    setting side size space state status support system tag text time type url usage user value version way
    """.split()  # noqa: SIM905 -- a list of words reads better so
)
"""Last words of phrases that name no thing with a status, unless the path or the title names it."""
_WORD = re.compile(r"[A-Za-z][A-Za-z-]*$")
_KINDS = re.compile(r"\b(?P<kind>[A-Z]{2,5})\s+(?P<noun>[A-Za-z]{3,})\b")
_KIND = re.compile(rf"{_KINDS.pattern}\W*$")
"""A noun with an abbreviation that tells of which kind the thing is: "the HA instance"."""
_VERBAL = re.compile(r"^\w+(?:ing|ed)$", _FLAGS)
_JOINING = re.compile(
    r"^(?:is|are|be|been|was|has|have|can|cannot|must|may|should|will|not|if|when|and|or|you|until|unless|of|in|to|for|with|which|that|who|whose|only)$",
    _FLAGS,
)


def owner_of(phrase: str, scope: Scope, *, another: bool = True) -> str | None:
    """Return the thing that a phrase names; None if it names none.

    ``another``: True to take a thing that neither the path nor a title names.
    """
    phrase = re.sub(r"\s+(?:already|currently|still|now|only)$", "", re.sub(r"['\u2019]s?$", "", phrase.strip()))
    phrase = re.sub(r"^.*['\u2019]s\s+(?=\w)", "", phrase)
    phrase = re.sub(r"(?<=\w)\s+(?:resource|object)$", "", phrase) if len(_words(phrase)) > 1 else phrase
    words = _words(phrase)
    if not words or words[-1] in _OWN:
        return scope.resource
    if (short := _abbreviated(phrase, scope)) is not None:
        return short
    if (marked := _of_its_kind(phrase, scope)) is not None:
        return marked
    joined = "".join([*words[:-1], singular(words[-1])])
    if scope.source is not None and len(words) > 1 and joined in resources_of(scope.source.path):
        return joined  # "the stream group" of ``/streamgroups/{id}``
    known = scope.named(phrase) if scope.owner(phrase) is not None else None
    longer = _of_the_path(words, scope) or _of_the_title(re.findall(r"\b[a-z]+\b", _bare(phrase)), scope)
    if longer is not None and (known is None or len(longer.split()) > len(known.split())):
        return longer
    if known is not None or scope.source is None:
        return known
    last = singular(words[-1])
    if last in _told(scope) and len(last) > 3:
        return last
    return _other(phrase) if another else None


def _bare(phrase: str) -> str:
    """Return a phrase without the words in front that are no part of a name."""
    words = re.sub(rf"^{DETERMINER}\s+", "", phrase.strip(), flags=_FLAGS).split()
    while len(words) > 1 and (words[0].lower() in _MODIFIERS or words[0].lower().startswith("to-be-")):
        words = words[1:]
    return " ".join(words)


def _words(phrase: str) -> list[str]:
    return re.findall(r"[a-z]+", _bare(phrase).lower())


def _told(scope: Scope) -> set[str]:
    """Return the words, in the singular, of the path and of the titles of the operation and of its file."""
    own = f"{scope.source.path} {scope.source.title}" if scope.source is not None else ""
    text = f"{own} {scope.context.title}".lower()
    return {singular(word) for word in re.findall(r"[a-z]+", text)}


def _abbreviated(phrase: str, scope: Scope) -> str | None:
    """Return the thing that an abbreviation stands for: one of the path with these initials, or one by the title."""
    if scope.source is not None and (last := re.search(r"\b([A-Z]{2,5})s?\W*$", phrase)):
        for name in reversed(resources_of(scope.source.path)):
            if "".join(word[0] for word in name.split()).upper() == last[1]:
                return name
    return scope.abbreviated(phrase) if len(_words(phrase)) == 1 else None


def _of_its_kind(phrase: str, scope: Scope) -> str | None:
    """Return the thing of a phrase with an abbreviation before its noun, if the path or the title tells which it is.

    The path's own thing, if the path names it so ("HA instance" of ``/ha/{id}``); another thing, if the title gives the
    noun another abbreviation ("RDS instance" under the title "Resizing a DDM Instance").
    """
    m = _KIND.search(phrase)
    if m is None or scope.source is None:
        return None
    names = resources_of(scope.source.path)
    if m["kind"].lower() in names and singular(m["noun"].lower()) not in names:
        return m["kind"].lower()
    titles = f"{scope.source.title} . {scope.context.title}"
    kinds = {
        found["kind"]
        for found in _KINDS.finditer(titles)
        if singular(found["noun"].lower()) == singular(m["noun"].lower())
    }
    return f"{m['kind']} {singular(m['noun'])}".lower() if kinds and m["kind"] not in kinds else None


def _of_the_path(words: list[str], scope: Scope) -> str | None:
    """Return the thing of the path whose name ends in these words: "the peering attachment", "the attachment"."""
    if scope.source is None:
        return None
    names = resources_of(scope.source.path)
    wanted = [*words[:-1], singular(words[-1])]
    told = " ".join(map(singular, re.findall(r"[a-z]+", scope.source.title.lower())))
    if " ".join(wanted) in names:
        return None
    found = next((name for name in reversed(names) if name.split()[-len(wanted) :] == wanted), None)
    # A title with the short name only tells that the path's longer one is another's: "Pausing tasks" of /batch-tasks.
    return None if found is None or (" ".join(wanted) in told and found not in told) else found


def _of_the_title(words: list[str], scope: Scope) -> str | None:
    """Return the last two or three words if the title or the path names them together."""
    if scope.source is None:
        return None
    path = re.sub(r"[{}/_-]+", " ", scope.source.path)
    told = " ".join(singular(word) for word in re.findall(r"[a-z]+", f"{path} . {scope.source.title}".lower()))
    for length in (3, 2):
        name = " ".join(singular(word) for word in words[-length:])
        if len(words) >= length and re.search(rf"\b{name}\b", told):
            return name
    return None


def _other(phrase: str) -> str | None:
    """Return a thing that neither the path nor a title names, as it is written: "the NAT gateway" is a nat gateway."""
    words = _bare(phrase).split()
    if (
        not 0 < len(words) <= 3
        or not all(map(_WORD.match, words))
        or _VERBAL.match(words[-1])
        or any(re.search(r"ed$", word) for word in words[1:])
        or any(map(_JOINING.match, words))
    ):
        return None
    names = [word.lower() for word in words]
    names[-1] = singular(names[-1])
    return None if names[-1] in _NO_THINGS | _MODIFIERS or len(names[-1]) < 3 else " ".join(names)
