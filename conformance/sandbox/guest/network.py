"""Stand-in for Neutron: networks, subnets, ports, addresses and port bindings.

It replaces the Neutron client, so that all of Nova's own network code runs. Security groups and floating IPs are in
`network_extras`.
"""

# ruff: noqa: D102 - the methods are those of the client library, and described there

import contextlib
import copy
import ipaddress
import itertools
import random
import uuid

from neutronclient.common import exceptions as nexc

# Parameters of a Neutron list request that are not filters.
_NOT_FILTERS = {"fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir", "retrieve_all"}
_EXTENSIONS = (
    ("binding", "Port Binding"),
    ("binding-extended", "Port Bindings Extended"),
    ("external-net", "Neutron external network"),
    ("fip-port-details", "Floating IP Port Details Extension"),
    ("ip-substring-filtering", "IP address substring filtering"),
    ("router", "Neutron L3 Router"),
    ("security-group", "security-group"),
)
BINDING_HOST = "binding:host_id"


def new_id() -> str:
    """Return a random id of the form that OpenStack uses."""
    return str(uuid.uuid4())


def _match_value(have: object, want: object) -> bool:
    if isinstance(want, (list, tuple, set)):
        return any(_match_value(have, one) for one in want)
    if isinstance(have, bool):
        return str(have).lower() == str(want).lower()
    return have == want


def _match_addresses(port: dict, wanted: object) -> bool:
    """True if a port matches the filter `fixed_ips`: `ip_address=`, `ip_address_substr=` or `subnet_id=`."""
    for condition in [wanted] if isinstance(wanted, str) else list(wanted):
        key, _, value = condition.partition("=")
        if key == "ip_address_substr":
            found = any(value in ip["ip_address"] for ip in port["fixed_ips"])
        else:
            found = any(ip.get(key) == value for ip in port["fixed_ips"])
        if not found:
            return False
    return True


def select(rows, params: dict) -> list[dict]:
    """Return copies of those `rows` that match the filters in `params`, with the `fields` asked for."""
    fields = params.get("fields")
    fields = [fields] if isinstance(fields, str) else fields
    chosen = []
    for row in rows:
        for key, want in params.items():
            if key in _NOT_FILTERS:
                continue
            matches = _match_addresses(row, want) if key == "fixed_ips" else _match_value(row.get(key), want)
            if not matches:
                break
        else:
            chosen.append(copy.deepcopy({k: row[k] for k in fields if k in row} if fields else row))
    return chosen


class NetworkState:
    """The state of the whole cloud: every project's networks, ports and addresses.

    Args:
        projects: ids of all projects.
        floating_pool: False if no network gives floating IPs.
        floating_ips: the number of floating IPs that a project may have; None: any number.

    """

    def __init__(self, projects: list[str], floating_pool: bool = True, floating_ips: int | None = None) -> None:
        self.most_floating_ips = floating_ips
        self.networks: dict[str, dict] = {}
        self.subnets: dict[str, dict] = {}
        self.ports: dict[str, dict] = {}
        self.inactive: dict[str, dict[str, dict]] = {}  # port -> host -> binding that is not the active one
        self.security_groups: dict[str, dict] = {}
        self.rules: dict[str, dict] = {}
        self.floating_ips: dict[str, dict] = {}
        owner = projects[0]
        # One shared network only, so that the network of a server that names none is not ambiguous (409).
        private = self.add_network("private", owner, shared=True, external=False)
        self.add_subnet(private, "10.20.0.0/16")
        self.add_subnet(private, "fd37:44e8:ad06::/64")
        if floating_pool:
            public = self.add_network("public", "external", shared=False, external=True)
            self.floating_subnet = self.add_subnet(public, "172.24.4.0/22")

    def add_network(self, name: str, project: str, shared: bool, external: bool) -> dict:
        """Create a network and return it."""
        network = {
            "id": new_id(),
            "name": name,
            "description": "",
            "status": "ACTIVE",
            "subnets": [],
            "admin_state_up": True,
            "tenant_id": project,
            "project_id": project,
            "shared": shared,
            "router:external": external,
            "mtu": 1450,
            "port_security_enabled": True,
            "availability_zones": ["nova"],
            "provider:network_type": "vxlan",
            "provider:physical_network": None,
            "provider:segmentation_id": len(self.networks) + 1,
        }
        self.networks[network["id"]] = network
        return network

    def add_subnet(self, network: dict, cidr: str) -> dict:
        """Create a subnet of a network and return it."""
        net = ipaddress.ip_network(cidr)
        subnet = {
            "id": new_id(),
            "name": f"{network['name']}-v{net.version}",
            "ip_version": net.version,
            "network_id": network["id"],
            "tenant_id": network["tenant_id"],
            "project_id": network["tenant_id"],
            "enable_dhcp": False,
            "dns_nameservers": [],
            "host_routes": [],
            "gateway_ip": str(net[1]),
            "cidr": cidr,
            "ipv6_address_mode": None,
            "ipv6_ra_mode": None,
        }
        self.subnets[subnet["id"]] = subnet
        network["subnets"].append(subnet["id"])
        # Addresses are given out in turn, so that one released a moment ago is not given out again at once.
        subnet["_cursor"] = itertools.cycle(range(10, min(net.num_addresses - 10, 60_000)))
        return subnet

    def used_addresses(self) -> set[str]:
        """Return every address that a port or a floating IP holds."""
        used = {ip["ip_address"] for port in self.ports.values() for ip in port["fixed_ips"]}
        return used | {fip["floating_ip_address"] for fip in self.floating_ips.values()}

    def next_address(self, subnet: dict) -> str:
        """Return a free address of a subnet."""
        net, used = ipaddress.ip_network(subnet["cidr"]), self.used_addresses()
        for _ in range(60_000):
            address = str(net[next(subnet["_cursor"])])
            if address not in used:
                return address
        raise nexc.IpAddressGenerationFailureClient(message="No more IP addresses available on network.")


class NetworkClient:
    """A Neutron client for one request, with the rights of a project or of an administrator.

    Its methods have the names, arguments and exceptions of `neutronclient.v2_0.client.Client`.
    """

    def __init__(self, state: NetworkState, project: str | None, is_admin: bool) -> None:
        self.state = state
        self.project = project
        self.is_admin = is_admin

    def list_extensions(self, *_args, **_params):
        return {
            "extensions": [
                {
                    "alias": alias,
                    "name": name,
                    "description": name,
                    "links": [],
                    "updated": "2020-01-01T00:00:00-00:00",
                }
                for alias, name in _EXTENSIONS
            ]
        }

    def _owns(self, row: dict) -> bool:
        return self.is_admin or row["tenant_id"] == self.project

    # Networks and subnets

    def _networks(self) -> list[dict]:
        return [n for n in self.state.networks.values() if self._owns(n) or n["shared"] or n["router:external"]]

    def list_networks(self, retrieve_all=True, **params):
        return {"networks": select(self._networks(), params)}

    def show_network(self, network, **params):
        found = select(self._networks(), {"id": network, "fields": params.get("fields")})
        if not found:
            raise nexc.NetworkNotFoundClient(message=f"Network {network} could not be found.")
        return {"network": found[0]}

    def _subnets(self) -> list[dict]:
        visible = {n["id"] for n in self._networks()}
        rows = [s for s in self.state.subnets.values() if s["network_id"] in visible]
        return [{k: v for k, v in s.items() if k != "_cursor"} for s in rows]

    def list_subnets(self, retrieve_all=True, **params):
        return {"subnets": select(self._subnets(), params)}

    def show_subnet(self, subnet, **params):
        found = select(self._subnets(), {"id": subnet})
        if not found:
            raise nexc.NotFound(message=f"Subnet {subnet} could not be found.")
        return {"subnet": found[0]}

    def show_quota(self, project_id, **_params):
        return {"quota": {"port": -1, "floatingip": -1, "security_group": -1, "security_group_rule": -1}}

    def validate_auto_allocated_topology_requirements(self, project_id):
        return {"id": "dry-run=pass", "tenant_id": project_id}

    def get_auto_allocated_topology(self, project_id, **_params):
        private = next(n for n in self.state.networks.values() if not n["router:external"])
        return {"auto_allocated_topology": {"id": private["id"], "tenant_id": project_id}}

    # Ports

    def _port(self, port_id: str) -> dict:
        port = self.state.ports.get(port_id)
        if port is None or not self._owns(port):
            raise nexc.PortNotFoundClient(message=f"Port {port_id} could not be found.")
        return port

    def list_ports(self, retrieve_all=True, **params):
        return {"ports": select((p for p in self.state.ports.values() if self._owns(p)), params)}

    def show_port(self, port, **params):
        return {"port": select([self._port(port)], {"fields": params.get("fields")})[0]}

    def create_port(self, body=None):
        asked = copy.deepcopy((body or {}).get("port", {}))
        network = self.state.networks.get(asked.get("network_id"))
        if network is None:
            raise nexc.NetworkNotFoundClient(message=f"Network {asked.get('network_id')} could not be found.")
        project = asked.get("tenant_id") or self.project
        port = {
            "id": new_id(),
            "name": "",
            "description": "",
            "network_id": network["id"],
            "tenant_id": project,
            "project_id": project,
            "admin_state_up": True,
            "status": "DOWN",
            "mac_address": asked.get("mac_address") or self._new_mac(),
            "device_id": "",
            "device_owner": "",
            "fixed_ips": [],
            "security_groups": [self.default_group(project)["id"]],
            "port_security_enabled": True,
            "binding:vnic_type": "normal",
            "binding:profile": {},
            "binding:vif_type": "unbound",
            "binding:vif_details": {},
            BINDING_HOST: "",
        }
        port["fixed_ips"] = self._addresses(port, asked.pop("fixed_ips", None))
        self.state.ports[port["id"]] = port
        self._change(port, asked)
        return {"port": copy.deepcopy(port)}

    def update_port(self, port, body=None):
        row, asked = self._port(port), copy.deepcopy(body["port"])
        if "fixed_ips" in asked:
            row["fixed_ips"] = self._addresses(row, asked.pop("fixed_ips"))
        self._change(row, asked)
        return {"port": copy.deepcopy(row)}

    def delete_port(self, port):
        self._port(port)
        del self.state.ports[port]
        self.state.inactive.pop(port, None)
        for floating in self.state.floating_ips.values():
            if floating["port_id"] == port:
                floating.update(port_id=None, fixed_ip_address=None, status="DOWN")

    def default_group(self, project: str) -> dict:
        raise NotImplementedError  # by network_extras

    def _new_mac(self) -> str:
        return "fa:16:3e:" + ":".join(f"{random.randrange(256):02x}" for _ in range(3))

    def _change(self, port: dict, asked: dict) -> None:
        """Apply the fields of a request to a port; the port is bound if it has a host."""
        for group in asked.get("security_groups") or []:
            if group not in self.state.security_groups:
                raise nexc.NotFound(message=f"Security group {group} does not exist")
        port.update(asked)
        if BINDING_HOST in asked:
            host = port[BINDING_HOST] = asked[BINDING_HOST] or ""
            self.state.inactive.get(port["id"], {}).pop(host, None)
        bound = bool(port[BINDING_HOST])
        port["status"] = "ACTIVE" if bound else "DOWN"
        port["binding:vif_type"] = "ovs" if bound else "unbound"
        port["binding:profile"] = port.get("binding:profile") or {}

    def _addresses(self, port: dict, asked: list[dict] | None) -> list[dict]:
        """Turn the `fixed_ips` of a request into addresses; a request without them gets one of each subnet."""
        subnets = [s for s in self.state.subnets.values() if s["network_id"] == port["network_id"]]
        if asked is None:
            return [{"subnet_id": s["id"], "ip_address": self.state.next_address(s)} for s in subnets]
        kept, result = {ip["ip_address"] for ip in port["fixed_ips"]}, []
        for one in asked:
            address, subnet_id = one.get("ip_address"), one.get("subnet_id")
            if address is None:
                subnet = next((s for s in subnets if s["id"] == subnet_id), None)
                if subnet is None:
                    raise nexc.NotFound(message=f"Subnet {subnet_id} could not be found.")
                # Addresses of this request that are not on a port yet are excluded as well.
                taken = {ip["ip_address"] for ip in result}
                address = next(a for a in iter(lambda s=subnet: self.state.next_address(s), None) if a not in taken)
            else:
                subnet = self._subnet_of(subnets, address)
                if address not in kept and address in self.state.used_addresses():
                    raise nexc.IpAddressAlreadyAllocatedClient(message=f"IP address {address} already allocated.")
            result.append({"subnet_id": subnet["id"], "ip_address": address})
        return result

    @staticmethod
    def _subnet_of(subnets: list[dict], address: str) -> dict:
        with contextlib.suppress(ValueError):
            for subnet in subnets:
                if ipaddress.ip_address(address) in ipaddress.ip_network(subnet["cidr"]):
                    return subnet
        raise nexc.InvalidIpForNetworkClient(message=f"IP address {address} is not valid for the network.")

    # Port bindings: one active, others prepared for a migration

    def _binding(self, port: dict, host: str) -> dict:
        if host and host == port[BINDING_HOST]:
            return {
                "host": host,
                "status": "ACTIVE",
                "vif_type": port["binding:vif_type"],
                "vif_details": port["binding:vif_details"],
                "vnic_type": port["binding:vnic_type"],
                "profile": port["binding:profile"],
            }
        try:
            return self.state.inactive[port["id"]][host]
        except KeyError:
            raise nexc.NotFound(message=f"Binding of port {port['id']} for host {host} not found.") from None

    def show_port_binding(self, port, host, **_params):
        return {"binding": copy.deepcopy(self._binding(self._port(port), host))}

    def create_port_binding(self, port, body=None):
        row, asked = self._port(port), body["binding"]
        with contextlib.suppress(nexc.NotFound):
            self._binding(row, asked["host"])
            raise nexc.Conflict(message=f"Binding of port {port} for host {asked['host']} already exists.")
        if not row[BINDING_HOST]:
            self._change(row, {BINDING_HOST: asked["host"], "binding:profile": asked.get("profile")})
        else:
            self.state.inactive.setdefault(port, {})[asked["host"]] = {
                "host": asked["host"],
                "status": "INACTIVE",
                "vif_type": "ovs",
                "vif_details": {},
                "vnic_type": asked.get("vnic_type", "normal"),
                "profile": asked.get("profile") or {},
            }
        return {"binding": copy.deepcopy(self._binding(row, asked["host"]))}

    def activate_port_binding(self, port, host):
        row = self._port(port)
        coming, before = self._binding(row, host), row[BINDING_HOST]
        if coming["status"] == "ACTIVE":
            raise nexc.Conflict(message=f"Binding of port {port} for host {host} is already active.")
        leaving = dict(self._binding(row, before), status="INACTIVE") if before else None
        self._change(row, {BINDING_HOST: host, "binding:profile": coming["profile"]})
        if leaving:
            self.state.inactive[port][before] = leaving
        return {"binding": copy.deepcopy(self._binding(row, host))}

    def delete_port_binding(self, port, host):
        row = self._port(port)
        self._binding(row, host)
        if host == row[BINDING_HOST]:
            self._change(row, {BINDING_HOST: ""})
        else:
            del self.state.inactive[port][host]
