"""The one error of the plugin, and how sentences reach the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TextIO

from conformance.engine.cloud.redact import GIVEN
from specs.text import one_line


class Trouble(Exception):
    """The run cannot start or go on: one sentence that says what, where, and how to mend it (exit status 2)."""


def shown(text: str) -> str:
    """A sentence on one line, fit for a terminal, without the secrets that the user has given."""
    return one_line(GIVEN.text(text), None)


def tell(sentence: object) -> None:
    """Say a sentence on standard error."""
    say([f"conformance: {shown(str(sentence))}"], sys.stderr)


def say(lines: Iterable[str], stream: TextIO) -> None:
    """Write lines at once; what the terminal cannot encode is escaped."""
    encoding = stream.encoding or "utf-8"
    for line in lines:
        stream.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()
