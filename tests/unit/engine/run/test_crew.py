"""On a slow cloud threads take pieces by a plan, and wait where another one does what is left sooner."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from planned import LOOK, SPIN, Context
from widgets import KNOWLEDGE, trial

from conformance.engine.cloud.waits import Waits
from conformance.engine.run.crew import AT_FIRST, CLOSE, STALE, Crew
from conformance.engine.run.jobs import Job
from conformance.engine.run.pieces import TRIAL, Standing, standing_of
from conformance.engine.run.schedule import Schedule


def spin(key: str, **more: Any) -> Job:
    return Job(trial(SPIN, key=key, accepted=True, leads_to=("SPINNING",), **more), (), ())


def look(key: str, **more: Any) -> Job:
    return Job(trial(LOOK, key=key, accepted=False, **more), (), ())


def context(new: float = 20.0, **more: Any) -> Context:
    made = Context(**{"spin": 30.0, "halt": 4.0, **more})
    made.waits.ended(Waits.NEW, new, well=True)
    return made


def lane(status: str | None, **more: Any) -> Any:
    """The executors of a lane whose resource has a status."""
    parts: dict[str, Any] = {"must_replace": False, "under_way": "", "environment": "", "altered": False, **more}
    about = SimpleNamespace(service=SimpleNamespace(resource="widget"))
    return [SimpleNamespace(subject=SimpleNamespace(status=status, context=about, **parts))]


class Threads:
    """A crew, whose threads ask at moments that a test sets."""

    def __init__(self, about: Context, *lanes: list[Job], threads: int = 2) -> None:
        self.now, self.threads, self.used = 0.0, threads, 0.0
        with self.as_thread(0):
            self.crew = Crew(about)  # type: ignore[arg-type]  # a stand-in
        self.crew.add(lanes)

    def next(self, number: int, status: str | None = None, **more: Any) -> list[str] | None:
        """The keys of the trials that a thread should make next; ``status``: of its resource, if it has one."""
        has = lane(status, **more) if status is not None else None
        with self.as_thread(number):
            found = self.crew.next(has, self.threads)
        return found if found is None else [job.trial.key for job in found]

    def end(self, number: int) -> None:
        with self.as_thread(number):
            self.crew.gone()

    def as_thread(self, number: int) -> Any:
        """What is done within it seems to be done by a thread of its own, at the present moment."""
        clock = SimpleNamespace(monotonic=lambda: self.now, thread_time=lambda: self.used)
        return patch.multiple(
            "conformance.engine.run.crew", time=clock, threading=SimpleNamespace(get_ident=lambda: number)
        )


def test_the_first_thread_begins_with_the_longest_and_others_with_what_is_planned_for_them() -> None:
    crew = Threads(context(), [look("behind", state="SPINNING"), spin("a"), spin("b")])
    with patch("conformance.engine.run.crew.Schedule", wraps=Schedule) as schedule:
        assert {str(crew.next(1)), str(crew.next(2))} == {"['a']", "['b']"}
        assert schedule.call_count == 1
    assert ["behind"] in (crew.next(1, "SPINNING"), crew.next(2, "SPINNING"))
    assert len(crew.crew) == 0


def test_a_thread_waits_for_what_another_one_does_sooner() -> None:
    crew = Threads(context(), [spin("a")], [look("behind", state="SPINNING")])
    assert crew.next(1) == ["a"]
    assert crew.next(2) is None, "with 30 s it would be a transition that is a trial already"
    crew.now = 30.0
    assert crew.next(1, "SPINNING") == ["behind"]


@pytest.mark.parametrize(("moment", "taken"), [(45.0, None), (100.0, None), (110.0, ["behind"])])
def test_nobody_waits_for_a_thread_that_is_too_late(moment: float, taken: list[str] | None) -> None:
    crew = Threads(context(), [spin("a")], [look("behind", state="SPINNING")])
    assert crew.next(1) == ["a"]  # for 50 s, with the making of a new resource
    crew.now = moment
    assert crew.next(2, "IDLE") == taken


@pytest.mark.parametrize(
    ("moment", "status", "plans"),
    [
        (50.0 + CLOSE, "SPINNING", 1),
        (55.0, "SPINNING", 2),  # late
        (40.0, "SPINNING", 2),  # early
        (50.0, "IDLE", 2),  # something else came of it
    ],
)
def test_a_plan_is_made_again_if_something_comes_otherwise(moment: float, status: str, plans: int) -> None:
    crew = Threads(context(), [spin("a")], [look("behind", state="SPINNING")], threads=1)
    with patch("conformance.engine.run.crew.Schedule", wraps=Schedule) as schedule:
        assert crew.next(1) == ["a"]  # for 50 s, with the making of a new resource
        crew.now = moment
        with patch("conformance.engine.run.crew.STALE", 100.0):
            assert crew.next(1, status) == ["behind"]
        assert schedule.call_count == plans


def test_a_thread_that_waits_has_an_old_plan_made_again() -> None:
    crew = Threads(context(), [spin("a")], [look("behind", state="SPINNING")])
    assert crew.next(1) == ["a"]
    with patch("conformance.engine.run.crew.Schedule", wraps=Schedule) as schedule:
        for moment, plans in ((1.0, 1), (STALE, 1), (STALE + 2.0, 2)):
            crew.now = moment
            assert crew.next(2) is None
            assert schedule.call_count == plans


def test_plans_that_have_taken_too_long_are_not_made_better() -> None:
    crew = Threads(context(), [spin("a")], [look("behind", state="SPINNING")])

    def improve(schedule: Schedule, works: Any, tries: int) -> None:
        made.append(tries)
        crew.used += AT_FIRST + 1.0
        real(schedule, works, tries)

    made: list[int] = []
    real = Schedule.improve
    with patch.object(Schedule, "improve", improve):
        assert crew.next(1) == ["a"]
        assert crew.next(2) is None
        assert made[0] > made[1] == 0
        crew.now = STALE + 1.0
        assert crew.next(2) is None
        assert len(made) == 2, "an old plan is good enough"
        crew.crew.add([[spin("b")], [spin("c")]])
        assert crew.next(2) == ["b"]
        assert made[2:] == [0], "what is new has a place in it, and no better one is looked for"
        crew.crew.add([[spin("d")], [spin("e")]])
        crew.now = 10_000.0
        assert crew.next(2, "SPINNING") is not None
        assert made[3] > 0, "the time allowed for it has grown"


def test_a_thread_that_never_comes_keeps_no_piece() -> None:
    crew = Threads(context(), [look("a")], [look("b", environment="large")], threads=9)
    taken = [crew.next(1, "IDLE")]
    for moment in (50.0, 100.0, 150.0):
        crew.now = moment
        taken.append(crew.next(1, "IDLE") if len(crew.crew) else None)
    assert ["a"] in taken
    assert ["b"] in taken


def test_where_the_quota_is_narrow_nobody_waits_and_the_nearest_piece_goes_first() -> None:
    about = context()
    about.places.most = 1
    crew = Threads(about, [spin("a")], [look("behind", state="SPINNING")])
    assert [crew.next(1, "SPINNING"), crew.next(2)] == [["behind"], ["a"]]


def test_the_resource_with_which_a_thread_begins_is_kept_for_it() -> None:
    about = context(at_hand=("SPINNING",))
    crew = Threads(about, [look("behind", state="SPINNING")], threads=1)
    assert crew.next(1) == ["behind"]
    assert about.kept == ["SPINNING"]


def test_a_thread_that_has_ended_gets_no_piece() -> None:
    crew = Threads(context(), [look("a")])
    assert crew.next(1) == ["a"]
    crew.end(1)
    crew.crew.add([[look("b")]])
    crew.threads = 1
    assert crew.next(2) == ["b"]


def test_a_resource_that_was_made_ahead_is_as_good_as_one_that_a_thread_has() -> None:
    about = context()
    spare: Any = SimpleNamespace(kind="widget", role=KNOWLEDGE.under_test.role)
    about.resources.spares.add(spare, ready=False)
    crew = Threads(about, [look("a")], threads=1)
    crew.next(1)
    assert crew.crew._seats[1].until is not None
    assert crew.crew._seats[1].until < 20.0, "no new one is made"


@pytest.mark.parametrize(
    ("status", "more", "standing"),
    [
        ("IDLE", {}, Standing("widget", "IDLE")),
        ("IDLE", {"altered": True, "environment": "large"}, Standing("widget", "IDLE", "large", altered=True)),
        (None, {}, None),
        ("IDLE", {"must_replace": True}, None),
        ("IDLE", {"under_way": "MOVING"}, None),
    ],
)
def test_a_resource_that_serves_no_other_trial_stands_as_none(
    status: str | None, more: dict[str, Any], standing: Standing | None
) -> None:
    assert standing_of(lane(status, **more)[0].subject) == standing


def test_pieces_that_are_late_by_a_little_each_are_late_by_much_in_the_end() -> None:
    crew, late = Threads(context(), [spin(name) for name in "abcd"], threads=1), CLOSE - 0.5
    with patch("conformance.engine.run.crew.Schedule", wraps=Schedule) as schedule:
        for number, plans in enumerate((1, 1, 2, 2)):  # after the second one it is late by more than is close
            crew.now = number * (50.0 + TRIAL + late)  # each needs a new resource
            with patch("conformance.engine.run.crew.STALE", 1000.0):
                assert crew.next(1, "SPINNING" if number else None)
            assert schedule.call_count == plans


def test_what_the_run_sees_of_an_operation_is_planned_with() -> None:
    about = context()
    crew = Threads(about, [spin("a"), look("behind", state="SPINNING"), look("last", state="HALTED")], threads=1)
    with patch("conformance.engine.run.crew.Schedule", wraps=Schedule) as schedule:
        for moment, status, plans in ((0.0, "IDLE", 1), (30.0 + TRIAL, "SPINNING", 2)):
            crew.now = moment
            with patch("conformance.engine.run.crew.STALE", 1000.0):
                crew.next(1, status)
            assert schedule.call_count == plans
            about.waits.ended("widgets.wake from HALTED", 3.0, well=True)


def test_a_plan_knows_where_a_resource_may_be_led_back_to_although_that_does_not_show() -> None:
    crew = Threads(context(), [look("a")], threads=1)
    with crew.as_thread(1):
        assert crew.next(1, "IDLE") == ["a"]
        seat = crew.crew._seats[1]
        seat.row.standing = Standing("widget", "SPINNING", before="HALTED")
        assert seat.end(Standing("widget", "SPINNING"))
        assert seat.row.standing == Standing("widget", "SPINNING", before="HALTED")
        assert seat.end(Standing("widget", "SPINNING")), "as it waits"
        seat.until = crew.now
        assert not seat.end(Standing("widget", "HALTED"))
        assert seat.row.standing == Standing("widget", "HALTED")


def test_of_more_resources_than_pieces_those_are_spare_that_are_not_the_nearest() -> None:
    crew = Threads(context(), [spin("a"), look("behind", state="SPINNING")], threads=4)

    def spare(number: int) -> bool:
        with crew.as_thread(number):
            return crew.crew.spare()

    assert crew.next(1, "IDLE") == ["a"]
    crew.now = 1.0
    assert [crew.next(2, "HALTED"), crew.next(3, "IDLE")] == [None, None]
    assert [spare(number) for number in (1, 2, 3, 4)] == [False, True, False, False], "IDLE is nearer to SPINNING"
    crew.crew.add([[look("c", state="HALTED")]])
    assert not spare(2), "there are as many pieces by now"


def test_a_plan_is_made_again_when_a_thread_that_waits_has_given_its_resource_back() -> None:
    crew = Threads(context(), [spin("a")], [look("behind", state="SPINNING")])
    assert crew.next(1) == ["a"]
    with patch("conformance.engine.run.crew.Schedule", wraps=Schedule) as schedule:
        for status, plans in (("IDLE", 1), ("IDLE", 1), (None, 2), (None, 2)):
            assert crew.next(2, status) is None
            assert schedule.call_count == plans


def test_a_new_plan_reckons_with_the_seconds_that_the_run_has_seen_by_then() -> None:
    about = context()
    crew = Threads(about, [spin("a"), spin("b")], threads=1)
    lasts = []
    for moment in (0.0, 80.0):
        crew.now = moment
        assert crew.next(1, "SPINNING" if moment else None)
        lasts.append(crew.crew._seats[1].lasts)
        about.waits.ended("widgets.spin from IDLE", 60.0, well=True)
    assert lasts == [20.0 + 30.0 + TRIAL, 20.0 + 60.0 + TRIAL]
