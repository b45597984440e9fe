"""The configuration of Nova: its defaults, or a richer form with which servers can reach every status."""

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
        # A deleted server stays SOFT_DELETED, and no periodic task removes it during a test.
        "reclaim_instance_interval": 30 * 24 * 3600,
        # A shelved server stays SHELVED until a request offloads it.
        "shelved_offload_time": -1,
        # By default one live migration waits for another; the deliberately slow ones would delay all others.
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
"""Options that a provider may choose, with values that let servers reach more statuses."""

_READERS_ONLY = ("limits", "os-availability-zone:list", "os-floating-ip-pools", "os-quota-sets:defaults")
"""Policy rules that allow every token by default, and only readers in the richer form."""


def policy() -> str:
    """Return the policy file of the richer form (YAML reads JSON)."""
    return json.dumps({f"os_compute_api:{rule}": "role:reader" for rule in _READERS_ONLY}, indent=1)


def sections(layout: Layout) -> Sections:
    """Return the sections that only Nova has."""
    needed = _needed(layout)
    if layout.as_installed:
        return needed
    return merged(merged(needed, RICHER), {"oslo_policy": {"policy_file": layout.configuration("nova") / POLICY}})


def _needed(layout: Layout) -> Sections:
    """Return the options that both forms need because of the way in which the sandbox runs Nova."""
    return {
        "DEFAULT": {
            "state_path": layout.files("nova"),
            "instances_path": layout.files("nova", "instances"),
            "my_ip": HOST,
            "host": "controller",
            "compute_driver": "fake.SandboxDriver",
            "periodic_fuzzy_delay": 0,
            # All services of Nova are one process here, and share one pool of threads.
            "default_thread_pool_size": 40,
        },
        "api_database": database(layout, "nova_api"),
        "wsgi": {"api_paste_config": layout.configuration("nova") / PASTE},
        "scheduler": {"workers": 1, "discover_hosts_in_cells_interval": 5},
        "conductor": {"workers": 1},
        # There are no stored images that the task could remove.
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
