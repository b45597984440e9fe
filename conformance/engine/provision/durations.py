"""How long operations take on this cloud: as the run has seen it, and before that, as far as their kind tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.cloud.waits import Waits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from conformance.engine.api.service import ServiceDescription

BRIEF = 0.2
"""The time of an operation that is not among the long ones, as a part of the longest wait, before it was seen."""


class Durations:
    """The seconds that operations take. Those of one that was not seen yet come from the longest wait of the run.

    Args:
        waits: the waits of the run so far.
        long: the ids of operations that are likely to take long (``StatefulResource.long_operations``); if empty,
            any may.
    """

    def __init__(self, waits: Waits, long: Collection[str] = ()) -> None:
        self._waits = waits
        self._long = long

    @classmethod
    def in_run(cls, waits: Waits, service: ServiceDescription) -> Durations:
        """Those of a run on a service, whose description says which operations are likely to take long."""
        return cls(waits, {one for kind in (service.under_test, *service.resources) for one in kind.long_operations})

    def of(self, operation: str) -> float:
        """The seconds of one operation, by its id."""
        part = 1.0 if not self._long or operation in self._long else BRIEF
        return self._waits.expected(operation) or part * (self._waits.longest or 0.0)

    def sum(self, operations: Iterable[str]) -> float:
        """The seconds of operations that follow each other."""
        return sum(map(self.of, operations))

    @property
    def new(self) -> float:
        """The seconds until a new resource is there; 0 as long as none was waited for."""
        return self._waits.expected(Waits.NEW)
