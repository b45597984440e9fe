"""Variants of the sandbox: clouds that differ from the ordinary one as clouds of other people do.

A run treats a variant as a foreign cloud. It shows what the suite does where options, images, quotas and services are
not those that the project chose.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from conformance.sandbox.child import SandboxError
from conformance.sandbox.guest.changes import Changes

MIB = 1024 * 1024
USERS = frozenset({"member", "admin", "reader", "member2", "norole"})
"""The users whose tokens a run on the sandbox gets, by their names in `RunningSandbox.tokens`."""


@dataclass(frozen=True)
class Variant:
    """One variant.

    Attributes:
        name: the name in options.
        about: the difference from the ordinary sandbox, in one sentence.
        changes: the parts that the Nova process changes.
        users: the users whose tokens a run gets.
        release: the release of Nova, such as `nova==29.1.0`; None for the installed one.
    """

    name: str
    about: str
    changes: Changes = field(default_factory=Changes)
    users: frozenset[str] = USERS
    release: str | None = None

    def tokens(self, tokens: Mapping[str, str]) -> dict[str, str]:
        """Return those of the sandbox's tokens that a run gets."""
        return {user: token for user, token in tokens.items() if user in self.users}


_AS_INSTALLED = (
    (None, "reclaim_instance_interval", 0),
    (None, "shelved_offload_time", 0),
    (None, "max_concurrent_live_migrations", 1),
    ("spice", "enabled", False),
    ("serial_console", "enabled", False),
    ("mks", "enabled", False),
    ("quota", "instances", 10),
    ("quota", "cores", 20),
    ("quota", "ram", 50 * 1024),
    ("quota", "key_pairs", 100),
    ("quota", "server_groups", 10),
    ("quota", "server_group_members", 10),
)
"""Nova's own defaults of the options that the sandbox sets otherwise for the sake of its tests (nova/conf/)."""

_SPECIAL: tuple[tuple[str, int, dict[str, str]], ...] = (
    ("special-encrypted", 4 * MIB, {"hw_ephemeral_encryption": "True"}),
    ("special-trait", 8 * MIB, {"trait:HW_GPU_API_VULKAN": "required"}),
    ("special-unknown-trait", 12 * MIB, {"trait:CUSTOM_NO_HOST_HAS_IT": "required"}),
    ("plain", 64 * MIB, {}),
)
"""Images of which only the largest boots: no host has the traits that the others ask for."""

VARIANTS = {
    one.name: one
    for one in (
        Variant("as-installed", "Nova's own defaults", Changes(_AS_INSTALLED, readers_only=False)),
        Variant(
            "diskless-flavors",
            "no flavor has a disk, and the default policy lets servers boot from volumes only",
            Changes(local_disks=False),
        ),
        Variant("special-images", "only the largest image boots", Changes(images=_SPECIAL)),
        Variant(
            "small-quota",
            "a project may have 3 servers, 2 volumes and 1 floating IP",
            Changes((("quota", "instances", 3),), volumes=2, floating_ips=1),
        ),
        Variant("no-addresses", "no pool of floating IPs", Changes(floating_pool=False)),
        Variant("no-volumes", "no block storage in the catalogue", Changes(block_storage=False)),
        Variant("no-bare-metal", "no bare metal service", Changes(bare_metal=False)),
        Variant("members-only", "a run gets no administrator's token", users=USERS - {"admin"}),
        Variant("old", "the oldest release of Nova that the sandbox can run", release="nova==29.1.0"),
    )
}
"""All variants, by name."""


def chosen(name: str | None, release: str | None = None) -> Variant:
    """Return a variant, on another release than its own if one is given.

    Args:
        name: the name of the variant; None for the ordinary sandbox, whose name is empty.
        release: a release of Nova, such as `nova==31.3.1`; None for the variant's own.

    Raises:
        SandboxError: there is no variant of this name, or it is itself a release.
    """
    if name is None:
        return Variant("", "the ordinary sandbox", release=release)
    if name not in VARIANTS:
        raise SandboxError(f"the sandbox has no variant {name!r}: choose one of {', '.join(VARIANTS)}")
    found = VARIANTS[name]
    if release and found.release:
        raise SandboxError(f"the variant {name} of the sandbox is a release itself: leave the other release out")
    return replace(found, release=release or found.release)
