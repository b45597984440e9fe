"""The configuration of the services that can join a cloud, each with the drivers that need no hardware."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping

from conformance.sandbox.cloud.layout import HOST, Layout, Service
from conformance.sandbox.cloud.settings import render
from conformance.sandbox.cloud.settings.common import Sections, common, credentials, merged, token_checks

PASTE = {"manila": "api-paste.ini", "barbican": "barbican-api-paste.ini"}
"""Service -> the file of its release that is copied unchanged into the folder of its configuration."""
BACKEND = "dummy"
SHARE_TYPE = "default"
_CREDENTIALS = "service_credentials"

_ROOMY = ("shares", "gigabytes", "snapshots", "snapshot_gigabytes", "share_networks", "share_groups", "backups")
_WITHOUT = ("bios", "console", "inspect", "raid", "rescue", "vendor")
"""Kinds of Ironic's interfaces that a node may lack."""


def _ironic(_layout: Layout) -> Sections:
    interfaces: dict[str, tuple[str, ...]]
    interfaces = {f"enabled_{kind}_interfaces": ("fake", f"no-{kind}") for kind in _WITHOUT}
    interfaces |= {f"enabled_{kind}_interfaces": ("fake",) for kind in ("boot", "deploy", "management", "power")}
    return {
        "DEFAULT": {
            "auth_strategy": "keystone",
            # Conductor and API are one process, and talk to each other without a transport.
            "rpc_transport": "none",
            "host": "conductor",
            "my_ip": HOST,
            "enabled_hardware_types": "fake-hardware",
            **interfaces,
            "enabled_firmware_interfaces": ("no-firmware",),
            "enabled_network_interfaces": ("noop",),
            "enabled_storage_interfaces": ("noop",),
            "default_network_interface": "noop",
        },
        "conductor": {"automated_clean": False, "sync_power_state_interval": 0},
    }


def _manila(layout: Layout) -> Sections:
    return {
        "DEFAULT": {
            "auth_strategy": "keystone",
            "state_path": layout.files("manila"),
            "api_paste_config": layout.configuration("manila") / PASTE["manila"],
            "host": "shares",
            "my_ip": HOST,
            "enabled_share_backends": BACKEND,
            "enabled_share_protocols": "NFS,CIFS",
            "default_share_type": SHARE_TYPE,
            "periodic_fuzzy_delay": 0,
        },
        BACKEND: {
            "share_driver": "manila.tests.share.drivers.dummy.DummyDriver",
            "share_backend_name": BACKEND,
            "driver_handles_share_servers": False,
            # By default the driver takes up to four seconds for each thing, like a real one.
            "dummy_driver_default_driver_method_delay": 0.1,
            "dummy_driver_driver_methods_delays": "create_share:0.3",
        },
        "coordination": {"backend_url": f"file://{layout.files('manila')}"},
        _CREDENTIALS: credentials(layout, "manila"),
        "quota": {} if layout.as_installed else dict.fromkeys(_ROOMY, 2000),
    }


def _barbican(layout: Layout) -> Sections:
    return {
        "DEFAULT": {"db_auto_create": True, "host_href": layout.address("barbican")},
        # A key for everybody to see: the secrets of this cloud are none.
        "simple_crypto_plugin": {"kek": "A" * 43 + "="},
    }


_OWN: Mapping[str, Callable[[Layout], Sections]] = {"ironic": _ironic, "manila": _manila, "barbican": _barbican}


def sections(layout: Layout, service: Service) -> Sections:
    """Return the sections of a service."""
    checks = token_checks(layout, service.name, service.type)
    if service.name == "manila":
        # Manila defines some options of this section itself, which the middleware would define a second time.
        checks = {name: value for name, value in checks.items() if name not in credentials(layout, service.name)}
        checks["auth_section"] = _CREDENTIALS
    shared = {**common(layout, service.name), "keystone_authtoken": checks}
    return merged(shared, _OWN[service.name](layout))


def write(layout: Layout, service: Service) -> None:
    """Write the configuration of a service. Raises OSError: a file cannot be written or read."""
    folder = layout.configuration(service.name)
    folder.mkdir(parents=True)
    (folder / f"{service.name}.conf").write_text(render(sections(layout, service)), "utf-8")
    if name := PASTE.get(service.name):
        shutil.copyfile(layout.shipped(service.name, name), folder / name)
