"""Lanes share what a quota lets the run have: each refusal halves their number, and nobody waits for nothing."""

from __future__ import annotations

import threading
from itertools import pairwise
from types import SimpleNamespace

import pytest

from conformance.engine.provision import places as module
from conformance.engine.provision.places import MOST_PATIENCE, MOST_WAITS, PATIENCE, Places


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.001)
    monkeypatch.setattr(module, "WAIT", 1.0)
    monkeypatch.setattr(module, "BRIEF", 0.0)
    monkeypatch.setattr(module, "ONE_MOMENT", -1.0)
    monkeypatch.setattr(module, "_LOOK", 0.01)


def seated(lanes: int) -> Places:
    places = Places(threading.Event())
    for _ in range(lanes):
        places.take()
    return places


def test_a_run_begins_with_all_its_lanes() -> None:
    places = seated(100)
    assert places.most is None
    assert not places.crowded


def test_each_refusal_halves_the_number_of_lanes_down_to_one() -> None:
    places = seated(6)
    seen = []
    for _ in range(3):
        places.used_up()
        seen.append(places.most)
    assert seen == [3, 1, 1]
    assert places.crowded
    for _ in range(5):
        places.leave()
    assert not places.crowded


@pytest.mark.parametrize(("more", "most"), [(None, None), (100, None), (13, None), (9, 5), (2, 1), (1, 1), (0, 1)])
def test_a_run_begins_with_the_lanes_that_the_shown_limits_allow(more: int | None, most: int | None) -> None:
    places = seated(0)
    places.expect(more, 6)
    assert places.most == most


def test_a_crowded_lane_makes_way_and_takes_a_place_again() -> None:
    places = seated(2)
    assert not places.make_way()
    places.used_up()
    way = threading.Thread(target=places.make_way, daemon=True)
    way.start()
    places.leave()
    way.join(5)
    assert not way.is_alive()
    assert not places.crowded


def test_refusals_of_one_moment_count_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ONE_MOMENT", 60.0)
    places = seated(6)
    places.used_up()
    places.used_up()
    assert places.most == 3


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock of the places, which stands still until a test moves it."""
    now = [1000.0]
    monkeypatch.setattr(module, "_LOOK", 0.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def grows_after(places: Places, moment: list[float], most: int = 400) -> float | None:
    """Let a lane wait for a place, second by second, and return after how many of them it has one."""
    for seconds in range(most):
        if places._may_grow():
            places._grow(places.one_more())
        if places._seat():
            return seconds
        moment[0] += 1.0
    return None


def crowd(moment: list[float]) -> Places:
    """Places of a run of four lanes, of which a refusal has left one."""
    places = seated(4)
    places.used_up()
    places.used_up()
    for _ in range(3):
        places.leave()
    moment[0] += 1.0
    assert places.most == 1
    return places


def test_one_more_lane_after_another_holds_things_again_up_to_as_many_as_there_were(moment: list[float]) -> None:
    places = crowd(moment)
    assert [grows_after(places, moment) for _ in range(4)] == [PATIENCE - 1, PATIENCE, PATIENCE, None]
    assert places.most == 4, "as many as had begun"


def test_each_lane_that_finds_no_room_makes_the_next_one_wait_twice_as_long(moment: list[float]) -> None:
    places, waited = crowd(moment), []
    for _ in range(7):
        waited.append(grows_after(places, moment))
        places.used_up()
        places.leave()
        moment[0] += 1.0
    assert waited == [PATIENCE - 1, *(PATIENCE * times - 1 for times in (2, 4, 8)), *[MOST_PATIENCE - 1] * 3]
    assert grows_after(places, moment) == MOST_PATIENCE - 1
    assert grows_after(places, moment) == MOST_PATIENCE
    assert grows_after(places, moment) == MOST_PATIENCE / 2, "the lane before has found room"


def test_the_limits_are_looked_at_before_one_more_lane_is_let_in(moment: list[float]) -> None:
    places, looks = crowd(moment), []
    places.one_more = lambda: len(looks) == 3 or looks.append(moment[0]) is not None  # type: ignore[func-returns-value]  # notes it
    assert grows_after(places, moment) == 15 * PATIENCE - 1
    assert [later - sooner for sooner, later in pairwise(looks)] == [2 * PATIENCE, 4 * PATIENCE]


def test_a_run_whose_limits_let_one_lane_begin_grows_when_they_have_room(moment: list[float]) -> None:
    places = seated(0)
    places.expect(2, 6)
    places.take()
    assert places.most == 1
    assert grows_after(places, moment) == PATIENCE


def test_a_waiting_lane_is_let_in_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    places = seated(2)
    places.used_up()
    places.leave()
    waiting = threading.Thread(target=places.take, daemon=True)
    waiting.start()
    waiting.join(5)
    assert not waiting.is_alive()
    assert places.most == 2


def test_a_lane_waits_for_a_place() -> None:
    places = seated(2)
    places.used_up()
    third = threading.Thread(target=places.take, daemon=True)
    third.start()
    places.leave()
    assert third.is_alive(), "one lane still has the only place"
    places.leave()
    third.join(5)
    assert not third.is_alive()


def test_a_run_that_stops_lets_every_lane_end() -> None:
    places = seated(2)
    places.used_up()
    places.stopping.set()
    places.take()


def wheels(code: int) -> str | None:
    """The room that a refusal lacks."""
    return "wheels" if code == 403 else None


def test_what_a_quota_refuses_is_tried_again_when_the_things_are_given_back() -> None:
    places, given_back = seated(1), []
    answers = iter([403, 202])
    assert places.found(403, lambda: next(answers), wheels, lambda: given_back.append(1), "make") == 202
    assert len(given_back) == 2
    assert places.most == 1
    assert not places.in_vain


def test_nobody_waits_a_second_time_for_nothing() -> None:
    places, asked = seated(1), []

    def refused() -> int:
        asked.append(1)
        return 403

    assert places.found(403, refused, wheels, lambda: None, "make") == 403
    assert len(asked) > 1
    asked.clear()
    given_back: list[int] = []
    assert places.found(403, refused, wheels, lambda: given_back.append(len(asked)), "show") == 403
    assert (len(asked), given_back) == (1, [0]), "once more, after the lane has given back what it holds itself"
    places.room_for("list")
    assert places.found(403, refused, wheels, lambda: None, "show") == 403
    assert len(asked) == 2, "a trial that never lacked this room says nothing of it"
    assert places.found(403, refused, lambda _: "carts", lambda: None, "show") == 403
    assert asked, "another room was never waited for"


def test_a_trial_that_finds_the_room_it_lacked_lets_others_wait_for_it_again() -> None:
    places = seated(1)
    places.found(403, lambda: 403, wheels, lambda: None, "make")
    places.found(403, lambda: 403, wheels, lambda: None, "show")
    places.room_for("show")
    answers = iter([202])
    assert places.found(403, lambda: next(answers), wheels, lambda: None, "make") == 202


def test_a_room_that_others_keep_is_not_waited_for_by_each_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project whose quota of networks others use up has thousands of cases that need a network."""
    monkeypatch.setattr(module, "MOST_BRIEF", 3)
    monkeypatch.setattr(module, "WAIT", 0.02)
    places, asked, pauses = seated(1), [0], []
    monkeypatch.setattr(places.stopping, "wait", pauses.append)

    def refused() -> int:
        asked[0] += 1
        return 403

    def trial(operation: str = "show") -> tuple[int, int]:
        """The requests and the pauses of a trial that is refused; then one of the operation needs no such thing."""
        asked[0], before = 0, len(pauses)
        assert places.found(403, refused, wheels, lambda: None, operation) == 403
        places.room_for(operation)
        return asked[0], len(pauses) - before

    long = [trial() for _ in range(MOST_WAITS)]
    assert min(count for count, _ in long) > 1, "waited for, though in vain"
    for _ in range(3):
        assert trial() == (1, 1), "a moment"
    assert trial() == (1, 0), "once more, after the lane has given back what it holds"
    answers = iter([202])
    assert places.found(403, lambda: next(answers), wheels, lambda: None, "make") == 202
    places.room_for("make")
    assert trial()[0] > 1, "there is room again now and then"


@pytest.mark.parametrize(("ever", "most"), [(False, None), (True, 1)])
def test_as_many_lanes_as_before_go_on_where_things_of_others_take_a_room(ever: bool, most: int | None) -> None:
    places = seated(6)
    places.ever_found = lambda room: ever
    places.found(403, lambda: 403, wheels, lambda: [places.leave() for _ in range(places._seated - 1)], "make")
    assert places.most == most
    for _ in range(5):
        places.take() if most is None else None
    places.found(403, lambda: 403, wheels, lambda: None, "show")
    assert places.most == most, "a moment's wait leaves the lanes as they are"


def test_two_lanes_that_wait_for_what_others_keep_leave_as_many_lanes_as_before_both() -> None:
    places, others = seated(6), []
    places.ever_found = lambda room: False
    wait = threading.Event()

    def carts() -> int:
        wait.wait(5)
        return 403

    def second() -> None:
        places.found(403, carts, lambda _: "carts", lambda: None, "show")

    def give_back() -> None:
        while places._seated > 1:
            places.leave()
        if not others:
            others.append(threading.Thread(target=second, daemon=True))
            others[0].start()

    places.found(403, lambda: 403, wheels, give_back, "make")
    places.used_up()
    wait.set()
    others[0].join(5)
    assert set(places.in_vain) == {"wheels", "carts"}
    assert places.most is None


@pytest.mark.parametrize(("rarely", "sent"), [(False, 16), (True, 5)])
def test_a_request_under_test_is_sent_again_more_rarely_than_one_that_makes_a_thing_for_it(
    moment: list[float], monkeypatch: pytest.MonkeyPatch, rarely: bool, sent: int
) -> None:
    """A refused request may cost all the same: a refused group of volumes stays counted in the quota of groups."""
    monkeypatch.setattr(module, "PAUSE", 0.5)
    monkeypatch.setattr(module, "WAIT", 60.0)
    places, asked = seated(1), []

    def pause(seconds: float) -> None:
        moment[0] += seconds

    monkeypatch.setattr(places.stopping, "wait", pause)
    places.found(403, lambda: asked.append(1) or 403, wheels, lambda: None, "make", rarely=rarely)  # type: ignore[func-returns-value]  # notes it
    assert len(asked) == sent


def test_a_lane_that_holds_the_thing_itself_finds_the_room_for_which_others_waited_in_vain() -> None:
    places, held = seated(1), ["w-1"]
    places.found(403, lambda: 403, wheels, lambda: None, "make two")
    assert places.found(403, lambda: 403 if held else 202, wheels, held.clear, "make one") == 202


def test_a_wait_that_the_end_of_the_run_cuts_short_was_not_in_vain() -> None:
    places = seated(1)

    def stopped() -> int:
        places.stopping.set()
        return 403

    places.found(403, stopped, wheels, lambda: None, "make")
    assert not places.in_vain


def test_without_lanes_there_is_nothing_to_wait_for() -> None:
    asked = []

    def refused() -> int:
        asked.append(1)
        return 403

    assert seated(0).found(403, refused, wheels, lambda: None, "make") == 403
    assert asked == []


@pytest.mark.parametrize(("room", "lanes", "most"), [(3, 2, None), (2, 2, None), (1, 2, 1), (0, 4, 1), (3, 6, 2)])
def test_as_many_lanes_begin_as_there_is_room_for_a_thing_that_each_needs(
    room: int, lanes: int, most: int | None
) -> None:
    places = seated(0)
    places.bound(room, lanes)
    assert places.most == most


def test_the_narrowest_of_several_limits_counts() -> None:
    places = seated(0)
    places.bound(2, 6)
    places.bound(4, 6)
    places.expect(7, 6)
    assert places.most == 1
