"""What no journal knows by its id is found by its name or by a claim; what may be somebody else's is left and told."""

import errno
import os
from datetime import UTC, datetime

import pytest
from ended import TOKENS

from conformance.engine.api.load import load_service
from conformance.engine.cloud.cleanup import cleanup
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.target import Target, connect


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


def test_one_without_a_name_that_goes_with_a_thing_of_the_run_is_not_told(run):
    """Something that a cloud makes together with a thing of the run, and removes with it, may look like a lost one."""
    _before(run, run.journal.intend("floating_ip", "conformance-1-f"), [])
    run.had("image", "7", "/images/7")
    run.route("DELETE", "/images/7", (204, None))

    def listed(_):
        return 200, {"floating_ips": [] if run.deleted else SHOWN[:1]}

    run.fake.routes["GET", "/v2.1/os-floating-ips"] = listed
    report = run.cleanup()
    assert (report.removed, report.left) == (("image 7",), ())


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


def test_floating_ips_that_are_used_or_known_are_none_that_was_left(run):
    run.journal.intend("floating_ip", "conformance-1-f")
    addresses = [{"id": 1, "ip": "10.0.0.1", "instance_id": "s"}, {"id": 2, "ip": "10.0.0.2", "instance_id": None}]
    run.route("GET", "/os-floating-ips", (200, {"floating_ips": addresses}))
    (left,) = run.cleanup().left
    assert left.startswith("floating_ip: 10.0.0.2 (id 2) may be the run's")
    run.route("GET", "/os-floating-ips", (200, {"floating_ips": addresses[:1]}))
    assert run.cleanup().clean


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
