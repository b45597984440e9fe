"""The one error of the plugin."""

from __future__ import annotations


class Trouble(Exception):
    """The run cannot start or go on: one sentence that says what, where, and how to mend it (exit status 2)."""
