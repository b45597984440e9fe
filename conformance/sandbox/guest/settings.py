"""Configuration of the sandbox's Nova: the differences from Nova's test fixtures, with their reasons."""

from . import compat

# Resources of one host: enough for every run, soft-deleted servers included (they keep their claims).
HOST_VCPUS = 100_000
HOST_MEMORY_MB = 512 * 1024 * 1024
HOST_DISK_GB = 10_000_000

# (group, option, value); an option that a release does not have is left out.
OPTIONS: tuple[tuple[str | None, str, object], ...] = (
    (None, "compute_driver", "fake.SandboxDriver"),
    (None, "allow_resize_to_same_host", False),
    # A deleted server stays SOFT_DELETED, and no periodic task removes it during a test.
    (None, "reclaim_instance_interval", 30 * 24 * 3600),
    # A shelved server stays SHELVED until the action shelveOffload.
    (None, "shelved_offload_time", -1),
    # By default one live migration waits for another; the deliberately slow ones would delay all others.
    (None, "max_concurrent_live_migrations", 64),
    # There is no agent to report that an interface is plugged.
    (None, "vif_plugging_timeout", 0),
    (None, "vif_plugging_is_fatal", False),
    ("vnc", "enabled", True),
    ("spice", "enabled", True),
    ("serial_console", "enabled", True),
    ("mks", "enabled", True),
    # As in production; under the fixtures, a response that violates Nova's own schema is an error (400).
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


# Policy rules that allow every token by default, and only readers here.
READERS_ONLY = ("limits", "os-availability-zone:list", "os-floating-ip-pools", "os-quota-sets:defaults")
