"""The names of things in the clauses of a cause, and the patterns of the words around them."""

from __future__ import annotations

import re

from parsers.prose.words import DETERMINER, bare, noun, singular

_FLAGS = re.IGNORECASE | re.ASCII
NAME = r"(?:``[\w:.-]+``|`\{?[\w:.-]+\}?`|\{[\w-]+\}|\*\*?[\w-]+\*\*?)"
"""Pattern of the marked name of a field."""
_PLAIN = r"[A-Za-z][\w'/-]*"
WORDS = rf"(?:(?:{_PLAIN}|{NAME})\s+){{0,5}}?(?:{_PLAIN}|{NAME})"
THE = rf"(?:(?:{DETERMINER}|any|some|at\s+least\s+one|one\s+or\s+more|no|such)\s+)*"
SPECIFIED = r"(?:specified|given|requested|provided|supplied|passed|set|included|used|present|defined)"

_SPLIT = re.compile(r"\s*,\s*(?:(?:and|or)\s+)?|\s+(?:and|or|and/or)\s+", _FLAGS)


_NO_NAME = frozenset(
    """
    a again already also an and another any as at but by for from had has have if in into invalid is it its not of on
    one or some that the their them then there these they this those to via was were when where which who will with
    without
    """.split()  # noqa: SIM905 -- a list of words reads better so
)


def names_of(phrase: str) -> tuple[str, ...]:
    """Return the things that a phrase names: fields by their own name, resources by the noun, other things as written.

    Of "the ``a`` and ``b`` parameters" these are ``a`` and ``b``, of "any valid load balancers" ``load balancer``. A
    phrase that is more than a name gives ().
    """
    marked = tuple(bare(name).strip("{}") for name in re.findall(NAME, phrase))
    if marked and re.search(r"\b(?:if|when|unless|is|are)\b", re.sub(NAME, "", phrase)):
        return ()
    if marked:
        return tuple(dict.fromkeys(marked))
    found = []
    for part in _SPLIT.split(phrase.strip(" .")):
        name = _name(part)
        if name is None:
            return ()
        found.append(name)
    return tuple(dict.fromkeys(found))


FRONT = re.compile(
    rf"^(?:{THE})?(?:(?:valid|existing|specified|given|requested|provided|new|at\s+least\s+one|same)\s+)*", _FLAGS
)
"""The words in front of a name that are no part of it."""
_TAIL = re.compile(r"\s+(?:parameter|attribute|field|property|value|format|object|specified|given|records?)s?$", _FLAGS)


def _name(text: str) -> str | None:
    words = _TAIL.sub("", _TAIL.sub("", FRONT.sub("", text.strip())))
    if not re.match(r"[A-Za-z][\w' -]*$", words) or len(words.split()) > 4 or _NO_NAME & set(words.lower().split()):
        return None
    return noun(words) or (words if "_" in words else singular(words.lower()))
