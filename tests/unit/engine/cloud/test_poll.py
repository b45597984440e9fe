"""One poll serves all who wait, asks less the longer nothing changes, and shows no view older than the wait."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from fake_cloud import fake_cloud

from conformance.engine.api.load import load_service
from conformance.engine.cloud import pauses, poll
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target, connect
from conformance.engine.cloud.waiters import wait_for_gone, wait_for_idle, wait_for_status


class Servers:
    """Servers that go through a course of states, one step at a request, of whichever kind."""

    def __init__(self, fake):
        self.courses = {}
        self.hidden = set()
        self.page = 1000
        self.trouble = None
        fake.default = self.answer

    def add(self, id_, *states):
        self.courses[id_] = [state if isinstance(state, tuple) else (state, None) for state in states]

    def view(self, id_):
        course = self.courses[id_]
        status, task = course[0] if len(course) == 1 else course.pop(0)
        return None if status is None else {"id": id_, "name": "n", "status": status, "OS-EXT-STS:task_state": task}

    def answer(self, asked):
        if self.trouble:
            return self.trouble
        last = asked.path.rpartition("/")[2]
        if last == "detail":
            ids = [id_ for id_ in self.courses if id_ not in self.hidden]
            start = ids.index(asked.query["marker"]) + 1 if "marker" in asked.query else 0
            page = ids[start : start + self.page]
            body = {"servers": [view for id_ in page if (view := self.view(id_))]}
            if start + self.page < len(ids):
                href = f"http://elsewhere.invalid/v2.1/servers/detail?name=x&marker={page[-1]}"
                body["servers_links"] = [{"rel": "next", "href": href}]
            return 200, body
        view = self.view(last) if last in self.courses else None
        return (200, {"server": view}) if view else (404, {})


@pytest.fixture
def fake():
    with fake_cloud() as cloud:
        yield cloud


@pytest.fixture
def servers(fake):
    return Servers(fake)


@pytest.fixture
def cloud(fake, servers, tmp_path):
    tokens = {Role.MEMBER: "member-token", Role.ALT: "other-token"}
    journal = Journal(tmp_path / "journal.jsonl", prefix="conformance-1")
    cloud = connect(Target(url=fake.url, tokens=tokens), journal, profile=load_service("compute").profile)
    fake.asked.clear()
    yield cloud
    cloud.close()


@pytest.fixture
def watch(cloud):
    watch = Watch(cloud, shortest=0.01, longest=0.05)
    yield watch
    watch.close()


def polls(fake):
    return fake.paths()


def test_the_course_of_one_server(fake, servers, watch):
    servers.add("a", ("ACTIVE", "pausing"), ("ACTIVE", None), ("PAUSED", "x"), ("PAUSED", "x"), ("PAUSED", None))
    result = wait_for_status(watch, "a", "PAUSED", 5)
    assert not result.timed_out
    assert result.statuses == ("ACTIVE", "PAUSED")
    assert result.states == (("ACTIVE", "pausing"), ("ACTIVE", None), ("PAUSED", "x"), ("PAUSED", None))
    assert result.status == "PAUSED"
    assert result.view["id"] == "a"
    assert [state[1:] for state in watch.trace("a")] == list(result.states)
    assert watch.states_seen() == set(result.states)
    # Its own GET costs less than a listing.
    assert set(polls(fake)) == {"/v2.1/servers/a"}


def test_one_listing_serves_all(fake, servers, watch):
    with ThreadPoolExecutor(8) as pool:
        for number in range(8):
            servers.add(f"s{number}", *["BUILD"] * 30, "ACTIVE")
        results = list(pool.map(lambda n: wait_for_status(watch, f"s{n}", "ACTIVE", 10), range(8)))
    assert all(result.statuses == ("BUILD", "ACTIVE") for result in results)
    listings = [one for one in fake.asked if one.path.endswith("/detail")]
    assert 28 <= len(listings) <= 34
    assert len(fake.asked) - len(listings) <= 10
    assert all(one.query == {"name": "conformance-1"} for one in listings)


def test_waits_that_begin_shortly_after_each_other_share_the_first_poll(fake, servers, cloud):
    for name in ("a", "b"):
        servers.add(name, "ACTIVE")
    watch = Watch(cloud, shortest=3.0)
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda name: wait_for_status(watch, name, "ACTIVE", 10), ("a", "b")))
    assert [result.status for result in results] == ["ACTIVE", "ACTIVE"]
    watch.close()
    assert [one.path for one in fake.asked] == ["/v2.1/servers/detail"]


def test_pages_and_what_the_listing_hides(fake, servers, watch):
    servers.page = 2
    servers.hidden = {"s4"}
    for number in range(5):
        servers.add(f"s{number}", "ACTIVE" if number != 4 else "SOFT_DELETED")
    with ThreadPoolExecutor(5) as pool:
        results = list(pool.map(lambda n: watch.until(f"s{n}", lambda view: True, 5), range(5)))
    assert [result.status for result in results] == ["ACTIVE"] * 4 + ["SOFT_DELETED"]
    assert "/v2.1/servers/s4" in polls(fake)
    assert {one.query.get("marker") for one in fake.asked if one.path.endswith("/detail")} <= {None, "s1"}


def test_gone(servers, watch):
    servers.add("a", ("ACTIVE", "deleting"), None)
    servers.courses["a"][1] = (None, None)
    result = wait_for_gone(watch, "a", 5)
    assert result.statuses == ("ACTIVE", "DELETED")
    assert result.view is None
    servers.add("b", ("ACTIVE", "deleting"), ("SOFT_DELETED", None))
    assert wait_for_gone(watch, "b", 5).status == "SOFT_DELETED"
    assert wait_for_gone(watch, "b", 0.1, kept=False).timed_out


def test_an_error_ends_the_wait(servers, watch):
    servers.add("a", "BUILD", "ERROR")
    result = wait_for_status(watch, "a", "ACTIVE", 5)
    assert (result.status, result.timed_out) == ("ERROR", False)
    assert not wait_for_status(watch, "a", {"ACTIVE", "ERROR"}, 5).timed_out


def test_idle(servers, watch):
    servers.add("a", ("ACTIVE", "x"), ("ACTIVE", "y"), ("ACTIVE", None))
    assert wait_for_idle(watch, "a", 5).states[-1] == ("ACTIVE", None)


def test_time_is_over(fake, servers, watch):
    servers.add("a", "BUILD")
    result = wait_for_status(watch, "a", "ACTIVE", 0.3)
    assert result.timed_out
    assert result.statuses == ("BUILD",)
    assert result.view["status"] == "BUILD"
    assert 0.3 <= result.seconds < 1
    count = len(fake.asked)
    time.sleep(0.2)
    # Nobody waits, so nobody asks.
    assert len(fake.asked) <= count + 1


def test_the_pause_grows(fake, servers, cloud):
    watch = Watch(cloud, shortest=0.02, longest=0.2)
    servers.add("a", "BUILD")
    wait_for_status(watch, "a", "ACTIVE", 1.0)
    watch.close()
    # 50 without growth. A slow machine asks less often, so there is no lower bound but the first look.
    assert 1 <= len(fake.asked) <= 22


def test_a_slow_endpoint_is_asked_less(fake, servers, watch):
    answer = servers.answer
    fake.default = lambda asked: time.sleep(0.1) or answer(asked)
    servers.add("a", "BUILD")
    wait_for_status(watch, "a", "ACTIVE", 1.0)
    assert len(fake.asked) <= 6


def test_no_view_is_older_than_the_wait(fake, servers, watch):
    """A view that was asked for before an action must not count as what came of it."""
    started, go_on = threading.Event(), threading.Event()
    views = iter(["OLD", "NEW", "NEW", "NEW"])

    def answer(asked):
        view = next(views)
        if view == "OLD":
            started.set()
            go_on.wait(5)
        return 200, {"server": {"id": "a", "status": view}}

    fake.default = answer
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(watch.until, "a", lambda view: True, 5)
        started.wait(5)
        second = pool.submit(watch.until, "a", lambda view: True, 5)
        time.sleep(0.05)
        go_on.set()
        assert first.result().status == "OLD"
        assert second.result().status == "NEW"


def test_a_wait_that_begins_during_a_look_is_not_blind(fake, servers, watch, monkeypatch):
    """The look may have waited for another process, and its views be younger than a wait that it did not ask for."""
    asked, go_on = threading.Event(), threading.Event()
    look = watch._lookout.look

    def late(role, ids, *how):
        if not asked.is_set():
            asked.set()
            go_on.wait(5)
        return look(role, ids, *how)

    monkeypatch.setattr(watch._lookout, "look", late)
    servers.add("a", "ACTIVE")
    servers.add("b", "ACTIVE")
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(wait_for_status, watch, "a", "ACTIVE", 5)
        asked.wait(5)
        missed = []
        monkeypatch.setattr(poll._Wait, "miss", lambda self: missed.append(self.id))
        second = pool.submit(wait_for_status, watch, "b", "ACTIVE", 5)
        time.sleep(0.1)
        go_on.set()
        assert [one.result(5).status for one in (first, second)] == ["ACTIVE", "ACTIVE"]
    assert missed == []


def test_trouble_is_outlived(fake, servers, watch):
    servers.add("a", "ACTIVE")
    servers.trouble = (500, {})
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait_for_status, watch, "a", "ACTIVE", 5)
        time.sleep(0.1)
        servers.trouble = None
        assert not waiting.result().timed_out
    servers.trouble = (503, {})
    result = wait_for_status(watch, "a", "ACTIVE", 0.2)
    assert (result.timed_out, result.statuses, result.problem) == (True, (), "GET /servers/a gave 503")


def test_each_role_looks_at_its_own(fake, servers, watch):
    servers.add("a", "ACTIVE")
    watch.until("a", lambda view: True, 5, role=Role.ALT)
    assert {one.token for one in fake.asked} == {"other-token"}


def test_an_error_of_ours_comes_back_to_who_waits(servers, watch):
    servers.add("a", "ACTIVE")
    with pytest.raises(ZeroDivisionError):
        watch.until("a", lambda view: 1 / 0, 5)
    with pytest.raises(Exception, match="needs the role reader"):
        watch.until("a", lambda view: True, 5, role=Role.READER)
    assert not watch.until("a", lambda view: True, 5).timed_out


def test_closing_ends_all_waits(servers, watch):
    servers.add("a", "BUILD")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait_for_status, watch, "a", "ACTIVE", 60)
        time.sleep(0.1)
        watch.close()
        assert waiting.result(5).timed_out
    assert watch.until("a", lambda view: True, 60).problem == "the watch was closed"


@pytest.mark.parametrize("kind", [None, "volume"], ids=["in the poll", "of another kind"])
@pytest.mark.parametrize("answer", [(200, b'{"server": {"ram": NaN}}'), (500, {}), (200, {"other": {}})])
def test_a_wait_ends_if_the_thing_cannot_be_looked_at(monkeypatch, servers, cloud, watch, kind, answer):
    monkeypatch.setattr(poll, "BLIND", 0.2)
    servers.trouble = answer
    chosen = cloud.profile.kind(kind) if kind else None
    result = watch.until("s", lambda view: view is not None, 60.0, kind=chosen)
    assert result.timed_out
    assert result.seconds < 30
    assert result.problem.startswith("GET ")
    assert result.view is None


def test_while_nothing_can_be_seen_later_waits_end_sooner(monkeypatch, servers, watch):
    monkeypatch.setattr(poll, "BLIND", 1.0)
    servers.trouble = (500, {})
    waits = [watch.until("s", lambda view: view is not None, 60.0).seconds for _ in range(2)]
    assert waits[0] >= 1.0
    assert waits[1] < waits[0]
    assert watch._blind
    servers.trouble = None
    servers.add("s", "ACTIVE")
    assert not watch.until("s", lambda view: view is not None, 60.0).timed_out
    assert not watch._blind


def test_a_wait_goes_on_if_the_thing_is_seen_again(monkeypatch, servers, watch):
    monkeypatch.setattr(poll, "BLIND", 5.0)
    servers.add("s", "BUILD", "ACTIVE")
    servers.trouble = (500, {})
    threading.Timer(0.3, lambda: setattr(servers, "trouble", None)).start()
    result = watch.until("s", lambda view: view is not None and view["status"] == "ACTIVE", 60.0)
    assert (result.timed_out, result.statuses) == (False, ("BUILD", "ACTIVE"))


def test_things_of_another_kind_share_a_poll_of_their_own(fake, cloud, watch, monkeypatch):
    fake.default = lambda asked: (200, {"volume": {"id": "v", "status": "creating"}})
    monkeypatch.setattr(pauses, "GROWTH", 0.0)
    volume, stopping = cloud.profile.kind("volume"), threading.Event()
    wait = {"kind": volume, "stopping": stopping}
    with ThreadPoolExecutor(2) as pool:
        waits = [pool.submit(watch.until, id_, lambda view: False, 60.0, **wait) for id_ in ("v1", "v2")]
        while len(fake.asked) < 6:
            time.sleep(0.01)
        assert [one.name for one in threading.enumerate()].count("conformance-watch") == 1
        stopping.set()
        assert [one.result(5).timed_out for one in waits] == [True, True]
    assert set(polls(fake)) == {"/v2.1/os-volumes/v1", "/v2.1/os-volumes/v2"}


def test_a_poll_that_asks_for_each_thing_rests_for_each(fake, cloud, monkeypatch):
    """A list would cost one request."""
    watch = Watch(cloud, cloud.profile.kind("volume"), shortest=0.02, longest=0.05)
    fake.default = lambda asked: (200, {"volume": {"id": "v", "status": "creating"}})
    begun = []
    monkeypatch.setattr(
        watch._lookout,
        "look",
        lambda role, ids, *how, look=watch._lookout.look: (
            begun.append((time.monotonic(), len(ids))) or look(role, ids, *how)
        ),
    )
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda number: watch.until(f"v{number}", lambda view: False, 0.5), range(5)))
    watch.close()
    rests = [after - before for (before, asked), (after, _) in pairwise(begun) if asked == 5]
    assert rests
    assert min(rests) >= 5 * 0.02


@pytest.mark.parametrize(
    ("so_far", "expected", "pause"),
    [
        *((0.0, 20.0, 20.0), (17.0, 20.0, 3.0), (25.0, 20.0, 0.0), (30.0, 20.0, None), (5.0, 0.0, None)),
        *((-1.0, 0.0, None), (-1.0, 20.0, 20.0)),
    ],
)
def test_the_end_of_a_wait_is_near_when_such_a_wait_ended_before(cloud, so_far, expected, pause):
    waiting = poll._Wait(cloud.profile.kind("server"), "a", bool, Role.MEMBER, since=100.0, expected=expected)
    assert waiting.patience(100.0 + so_far) == (float("inf") if pause is None else pytest.approx(pause))


def test_a_wait_that_joins_others_is_looked_at_when_its_own_end_is_expected(fake, servers, cloud):
    """No look comes as soon as a wait begins, if it is known how long such a wait takes."""
    watch = Watch(cloud, shortest=0.05, longest=2.0)
    servers.add("a", "BUILD")
    servers.add("b", "BUILD")
    with ThreadPoolExecutor(2) as pool:
        waits = [pool.submit(watch.until, name, lambda view: False, 1.1, expected=1.0) for name in ("a", "b")]
        for one in waits:
            one.result(5)
    watch.close()
    looks = len(fake.asked)
    assert 1 <= looks <= 4
