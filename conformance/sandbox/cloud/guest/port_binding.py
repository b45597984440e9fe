"""A mechanism driver that binds every port and sets ports and floating IPs active, as agents would do."""

import uuid

from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.callbacks import events, registry, resources
from neutron_lib.plugins import constants as plugin_constants
from neutron_lib.plugins import directory
from neutron_lib.plugins.ml2 import api

_NAMESPACE = uuid.UUID("5d3d7c0e-3f0b-4c3a-9a5e-3d1c0c3b6f21")


class SandboxMechanismDriver(api.MechanismDriver):
    """Binds every port to the first segment, on any host."""

    def initialize(self):
        """Subscribe to changes of floating IPs."""
        for event in (events.AFTER_CREATE, events.AFTER_UPDATE):
            registry.subscribe(_tell_status, resources.FLOATING_IP, event)

    @property
    def connectivity(self):
        """Return the kind of network that a port gets."""
        return portbindings.CONNECTIVITY_L2

    @property
    def resource_provider_uuid5_namespace(self):
        """Return the namespace of the ids of resource providers."""
        return _NAMESPACE

    def bind_port(self, context):
        """Bind a port."""
        for segment in context.segments_to_bind[:1]:
            context.set_binding(
                segment[api.ID],
                portbindings.VIF_TYPE_OVS,
                {portbindings.CAP_PORT_FILTER: True, portbindings.OVS_HYBRID_PLUG: False},
                status=constants.PORT_STATUS_ACTIVE,
            )

    def filter_hosts_with_segment_access(self, _context, _segments, candidate_hosts, _agent_getter):
        """Return the hosts that reach the segments: all candidates."""
        return set(candidate_hosts)


def _tell_status(_resource, _event, _trigger, payload) -> None:
    """Set the status of a floating IP, as an L3 agent does after it has set the address up."""
    address = payload.latest_state
    used = address.get("fixed_port_id") or address.get("port_id")
    directory.get_plugin(plugin_constants.L3).update_floatingip_status(
        payload.context.elevated(),
        address.get("id") or payload.resource_id,
        constants.FLOATINGIP_STATUS_ACTIVE if used else constants.FLOATINGIP_STATUS_DOWN,
    )
