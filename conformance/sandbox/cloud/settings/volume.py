"""The configuration of Cinder: two back ends and a backup service, whose drivers store nothing."""

from __future__ import annotations

from typing import Any

from conformance.sandbox.cloud.layout import HOST, VOLUME_BACKENDS, VOLUME_HOST, Layout
from conformance.sandbox.cloud.settings.common import Sections, credentials, service_user, token_checks

PASTE = "api-paste.ini"
FILTERS = "resource_filters.json"
GUEST = "sandbox_cloud_guest"
"""The name under which the guest's modules can be imported in the processes of the services."""


def _roomy() -> dict[str, Any]:
    """Quotas that no run uses up. The class of default quotas, which the migrations fill, would win over them."""
    counted = ("volumes", "snapshots", "backups", "groups")
    return {"use_default_quota_class": False, **{f"quota_{name}": 100 for name in counted}}


def sections(layout: Layout) -> Sections:
    """Return the sections that only Cinder has."""
    etc = layout.configuration("cinder")
    return {
        "DEFAULT": {
            "auth_strategy": "keystone",
            "state_path": layout.files("cinder"),
            "host": VOLUME_HOST,
            "my_ip": HOST,
            "api_paste_config": etc / PASTE,
            "resource_query_filters_file": etc / FILTERS,
            "enabled_backends": VOLUME_BACKENDS,
            **({} if layout.as_installed else _roomy()),
            "default_volume_type": VOLUME_BACKENDS[0],
            # The migrations make this type of groups.
            "default_group_type": "default_cgsnapshot_type",
            "allow_availability_zone_fallback": True,
            "glance_api_servers": layout.address("glance"),
            "image_conversion_dir": layout.files("cinder", "conversion"),
            "backup_driver": f"{GUEST}.backup_driver.SandboxBackupDriver",
            "periodic_fuzzy_delay": 0,
            # For so long the scheduler waits for a report of a back end that, so early, it does not count.
            "scheduler_driver_init_wait_time": 2,
        },
        **{
            name: {"volume_driver": f"{GUEST}.volume_driver.SandboxVolumeDriver", "volume_backend_name": name}
            for name in VOLUME_BACKENDS
        },
        "key_manager": {"backend": "cinder.keymgr.conf_key_mgr.ConfKeyManager", "fixed_key": "0" * 64},
        "coordination": {"backend_url": f"file://{layout.files('cinder', 'coordination')}"},
        "service_user": service_user(layout, "cinder"),
        "nova": {
            **credentials(layout, "nova"),
            "interface": "public",
            "token_auth_url": layout.url("keystone"),
        },
        "keystone_authtoken": token_checks(layout, "cinder"),
    }
