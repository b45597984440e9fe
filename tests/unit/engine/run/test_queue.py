"""The next lane of a thread: by transitions and resources at hand on a fast cloud, by a plan on a slow one."""

from __future__ import annotations

from typing import Any

from planned import LOOK, SPIN, Context
from widgets import trial

from conformance.engine.cloud.waits import Waits
from conformance.engine.provision.durations import SLOW
from conformance.engine.run.jobs import Job
from conformance.engine.run.pending import Pending
from conformance.engine.run.queue import Queue


def lane(state: str, *, spins: int = 0, **more: Any) -> list[Job]:
    moving = [trial(SPIN, key=f"{state}-{n}", accepted=True, leads_to=("SPINNING",)) for n in range(spins)]
    calm = trial(LOOK, key=f"{state}-calm", state=state, accepted=False, **more)
    return [Job(one, (), ()) for one in (*moving, calm)]


def queue(context: Context, *lanes: list[Job]) -> Queue:
    made = Queue(context)  # type: ignore[arg-type]
    made.add(lanes)
    return made


def test_on_a_fast_cloud_the_lane_with_most_transitions_comes_first() -> None:
    short, long = lane("IDLE"), lane("IDLE", spins=3)
    waiting = queue(Context(spin=0.5), short, long)
    assert [waiting.take(1), waiting.take(1)] == [long, short]
    assert not waiting


def test_a_lane_that_begins_in_the_status_of_a_resource_at_hand_goes_first() -> None:
    halted, long = lane("HALTED"), lane("IDLE", spins=3)
    assert queue(Context(at_hand=("HALTED",), spin=0.5), halted, long).take(1) is halted
    special = lane("HALTED", environment="large")
    assert queue(Context(at_hand=("HALTED",), spin=0.5), special, long).take(1) is long


def test_on_a_fast_cloud_no_lane_is_divided_and_each_thread_leaves_its_resource() -> None:
    waiting = queue(Context(spin=SLOW / 2), lane("IDLE", spins=3))
    assert len(waiting) == 1
    assert not waiting.plans
    assert waiting.take(1, []) is None  # type: ignore[arg-type]


def test_on_a_slow_cloud_the_lanes_that_wait_are_divided() -> None:
    waiting = queue(Context(spin=SLOW), lane("IDLE", spins=3))
    assert waiting.plans
    assert len(waiting) == 4
    assert [len(waiting.take(1) or ()) for _ in range(4)] == [1, 1, 1, 1]
    assert not waiting


def test_a_lane_that_waits_when_the_cloud_turns_out_to_be_slow_is_divided() -> None:
    context = Context(spin=0.5)
    waiting = queue(context, lane("IDLE", spins=2))
    context.waits.ended(Waits.NEW, SLOW, well=True)
    assert len(waiting.take(1) or ()) == 1
    assert len(waiting) == 2


def test_the_trials_of_a_lane_that_is_walked_wait_when_the_cloud_turns_out_to_be_slow() -> None:
    context = Context(spin=0.5)
    waiting = queue(context)
    pending = Pending(lane("IDLE", spins=2))
    waiting.walk(pending)
    waiting.gather()
    assert (len(pending.every()), len(waiting)) == (3, 0), "as long as it is fast"
    context.waits.ended(Waits.NEW, SLOW, well=True)
    context.places.most = 1
    waiting.gather()
    assert len(waiting) == 0, "nobody has room for them"
    context.places.most = None
    waiting.gather()
    assert (pending.every(), len(waiting)) == ([], 3)


def test_a_piece_that_is_walked_does_not_wait_again() -> None:
    waiting = queue(Context(spin=SLOW))
    pending = Pending(lane("IDLE", spins=1))
    waiting.walk(pending)
    waiting.gather()
    assert len(pending.every()) == 2


def test_what_was_kept_for_a_lane_is_free_when_the_lane_has_ended() -> None:
    context = Context(at_hand=("IDLE",), spin=SLOW)
    waiting = queue(context, lane("IDLE"))
    waiting.take(1)
    waiting.left()
    assert context.kept == ["IDLE", None]
