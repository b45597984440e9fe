"""What was made is removed, however the cloud makes that hard; what cannot be is named with the reason."""

import errno
import os
import re
import threading
from datetime import UTC, datetime

import pytest
from fake_cloud import fake_cloud

from conformance.engine.api.load import load_service
from conformance.engine.cloud import removal
from conformance.engine.cloud.cleanup import cleanup
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target, connect

TOKENS = {Role.MEMBER: "member-token", Role.ADMIN: "admin-token"}


@pytest.fixture
def fake():
    with fake_cloud() as cloud:
        yield cloud


@pytest.fixture
def run(fake, tmp_path):
    """A run that has ended, and whoever cleans up after it."""
    return Run(fake, tmp_path)


class Run:
    def __init__(self, fake, path):
        self.fake, self.path = fake, path
        self.journal = Journal(path / "journal.jsonl", prefix="conformance-1")

    def had(self, kind, id_, path, name="", role="member"):
        self.journal.made(self.journal.intend(kind, name or f"conformance-1-{id_}", role=role), id_, path)

    def route(self, method, path, *answers):
        locks = list(answers)
        self.fake.routes[method, f"/v2.1{path}"] = lambda asked: locks.pop(0) if len(locks) > 1 else locks[0]

    def server(self, id_, *views):
        """A server that is there at the first look, and gone at the next one unless more is said."""
        seen = views or ({"status": "ACTIVE"}, None)
        answers = [(200, {"server": {"id": id_, **view}}) if view else (404, {}) for view in seen]
        self.route("GET", f"/servers/{id_}", *answers)

    def cleanup(self, timeout=5.0, tell=None, claimed=frozenset(), **more):
        journal, profile = Journal(self.path / "journal-cleanup.jsonl"), load_service("compute").profile
        cloud = connect(Target(url=self.fake.url, tokens=TOKENS), journal, profile=profile, **more)
        self.fake.asked.clear()
        try:
            return cleanup(self.path, cloud, timeout=timeout, tell=tell, claimed=claimed)
        finally:
            cloud.close()

    @property
    def deleted(self):
        return [one.path.removeprefix("/v2.1") for one in self.fake.changes if one.method == "DELETE"]


def test_the_order_of_dependence(run):
    paths = {
        "volume": "/os-volumes/v",
        "snapshot": "/os-snapshots/n",
        "security_group": "/os-security-groups/g",
        "image": "/images/i",
        "server": "/servers/s",
    }
    for kind, path in paths.items():
        run.had(kind, path[-1], path)
        run.route("DELETE", path, (202, None))
    run.server("s")
    run.route("GET", "/images", (200, {"images": []}))
    report = run.cleanup()
    assert run.deleted[:3] == ["/servers/s", "/images/i", "/os-snapshots/n"]
    assert sorted(run.deleted[3:]) == ["/os-security-groups/g", "/os-volumes/v"]
    assert len(report.removed) == 5
    assert report.clean
    assert run.cleanup().removed == ()
    assert run.deleted == []


def test_what_is_in_use_is_tried_again(run):
    run.had("security_group", "g", "/os-security-groups/g")
    run.route("DELETE", "/os-security-groups/g", (400, {"badRequest": {"message": "in use"}}), (202, None))
    assert run.cleanup().removed == ("security_group g",)
    run.had("volume", "v", "/os-volumes/v")
    run.route("DELETE", "/os-volumes/v", (400, {"badRequest": {"message": "in use"}}))
    assert run.cleanup(timeout=0.3).left == ("volume v: DELETE /os-volumes/v gave 400 (in use)",)
    run.route("DELETE", "/os-volumes/v", (202, None))
    assert run.cleanup().removed == ("volume v",)


def test_what_lasts_is_waited_for(run):
    run.had("volume", "v", "/os-volumes/v")
    run.route("DELETE", "/os-volumes/v", (202, None))
    run.route("GET", "/os-volumes/v", (200, {}), (200, {}), (404, {}))
    assert run.cleanup().removed == ("volume v",)
    run.had("volume", "w", "/os-volumes/w")
    run.route("DELETE", "/os-volumes/w", (202, None))
    run.route("GET", "/os-volumes/w", (200, {}))
    assert run.cleanup(timeout=0.3).left == (
        "volume w: volume w was still there 0.3 s after its deletion was accepted"
        " (GET /os-volumes/w gave 200 and did not show it)",
    )


def test_the_administrator_helps_out(run):
    run.had("keypair", "k", "/os-keypairs/k")
    run.fake.routes["DELETE", "/v2.1/os-keypairs/k"] = lambda asked: (202 if asked.token == "admin-token" else 403, {})
    assert run.cleanup().removed == ("keypair k",)


@pytest.mark.parametrize("code", [405, 501])
def test_what_the_service_has_no_request_to_remove_is_not_asked_for_again(run, code):
    run.had("keypair", "k", "/os-keypairs/k")
    run.route("DELETE", "/os-keypairs/k", (code, {}))
    assert run.cleanup().left == (f"keypair k: DELETE /os-keypairs/k gave {code}",)
    assert [one.method for one in run.fake.changes] == ["DELETE"]


def test_a_locked_server(run):
    run.had("server", "s", "/servers/s")
    run.route("GET", "/images", (200, {"images": []}))
    run.route("DELETE", "/servers/s", (409, {"conflictingRequest": {"message": "locked"}}), (204, None))
    run.server("s")
    run.route("POST", "/servers/s/action", (202, None))
    assert run.cleanup().removed == ("server s",)
    assert [one.json for one in run.fake.changes if one.method == "POST"] == [{"unlock": None}]


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


FAILED = {"status": "ERROR", "OS-EXT-STS:task_state": None}
"""A server whose accepted deletion has failed, or has not begun."""


def test_a_deletion_that_has_failed_is_requested_again(run, monkeypatch):
    monkeypatch.setattr(removal, "PAUSES", (0, 0))
    run.had("server", "s", "/servers/s")
    run.route("GET", "/images", (200, {"images": []}))
    run.route("DELETE", "/servers/s", (204, None))
    run.server("s", {"status": "MIGRATING"}, FAILED, FAILED, None)
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


def test_a_role_that_is_missing(run):
    run.had("keypair", "k", "/os-keypairs/k", role="alt")
    run.journal.intend("server", "conformance-1-x", role="alt")
    report = run.cleanup()
    assert set(report.left) == {
        "keypair k: the role alt is missing",
        "server conformance-1-x: the role alt is missing",
    }
    assert run.deleted == []


def test_what_only_its_name_can_find(run):
    run.journal.intend("server", "conformance-1-server-a")
    servers = [
        {"id": "a", "name": "conformance-1-server-a"},
        {"id": "a2", "name": "conformance-1-server-a-2"},
        {"id": "other", "name": "conformance-1-server-ab"},
        {"id": "foreign", "name": "web"},
    ]
    run.route("GET", "/servers", (200, {"servers": servers}))
    run.route("DELETE", "/servers/a", (204, None))
    run.route("DELETE", "/servers/a2", (204, None))
    run.server("a")
    run.server("a2")
    assert set(run.cleanup().removed) == {"server a", "server a2"}
    assert sorted(run.deleted) == ["/servers/a", "/servers/a2"]


def test_a_name_without_our_prefix_proves_nothing(run):
    run.journal.intend("server", "web")
    run.route("GET", "/servers", (200, {"servers": [{"id": "foreign", "name": "web"}]}))
    report = run.cleanup()
    assert report.removed == ()
    assert run.deleted == []


def test_what_cannot_be_looked_for_is_named(run):
    run.journal.intend("volume", "conformance-1-v")
    run.route("GET", "/os-volumes", (500, {"computeFault": {"message": "sorry"}}))
    assert run.cleanup().left == ("volume conformance-1-v: GET /os-volumes gave 500 (sorry)",)
    run.route("GET", "/os-volumes", (200, {"volumes": []}))
    assert run.cleanup().clean


SHOWN = [
    {"id": 1, "ip": "10.0.0.1", "instance_id": None},
    {"id": 2, "ip": "10.0.0.2", "instance_id": None},
    {"id": 3, "ip": "10.0.0.3", "instance_id": "s"},
]


def _before(run, intent, ids):
    run.journal.before(intent, ids)
    at = Journal.read(run.path)[0].before.at
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def test_one_without_a_name_that_is_new_is_named_and_never_removed(run):
    """Another user of the project may have made it: the cloud shows nobody who has."""
    when = _before(run, run.journal.intend("floating_ip", "conformance-1-f"), ["1"])
    run.route("GET", "/os-floating-ips", (200, {"floating_ips": SHOWN}))
    said = (
        "floating_ip: 10.0.0.2 (id 2) may be the run's, but nothing shows who made it: it is used by nobody, and it is "
        f"new since {when}, just before the run asked for one; if nobody else in the project made it, "
        "remove it with `conformance cleanup RUN --claim 10.0.0.2`"
    )
    assert run.cleanup().left == (said,)
    assert run.deleted == []
    run.route("GET", "/os-floating-ips", (200, {"floating_ips": SHOWN[::2]}))
    assert run.cleanup().clean


def test_one_of_several_without_a_name_may_be_the_runs(run):
    _before(run, run.journal.intend("floating_ip", "conformance-1-f"), [])
    run.route("GET", "/os-floating-ips", (200, {"floating_ips": SHOWN}))
    (left,) = run.cleanup().left
    both = "10.0.0.1 (id 1), 10.0.0.2 (id 2)"
    assert left.startswith(f"floating_ip: one of {both} may be the run's")
    advice = "; remove the one that nobody else in the project made with `conformance cleanup RUN --claim ID`"
    assert left.endswith(advice)


def test_one_without_a_name_is_removed_when_the_user_claims_it(run):
    _before(run, run.journal.intend("floating_ip", "conformance-1-f"), ["1"])
    run.route("GET", "/os-floating-ips", (200, {"floating_ips": SHOWN}))
    run.route("DELETE", "/os-floating-ips/2", (202, None))
    assert run.cleanup(claimed=frozenset({"10.0.0.2"})).removed == ("floating_ip 2",)
    assert run.deleted == ["/os-floating-ips/2"]


@pytest.mark.parametrize("claim", ["10.0.0.1", "1", "3", "elsewhere"])
def test_a_claim_removes_nothing_that_was_there_before_or_is_in_use(run, claim):
    _before(run, run.journal.intend("floating_ip", "conformance-1-f"), ["1"])
    run.route("GET", "/os-floating-ips", (200, {"floating_ips": SHOWN}))
    assert len(run.cleanup(claimed=frozenset({claim})).left) == 1
    assert run.deleted == []


def test_one_that_was_there_before_is_not_left(run):
    _before(run, run.journal.intend("floating_ip", "conformance-1-f"), ["1", "2"])
    run.route("GET", "/os-floating-ips", (200, {"floating_ips": SHOWN}))
    assert run.cleanup().clean


def test_where_nobody_has_looked_before_that_is_said(run):
    run.journal.intend("floating_ip", "conformance-1-f")
    run.route("GET", "/os-floating-ips", (200, {"floating_ips": SHOWN[:1]}))
    (left,) = run.cleanup().left
    assert "no look tells since when it is there; if nobody else in the project made it, remove it with" in left


def test_of_a_kind_with_names_only_those_of_the_name_that_was_asked_for_are_told(run):
    _before(run, run.journal.intend("volume", "x" * 9), ["1"])
    names = {"1": "x" * 9, "2": "x" * 9, "3": "theirs", "4": None}
    run.route("GET", "/os-volumes", (200, {"volumes": [{"id": i, "displayName": n} for i, n in names.items()]}))
    (left,) = run.cleanup().left
    said = "volume xxxxxxxxx: 2 may be the run's, but nothing shows who made it: it is new since "
    assert left.startswith(said)
    assert run.deleted == []


def test_the_snapshots_below_an_image_of_a_volume(run):
    run.had("image", "i", "/images/i")
    mapping = '[{"snapshot_id": "n1"}, {"snapshot_id": null}]'
    found = (200, {"image": {"status": "ACTIVE", "metadata": {"block_device_mapping": mapping}}})
    run.route("GET", "/images/i", found, (404, {}))
    run.route("DELETE", "/images/i", (204, None))
    run.route("DELETE", "/os-snapshots/n1", (202, None))
    assert run.cleanup().clean
    assert run.deleted == ["/os-snapshots/n1", "/images/i"]


def test_watch_is_not_left_running(run):

    run.had("server", "s", "/servers/s")
    before = set(threading.enumerate())
    run.cleanup(timeout=0.2)
    assert not [one for one in set(threading.enumerate()) - before if one.name == "conformance-watch"]


@pytest.mark.parametrize(("kind", "path"), [("aggregate", "/os-aggregates"), ("flavor", "/flavors")])
def test_what_an_administrator_was_just_making_is_found_by_its_name(run, kind, path):
    run.journal.intend(kind, "conformance-1-x", role="admin")
    found = {f"{kind}s": [{"id": 5, "name": "conformance-1-x"}, {"id": 6, "name": "theirs"}]}
    run.fake.routes["GET", f"/v2.1{path}"] = lambda asked: (200, found if asked.token == "admin-token" else {})
    run.route("GET", f"{path}/5", (200, {kind: {"id": 5, "hosts": []}}))
    run.route("DELETE", f"{path}/5", (200, None))
    assert run.cleanup().removed == (f"{kind} 5",)
    assert run.deleted == [f"{path}/5"]


def test_flavors_that_are_not_public_are_looked_for_too(run):
    run.journal.intend("flavor", "conformance-1-x", role="admin")
    run.cleanup()
    assert [one.query for one in run.fake.asked if one.path == "/v2.1/flavors"][-1] == {"is_public": "none"}


def test_hosts_go_out_of_an_aggregate_before_it_is_removed(run):
    run.had("aggregate", "5", "/os-aggregates/5", role="admin")
    run.route("GET", "/os-aggregates/5", (200, {"aggregate": {"id": 5, "hosts": ["h1", "h2"]}}))
    run.route("POST", "/os-aggregates/5/action", (200, None))
    run.route("DELETE", "/os-aggregates/5", (200, None))
    assert run.cleanup().clean
    out = [one.json for one in run.fake.changes[:2]]
    assert out == [{"remove_host": {"host": "h1"}}, {"remove_host": {"host": "h2"}}]
    assert run.deleted == ["/os-aggregates/5"]


def test_a_host_that_an_aggregate_keeps_is_taken_out_again(run):
    """Others change the aggregates of the host at the same time, and the cloud refuses one of two."""
    run.had("aggregate", "5", "/os-aggregates/5", role="admin")
    run.route("GET", "/os-aggregates/5", (200, {"aggregate": {"id": 5, "hosts": ["h1"]}}))
    run.route("POST", "/os-aggregates/5/action", (409, {"conflictingRequest": {"message": "again"}}), (200, None))
    run.route("DELETE", "/os-aggregates/5", (400, {"badRequest": {"message": "not empty"}}), (200, None))
    assert run.cleanup().clean
    assert [one.method for one in run.fake.changes] == ["POST", "DELETE", "POST", "DELETE"]


def test_an_image_that_an_administrators_shelving_left_is_found(run):
    run.had("server", "s", "/servers/s", name="conformance-1-s")
    run.server("s", None)
    run.route("DELETE", "/servers/s", (404, {}))
    left = [{"id": "i", "name": "conformance-1-s-shelved"}]
    run.fake.routes["GET", "/v2.1/images"] = lambda asked: (
        200,
        {"images": left if asked.token == "admin-token" else []},
    )
    run.route("GET", "/images/i", (404, {}))
    run.fake.routes["DELETE", "/v2.1/images/i"] = lambda asked: (204 if asked.token == "admin-token" else 404, None)
    assert run.cleanup().removed == ("image i",)


def test_on_a_full_disk_a_thing_that_was_left_under_a_name_is_removed_all_the_same(run, monkeypatch):
    run.had("server", "s", "/servers/s", name="conformance-1-s")
    run.server("s", None)
    run.route("DELETE", "/servers/s", (404, {}))
    run.route("GET", "/images", (200, {"images": [{"id": "i", "name": "conformance-1-s-shelved"}]}))
    run.route("GET", "/images/i", (404, {}))
    run.route("DELETE", "/images/i", (204, None))
    real = os.write

    def full(fd, data):
        if bytes(data).startswith(b'{"do"'):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(fd, data)

    journal = Journal(run.path / "journal-cleanup.jsonl")
    cloud = connect(Target(url=run.fake.url, tokens=TOKENS), journal, profile=load_service("compute").profile)
    monkeypatch.setattr(os, "write", full)
    report = cleanup(run.path, cloud, timeout=5.0)
    cloud.close()
    assert set(report.removed) == {"image i"}
    assert report.clean


def test_a_volume_that_came_with_a_server_is_removed_after_it_though_nobody_noted_it(run):
    """The run was killed before it could. One with a name is somebody's, who attached it."""
    run.had("server", "s", "/servers/s")
    run.had("volume", "ours", "/os-volumes/ours")
    run.route("GET", "/images", (200, {"images": []}))
    attached = [{"id": id_} for id_ in ("came", "theirs", "ours", "../x", "gone")]
    run.server("s", {"status": "ACTIVE", "os-extended-volumes:volumes_attached": attached}, None)
    run.route("DELETE", "/servers/s", (204, None))
    for id_, name in (("came", ""), ("theirs", "data"), ("ours", "x")):
        run.route("GET", f"/os-volumes/{id_}", (200, {"volume": {"id": id_, "displayName": name}}), (404, {}))
        run.route("DELETE", f"/os-volumes/{id_}", (202, None))
    report = run.cleanup()
    assert report.clean
    assert run.deleted[0] == "/servers/s"
    assert sorted(run.deleted[1:]) == ["/os-volumes/came", "/os-volumes/ours"]


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


def test_a_rule_that_was_never_seen_goes_with_its_group(run):
    run.journal.intend("security_group_rule", "")
    assert run.cleanup().clean


def test_floating_ips_that_are_used_or_known_are_none_that_was_left(run):
    run.journal.intend("floating_ip", "conformance-1-f")
    addresses = [{"id": 1, "ip": "10.0.0.1", "instance_id": "s"}, {"id": 2, "ip": "10.0.0.2", "instance_id": None}]
    run.route("GET", "/os-floating-ips", (200, {"floating_ips": addresses}))
    (left,) = run.cleanup().left
    assert left.startswith("floating_ip: 10.0.0.2 (id 2) may be the run's")
    run.route("GET", "/os-floating-ips", (200, {"floating_ips": addresses[:1]}))
    assert run.cleanup().clean


def test_a_wait_is_told_before_it_begins(run):
    told = []
    run.had("security_group", "g", "/os-security-groups/g")
    run.route("DELETE", "/os-security-groups/g", (400, {"badRequest": {"message": "in use"}}), (202, None))
    assert run.cleanup(tell=told.append).clean
    why = "DELETE /os-security-groups/g gave 400 (in use)"
    assert told == [f"security_group g cannot be removed yet: {why}; asking again, for 5 s at most"]


def test_an_id_that_never_was_is_not_called_left(run):
    run.had("aggregate", "name", "/os-aggregates/name", role="admin")
    run.route("DELETE", "/os-aggregates/name", (400, {"badRequest": {"message": "id must be an integer"}}))
    run.route("GET", "/os-aggregates", (200, {"aggregates": [{"id": 5, "name": "theirs"}]}))
    report = run.cleanup()
    assert (report.already_gone, report.left) == (("aggregate name",), ())
    assert run.cleanup().already_gone == ()


@pytest.mark.parametrize("code", [400, 404])
def test_a_rule_of_a_group_that_is_gone_is_not_called_left(run, code):
    run.had("security_group_rule", "r", "/os-security-group-rules/r")
    run.route("DELETE", "/os-security-group-rules/r", (code, {"badRequest": {"message": "no such group"}}))
    report = run.cleanup()
    assert (report.already_gone, report.left) == (("security_group_rule r",), ())
    assert len(run.deleted) == 1, "it is not asked for again and again"


def test_one_thing_that_the_guard_does_not_let_go_does_not_keep_the_rest(run):
    run.had("server", "../flavors", "/servers/../flavors")
    run.had("server", "s", "/servers/s")
    run.server("s")
    run.route("DELETE", "/servers/s", (204, None))
    report = run.cleanup()
    assert run.deleted == ["/servers/s"]
    assert [one.partition(":")[0] for one in report.left] == ["server ../flavors"]
    assert "can be read as that of another resource" in report.left[0]


def test_what_was_named_by_an_id_that_cannot_be_sent_is_found_by_its_name(run):
    run.journal.intend("server", "conformance-1-server-1")
    shown = [{"id": "s", "name": "conformance-1-server-1"}]
    run.fake.routes["GET", "/v2.1/servers"] = (200, {"servers": shown})
    run.server("s")
    run.route("DELETE", "/servers/s", (204, None))
    assert run.cleanup().clean
    assert run.deleted == ["/servers/s"]


def test_what_is_listed_with_an_id_that_cannot_be_sent_is_left_and_named(run):
    run.journal.intend("server", "conformance-1-server-1")
    shown = [{"id": "../flavors", "name": "conformance-1-server-1"}]
    run.fake.routes["GET", "/v2.1/servers"] = (200, {"servers": shown})
    report = run.cleanup()
    assert run.deleted == []
    assert report.left == ("server conformance-1-server-1: it is shown with an id that no request can hold safely",)
