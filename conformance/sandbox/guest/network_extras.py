"""Stand-in for Neutron, continued: security groups and floating IPs."""

# ruff: noqa: D102 - the methods are those of the client library, and described there

import copy

from neutronclient.common import exceptions as nexc

from .network import NetworkClient, NetworkState, new_id, select


class Client(NetworkClient):
    """The whole client: networks and ports, with security groups and floating IPs."""

    # Security groups

    def default_group(self, project: str) -> dict:
        """Return the group `default` of a project; as in Neutron, it is made when it is first needed."""
        for group in self.state.security_groups.values():
            if group["name"] == "default" and group["tenant_id"] == project:
                return group
        group = self._add_group(project, "default", "Default security group")
        for version in ("IPv4", "IPv6"):
            self._add_rule(group, {"direction": "ingress", "ethertype": version, "remote_group_id": group["id"]})
        return group

    def _add_group(self, project: str, name: str, description: str) -> dict:
        group = {
            "id": new_id(),
            "name": name,
            "description": description,
            "tenant_id": project,
            "project_id": project,
            "stateful": True,
            "shared": False,
        }
        self.state.security_groups[group["id"]] = group
        for version in ("IPv4", "IPv6"):
            self._add_rule(group, {"direction": "egress", "ethertype": version})
        return group

    def _groups(self) -> list[dict]:
        if self.project:
            self.default_group(self.project)
        return [self._with_rules(g) for g in self.state.security_groups.values() if self._owns(g)]

    def _with_rules(self, group: dict) -> dict:
        rules = [r for r in self.state.rules.values() if r["security_group_id"] == group["id"]]
        return dict(group, security_group_rules=rules)

    def _group(self, group_id: str) -> dict:
        for group in self._groups():
            if group["id"] == group_id:
                return group
        raise nexc.NotFound(message=f"Security group {group_id} does not exist")

    def list_security_groups(self, retrieve_all=True, **params):
        return {"security_groups": select(self._groups(), params)}

    def show_security_group(self, security_group, **_params):
        return {"security_group": copy.deepcopy(self._group(security_group))}

    def create_security_group(self, body=None):
        asked = body["security_group"]
        if asked["name"] == "default":
            raise nexc.Conflict(message="Default security group already exists.")
        group = self._add_group(asked.get("tenant_id") or self.project, asked["name"], asked.get("description") or "")
        return {"security_group": copy.deepcopy(self._with_rules(group))}

    def update_security_group(self, security_group, body=None):
        group = self._group(security_group)
        asked = {k: v for k, v in body["security_group"].items() if k in ("name", "description") and v is not None}
        self.state.security_groups[group["id"]].update(asked)
        return {"security_group": copy.deepcopy(self._group(security_group))}

    def delete_security_group(self, security_group):
        group = self._group(security_group)
        if group["name"] == "default":
            raise nexc.Conflict(message="Insufficient rights for removing default security group.")
        if any(group["id"] in port["security_groups"] for port in self.state.ports.values()):
            raise nexc.Conflict(message=f"Security Group {group['id']} in use.")
        for rule in group["security_group_rules"]:
            del self.state.rules[rule["id"]]
        del self.state.security_groups[group["id"]]

    def _add_rule(self, group: dict, asked: dict) -> dict:
        rule = {
            "id": new_id(),
            "security_group_id": group["id"],
            "tenant_id": group["tenant_id"],
            "project_id": group["tenant_id"],
            "description": None,
            "direction": asked["direction"],
            "ethertype": asked.get("ethertype", "IPv4"),
            "protocol": asked.get("protocol"),
            "port_range_min": asked.get("port_range_min"),
            "port_range_max": asked.get("port_range_max"),
            "remote_group_id": asked.get("remote_group_id"),
            "remote_ip_prefix": asked.get("remote_ip_prefix"),
        }
        self.state.rules[rule["id"]] = rule
        return rule

    def create_security_group_rule(self, body=None):
        if "security_group_rule" in body:
            asked = body["security_group_rule"]
            return {
                "security_group_rule": copy.deepcopy(self._add_rule(self._group(asked["security_group_id"]), asked))
            }
        made = [self._add_rule(self._group(a["security_group_id"]), a) for a in body["security_group_rules"]]
        return {"security_group_rules": copy.deepcopy(made)}

    def _rule(self, rule_id: str) -> dict:
        rule = self.state.rules.get(rule_id)
        if rule is None or not self._owns(rule):
            raise nexc.NotFound(message=f"Security group rule {rule_id} does not exist")
        return rule

    def show_security_group_rule(self, security_group_rule, **_params):
        return {"security_group_rule": copy.deepcopy(self._rule(security_group_rule))}

    def delete_security_group_rule(self, security_group_rule):
        del self.state.rules[self._rule(security_group_rule)["id"]]

    def find_resource(self, resource, name_or_id, project_id=None, cmd_resource=None, parent_id=None, fields=None):
        """Find one security group by id or name, as the client library does on the caller's side."""
        rows = {"security_group": self._groups, "network": self._networks}[resource]()
        found = [r for r in rows if r["id"] == name_or_id] or [
            r for r in rows if r["name"] == name_or_id and project_id in (None, r["tenant_id"])
        ]
        if not found:
            raise nexc.NotFound(message=f"Unable to find {resource} with name or id '{name_or_id}'")
        if len(found) > 1:
            raise nexc.NeutronClientNoUniqueMatch(resource=resource, name=name_or_id)
        return copy.deepcopy(found[0])

    # Floating IPs

    def _with_port(self, floating: dict) -> dict:
        port = self.state.ports.get(floating["port_id"])
        details = port and {
            k: port[k]
            for k in (
                "name",
                "network_id",
                "mac_address",
                "admin_state_up",
                "status",
                "device_id",
                "device_owner",
            )
        }
        return dict(floating, port_details=details)

    def _floating(self, floating_id: str) -> dict:
        floating = self.state.floating_ips.get(floating_id)
        if floating is None or not self._owns(floating):
            raise nexc.NotFound(message=f"Floating IP {floating_id} could not be found")
        return floating

    def list_floatingips(self, retrieve_all=True, **params):
        rows = (self._with_port(f) for f in self.state.floating_ips.values() if self._owns(f))
        return {"floatingips": select(rows, params)}

    def show_floatingip(self, floatingip, **_params):
        return {"floatingip": copy.deepcopy(self._with_port(self._floating(floatingip)))}

    def create_floatingip(self, body=None):
        asked = body["floatingip"]
        network = self.state.networks.get(asked["floating_network_id"])
        if network is None or not network["router:external"]:
            raise nexc.BadRequest(message="Network is not a valid external network")
        project = asked.get("tenant_id") or self.project
        most = self.state.most_floating_ips
        if most is not None and sum(f["tenant_id"] == project for f in self.state.floating_ips.values()) >= most:
            raise nexc.OverQuotaClient(message="Quota exceeded for resources: ['floatingip'].")
        floating = {
            "id": new_id(),
            "floating_ip_address": self.state.next_address(self.state.floating_subnet),
            "floating_network_id": network["id"],
            "tenant_id": project,
            "project_id": project,
            "fixed_ip_address": None,
            "port_id": None,
            "router_id": None,
            "status": "DOWN",
        }
        self.state.floating_ips[floating["id"]] = floating
        return {"floatingip": copy.deepcopy(self._with_port(floating))}

    def update_floatingip(self, floatingip, body=None):
        floating, asked = self._floating(floatingip), body["floatingip"]
        port_id = asked.get("port_id")
        if port_id is None:
            floating.update(port_id=None, fixed_ip_address=None, status="DOWN")
        else:
            fixed = asked.get("fixed_ip_address") or self._port(port_id)["fixed_ips"][0]["ip_address"]
            floating.update(port_id=port_id, fixed_ip_address=fixed, status="ACTIVE")
        return self.show_floatingip(floatingip)

    def delete_floatingip(self, floatingip):
        del self.state.floating_ips[self._floating(floatingip)["id"]]


class Network:
    """Puts the stand-in in place of Nova's Neutron client."""

    def __init__(self, projects: list[str], floating_pool: bool = True, floating_ips: int | None = None) -> None:
        self.state = NetworkState(projects, floating_pool, floating_ips)

    def install(self, test) -> None:
        """Take the place of Neutron inside `test`, a started Nova test case."""
        test.stub_out("nova.network.neutron.get_client", self.client)

    def client(self, context, admin=False) -> Client:
        """Return a client with the rights of the request, or with Nova's own."""
        return Client(self.state, context.project_id, bool(admin or context.is_admin))
