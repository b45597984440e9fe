"""Configuration of the Nova in the sandbox: what differs from Nova's test fixtures, and why."""

from . import compat

# Resources of one host: no run of ours may fill it, soft-deleted servers included (they keep their claims).
HOST_VCPUS = 100_000
HOST_MEMORY_MB = 512 * 1024 * 1024
HOST_DISK_GB = 10_000_000

# (group, option, value); an option that a release does not know is left out.
OPTIONS: tuple[tuple[str | None, str, object], ...] = (
    (None, "compute_driver", "fake.SandboxDriver"),
    (None, "allow_resize_to_same_host", False),
    # Soft deletion leaves SOFT_DELETED, and no periodic task removes it while a test looks at it.
    (None, "reclaim_instance_interval", 30 * 24 * 3600),
    # SHELVED stays until shelveOffload.
    (None, "shelved_offload_time", -1),
    # By default one live migration waits for another; those that are slow on purpose would hold up all others.
    (None, "max_concurrent_live_migrations", 64),
    # No agent reports that an interface is plugged.
    (None, "vif_plugging_timeout", 0),
    (None, "vif_plugging_is_fatal", False),
    ("vnc", "enabled", True),
    ("spice", "enabled", True),
    ("serial_console", "enabled", True),
    ("mks", "enabled", True),
    # As in production; the fixtures make a response that Nova's own schema does not know an error (400).
    ("api", "response_validation", "warn"),
    # The fixture of Placement turns it off for the whole process.
    ("oslo_policy", "enforce_new_defaults", True),
    # Gone from newer oslo.policy, where scopes are always enforced.
    ("oslo_policy", "enforce_scope", True),
    ("oslo_messaging_notifications", "driver", ["noop"]),
    ("notifications", "notification_format", "unversioned"),
    ("glance", "api_servers", ["http://127.0.0.1:9292"]),
    ("neutron", "default_floating_pool", "public"),
    ("quota", "instances", 10_000),
    ("quota", "cores", 100_000),
    ("quota", "ram", 512 * 1024 * 1024),
    ("quota", "key_pairs", 1_000),
    ("quota", "server_groups", 1_000),
    ("quota", "server_group_members", 1_000),
)


def all_options() -> list[tuple[str | None, str, object]]:
    """Return every option to override: (group, name, value)."""
    return [*OPTIONS, ("wsgi", "api_paste_config", compat.api_paste())]


# Rules of the policy that are open to every token by default, and here to readers only.
READERS_ONLY = ("limits", "os-availability-zone:list", "os-floating-ip-pools", "os-quota-sets:defaults")
