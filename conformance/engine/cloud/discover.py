"""What a test needs and the cloud has: images, flavors, networks. Smallest first; each can be given.

The proxies to the image and the network service end with 2.35, so they are asked without a microversion; where they
do not answer, the service itself is asked if the catalogue names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from specs.microversion import Microversion

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.engine.cloud.client import Cloud
    from conformance.engine.cloud.exchange import Answer

T = TypeVar("T")

_EXTRA_SPECS_SHOWN = Microversion(2, 61)
_NETWORKS_AUTO = Microversion(2, 37)


@dataclass(frozen=True)
class Missing:
    """What the cloud does not have, and why we think so. False as a condition."""

    reason: str

    def __bool__(self) -> Literal[False]:
        return False


@dataclass(frozen=True)
class Image:
    """An image that a server can boot. Sizes as Nova gives them: disk in GiB, ram in MiB, size in bytes."""

    id: str
    name: str
    min_disk: int = 0
    min_ram: int = 0
    size: int = 0


@dataclass(frozen=True)
class Flavor:
    """A flavor. Disk in GiB, ram in MiB. ``special``: it has extra specs, which may ask for special hosts."""

    id: str
    name: str
    vcpus: int
    ram: int
    disk: int
    special: bool = False


@dataclass(frozen=True)
class Network:
    """A network that a server can be put on."""

    id: str
    name: str


@dataclass(frozen=True)
class Wishes:
    """What the user gives in the place of discovery: ids or names; None leaves it to discovery."""

    image: str | None = None
    image_alt: str | None = None
    flavor: str | None = None
    flavor_alt: str | None = None
    network: str | None = None
    floating_ip_pool: str | None = None
    availability_zone: str | None = None


class Discovery:
    """Looks each thing up when it is first asked for, and once. Safe to use from many threads."""

    def __init__(self, cloud: Cloud, wishes: Wishes | None = None) -> None:
        self._cloud = cloud
        self._wishes = wishes or Wishes()
        self._lock = RLock()
        self._found: dict[str, Any] = {}

    @property
    def image(self) -> Image | Missing:
        """The smallest image that is active."""
        return self._once("image", self._find_image)

    @property
    def image_alt(self) -> Image | Missing:
        """Another image, for a rebuild that changes it; it fits the disk and memory of ``flavor``."""
        return self._once("image_alt", self._find_image_alt)

    @property
    def images(self) -> tuple[Image, ...] | Missing:
        """All images that are active and are no snapshots, smallest first."""
        return self._once("images", self._find_images)

    @property
    def flavor(self) -> Flavor | Missing:
        """The smallest flavor that fits the image."""
        return self._once("flavor", self._find_flavor)

    @property
    def flavor_alt(self) -> Flavor | Missing:
        """The next flavor that a server of ``flavor`` can be resized to: another size, no smaller disk."""
        return self._once("flavor_alt", self._find_flavor_alt)

    @property
    def flavors(self) -> tuple[Flavor, ...] | Missing:
        """All flavors that are not disabled, smallest first."""
        return self._once("flavors", self._find_flavors)

    @property
    def network(self) -> Network | Missing:
        """The network to put servers on where one must be named."""
        return self._once("network", self._find_network)

    @property
    def networks(self) -> tuple[Network, ...]:
        """All networks that the project may use, as far as they can be seen."""
        return self._once("networks", self._find_networks)

    @property
    def floating_ip_pool(self) -> str | Missing:
        """The name of a pool of floating IPs."""
        return self._once("floating_ip_pool", self._find_pool)

    @property
    def availability_zone(self) -> str | Missing:
        """The name of an availability zone that is up."""
        return self._once("availability_zone", self._find_zone)

    @property
    def max_servers(self) -> int | None:
        """How many more servers of ``flavor`` the quota allows (None: no limit, or not known). Asked anew each time."""
        return self._room()

    def _once(self, name: str, find: Callable[[], T]) -> T:
        with self._lock:
            if name not in self._found:
                self._found[name] = find()
            found: T = self._found[name]
            return found

    def _find_image(self) -> Image | Missing:
        return _pick(self.images, self._wishes.image, "image")

    def _find_image_alt(self) -> Image | Missing:
        first, images, flavor = self.image, self.images, self.flavor
        if isinstance(images, Missing) or self._wishes.image_alt:
            return _pick(images, self._wishes.image_alt, "image")
        for image in images:
            if image != first and (not flavor or _fits(flavor, image)):
                return image
        return Missing("the cloud has only one image that fits")

    def _find_images(self) -> tuple[Image, ...] | Missing:
        answer = self._cloud.get("/images/detail")
        records = _list(answer, "images")
        if records is None:
            service = self._cloud.service("image")
            if service is None:
                return Missing(f"images cannot be listed: {_said('GET /images/detail', answer)}")
            prefix = "" if service.url.rstrip("/").endswith(("/v2", "/v2.0")) else "/v2"
            answer = service.get(f"{prefix}/images", query=(("status", "active"),))
            records = _list(answer, "images")
            if records is None:
                return Missing(f"images cannot be listed: {_said('GET /v2/images', answer)}")
        images = [_image(one) for one in records if _bootable(one)]
        if not images:
            return Missing("the cloud shows no active image")
        return tuple(sorted(images, key=lambda one: (one.min_disk, one.min_ram, one.size, one.id)))

    def _find_flavor(self) -> Flavor | Missing:
        flavors = self.flavors
        if isinstance(flavors, Missing) or self._wishes.flavor:
            return _pick(flavors, self._wishes.flavor, "flavor")
        image = self.image
        fitting = [one for one in flavors if not image or _fits(one, image)]
        if not fitting:
            return Missing(f"no flavor fits the image {image.name if image else '?'}")
        # A flavor without a disk may be refused for an image (a policy of 2018), one with extra specs may ask for
        # hosts that are rare: both only where there is nothing else.
        return min(fitting, key=lambda one: (one.special, one.disk == 0, *_size(one)))

    def _find_flavor_alt(self) -> Flavor | Missing:
        flavors, first = self.flavors, self.flavor
        if isinstance(flavors, Missing) or self._wishes.flavor_alt:
            return _pick(flavors, self._wishes.flavor_alt, "flavor")
        if isinstance(first, Missing):
            return first
        others = [
            one for one in flavors if one.id != first.id and _size(one) != _size(first) and one.disk >= first.disk
        ]
        bigger = [one for one in others if _size(one) > _size(first)] or others
        if not bigger:
            return Missing(f"no flavor is there to resize {first.name} to")
        return min(bigger, key=lambda one: (one.special, *_size(one)))

    def _find_flavors(self) -> tuple[Flavor, ...] | Missing:
        newest = self._cloud.microversions.max
        # Extra specs of flavors are shown from this version on.
        version = str(_EXTRA_SPECS_SHOWN) if newest and newest >= _EXTRA_SPECS_SHOWN else None
        answer = self._cloud.get("/flavors/detail", microversion=version)
        records = _list(answer, "flavors")
        if records is None:
            return Missing(f"flavors cannot be listed: {_said('GET /flavors/detail', answer)}")
        flavors = [_flavor(one) for one in records if not one.get("OS-FLV-DISABLED:disabled")]
        if not flavors:
            return Missing("the cloud shows no flavor")
        return tuple(sorted(flavors, key=_size))

    def _find_networks(self) -> tuple[Network, ...]:
        for path in ("/os-tenant-networks", "/os-networks"):
            records = _list(self._cloud.get(path), "networks")
            if records:
                return tuple(Network(str(one["id"]), str(one.get("label") or one["id"])) for one in records)
        service = self._cloud.service("network")
        if service is None:
            return ()
        prefix = "" if service.url.rstrip("/").endswith("/v2.0") else "/v2.0"
        records = _list(service.get(f"{prefix}/networks"), "networks") or []
        usable = [one for one in records if one.get("subnets") and not one.get("router:external")]
        # The project's own before the shared ones.
        usable.sort(key=lambda one: bool(one.get("shared")))
        return tuple(Network(str(one["id"]), str(one.get("name") or one["id"])) for one in usable)

    def _find_network(self) -> Network | Missing:
        networks = self.networks
        if self._wishes.network and not any(self._wishes.network in (one.id, one.name) for one in networks):
            return Network(self._wishes.network, self._wishes.network)
        return _pick(networks or Missing("no network can be seen"), self._wishes.network, "network")

    def _find_pool(self) -> str | Missing:
        if self._wishes.floating_ip_pool:
            return self._wishes.floating_ip_pool
        answer = self._cloud.get("/os-floating-ip-pools")
        records = _list(answer, "floating_ip_pools")
        if records is None:
            return Missing(f"floating IP pools cannot be listed: {_said('GET /os-floating-ip-pools', answer)}")
        if not records:
            return Missing("the cloud has no pool of floating IPs")
        return str(records[0]["name"])

    def _find_zone(self) -> str | Missing:
        if self._wishes.availability_zone:
            return self._wishes.availability_zone
        answer = self._cloud.get("/os-availability-zone")
        records = _list(answer, "availabilityZoneInfo")
        if records is None:
            return Missing(f"availability zones cannot be listed: {_said('GET /os-availability-zone', answer)}")
        for one in records:
            if (one.get("zoneState") or {}).get("available") and one.get("zoneName") != "internal":
                return str(one["zoneName"])
        return Missing("no availability zone is available")

    def _room(self) -> int | None:
        answer = self._cloud.get("/limits")
        limits = answer.json.get("limits", {}).get("absolute", {}) if isinstance(answer.json, dict) else {}
        flavor = self.flavor
        vcpus, ram = (flavor.vcpus, flavor.ram) if flavor else (1, 1)
        rooms = []
        for most, used, each in (
            ("maxTotalInstances", "totalInstancesUsed", 1),
            ("maxTotalCores", "totalCoresUsed", vcpus),
            ("maxTotalRAMSize", "totalRAMUsed", ram),
        ):
            limit = limits.get(most)
            if isinstance(limit, int) and limit >= 0 and each:
                rooms.append(max(0, limit - int(limits.get(used, 0))) // each)
        return min(rooms, default=None)


def knows_auto_networks(version: str | None) -> bool:
    """Whether ``networks: "auto"`` and ``"none"`` are known at a microversion."""
    if version is None:
        return False
    return version == "latest" or Microversion.parse(version) >= _NETWORKS_AUTO


def _list(answer: Answer, name: str) -> list[dict[str, Any]] | None:
    if not answer.ok or not isinstance(answer.json, dict) or not isinstance(answer.json.get(name), list):
        return None
    return [one for one in answer.json[name] if isinstance(one, dict)]


def _said(request: str, answer: Answer) -> str:
    return answer.error or f"{request} gave {answer.status}"


N = TypeVar("N", Image, Flavor, Network)


def _pick(found: tuple[N, ...] | Missing, wish: str | None, kind: str) -> N | Missing:
    if isinstance(found, Missing):
        return found
    if wish is None:
        return found[0]
    for one in found:
        if wish in (one.id, one.name):
            return one
    return Missing(f"the cloud does not show the {kind} {wish!r} that was given")


def _image(one: dict[str, Any]) -> Image:
    return Image(
        str(one["id"]),
        str(one.get("name") or ""),
        int(one.get("minDisk") or one.get("min_disk") or 0),
        int(one.get("minRam") or one.get("min_ram") or 0),
        int(one.get("OS-EXT-IMG-SIZE:size") or one.get("size") or 0),
    )


def _bootable(one: dict[str, Any]) -> bool:
    metadata = one.get("metadata")
    more: dict[str, Any] = metadata if isinstance(metadata, dict) else one
    return (
        str(one.get("status", "")).upper() == "ACTIVE"
        # Snapshots of servers come and go, and those of volumes need the volume service.
        and more.get("image_type") not in {"snapshot", "backup"}
        and "server" not in one
        and not more.get("block_device_mapping")
        and one.get("container_format") not in {"aki", "ari"}
    )


def _flavor(one: dict[str, Any]) -> Flavor:
    return Flavor(
        str(one["id"]),
        str(one.get("name") or one.get("original_name") or one["id"]),
        int(one.get("vcpus") or 0),
        int(one.get("ram") or 0),
        int(one.get("disk") or 0),
        bool(one.get("extra_specs")),
    )


def _size(one: Flavor) -> tuple[int, int, int]:
    return one.ram, one.vcpus, one.disk


def _fits(flavor: Flavor, image: Image) -> bool:
    if flavor.ram < image.min_ram:
        return False
    # A disk of 0 takes the size of the image.
    return flavor.disk == 0 or (flavor.disk >= image.min_disk and flavor.disk * 2**30 >= image.size)
