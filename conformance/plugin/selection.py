"""The expression of ``conformance list -k``, by the rules of pytest's ``-k``.

pytest's own parser is private, and its evaluation raises NotImplementedError under slipcover, which measures coverage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from conformance.plugin.trouble import Trouble

Chosen = Callable[[Collection[str]], bool]
"""Says whether names in lower case are selected."""

_Read = Callable[[list[str], str], tuple[Chosen, list[str]]]

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
    parts, rest = _joined("or", _all, tokens, text)
    return lambda names: any(part(names) for part in parts), rest


def _all(tokens: list[str], text: str) -> tuple[Chosen, list[str]]:
    parts, rest = _joined("and", _one, tokens, text)
    return lambda names: all(part(names) for part in parts), rest


def _joined(operator: str, read: _Read, tokens: list[str], text: str) -> tuple[list[Chosen], list[str]]:
    """Read the parts of an expression around an operator. Returns them, and the tokens after them."""
    part, rest = read(tokens, text)
    parts = [part]
    while rest[:1] == [operator]:
        part, rest = read(rest[1:], text)
        parts.append(part)
    return parts, rest


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
