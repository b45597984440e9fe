"""How many lanes have room, by the limits on other things than the resource under test; resources made ahead."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from widgets import KNOWLEDGE as WIDGETS
from widgets import trial
from workshop import DROP, EVERY, KNOWN, LIST, MAKE, PROFILE, SHOW, SPIN, opened, tried

from conformance.engine.cloud.candidates import Limit, Room
from conformance.engine.cloud.errors import NoRoomError
from conformance.engine.cloud.spares import Spares
from conformance.engine.cloud.waits import Waits
from conformance.engine.run.preparing import make_ahead, prepare

ROOM = Room("/quotas/{project_id}", "quota", others={"gears": Limit("gears.limit", "gears.used")})


def most(tmp_path, room, *trials):
    cloud, executor = opened(tmp_path, *EVERY, service=replace(KNOWN, profile=replace(PROFILE, room=room)))[:2]
    cloud.project_of = lambda role: "p-1"
    cloud.does["GET /quotas/p-1"] = (200, {"quota": {"gears": {"limit": 3, "used": 2}}})
    prepare(executor.context, trials, 6, print)
    return executor.context.places.most


def in_lanes(*operations):
    return [tried(operation, key=str(number)) for number, operation in enumerate(operations)]


def test_what_only_one_lane_needs_bounds_nothing(tmp_path):
    assert most(tmp_path, ROOM, *in_lanes(MAKE, DROP, LIST)) is None


@pytest.mark.parametrize(("room", "expected"), [(ROOM, 1), (None, None)])
def test_fewer_lanes_begin_where_the_limits_leave_no_room_for_things_in_each(tmp_path, monkeypatch, room, expected):
    monkeypatch.setattr("conformance.engine.run.preparing.lane_of", lambda trial, service: trial.key)
    assert most(tmp_path, room, *in_lanes(MAKE, SHOW)) == expected


@pytest.mark.parametrize(("left", "more"), [(0, False), (1, False), (2, True)])
def test_one_more_lane_begins_later_if_the_limits_have_room_by_then(tmp_path, monkeypatch, left, more):
    monkeypatch.setattr("conformance.engine.run.preparing.lane_of", lambda trial, service: trial.key)
    cloud, executor = opened(tmp_path, *EVERY, service=replace(KNOWN, profile=replace(PROFILE, room=ROOM)))[:2]
    cloud.project_of = lambda role: "p-1"
    cloud.does["GET /quotas/p-1"] = (200, {"quota": {"gears": {"limit": 3, "used": 2}}})
    prepare(executor.context, in_lanes(MAKE, SHOW), 6, print)
    cloud.does["GET /quotas/p-1"] = (200, {"quota": {"gears": {"limit": 3 + left, "used": 3}}})
    assert executor.context.places.one_more() is more


SAID = "this cloud could not make a server: quota exceeded: 3 of 3; raise the quota of the project"


@pytest.fixture
def full(tmp_path, monkeypatch):
    """Prepares a run in a project that has no room for the first resource; returns the context of the run."""

    def run(*trials, shared=False):
        def first(*_):
            raise NoRoomError(SAID, "quota exceeded: # of #")

        monkeypatch.setattr("conformance.engine.run.preparing.first", first)
        context = opened(tmp_path, *EVERY, service=KNOWN)[1].context
        prepare(context, trials, 6, print, shared)
        return context

    return run


def test_what_needs_no_resource_is_tried_in_a_project_without_room_for_one(full, monkeypatch):
    for name, seconds in {"PAUSE": 0.0, "BRIEF": 0.0, "WAIT": 0.2}.items():
        monkeypatch.setattr(f"conformance.engine.provision.places.{name}", seconds)
    context = full(tried(SPIN, state="ACTIVE"), tried(LIST))
    assert ("missing", SAID) in context.notes.sorted()
    places, asked = context.places, []
    places.take()

    def refused():
        asked.append(403)
        return 403

    assert places.found(403, refused, lambda _: "quota exceeded: # of #", lambda: None, "spin") == 403
    assert len(asked) == 1, "nobody waits long for what others keep"
    assert places.most is None, "a lane that ended would leave no room"


def test_where_everything_needs_a_resource_a_run_without_room_for_one_does_not_begin(full):
    with pytest.raises(NoRoomError, match="raise the quota"):
        full(tried(SPIN, state="ACTIVE"), tried(SPIN, state="PAUSED"))


def test_a_process_goes_on_where_others_may_have_what_needs_no_resource(full):
    """The verdict of a case does not depend on the cases that its process has beside it."""
    assert ("missing", SAID) in full(tried(SPIN, state="ACTIVE"), shared=True).notes.sorted()


class Slow:
    """What the making of a resource ahead asks of the context of a run on a slow cloud."""

    def __init__(self, seconds=20.0, most=None):
        self.waits, self.made = Waits(), []
        self.waits.ended(Waits.NEW, seconds, well=True)
        self.kind, self.top, self.service = SimpleNamespace(name="widget"), "2.1", WIDGETS
        self.places = SimpleNamespace(most=most)
        self.resources = SimpleNamespace(spares=Spares(), make=self.make)

    def make(self, kind, role, microversion, wait):
        self.made.append((kind, wait))
        return SimpleNamespace(kind=kind, role=role)


def test_a_resource_for_the_second_try_of_an_expected_deviation_is_made_ahead_on_a_slow_cloud():
    context = Slow()
    make_ahead(context, trial())
    assert context.made == [("widget", False)]
    make_ahead(context, trial())
    assert len(context.made) == 1, "one is still spare"


@pytest.mark.parametrize(
    ("context", "more"),
    [(Slow(2.0), {}), (Slow(most=3), {}), (Slow(), {"state": None}), (Slow(), {"environment": "large"})],
)
def test_none_is_made_ahead_on_a_fast_cloud_or_without_room_or_need(context, more):
    make_ahead(context, trial(**more))
    assert context.made == []


@pytest.mark.parametrize("seconds", [0.0, 20.0])
def test_the_lanes_know_how_long_the_first_resource_took(monkeypatch, seconds):
    """They begin with what is there already, so that none of them waits for it."""
    context = Slow(seconds=0.0)
    context.waits, context.notes = Waits(), SimpleNamespace(add=lambda *_: None)
    context.about = lambda operation: context
    context.discovery = SimpleNamespace(rooms=lambda: (None, {}))
    context.places.expect = lambda room, parallel: None

    def first(*_):
        if seconds:
            context.waits.ended("a new widget", seconds, well=True)
        return SimpleNamespace(kind="widget", role="member"), "an image"

    monkeypatch.setattr("conformance.engine.run.preparing.first", first)
    prepare(context, [trial()], 6, print)
    assert context.waits.expected(Waits.NEW) == seconds
    assert context.waits.longest == (seconds or None)
