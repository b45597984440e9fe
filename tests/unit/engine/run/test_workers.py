"""The threads of a run take one lane after the other, and on a slow cloud go on with their resources."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.engine.run.workers import Workers

LIMIT = 10.0
"""The seconds after which a thread is given up that does not end."""


class Lanes:
    """A queue of lanes, which are texts here."""

    def __init__(self, *, plans: bool = False) -> None:
        self.lanes: list[Any] = []
        self.plans = plans
        self.shared: list[Any] = []
        self.taken: list[tuple[int, Any]] = []
        self.refused = 0
        self.too_many = False
        self.ended = 0

    def __len__(self) -> int:
        return len(self.lanes)

    def add(self, lanes: Any) -> None:
        self.lanes += lanes

    def take(self, threads: int, lane: Any = None) -> Any:
        if self.refused:
            self.refused -= 1
            return None
        self.taken.append((threads, lane))
        return self.lanes.pop(0)

    def spare(self) -> bool:
        return self.too_many

    def gather(self) -> None:
        self.lanes, self.shared = [*self.lanes, *self.shared], []

    def gone(self) -> None:
        self.ended += 1


def workers(queue: Lanes, walk: Any, parallel: int = 2) -> Workers:
    return Workers(queue, walk, parallel, threading.Event())  # type: ignore[arg-type]


def finished(made: Workers) -> None:
    for thread in made.threads:
        thread.join(LIMIT)
        assert not thread.is_alive()


def test_each_lane_is_walked_once_and_as_many_threads_begin_as_may() -> None:
    walked: list[Any] = []

    def walk(jobs: Any, goes_on: bool) -> list[Any]:
        walked.append((jobs, goes_on))
        made.ended()
        return []

    queue = Lanes()
    made = workers(queue, walk)
    made.add(["a", "b", "c"], "alone", "beside")  # type: ignore[arg-type, list-item]
    finished(made)
    assert sorted(walked[:-1]) == [("a", True), ("b", True), ("beside", False), ("c", True)]
    assert walked[-1] == ("alone", True)
    assert (len(made.threads), made.working, made.open, queue.ended) == (3, 0, 0, 2)


def test_only_the_last_lane_of_all_is_the_last() -> None:
    queue = Lanes()
    made = workers(queue, None)
    made.open, queue.lanes = 2, ["waits"]
    assert [made.ended(), made.ended()] == [False, False]
    made.open, queue.lanes, made.alone = 1, [], [["waits"]]  # type: ignore[list-item]
    assert not made.ended()
    made.open, made.alone = 1, []
    assert made.ended()


@pytest.mark.parametrize(("plans", "follows"), [(True, ["a"]), (False, [])])
def test_a_lane_follows_on_the_resource_of_another_one_on_a_slow_cloud_alone(plans: bool, follows: list[str]) -> None:
    queue = Lanes(plans=plans)
    made = workers(queue, None)
    queue.lanes = ["a"]
    lane: Any = object()
    assert made.next(lane) == (follows and "a")
    assert queue.taken == ([(0, lane)] if plans else [])


def test_a_thread_waits_until_there_is_a_lane_for_it() -> None:
    queue = Lanes(plans=True)
    queue.lanes, queue.refused = ["a"], 2
    assert workers(queue, None).next() == "a"


@pytest.mark.parametrize(("refused", "too_many", "given_back"), [(1, True, 1), (1, False, 0), (0, True, 0)])
def test_a_resource_that_is_one_too_many_is_given_back_while_its_thread_waits(
    refused: int, too_many: bool, given_back: int
) -> None:
    queue = Lanes(plans=True)
    queue.lanes, queue.refused, queue.too_many = ["a"], refused, too_many
    given: list[None] = []
    lane: Any = SimpleNamespace(give_back=lambda: given.append(None))
    assert workers(queue, None).next(lane) == "a"
    assert len(given) == given_back


def test_a_stopped_run_takes_no_lane() -> None:
    queue = Lanes()
    made = workers(queue, None)
    queue.lanes = ["a"]
    made.stopping.set()
    assert made.next() == []


def test_what_other_threads_have_begun_to_walk_is_looked_for_before_a_thread_ends() -> None:
    queue = Lanes(plans=True)
    queue.shared = ["a"]
    assert workers(queue, None).next() == "a"


@pytest.mark.parametrize(("plans", "threads"), [(True, 2), (False, 0)])
def test_on_a_slow_cloud_threads_begin_for_what_others_give_back(plans: bool, threads: int) -> None:
    walked: list[Any] = []

    def walk(jobs: Any, goes_on: bool) -> list[Any]:
        walked.append(jobs)
        return []

    queue = Lanes(plans=plans)
    queue.shared = ["a", "b"]
    made = workers(queue, walk)
    made.share()
    finished(made)
    assert len(made.threads) == threads
    assert sorted(walked) == ["a", "b"][:threads]


def test_a_lane_that_needs_another_kind_of_resource_is_walked_next() -> None:
    walked: list[Any] = []

    def walk(jobs: Any, goes_on: bool) -> list[Any]:
        walked.append(jobs)
        return ["of another kind"] if jobs == "a" else []

    made = workers(Lanes(), walk)
    made.add(["a"], None, None)  # type: ignore[list-item]
    finished(made)
    assert walked == ["a", ["of another kind"]]
