"""Requests of a service without a description, of which nobody knows how their changes could be undone.

Such a request changes a thing of others: one that a list has shown, or, where its path names nothing of the run, all
things of a list, or something that others have set. A body may name a thing of the run as a value of a setting.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.engine.cloud.exchange import Ask
    from conformance.engine.cloud.journal import Journal

CHANGING = frozenset({"PUT", "PATCH", "DELETE"})
"""The methods of requests that change what is there. What a POST makes is the run's."""

UNTOLD = "it names nothing of this run, and no description tells how it could be undone"


def closed(method: str, template: str) -> bool:
    """Whether each request of a route is one of them: no thing of the run could fill a placeholder of its path."""
    return "{" not in template and method.upper() in CHANGING


class Untold:
    """Tells such requests from those that change things of the run.

    Args:
        journal: the journal of the run.
        harmless: whether a value names something of the run (in a collection), or nothing at all.

    Attributes:
        of_others: the ids of things of others that a list has shown.
        nowhere: names that were made up for routes that cannot exist.
    """

    def __init__(self, journal: Journal | None, harmless: Callable[[str, str | None], bool]) -> None:
        self.of_others: set[str] = set()
        self.nowhere: set[str] = set()
        self._journal = journal
        self._harmless = harmless

    def touches_others(self, ask: Ask, segments: list[str]) -> bool:
        """Whether a request changes things of others; ``segments`` are the parts of its path."""
        if any(one in self.of_others and not self._harmless(one, None) for one in segments):
            return True
        return ask.method.upper() in CHANGING and not self._names_own(ask, segments)

    def _names_own(self, ask: Ask, segments: list[str]) -> bool:
        """Whether a path names something of the run, what the request is to make, or nothing at all."""
        journal = self._journal
        made = ask.intent.name if ask.intent and journal and journal.is_open(ask.intent) else None
        return any(
            one in self.nowhere
            or one == made
            or (journal is not None and one.startswith(f"{journal.prefix}-"))
            or self._harmless(one, "/" + "/".join(segments[:place]))
            for place, one in enumerate(segments)
        )
