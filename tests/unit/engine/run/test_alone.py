"""What changes what all others share is tried when nothing else is."""

from __future__ import annotations

import threading
from dataclasses import replace

import fake_run
import pytest
from fake_run import SPIN, SPIN_IDLE, cloud, key, started
from widgets import KNOWLEDGE, action, plain, suite

from conformance.engine.cloud.locks import Locks
from conformance.engine.run.lanes import ALONE, NO_RESOURCE
from conformance.engine.run.run import Stopped

__all__ = ["cloud"]


SHUT = action("shut", error=(401, 404))
OPEN_AND_SHUT = suite(SPIN, SHUT, action("halt"), plain("POST", "/gears"))
LATE = "widgets.shut/normal/202[IDLE]"


def with_alone(parallel, monkeypatch):
    monkeypatch.setattr(fake_run, "SUITE", OPEN_AND_SHUT)
    monkeypatch.setattr(fake_run, "KNOWLEDGE", replace(KNOWLEDGE, run_exclusively=("widgets.shut",)))
    return started(parallel=parallel)


@pytest.mark.parametrize("parallel", [1, 2, 5])
def test_what_changes_what_all_others_share_begins_when_they_have_ended(cloud, monkeypatch, parallel):
    run = with_alone(parallel, monkeypatch)
    every = [case.id for case in OPEN_AND_SHUT.cases]
    alone = {c.trial.key for c in OPEN_AND_SHUT.cases if run.lane(c.id) == ALONE}
    assert len(alone) > 1
    under_way: set[str] = set()
    together = []

    unbound = {c.trial.key for c in OPEN_AND_SHUT.cases if run.lane(c.id) == NO_RESOURCE}

    def watched(key):
        def answer(attempt):
            with cloud.lock:
                under_way.add(key)
                together.append(set(under_way))
            threading.Event().wait(0.05 if key in unbound else 0.002)
            with cloud.lock:
                under_way.discard(key)

        return answer

    cloud.answers = {case.trial.key: watched(case.trial.key) for case in OPEN_AND_SHUT.cases}
    run.start([LATE, *every])
    assert {run.wait(case_id).verdict for case_id in every} == {"pass"}
    assert all(len(keys) == 1 for keys in together if keys & alone), "at no time beside another"
    assert set(cloud.made[-len(alone) :]) == alone, "after all others, even after those that need no server"
    run.stop()


@pytest.mark.parametrize("refused", [False, True])
def test_what_is_alone_waits_for_the_lanes_of_other_processes(cloud, monkeypatch, tmp_path, refused):
    mine, theirs = with_alone(2, monkeypatch), with_alone(2, monkeypatch)
    mine.locks = theirs.locks = Locks(tmp_path / "turns")
    if refused:
        mine.locks = Locks(tmp_path)  # a directory, which nobody can lock
    under_way, go_on, order = threading.Event(), threading.Event(), []

    def slow(attempt):
        under_way.set()
        assert go_on.wait(10)
        order.append("theirs")

    cloud.answers[key()] = slow
    cloud.answers[next(c.trial.key for c in OPEN_AND_SHUT.cases if c.id == LATE)] = lambda _: order.append("mine")
    theirs.start([SPIN_IDLE])
    assert under_way.wait(10)
    mine.start([LATE])
    if refused:
        assert mine.wait(LATE).verdict == "error"
    threading.Event().wait(0.3)
    assert order == []
    go_on.set()
    assert theirs.wait(SPIN_IDLE).verdict == "pass"
    if not refused:
        assert mine.wait(LATE).verdict == "pass"
        assert order == ["theirs", "mine"]


def test_what_is_alone_waits_for_what_is_alone_too(cloud, monkeypatch):
    """Lanes that are started one after the other must not wait for each other."""
    run = with_alone(4, monkeypatch)
    under_way, go_on = threading.Event(), threading.Event()

    def slow(attempt):
        under_way.set()
        assert go_on.wait(10)

    cloud.answers[key()] = slow
    alone = [c.id for c in OPEN_AND_SHUT.cases if run.lane(c.id) == ALONE]
    run.start([SPIN_IDLE])
    assert under_way.wait(10)
    for case_id in alone:
        run.start([case_id])
    assert len(cloud.made) == 1
    go_on.set()
    assert {run.wait(case_id).case for case_id in alone} == set(alone)


def test_what_is_alone_is_tried_where_there_is_nothing_else(cloud, monkeypatch):
    run = with_alone(2, monkeypatch)
    run.start([LATE])
    assert run.wait(LATE).verdict == "pass"


def test_what_is_alone_is_stopped_with_the_run(cloud, monkeypatch):
    go_on = threading.Event()
    run = with_alone(2, monkeypatch)
    cloud.answers[key()] = lambda attempt: go_on.wait(10) and None
    run.start([SPIN_IDLE, LATE])
    threading.Timer(0.05, go_on.set).start()
    run.stop()
    with pytest.raises(Stopped):
        run.wait(LATE)


def test_collections_without_a_server_have_lanes_of_their_own(cloud, monkeypatch):
    run = with_alone(2, monkeypatch)
    gears = next(case.id for case in OPEN_AND_SHUT.cases if "post-gears/normal" in case.id)
    assert run.lane(gears) == "none-gears"
    run.start([gears])
    assert run.wait(gears).verdict == "pass"
