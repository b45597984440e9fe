"""The error of the run record."""

from __future__ import annotations

from typing import Literal

Code = Literal["no-run", "no-head", "other-format", "broken-head", "broken-line", "exists", "unwritable"]


class RecordError(Exception):
    """A run record cannot be read or written.

    The message is one sentence: the error, its place and the correction. ``code`` names the error for programs.
    """

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.code: Code = code
