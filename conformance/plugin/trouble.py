"""The only error class of the plugin, and the functions that write sentences to the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TextIO

from conformance.engine.cloud.redact import GIVEN
from specs.text import one_line


class Trouble(Exception):
    """The run cannot start or go on (exit status 2); one sentence says what is wrong, where, and how to mend it."""


def shown(text: str) -> str:
    """Return a sentence on one line, safe for a terminal, with the user's secrets masked."""
    return one_line(GIVEN.text(text), None)


def tell(sentence: object) -> None:
    """Write a sentence to standard error."""
    say([f"conformance: {shown(str(sentence))}"], sys.stderr)


def say(lines: Iterable[str], stream: TextIO) -> None:
    """Write lines and flush; a character that the terminal cannot encode is written as an escape."""
    encoding = stream.encoding or "utf-8"
    for line in lines:
        stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()
