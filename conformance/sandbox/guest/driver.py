"""The hypervisor: Nova's fake driver with the functions that it lacks."""

import contextvars
import os
import time
from typing import ClassVar

import nova.conf
import nova.virt.block_device
from nova import objects
from nova.compute import power_state
from nova.virt import fake

from . import delays, settings

# A server with this metadata migrates slowly, so that a live migration can be aborted or forced to complete.
SLOW_KEY = "slow"
SLOW_SECONDS = 60.0
_STEP_SECONDS = 0.1

_UPTIME = " 12:00:00 up 40 days,  2:03,  1 user,  load average: 0.01, 0.02, 0.05"

# The host whose compute service the current greenthread works for, while it detaches a volume.
_host: contextvars.ContextVar[str | None] = contextvars.ContextVar("host", default=None)


class SandboxDriver(fake.FakeDriver):
    """One host with room for every server; its servers have power states."""

    capabilities: ClassVar = dict(fake.FakeDriver.capabilities, supports_bfv_rescue=True)
    vcpus = settings.HOST_VCPUS
    memory_mb = settings.HOST_MEMORY_MB
    local_gb = settings.HOST_DISK_GB
    images = None  # the image stand-in, set when the sandbox starts

    def __init__(self, virtapi, *args, **kwargs):
        super().__init__(virtapi, *args, **kwargs)
        self._verdicts: dict[str, str | None] = {}  # server in a slow live migration -> the user's decision

    def get_host_uptime(self):
        """Return the output of `uptime`; the fake driver has none, so that Nova would answer 501."""
        return _UPTIME

    def _power(self, instance, state) -> None:
        if instance.uuid in self.instances:
            self.instances[instance.uuid].state = state

    def pause(self, instance):
        """Pause."""
        super().pause(instance)
        self._power(instance, power_state.PAUSED)

    def unpause(self, instance):
        """Unpause."""
        super().unpause(instance)
        self._power(instance, power_state.RUNNING)

    def suspend(self, context, instance):
        """Suspend."""
        super().suspend(context, instance)
        self._power(instance, power_state.SUSPENDED)

    def resume(self, context, instance, *args, **kwargs):
        """Resume."""
        super().resume(context, instance, *args, **kwargs)
        self._power(instance, power_state.RUNNING)

    def rescue(self, context, instance, *args, **kwargs):
        """Rescue: the server runs, from another disk."""
        super().rescue(context, instance, *args, **kwargs)
        self._power(instance, power_state.RUNNING)

    def snapshot(self, context, instance, image_id, update_task_state):
        """Snapshot, and upload the image: until then its status is SAVING."""
        super().snapshot(context, instance, image_id, update_task_state)
        self.images.finish(context, image_id)

    def spawn(self, context, instance, *args, **kwargs):
        """Spawn, and note that the devices of the server are known."""
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
        return super().attach_interface(context, instance, image_meta, vif)

    def detach_interface(self, context, instance, vif):
        """Detach an interface; one that came with a live migration is not known here, and is accepted too."""
        self._know_devices(instance)
        self._interfaces.setdefault(vif["id"], vif)
        return super().detach_interface(context, instance, vif)

    @staticmethod
    def _know_devices(instance) -> None:
        """Give the server the list of devices that real drivers give it.

        The compute manager reads the list unchecked when a device with a tag is detached: without the list, a tagged
        volume never detaches.
        """
        if instance.device_metadata is None:
            instance.device_metadata = objects.InstanceDeviceMetadata(devices=[])

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


def install(images) -> None:
    """Register the driver in Nova as `fake.SandboxDriver`, and give each compute service its own host name."""
    SandboxDriver.images = images
    delays.delay(SandboxDriver, os.environ.get(delays.VARIABLE), time.sleep)
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
