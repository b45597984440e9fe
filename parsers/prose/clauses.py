"""Readers of clauses that qualify a statement: microversions, the code of a refusal, traits of the environment.

Version clauses are read as closed ranges: "before 2.30" ends at 2.29, "up to 2.30" at 2.30. "Until 2.30" excludes
2.30, since references write it of behaviour that changes with 2.30.
"""

from __future__ import annotations

import re
from functools import lru_cache

from parsers.prose.forms import Form, form
from specs.microversion import Microversion
from specs.model import When

NUMBER = r"(?:``)?v?(?P<{0}>\d{{1,2}}\.\d{{1,3}})(?![\d.]*\d)(?:``)?"
_KIND = r"(?:the\s+)?(?:(?:REST\s+)?API\s+)?(?:``|\*\*)?(?:micro)?versions?(?:\s+of\s+the\s+API)?"
_NAMED = rf"(?:{_KIND}\s+(?:is\s+)?|(?:the\s+)?(?=(?:``)?v?\d))"
_AFTER = r"(?:\s+(?:micro)?version(?:``|\*\*)?)?"


def _number(name: str) -> str:
    return NUMBER.format(name) + r"(?:\*\*)?"


_OR_LATER = (
    r"\s*,?\s*(?:\+|(?:or|and)\s+(?:greater|later|higher|newer|above|beyond|onwards?|up|after)|onwards?|inclusive)"
)
_PATTERNS: tuple[tuple[str, Form], ...] = tuple(
    (name, form(pattern, *cues))
    for name, cues, pattern in (
        (
            "between",
            (),
            rf"\b(?:for|from|between|in|on)\s+{_NAMED}(?:from\s+|between\s+)?{_number('low')}\s*(?:to|and|-|through|"
            rf"until)\s*"
            rf"(?:{_KIND}\s+)?{_number('high')}(?:\s+inclusive(?:ly)?)?",
        ),
        (
            "later",
            ("+", "greater", "later", "higher", "newer", "above", "beyond", "onward", "up", "after", "inclusive"),
            rf"(?:\b(?:with|for|in|on|from|since|at\s+least)\s+)?{_NAMED}{_number('low')}{_OR_LATER}",
        ),
        (
            "earlier",
            ("earlier", "lower", "older", "below", "before"),
            rf"(?:\b(?:with|for|in|on)\s+)?{_NAMED}{_number('high')}\s+(?:or|and)\s+(?:earlier|lower|older|below|"
            rf"before)",
        ),
        (
            "at least",
            (">=", "≥", "least"),
            rf"(?:\b(?:with|for|if|in|on)\s+)?(?:any\s+)?{_KIND}\s*(?:>=|≥|at\s+least)\s*{_number('low')}",
        ),
        (
            "over",
            (">", "greater", "later", "newer"),
            rf"(?:\b(?:with|for|if|in|on)\s+)?(?:any\s+)?{_KIND}\s*(?:>|greater\s+than|later\s+than|newer\s+"
            rf"than)\s*{_number('above')}",
        ),
        ("at most", ("<=", "≤"), rf"(?:\b(?:with|for|if|in|on)\s+)?(?:any\s+)?{_KIND}\s*(?:<=|≤)\s*{_number('high')}"),
        (
            "under",
            ("<", "less", "lower", "older", "earlier", "before", "prior"),
            rf"(?:\b(?:with|for|if|in|on|a)\s+)?(?:any\s+)?{_KIND}\s*(?:<|(?:less|lower|older|earlier)\s+than|before|"
            rf"prior\s+to)\s*"
            rf"{_number('below')}",
        ),
        (
            "from",
            ("start", "begin"),
            rf"\b(?:starting|beginning|start|begin)\s+(?:from|with|in|at|since|on)?\s*{_NAMED}{_number('low')}{_AFTER}",
        ),
        (
            "since",
            (),
            rf"\b(?:since|from|as\s+of|with|after|in|at\s+least|added\s+in|new\s+in|"
            rf"requires)\s+{_NAMED}{_number('low')}{_AFTER}",
        ),
        (
            "up to",
            ("up", "through"),
            rf"\b(?:up\s+to|through)\s+(?:and\s+including\s+)?{_NAMED}{_number('high')}{_AFTER}",
        ),
        (
            "before",
            ("before", "prior", "until", "till", "older", "earlier", "less"),
            rf"\b(?:before|prior\s+to|until|till|older\s+than|earlier\s+than|less\s+"
            rf"than)\s+{_NAMED}{_number('below')}{_AFTER}",
        ),
    )
)


def before(version: str) -> str | None:
    """Return the version before another; None for the first."""
    previous = Microversion.parse(version).previous
    return str(previous) if previous else None


def after(version: str) -> str:
    """Return the version that follows another."""
    return str(Microversion.parse(version).next)


_ANY = re.compile(r"\d\.\d")


@lru_cache(maxsize=4096)
def version_clauses(text: str) -> tuple[tuple[str | None, str | None, int, int], ...]:
    """Find the version clauses of a text, in its order: minimum, maximum, and start and end as character indices.

    Clauses do not overlap; an open end is None.
    """
    found: list[tuple[str | None, str | None, int, int]] = []
    if not _ANY.search(text):
        return ()
    for _, pattern in _PATTERNS:
        for m in pattern.finditer(text):
            if any(start < m.end() and m.start() < end for _, _, start, end in found):
                continue
            part = m.groupdict()
            low = part.get("low") or (after(part["above"]) if part.get("above") else None)
            high = part.get("high") or (before(part["below"]) if part.get("below") else None)
            found.append((low, high, m.start(), m.end()))
    return tuple(sorted(found, key=lambda c: c[2]))


def version_range(text: str) -> tuple[str | None, str | None] | None:
    """Return minimum and maximum of a sentence's only version clause; None if it has none or several."""
    clauses = version_clauses(text)
    return clauses[0][:2] if len(clauses) == 1 else None


_GONE = re.compile(
    r"\b(?:will\s+)?(?:fails?|results?|responds?|returns?)\s+(?:with|in)?\s*(?:an?\s+)?(?:HTTP\s+)?404\b", re.IGNORECASE
)


def gone_from(text: str) -> str | None:
    """Return the first version at which an operation answers 404: "will fail with a 404 starting from version 3.6"."""
    if not _GONE.search(text):
        return None
    found = [c for c in version_clauses(text) if c[0] and c[1] is None]
    lows = {c[0] for c in found if not re.match(r"in\s", text[c[2] :], re.IGNORECASE)}
    return lows.pop() if len(lows) == 1 else None


def without_versions(text: str) -> str:
    """Return a text without its version clauses."""
    if not _ANY.search(text):
        return text
    for _, _, start, end in reversed(version_clauses(text)):
        text = text[:start] + text[end:]
    text = re.sub(r"\(\s*\)", "", text)
    return re.sub(r"\s+([,.])", r"\1", re.sub(r"\s{2,}", " ", text)).strip(" ,")


_REFUSAL = re.compile(
    r"(?:otherwise|or(?:\s+else)?|else)\b[^.]*?(?<![\d.])(?P<code>[45]\d\d)(?![\d.]*\d)|(?:otherwise|or|"
    r"else)\b[^.]*?\((?P<paren>[45]\d\d)\)",
    re.IGNORECASE,
)


def refusal(text: str) -> int | None:
    """Return the status code of a refusal such as "..., otherwise a 409 is returned"; None if there is none."""
    m = _REFUSAL.search(text)
    return int(m["code"] or m["paren"]) if m else None


_BACKED = re.compile(r"\b(volume|image)[ -]backed\b", re.IGNORECASE)
_OPTION = re.compile(
    r"``([a-z][a-z0-9]*(?:_[a-z0-9]+)+)``|`([a-z][a-z0-9]*(?:_[a-z0-9]+)+)`_?|\b([a-z]+(?:_[a-z]+)+)\b"
)


def environment(text: str) -> str | None:
    """Return the trait that a statement depends on: ``volume-backed``, ``image-backed``, or a configuration option."""
    if m := _BACKED.search(text):
        return f"{m[1].lower()}-backed"
    if re.search(r"\bboot(?:s|ed)?\b[^,]*\bfrom (?:a )?volumes?\b", text, re.IGNORECASE):
        return "volume-backed"
    if re.search(r"\boption|\bconfigur|\bset\b", text) and (m := _OPTION.search(text)):
        return m[1] or m[2] or m[3]
    return None


def some(when: When) -> When | None:
    """Return a qualification; None if all its fields are empty."""
    return when if when != When() else None


_DATED = re.compile(
    r"^\*?\((?:Since|New\s+in|Added\s+in)\s+(?:the\s+)?(?:[A-Z]\w+\s+)?(?:API\s+)?(?:(?:micro)?version\s+|v)?"
    r"(?P<version>\d+\.\d+)\)\*?\s+(?P<rest>[A-Z].+)$"
)


def undated(text: str) -> tuple[str | None, str]:
    """Divide "(Since v3.4) The colour" into the version that introduced its subject, if any, and the rest."""
    m = _DATED.match(text)
    return (m["version"], m["rest"]) if m is not None else (None, text)
