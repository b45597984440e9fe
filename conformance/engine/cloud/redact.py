"""Keeping secrets out of the record."""

from __future__ import annotations

from typing import Any

PLACEHOLDER = "***"


class Redactor:
    """Replaces secrets by PLACEHOLDER: by the name of what holds them, and by value where they are known."""

    def learn(self, secret: str) -> None:
        """From now on replace this value wherever it occurs."""
        raise NotImplementedError

    def text(self, text: str) -> str:
        """Free text without secrets."""
        raise NotImplementedError

    def value(self, value: Any) -> Any:
        """A JSON value without secrets."""
        raise NotImplementedError

    def headers(self, headers: dict[str, str]) -> dict[str, str]:
        """Headers without secrets."""
        raise NotImplementedError

    def url(self, url: str) -> str:
        """A URL without secrets."""
        raise NotImplementedError
