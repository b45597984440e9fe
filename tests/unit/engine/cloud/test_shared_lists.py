"""The polls of all processes of a run share their lists: one asks at a time, in one pace, and no list is too old."""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from fake_cloud import fake_cloud
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.api.load import load_service
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.lookout import Lookout
from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.shared_lists import Listed, SharedLists
from conformance.engine.cloud.target import Target, connect
from conformance.engine.cloud.waiters import wait_for_status


def listed(calls, seconds=0.0):
    def ask():
        begun = time.monotonic()
        calls.append(begun)
        time.sleep(seconds)
        return Listed(begun, {"a": {"id": "a", "number": len(calls)}}, 1, seconds)

    return ask


def now():
    return time.monotonic()


def test_processes_that_need_a_list_at_the_same_time_share_the_next_one(tmp_path):
    calls = []
    with ThreadPoolExecutor(4) as pool:
        one, other = SharedLists(tmp_path, 2), SharedLists(tmp_path, 2)
        first = pool.submit(one.newest, "server-member", now(), 0.0, listed(calls, 0.3))
        time.sleep(0.1)
        waiting = [pool.submit(lists.newest, "server-member", now(), 0.0, listed(calls, 0.3)) for lists in (other, one)]
        views = [wait.result(5).views["a"]["number"] for wait in (first, *waiting)]
    # The first list began before the two others needed one; they share the second.
    assert views == [1, 2, 2]


def test_an_older_list_is_never_taken_and_a_younger_one_always(tmp_path):
    calls = []
    lists = SharedLists(tmp_path, 2)
    since = now()
    assert lists.newest("x", since, 0.0, listed(calls)).views["a"]["number"] == 1
    assert SharedLists(tmp_path, 2).newest("x", since, 0.0, listed(calls)).views["a"]["number"] == 1
    for number in (2, 3):
        assert lists.newest("x", now(), 0.0, listed(calls)).views["a"]["number"] == number


def test_all_processes_keep_one_pace(tmp_path):
    calls = []
    with ThreadPoolExecutor(3) as pool:
        for lists in [SharedLists(tmp_path, 3) for _ in range(3)]:
            pool.submit(lambda lists=lists: [lists.newest("x", now(), 0.2, listed(calls)) for _ in range(4)])
    assert min(after - before for before, after in pairwise(calls)) >= 0.2
    assert len(calls) < 12


@pytest.mark.parametrize(("name", "service"), [("y", None), ("x", "network")])
def test_lists_of_other_names_and_services_are_others(tmp_path, name, service):
    calls = []
    SharedLists(tmp_path, 2).newest("x", now(), 60.0, listed(calls))
    SharedLists(tmp_path, 2, service).newest(name, now(), 60.0, listed(calls))
    assert len(calls) == 2


@pytest.mark.parametrize("rest", ["{", '{"begun": 1e9', "\0"])
def test_what_a_killed_process_has_left_is_no_list(tmp_path, rest):
    (tmp_path / "lists-x").write_text(rest)
    calls = []
    assert SharedLists(tmp_path, 2).newest("x", now(), 0.0, listed(calls)).views["a"]["number"] == 1
    assert len(calls) == 1


@given(st.lists(st.dictionaries(st.text(max_size=9), st.text(max_size=30)), min_size=1, max_size=4))
def test_a_list_is_read_as_it_was_written_also_after_a_longer_one(tmp_path_factory, pages):
    place = tmp_path_factory.mktemp("lists")
    lists = SharedLists(place, 2)
    for number, page in enumerate(pages):
        given_ = Listed(float(number), {"a": page}, 1, 0.0)
        assert lists.newest("x", now(), 0.0, lambda given_=given_: given_) == given_
        assert lists._read(place / "lists-x") == given_


def test_a_list_of_before_the_machine_began_anew_is_none(tmp_path):
    later = time.monotonic() + 5000
    (tmp_path / "lists-x").write_text(json.dumps({"begun": later, "views": {}, "sent": 1, "seconds": 0.1}))
    begun, calls = now(), []
    assert SharedLists(tmp_path, 2).newest("x", now(), 60.0, listed(calls)).views["a"]["number"] == 1
    assert now() - begun < 5


def test_a_list_of_several_requests_makes_the_pause_to_the_next_so_much_longer(tmp_path):
    lists = SharedLists(tmp_path, 2)
    first = lists.newest("x", now(), 0.1, lambda: Listed(now(), {}, 4, 0.0))
    assert lists.newest("x", now(), 0.1, listed([])).begun - first.begun >= 0.4


def test_nothing_of_others_is_written_to_a_file(tmp_path):
    with fake_cloud() as fake:
        names = {"a": "conformance-1-server-x", "b": "theirs", "c": None}
        fake.default = lambda asked: (200, {"servers": [{"id": i, "name": n, "status": "X"} for i, n in names.items()]})
        tokens, journal = {Role.MEMBER: "t"}, Journal(tmp_path / "journal.jsonl", prefix="conformance-1")
        cloud = connect(Target(url=fake.url, tokens=tokens), journal, profile=load_service("compute").profile)
        Lookout(cloud, cloud.profile.kind("server"), None, SharedLists(tmp_path, 2)).look(Role.MEMBER, {"a"}, now(), 0)
        cloud.close()
    (kept,) = tmp_path.glob("lists-*")
    assert set(json.loads(kept.read_text())["views"]) == {"a", "c"}
    assert kept.stat().st_mode & 0o077 == 0


def test_a_directory_that_is_gone_is_an_error(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        SharedLists(tmp_path / "nowhere", 2).newest("x", now(), 0.0, listed([]))


def _polls(url, directory, names):
    tokens = {Role.MEMBER: "member-token"}
    journal = Journal(directory / f"journal-{names[0]}.jsonl", prefix="conformance-1")
    cloud = connect(Target(url=url, tokens=tokens), journal, profile=load_service("compute").profile)
    watch = Watch(cloud, shortest=0.3, longest=0.3, lists=SharedLists(directory, 2))
    with ThreadPoolExecutor(len(names)) as pool:
        results = list(pool.map(lambda name: wait_for_status(watch, name, "ACTIVE", 10), names))
    watch.close()
    cloud.close()
    assert [result.status for result in results] == ["ACTIVE"] * len(names)


def test_two_processes_ask_little_more_than_one(tmp_path):
    with fake_cloud() as fake:
        asked_at = []

        def answer(asked):
            asked_at.append(time.monotonic())
            status = "ACTIVE" if asked_at[-1] - asked_at[0] > 2.5 else "BUILD"
            views = [{"id": f"s{number}", "name": "conformance-1", "status": status} for number in range(4)]
            return 200, {"servers": views}

        fake.default = answer
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        commands = [[sys.executable, __file__, fake.url, tmp_path, f"s{n}", f"s{n + 2}"] for n in (0, 1)]
        workers = [subprocess.Popen(command, env=environment) for command in commands]
        ended = [worker.wait(30) for worker in workers]
        lists = [one for one in fake.asked if one.path.endswith("/detail")]
        assert ended == [0, 0]
        # One process asks every 0.3 s for 2.5 s; two without shared lists would ask twice as often.
        assert 2 <= len(lists) <= 11


@pytest.mark.parametrize(
    ("kind", "processes", "pace"), [("server", 3, 1.0), ("image", 1, 1.0), ("image", 3, 3.0), ("image", 9, 5.0)]
)
def test_things_without_a_list_of_statuses_are_polled_so_much_less_often_by_each_process(
    tmp_path, kind, processes, pace
):
    profile = load_service("compute").profile
    lists = SharedLists(tmp_path, processes)
    assert Lookout(None, profile.kind(kind), None, lists).pace(1.0) == pace


def test_no_process_looks_at_the_same_list_twice(tmp_path):
    with fake_cloud() as fake:
        fake.default = lambda asked: (200, {"servers": [{"id": "a", "name": "conformance-1", "status": "BUILD"}]})
        cloud = connect(Target(url=fake.url, tokens={Role.MEMBER: "t"}), profile=load_service("compute").profile)
        fake.asked.clear()
        kind = cloud.profile.kind("server")
        one, other = (Lookout(cloud, kind, None, SharedLists(tmp_path, 2)) for _ in range(2))
        since = now()
        sights = [lookout.look(Role.MEMBER, {"a"}, since, 0.0) for lookout in (one, other, other, one)]
        cloud.close()
    assert len(fake.paths()) == 2
    assert [sight.begun for sight in sights] == [begun for begun in sorted({s.begun for s in sights}) for _ in range(2)]
    assert all(sight.views["a"]["status"] == "BUILD" for sight in sights)


if __name__ == "__main__":
    _polls(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
