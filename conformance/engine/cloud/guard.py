"""The guard: no request goes out that could change what this run did not make."""

from __future__ import annotations

from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.journal import Journal


class Guard:
    """Decides on every request before it is sent."""

    def __init__(self, journal: Journal | None, *, allow_disruptive: bool = False) -> None:
        raise NotImplementedError

    def check(self, ask: Ask) -> None:
        """Let the request pass in silence.

        Raises:
            GuardRefusal: it could change what this run did not make.
        """
        raise NotImplementedError
