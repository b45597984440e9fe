"""The records of Neutron's agents that the API shows as alive; the agents themselves do not exist."""

import logging
import threading
import time

from neutron_lib import constants, context
from neutron_lib.plugins import directory
from oslo_utils import timeutils

EVERY = 20
"""Seconds between two reports; after 75 s without a report an agent counts as dead."""

_SWITCH = {
    "bridge_mappings": {"physnet1": "br-physnet1"},
    "tunnel_types": ["vxlan"],
    "tunneling_ip": "127.0.0.1",
    "devices": 0,
    "extensions": [],
    "datapath_type": "system",
}
_DHCP = {"dhcp_driver": "sandbox", "dhcp_lease_duration": 86400, "networks": 0, "subnets": 0, "ports": 0}
_ROUTER = {
    "agent_mode": "legacy",
    "handle_internal_only_routers": True,
    "interface_driver": "sandbox",
    "routers": 0,
    "ex_gw_ports": 0,
    "interfaces": 0,
    "floating_ips": 0,
}


def states(computes, network_node):
    """Return the report of each agent."""
    rows = [
        (constants.AGENT_TYPE_OVS, "neutron-openvswitch-agent", host, "N/A", _SWITCH)
        for host in (*computes, network_node)
    ]
    rows.append((constants.AGENT_TYPE_DHCP, "neutron-dhcp-agent", network_node, "dhcp_agent", _DHCP))
    rows.append((constants.AGENT_TYPE_L3, "neutron-l3-agent", network_node, "l3_agent", _ROUTER))
    rows.append((constants.AGENT_TYPE_METADATA, "neutron-metadata-agent", network_node, "N/A", {}))
    return [
        {
            "agent_type": kind,
            "binary": binary,
            "host": host,
            "topic": topic,
            "configurations": dict(settings),
            "availability_zone": "nova",
        }
        for kind, binary, host, topic, settings in rows
    ]


def report(computes, network_node) -> None:
    """Start a thread that reports for all agents, every `EVERY` seconds."""

    def forever():
        first = True
        while True:
            for state in states(computes, network_node):
                try:
                    directory.get_plugin().create_or_update_agent(
                        context.get_admin_context(),
                        {**state, "start_flag": True} if first else state,
                        timeutils.utcnow(),
                    )
                except Exception:
                    logging.getLogger(__name__).exception("%s cannot report", state["binary"])
            first = False
            time.sleep(EVERY)

    threading.Thread(target=forever, name="agents", daemon=True).start()
