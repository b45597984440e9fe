"""Data of the grammar: names of statuses, and words for resources and attributes.

The names of statuses are needed because references write the name of an internal state for a documented status.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

import yaml


def _status_names() -> Mapping[str, str]:
    text = resources.files("parsers.prose").joinpath("status_names.yaml").read_text("utf-8")
    by_service: dict[str, dict[str, str]] = yaml.safe_load(text)
    return MappingProxyType({name: status for names in by_service.values() for name, status in names.items()})


STATUS_NAMES: Mapping[str, str] = _status_names()
"""Name as written -> the status of the documented vocabulary.

The names of all services apply to every reference, since the grammar does not know the service of a sentence. So no
service may be added to the file in whose vocabulary one of these names is a status of its own.
"""

SAME_RESOURCE: Mapping[str, str] = MappingProxyType(
    {"instance": "server", "server instance": "server", "vm": "server", "image record": "image"}
)
"""Word -> the resource that it stands for, if the operation's path names that resource."""

RESOURCES: frozenset[str] = frozenset(
    """
    aggregate allocation amphora attachment backup chassis cluster deployment domain endpoint export flavor
    flow group hypervisor image instance interface key keypair listener log member message migration monitor
    network node pool port portgroup project quota record recordset replica role router rule runbook secret server
    service     share snapshot stack subnet tag template token transfer trait trunk user volume zone
    """.split()  # noqa: SIM905 -- a list of words reads better so
)
"""Nouns that name a resource, in the singular."""

COMPOUNDS: frozenset[str] = frozenset(
    {
        "access rule",
        "availability zone",
        "consistency group",
        "fixed ip",
        "floating ip",
        "group snapshot",
        "health monitor",
        "host aggregate",
        "image record",
        "key pair",
        "load balancer",
        "port group",
        "resource provider",
        "security group",
        "security group rule",
        "security service",
        "server group",
        "server image",
        "share access rule",
        "share group",
        "share group snapshot",
        "share instance",
        "share network",
        "share network subnet",
        "share replica",
        "share server",
        "share snapshot",
        "share type",
        "snapshot instance",
        "volume attachment",
        "volume snapshot",
        "volume transfer",
        "volume type",
        "zone export",
        "zone import",
        "zone transfer",
    }
)
"""Names of resources of more than one word; the longest one at the end of a phrase counts."""

STATE_MODIFIERS: frozenset[str] = frozenset(
    """
    access administrative boot clean deploy health job lifecycle lock maintenance operating operational power provision
    provisioning     raid replication rescue service task target vm
    """.split()  # noqa: SIM905 -- a list of words reads better so
)
"""Words before "status" or "state" that name an attribute of the resource, and not the resource itself."""

LASTING: frozenset[str] = frozenset({"running", "pending", "missing"})
"""Stable statuses with the ending of a transient one."""

OPPOSITE_ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {"image-backed": "volume-backed", "volume-backed": "image-backed"}
)
"""A trait and the trait of everything that lacks it."""
