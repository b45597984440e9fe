"""How long operations take on this cloud: as the run has seen it, and before that, as far as their kind tells."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from conformance.engine.cloud.waits import Waits

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable

    from conformance.engine.api.service import ServiceDescription
    from conformance.engine.derive.state_graph import Edge
    from conformance.engine.provision.context import RunContext

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
        return self._waits.expected(operation) or self._unseen(operation)

    def _unseen(self, operation: str) -> float:
        """The seconds of an operation that was not seen: those of most that are alike, as far as any was seen."""
        long = not self._long or operation in self._long
        supposed = (1.0 if long else BRIEF) * (LONGER * self.new or self._waits.longest or 0.0)
        seen = self._waits.operations() if self._long else {}
        return median([supposed, *(seconds for one, seconds in seen.items() if (one in self._long) is long)])

    def price(self, operation: str) -> float:
        """The price of an operation on a way from status to status beside that of its request, of which each is 1."""
        return self.of(operation) if self.slow else 0.0

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


def way_of(
    context: RunContext,
    source: str,
    target: str,
    broken: Iterable[Edge] = (),
    spending: Container[str] = (),
    shunned: Container[str] = (),
) -> list[Edge] | None:
    """The way from one status to another that costs this run least (see ``StateGraph.way``).

    On a fast cloud it is that of the fewest requests. On a slow one, a second counts for as much as a request, and an
    operation after which the resource may not serve all trials costs as much as a new one.
    """
    known = Durations.in_run(context.waits, context.service)

    def price(operation: str) -> float:
        return known.price(operation) + (known.new if known.slow and operation in spending else 0.0)

    return context.graph.way(source, target, broken, context.role_names, spending, shunned, price)
