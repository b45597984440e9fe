"""What a test needs is found: smallest first, given ones before, and what is missing with its reason."""

import contextlib
from dataclasses import replace

import pytest
from fake_cloud import VERSIONS, fake_cloud

from conformance.engine.api.load import load_service
from conformance.engine.cloud.credentials import FixedToken
from conformance.engine.cloud.discover import Discovery, Missing
from conformance.engine.cloud.errors import ResourceError
from conformance.engine.cloud.journal import Journal
from conformance.engine.cloud.poll import Watch
from conformance.engine.cloud.resources import Resources
from conformance.engine.cloud.roles import Role
from conformance.engine.cloud.target import Target, connect

PROFILE = load_service("compute").profile


def image(id_, status="ACTIVE", disk=0, ram=0, size=0, **more):
    return {"id": id_, "name": f"name-{id_}", "status": status, "minDisk": disk, "minRam": ram} | {
        "OS-EXT-IMG-SIZE:size": size,
        "metadata": {},
        **more,
    }


def flavor(id_, ram, vcpus=1, disk=1, **more):
    return {"id": id_, "name": f"name-{id_}", "ram": ram, "vcpus": vcpus, "disk": disk, **more}


@pytest.fixture
def fake():
    with fake_cloud() as cloud:
        yield cloud


class Lookups:
    def __init__(self, fake):
        self.fake = fake

    def set(self, path, member, records):
        self.fake.routes["GET", f"/v2.1{path}"] = (200, {member: records})

    def found(self, wishes=None):
        cloud = connect(Target(url=self.fake.url, tokens={Role.MEMBER: "member-token"}), profile=PROFILE)
        return Discovery(cloud, wishes)


@pytest.fixture
def lookups(fake):
    made = Lookups(fake)
    made.set(
        "/images/detail",
        "images",
        [
            image("snapshot", server={"id": "s"}),
            image("backup", metadata={"image_type": "backup"}),
            image("volume", metadata={"block_device_mapping": "[{}]"}),
            image("saving", status="SAVING"),
            image("big", size=5 * 2**30),
            image("small", size=10**7),
            image("middle", disk=1),
        ],
    )
    made.set(
        "/flavors/detail",
        "flavors",
        [
            flavor("special", 64, extra_specs={"hw:mem_page_size": "large"}),
            flavor("diskless", 64, disk=0),
            flavor("off", 64, **{"OS-FLV-DISABLED:disabled": True}),
            flavor("two", 1024, disk=5),
            flavor("one", 512),
            flavor("shrunk", 768, disk=0),
            flavor("same", 512),
        ],
    )
    return made


def test_smallest_first(lookups):
    found = lookups.found()
    assert [one.id for one in found.every("image")] == ["small", "big", "middle"]
    assert found.found("image").id == "small"
    assert found.found("flavor").id == "one"
    # Neither of the same size, nor with a smaller disk.
    assert found.other("flavor").id == "two"
    # What does not fit the flavor is no image to rebuild with.
    assert found.other("image").id == "middle"


def test_flavors_must_fit_the_image(lookups):
    lookups.set("/images/detail", "images", [image("x", ram=600, disk=2)])
    assert lookups.found().found("flavor").id == "two"
    lookups.set("/images/detail", "images", [image("x", ram=9999)])
    assert lookups.found().found("flavor") == Missing("no flavor fits the image name-x")
    assert lookups.found().other("flavor") == Missing("no flavor fits the image name-x")


def test_what_is_given_comes_first(lookups):
    wishes = {
        "image": "name-big",
        "flavor": "two",
        "network": "net-1",
        "floating_ip_pool": "p",
        "availability_zone": "z",
        "other-image": "small",
    }
    found = lookups.found(wishes)
    assert {name: found.found(name).id for name in ("image", "flavor", "network")} == {
        "image": "big",
        "flavor": "two",
        "network": "net-1",
    }
    assert (found.found("floating_ip_pool").name, found.found("availability_zone").name) == ("p", "z")
    assert found.other("image").id == "small"
    found = lookups.found({"image": "nix"})
    assert found.found("image") == Missing("the cloud does not show the image 'nix' that was given")


def test_what_is_missing_says_why(fake, lookups):
    fake.routes.clear()
    fake.routes["GET", "/"] = (300, VERSIONS)
    fake.routes["GET", "/v2.1/flavors"] = (200, {})
    found = lookups.found()
    assert found.found("image") == Missing("images cannot be listed: GET /images/detail gave 404")
    assert found.found("flavor") == Missing("flavors cannot be listed: GET /flavors/detail gave 404")
    assert found.found("network") == Missing("networks cannot be listed: GET /os-networks gave 404")
    assert not found.found("floating_ip_pool")
    assert not found.found("availability_zone")
    assert found.found("gear") == Missing("it is not known how to look for a gear")
    assert found.room() is None
    lookups.set("/images/detail", "images", [])
    assert lookups.found().found("image") == Missing("the cloud shows no active image")


def test_images_of_the_image_service_where_the_proxy_is_off(fake, lookups, monkeypatch):
    del fake.routes["GET", "/v2.1/images/detail"]
    record = {"id": "i", "name": "n", "status": "active", "min_disk": 1, "min_ram": 0, "size": 5}
    kernel = {"id": "k", "status": "active", "container_format": "aki"}
    fake.routes["GET", "/image/v2/images"] = (200, {"images": [kernel, record]})
    monkeypatch.setattr(FixedToken, "endpoint", lambda self, kind: fake.url + "/image" if kind == "image" else None)
    assert [one.id for one in lookups.found().every("image")] == ["i"]


def test_networks_of_the_network_service(fake, lookups, monkeypatch):
    networks = [
        {"id": "outside", "subnets": ["s"], "router:external": True},
        {"id": "shared", "subnets": ["s"], "shared": True},
        {"id": "empty", "subnets": []},
        {"id": "own", "name": "mine", "subnets": ["s"]},
    ]
    fake.routes["GET", "/network/v2.0/networks"] = (200, {"networks": networks})
    monkeypatch.setattr(FixedToken, "endpoint", lambda self, kind: fake.url + "/network" if kind == "network" else None)
    assert [one.id for one in lookups.found().every("network")] == ["own", "shared"]


def test_availability_zones(lookups):
    zones = [
        {"zoneName": "internal", "zoneState": {"available": True}},
        {"zoneName": "down", "zoneState": {"available": False}},
        {"zoneName": "up", "zoneState": {"available": True}},
    ]
    lookups.set("/os-availability-zone", "availabilityZoneInfo", zones)
    assert lookups.found().found("availability_zone").name == "up"


@pytest.mark.parametrize(
    ("limits", "room"),
    [
        ({"maxTotalInstances": 10, "totalInstancesUsed": 4}, 6),
        ({"maxTotalInstances": -1, "maxTotalCores": 5, "totalCoresUsed": 2}, 3),
        ({"maxTotalInstances": 10, "maxTotalRAMSize": 2048, "totalRAMUsed": 1000}, 2),
        ({"maxTotalInstances": 1, "totalInstancesUsed": 3}, 0),
        ({"maxTotalInstances": -1}, None),
    ],
)
def test_room(fake, lookups, limits, room):
    fake.routes["GET", "/v2.1/limits"] = (200, {"limits": {"absolute": limits}})
    assert lookups.found().room() == room


@pytest.mark.parametrize(
    ("networks", "microversion", "given", "written"),
    [
        (1, None, {}, None),
        (2, None, {}, [{"uuid": "n0"}]),
        (0, None, {}, None),
        (1, "2.37", {}, [{"uuid": "n0"}]),
        (0, "2.37", {}, "auto"),
        (0, "latest", {}, "auto"),
        (2, "2.37", {"networks": "none"}, "none"),
    ],
)
def test_networks_of_a_server(fake, lookups, tmp_path, networks, microversion, given, written):
    lookups.set("/os-tenant-networks", "networks", [{"id": f"n{i}", "label": "x"} for i in range(networks)])
    fake.routes["POST", "/v2.1/servers"] = (202, {"server": {"id": "s"}})
    target = Target(url=fake.url, tokens={Role.MEMBER: "member-token"})
    cloud = connect(target, Journal(tmp_path / "journal.jsonl"), profile=PROFILE)
    make = Resources(cloud, Discovery(cloud), Watch(cloud))
    make.make("server", microversion=microversion, fields=given, wait=False)
    assert fake.changes[-1].json["server"].get("networks") == written


def test_a_spare_is_given_once_in_the_place_of_a_new_one(fake, lookups, tmp_path):
    lookups.set("/os-networks", "networks", [])
    fake.routes["POST", "/v2.1/servers"] = (202, {"server": {"id": "s"}})
    target = Target(url=fake.url, tokens={Role.MEMBER: "member-token"})
    cloud = connect(target, Journal(tmp_path / "journal.jsonl"), profile=PROFILE)
    make = Resources(cloud, Discovery(cloud), Watch(cloud))
    spare = make.make("server", wait=False)
    make.spares.add(spare, ready=True)
    # Whoever wants another sort of server, or one in the midst of its creation, gets a new one.
    assert make.make("server", fields={"name": "x"}, wait=False) is not spare
    assert make.make("server", wait=False) is not spare
    before = len(fake.changes)
    assert make.make("server", microversion="2.96") is spare
    assert len(fake.changes) == before
    assert make.spares.take("server", Role.MEMBER) is None


def test_what_does_not_become_ready_is_removed_at_once(fake, lookups, tmp_path):
    """Otherwise it counts against the quota until the end of the run, and a few of them leave no room for anything."""
    lookups.set("/os-networks", "networks", [])
    server = {"id": "s", "name": "n", "status": "ERROR", "fault": {"message": "No valid host"}}
    fake.routes["POST", "/v2.1/servers"] = (202, {"server": {"id": "s"}})
    fake.routes["GET", "/v2.1/servers/detail"] = (200, {"servers": [server]})
    fake.routes["GET", "/v2.1/servers/s"] = (200, {"server": server})
    fake.routes["DELETE", "/v2.1/servers/s"] = (204, {})
    target = Target(url=fake.url, tokens={Role.MEMBER: "member-token"})
    cloud = connect(target, Journal(tmp_path / "journal.jsonl"), profile=PROFILE)
    watch = Watch(cloud)
    with contextlib.closing(watch), pytest.raises(ResourceError, match=r"did not become ACTIVE: ERROR .No valid host"):
        Resources(cloud, Discovery(cloud), watch, timeout=5.0).make("server")
    assert ("DELETE", "/v2.1/servers/s") in [(one.method, one.path) for one in fake.changes]


def test_what_an_image_stands_on_is_in_the_journal_before_a_case_deletes_the_image(fake, lookups, tmp_path):
    """Otherwise nothing names the snapshot any more, and the volume that it is of cannot be removed."""
    mapping = '[{"snapshot_id": "n1"}, {"snapshot_id": null}]'
    image = {"id": "i", "name": "n", "status": "ACTIVE", "metadata": {"block_device_mapping": mapping}}
    fake.routes["POST", "/v2.1/servers/s/action"] = (202, {"image_id": "i"})
    fake.routes["GET", "/v2.1/images/i"] = (200, {"image": image})
    target = Target(url=fake.url, tokens={Role.MEMBER: "member-token"})
    cloud = connect(target, Journal(tmp_path / "journal.jsonl"), profile=PROFILE)
    cloud.journal.made(cloud.journal.intend("server", "s"), "s", "/servers/s")
    with contextlib.closing(Watch(cloud)) as watch:
        Resources(cloud, Discovery(cloud), watch, timeout=5.0).make("image", of="s", microversion="2.45")
    left = [one for entry in cloud.journal.entries() for one in entry.left]
    assert ("n1", "/os-snapshots/n1") in left


@pytest.mark.parametrize("how", ["undo", "remove_all"])
def test_what_nobody_needs_any_more_is_removed_before_the_end_of_the_run(fake, lookups, tmp_path, how):
    lookups.set("/os-networks", "networks", [])
    fake.routes["POST", "/v2.1/os-server-groups"] = (200, {"server_group": {"id": "g", "name": "g"}})
    fake.routes["DELETE", "/v2.1/os-server-groups/g"] = (204, {})
    target = Target(url=fake.url, tokens={Role.MEMBER: "member-token"})
    cloud = connect(target, Journal(tmp_path / "journal.jsonl"), profile=PROFILE)
    make = Resources(cloud, Discovery(cloud), Watch(cloud))
    made = make.make("server_group")
    (entry,) = cloud.journal.entries()
    make.undo(entry.intent) if how == "undo" else make.remove_all([made])
    assert [(one.method, one.path) for one in fake.changes][-1] == ("DELETE", "/v2.1/os-server-groups/g")
    assert cloud.journal.entries()[0].settled


@pytest.mark.parametrize(("wishes", "zone"), [({}, None), ({"availability_zone": "z"}, "z")])
def test_a_zone_is_asked_for_only_where_the_user_names_one(fake, lookups, tmp_path, wishes, zone):
    fake.routes["GET", "/v2.1/os-availability-zone"] = (
        200,
        {"availabilityZoneInfo": [{"zoneName": "nova", "zoneState": {"available": True}}]},
    )
    fake.routes["POST", "/v2.1/servers"] = (202, {"server": {"id": "s"}})
    target = Target(url=fake.url, tokens={Role.MEMBER: "member-token"})
    cloud = connect(target, Journal(tmp_path / "journal.jsonl"), profile=PROFILE)
    Resources(cloud, Discovery(cloud, wishes), Watch(cloud)).make("server", wait=False)
    assert fake.changes[-1].json["server"].get("availability_zone") == zone


def test_where_nothing_is_listed_a_whole_part_may_be_lacking(fake, lookups):
    """Only the description knows that things of a kind are there on every cloud that has the part."""
    lookups.set("/flavors/detail", "flavors", [])
    found = lookups.found()
    plain = found.found("flavor").reason
    rules = found._cloud.profile.discovery
    lacking = {**rules, "flavor": replace(rules["flavor"], optional_part=True)}
    found._cloud.profile = replace(found._cloud.profile, discovery=lacking)
    assert Discovery(found._cloud).found("flavor") == Missing(f"this cloud lacks an optional part: {plain}")
