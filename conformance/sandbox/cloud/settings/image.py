"""The configuration of Glance: two file stores, all import methods, the image cache."""

from __future__ import annotations

from conformance.sandbox.cloud.layout import HOST, Layout
from conformance.sandbox.cloud.settings.common import Sections, token_checks

PASTE = "glance-api-paste.ini"


def sections(layout: Layout) -> Sections:
    """Return the sections that only Glance has."""
    return {
        "DEFAULT": {
            "enabled_backends": "fast:file,slow:file",
            "enabled_import_methods": "[glance-direct,web-download,copy-image]",
            "worker_self_reference_url": layout.address("glance"),
            "image_cache_dir": layout.files("glance", "cache"),
        },
        "paste_deploy": {
            "flavor": "keystone+cachemanagement",
            "config_file": layout.configuration("glance") / PASTE,
        },
        "glance_store": {"default_backend": "fast"},
        "fast": {"filesystem_store_datadir": layout.files("glance", "fast"), "store_description": "the first"},
        "slow": {"filesystem_store_datadir": layout.files("glance", "slow"), "store_description": "the second"},
        "os_glance_staging_store": {"filesystem_store_datadir": layout.files("glance", "staging")},
        "os_glance_tasks_store": {"filesystem_store_datadir": layout.files("glance", "tasks")},
        # By default images cannot be imported from this machine; with this option, only from this machine.
        "import_filtering_opts": {"allowed_hosts": f"[{HOST}]", "allowed_ports": "[]"},
        "keystone_authtoken": token_checks(layout, "glance"),
    }
