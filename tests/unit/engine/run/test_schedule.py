"""Pieces of work are divided over resources so that the last one ends soon, and no more resources are made than pay."""

from __future__ import annotations

import pytest

from conformance.engine.run.schedule import DEAR, Row, Schedule, Work

NEW = 20.0
WAYS = {("up", "down"): 4.0, ("down", "up"): 4.0}


class Task(Work):
    """A piece of work that needs a status."""

    needs = ""


def task(needs: str, seconds: float, leaves: str | None = "") -> Task:
    made = Task(seconds, needs if leaves == "" else leaves)
    object.__setattr__(made, "needs", needs)
    return made


def between(standing: object, work: Work) -> tuple[float, bool]:
    assert isinstance(work, Task)
    if standing == work.needs:
        return 0.0, False
    way = WAYS.get((str(standing), work.needs))
    return (way, False) if way is not None else (NEW + (0.0 if work.needs == "up" else 4.0), True)


def planned(works: list[Task], *rows: Row, tries: int = 300) -> list[list[Work]]:
    Schedule(rows, between).improve(works, tries)
    return [row.works for row in rows]


def end(row: Row) -> float:
    return row.cost(between)[0]


def test_the_longest_pieces_are_spread_and_short_ones_fill_the_rest() -> None:
    works = [task("up", seconds) for seconds in (30.0, 4.0, 30.0, 4.0, 22.0)]
    rows = [Row(0.0, "up") for _ in range(3)]
    assert sorted(work.seconds for row in planned(works, *rows) for work in row) == [4.0, 4.0, 22.0, 30.0, 30.0]
    assert [end(row) for row in sorted(rows, key=end)] == [30.0, 30.0, 30.0]


def test_a_transition_that_a_piece_makes_is_not_made_once_more_for_another() -> None:
    down, calm, up = task("up", 4.0, "down"), task("down", 1.0), task("down", 4.0, "up")
    (row,) = planned([calm, up, down], Row(0.0, "up"))
    assert row == [down, calm, up]


def test_what_spends_a_resource_comes_last() -> None:
    spends, others = task("up", 9.0, None), [task("up", 4.0), task("up", 1.0)]
    (row,) = planned([spends, *others], Row(0.0, "up"))
    assert row[-1] is spends


def test_the_resource_that_is_free_later_gets_less() -> None:
    early, late = Row(0.0, "up"), Row(10.0, "up")
    planned([task("up", 5.0) for _ in range(4)], early, late)
    assert (len(early.works), len(late.works)) == (3, 1)


@pytest.mark.parametrize(("seconds", "used"), [(NEW + 5.0, False), (NEW + DEAR - 5.0, False), (2 * NEW + DEAR, True)])
def test_a_further_resource_is_made_only_if_it_saves_enough(seconds: float, used: bool) -> None:
    there, room = Row(0.0, "up"), Row(0.0, None)
    planned([task("up", seconds), task("up", seconds)], there, room)
    assert bool(room.works and there.works) is used


def test_a_new_resource_that_lets_the_whole_end_little_sooner_is_too_dear() -> None:
    """Two pieces of 33 s take 66 s on one resource, and 53 s with a new one, which takes 20 s."""
    there, room = Row(0.0, "up"), Row(0.0, None)
    planned([task("up", 33.0), task("up", 33.0)], there, room)
    assert [len(there.works), len(room.works)] == [2, 0]


def test_long_pieces_come_early_where_that_costs_nothing() -> None:
    short, long = task("up", 1.0), task("up", 30.0)
    row = Row(0.0, "up", [short, long])
    Schedule([row], between).improve([], 0)
    assert row.works == [long, short]


def test_a_plan_of_before_is_made_better() -> None:
    """Taking pieces out and putting them back finds the order in which one resource is spent last."""
    spends = task("up", 1.0, None)
    row = Row(0.0, "up", [spends, task("up", 30.0), task("down", 2.0)])
    schedule = Schedule([row], between)
    assert end(row) == 1.0 + NEW + 30.0 + 4.0 + 2.0
    schedule.improve([], 300)
    assert end(row) <= 30.0 + 4.0 + 2.0 + 4.0 + 1.0
    assert row.works[-1] is spends


def test_what_follows_each_other_is_moved_together_to_where_the_whole_ends_sooner() -> None:
    """The shorter row gets a piece that leads to a status, and the one that leads back from it: neither alone pays."""
    pair = [task("up", 4.0, "down"), task("down", 4.0, "up")]
    long, short = Row(0.0, "up", [task("up", 30.0), *pair, task("up", 1.0)]), Row(0.0, "up", [task("up", 20.0)])
    Schedule([long, short], between).improve([], 300)
    assert sorted([end(long), end(short)]) == [29.0, 30.0]


def test_without_work_nothing_is_planned() -> None:
    assert planned([], Row(0.0, "up")) == [[]]


class Calm(Task):
    """A piece of work that leaves a resource which may go back up as it stands."""

    def left(self, standing: object) -> object:
        return standing if standing == "open" else self.leaves


def test_a_piece_may_leave_a_resource_as_it_stands_for_the_next_one() -> None:
    def reopened(standing: object, work: Work) -> tuple[float, bool]:
        if standing != "open":
            return between(standing, work)
        return (0.0 if isinstance(work, Task) and work.needs == "down" else 1.0), False

    calm = Calm(1.0, "down")
    calm.needs = "down"
    row, up = Row(0.0, "open"), task("up", 2.0)
    assert row.cost(reopened, [calm, up]) == (4.0, 0), "1 s back, and not the 4 s of the usual way"
    schedule = Schedule([row], reopened)
    schedule.improve([calm, up], 50)
    assert row.works == [calm, up]
    assert row.cost(reopened) == (4.0, 0)
