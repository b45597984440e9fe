"""Brings back the compute hosts of a sandbox that a breakage, or an evacuation, has left down."""

from __future__ import annotations

import requests

from conformance.sandbox.process import RunningSandbox

VERSION = "2.53"
"""The first microversion at which one request says all that a service should be."""

TIMEOUT = 120.0
"""Seconds that an answer may take: a sandbox that is busy is slow."""


def bring_back(sandbox: RunningSandbox) -> None:
    """Restart, force up and enable every compute service that is down or disabled.

    One from which servers were evacuated comes up only after a restart, by which it learns of it (Nova 34.0.0,
    nova/api/openstack/compute/services.py:234).
    """
    headers = {"X-Auth-Token": sandbox.tokens["admin"], "X-OpenStack-Nova-API-Version": VERSION}
    where = f"{sandbox.url}/os-services"
    found = requests.get(where, params={"binary": "nova-compute"}, headers=headers, timeout=TIMEOUT)
    for service in found.json()["services"] if found.ok else ():
        if service["forced_down"] or service["status"] != "enabled":
            sandbox.restart_compute(service["host"])
            for body in ({"forced_down": False}, {"status": "enabled"}):
                requests.put(f"{where}/{service['id']}", json=body, headers=headers, timeout=TIMEOUT)
