"""A scheduler for pytest-xdist that keeps the cases of a lane on one worker, so that no resource is made twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

from conformance.engine.run.lanes import ALONE

NO_ITEM = "-"


class LaneScheduling:
    """Gives each worker some lanes at a time, and another lane when a lane is finished.

    The class implements the protocol of ``xdist.scheduler.Scheduling``. A worker runs an item only when it knows the
    next item or has been told to end. So the last items of a worker wait until no lane is left to give.

    Args:
        nodes: the number of workers.
        lane_of: returns the lane of a node id; a name that begins with ``NO_ITEM`` marks a test of another project.
        at_once: the number of lanes that one worker runs at the same time.
        limit: the most workers that get lanes, because each of them may need a resource.
        services: the services of a run of several, in the order in which they are tried; the names of their lanes
            begin with the service and a colon.
    """

    def __init__(
        self,
        nodes: int,
        lane_of: Callable[[str], str],
        at_once: int,
        limit: int,
        services: Sequence[str | None] = (),
    ) -> None:
        self.numnodes = nodes
        self.collection: list[str] | None = None
        self._lane_of = lane_of
        self._at_once = at_once
        self._limit = limit
        self._turns = {service or "": turn for turn, service in enumerate(services)}
        self._collections: dict[Any, list[str]] = {}
        self._waiting: list[list[int]] = []
        self._held: dict[Any, list[list[int]]] = {}
        self._sent: dict[Any, list[int]] = {}

    @property
    def nodes(self) -> list[Any]:
        """The workers that have started."""
        return list(self._held)

    @property
    def collection_is_completed(self) -> bool:
        """True if all workers have reported their collected tests."""
        return len(self._collections) >= self.numnodes

    @property
    def tests_finished(self) -> bool:
        """True if no item is left to give out, and no worker has more than one item left."""
        if not self.collection_is_completed or self._waiting:
            return False
        return all(len(sent) < 2 for sent in self._sent.values())

    @property
    def has_pending(self) -> bool:
        """True if some items have not been run yet."""
        return bool(self._waiting) or any(self._sent.values())

    def add_node(self, node: Any) -> None:
        """Add a worker that has started."""
        self._held[node], self._sent[node] = [], []

    def add_node_collection(self, node: Any, collection: Sequence[str]) -> None:
        """Note the collected tests of a worker. All workers must have collected the same."""
        if self._collections and list(collection) != next(iter(self._collections.values())):
            raise RuntimeError(f"{node} collected other cases than the earlier workers")
        self._collections[node] = list(collection)

    def remove_node(self, node: Any) -> str | None:
        """Remove an ended worker, and return the node id that it was running. Its other items go to other workers."""
        sent, held = self._sent.pop(node), self._held.pop(node)
        if not sent or self.collection is None:
            return None
        crashed = sent[0]
        self._waiting += [left for lane in held if (left := [item for item in lane if item != crashed])]
        self._feed_all()
        return self.collection[crashed]

    def schedule(self) -> None:
        """Start to give out work, or continue after a worker was replaced."""
        if self.collection is None:
            self.collection = next(iter(self._collections.values()))
            lanes: dict[str, list[int]] = {}
            for index, nodeid in enumerate(self.collection):
                lanes.setdefault(self._lane_of(nodeid), []).append(index)
            self._waiting = list(lanes.values())
        self._feed_all()

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:  # noqa: ARG002
        """Note that a worker has finished an item."""
        self._sent[node].remove(item_index)
        for lane in self._held[node]:
            if item_index in lane:
                lane.remove(item_index)
        self._held[node] = [lane for lane in self._held[node] if lane]
        self._feed_all([node])

    def mark_test_pending(self, item: str) -> None:
        """Not supported: pytest-xdist does not call this for this scheduler."""
        raise NotImplementedError

    def remove_pending_tests_from_node(self, node: Any, indices: Sequence[int]) -> None:
        """Not supported: this scheduler takes no items back from a worker."""
        raise NotImplementedError

    def _feed_all(self, nodes: Sequence[Any] | None = None) -> None:
        fed = [node for node in (self.nodes if nodes is None else nodes) if node in self.nodes[: self._limit]]
        given: dict[Any, list[list[int]]] = {}
        self._waiting.sort(key=self._order)
        while self._waiting:
            open_nodes = [n for n in fed if not n.shutting_down and self._has_room(n)]
            if not open_nodes:
                break
            node = min(open_nodes, key=lambda n: (len(self._held[n]), len(self._sent[n])))
            lane = self._waiting.pop(0)
            self._held[node].append(list(lane))
            self._sent[node] += lane
            given.setdefault(node, []).append(lane)
        for node, lanes in given.items():
            # The first items of all lanes come first: a lane begins when its first item does.
            mixed = [item for row in zip_longest(*lanes) for item in row if item is not None]
            self._sent[node] = [i for i in self._sent[node] if i not in set(mixed)] + mixed
            node.send_runtest_some(mixed)
        if not self._waiting:
            for node in self.nodes:
                if not node.shutting_down:
                    node.shutdown()

    def _order(self, lane: Sequence[int]) -> tuple[int, bool, int]:
        """The sort key of a lane: services by their turns; in each, long lanes first, and the one that waits last."""
        name = self._lane_of(self.collection[lane[0]]) if self.collection else ""
        service, _, inner = name.rpartition(":")
        return self._turns.get(service, 0), inner == ALONE, -len(lane)

    def _has_room(self, node: Any) -> bool:
        return len(self._held[node]) < self._at_once or len(self._sent[node]) <= 2
