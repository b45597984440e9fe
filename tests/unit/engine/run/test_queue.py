"""The next lane of a thread: by transitions on a fast cloud, by seconds and resources at hand on a slow one."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from widgets import KNOWLEDGE, TOP, action, becomes, spec, status, trial

from conformance.engine.cloud.spares import Spares
from conformance.engine.cloud.waits import Waits
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import views
from conformance.engine.model.setup import UnderWay
from conformance.engine.run.dividing import WORTH
from conformance.engine.run.jobs import Job
from conformance.engine.run.pending import Pending
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


@pytest.mark.parametrize(
    ("other", "at_hand", "first"),
    [
        ({"spins": 9}, (), "calm"),
        ({"spins": 1}, (), "halted"),  # the other lane ends no later
        ({"spins": 9}, ("HALTED",), "halted"),
        ({"spins": 9, "environment": "large"}, (), "calm"),
    ],
)
def test_a_lane_that_leaves_a_new_resource_as_it_is_goes_before_one_that_may_wait(
    other: dict[str, Any], at_hand: tuple[str, ...], first: str
) -> None:
    context = Context(spin=20.0, halt=5.0)
    lanes = {"calm": lane("IDLE"), "halted": lane("HALTED")}
    waiting = queue(context, lane("IDLE", **other))
    taker = threading.Thread(target=waiting.take)
    taker.start()
    taker.join()
    context.hand = list(at_hand)
    waiting.add(lanes.values())
    assert waiting.take() is lanes[first]
    assert waiting.take() is next(one for name, one in lanes.items() if name != first)


def test_a_lane_of_another_variant_does_not_go_before_one_that_may_wait() -> None:
    waiting = queue(Context(spin=20.0, halt=5.0), lane("IDLE", spins=9))
    taker = threading.Thread(target=waiting.take)
    taker.start()
    taker.join()
    calm, halted = lane("IDLE", environment="large"), lane("HALTED")
    waiting.add([calm, halted])
    assert waiting.take() is halted


@pytest.mark.parametrize(("seconds", "spins"), [(30.0, [2, 2, 2, 2, 1]), (0.5, [1, 8])])
def test_on_a_slow_cloud_a_run_begins_with_lanes_that_take_no_more_than_their_share(
    seconds: float, spins: list[int]
) -> None:
    waiting = queue(Context(spin=seconds), parallel=4)
    lanes = [lane("IDLE", spins=8), lane("IDLE", spins=1)]
    assert waiting.begin_with(lanes) == len(spins) - 2
    taken = [waiting.take() for _ in range(len(spins))]
    assert sorted(sum(job.trial.operation is SPIN for job in one) for one in taken) == sorted(spins)
    assert {id(job) for one in taken for job in one} == {id(job) for one in lanes for job in one}
    assert not waiting


def test_an_operation_that_was_not_seen_yet_may_be_among_the_longest() -> None:
    spins, look = lane("IDLE", spins=1), lane("IDLE")
    assert queue(Context(halt=30.0), look, spins).take() is spins


def walked(waiting: Queue) -> Pending:
    """The lane that this thread takes next, and begins to walk."""
    pending = Pending(waiting.take())
    waiting.walk(pending)
    return pending


@pytest.mark.parametrize(("idle", "others", "divided"), [(True, 9, True), (False, 9, False), (False, 0, True)])
def test_a_lane_is_divided_for_an_idle_thread_or_if_it_takes_more_than_its_share(
    idle: bool, others: int, divided: bool
) -> None:
    waiting = queue(Context(spin=30.0), *(lane("IDLE", spins=4) for _ in range(others)), lane("IDLE", spins=9))
    mine = walked(waiting)
    part = waiting.part(idle)
    assert bool(part) is divided
    assert len(mine.every()) == 10 - len(part), "a part is no longer the lane's own"


def test_on_a_fast_cloud_no_lane_is_divided() -> None:
    waiting = queue(Context(spin=WORTH / 5), lane("IDLE", spins=9))
    walked(waiting)
    assert waiting.part(idle=True) == []
    assert not waiting.share()


def test_the_work_of_a_lane_that_has_ended_counts_no_more() -> None:
    waiting = queue(Context(spin=30.0), lane("IDLE", spins=4), lane("IDLE", spins=2), parallel=1)
    waiting.take()
    waiting.left()
    walked(waiting)
    assert not waiting.part(idle=False)


def test_a_lane_that_nobody_walks_has_no_part() -> None:
    waiting = queue(Context(spin=30.0), lane("IDLE", spins=4))
    walked(waiting)
    waiting.walked()
    assert not waiting.part(idle=True)
    assert not waiting.share()


def test_a_thread_without_a_lane_takes_a_part_of_the_one_of_which_it_saves_most() -> None:
    waiting = queue(Context(spin=30.0), lane("IDLE", spins=3))
    other = Pending(lane("HALTED", spins=6))
    thread = threading.Thread(target=waiting.walk, args=[other])
    thread.start()
    thread.join()
    mine = walked(waiting)
    assert waiting.share()
    assert [job.trial.key for job in waiting.take()] == ["HALTED-0", "HALTED-2", "HALTED-4"]
    assert len(mine.every()) == 4
    assert [job.trial.key for job in other.every()] == ["HALTED-1", "HALTED-3", "HALTED-5", "HALTED-calm"]


def test_a_new_resource_is_not_made_for_a_part_that_takes_no_longer() -> None:
    context = Context(spin=30.0)
    context.waits.ended(Waits.NEW, 20.0, well=True)
    waiting = queue(context, lane("IDLE", spins=1))
    mine = walked(waiting)
    assert not waiting.share()
    context.hand = ["SPINNING"]
    assert waiting.share(), "a resource that nobody uses costs nothing"
    assert [job.trial.key for job in mine.every()] == ["IDLE-calm"]


def test_a_spare_resource_is_at_hand_too_but_not_for_a_special_variant() -> None:
    context = Context(spin=30.0)
    context.waits.ended(Waits.NEW, 20.0, well=True)
    context.resources.spares.add(SimpleNamespace(kind="widget", role=KNOWLEDGE.under_test.role), ready=False)  # type: ignore[arg-type]
    special = queue(context, lane("IDLE", spins=1, environment="large"))
    walked(special)
    assert not special.share()
    usual = queue(context, lane("IDLE", spins=1))
    walked(usual)
    assert usual.share()


def test_a_resource_with_which_a_waiting_lane_begins_is_not_at_hand_for_a_part() -> None:
    context = Context(at_hand=("IDLE",), spin=30.0)
    context.waits.ended(Waits.NEW, 20.0, well=True)
    waiting = queue(context, lane("IDLE", spins=1))
    walked(waiting)
    waiting.add([lane("HALTED")])
    assert not waiting.part(idle=True)


def hesitating(*lanes: list[Job], others: int = 1, **left: Any) -> Queue:
    """A queue of which other threads walk lanes with one transition of 5 s each; a new resource takes 30 s."""
    context = Context(spin=5.0, halt=30.0)
    context.waits.ended(Waits.NEW, 30.0, well=True)
    waiting = queue(context, *(lane("IDLE", **{"spins": 1, **left}) for _ in range(others)))
    for number in range(others):
        with as_thread(number):
            walked(waiting)
    waiting.add(lanes)
    return waiting


def as_thread(number: int) -> Any:
    """What is done within it seems to be done by a thread of its own: an ended thread may give its identity on."""
    return patch("conformance.engine.run.queue.threading.get_ident", return_value=-1 - number)


def test_a_thread_waits_for_a_resource_that_another_one_leaves_soon_but_not_for_long() -> None:
    waiting = hesitating(lane("IDLE"))
    assert waiting.hesitates(time.monotonic())
    assert waiting.hesitates(time.monotonic() - 9.0)
    assert not waiting.hesitates(time.monotonic() - 16.0), "half of what a new one takes"


@pytest.mark.parametrize(
    ("lanes", "left"),
    [
        ([], {}),  # no lane waits
        ([lane("IDLE", environment="large")], {}),  # the usual resource does not serve it
        ([lane("IDLE")], {"spins": 4}),  # the other thread takes longer than that
        ([lane("IDLE")], {"setup": (UnderWay("MOVING", ()),)}),  # its resource serves no other lane
    ],
)
def test_a_thread_does_not_wait_where_nothing_is_won(lanes: list[list[Job]], left: dict[str, Any]) -> None:
    assert not hesitating(*lanes, **left).hesitates(time.monotonic())


def test_a_thread_does_not_wait_if_a_resource_is_at_hand_or_the_quota_is_narrow() -> None:
    waiting = hesitating(lane("IDLE"))
    context: Any = waiting._context
    context.hand = ["IDLE"]
    assert not waiting.hesitates(time.monotonic())
    context.hand = []
    context.places.most = 1
    assert not waiting.hesitates(time.monotonic())


@pytest.mark.parametrize(("others", "waits"), [(1, False), (2, True)])
def test_no_more_threads_wait_than_others_leave_resources(others: int, waits: bool) -> None:
    waiting = hesitating(lane("IDLE"), lane("IDLE"), others=others)
    with as_thread(others):
        assert waiting.hesitates(time.monotonic())
    assert waiting.hesitates(time.monotonic()) is waits


def test_on_a_fast_cloud_no_thread_waits() -> None:
    waiting = queue(Context(spin=0.5), lane("IDLE", spins=1))
    walked(waiting)
    waiting.add([lane("IDLE")])
    assert not waiting.hesitates(time.monotonic())


@pytest.mark.parametrize(
    ("at_hand", "taken", "kept"),
    [
        ((), lane("IDLE"), None),
        (("SPINNING", "IDLE"), lane("IDLE"), "IDLE"),
        (("IDLE", "SPINNING"), lane("HALTED"), "SPINNING"),  # from which the way takes less time
        (("IDLE",), lane("IDLE", environment="large"), None),
    ],
)
def test_on_a_slow_cloud_the_resource_with_which_a_lane_begins_is_kept_for_it(
    at_hand: tuple[str, ...], taken: list[Job], kept: str | None
) -> None:
    context = Context(at_hand, spin=20.0, halt=5.0)
    waiting = queue(context, taken)
    assert waiting.take() is taken
    waiting.left()
    assert context.kept == [kept, None]


def test_on_a_fast_cloud_nothing_is_kept() -> None:
    context = Context(("IDLE",), spin=0.5)
    queue(context, lane("IDLE")).take()
    assert context.kept == []
