"""The only error class of the plugin."""

from __future__ import annotations


class Trouble(Exception):
    """The run cannot start or go on (exit status 2); one sentence says what is wrong, where, and how to mend it."""
