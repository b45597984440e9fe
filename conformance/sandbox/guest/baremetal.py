"""Stand-in for Ironic: one node, for Nova's proxy `os-baremetal-nodes` (to microversion 2.35)."""

import types
import uuid

from openstack import exceptions as sdk_exceptions


class BareMetal:
    """The part of openstacksdk's client for the service `baremetal` that Nova uses."""

    def __init__(self) -> None:
        self._node = types.SimpleNamespace(
            id=str(uuid.uuid4()),
            provision_state="available",
            properties={"cpus": "8", "memory_mb": "16384", "local_gb": "500"},
            instance_id=None,
        )

    def install(self, test) -> None:
        """Take the place of Ironic inside `test`, a started Nova test case."""
        test.stub_out("nova.utils.get_sdk_adapter", lambda *_args, **_kwargs: self)

    def nodes(self, **_params):
        """Return all nodes."""
        return [self._node]

    def get_node(self, node, **_params):
        """Return one node."""
        if node != self._node.id:
            raise sdk_exceptions.NotFoundException(f"Node {node} could not be found.")
        return self._node

    def ports(self, **_params):
        """Return the interfaces of a node."""
        return [types.SimpleNamespace(address="52:54:00:aa:bb:01")]
