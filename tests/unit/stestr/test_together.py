"""The processes of stestr divide the lanes of a run: each lane is tried once, and nobody waits for one who has gone."""

from __future__ import annotations

import json
import threading
from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.plugin.share import Share, Stopped
from conformance.stestr.together import CHOSEN, MEMBERS, Following, Together
from specs.record import RecordWriter
from specs.record.model import Result, Source

LANES = {"a.x/1": "PAUSED", "a.x/2": "ACTIVE", "a.x/3": "ACTIVE", "b.y/1": "PAUSED", "b.y/2": "ACTIVE", "b.y/3": "none"}


def fake(service: str | None = None) -> Any:
    cases = [SimpleNamespace(id=case_id) for case_id in LANES]
    run = SimpleNamespace(lane=LANES.__getitem__)
    return SimpleNamespace(service=service, suite=SimpleNamespace(cases=cases), session=SimpleNamespace(run=run))


def processes(place: Any, living: Any = ("p1", "p2"), **chosen: list[str]) -> list[Together]:
    """The processes that take part, after each has told the others its cases."""
    them = [Together(place, name, lambda: living) for name in chosen]
    for one, ids in zip(them, chosen.values(), strict=True):
        one.announce(ids)
    for one in them:
        one.meet(6)
    return them


A, B = [one for one in LANES if one.startswith("a")], [one for one in LANES if one.startswith("b")]


def test_each_lane_is_tried_by_one_process_for_all_of_them(tmp_path: Any) -> None:
    one, other = processes(tmp_path, p1=A, p2=B)
    division = one.divided(fake())
    assert division == other.divided(fake())
    assert division.keys() == LANES.keys()
    lanes = {lane: {division[case] for case in LANES if LANES[case] == lane} for lane in LANES.values()}
    assert lanes == {"ACTIVE": {"p1"}, "PAUSED": {"p2"}, "none": {"p2"}}


def test_only_what_some_process_has_chosen_is_tried(tmp_path: Any) -> None:
    one, _ = processes(tmp_path, p1=A[:1], p2=B[:1])
    assert one.divided(fake()) == dict.fromkeys(["a.x/1", "b.y/1"], "p1")


def test_in_a_run_of_several_services_each_has_its_own_cases(tmp_path: Any) -> None:
    one, _ = processes(tmp_path, p1=["gears:a.x/1"], p2=["boats:a.x/1", "boats:b.y/3"])
    assert one.divided(fake("gears")) == {"a.x/1": "p1"}
    assert sorted(one.divided(fake("boats"))) == ["a.x/1", "b.y/3"]


def test_who_comes_after_the_division_tries_its_own_cases(tmp_path: Any) -> None:
    one, late = processes(tmp_path, ("p1",), p1=A, p3=B)
    assert set(one.divided(fake())) == set(A)
    assert late.divided(fake()) == dict.fromkeys(B, "p3")


def test_no_lane_is_given_to_a_process_that_may_get_no_resource(tmp_path: Any) -> None:
    """It would get one when another one ends, and that one would wait for its results."""
    them = [Together(tmp_path, name, lambda: ("p1", "p2", "p3")) for name in ("p1", "p2", "p3")]
    for one, ids in zip(them, (A[:1], A[1:], B), strict=True):
        one.announce(ids)
    assert [one.meet(2) for one in them] == [2, 2, 2]
    assert set(them[0].divided(fake()).values()) == {"p1", "p2"}
    assert set(them[0].divided(fake())) == set(A)
    assert them[2].divided(fake()) == dict.fromkeys(B, "p3")


@pytest.mark.parametrize("broken", [CHOSEN.format("p2"), MEMBERS])
def test_a_file_that_cannot_be_read_leaves_each_process_its_own_cases(tmp_path: Any, broken: str) -> None:
    them = [Together(tmp_path, name, lambda: ("p1", "p2")) for name in ("p1", "p2")]
    for one, ids in zip(them, (A, B), strict=True):
        one.announce(ids)
    (tmp_path / broken).write_text("[")
    them[0].meet(6)
    assert them[0].divided(fake()) == dict.fromkeys(A, "p1")


def result(case_id: str, service: str | None = None) -> Result:
    return Result(case_id, case_id, "x", "pass", Source("x.inc", 7), "202", "202", service=service)


class Waiting:
    """The share of a process that waits for others, with what it has started itself."""

    def __init__(self, directory: Any) -> None:
        self.begun: list[str] = []
        active = SimpleNamespace(active=False, start=self.begun.extend)
        settings = SimpleNamespace(service=None, directory=directory)
        context = SimpleNamespace(stopping=threading.Event())
        session: Any = SimpleNamespace(run=active, settings=settings, context=context)
        self.share = Share(None, session, None, {}, worker="p1")  # type: ignore[arg-type]


def test_results_of_other_processes_are_taken_from_the_record(tmp_path: Any) -> None:
    waiting = Waiting(tmp_path)
    writer = RecordWriter(tmp_path, worker="p2")
    Following(waiting.share, {"a.x/1": "p2", "a.x/2": "p2"}, lambda: ["p1", "p2"]).begin()
    assert waiting.share.waits_for_others("a.x/1")
    for one in (result("b.y/1"), result("a.x/1", "boats"), result("a.x/2"), result("a.x/1")):
        writer.add(one)
    assert sorted(waiting.share.as_decided(["a.x/1", "a.x/2"])) == ["a.x/1", "a.x/2"]
    assert waiting.share.result("a.x/1").verdict == "pass"
    assert (waiting.share.result("a.x/1").service, waiting.begun) == (None, [])
    writer.close()


def test_half_a_line_is_read_when_the_rest_has_come(tmp_path: Any) -> None:
    waiting = Waiting(tmp_path)
    writer = RecordWriter(tmp_path / "whole", worker="p2")
    writer.add(result("a.x/1"))
    writer.close()
    line = (tmp_path / "whole" / "results-p2.jsonl").read_bytes()
    following = Following(waiting.share, {"a.x/1": "p2"}, lambda: ["p2"])
    waiting.share.leave_to_others(["a.x/1"])
    parts = deque([b"no line\n" + line[:40], line[40:]])
    while parts:
        assert waiting.share.waits_for_others("a.x/1")
        with (tmp_path / "results-p2.jsonl").open("ab") as file:
            file.write(parts.popleft())
        following._take("p2")
    assert not waiting.share.waits_for_others("a.x/1")
    assert json.loads(line)["case"] == "a.x/1"


def test_what_a_process_has_left_undecided_is_taken_back(tmp_path: Any) -> None:
    waiting = Waiting(tmp_path)
    writer = RecordWriter(tmp_path, worker="p2")
    writer.add(result("a.x/1"))
    writer.close()
    taken_back = threading.Event()
    waiting.share.session.run.start = lambda ids: (waiting.begun.extend(ids), taken_back.set())
    Following(waiting.share, {"a.x/1": "p2", "a.x/2": "p2"}, lambda: ["p1"]).begin()
    assert taken_back.wait(10)
    assert waiting.begun == ["a.x/2"], "the other one was decided before its process ended"
    assert waiting.share.result("a.x/1").verdict == "pass"


def test_a_run_that_is_stopped_waits_for_nobody(tmp_path: Any) -> None:
    waiting = Waiting(tmp_path)
    waiting.share.leave_to_others(["a.x/1"])
    waiting.share.stop()
    assert list(waiting.share.as_decided(["a.x/1"])) == ["a.x/1"]
    with pytest.raises(Stopped):
        waiting.share.result("a.x/1")
