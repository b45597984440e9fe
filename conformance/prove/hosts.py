"""Brings up the compute hosts of a sandbox that a breakage or an evacuation has left down or disabled."""

from __future__ import annotations

import requests

from conformance.sandbox.cloud.part import PartOfCloud
from conformance.sandbox.process import RunningSandbox

VERSION = "2.53"
"""The first microversion at which ``PUT /os-services/{id}`` updates a service."""

TIMEOUT = 120.0
"""Seconds to wait for a response: a busy sandbox is slow."""


def bring_back(sandbox: RunningSandbox | PartOfCloud) -> None:
    """Restart, force up and enable every compute service that is down or disabled.

    A service from which servers were evacuated can be forced up only after a restart, in which it notices the
    evacuation (Nova 34.0.0, nova/api/openstack/compute/services.py:234).
    """
    if not isinstance(sandbox, RunningSandbox):
        return  # the service of a cloud has no hosts that a breakage of its own could take down
    headers = {"X-Auth-Token": sandbox.tokens["admin"], "X-OpenStack-Nova-API-Version": VERSION}
    where = f"{sandbox.url}/os-services"
    found = requests.get(where, params={"binary": "nova-compute"}, headers=headers, timeout=TIMEOUT)
    for service in found.json()["services"] if found.ok else ():
        if service["forced_down"] or service["status"] != "enabled":
            sandbox.restart_compute(service["host"])
            for body in ({"forced_down": False}, {"status": "enabled"}):
                requests.put(f"{where}/{service['id']}", json=body, headers=headers, timeout=TIMEOUT)
