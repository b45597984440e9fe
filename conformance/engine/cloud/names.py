"""The names of things that runs of this suite make: each begins with the prefix of its run."""

from __future__ import annotations

import re
import secrets

_FAMILY = "conformance-"

OF_A_RUN = re.compile(rf"{_FAMILY}[0-9a-f]{{8}}\b")
"""The prefix of any run, in a text."""


def new_prefix() -> str:
    """A new prefix for the names of a run: a word that all runs share, and eight random hexadecimal digits."""
    return f"{_FAMILY}{secrets.token_hex(4)}"
