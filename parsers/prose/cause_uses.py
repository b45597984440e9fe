"""Clauses about what uses, holds or belongs to a thing: "there are still seats attached to it", "it contains no seats".

A use is the reason of a refusal (``USES``, a part of the forms of ``causes``); that there is none is a need
(``unused_by``). Not read: a number of uses ("more than one seat"), and a thing that is none of its own, such as a name.
"""

from __future__ import annotations

import re

from parsers.prose.cause_names import THE, WORDS, names_of
from specs.refusals import Cause

_FLAGS = re.IGNORECASE | re.ASCII
TIED = (
    r"(?:attached|associated|connected|bound|assigned|linked|mapped|registered|allocated|belonging|related|created|"
    r"exported)"
)
_STILL = r"(?:still\s+|currently\s+|already\s+|any\s+|some\s+|other\s+)*"
_DEPENDS = r"(?:depends?\s+on|uses?|(?:is|are)\s+using|references?|refers?\s+to|belongs?\s+to|relies\s+on|rely\s+on)"
KIND = (
    r"(?:(?:associated|dependent|attached|existing|child|remaining|active|linked|related|other|assigned|running)\s+)?"
)
"""A word before a use that is no part of its name."""
_ITS = (
    r"(?:\s+(?:that|which)\s+(?:is|are)\b.*|\s+(?:that|which)\s+.*\bof|"
    r"\s+(?:in|on|of|for|under|to|with)\s+(?:it|this|the)\b.*)?"
)
"""What tells that a use is one of the thing."""
_IT = r"(?:it|they|(?:the|this|that)\s+[\w -]+?)"
_NO_USE = frozenset(
    """
    access api attribute body character configuration content data default description double driver duplicate
    effect empty error extension extra feature field flag following format header id identical item key length limit
    list maximum metadata minimum more multiple name null number option own parameter permission plugin possibility
    privilege property quota reference request resource right role same schema service several size space spec state
    status string support tag time token two type unit value version white whitespace
    """.split()  # noqa: SIM905 -- a list of words reads better so
)
"""Words for what a thing has without being used by it."""
_NO_NUMBER = frozenset(
    (
        "different",
        "double",
        "duplicate",
        "empty",
        "following",
        "identical",
        "more",
        "multiple",
        "same",
        "several",
        "two",
    )
)
"""Words of a phrase that is about a number or a kind, and not about any use at all."""
_NO_HEAD = frozenset(
    ("description", "id", "name", "permission", "protection", "reference", "setting", "state", "status")
)
"""Words after others that name no thing of its own."""


def uses_of(phrase: str) -> tuple[str, ...]:
    """Return the things that a phrase names as uses; () if one of them is no thing of its own."""
    if re.search(r"[`*]", phrase):
        return ()  # a marked name is that of a field, or a value
    names = names_of(re.sub(r"\b([A-Z]{2,})s\b", r"\1", phrase))  # "VMs" are "VM"
    if any(_NO_NUMBER & set(name.split()) or re.search(r" \w*[^e]ed$", name) for name in names):
        return ()
    return tuple(name for name in names if name.split()[-1] not in (_NO_USE if " " not in name else _NO_HEAD))


def _use(m: re.Match[str]) -> Cause | None:
    names = uses_of(m["n"])
    return Cause(used_by=names) if names else None


USES = (
    (
        rf"there\s+(?:is|are)\s+(?!no\b|not\b){_STILL}{KIND}(?P<n>(?:{THE})?{WORDS})\s+{TIED}\s+(?:to|with|in|on|by|from)\s+.+",
        _use,
    ),
    (rf"(?!no\b)(?P<n>(?:{THE})?{WORDS})\s+(?:is|are)\s+{_STILL}{TIED}\s+(?:to|with|in|on)\s+(?:it|this|them)", _use),
    (
        rf"there\s+(?:is|are)\s+(?!no\b|not\b){_STILL}{KIND}(?P<n>(?:{THE})?{WORDS})\s+(?:that|which)\s+{_STILL}"
        rf"{_DEPENDS}\s+.+",
        _use,
    ),
    (rf"it\s+{_STILL}has\s+an?\s+(?:active|running|open)\s+(?P<n>{WORDS}(?:\s+(?:or|and)\s+{WORDS})?)", _use),
    (
        rf"(?:it\s+is|they\s+are)\s+(?:still\s+|currently\s+)?being\s+used\s+(?:by|in)\s+(?:any\s+)?{KIND}(?P<n>(?:{THE})?{WORDS})",
        _use,
    ),
    (rf"it\s+still\s+includes\s+(?:any\s+)?{KIND}(?P<n>{WORDS})", _use),
    (rf"(?:an?|any|another)\s+{KIND}(?P<n>{WORDS})\s+{_STILL}{_DEPENDS}\s+(?:it|them)", _use),
    (
        rf"it\s+{_STILL}has\s+(?:active|running|open|linked|registered|related)\s+(?P<n>{WORDS}(?:\s+(?:or|and)\s+{WORDS})?)",
        _use,
    ),
)
"""Forms of a clause that states a use."""

_UNUSED = tuple(
    re.compile(rf"^(?:{pattern})$", _FLAGS)
    for pattern in (
        rf"{_IT}\s+(?:contains?|has|have|holds?|owns?)\s+no\s+{KIND}(?P<n>{WORDS}){_ITS}",
        rf"{_IT}\s+(?:does|do)\s+not\s+(?:contain|have|hold|own)\s+(?:any\s+)?{KIND}(?P<n>{WORDS}){_ITS}",
        rf"there\s+(?:is|are)\s+no\s+(?:more\s+|longer\s+|longer\s+any\s+)?{KIND}(?P<n>{WORDS}?)(?:\s+{TIED}\s+(?:to|with|in|on|by|from)\s+.+|{_ITS})",
        rf"no\s+{KIND}(?P<n>{WORDS})\s+(?:is|are)\s+{_STILL}{TIED}\s+(?:to|with|in|on)\s+.+",
        rf"(?:it|the\s+[\w -]+?)\s+is\s+not\s+(?:in\s+use|used)\s+by\s+(?:any\s+|an?\s+){KIND}(?P<n>{WORDS})",
    )
)


def unused_by(clause: str) -> tuple[str, ...]:
    """Return the things of which a clause says that there are none: "it contains no seats"; () for another clause."""
    text = clause.strip(" ,.:;")
    return next((uses_of(m["n"]) for m in (pattern.match(text) for pattern in _UNUSED) if m is not None), ())
