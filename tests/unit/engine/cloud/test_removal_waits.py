"""A removal is waited for, asked for again, and given up after a while."""

import re
import threading

import pytest

from conformance.engine.cloud import removal


def test_what_lasts_is_waited_for(run):
    run.had("volume", "v", "/os-volumes/v")
    run.route("DELETE", "/os-volumes/v", (202, None))
    run.route("GET", "/os-volumes/v", (200, {}), (200, {}), (404, {}))
    assert run.cleanup().removed == ("volume v",)
    run.had("volume", "w", "/os-volumes/w")
    run.route("DELETE", "/os-volumes/w", (202, None))
    run.route("GET", "/os-volumes/w", (200, {}))
    (left,) = run.cleanup(timeout=0.3).left
    assert left.startswith("volume w: volume w was still there 0.")
    assert left.endswith(" s after its deletion was accepted (GET /os-volumes/w gave 200 and did not show it)")


@pytest.mark.parametrize(
    "view", [{"status": "ACTIVE", "OS-EXT-STS:task_state": "soft-deleting"}, {"status": "SOFT_DELETED"}]
)
def test_a_server_that_is_going_is_not_deleted_twice(run, view):
    run.had("server", "s", "/servers/s")
    run.route("GET", "/images", (200, {"images": []}))
    run.server("s", view, None)
    assert run.cleanup().removed == ("server s",)
    assert run.deleted == []


def test_a_server_that_stays(run):
    run.had("server", "s", "/servers/s")
    run.route("GET", "/images", (200, {"images": []}))
    run.route("DELETE", "/servers/s", (204, None))
    run.route("GET", "/servers/s", (200, {"server": {"id": "s", "status": "ACTIVE"}}))
    (said,) = run.cleanup(timeout=0.3).left
    assert re.fullmatch(r"server s: server s was still there [\d.]+ s after its deletion was accepted, as ACTIVE", said)
    assert run.deleted == ["/servers/s"]


MIGRATING = {"status": "MIGRATING", "OS-EXT-STS:task_state": "migrating"}


def test_a_live_migration_ends_before_its_server_goes_so_that_others_are_not_held_up(run, monkeypatch):
    """Nova waits 300 s for the port of a server that went during its migration, and migrates no other one meanwhile."""
    run.had("server", "s", "/servers/s")
    run.route("GET", "/images", (200, {"images": []}))
    run.server("s", MIGRATING, MIGRATING, {"status": "ACTIVE", "hostId": "e4d9"}, None)
    run.route("GET", "/servers/s/migrations", (200, {"migrations": [{"id": 7}, {"id": 9}]}))
    run.route("DELETE", "/servers/s/migrations/7", (202, None))
    run.route("DELETE", "/servers/s/migrations/9", (400, {"badRequest": {"message": "too late"}}))
    run.route("DELETE", "/servers/s", (204, None))
    assert run.cleanup().removed == ("server s",)
    assert run.deleted == ["/servers/s/migrations/7", "/servers/s/migrations/9", "/servers/s"]
    ended = [one for one in run.fake.asked if "/migrations" in one.path]
    assert {(one.token, one.headers.get("X-OpenStack-Nova-API-Version")) for one in ended} == {("admin-token", "2.65")}
    looks = [one.method for one in run.fake.asked if one.path == "/v2.1/servers/s"]
    assert looks == ["GET", "GET", "GET", "DELETE", "GET"], "it is seen to have ended before"


def test_a_live_migration_that_does_not_end_holds_its_server_only_for_a_while(run, monkeypatch):
    monkeypatch.setattr(removal, "FINISHING", 0.3)
    told = []
    run.had("server", "s", "/servers/s")
    run.route("GET", "/images", (200, {"images": []}))
    run.server("s", MIGRATING)
    run.route("GET", "/servers/s/migrations", (404, {}))

    def deleted(_):
        run.route("GET", "/servers/s", (404, {}))
        return 204, None

    run.fake.routes["DELETE", "/v2.1/servers/s"] = deleted
    assert run.cleanup(tell=told.append).removed == ("server s",)
    assert told[:2] == [
        "waiting until a change of server s has ended, for 0.3 s at most",
        "server s is removed as MIGRATING, which may hold up other things of the cloud",
    ]


FAILED = {"status": "ERROR", "OS-EXT-STS:task_state": None}
"""A server whose accepted deletion has failed, or has not begun."""


def test_a_deletion_that_has_failed_is_requested_again(run, monkeypatch):
    monkeypatch.setattr(removal, "PAUSES", (0, 0))
    run.had("server", "s", "/servers/s")
    run.route("GET", "/images", (200, {"images": []}))
    run.route("DELETE", "/servers/s", (204, None))
    run.server("s", {"status": "RESIZE"}, FAILED, FAILED, None)
    told = []
    assert run.cleanup(tell=told.append).removed == ("server s",)
    assert run.deleted == ["/servers/s"] * 3
    assert told.count("server s shows ERROR after its deletion was accepted; asking again") == 2


def test_a_deletion_that_fails_each_time_is_not_requested_for_ever(run, monkeypatch):
    monkeypatch.setattr(removal, "PAUSES", (0, 0))
    run.had("server", "s", "/servers/s")
    run.route("GET", "/images", (200, {"images": []}))
    run.route("DELETE", "/servers/s", (204, None))
    run.server("s", FAILED)
    (said,) = run.cleanup().left
    assert "was still there" in said
    assert run.deleted == ["/servers/s"] * 3


def test_a_further_deletion_that_is_refused_is_told(run, monkeypatch):
    monkeypatch.setattr(removal, "PAUSES", (0,))
    run.had("server", "s", "/servers/s")
    run.route("GET", "/images", (200, {"images": []}))
    run.route("DELETE", "/servers/s", (204, None), (500, {"computeFault": {"message": "no"}}))
    run.server("s", FAILED)
    (said,) = run.cleanup().left
    assert said.startswith("server s: another deletion of /servers/s")


def test_watch_is_not_left_running(run):

    run.had("server", "s", "/servers/s")
    before = set(threading.enumerate())
    run.cleanup(timeout=0.2)
    assert not [one for one in set(threading.enumerate()) - before if one.name == "conformance-watch"]


def test_a_server_that_is_being_made_is_removed_once_it_shows_its_volume(run):
    """Deleted before that, it would leave the volume behind, without a name."""
    run.had("server", "s", "/servers/s")
    run.route("GET", "/images", (200, {"images": []}))
    shown = {"os-extended-volumes:volumes_attached": [{"id": "came"}]}
    building = {"status": "BUILD", "os-extended-volumes:volumes_attached": []}
    run.server("s", building, building, {"status": "ACTIVE", **shown}, None)
    run.route("DELETE", "/servers/s", (204, None))
    run.route("GET", "/os-volumes/came", (200, {"volume": {"id": "came", "displayName": ""}}), (404, {}))
    run.route("DELETE", "/os-volumes/came", (202, None))
    assert run.cleanup().clean
    assert run.deleted == ["/servers/s", "/os-volumes/came"]


def test_servers_that_are_never_made_are_waited_for_once(run, monkeypatch):
    told = []
    monkeypatch.setattr(removal, "WORKERS", 1)
    run.route("GET", "/images", (200, {"images": []}))
    for id_ in ("s", "t"):
        run.had("server", id_, f"/servers/{id_}")
        run.route("GET", f"/servers/{id_}", (200, {"server": {"id": id_, "status": "BUILD"}}))
        run.route("DELETE", f"/servers/{id_}", (204, None))
    assert not run.cleanup(timeout=0.3, tell=told.append).clean  # both stay to the end
    assert sorted(run.deleted) == ["/servers/s", "/servers/t"]
    assert len([one for one in told if "is made and shows" in one]) == 1
    assert len([one for one in told if "removed unfinished" in one]) == 1


def test_after_a_removal_that_never_ended_the_next_ones_are_waited_for_briefly(run, monkeypatch):
    told = []
    monkeypatch.setattr(removal, "WORKERS", 1)
    monkeypatch.setattr(removal, "LEAST", 0.0)
    for id_ in ("v", "w"):
        run.had("volume", id_, f"/os-volumes/{id_}")
        run.route("DELETE", f"/os-volumes/{id_}", (202, None))
        run.route("GET", f"/os-volumes/{id_}", (200, {"volume": {"status": "deleting"}}))
    first, second = run.cleanup(timeout=1.0, tell=told.append).left
    assert "volume v was still there 1 s after its deletion was accepted, as deleting" in first
    assert "volume w was still there 0 s after its deletion was accepted" in second
    assert [one for one in told if one.endswith("is gone, for 0 s at most")]


def test_where_removals_take_long_one_that_never_ended_leaves_the_next_ones_time(run, monkeypatch):
    monkeypatch.setattr(removal, "WORKERS", 1)
    monkeypatch.setattr(removal, "LEAST", 0.0)
    monkeypatch.setattr(removal, "MULTIPLE", float("inf"))
    for id_ in ("a", "v", "w"):
        run.had("volume", id_, f"/os-volumes/{id_}")
        run.route("DELETE", f"/os-volumes/{id_}", (202, None))
    shown = (200, {"volume": {"status": "deleting"}})
    run.route("GET", "/os-volumes/a", shown, shown, (404, {}))
    run.route("GET", "/os-volumes/v", shown)
    run.route("GET", "/os-volumes/w", shown, shown, (404, {}))
    report = run.cleanup(timeout=1.0)
    assert set(report.removed) == {"volume a", "volume w"}
    assert len(report.left) == 1


CHAIN = ("server", "/servers/s"), ("image", "/images/i"), ("snapshot", "/os-snapshots/n"), ("volume", "/os-volumes/v")
IN_USE = (409, {"conflictingRequest": {"message": "in use"}})


def test_what_hangs_on_a_thing_that_cannot_go_is_not_waited_for_again(run, monkeypatch):
    told = []
    monkeypatch.setattr(removal, "LEAST", 0.3)
    for kind, path in CHAIN:
        run.had(kind, path[-1], path)
        run.route("DELETE", path, IN_USE)
    run.server("s")
    left = run.cleanup(timeout=2.0, tell=told.append).left
    bounds = {one.split()[0]: one.rpartition("for ")[2] for one in told if "cannot be removed yet" in one}
    assert bounds == {"server": "2 s at most", **dict.fromkeys(("image", "snapshot", "volume"), "0 s at most")}
    hanging = "; it may hang on server s, which could not be removed, and was not waited for in full"
    assert [one.endswith(hanging) for one in left] == [False, True, True, True]


def test_what_may_go_in_the_end_is_asked_for_once_more(run, monkeypatch):
    monkeypatch.setattr(removal, "LEAST", 0.0)
    for kind, path in CHAIN[0], CHAIN[3]:
        run.had(kind, path[-1], path)
    run.server("s")
    run.route("DELETE", "/servers/s", IN_USE)
    run.route("DELETE", "/os-volumes/v", IN_USE, (202, None))
    run.route("GET", "/os-volumes/v", (200, {"volume": {"status": "deleting"}}), (404, {}))
    report = run.cleanup(timeout=0.5)
    assert report.removed == ("volume v",)
    assert len(report.left) == 1


def test_a_wait_is_told_before_it_begins(run):
    told = []
    run.had("security_group", "g", "/os-security-groups/g")
    run.route("DELETE", "/os-security-groups/g", (400, {"badRequest": {"message": "in use"}}), (202, None))
    assert run.cleanup(tell=told.append).clean
    why = "DELETE /os-security-groups/g gave 400 (in use)"
    assert told == [f"security_group g cannot be removed yet: {why}; asking again, for 5 s at most"]


def test_what_may_hang_on_a_thing_that_proves_to_stay_is_not_waited_for_in_full(run, monkeypatch):
    """No description tells which of them is to go first, so that they are asked for at the same time."""
    monkeypatch.setattr(removal, "LEAST", 0.1)
    monkeypatch.setattr(removal, "MULTIPLE", 0.0)
    asked = threading.Event()

    def in_use(_):
        asked.set()
        return 400, {"badRequest": {"message": "in use"}}

    def locked(_):
        asked.wait(5)
        return 403, {"forbidden": {"message": "locked"}}

    run.had("racks", "r", "/racks/r")
    run.had("boats", "b", "/boats/b")
    run.fake.routes["DELETE", "/v2.1/racks/r"] = in_use
    run.fake.routes["DELETE", "/v2.1/boats/b"] = locked
    (rack,) = (one for one in run.cleanup(timeout=60.0).left if one.startswith("racks"))
    assert rack == (
        "racks r: DELETE /racks/r gave 400 (in use); it may hang on boats b, which could not be removed, and was not "
        "waited for in full"
    )
