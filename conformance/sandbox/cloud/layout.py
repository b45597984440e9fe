"""The six services of the sandbox cloud, and where everything of one cloud is: folders, addresses, databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SERIES = "2026.2"
"""Of OpenStack: the releases below belong together."""
HOST = "127.0.0.1"
REGION = "RegionOne"
DOMAIN = "default"
SERVICE_PROJECT = "service"


@dataclass(frozen=True)
class Service:
    """One service.

    Attributes:
        name: of the software.
        type: in the catalogue, by os-service-types.
        distribution: what is installed.
        release: which release of it.
        path: of the URL in the catalogue, below the address.
        databases: names of its databases.
    """

    name: str
    type: str
    distribution: str
    release: str
    path: str
    databases: tuple[str, ...]

    @property
    def requirement(self) -> str:
        """What is installed, as a requirement."""
        return f"{self.distribution}=={self.release}"


SERVICES = (
    Service("keystone", "identity", "keystone", "30.0.0", "/v3", ("keystone",)),
    Service("placement", "placement", "openstack-placement", "16.0.0", "", ("placement",)),
    Service("glance", "image", "glance", "33.0.0", "", ("glance",)),
    Service("cinder", "block-storage", "cinder", "29.0.0", "/v3", ("cinder",)),
    Service("neutron", "network", "neutron", "29.0.0", "", ("neutron",)),
    Service("nova", "compute", "nova", "34.0.0", "/v2.1", ("nova", "nova_api", "nova_cell0")),
)
BY_NAME = {service.name: service for service in SERVICES}
BY_TYPE = {service.type: service for service in SERVICES}

COMPUTES = ("host1", "host2", "host3")
"""Names of the hosts that servers run on."""
NETWORK_NODE = "network1"
"""The host whose network agents report."""
VOLUME_HOST = "storage"
VOLUME_BACKENDS = ("first", "second")
"""Names of the back ends of block storage, and of a volume type for each."""


@dataclass(frozen=True)
class Layout:
    """Where everything of one cloud is.

    Attributes:
        root: the folder of this cloud; it goes when the cloud ends.
        logs: the folder of the logs; it may be elsewhere.
        ports: name of a service -> its port on 127.0.0.1.
        password: of every user of the cloud.
        etc: the folder below the interpreter's prefix that has the configuration files of the releases.
        as_installed: whether the services keep their own defaults where this cloud could show more.
    """

    root: Path
    logs: Path
    ports: Mapping[str, int]
    password: str = field(repr=False)
    etc: Path
    as_installed: bool = False

    @property
    def state(self) -> Path:
        """The folder of the databases and of what the services store: this is kept for the next start."""
        return self.root / "state"

    def address(self, service: str) -> str:
        """Return the root of a service, without path."""
        return f"http://{HOST}:{self.ports[service]}"

    def url(self, service: str) -> str:
        """Return the URL of a service as it is in the catalogue."""
        return self.address(service) + BY_NAME[service].path

    def database(self, name: str) -> Path:
        """Return the file of a database."""
        return self.state / f"{name}.sqlite"

    def files(self, service: str, *parts: str) -> Path:
        """Return a folder for what a service stores."""
        return self.state.joinpath("files", service, *parts)

    def configuration(self, service: str) -> Path:
        """Return the folder of a service's configuration."""
        return self.root / "etc" / service

    def log(self, service: str) -> Path:
        """Return the log of a service."""
        return self.logs / f"{service}.log"

    def shipped(self, service: str, name: str) -> Path:
        """Return a configuration file that a release brings."""
        return self.etc / service / name
