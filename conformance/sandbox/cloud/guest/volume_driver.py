"""A volume driver that stores nothing: every call succeeds, and all volumes share one small file."""

# ruff: noqa: D102 - the methods are those of Cinder's drivers, and described there

import io
from pathlib import Path
from typing import ClassVar

from cinder import exception
from cinder.objects import fields
from cinder.volume import driver, volume_utils
from oslo_config import cfg

CONTENT = b"\0" * 4096
"""The content of every volume, for any size; os-brick reads this many bytes to check that a device exists."""


def device() -> Path:
    """Return the file that stands for the content of every volume."""
    return Path(cfg.CONF.state_path, "device")


class SandboxVolumeDriver(driver.VolumeDriver):
    """A back end in which nothing ever fails."""

    VERSION = "1"
    CI_WIKI_NAME = "none"
    CAPACITY_GB = 100_000
    CAN: ClassVar = dict.fromkeys(
        (
            *("multiattach", "thin_provisioning_support", "thick_provisioning_support", "QoS_support"),
            *("consistent_group_snapshot_enabled", "online_extend_support"),
        ),
        True,
    )

    def check_for_setup_error(self):
        device().write_bytes(CONTENT)

    def _update_volume_stats(self):
        name = self.configuration.safe_get("volume_backend_name")
        pool = {
            "pool_name": name,
            "total_capacity_gb": self.CAPACITY_GB,
            "free_capacity_gb": self.CAPACITY_GB,
            "provisioned_capacity_gb": 0,
            "allocated_capacity_gb": 0,
            "reserved_percentage": 0,
            "max_over_subscription_ratio": 20.0,
        }
        self._stats = {
            "volume_backend_name": name,
            "vendor_name": "sandbox",
            "driver_version": self.VERSION,
            "storage_protocol": "local",
            **self.CAN,
            "pools": [pool | self.CAN],
        }

    # Volumes and snapshots.

    def create_volume(self, volume):
        pass

    def create_volume_from_snapshot(self, volume, snapshot):
        pass

    def create_cloned_volume(self, volume, src_vref):
        pass

    def clone_image(self, context, volume, image_location, image_meta, image_service):
        # True: the volume is ready, so that no image is downloaded and converted.
        return {}, True

    def delete_volume(self, volume):
        pass

    def extend_volume(self, volume, new_size):
        pass

    def create_snapshot(self, snapshot):
        pass

    def delete_snapshot(self, snapshot):
        pass

    def revert_to_snapshot(self, context, volume, snapshot):
        pass

    def copy_image_to_volume(self, context, volume, image_service, image_id, disable_sparse=False):
        pass

    def copy_volume_to_image(self, context, volume, image_service, image_meta):
        image_service.update(context, image_meta["id"], {}, io.BytesIO(CONTENT))

    # Connections.

    def ensure_export(self, context, volume):
        pass

    def create_export(self, context, volume, connector):
        pass

    def remove_export(self, context, volume):
        pass

    def create_export_snapshot(self, context, snapshot, connector):
        pass

    def remove_export_snapshot(self, context, snapshot):
        pass

    def initialize_connection(self, volume, connector):
        data = {"device_path": str(device()), "volume_id": volume.id, "access_mode": "rw"}
        return {"driver_volume_type": "local", "data": {**data, "encrypted": False, "qos_specs": None}}

    def terminate_connection(self, volume, connector, **kwargs):
        pass

    # Operations of administrators.

    def retype(self, context, volume, new_type, diff, host):
        return True

    def migrate_volume(self, context, volume, host):
        return True, {}

    def update_migrated_volume(self, ctxt, volume, new_volume, original_volume_status):
        return {}

    def manage_existing(self, volume, existing_ref):
        pass

    def manage_existing_get_size(self, volume, existing_ref):
        if not (existing_ref.get("source-name") or existing_ref.get("source-id")):
            raise exception.ManageExistingInvalidReference(
                existing_ref=existing_ref, reason="it needs source-name or source-id"
            )
        return 1

    def unmanage(self, volume):
        pass

    def manage_existing_snapshot(self, snapshot, existing_ref):
        pass

    def manage_existing_snapshot_get_size(self, snapshot, existing_ref):
        return 1

    def unmanage_snapshot(self, snapshot):
        pass

    def get_manageable_volumes(self, cinder_volumes, marker, limit, offset, sort_keys, sort_dirs):
        known = [
            {
                "reference": {"source-name": volume["name"]},
                "size": volume["size"],
                "safe_to_manage": False,
                "reason_not_safe": "already managed",
                "cinder_id": volume["id"],
                "extra_info": None,
            }
            for volume in cinder_volumes
        ]
        return volume_utils.paginate_entries_list(known, marker, limit, offset, sort_keys, sort_dirs)

    def get_manageable_snapshots(self, cinder_snapshots, marker, limit, offset, sort_keys, sort_dirs):
        return []

    # Groups: without these methods a generic group works, but a group with consistent snapshots does not.

    def create_group(self, context, group):
        return {"status": fields.GroupStatus.AVAILABLE}

    def update_group(self, context, group, add_volumes=None, remove_volumes=None):
        return None, None, None

    def delete_group(self, context, group, volumes):
        return {"status": fields.GroupStatus.DELETED}, [{"id": one.id, "status": "deleted"} for one in volumes]

    def create_group_from_src(
        self,
        context,
        group,
        volumes,
        group_snapshot=None,
        snapshots=None,
        source_group=None,
        source_vols=None,
    ):
        return None, None

    def create_group_snapshot(self, context, group_snapshot, snapshots):
        return {"status": "available"}, [{"id": one.id, "status": "available"} for one in snapshots]

    def delete_group_snapshot(self, context, group_snapshot, snapshots):
        return {"status": "deleted"}, [{"id": one.id, "status": "deleted"} for one in snapshots]
