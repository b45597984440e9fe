"""Writing specs: the same bytes for the same facts, one parameter a line."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

from yaml import ScalarNode
from yaml.resolver import Resolver

from specs.codec import to_plain
from specs.model import FORMAT, Spec

WIDTH = 110
"""The longest line for a value, in columns, if the value may be written on one line or on several."""

_LINES = frozenset({"parameters", "preconditions", "postconditions", "refusals", "normal", "error", "vocabulary"})
"""Keys whose list has exactly one line for each item, even if the line is long."""

_BLOCKS = frozenset({"operations", "responses", "request", "response", "common"})
"""Keys whose value is never written on one line."""

_PLAIN = re.compile(r"[A-Za-z0-9_/(.<$+][A-Za-z0-9_./()\-+$<>=~^;*@'\"{}\[\], ]*\Z")
_PLAIN_IN_FLOW = re.compile(r"[A-Za-z0-9_/(.<$+][A-Za-z0-9_./()\-+$<>=~^;*@ ]*\Z")
_KEY_LIMIT = 900
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_RESOLVER: Any = Resolver()


def dump(spec: Spec) -> str:
    """Return a spec as the text of its file.

    Raises:
        ValueError: a value that YAML cannot hold (a number that is not finite, half a character).

    """
    plain = {"format": FORMAT, **to_plain(spec)}
    out: list[str] = []
    _mapping(plain, 0, out)
    return "\n".join(out) + "\n"


def _mapping(value: dict[str, Any], indent: int, out: list[str], first: str = "") -> None:
    """Write a mapping, one key a line; ``first`` is put before the first key (the dash of a list)."""
    lead = first or " " * indent
    for key, inner in value.items():
        _entry(key, inner, lead, indent, out)
        lead = " " * indent


def _entry(key: str, value: Any, lead: str, indent: int, out: list[str]) -> None:
    name = scalar(key, flow=False)
    if len(name) > _KEY_LIMIT:
        out.append(f"{lead}? {name}")
        lead, name = " " * indent, ""
    if isinstance(value, dict | list) and value:
        whole = None if key in _BLOCKS or key in _LINES else flow(value)
        if whole is not None and len(lead) + len(name) + 2 + len(whole) <= WIDTH:
            out.append(f"{lead}{name}: {whole}")
            return
        out.append(f"{lead}{name}:")
        if isinstance(value, dict):
            _mapping(value, indent + 2, out)
        else:
            _sequence(value, indent, out, one_line=key in _LINES, blocks=key in _BLOCKS)
        return
    text = flow(value) if isinstance(value, dict | list) else scalar(value, flow=False)
    out.append(f"{lead}{name}: {text}")


def _sequence(value: list[Any], indent: int, out: list[str], *, one_line: bool = False, blocks: bool = False) -> None:
    lead = " " * indent + "- "
    for item in value:
        if not isinstance(item, dict | list) or not item:
            out.append(lead + (flow(item) if isinstance(item, dict | list) else scalar(item, flow=False)))
            continue
        if not blocks:
            whole = flow(item)
            if one_line or len(lead) + len(whole) <= WIDTH:
                out.append(lead + whole)
                continue
        if isinstance(item, dict):
            _mapping(item, indent + 2, out, first=lead)
        else:
            # A list in a list is written on separate lines, below a bare dash.
            out.append(" " * indent + "-")
            _sequence(item, indent + 2, out)


def flow(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, str):  # most values are: the check of each other type before it would take as long
        return _string(value, True)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow_key(key)}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(inner) for inner in value) + "]"
    return scalar(value, flow=True)


def _flow_key(key: str) -> str:
    name = _string(key, True)
    return f"? {name}" if len(name) > _KEY_LIMIT else name


def scalar(value: Any, *, flow: bool) -> str:
    """Return a scalar in a form that YAML reads back as the same value."""
    if isinstance(value, str):
        return _string(value, flow)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    return _string(str(value), flow)


@lru_cache(maxsize=16384)
def _string(value: str, flow: bool) -> str:
    pattern = _PLAIN_IN_FLOW if flow else _PLAIN
    if pattern.match(value) and value == value.strip() and _is_string(value):
        return value
    if value.isprintable() and not any(char in value for char in "\u2028\u2029\x85"):
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, value)) + '"'


def _is_string(value: str) -> bool:
    if value in ("=", "<<") or value.startswith(("- ", "? ")):
        return False
    return str(_RESOLVER.resolve(ScalarNode, value, (True, False))) == "tag:yaml.org,2002:str"


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable() and char not in "\ufeff":
        return char
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError("a string contains half a character (a lone surrogate)")
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"JSON has no number {value}")
    text = repr(value)
    # YAML 1.1 requires a point and a sign in a number with an exponent.
    if "e" in text:
        digits, _, exponent = text.partition("e")
        digits = digits if "." in digits else f"{digits}.0"
        exponent = exponent if exponent[0] in "+-" else f"+{exponent}"
        text = f"{digits}e{exponent}"
    return text
