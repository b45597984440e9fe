"""The configuration of Neutron: a mechanism driver that binds every port, and plugins that need no agents."""

from __future__ import annotations

from pathlib import Path

from conformance.sandbox.cloud.layout import Layout
from conformance.sandbox.cloud.settings.common import Sections, credentials, token_checks
from conformance.sandbox.cloud.settings.volume import GUEST

PASTE = "api-paste.ini"
PHYSICAL_NETWORK = "physnet1"
_PLUGINS = (
    *("router", "segments", "qos", "trunk", "tag", "timestamp", "revisions", "port_forwarding", "flavors", "metering"),
    *("network_ip_availability", "auto_allocate", "network_segment_range", "log", "conntrack_helper", "local_ip"),
    "ndp_proxy",
)
_EXTENSIONS = (
    *("port_security", "qos", "dns_domain_ports", "uplink_status_propagation", "port_device_profile"),
    *("port_numa_affinity_policy", "port_hints"),
)


def sections(layout: Layout) -> Sections:
    """Return the sections that only Neutron has."""
    roomy = {"network": 500, "subnet": 500, "port": 2_000, "router": 200, "floatingip": 200}
    roomy |= {"security_group": 1_000, "security_group_rule": 5_000}
    return {
        "DEFAULT": {
            "core_plugin": "ml2",
            "service_plugins": _PLUGINS,
            "auth_strategy": "keystone",
            "state_path": layout.files("neutron"),
            "api_paste_config": layout.configuration("neutron") / PASTE,
            # Neutron treats the default of this option as "no DNS".
            "dns_domain": "sandbox.test.",
            # There are no agents, so no process needs to listen to their calls.
            "rpc_workers": 0,
            "rpc_state_report_workers": 0,
            "network_auto_schedule": False,
            # The shortest interval for which events for Nova are collected before they are sent.
            "send_events_interval": 1,
        },
        "nova": credentials(layout, "nova"),
        "placement": credentials(layout, "placement"),
        "quotas": {} if layout.as_installed else {f"quota_{name}": count for name, count in roomy.items()},
        "keystone_authtoken": token_checks(layout, "neutron"),
    }


def plugin_sections() -> Sections:
    """Return the configuration of the ML2 plugin."""
    return {
        "ml2": {
            "type_drivers": "local,flat,vlan,vxlan,gre,geneve",
            "tenant_network_types": "vxlan",
            # The second driver binds nothing without an agent; trunks need a driver with a name that they know.
            "mechanism_drivers": "sandbox,openvswitch",
            "extension_drivers": _EXTENSIONS,
        },
        "ml2_type_flat": {"flat_networks": "*"},
        "ml2_type_vlan": {"network_vlan_ranges": f"{PHYSICAL_NETWORK}:100:299"},
        "ml2_type_vxlan": {"vni_ranges": "1:2000"},
        "ml2_type_gre": {"tunnel_id_ranges": "1:200"},
        "ml2_type_geneve": {"vni_ranges": "1:200", "max_header_size": 38},
        "securitygroup": {"enable_security_group": True},
    }


def plugins(layout: Layout) -> Path:
    """Return the folder for the path of Neutron's interpreter that registers the mechanism driver."""
    return layout.root / "plugins"


def entry_points(layout: Layout) -> dict[Path, str]:
    """Return path -> text of a distribution's files with one entry point: the mechanism driver in the guest."""
    folder = plugins(layout) / "sandbox_cloud-1.dist-info"
    return {
        folder / "METADATA": "Metadata-Version: 2.1\nName: sandbox-cloud\nVersion: 1\n",
        folder / "entry_points.txt": (
            f"[neutron.ml2.mechanism_drivers]\nsandbox = {GUEST}.port_binding:SandboxMechanismDriver\n"
        ),
    }
