"""A real cloud: what users do with it through the SDK, as each role, and how it ends."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openstack
import pytest
from openstack.config import OpenStackConfig

import conformance
from conformance.sandbox.cloud.layout import COMPUTES
from conformance.sandbox.cloud.processes import resident
from conformance.sandbox.cloud.running import RunningCloud, sandbox_cloud

pytestmark = pytest.mark.filterwarnings("ignore")

ROOT = Path(conformance.__file__).parents[1]
_WAIT = 120.0
Connect = Callable[[str], Any]


def connection(clouds: Path, name: str) -> Any:
    """A client of the SDK as one of the users."""
    return openstack.connection.Connection(config=OpenStackConfig(config_files=[str(clouds)]).get_one(name))


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    """The cloud that most tests of this module share; the first of a machine is installed, too."""
    with sandbox_cloud(tell=lambda text: print(text, file=sys.stderr)) as running:
        yield running


@pytest.fixture(scope="module")
def user(cloud: RunningCloud) -> Connect:
    """Clients by name."""
    made: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in cloud.users:
            made[name] = connection(cloud.clouds, name)
    return made.__getitem__


def until(look: Callable[[], Any], wanted: str, limit: float = _WAIT) -> Any:
    """Wait until a thing has a status and nothing is going on; `gone` is a status too."""
    end = time.monotonic() + limit
    while True:
        try:
            found = look()
        except openstack.exceptions.NotFoundException:
            if wanted == "gone":
                return None
            raise
        if found.status == wanted and not getattr(found, "task_state", None):
            return found
        assert found.status.lower() != "error", (wanted, getattr(found, "fault", found))
        assert time.monotonic() < end, (wanted, found.status)
        time.sleep(0.2)


def new_server(member: Any, name: str) -> Any:
    image = member.image.find_image("sandbox-small")
    network = member.network.find_network("private", project_id=member.current_project_id)
    made = member.compute.create_server(name=name, image_id=image.id, flavor_id="1", networks=[{"uuid": network.id}])
    return until(lambda: member.compute.get_server(made), "ACTIVE")


def test_all_services_are_in_the_catalogue(cloud: RunningCloud, user: Connect) -> None:
    member = user("member")
    token = member.auth_token
    assert token.startswith("gAAAA"), "a Fernet token"
    for service, url in cloud.urls.items():
        assert member.session.get_endpoint(service_type=service, region_name="RegionOne").rstrip("/") == url
        assert url.startswith("http://127.0.0.1:")


def test_it_is_as_small_as_promised(cloud: RunningCloud) -> None:
    assert 300e6 < cloud.memory() < 1.2e9, cloud.memory_by_service()
    assert set(cloud.pids) == {"keystone", "placement", "glance", "cinder", "neutron", "nova"}
    assert resident(cloud.pids["nova"]) > 50e6


def test_every_service_knows_the_roles(user: Connect) -> None:
    asked = {
        "compute": "/servers",
        "block_storage": "/volumes",
        "image": "/images",
        "placement": "/resource_providers",
        "identity": "/users",
    }
    codes = {
        name: {service: getattr(user(name), service).get(path).status_code for service, path in asked.items()}
        for name in ("admin", "member", "reader", "visitor", "alt")
    }
    assert set(codes["admin"].values()) == {200}
    for name in ("member", "reader", "alt"):
        assert codes[name] == {**dict.fromkeys(asked, 200), "placement": 403, "identity": 403}, name
    assert codes["visitor"] == dict.fromkeys(asked, 403)


def test_a_reader_makes_nothing_and_projects_do_not_see_each_other(user: Connect) -> None:
    volume = user("member").block_storage.create_volume(size=1)
    until(lambda: user("member").block_storage.get_volume(volume), "available")
    assert user("reader").block_storage.get_volume(volume).id == volume.id
    for make in (
        lambda: user("reader").block_storage.create_volume(size=1),
        lambda: user("reader").network.create_network(name="no"),
        lambda: user("reader").image.create_image(name="no", disk_format="raw", container_format="bare"),
    ):
        with pytest.raises(openstack.exceptions.ForbiddenException):
            make()
    with pytest.raises(openstack.exceptions.NotFoundException):
        user("alt").block_storage.get_volume(volume)
    user("member").block_storage.delete_volume(volume)


def test_a_token_that_was_revoked_is_refused_soon(user: Connect, cloud: RunningCloud) -> None:
    token = connection(cloud.clouds, "member").auth_token
    ask = lambda: user("alt").session.get(  # noqa: E731
        f"{cloud.urls['compute']}/flavors", headers={"X-Auth-Token": token}, authenticated=False, raise_exc=False
    )
    assert ask().status_code == 200
    user("admin").identity.delete("/auth/tokens", headers={"X-Subject-Token": token})
    end = time.monotonic() + 60
    while ask().status_code != 401:
        assert time.monotonic() < end
        time.sleep(1)


def test_an_image_goes_up_and_comes_down(user: Connect) -> None:
    images, content = user("member").image, os.urandom(3_000_000)
    made = images.create_image(
        name="up", disk_format="raw", container_format="bare", data=io.BytesIO(content), allow_duplicates=True
    )
    assert until(lambda: images.get_image(made), "active").size == len(content)
    assert images.download_image(made).content == content
    # In pieces, without a length, as Nova sends it.
    second = images.post("/images", json={"disk_format": "raw", "container_format": "bare"}).json()["id"]
    pieces = iter([content[:1_000_000], content[1_000_000:]])
    sent = images.put(f"/images/{second}/file", data=pieces, headers={"Content-Type": "application/octet-stream"})
    assert sent.status_code == 204, sent.text
    assert images.download_image(second).content == content
    for one in (made.id, second):
        images.delete_image(one)


def test_a_server_with_its_port_volume_and_image(user: Connect) -> None:
    member, admin = user("member"), user("admin")
    server = new_server(member, "one")
    (port,) = member.network.ports(device_id=server.id)
    assert port.status == "ACTIVE"
    assert admin.network.get_port(port).binding_host_id in COMPUTES

    address = member.network.create_ip(floating_network_id=member.network.find_network("public").id)
    member.network.update_ip(address, port_id=port.id)
    until(lambda: member.network.get_ip(address), "ACTIVE")

    volume = member.block_storage.create_volume(size=1)
    until(lambda: member.block_storage.get_volume(volume), "available")
    member.compute.create_volume_attachment(server, volume_id=volume.id)
    until(lambda: member.block_storage.get_volume(volume), "in-use")
    member.compute.delete_volume_attachment(server, volume)
    until(lambda: member.block_storage.get_volume(volume), "available")

    image = member.compute.create_server_image(server, "of one", wait=False)
    until(lambda: member.image.get_image(image), "active")

    before = admin.compute.get_server(server).compute_host
    admin.compute.live_migrate_server(server, host=None, block_migration="auto")
    end = time.monotonic() + _WAIT
    while admin.compute.get_server(server).compute_host == before:
        assert time.monotonic() < end
        time.sleep(0.2)
    until(lambda: member.compute.get_server(server), "ACTIVE")

    # The richer form: a shelved server stays where it is, and a deleted one can be had back.
    member.compute.shelve_server(server)
    until(lambda: member.compute.get_server(server), "SHELVED")
    member.compute.unshelve_server(server)
    until(lambda: member.compute.get_server(server), "ACTIVE")
    member.compute.delete_server(server)
    until(lambda: admin.compute.get_server(server), "SOFT_DELETED")
    admin.compute.delete_server(server, force=True)
    until(lambda: admin.compute.get_server(server), "gone")
    member.network.delete_ip(address)
    member.image.delete_image(image)
    member.block_storage.delete_volume(volume)


def test_volumes_snapshots_and_backups(user: Connect) -> None:
    storage = user("member").block_storage
    image = user("member").image.find_image("sandbox-small")
    made = storage.create_volume(size=1, image_id=image.id)
    volume = until(lambda: storage.get_volume(made), "available")
    snapshot = storage.create_snapshot(volume_id=volume.id)
    until(lambda: storage.get_snapshot(snapshot), "available")
    backup = storage.create_backup(volume_id=volume.id)
    until(lambda: storage.get_backup(backup), "available")
    assert {one.state for one in user("admin").block_storage.services()} == {"up"}
    for delete, get, one in (
        (storage.delete_backup, storage.get_backup, backup),
        (storage.delete_snapshot, storage.get_snapshot, snapshot),
        (storage.delete_volume, storage.get_volume, volume),
    ):
        delete(one)
        until(lambda get=get, one=one: get(one), "gone")


# A run, and the end.


def conformance_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "conformance", *arguments]


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def test_a_run_on_a_cloud_of_its_own(tmp_path: Path) -> None:
    command = conformance_command(
        "run", "--sandbox-cloud", "--spec", str(ROOT / "specs" / "compute"), "-k", "servers-actions.lock/"
    )
    done = subprocess.run(
        [*command, "--output", str(tmp_path / "run")],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    head = json.loads((tmp_path / "run" / "run.json").read_text())
    assert head["endpoint"]["release"] == "nova 34.0.0"
    assert set(head["roles"]) == {"admin", "alt", "member", "reader", "visitor"}
    results = [json.loads(line) for line in (tmp_path / "run" / "results.jsonl").read_text().splitlines()]
    # Where the reference is silent, what the cloud accepts is an observation, and such a case is inapplicable.
    assert {result["verdict"] for result in results} == {"pass", "inapplicable"}
    assert len(results) > 15
    assert (tmp_path / "run" / "cloud-logs" / "nova.log").exists()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def those_of(folder: Path) -> list[int]:
    """The processes that name a folder in their command or environment."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return [pid for pid in found if alive(pid)]


def wait_until_nothing_is_left(folder: Path) -> None:
    end = time.monotonic() + 20
    while those_of(folder) or list(folder.glob("cloud-sandbox-*")):
        assert time.monotonic() < end, (those_of(folder), list(folder.iterdir()))
        time.sleep(0.1)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of what a test starts."""
    monkeypatch.setitem(ENVIRONMENT, "TMPDIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_start_can_be_ended_at_any_moment(cloud: RunningCloud, temporary: Path, number: signal.Signals) -> None:
    started = subprocess.Popen(
        conformance_command("sandbox", "--cloud"),
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        end = time.monotonic() + 60
        while not any("serve" in Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in those_of(temporary)):
            assert time.monotonic() < end
            time.sleep(0.1)
    finally:
        started.send_signal(number)
    out, err = started.communicate(timeout=30)
    wait_until_nothing_is_left(temporary)
    assert started.returncode == (-number if number == signal.SIGKILL else 130)
    said = "" if number == signal.SIGKILL else f"conformance: interrupted by {number.name}"
    assert (out, err.strip()) == ("", said)
    assert cloud.alive, "another cloud is left alone"


def test_the_form_as_installed_and_the_end_of_a_service(temporary: Path) -> None:
    started = subprocess.Popen(
        conformance_command("sandbox", "--cloud", "--as-installed"),
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert started.stdout is not None
        said = []
        while not said or not said[-1].startswith("conformance run"):
            said.append(started.stdout.readline())
            assert said[-1], started.stderr.read() if started.stderr else ""
        (export,) = (line for line in said if line.startswith("export OS_CLIENT_CONFIG_FILE="))
        member = connection(Path(export.strip().partition("=")[2]), "member")
        server = new_server(member, "plain")
        member.compute.shelve_server(server)
        until(lambda: member.compute.get_server(server), "SHELVED_OFFLOADED")
        member.compute.delete_server(server)
        until(lambda: member.compute.get_server(server), "gone")
        (nova,) = (
            pid
            for pid in those_of(temporary)
            if Path(f"/proc/{pid}/cmdline").read_text().split("\0")[5:7] == ["serve", "nova"]
        )
        os.kill(nova, signal.SIGKILL)
        _, err = started.communicate(timeout=30)
    finally:
        started.kill()
    assert started.returncode == 2
    sentence = err.strip()
    assert "\n" not in sentence
    assert sentence.startswith("conformance: the sandbox cloud has ended: nova has ended with status -9; its log is ")
    log = Path(sentence.rpartition(" ")[2])
    assert log.stat().st_size
    assert [path for path in temporary.glob("cloud-sandbox-*") if path != log.parent] == []
    assert those_of(temporary) == []
