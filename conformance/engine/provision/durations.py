"""How long operations take on this cloud: as the run has seen it, and before that, as far as their kind tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.engine.cloud.waits import Waits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from conformance.engine.api.service import ServiceDescription

LONGER = 1.5
"""The time of one of the long operations before it was seen, as a multiple of that of a new resource: it copies all
that a resource holds, beside what a new one needs."""

BRIEF = 0.1
"""The time of any other operation before it was seen, as a part of that of a long one."""

SLOW = 15.0
"""The seconds of a transition, or of a new resource, from which on a cloud is slow. There, seconds count for more than
requests: below them, a further resource or request costs the cloud more than it saves."""

LONG = 3.0
"""The seconds from which on an operation is one of the long ones, once it was seen."""


class Durations:
    """The seconds that operations take. Those of one that was not seen yet come from the time of a new resource.

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
        return self._waits.expected(operation) or part * (LONGER * self.new or self._waits.longest or 0.0)

    def sum(self, operations: Iterable[str]) -> float:
        """The seconds of operations that follow each other."""
        return sum(map(self.of, operations))

    def is_long(self, operation: str) -> bool:
        """Whether an operation takes long, although it may lead to no other status: as it was seen, or by its kind."""
        seen = self._waits.expected(operation)
        return seen >= LONG if seen else operation in self._long

    @property
    def slow(self) -> bool:
        """Whether this cloud has taken so long for a transition that a further resource may save time."""
        return (self._waits.longest or 0.0) >= SLOW

    @property
    def new(self) -> float:
        """The seconds until a new resource is there; 0 as long as none was waited for."""
        return self._waits.expected(Waits.NEW)
