"""The documentation as a model: which requests lead from status to status.

An operation with a precondition P and a postcondition Q is an edge from P to Q. If the reference lacks one of the
two, the description supplies it; such edges are marked, cost more, and are noted in the record when used.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conformance.engine.derive.success import applies, post_name
from conformance.engine.derive.view import Variant, View
from specs.model import Operation

SPENT = 0.1
"""The price of an operation after which the resource may not serve all trials: less than that of any edge."""


@dataclass(frozen=True, eq=False)
class Edge:
    """A request that leads from one status to another.

    Attributes:
        operation, role, body: the operation of the request, the role of its sender, and its body.
        source: the status before the request.
        targets: the possible statuses after the request, the usual one first.
        from_table: True if the description supplied a part of the edge.
        microversion: the microversion of the request; None for the highest.
        promises: the ids of the requirements that promise the targets; none where the description alone knows them.
        detour: True if an administrator sends the request instead of a member, whom the cloud may refuse.
    """

    operation: Operation
    source: str
    targets: tuple[str, ...]
    role: str
    body: Any
    from_table: bool = False
    microversion: str | None = None
    promises: tuple[str, ...] = ()
    detour: bool = False

    @property
    def cost(self) -> float:
        """The cost of the edge: edges from the description and edges of administrators cost more than other edges."""
        return (
            1.0 + (0.25 if self.from_table else 0) + (0.5 if self.role == "admin" else 0) + (20 if self.detour else 0)
        )

    @property
    def note(self) -> str:
        """The name of the edge in the record."""
        return f"states: {self.operation.id} leads from {self.source} to {' or '.join(self.targets)}"


class StateGraph:
    """All edges, and the cheapest way between two statuses."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._from: dict[str, list[Edge]] = {}
        for edge in edges:
            self._from.setdefault(edge.source, []).append(edge)

    @classmethod
    def of(cls, views: Sequence[View]) -> StateGraph:
        """The graph of a reference, from the views of its operations."""
        edges: list[Edge] = []
        for view in views:
            edges += _documented(view) if view.operation.action else _plain(view)
        # A cloud may refuse a member a documented request, so each edge also exists for an administrator.
        edges += [replace(edge, role="admin", detour=True) for edge in edges if edge.role != "admin"]
        return cls(edges)

    @classmethod
    def of_each(cls, views: Sequence[View]) -> Mapping[str, StateGraph]:
        """The graph of each kind of resource under test: the edges of one kind lead to no status of another."""
        kinds = dict.fromkeys(view.service.resource for view in views)
        return {kind: cls.of([view for view in views if view.service.resource == kind]) for kind in kinds}

    def into(self, target: str) -> Iterator[Edge]:
        """Yield the edges that may lead to a status."""
        return (edge for edges in self._from.values() for edge in edges if target in edge.targets)

    def is_calm(self, operation: str) -> bool:
        """Whether an operation leads from no status to another or the same one, so far as is known."""
        return all(edge.operation.id != operation for edges in self._from.values() for edge in edges)

    def leads_elsewhere(self, operation: str, state: str) -> bool:
        """Whether an operation leads from some statuses to others, and not from one status, so far as is known."""
        known = {edge.source for edges in self._from.values() for edge in edges if edge.operation.id == operation}
        return bool(known) and state not in known

    def less_kind_than(self, kind: Container[str]) -> frozenset[str]:
        """Return the operations beside which another one, of some, leads from the same status to the same one.

        Args:
            kind: the operations that bring values of the resource back which the others do not.
        """
        ends = {
            (edge.source, edge.targets[0])
            for edges in self._from.values()
            for edge in edges
            if edge.operation.id in kind
        }
        beside = (edge for edges in self._from.values() for edge in edges if (edge.source, edge.targets[0]) in ends)
        return frozenset(edge.operation.id for edge in beside if edge.operation.id not in kind)

    def undoes(self, later: str, earlier: str, state: str) -> bool:
        """Whether one operation may lead back to a status from a status that another operation leads to from it.

        Args:
            later: the id of the operation that may lead back.
            earlier: the id of the operation that leads away.
            state: the status.
        """
        led = {
            target for edge in self._from.get(state, ()) if edge.operation.id == earlier for target in edge.targets
        } - {state}
        return any(edge.operation.id == later and edge.source in led for edge in self.into(state))

    def undoing(self, operations: Container[str], state: str) -> frozenset[str]:
        """The ids of the operations that may lead back to a status, after some operations have led away from it."""
        leading = (edge for edge in self._from.get(state, ()) if edge.operation.id in operations)
        led = {target for edge in leading for target in edge.targets} - {state}
        return frozenset(edge.operation.id for edge in self.into(state) if edge.source in led)

    def way(
        self,
        source: str,
        target: str,
        broken: Iterable[Edge] = (),
        roles: Iterable[str] = (),
        spending: Container[str] = (),
        shunned: Container[str] = (),
        price: Callable[[str], float] = lambda _: 0.0,
    ) -> list[Edge] | None:
        """Find the cheapest way from one status to another.

        Args:
            source: the status at its start.
            target: the status at its end.
            broken: edges to avoid, since the cloud did not do as they say.
            roles: the roles that may send the requests; all roles if empty.
            spending: the ids of operations that are not used if another way is as short.
            shunned: the ids of operations that are not used.
            price: the price of an operation, by its id, beside that of its request (see ``Edge.cost``).

        Returns:
            The edges in order; empty if source and target are the same; None if no edges lead there.
        """
        avoided, allowed = set(broken), set(roles)
        queue: list[tuple[float, int, str, list[Edge]]] = [(0.0, 0, source, [])]
        seen: set[str] = set()
        count = 0
        while queue:
            cost, _, status, path = heapq.heappop(queue)
            if status == target:
                return path
            if status in seen:
                continue
            seen.add(status)
            for edge in self._from.get(status, ()):
                if edge in avoided or edge.operation.id in shunned or (allowed and edge.role not in allowed):
                    continue
                count += 1
                more = edge.cost + price(edge.operation.id) + (SPENT if edge.operation.id in spending else 0)
                heapq.heappush(queue, (cost + more, count, edge.targets[0], [*path, edge]))
        return None


def _documented(view: View) -> list[Edge]:
    edges = []
    version = str(view.default) if view.operation.microversions.max else None
    for variant in view.variants:
        for state in variant.states:
            targets = view.leads_to(state, variant)
            if targets and targets[0] != state and targets[0] in view.service.under_test.stable_statuses:
                body = view.body(variant, view.default)
                table = variant.condition is None
                promises = tuple(_promises(view, state, variant))
                edges.append(Edge(view.operation, state, targets, view.role, body, table, version, promises))
    return edges + [e for e in _plain(view) if not any(x.source == e.source and x.targets == e.targets for x in edges)]


def _promises(view: View, state: str, variant: Variant) -> Iterator[str]:
    """Yield the ids of the requirements on the status after a request in a status."""
    for post in view.operation.postconditions:
        own = post.kind == "status" and post.resource == view.service.resource and post.attribute in (None, "status")
        here = view.holds_here(post.when) and not view.told_elsewhere(post) and applies(view, post, state, variant)
        if own and here and post.becomes:
            yield view.requirement("postcondition", post_name(post), post.line).id


def _plain(view: View) -> list[Edge]:
    edges = []
    for way in view.service.under_test.transitions:
        if way.operation == view.operation.id:
            wanted = dict(way.request)
            if view.operation.action and wanted:
                body: Any = {view.operation.action: wanted}
            else:
                body = view.body(view.variants[0], view.default, wanted)
            edges.append(Edge(view.operation, way.source, (way.target,), way.role, body, True))
    return edges
