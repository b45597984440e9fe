"""The six services of the sandbox cloud, and the folders, addresses and databases of one cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SERIES = "2026.2"
"""The OpenStack series of the releases below."""
HOST = "127.0.0.1"
REGION = "RegionOne"
DOMAIN = "default"
SERVICE_PROJECT = "service"


@dataclass(frozen=True)
class Service:
    """One service.

    Attributes:
        name: name of the software.
        type: service type in the catalogue, by os-service-types.
        distribution: name of the installed distribution.
        release: version of the distribution.
        path: path of the URL in the catalogue.
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
        """The installed release as a requirement."""
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
"""Names of the compute hosts."""
NETWORK_NODE = "network1"
"""The host whose network agents report."""
VOLUME_HOST = "storage"
VOLUME_BACKENDS = ("first", "second")
"""Names of the volume back ends; each has a volume type of the same name."""


@dataclass(frozen=True)
class Layout:
    """The folders, addresses and databases of one cloud.

    Attributes:
        root: folder of this cloud; it is removed when the cloud ends.
        logs: folder of the logs, inside or outside of the root.
        ports: name of a service -> its port on 127.0.0.1.
        password: password of every user of the cloud.
        etc: folder below the interpreter's prefix with the configuration files of the releases.
        as_installed: True if the services keep their own defaults, with which fewer statuses can be reached.
    """

    root: Path
    logs: Path
    ports: Mapping[str, int]
    password: str = field(repr=False)
    etc: Path
    as_installed: bool = False

    @property
    def state(self) -> Path:
        """The folder of the databases and of the services' files, which is kept for the next start."""
        return self.root / "state"

    def address(self, service: str) -> str:
        """Return the root URL of a service, without a path."""
        return f"http://{HOST}:{self.ports[service]}"

    def url(self, service: str) -> str:
        """Return the URL of a service as it is in the catalogue."""
        return self.address(service) + BY_NAME[service].path

    def database(self, name: str) -> Path:
        """Return the file of a database."""
        return self.state / f"{name}.sqlite"

    def files(self, service: str, *parts: str) -> Path:
        """Return a folder for the files of a service."""
        return self.state.joinpath("files", service, *parts)

    def configuration(self, service: str) -> Path:
        """Return the folder of a service's configuration."""
        return self.root / "etc" / service

    def log(self, service: str) -> Path:
        """Return the log of a service."""
        return self.logs / f"{service}.log"

    def shipped(self, service: str, name: str) -> Path:
        """Return the path of a configuration file that is part of a release."""
        return self.etc / service / name
