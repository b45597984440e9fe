"""The next lane of a thread: by transitions on a fast cloud, by seconds and resources at hand on a slow one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from widgets import KNOWLEDGE, TOP, action, becomes, spec, status, trial

from conformance.engine.cloud.waits import Waits
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import views
from conformance.engine.model.setup import UnderWay
from conformance.engine.run.dividing import WORTH
from conformance.engine.run.jobs import Job
from conformance.engine.run.queue import Queue

SPIN = action("spin", preconditions=(status("IDLE"),), postconditions=(becomes("SPINNING"),))
HALT = action("halt", preconditions=(status("SPINNING"),), postconditions=(becomes("HALTED"),))
LOOK = action("look")
GRAPH = StateGraph.of(views([spec(SPIN, HALT)], TOP, KNOWLEDGE))


class Context:
    """What a queue asks of the context of a run."""

    def __init__(self, at_hand: tuple[str, ...] = (), **seconds: float) -> None:
        self.waits, self.graph, self.service, self.role_names = Waits(), GRAPH, KNOWLEDGE, frozenset({"member"})
        self.kind = SimpleNamespace(name="widget", state_of=lambda body: (body["status"], None))
        self.hand = list(at_hand)
        self.places = SimpleNamespace(
            offered=lambda kind: tuple(SimpleNamespace(body={"status": one}) for one in self.hand)
        )
        for name, length in seconds.items():
            self.waits.ended(f"widgets.{name} from IDLE", length, well=True)

    def about(self, operation: Any) -> Any:
        return self


def lane(state: str, *, spins: int = 0, **more: Any) -> list[Job]:
    moving = [trial(SPIN, key=f"{state}-{n}", accepted=True, leads_to=("SPINNING",)) for n in range(spins)]
    calm = trial(LOOK, key=f"{state}-calm", state=state, accepted=False, **more)
    return [Job(one, (), ()) for one in (*moving, calm)]


def queue(context: Context, *lanes: list[Job], parallel: int = 2) -> Queue:
    made = Queue(context, parallel)  # type: ignore[arg-type]
    made.add(lanes)
    return made


def test_on_a_fast_cloud_the_lane_with_most_transitions_comes_first() -> None:
    short, long = lane("IDLE"), lane("IDLE", spins=3)
    waiting = queue(Context(spin=0.5), short, long)
    assert [waiting.take(), waiting.take()] == [long, short]
    assert not waiting


def test_a_lane_that_begins_in_the_status_of_a_resource_at_hand_goes_first() -> None:
    halted, long = lane("HALTED"), lane("IDLE", spins=3)
    assert queue(Context(at_hand=("HALTED",), spin=0.5), halted, long).take() is halted
    special = lane("HALTED", environment="large")
    assert queue(Context(at_hand=("HALTED",), spin=0.5), special, long).take() is long


def test_on_a_slow_cloud_the_lane_of_most_seconds_comes_first() -> None:
    spins, halted = lane("IDLE", spins=2), lane("HALTED")
    assert queue(Context(spin=20.0, halt=30.0), spins, halted).take() is halted


def test_on_a_slow_cloud_the_lane_for_which_a_resource_at_hand_saves_most_comes_first() -> None:
    spins, halted = lane("IDLE", spins=9), lane("HALTED")
    assert queue(Context(at_hand=("HALTED",), spin=20.0, halt=30.0), spins, halted).take() is halted


def test_of_lanes_for_which_a_resource_saves_as_much_those_that_leave_it_as_it_is_come_first() -> None:
    calm, halted = lane("IDLE"), lane("HALTED")
    changing = [Job(trial(LOOK, key="u", accepted=False, setup=(UnderWay("MOVING", ()),)), (), ())]
    waiting = queue(Context(at_hand=("IDLE",), spin=20.0, halt=30.0), changing, halted, calm)
    assert [waiting.take(), waiting.take(), waiting.take()] == [calm, halted, changing]


def test_a_status_on_the_way_comes_first_and_the_lane_behind_it_is_kept_for_the_same_thread() -> None:
    spinning, halted, other = lane("SPINNING"), lane("HALTED"), lane("IDLE")
    waiting = queue(Context(spin=20.0, halt=30.0), spinning, halted, other)
    assert [waiting.take(), waiting.take(), waiting.take()] == [spinning, halted, other]


def test_an_operation_that_was_not_seen_yet_may_be_among_the_longest() -> None:
    spins, look = lane("IDLE", spins=1), lane("IDLE")
    assert queue(Context(halt=30.0), look, spins).take() is spins


@pytest.mark.parametrize(("idle", "others", "divided"), [(True, 9, True), (False, 9, False), (False, 0, True)])
def test_a_lane_is_divided_for_an_idle_thread_or_if_it_takes_more_than_its_share(
    idle: bool, others: int, divided: bool
) -> None:
    waiting = queue(Context(spin=30.0), *(lane("IDLE", spins=4) for _ in range(others)), lane("IDLE", spins=9))
    mine = max((waiting.take() for _ in range(1)), key=len)
    assert bool(waiting.part(mine, idle)) is divided


def test_on_a_fast_cloud_no_lane_is_divided() -> None:
    waiting = queue(Context(spin=WORTH / 5), lane("IDLE", spins=9))
    assert waiting.part(waiting.take(), idle=True) == []


def test_the_work_of_a_lane_that_has_ended_counts_no_more() -> None:
    waiting = queue(Context(spin=30.0), lane("IDLE", spins=4), lane("IDLE", spins=4), parallel=1)
    waiting.take()
    waiting.left()
    assert not waiting.part(waiting.take()[:2], idle=False)
