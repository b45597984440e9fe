"""The configuration of Nova: as it is installed, or in the richer form in which servers reach every status."""

from __future__ import annotations

import json

from conformance.sandbox.cloud.layout import HOST, REGION, Layout
from conformance.sandbox.cloud.settings.common import (
    Sections,
    credentials,
    database,
    merged,
    service_user,
    token_checks,
)

PASTE = "api-paste.ini"
POLICY = "policy.json"

RICHER: Sections = {
    "DEFAULT": {
        # A deleted server stays SOFT_DELETED, and no periodic task removes it while a test looks at it.
        "reclaim_instance_interval": 30 * 24 * 3600,
        # A shelved server stays SHELVED until somebody offloads it.
        "shelved_offload_time": -1,
        # By default one live migration waits for another; those that are slow on purpose would hold up all others.
        "max_concurrent_live_migrations": 64,
    },
    "vnc": {"enabled": True, "novncproxy_base_url": f"http://{HOST}:6080/vnc_auto.html"},
    "spice": {"enabled": True},
    "serial_console": {"enabled": True},
    "mks": {"enabled": True},
    "quota": {
        "instances": 10_000,
        "cores": 100_000,
        "ram": 512 * 1024 * 1024,
        "key_pairs": 1_000,
        "server_groups": 1_000,
        "server_group_members": 1_000,
    },
}
"""What a provider may choose, chosen so that more can be seen."""

_READERS_ONLY = ("limits", "os-availability-zone:list", "os-floating-ip-pools", "os-quota-sets:defaults")
"""Rules of the policy that are open to every token by default, and in the richer form to readers only."""


def policy() -> str:
    """Return the policy file of the richer form (YAML reads JSON)."""
    return json.dumps({f"os_compute_api:{rule}": "role:reader" for rule in _READERS_ONLY}, indent=1)


def sections(layout: Layout) -> Sections:
    """Return what Nova has of its own."""
    needed = _needed(layout)
    if layout.as_installed:
        return needed
    return merged(merged(needed, RICHER), {"oslo_policy": {"policy_file": layout.configuration("nova") / POLICY}})


def _needed(layout: Layout) -> Sections:
    """Return what differs from the defaults because of how the sandbox runs Nova, in both forms."""
    return {
        "DEFAULT": {
            "state_path": layout.files("nova"),
            "instances_path": layout.files("nova", "instances"),
            "my_ip": HOST,
            "host": "controller",
            "compute_driver": "fake.SandboxDriver",
            "periodic_fuzzy_delay": 0,
            # All services of Nova are one process here, and share what would be a pool of threads each.
            "default_thread_pool_size": 40,
        },
        "api_database": database(layout, "nova_api"),
        "wsgi": {"api_paste_config": layout.configuration("nova") / PASTE},
        "scheduler": {"workers": 1, "discover_hosts_in_cells_interval": 5},
        "conductor": {"workers": 1},
        # The images that it would remove are nowhere.
        "image_cache": {"manager_interval": -1},
        "service_user": service_user(layout, "nova"),
        "placement": credentials(layout, "placement"),
        "neutron": credentials(layout, "neutron"),
        "glance": credentials(layout, "glance"),
        "keystone": credentials(layout, "nova"),
        "cinder": {
            **credentials(layout, "cinder"),
            "catalog_info": "block-storage::publicURL",
            "os_region_name": REGION,
        },
        "keystone_authtoken": token_checks(layout, "nova"),
    }
