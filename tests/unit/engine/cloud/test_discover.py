"""What a test needs is found: smallest first, given ones before, and what is missing with its reason."""

import pytest
from fake_cloud import VERSIONS, fake_cloud

from conformance.engine.cloud import Discovery, Journal, Missing, Resources, Role, Target, Watch, Wishes, connect
from conformance.engine.cloud.credentials import FixedToken


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
        cloud = connect(Target(url=self.fake.url, tokens={Role.MEMBER: "member-token"}))
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
    assert [one.id for one in found.images] == ["small", "big", "middle"]
    assert found.image.id == "small"
    assert found.flavor.id == "one"
    # Neither of the same size, nor with a smaller disk.
    assert found.flavor_alt.id == "two"
    # What does not fit the flavor is no image to rebuild with.
    assert found.image_alt.id == "middle"


def test_flavors_must_fit_the_image(lookups):
    lookups.set("/images/detail", "images", [image("x", ram=600, disk=2)])
    assert lookups.found().flavor.id == "two"
    lookups.set("/images/detail", "images", [image("x", ram=9999)])
    assert lookups.found().flavor == Missing("no flavor fits the image name-x")
    assert lookups.found().flavor_alt == Missing("no flavor fits the image name-x")


def test_what_is_given_comes_first(lookups):
    wishes = Wishes(image="name-big", flavor="two", network="net-1", floating_ip_pool="p", availability_zone="z")
    found = lookups.found(wishes)
    assert (found.image.id, found.flavor.id, found.network.id) == ("big", "two", "net-1")
    assert (found.floating_ip_pool, found.availability_zone) == ("p", "z")
    found = lookups.found(Wishes(image="nix"))
    assert found.image == Missing("the cloud does not show the image 'nix' that was given")


def test_what_is_missing_says_why(fake, lookups):
    fake.routes.clear()
    fake.routes["GET", "/"] = (300, VERSIONS)
    fake.routes["GET", "/v2.1/flavors"] = (200, {})
    found = lookups.found()
    assert found.image == Missing("images cannot be listed: GET /images/detail gave 404")
    assert found.flavor == Missing("flavors cannot be listed: GET /flavors/detail gave 404")
    assert found.network == Missing("no network can be seen")
    assert not found.floating_ip_pool
    assert not found.availability_zone
    assert found.max_servers is None
    lookups.set("/images/detail", "images", [])
    assert lookups.found().image == Missing("the cloud shows no active image")


def test_images_of_the_image_service_where_the_proxy_is_off(fake, lookups, monkeypatch):
    del fake.routes["GET", "/v2.1/images/detail"]
    record = {"id": "i", "name": "n", "status": "active", "min_disk": 1, "min_ram": 0, "size": 5}
    kernel = {"id": "k", "status": "active", "container_format": "aki"}
    fake.routes["GET", "/image/v2/images"] = (200, {"images": [kernel, record]})
    monkeypatch.setattr(FixedToken, "endpoint", lambda self, kind: fake.url + "/image" if kind == "image" else None)
    assert [one.id for one in lookups.found().images] == ["i"]


def test_networks_of_the_network_service(fake, lookups, monkeypatch):
    networks = [
        {"id": "outside", "subnets": ["s"], "router:external": True},
        {"id": "shared", "subnets": ["s"], "shared": True},
        {"id": "empty", "subnets": []},
        {"id": "own", "name": "mine", "subnets": ["s"]},
    ]
    fake.routes["GET", "/network/v2.0/networks"] = (200, {"networks": networks})
    monkeypatch.setattr(FixedToken, "endpoint", lambda self, kind: fake.url + "/network" if kind == "network" else None)
    assert [one.id for one in lookups.found().networks] == ["own", "shared"]


def test_availability_zones(lookups):
    zones = [
        {"zoneName": "internal", "zoneState": {"available": True}},
        {"zoneName": "down", "zoneState": {"available": False}},
        {"zoneName": "up", "zoneState": {"available": True}},
    ]
    lookups.set("/os-availability-zone", "availabilityZoneInfo", zones)
    assert lookups.found().availability_zone == "up"


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
    assert lookups.found().max_servers == room


@pytest.mark.parametrize(
    ("networks", "microversion", "wish", "written"),
    [
        (1, None, "default", None),
        (2, None, "default", [{"uuid": "n0"}]),
        (0, None, "default", None),
        (1, "2.37", "default", [{"uuid": "n0"}]),
        (0, "2.37", "default", "auto"),
        (0, "latest", "default", "auto"),
        (2, "2.37", "none", "none"),
    ],
)
def test_networks_of_a_server(fake, lookups, tmp_path, networks, microversion, wish, written):
    lookups.set("/os-tenant-networks", "networks", [{"id": f"n{i}", "label": "x"} for i in range(networks)])
    fake.routes["POST", "/v2.1/servers"] = (202, {"server": {"id": "s"}})
    target = Target(url=fake.url, tokens={Role.MEMBER: "member-token"})
    cloud = connect(target, Journal(tmp_path / "journal.jsonl"))
    make = Resources(cloud, Discovery(cloud), Watch(cloud))
    make.server(microversion=microversion, networks=wish, wait_for=None)
    assert fake.changes[-1].json["server"].get("networks") == written
