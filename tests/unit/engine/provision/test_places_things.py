"""Lanes hand things on to each other, and let things stay until their room is needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from conformance.engine.cloud.made import Made
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.things import Thing
from conformance.engine.provision.places import Places


def seated(lanes: int) -> Places:
    places = Places(threading.Event())
    for _ in range(lanes):
        places.take()
    return places


def test_a_thing_that_a_lane_has_left_serves_one_other_lane() -> None:
    places = seated(1)
    assert places.take_offered("wheel") is None
    places.offer("wheel", [_made("w-1"), _made("w-2")])
    assert places.take_offered("cart") is None
    assert {str(one.id) for one in (places.take_offered("wheel"), places.take_offered("wheel")) if one} == {
        "w-1",
        "w-2",
    }
    assert places.take_offered("wheel") is None


def test_a_thing_that_is_kept_for_a_thread_is_there_for_no_other() -> None:
    places = seated(1)
    places.offer("wheel", [_made("w-1"), _made("w-2")])

    def as_another(do: Callable[[], object]) -> None:
        thread = threading.Thread(target=do)
        thread.start()
        thread.join()

    seen: list[object] = []
    places.keep(_made("w-2"))
    as_another(lambda: seen.extend(one.id for one in places.offered("wheel")))
    assert seen == ["w-1"]
    taken = places.take_offered("wheel")
    assert taken is not None
    assert taken.id == "w-2", "a thread begins with the thing that it keeps"
    places.keep(_made("w-1"))
    as_another(lambda: seen.append(places.take_offered("wheel")))
    places.keep(None)
    as_another(lambda: seen.append(places.take_offered("wheel") is not None))
    assert seen == ["w-1", None, True]


def test_things_on_offer_are_removed_where_places_are_few_alone() -> None:
    places = seated(2)
    places.offer("wheel", [_made("w-1")])
    places.spend([_made("w-2")])
    assert [one.id for one in places.take_spent()] == ["w-2"]
    places.used_up()
    assert [one.id for one in places.take_spent()] == ["w-1"]
    assert places.take_offered("wheel") is None


def test_what_may_stay_is_not_asked_to_go_before_room_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    places = seated(2)
    places.let_stay(Thing("wheel", "w-1", "/wheels/w-1", Role.MEMBER))
    places.refuse(Thing("wheel", "w-2", "/wheels/w-2", Role.MEMBER))
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 1000)
    assert [one.id for one in places.due()] == ["w-2"]
    places.used_up()
    assert [one.id for one in places.take_spent()] == ["w-1"]


def test_what_was_refused_to_go_is_asked_for_again_where_places_are_few_alone() -> None:
    places = seated(2)
    places.refuse(Thing("wheel", "w-1", "/wheels/w-1", Role.MEMBER))
    assert places.take_spent() == []
    places.used_up()
    assert [one.id for one in places.take_spent()] == ["w-1"]
    assert places.take_spent() == [], "once"


def test_what_was_refused_to_go_is_due_again_ever_later_and_at_last_no_more(monkeypatch) -> None:
    now = [0.0]
    monkeypatch.setattr("conformance.engine.provision.places.time.monotonic", lambda: now[0])
    places, thing, when = seated(2), Thing("wheel", "w-1", "/wheels/w-1", Role.MEMBER), []
    places.refuse(thing)
    for second in range(1000):
        now[0] = float(second)
        if places.due():
            when.append(second)
            assert places.due() == [], "to one lane alone"
            places.refuse(thing)
    assert when == [15, 75, 315]


def _made(id_: str) -> Made:
    return Made("wheel", id_, id_, f"/wheels/{id_}", Role.MEMBER, {}, None)  # type: ignore[arg-type]
