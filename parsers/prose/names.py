"""Data of the grammar: names of statuses and the words that resources and attributes are called by.

Source of the status names: references write the name of an internal state where they mean the documented status.
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

The names of all services count in every reference, since the grammar does not know of which service a sentence is. It
must know that before a service is added to the file in whose vocabulary one of these names is a status of its own.
"""

SAME_RESOURCE: Mapping[str, str] = MappingProxyType(
    {"instance": "server", "server instance": "server", "vm": "server", "image record": "image"}
)
"""Another word for a resource; it counts only where the operation's path names the resource that it stands for."""

RESOURCES: frozenset[str] = frozenset(
    """
    aggregate allocation amphora attachment backup chassis cluster deployment domain endpoint export flavor
    flow group hypervisor image instance interface key keypair listener log member message migration monitor
    network node pool port portgroup project quota record recordset replica role router rule runbook secret server
    service     share snapshot stack subnet tag template token transfer trait trunk user volume zone
    """.split()  # noqa: SIM905 (a list of words reads better so)
)
"""Head nouns of resources."""

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
"""Resources named by more than one word; the longest that a phrase ends in is taken."""

STATE_MODIFIERS: frozenset[str] = frozenset(
    """
    access administrative boot clean deploy health job lock maintenance operating operational power provision
    provisioning     raid replication rescue service task target vm
    """.split()  # noqa: SIM905
)
"""Words before "status" or "state" that name an attribute of the resource, and not the resource itself."""

LASTING: frozenset[str] = frozenset({"running", "pending", "missing"})
"""Statuses that end like those of something under way, and last."""

OPPOSITE_ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {"image-backed": "volume-backed", "volume-backed": "image-backed"}
)
"""A trait and the trait of everything that lacks it."""
