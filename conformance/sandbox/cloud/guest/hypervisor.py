"""The hypervisor: Nova's fake driver with the functions that it lacks beside real services."""

import contextvars
import io
import time
import uuid
from typing import ClassVar

import nova.conf
import nova.virt.block_device
from nova import context as nova_context
from nova import exception, objects
from nova.compute import power_state, task_states, vm_states
from nova.image import glance
from nova.virt import fake

# As in the sandbox of one process: a server with this metadata migrates slowly, so that a live migration can be aborted
# or forced to complete.
SLOW_KEY = "slow"
SLOW_SECONDS = 60.0
_STEP_SECONDS = 0.1
_IMAGE = b"\0" * 4096
_NOWHERE = (vm_states.BUILDING, vm_states.ERROR, vm_states.SHELVED_OFFLOADED, vm_states.DELETED)

# The host whose compute service the current thread works for, while it detaches a volume.
_host: contextvars.ContextVar[str | None] = contextvars.ContextVar("host", default=None)


class SandboxDriver(fake.FakeDriver):
    """One host with room for every server; its servers have power states."""

    capabilities: ClassVar = dict(
        fake.FakeDriver.capabilities, supports_bfv_rescue=True, supports_image_type_qcow2=True
    )
    # No run may fill a host, soft-deleted servers included: they keep their claims.
    vcpus = 100_000
    memory_mb = 512 * 1024 * 1024
    local_gb = 10_000_000

    def __init__(self, virtapi, *args, **kwargs):
        super().__init__(virtapi, *args, **kwargs)
        self._verdicts: dict[str, str | None] = {}  # server in a slow live migration -> the user's decision
        self._cached: set[str] = set()

    # The host is the same after a restart.

    def init_host(self, host):
        """Take over the servers that the database has for this host."""
        super().init_host(host)
        servers = objects.InstanceList.get_by_host(
            nova_context.get_admin_context(), host, expected_attrs=["info_cache", "flavor"]
        )
        for server in servers:
            if server.vm_state not in _NOWHERE:
                state = power_state.RUNNING if server.power_state is None else server.power_state
                self.instances[server.uuid] = fake.FakeInstance(server.name, state, server.uuid)
                self.resources.claim(server.flavor.vcpus, server.flavor.memory_mb, server.flavor.root_gb)
                self._interfaces.update((vif["id"], vif) for vif in server.get_network_info())

    @staticmethod
    def _node_uuid(name) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))

    def get_available_resource(self, nodename):
        """Return the resources of the host, with an id made from its name."""
        found = super().get_available_resource(nodename)
        return found and {**found, "uuid": self._node_uuid(nodename)}

    def get_nodenames_by_uuid(self, refresh=False):
        """Return id -> name of the only node."""
        return {self._node_uuid(name): name for name in self.get_available_nodes()}

    def get_host_uptime(self):
        """Return the output of `uptime`; the fake driver has none, so that Nova would answer 501."""
        return " 12:00:00 up 40 days,  2:03,  1 user,  load average: 0.01, 0.02, 0.05"

    # Power states.

    def _power(self, instance, state) -> None:
        if instance.uuid in self.instances:
            self.instances[instance.uuid].state = state

    def pause(self, instance):
        """Pause."""
        self._power(instance, power_state.PAUSED)

    def unpause(self, instance):
        """Unpause."""
        self._power(instance, power_state.RUNNING)

    def suspend(self, context, instance):
        """Suspend."""
        self._power(instance, power_state.SUSPENDED)

    def resume(self, context, instance, *args, **kwargs):
        """Resume."""
        self._power(instance, power_state.RUNNING)

    def rescue(self, context, instance, *args, **kwargs):
        """Rescue: the server runs, from another disk."""
        super().rescue(context, instance, *args, **kwargs)
        self._power(instance, power_state.RUNNING)

    # Images.

    def snapshot(self, context, instance, image_id, update_task_state):
        """Upload a small image: until then the image's status is SAVING."""
        if instance.uuid not in self.instances:
            raise exception.InstanceNotRunning(instance_id=instance.uuid)
        update_task_state(task_state=task_states.IMAGE_PENDING_UPLOAD)
        update_task_state(task_state=task_states.IMAGE_UPLOADING, expected_state=task_states.IMAGE_PENDING_UPLOAD)
        images = glance.API()
        name = images.get(context, image_id)["name"]
        # Glance inspects the bytes, so the format is one that any bytes fit.
        fields = {"name": name, "status": "active", "disk_format": "raw", "container_format": "bare", "properties": {}}
        images.update(context, image_id, fields, io.BytesIO(_IMAGE), purge_props=False)

    def cache_image(self, context, image_id):
        """Return True if the image was not in the cache."""
        new = image_id not in self._cached
        self._cached.add(image_id)
        return new

    def manage_image_cache(self, context, all_instances):
        """Do nothing: no images are stored."""

    # Devices. The compute manager reads the list unchecked when a device with a tag is detached: without the list, a
    # tagged device never detaches.

    @staticmethod
    def _know_devices(instance) -> None:
        if instance.device_metadata is None:
            instance.device_metadata = objects.InstanceDeviceMetadata(devices=[])

    def spawn(self, context, instance, *args, **kwargs):
        """Spawn."""
        super().spawn(context, instance, *args, **kwargs)
        self._know_devices(instance)

    def attach_volume(self, context, connection_info, instance, *args, **kwargs):
        """Attach a volume."""
        self._know_devices(instance)
        return super().attach_volume(context, connection_info, instance, *args, **kwargs)

    def detach_volume(self, context, connection_info, instance, *args, **kwargs):
        """Detach a volume."""
        self._know_devices(instance)
        return super().detach_volume(context, connection_info, instance, *args, **kwargs)

    def attach_interface(self, context, instance, image_meta, vif):
        """Attach an interface."""
        self._know_devices(instance)
        self._interfaces.pop(vif["id"], None)
        return super().attach_interface(context, instance, image_meta, vif)

    def detach_interface(self, context, instance, vif):
        """Detach an interface; one that came with a live migration is not known here, and is accepted too."""
        self._know_devices(instance)
        self._interfaces.setdefault(vif["id"], vif)
        return super().detach_interface(context, instance, vif)

    # Live migration.

    def live_migration(
        self, context, instance, dest, post_method, recover_method, block_migration=False, migrate_data=None
    ):
        """Migrate at once, or slowly if the server's metadata has `slow`."""
        if instance.metadata.get(SLOW_KEY):
            self._verdicts[instance.uuid] = None
            until = time.monotonic() + SLOW_SECONDS
            while self._migrates(instance) and time.monotonic() < until:
                time.sleep(_STEP_SECONDS)
            if self._verdicts.pop(instance.uuid) == "abort":
                recover_method(context, instance, dest, migrate_data, migration_status="cancelled")
                return
        post_method(context, instance, dest, block_migration, migrate_data)

    def _migrates(self, instance) -> bool:
        """True if no user has decided yet, and the server still exists."""
        return self._verdicts[instance.uuid] is None and instance.uuid in self.instances

    def live_migration_abort(self, instance):
        """Abort a slow live migration: the server stays on its source host."""
        self._verdicts[instance.uuid] = "abort"

    def live_migration_force_complete(self, instance):
        """Complete a slow live migration: the server moves to its destination host."""
        self._verdicts[instance.uuid] = "complete"

    def post_live_migration(self, context, instance, block_device_info, migrate_data=None):
        """Forget the server on the host that it left."""
        if instance.uuid in self.instances:
            self.destroy(context, instance, None, block_device_info)


class _HostConf:
    """Nova's configuration, with the `host` of the compute service that runs the current code.

    All computes of the process share `CONF.host`, so a volume would look as if it were attached elsewhere.
    """

    def __getattr__(self, name):
        return getattr(nova.conf.CONF, name)

    @property
    def host(self):
        return _host.get() or nova.conf.CONF.host


def install() -> None:
    """Register the driver in Nova as `fake.SandboxDriver`, and give each compute service its own host name."""
    fake.SandboxDriver = SandboxDriver
    original = nova.virt.block_device.DriverVolumeBlockDevice._do_detach

    def do_detach(self, context, instance, volume_api, virt_driver, *args, **kwargs):
        token = _host.set(getattr(virt_driver, "_host", None))
        try:
            return original(self, context, instance, volume_api, virt_driver, *args, **kwargs)
        finally:
            _host.reset(token)

    nova.virt.block_device.DriverVolumeBlockDevice._do_detach = do_detach
    nova.virt.block_device.CONF = _HostConf()
