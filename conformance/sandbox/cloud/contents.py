"""The content of a new cloud: users and the catalogue; networks, images, flavors, volume types."""

from __future__ import annotations

from typing import Any

from conformance.sandbox.cloud.api import Api
from conformance.sandbox.cloud.layout import (
    COMPUTES,
    DOMAIN,
    REGION,
    SERVICE_PROJECT,
    SERVICES,
    VOLUME_BACKENDS,
    Layout,
)

PROJECT = "project1"
OTHER_PROJECT = "project2"
NO_RIGHT = "visitor"
"""A role that no policy names."""

USERS = {
    "member": (PROJECT, "member"),
    "admin": (PROJECT, "admin"),
    "manager": (PROJECT, "manager"),
    "reader": (PROJECT, "reader"),
    "visitor": (PROJECT, NO_RIGHT),
    "alt": (OTHER_PROJECT, "member"),
}
"""Name of a user in clouds.yaml -> its project and role. The administrator has the scope system too."""

IMAGES: dict[str, tuple[int, dict[str, str]]] = {
    "sandbox-small": (64 * 1024, {}),
    "sandbox-other": (128 * 1024, {"architecture": "x86_64"}),
    "sandbox-rescue": (192 * 1024, {"hw_rescue_device": "disk", "hw_rescue_bus": "virtio"}),
}
"""Name -> bytes and properties. The smallest is first; the last can rescue a server whose disk is a volume."""

FLAVORS = (
    {"id": "1", "name": "sandbox.tiny", "ram": 128, "vcpus": 1, "disk": 1},
    {"id": "2", "name": "sandbox.small", "ram": 256, "vcpus": 1, "disk": 2},
    {"id": "3", "name": "sandbox.medium", "ram": 512, "vcpus": 2, "disk": 4},
    {"id": "4", "name": "sandbox.large", "ram": 1024, "vcpus": 2, "disk": 8},
)


def identity(layout: Layout) -> None:
    """Make projects, users and the catalogue. Only Keystone must be running. Raises SandboxError."""
    api = Api(layout)
    admin: str = api.authenticate()["user"]["id"]
    roles = {one["name"]: one["id"] for one in api.get("keystone", "/roles")["roles"]}
    roles[NO_RIGHT] = api.post("keystone", "/roles", {"role": {"name": NO_RIGHT}})["role"]["id"]
    projects = {
        name: api.post("keystone", "/projects", {"project": {"name": name, "domain_id": DOMAIN}})["project"]["id"]
        for name in (SERVICE_PROJECT, PROJECT, OTHER_PROJECT)
    }

    def grant(user: str, project: str, role: str) -> None:
        api.put("keystone", f"/projects/{projects[project]}/users/{user}/roles/{roles[role]}")

    def new_user(name: str, project: str) -> str:
        user = {"name": name, "password": layout.password, "domain_id": DOMAIN}
        made = api.post("keystone", "/users", {"user": {**user, "default_project_id": projects[project]}})
        return str(made["user"]["id"])

    for name, (project, role) in USERS.items():
        grant(admin if name == "admin" else new_user(name, project), project, role)
    for service in SERVICES:
        if service.name == "keystone":
            continue  # its own entry is made with its tables
        user = new_user(service.name, SERVICE_PROJECT)
        for role in ("admin", "service"):
            grant(user, SERVICE_PROJECT, role)
        entry = {"service": {"name": service.name, "type": service.type}}
        made = api.post("keystone", "/services", entry)["service"]["id"]
        for interface in ("public", "internal", "admin"):
            endpoint = {"service_id": made, "interface": interface, "region_id": REGION}
            api.post("keystone", "/endpoints", {"endpoint": {**endpoint, "url": layout.url(service.name)}})


def resources(layout: Layout) -> None:
    """Make the resources that users need for their own ones. Every service must be running. Raises SandboxError."""
    admin = Api(layout)
    for flavor in FLAVORS:
        admin.post("nova", "/flavors", {"flavor": flavor})
    for name, (size, properties) in IMAGES.items():
        _image(admin, name, size, properties)
    for name in VOLUME_BACKENDS:
        _volume_type(admin, name, {"volume_backend_name": name})
    _volume_type(admin, "multiattach", {"volume_backend_name": VOLUME_BACKENDS[0], "multiattach": "<is> True"})
    outside = _network(
        admin,
        {
            "name": "public",
            "router:external": True,
            "is_default": True,
            "provider:network_type": "flat",
            "provider:physical_network": "external",
        },
        {"cidr": "172.24.4.0/22", "gateway_ip": "172.24.4.1", "enable_dhcp": False},
    )[0]
    pool = {"name": "shared", "prefixes": ["10.64.0.0/12"], "default_prefixlen": 26}
    admin.post("neutron", "/v2.0/subnetpools", {"subnetpool": {**pool, "shared": True, "is_default": True}})
    for user in ("member", "alt"):
        api = Api(layout, user, USERS[user][0])
        _, subnet = _network(api, {"name": "private"}, {"cidr": "10.0.0.0/24"})
        router = {"name": "router", "external_gateway_info": {"network_id": outside}}
        made = api.post("neutron", "/v2.0/routers", {"router": router})["router"]["id"]
        api.put("neutron", f"/v2.0/routers/{made}/add_router_interface", {"subnet_id": subnet})


def _image(api: Api, name: str, size: int, properties: dict[str, str]) -> None:
    image = {"name": name, "disk_format": "raw", "container_format": "bare", "visibility": "public", **properties}
    made = api.post("glance", "/v2/images", image)["id"]
    # Glance inspects the first bytes: these belong to no format that it knows.
    api.put("glance", f"/v2/images/{made}/file", data=b"an image that boots nothing\n".ljust(size, b"\0"))


def _volume_type(api: Api, name: str, specs: dict[str, str]) -> None:
    made = api.post("cinder", "/types", {"volume_type": {"name": name}})["volume_type"]["id"]
    api.post("cinder", f"/types/{made}/extra_specs", {"extra_specs": specs})


def _network(api: Api, network: dict[str, Any], subnet: dict[str, Any]) -> tuple[str, str]:
    """Make a network with a subnet of the same name, and return both ids."""
    made: str = api.post("neutron", "/v2.0/networks", {"network": network})["network"]["id"]
    body = {"name": network["name"], "network_id": made, "ip_version": 4, **subnet}
    return made, api.post("neutron", "/v2.0/subnets", {"subnet": body})["subnet"]["id"]


def missing(api: Api) -> list[str]:
    """Return, in words, the compute hosts and volume services that are not up yet. Raises SandboxError."""
    services = api.get("nova", "/os-services", binary="nova-compute")["services"]
    hosts = {one["host"] for one in services if one["state"] == "up"}
    hypervisors = api.get("nova", "/os-hypervisors")["hypervisors"]
    known = {one["hypervisor_hostname"] for one in hypervisors if one["state"] == "up"}
    lacking = [f"compute host {name}" for name in COMPUTES if name not in hosts & known]
    storage = api.get("cinder", "/os-services")["services"]
    lacking += [f"{one['binary']} {one['host']}" for one in storage if one["state"] != "up"]
    if len(storage) < len(VOLUME_BACKENDS) + 2:
        lacking.append("a service of block storage")
    return lacking
