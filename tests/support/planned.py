"""The context of a run on a cloud of widgets, as far as the plan of its lanes asks for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from widgets import KNOWLEDGE, TOP, action, becomes, spec, status

from conformance.engine.cloud.spares import Spares
from conformance.engine.cloud.waits import Waits
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import views

SPIN = action("spin", preconditions=(status("IDLE"),), postconditions=(becomes("SPINNING"),))
HALT = action("halt", preconditions=(status("SPINNING"),), postconditions=(becomes("HALTED"),))
LOOK = action("look")
GRAPH = StateGraph.of(views([spec(SPIN, HALT)], TOP, KNOWLEDGE))


class Context:
    """A context of which the plan asks the durations, the ways between statuses, and the resources at hand.

    Args:
        at_hand: the statuses of the resources that other lanes have left.
        seconds: the seconds of operations, as the run has seen them.
    """

    def __init__(self, at_hand: tuple[str, ...] = (), **seconds: float) -> None:
        self.waits, self.graph, self.service, self.role_names = Waits(), GRAPH, KNOWLEDGE, frozenset({"member"})
        self.spending: frozenset[str] = frozenset()
        self.kind = SimpleNamespace(name="widget", state_of=lambda body: (body["status"], None))
        self.hand = list(at_hand)
        self.resources = SimpleNamespace(spares=Spares())
        self.kept: list[str | None] = []
        self.places = SimpleNamespace(
            offered=lambda kind: tuple(SimpleNamespace(body={"status": one}) for one in self.hand),
            keep=lambda made: self.kept.append(made and made.body["status"]),
            most=None,
        )
        for name, length in seconds.items():
            self.waits.ended(f"widgets.{name} from IDLE", length, well=True)

    def about(self, operation: Any) -> Any:
        return self
