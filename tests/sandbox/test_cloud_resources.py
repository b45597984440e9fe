"""Resources, waiting, discovery and cleanup against a real Nova, beside servers that are somebody else's."""

import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.engine.api.load import load_service
from conformance.engine.cloud.cleanup import cleanup
from conformance.engine.cloud.discover import Discovery
from conformance.engine.cloud.errors import GuardRefusal, ResourceError
from conformance.engine.cloud.exchange import Ask
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.resources import Resources
from conformance.engine.cloud.roles import BAD_TOKEN, NO_TOKEN, Role
from conformance.engine.cloud.target import Target, connect
from conformance.engine.cloud.waiters import wait_for_status

PROFILE = load_service("compute").profile

LISTS = {
    "/servers": "servers",
    "/images": "images",
    "/os-keypairs": "keypairs",
    "/os-volumes": "volumes",
    "/os-snapshots": "snapshots",
    "/os-security-groups": "security_groups",
    "/os-floating-ips": "floating_ips",
    "/os-server-groups": "server_groups",
}

NAMELESS = {"floating_ips", "snapshots"}


class Run:
    """What one run holds in its hands."""

    def __init__(self, sandbox, path, name="journal.jsonl"):
        self.path = path
        self.journal = Journal(path / name)
        self.cloud = connect(Target.sandbox(sandbox.url, sandbox.tokens), self.journal, profile=PROFILE)
        self.discovery = Discovery(self.cloud)
        self.watch = Watch(self.cloud)
        self.make = Resources(self.cloud, self.discovery, self.watch, timeout=60)
        self.theirs = self.nameless()

    def act(self, made, action, value=None, role=Role.MEMBER, **more):
        return self.cloud.send(Ask("POST", f"{made.path}/action", role, body={action: value}, **more))

    def wait(self, made, status):
        result = wait_for_status(self.watch, made.id, status, 60, role=made.role)
        assert result.status == status, result
        return result

    def listed(self, role=Role.MEMBER):
        """Of each thing that the lists show: its kind, its name if it has one, and its id."""
        for path, member in LISTS.items():
            answer = self.cloud.get(path, role=role)
            assert answer.ok, answer
            for one in answer.json[member]:
                one = one.get("keypair", one)
                yield member, one.get("name") or one.get("displayName") or "", one.get("id")

    def nameless(self):
        """The ids of the things whose names do not tell whose they are."""
        return {id_ for member, _, id_ in self.listed() if member in NAMELESS}

    def names(self, role=Role.MEMBER):
        """Names of all that begins with the run's prefix, and what has come without such a name."""
        return [
            (member, name or id_)
            for member, name, id_ in self.listed(role)
            if name.startswith(self.journal.prefix) or (member in NAMELESS and id_ not in self.theirs)
        ]

    def close(self):
        self.watch.close()
        self.cloud.close()
        self.journal.close()


@pytest.fixture
def run(sandbox, tmp_path):
    made = Run(sandbox, tmp_path / "run")
    yield made
    made.make.close()
    made.close()


def test_connect(run, sandbox):
    assert run.cloud.roles == set(Role)
    assert run.cloud.url == sandbox.url
    assert str(run.cloud.microversions) == " - ".join(sandbox.microversions)


def test_placement_with_the_same_client(sandbox):
    target = Target.sandbox(sandbox.placement_url, {"member": sandbox.tokens["admin"]})
    placement = connect(target, profile=load_service("placement").profile)
    answer = placement.get("/resource_providers", microversion="1.39")
    assert answer.ok
    assert {one["name"] for one in answer.json["resource_providers"]} >= set(sandbox.computes)
    placement.close()


def test_discovery(run, sandbox):
    found = run.discovery
    image, flavor = found.found("image"), found.found("flavor")
    assert found.other("image").id != image.id
    assert flavor.value("ram") <= found.other("flavor").value("ram")
    assert flavor.id != found.other("flavor").id
    assert found.found("network")
    assert found.found("floating_ip_pool")
    assert found.found("availability_zone").name == "nova"
    assert found.found("host").id in sandbox.computes
    assert found.room() > 0
    before = run.cloud.request_count
    assert found.found("image") == image
    assert found.found("network")
    assert run.cloud.request_count == before


@pytest.mark.parametrize(
    ("microversion", "networks"),
    [
        (None, None),
        ("2.36", None),
        ("2.37", None),
        ("2.37", "auto"),
        ("2.37", "none"),
        ("latest", None),
    ],
)
def test_servers_at_every_kind_of_network(run, microversion, networks):
    fields = {"metadata": {"a": "b"}} | ({"networks": networks} if networks else {})
    made = run.make.make("server", microversion=microversion, fields=fields)
    assert made.body["status"] == "ACTIVE"
    assert made.body["metadata"] == {"a": "b"}
    assert bool(made.body["addresses"]) is (networks != "none")
    run.make.delete(made)
    assert run.cloud.get(made.path).status == 404


def test_everything_is_made_and_goes(run):
    make = run.make
    with ThreadPoolExecutor(4) as pool:
        server, *_ = pool.map(lambda _: make.make("server"), range(3))
    volume_backed = make.make("server", variant="volume-backed")
    for kind in ("keypair", "security_group", "server_group", "volume", "snapshot"):
        make.make(kind)
    assert make.make("floating_ip").body["ip"]
    assert make.make("image", of=server.id).body["status"] == "ACTIVE"
    make.make("image", of=volume_backed.id)
    make.make("server", role=Role.ALT)
    # As tests leave them: locked by the administrator, deleted but not yet gone, shelved.
    assert run.act(server, "lock", role=Role.ADMIN).ok
    shelved = make.make("server")
    assert run.act(shelved, "shelve").ok
    run.wait(shelved, "SHELVED")
    soft = make.make("server")
    assert run.cloud.send(Ask("DELETE", soft.path)).status == 204
    run.wait(soft, "SOFT_DELETED")
    assert len(run.names()) >= 11
    assert make.close() == ()
    assert run.names() == []
    assert run.names(Role.ALT) == []
    (disk,) = volume_backed.body["os-extended-volumes:volumes_attached"]
    assert run.cloud.get(f"/os-volumes/{disk['id']}").status == 404  # although an image's snapshot stood on it
    assert [entry for entry in run.journal.entries() if not entry.settled] == []
    assert make.close() == ()


def test_what_a_tested_action_makes_is_removed_too(run):
    server = run.make.make("server")
    for microversion in ("2.1", "2.45"):
        name = run.make.rand_name("image")
        answer = run.act(server, "createImage", {"name": name}, expect_created="image", microversion=microversion)
        assert answer.status == 202
        run.watch.until(server.id, lambda view: view["OS-EXT-STS:task_state"] is None, 60)
    assert [entry.intent.kind for entry in run.journal.entries()] == ["server", "image", "image"]
    assert run.make.close() == ()
    assert run.names() == []


def test_foreign_things_stay_as_they_are(run, nova, sandbox):
    foreign = nova.server()
    before = nova.get(f"/servers/{foreign}")
    for ask in (
        Ask("DELETE", f"/servers/{foreign}"),
        Ask("POST", f"/servers/{foreign}/action", Role.ADMIN, body={"pause": None}),
        Ask("PUT", "/os-services/disable", Role.ADMIN, body={"host": sandbox.computes[0], "binary": "nova-compute"}),
    ):
        with pytest.raises(GuardRefusal):
            run.cloud.send(ask)
    for sender in (NO_TOKEN, BAD_TOKEN):
        assert run.cloud.send(Ask("DELETE", f"/servers/{foreign}", sender)).status == 401
    unknown = run.cloud.unknown_id("/servers/{server_id}/action")
    assert run.cloud.send(Ask("POST", f"/servers/{unknown}/action", body={"pause": None})).status == 404
    run.make.make("server")
    assert run.make.close() == ()
    assert nova.get(f"/servers/{foreign}") == before


def test_a_server_that_cannot_be_says_why(run):
    with pytest.raises(ResourceError, match=r"^no server could be made: POST /servers gave 400 \(.*\)$") as caught:
        run.make.make("server", fields={"imageRef": "5a5c0d9f-4b5f-4a0e-8a37-0a2b1b1c7f10"})
    assert caught.value.answer.status == 400
    with pytest.raises(ResourceError, match=r"^server \S+ did not become ACTIVE: (BUILD -> )?ERROR \(.*\)$"):
        run.make.make("server", fields={"availability_zone": "nova:nowhere"}, role=Role.ADMIN)


def test_one_poll_for_many(run):
    count = run.cloud.request_count
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: run.make.make("server", wait=False), range(6)))
        before = run.cloud.request_count
        results = list(pool.map(lambda one: wait_for_status(run.watch, one.id, "ACTIVE", 60), made))
    assert [result.status for result in results] == ["ACTIVE"] * 6
    # Six pollers of their own would have asked some sixty times.
    assert run.cloud.request_count - before < 30
    assert before - count < 14


KILLED = """
    import sys
    from pathlib import Path
    from conformance.engine.api.load import load_service
    from conformance.engine.cloud.discover import Discovery
    from conformance.engine.cloud.exchange import Ask
    from conformance.engine.cloud.journal import Journal
    from conformance.engine.cloud.poll import Watch
    from conformance.engine.cloud.resources import Resources
    from conformance.engine.cloud.roles import Role
    from conformance.engine.cloud.target import Target, connect
    journal, profile = Journal(Path(sys.argv[1]) / "journal-gw0.jsonl"), load_service("compute").profile
    target = Target.sandbox(sys.argv[2], dict(zip(sys.argv[3::2], sys.argv[4::2])))
    cloud = connect(target, journal, profile=profile)
    discovery = Discovery(cloud)
    make = Resources(cloud, discovery, Watch(cloud))
    server = make.make("server")
    for kind in ("volume", "keypair", "security_group", "server_group", "floating_ip"):
        make.make(kind)
    make.make("server", role=Role.ALT, wait=False)
    make.make("image", of=server.id)
    soft = make.make("server")
    cloud.send(Ask("DELETE", soft.path))
    print("made", flush=True)
    # A request whose answer never came: the journal holds the intent alone.
    intent = journal.intend("server", journal.rand_name("server"))
    body = {"name": intent.name, "flavorRef": discovery.found("flavor").id, "imageRef": discovery.found("image").id}
    cloud._delivery.send(Ask("POST", "/servers", body={"server": body}))
    # And one that never went out.
    journal.intend("server", journal.rand_name("server"))
    print("last", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_run_left_is_removed(sandbox, tmp_path, nova):
    foreign = nova.server()
    earlier = Run(sandbox, tmp_path, "journal-earlier.jsonl")
    earlier.close()
    roles = [part for role in ("member", "admin", "member2") for part in (role, sandbox.tokens[role])]
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path), sandbox.url, *roles]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert [child.stdout.readline(), child.stdout.readline()] == ["made\n", "last\n"]
        child.send_signal(signal.SIGKILL)
    run = Run(sandbox, tmp_path, "journal-cleanup.jsonl")
    run.theirs = earlier.theirs
    assert len(run.names()) == 8
    report = cleanup(tmp_path, run.cloud)
    assert report.left == ()
    assert report.clean
    assert len(report.removed) == 10
    assert run.names() == []
    assert run.names(Role.ALT) == []
    again = cleanup(tmp_path, run.cloud)
    assert (again.removed, again.already_gone, again.left) == ((), (), ())
    assert nova.get(f"/servers/{foreign}")["server"]["status"] == "ACTIVE"
    run.close()


def test_cleanup_of_another_run_is_refused(run, tmp_path):
    with pytest.raises(ValueError, match="must be connected with a journal in"):
        cleanup(tmp_path / "other", run.cloud)
