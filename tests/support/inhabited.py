"""A cloud that others use, and somebody who looks at all of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
import yaml
from keystoneauth1.session import Session
from openstack.config import OpenStackConfig

LISTS = {
    "servers": ("/servers", {"all_tenants": "1"}),
    "images": ("/images/detail", {}),
    "volumes": ("/os-volumes", {}),
    "snapshots": ("/os-snapshots", {}),
    "floating_ips": ("/os-floating-ips", {}),
    "security_groups": ("/os-security-groups", {}),
    "server_groups": ("/os-server-groups", {}),
    "keypairs": ("/os-keypairs", {}),
    "flavors": ("/flavors/detail", {"is_public": "none"}),
    "aggregates": ("/os-aggregates", {}),
    "services": ("/os-services", {}),
}
"""What is looked at before and after: key of the answer -> path and query."""

PASSING = {"updated_at", "links", "updated", "OS-EXT-STS:task_state"}
"""Fields that change by themselves."""


class Endpoint:
    """A cloud with its tokens, and somebody who looks at all of it."""

    def __init__(self, url: str, tokens: Mapping[str, str]) -> None:
        self.url, self.tokens = url, dict(tokens)

    @property
    def roles(self) -> list[str]:
        """The roles as which it is looked at."""
        return sorted(self.tokens)

    def token(self, role: str) -> str:
        """A token of a role."""
        return self.tokens[role]

    def named(self, url: str, directory: Path) -> tuple[dict[str, str], dict[str, str]]:
        """The options of a command that name this cloud at a URL, and the environment with the secrets."""
        variables = {role: f"{role.upper()}_TOKEN" if role != "member" else "TOKEN" for role in self.tokens}
        return {"url": url}, {f"CONFORMANCE_{variables[role]}": token for role, token in self.tokens.items()}

    def call(self, method: str, path: str, role: str = "admin", version: str = "2.1", **more: Any) -> Any:
        """The content of an answer; None where it is refused."""
        headers = {"X-Auth-Token": self.token(role), "OpenStack-API-Version": f"compute {version}"}
        headers["X-OpenStack-Nova-API-Version"] = version
        answer = requests.request(method, self.url + path, headers=headers, timeout=60, **more)
        return answer.json() if answer.ok and answer.content else None

    def inhabited(self) -> tuple[str, ...]:
        """Give the cloud the traits of one that others use; returns the projects in which something is."""
        projects: list[str] = []
        for role in ("member", "alt"):
            made = self.call(
                "POST", "/os-server-groups", role, json={"server_group": {"name": "o", "policies": ["affinity"]}}
            )
            found = self.call("GET", f"/os-server-groups/{made['server_group']['id']}", role, "2.13")
            projects.append(found["server_group"]["project_id"])
        for project in projects:
            self.call("PUT", f"/os-quota-sets/{project}", json={"quota_set": {"cores": 77, "ram": 99000}})
        services = self.call("GET", "/os-services", version="2.53", params={"binary": "nova-compute"})["services"]
        body = {"status": "disabled", "disabled_reason": "theirs"}
        self.call("PUT", f"/os-services/{services[-1]['id']}", version="2.53", json=body)
        return tuple(projects)

    def dump(self, projects: tuple[str, ...]) -> dict[str, Any]:
        """All that there is, in every project: "key id" -> the thing; and quotas."""
        found: dict[str, Any] = {}
        for key, (path, query) in LISTS.items():
            for role in self.roles:
                shown = self.call("GET", path, role, "2.53" if key == "services" else "2.1", params=query) or {}
                for one in shown.get(key, ()):
                    thing = one.get("keypair", one)
                    name = f"{key} {thing.get('id', thing.get('name'))}"
                    found[name] = {k: v for k, v in thing.items() if k not in PASSING}
        found |= self.ports([name.partition(" ")[2] for name in found if name.startswith("servers ")])
        for project in projects:
            found[f"quota {project}"] = self.call("GET", f"/os-quota-sets/{project}")
        for one in ("default", "conformance"):
            found[f"quota class {one}"] = self.call("GET", f"/os-quota-class-sets/{one}")
        return found

    def ports(self, servers: list[str]) -> dict[str, Any]:
        """The ports, as far as they are shown: here those of servers."""
        found: dict[str, Any] = {}
        for server in servers:
            shown = self.call("GET", f"/servers/{server}/os-interface") or {}
            found |= {f"port {one['port_id']}": server for one in shown.get("interfaceAttachments", ())}
        return found


class Cloud(Endpoint):
    """A cloud of several services, with an entry in a clouds.yaml for each role."""

    def __init__(self, clouds: Path, urls: Mapping[str, str], entries: Mapping[str, str]) -> None:
        super().__init__(urls["compute"], {})
        self._clouds, self._network, self._entries = clouds, urls["network"], dict(entries)
        regions = OpenStackConfig(config_files=[str(clouds)])
        self._sessions: dict[str, Session] = {r: regions.get_one(name).get_session() for r, name in entries.items()}

    @property
    def roles(self) -> list[str]:
        """The roles as which it is looked at."""
        return sorted(self._entries)

    def token(self, role: str) -> str:
        """A token of a role."""
        return str(self._sessions[role].get_token())

    def named(self, url: str, directory: Path) -> tuple[dict[str, str], dict[str, str]]:
        """The options of a command that name this cloud, and the environment with a clouds.yaml that leads to a URL."""
        content = yaml.safe_load(self._clouds.read_text("utf-8"))
        for entry in content["clouds"].values():
            entry["compute_endpoint_override"] = url
        own = directory / "clouds.yaml"
        own.write_text(yaml.safe_dump(content), "utf-8")
        names = {"os-cloud" if role == "member" else f"os-cloud-{role}": name for role, name in self._entries.items()}
        return names, {"OS_CLIENT_CONFIG_FILE": str(own)}

    def ports(self, servers: list[str]) -> dict[str, Any]:
        """All ports of all projects."""
        headers = {"X-Auth-Token": self.token("admin")}
        answer = requests.get(f"{self._network}/v2.0/ports", headers=headers, timeout=60)
        answer.raise_for_status()
        shown = ("device_id", "network_id", "security_groups")
        return {f"port {one['id']}": {k: one[k] for k in shown} for one in answer.json()["ports"]}


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """What is new (+), no longer exists (-) or is otherwise (~)."""
    found = [f"+ {name}" for name in after if name not in before] + [
        f"- {name}" for name in before if name not in after
    ]
    for name in before:
        if name in after and before[name] != after[name]:
            found.append(f"~ {name}: {_first_difference(before[name], after[name])}")
    return tuple(found)


def _first_difference(one: Any, other: Any) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in (*one, *other):
            if one.get(key) != other.get(key):
                return f"{key} {_first_difference(one.get(key), other.get(key))}"
    return f"{one} -> {other}"
