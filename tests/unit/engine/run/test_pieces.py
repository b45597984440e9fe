"""On a slow cloud a lane is divided into pieces, between which lie transitions or a new resource."""

from __future__ import annotations

from typing import Any

import pytest
from planned import HALT, LOOK, SPIN, Context
from widgets import KNOWLEDGE, TOP, action, becomes, spec, status, trial

from conformance.engine.cloud.waits import Waits
from conformance.engine.derive.state_graph import StateGraph
from conformance.engine.derive.suite import views
from conformance.engine.model.setup import UnderWay
from conformance.engine.run.jobs import Job
from conformance.engine.run.pieces import TRIAL, Piece, Pieces, Standing, alters, moves

IDLE, SPINNING, HALTED = (Standing("widget", status) for status in ("IDLE", "SPINNING", "HALTED"))


def job(key: str, operation: Any = LOOK, cases: tuple[Any, ...] = (), **more: Any) -> Job:
    return Job(trial(operation, key=key, **more), cases, ())


def spin(key: str, **more: Any) -> Job:
    return job(key, SPIN, accepted=True, leads_to=("SPINNING",), **more)


def pieces(*jobs: Job, **seconds: float) -> list[Piece]:
    return Pieces(Context(**seconds)).of(jobs)  # type: ignore[arg-type]


def keys(found: list[Piece]) -> list[list[str]]:
    return [[one.trial.key for one in piece.jobs] for piece in found]


@pytest.mark.parametrize(
    ("outcome", "does"),
    [
        ({"accepted": True, "leads_to": ("SPINNING",)}, True),
        ({"accepted": True, "leads_to": ("IDLE",)}, False),
        ({"accepted": True}, False),
        ({"accepted": False}, False),
        ({"accepted": None}, False),
    ],
)
def test_only_an_accepted_request_that_leads_to_another_status_moves(outcome: dict[str, Any], does: bool) -> None:
    assert moves(trial(SPIN, **outcome)) is does


def test_each_trial_that_moves_is_a_piece_and_the_others_of_a_status_are_one() -> None:
    lane = [job("a", accepted=False), job("b", state="SPINNING"), spin("c"), job("d", accepted=False), spin("e")]
    found = pieces(*lane, spin=30.0)
    assert keys(found) == [["a", "d"], ["b"], ["c"], ["e"]]
    assert [piece.seconds for piece in found] == [2 * TRIAL, TRIAL, TRIAL + 30.0, TRIAL + 30.0]
    assert [piece.needs for piece in found] == [IDLE, SPINNING, IDLE, IDLE]
    assert [piece.leaves for piece in found] == [IDLE, SPINNING, SPINNING, SPINNING]


def test_an_operation_that_was_seen_to_take_long_is_a_piece_although_it_does_not_move() -> None:
    lane = [job("a", accepted=True), job("b", accepted=True), job("c", accepted=False)]
    assert keys(pieces(*lane, look=10.0)) == [["a"], ["b"], ["c"]]
    assert keys(pieces(*lane, look=1.0)) == [["a", "b", "c"]]


def test_a_variant_and_a_transition_under_way_have_pieces_of_their_own() -> None:
    moving = job("b", accepted=False, setup=(UnderWay("MOVING", ()),))
    found = pieces(job("a"), moving, job("c", environment="large"))
    assert keys(found) == [["a"], ["b"], ["c"]]
    assert [piece.leaves for piece in found] == [IDLE, None, Standing("widget", "IDLE", "large")]


def test_what_sets_optional_fields_is_a_piece_of_its_own_that_alters_the_resource() -> None:
    found = pieces(job("a", accepted=False), job("b", accepted=True, uses_optional_fields=True))
    assert keys(found) == [["a"], ["b"]]
    assert found[1].leaves == Standing("widget", "IDLE", altered=True)
    assert not alters(trial(LOOK, accepted=False, uses_optional_fields=True)), "a refusal sets nothing"


def test_a_trial_without_a_resource_needs_none_and_leaves_none() -> None:
    (found,) = pieces(job("a", state=None))
    assert (found.needs, found.leaves) == (None, None)
    assert Pieces(Context()).between(IDLE, found) == (0.0, False)  # type: ignore[arg-type]


def test_a_trial_that_is_expected_to_fail_is_made_twice_the_second_time_on_a_new_resource() -> None:
    context = Context(spin=30.0)
    context.waits.ended(Waits.NEW, 20.0, well=True)
    case: Any = type("Case", (), {"id": "deviates"})
    lane = [spin("a", cases=(case,)), spin("b")]
    found = Pieces(context, lambda: {"deviates"}).of(lane)  # type: ignore[arg-type]
    assert [piece.seconds for piece in found] == [2 * (TRIAL + 30.0) + 20.0, TRIAL + 30.0]


@pytest.mark.parametrize(
    ("standing", "state", "seconds", "new"),
    [
        (IDLE, "IDLE", 0.0, False),
        (IDLE, "HALTED", 13.0, False),
        (SPINNING, "HALTED", 3.0, False),
        (HALTED, "SPINNING", 30.0, True),  # no way leads back
        (None, "IDLE", 20.0, True),
        (Standing("widget", "IDLE", "large"), "IDLE", 20.0, True),
        (Standing("gadget", "IDLE"), "IDLE", 20.0, True),
        (Standing("widget", "IDLE", altered=True), "IDLE", 20.0, True),
    ],
)
def test_between_two_pieces_lie_transitions_or_a_new_resource(
    standing: Standing | None, state: str, seconds: float, new: bool
) -> None:
    context = Context(spin=10.0, halt=3.0)
    context.waits.ended(Waits.NEW, 20.0, well=True)
    known = Pieces(context)  # type: ignore[arg-type]  # a stand-in
    (piece,) = known.of([job("a", state=state)])
    assert known.between(standing, piece) == (seconds, new)


def test_what_may_have_been_altered_serves_a_piece_that_sets_optional_fields() -> None:
    known = Pieces(Context(spin=50.0))  # type: ignore[arg-type]
    (piece,) = known.of([job("a", HALT, state="IDLE", uses_optional_fields=True)])
    assert known.between(Standing("widget", "IDLE", altered=True), piece) == (0.0, False)


@pytest.mark.parametrize(("seconds", "between"), [(50.0, (20.0, True)), (15.0, (15.0, False))])
def test_a_new_resource_is_made_where_the_way_takes_longer(seconds: float, between: tuple[float, bool]) -> None:
    wake = action("wake", preconditions=(status("HALTED"),), postconditions=(becomes("IDLE"),))
    context = Context(wake=seconds)
    context.waits.ended(Waits.NEW, 20.0, well=True)
    context.graph = StateGraph.of(views([spec(wake)], TOP, KNOWLEDGE))
    known = Pieces(context)  # type: ignore[arg-type]  # a stand-in
    (piece,) = known.of([job("a")])
    assert known.between(HALTED, piece) == between


def test_what_undoes_a_trial_may_lead_back_to_where_it_began() -> None:
    """Nova stops a server that was stopped before its resize once more (34.0.0, nova/compute/manager.py:5760-5772)."""
    calm = action("calm", preconditions=(status("SPINNING"),), postconditions=(becomes("IDLE", "HALTED"),))
    wake = action("wake", preconditions=(status("HALTED"),), postconditions=(becomes("IDLE"),))
    context = Context(spin=10.0, calm=1.0, wake=4.0)
    context.waits.ended(Waits.NEW, 20.0, well=True)
    context.graph = StateGraph.of(views([spec(SPIN, calm, wake)], TOP, KNOWLEDGE))
    known = Pieces(context)  # type: ignore[arg-type]  # a stand-in
    stopped, usual = known.of([spin("a", state="HALTED"), spin("b")])
    assert [stopped.leaves, usual.leaves] == [Standing("widget", "SPINNING", before="HALTED"), SPINNING]
    idle, halted = known.of([job("c"), job("d", state="HALTED")])
    assert [known.between(one.leaves, idle) for one in (stopped, usual)] == [(5.0, False), (1.0, False)]
    assert known.between(stopped.leaves, halted) == (1.0, False), "although it is not the usual end"
    context.waits.ended("widgets.halt from IDLE", 3.0, well=True)
    stop = action("halt", preconditions=(status("IDLE"),), postconditions=(becomes("HALTED"),))
    context.graph = StateGraph.of(views([spec(SPIN, calm, wake, stop)], TOP, KNOWLEDGE))
    known = Pieces(context)  # type: ignore[arg-type]  # a stand-in
    assert known.between(stopped.leaves, halted) == (1.0 + 3.0, False), "it goes there by the usual end"
    assert known.between(stopped.leaves, idle) == (1.0 + 3.0 + 4.0, False)
    assert Standing("widget", "SPINNING", before="HALTED").as_seen() == SPINNING
    (refused,) = known.of([job("e", state="SPINNING", accepted=False)])
    assert refused.left(stopped.leaves) == stopped.leaves, "a refusal leaves it where it may go back to"
    assert [refused.left(one) for one in (usual.leaves, HALTED, None)] == [SPINNING] * 3
    assert idle.left(stopped.leaves) == IDLE, "it was brought into another status"


def test_the_seconds_of_a_piece_and_between_pieces_follow_what_the_run_sees() -> None:
    context = Context(spin=10.0, halt=3.0)
    context.waits.ended(Waits.NEW, 100.0, well=True)
    known = Pieces(context)  # type: ignore[arg-type]  # a stand-in
    own, behind = known.of([spin("a"), job("b", state="SPINNING")])
    assert (own.seconds, known.between(IDLE, behind)) == (10.0 + TRIAL, (10.0, False))
    context.waits.ended("widgets.spin from IDLE", 30.0, well=True)
    known.learn([own, behind])
    assert (own.seconds, behind.seconds, known.between(IDLE, behind)) == (30.0 + TRIAL, TRIAL, (30.0, False))
