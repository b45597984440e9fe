"""The requests after which a run is killed: those that change things of others, or make something."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Moment:
    """The request after whose success a run is killed: patterns of its method, of its path and of its body."""

    method: str
    path: str
    body: str = ""

    def fits(self, method: str, path: str, body: bytes) -> bool:
        """Whether a request is this one."""
        return (
            re.fullmatch(self.method, method) is not None
            and re.search(self.path, urlsplit(path).path) is not None
            and re.search(self.body, body.decode("utf-8", "replace")) is not None
        )


ANY_CHANGE = Moment("POST|PUT|PATCH|DELETE", "")
UUID = "[0-9a-f]{8}-[0-9a-f-]{27}"

MOMENTS: tuple[tuple[str, Moment], ...] = (
    ("os-services.disable-scheduling-for-a-compute-service/normal", Moment("PUT", "/os-services/disable$")),
    (
        "os-services.disable-scheduling-for-a-compute-service-and-log-disabled-reason/normal",
        Moment("PUT", "/os-services/disable-log-reason$"),
    ),
    ("os-services.enable-scheduling-for-a-compute-service/normal", Moment("PUT", "/os-services/enable$")),
    ("os-services.update-forced-down/normal", Moment("PUT", "/os-services/force-down$", "true")),
    ("os-services.update-compute-service/normal", Moment("PUT", f"/os-services/{UUID}$")),
    ("os-services.delete-compute-service/", Moment("DELETE", f"/os-services/{UUID}$")),
    ("os-hosts.update-host-status/", Moment("PUT", "/os-hosts/", '"status": "disable"')),
    ("os-quota-sets.update-quotas/normal", Moment("PUT", "/os-quota-sets/")),
    ("os-quota-sets.revert-quotas-to-defaults/normal", Moment("DELETE", "/os-quota-sets/")),
    ("os-quota-class-sets.create-or-update-quotas-for-quota-class/normal", Moment("PUT", "/os-quota-class-sets/")),
    ("os-aggregates.create-aggregate/normal", Moment("POST", "/os-aggregates$")),
    ("os-aggregates.update-aggregate/normal", Moment("PUT", "/os-aggregates/")),
    ("os-aggregates.add_host/normal", Moment("POST", "/os-aggregates/.*/action$", "add_host")),
    ("os-aggregates.remove_host/normal", Moment("POST", "/os-aggregates/.*/action$", "remove_host")),
    ("os-aggregates.set_metadata/normal", Moment("POST", "/os-aggregates/.*/action$", "set_metadata")),
    ("flavors.create-flavor/normal", Moment("POST", "/flavors$")),
    ("os-flavor-extra-specs.create-extra-specs-for-a-flavor/normal", Moment("POST", "/flavors/.*/os-extra_specs$")),
    ("os-flavor-access.addTenantAccess/normal", Moment("POST", "/flavors/.*/action$", "addTenantAccess")),
    ("os-floating-ips.create-allocate-floating-ip-address/normal", Moment("POST", "/os-floating-ips$")),
    ("servers.create-server/error/403", Moment("PUT", "/os-quota-sets/", '"instances": 0')),
    ("servers.create-server/normal", Moment("POST", "/servers$")),
    ("servers.create-server/", Moment("POST", "/servers$", '"destination_type": "volume"')),
    ("flavors.update-flavor-description/normal", Moment("PUT", "/flavors/")),
    ("os-keypairs.import-or-create-keypair/normal", Moment("POST", "/os-keypairs$")),
    ("os-security-groups.create-security-group/normal", Moment("POST", "/os-security-groups$")),
    ("os-security-group-rules.create-security-group-rule/normal", Moment("POST", "/os-security-group-rules$")),
    ("os-server-groups.create-server-group/normal", Moment("POST", "/os-server-groups$")),
    ("os-volumes.create-volume/normal", Moment("POST", "/os-volumes$")),
    ("os-volumes.create-snapshot/normal", Moment("POST", "/os-snapshots$")),
    ("os-volume-attachments.attach-a-volume-to-an-instance/normal", Moment("POST", "/os-volume_attachments$")),
    ("os-interface.create-interface/normal", Moment("POST", "/os-interface$")),
    ("servers-actions.addFloatingIp/normal", Moment("POST", "/action$", "addFloatingIp")),
    ("servers-actions.createImage/normal", Moment("POST", "/action$", "createImage")),
    ("servers-actions.createBackup/normal", Moment("POST", "/action$", "createBackup")),
    ("servers-action-shelve.shelve/normal", Moment("POST", "/action$", '"shelve"')),
)
"""Each request that changes others' things or makes something shared, with the cases that send it."""


SELECTIONS = (
    "os-aggregates",
    "os-services",
    "os-quota-sets or os-quota-class-sets",
    "flavors",
    "os-floating-ips or os-security-groups",
    "os-volumes",
    "servers.create-",
    "servers-actions.createImage or servers-actions.createBackup",
    "servers-action-shelve.shelve",
    "servers-actions.lock",
)
"""Of these, runs are killed at random."""


def at_random(seed: int) -> Iterator[tuple[str, float]]:
    """Without end: cases, and seconds from the first change of their run to its end."""
    chosen = random.Random(seed)
    while True:
        yield chosen.choice(SELECTIONS), round(chosen.uniform(0, 10), 1)
