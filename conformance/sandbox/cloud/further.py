"""Services beside the six, which join a running sandbox cloud on demand: they are tried by their references alone.

Each is a process of its own with a fresh database, in an environment that all of them share. The kept content of the
cloud does not contain them: they are registered in the catalogue after the six services are ready.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from conformance.sandbox.child import SandboxError
from conformance.sandbox.cloud import environment
from conformance.sandbox.cloud.api import Api
from conformance.sandbox.cloud.children import Children, listener
from conformance.sandbox.cloud.layout import DOMAIN, REGION, SERIES, SERVICE_PROJECT, Layout, Service
from conformance.sandbox.cloud.processes import Processes
from conformance.sandbox.cloud.settings import further as settings
from conformance.sandbox.cloud.tables import write_ahead
from conformance.sandbox.environments import Plan, Run, Tell, cache, this_python
from conformance.sandbox.environments import environment as installed

FURTHER = (
    Service("ironic", "baremetal", "ironic", "39.0.0", "", ("ironic",)),
    Service("manila", "shared-file-system", "manila", "23.0.1", "/v2", ("manila",)),
    Service("barbican", "key-manager", "barbican", "23.0.0", "", ("barbican",)),
)
"""The services that can join, with the newest releases that the package index has for this series."""
OnDeath = Callable[[str], None]
Urls = dict[str, str]
BY_TYPE = {service.type: service for service in FURTHER}
_FIRST = {"ironic": "/v1/nodes", "manila": "/shares", "barbican": "/v1/secrets"}
"""Service -> path of a request that only a service at work answers."""
CONSTRAINTS = Path(__file__).with_name("constraints-further.txt")


def plan() -> Plan:
    """Return the plan of the environment of these services."""
    python = this_python()
    return Plan(
        what=f"further services of OpenStack {SERIES}",
        name=f"cloud-{SERIES}-further-py{python}",
        python=python,
        packages=(*(service.requirement for service in FURTHER), environment.SERVER),
        constraints=environment.CONSTRAINTS.read_text("utf-8") + CONSTRAINTS.read_text("utf-8"),
    )


def interpreter(*, where: Path | None = None, run: Run | None = None, tell: Tell | None = None) -> Path:
    """Return the interpreter with these services; its environment is made if it does not exist. Raises SandboxError."""
    return installed(plan(), where or cache(), run=run, tell=tell)


def named(types: Sequence[str]) -> tuple[Service, ...]:
    """Return the services of some types, each once. Raises SandboxError: there is none of a type."""
    for unknown in (one for one in types if one not in BY_TYPE):
        raise SandboxError(f"the sandbox cloud has no service {unknown}; those that can join are {', '.join(BY_TYPE)}")
    return tuple(BY_TYPE[one] for one in dict.fromkeys(types))


class Extended(Layout):
    """The layout of a cloud that more services than the six have joined."""

    def url(self, service: str) -> str:
        """Return the URL of a service as it is in the catalogue."""
        path = next((one.path for one in FURTHER if one.name == service), None)
        return super().url(service) if path is None else self.address(service) + path


def join(python: Path, cloud: Layout, services: Sequence[Service], processes: Processes, on_death: OnDeath) -> Urls:
    """Let services join a cloud whose six services are ready, and wait until each answers.

    Args:
        python: the interpreter with these services.
        cloud: layout of the cloud.
        services: the services.
        processes: the processes of the cloud, to which the services are added.
        on_death: called with a sentence if a service ends by itself.

    Returns:
        Type of a service -> its URL in the catalogue.

    Raises:
        SandboxError: a service does not answer.
        OSError: a file cannot be written.
    """
    sockets = {service.name: listener(0) for service in services}
    ports = {**cloud.ports, **{name: one.getsockname()[1] for name, one in sockets.items()}}
    layout = Extended(**{**vars(cloud), "ports": ports, "etc": python.parent.parent / "etc"})
    api = Api(layout)
    for service in services:
        layout.files(service.name).mkdir(parents=True)
        for database in service.databases:
            write_ahead(layout.database(database))  # makes the empty file, too
        (layout.root / "lock" / service.name).mkdir(parents=True)
        settings.write(layout, service)
        _register(api, layout, service)
    Children(python, layout, sockets, processes, on_death).start(sockets)
    for service in services:
        api.get(service.name, _FIRST[service.name])
    if BY_TYPE["shared-file-system"] in services:
        _share_type(api)
    return {service.type: layout.url(service.name) for service in services}


def _register(api: Api, layout: Layout, service: Service) -> None:
    """Make the user of a service and its entry in the catalogue."""
    roles = {one["name"]: one["id"] for one in api.get("keystone", "/roles")["roles"]}
    project = api.get("keystone", "/projects", name=SERVICE_PROJECT)["projects"][0]["id"]
    who = {"name": service.name, "password": layout.password, "domain_id": DOMAIN}
    user = api.post("keystone", "/users", {"user": who})["user"]["id"]
    for role in ("admin", "service"):
        api.put("keystone", f"/projects/{project}/users/{user}/roles/{roles[role]}")
    entry = {"name": service.name, "type": service.type}
    made = api.post("keystone", "/services", {"service": entry})["service"]["id"]
    endpoint = {"service_id": made, "region_id": REGION, "url": layout.url(service.name)}
    for interface in ("public", "internal", "admin"):
        api.post("keystone", "/endpoints", {"endpoint": {**endpoint, "interface": interface}})


def _share_type(api: Api) -> None:
    """Make the default type of shares, which the configuration names."""
    specs = {"driver_handles_share_servers": False, "snapshot_support": True}
    api.post("manila", "/types", {"share_type": {"name": settings.SHARE_TYPE, "extra_specs": specs}})
