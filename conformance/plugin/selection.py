"""The expression of ``conformance list -k``, by the rules of pytest's ``-k``.

pytest's own parser is private, and its evaluation raises NotImplementedError under slipcover, which measures coverage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from conformance.plugin.trouble import Trouble

Chosen = Callable[[Collection[str]], bool]
"""Says whether names in lower case are selected."""

_TOKEN = re.compile(r"\s*(\(|\)|[\w:+\-.\[\]/\\~]+)")
_OPERATORS = frozenset({"and", "or", "not", "(", ")"})


def selection(text: str) -> Chosen:
    """Read an expression: words with ``and``, ``or``, ``not`` and parentheses; a word is a part of one of the names.

    Raises:
        Trouble: the text is not such an expression.
    """
    tokens, at = [], 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _wrong(text)
        tokens.append(found[1])
        at = found.end()
    chosen, rest = _any(tokens, text)
    if rest:
        raise _wrong(text)
    return chosen


def _wrong(text: str) -> Trouble:
    return Trouble(f"-k {text!r} is not an expression: write words with `and`, `or`, `not` and parentheses")


def _any(tokens: list[str], text: str) -> tuple[Chosen, list[str]]:
    one, rest = _all(tokens, text)
    if rest[:1] != ["or"]:
        return one, rest
    other, rest = _any(rest[1:], text)
    return lambda names: one(names) or other(names), rest


def _all(tokens: list[str], text: str) -> tuple[Chosen, list[str]]:
    one, rest = _one(tokens, text)
    if rest[:1] != ["and"]:
        return one, rest
    other, rest = _all(rest[1:], text)
    return lambda names: one(names) and other(names), rest


def _one(tokens: list[str], text: str) -> tuple[Chosen, list[str]]:
    match tokens:
        case ["not", *rest]:
            inner, rest = _one(rest, text)
            return lambda names: not inner(names), rest
        case ["(", *rest]:
            inner, rest = _any(rest, text)
            if rest[:1] != [")"]:
                raise _wrong(text)
            return inner, rest[1:]
        case [word, *rest] if word not in _OPERATORS:
            return lambda names: any(word.lower() in name for name in names), rest
    raise _wrong(text)
