"""Spare things: given once to whoever needs one of their kind, and requested ahead while a first one takes long."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.engine.cloud.errors import ResourceError
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.spares import AT_ONCE, Spares, ahead


def thing(kind: str = "widget", role: Role = Role.MEMBER) -> Any:
    return SimpleNamespace(kind=kind, role=role)


def test_a_thing_is_taken_once_by_its_kind_and_role_and_a_ready_one_first() -> None:
    spares, building, ready = Spares(), thing(), thing()
    spares.add(building, ready=False)
    spares.add(ready, ready=True)
    assert spares.count("widget", Role.MEMBER)
    assert not spares.count("widget", Role.ADMIN)
    assert spares.take("gear", Role.MEMBER) is None
    assert spares.take("widget", Role.ADMIN) is None
    assert spares.take("widget", Role.MEMBER) == (ready, True)
    assert spares.take("widget", Role.MEMBER) == (building, False)
    assert spares.take("widget", Role.MEMBER) is None


def test_forgotten_things_are_given_to_nobody_and_those_that_are_being_made_are_told() -> None:
    spares, building = Spares(), thing()
    spares.add(building, ready=False)
    spares.add(thing(), ready=True)
    assert spares.forget() == [building]
    assert spares.take("widget", Role.MEMBER) is None


def test_nothing_is_made_ahead_of_a_first_thing_that_is_ready_soon() -> None:
    spares = Spares()
    with ahead(thing, lambda: 3, spares, eager=60.0):
        pass
    assert spares.take("widget", Role.MEMBER) is None


def test_others_are_made_while_the_first_one_takes_long() -> None:
    spares, made = Spares(), threading.Semaphore(0)

    def make() -> Any:
        made.release()
        return thing()

    with ahead(make, lambda: 2, spares, eager=0.0):
        assert made.acquire(timeout=10)
        assert made.acquire(timeout=10)
    assert [spares.take("widget", Role.MEMBER) is not None for _ in range(3)] == [True, True, False]


def test_no_further_one_is_requested_when_the_first_is_ready_or_has_failed() -> None:
    spares, begun, ended = Spares(), threading.Event(), threading.Event()

    def make() -> Any:
        begun.set()
        ended.wait(10)
        return thing()

    def first() -> None:
        with ahead(make, lambda: AT_ONCE + 5, spares, eager=0.0):
            begun.wait(10)
            threading.Timer(0.2, ended.set).start()
            raise ResourceError("no widget could be made")

    with pytest.raises(ResourceError):
        first()
    assert 1 <= len(spares.forget()) <= AT_ONCE


def test_several_are_requested_at_a_time() -> None:
    spares, together, made = Spares(), threading.Barrier(AT_ONCE), threading.Semaphore(0)

    def make() -> Any:
        together.wait(10)
        made.release()
        return thing()

    with ahead(make, lambda: 2 * AT_ONCE, spares, eager=0.0):
        for _ in range(2 * AT_ONCE):
            assert made.acquire(timeout=10)
    assert spares.count("widget", Role.MEMBER) == 2 * AT_ONCE


def test_no_further_one_is_requested_after_one_could_not_be_made() -> None:
    spares, asked, taken = Spares(), threading.Semaphore(0), 0

    def make() -> Any:
        asked.release()
        raise ResourceError("no room")

    with ahead(make, lambda: 100, spares, eager=0.0):
        while asked.acquire(timeout=1.0):
            taken += 1
    assert 1 <= taken <= AT_ONCE


def test_a_thing_that_cannot_be_made_ahead_is_left_to_whoever_needs_it() -> None:
    spares, tried = Spares(), threading.Event()

    def make() -> Any:
        tried.set()
        raise ResourceError("no room")

    with ahead(make, lambda: 2, spares, eager=0.0):
        assert tried.wait(10)
    assert spares.forget() == []
