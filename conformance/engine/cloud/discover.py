"""What a test needs and the cloud has: images, flavors, networks. Smallest first; each can be given."""

from __future__ import annotations

from dataclasses import dataclass

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.engine.cloud.client import Cloud


@dataclass(frozen=True)
class Missing:
    """What the cloud does not have, and why we think so. False as a condition."""

    reason: str

    def __bool__(self) -> bool:
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
    """A flavor. Disk in GiB, ram in MiB."""

    id: str
    name: str
    vcpus: int
    ram: int
    disk: int


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
    """Looks each thing up when it is first asked for, and once."""

    def __init__(self, cloud: Cloud, wishes: Wishes | None = None) -> None:
        raise NotImplementedError

    @property
    def image(self) -> Image | Missing:
        """The smallest image that is active."""
        raise NotImplementedError

    @property
    def image_alt(self) -> Image | Missing:
        """Another image, for a rebuild that changes it."""
        raise NotImplementedError

    @property
    def flavor(self) -> Flavor | Missing:
        """The smallest flavor that fits the image."""
        raise NotImplementedError

    @property
    def flavor_alt(self) -> Flavor | Missing:
        """The next flavor that a server of ``flavor`` can be resized to: another size, no smaller disk."""
        raise NotImplementedError

    @property
    def network(self) -> Network | Missing:
        """A network of the project."""
        raise NotImplementedError

    @property
    def networks(self) -> tuple[Network, ...]:
        """All networks that the project may use."""
        raise NotImplementedError

    @property
    def floating_ip_pool(self) -> str | Missing:
        """The name of a pool of floating IPs."""
        raise NotImplementedError

    @property
    def availability_zone(self) -> str | Missing:
        """The name of an availability zone that is up."""
        raise NotImplementedError

    @property
    def max_servers(self) -> int | None:
        """How many more servers of ``flavor`` the quota allows (None: no limit, or not known)."""
        raise NotImplementedError
