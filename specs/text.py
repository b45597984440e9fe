r"""Text from outside on its way to a terminal, a file or a page: what would be hidden, or would act, is shown.

A reference, a cloud and a run record are written by others. An escape sequence moves the cursor or renames the window,
U+202E turns the direction of a line around, U+2028 ends a line for some readers and not for others, NUL and U+FFFE are
allowed in no XML, and half of a character cannot be encoded at all. Each is written as an escape such as ``\x1b``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# Controls but tab and line feed; what has no width or turns the direction of the text around; line and paragraph
# separators; halves of characters; tags; and the code points that Unicode never gives to a character.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f"
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)

_HIDDEN_IN_ASCII = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
"""The same for a text in ASCII, as nearly all texts are: it is searched in a tenth of the time."""


def visible(text: str) -> str:
    r"""Show what would be hidden: ``\x1b``, ``\u202e``; line feeds and tabs stay. Applied twice, it changes nothing."""
    if text.isprintable():  # so is nearly every text without a line feed, and Python calls nothing printable that hides
        return text
    return _hidden_in(text).sub(lambda found: _escape(ord(found[0])), text)


def one_line(text: str, limit: int | None = 300) -> str:
    """Put a text on one line, visible, and at most ``limit`` characters of it; None: all of it."""
    line = " ".join(visible(text if limit is None else text[: limit * 4]).split())
    return line if limit is None or len(line) <= limit else f"{line[: limit - 1]}…"


def visible_json(text: str) -> str:
    """Show what would be hidden in a text that is JSON, by JSON's own escapes: its value stays the same."""
    return _hidden_in(text).sub(lambda found: json.dumps(found[0])[1:-1], text)


def visible_value(value: Any) -> Any:
    """A JSON value, all of whose texts are visible; names of members too."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return {visible(str(name)): visible_value(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [visible_value(inner) for inner in value]
    return value


def _hidden_in(text: str) -> re.Pattern[str]:
    return _HIDDEN_IN_ASCII if text.isascii() else _HIDDEN


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
