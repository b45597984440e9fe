"""How long a sandbox cloud holds, and how its memory grows.

```
python -m tests.benchmarks.soak [--minutes 120] [--pause 15]
```

A cloud is started. In each round a member who has just signed in makes a network with a subnet and a port, an image
with data, a volume, and a server, waits for each, and removes all of them. Every fifth minute a line tells the
rounds so far, the errors so far, and the resident memory of each service in MB. Status 1 if a round failed, or if the
cloud ended by itself.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import openstack
from openstack.config import OpenStackConfig

from conformance.sandbox.cloud.running import RunningCloud, sandbox_cloud

_TELL_EVERY = 300.0
_WAIT = 120.0
_MB = 1e6


def main(arguments: Sequence[str] | None = None) -> int:
    """Use a cloud for a time, and print a line every fifth minute."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--pause", type=float, default=15.0, help="seconds between two rounds")
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    with sandbox_cloud(tell=partial(print, file=sys.stderr, flush=True)) as cloud:
        print(f"ready after {cloud.seconds:.0f} s", flush=True)
        failed = _use(cloud, given.minutes * 60, given.pause)
        if not cloud.alive:
            print(cloud.wait())
            return 1
    return 1 if failed else 0


def _use(cloud: RunningCloud, seconds: float, pause: float) -> int:
    """Make rounds for a time, and return the number of those that failed."""
    began = time.monotonic()
    rounds = failed = 0
    told = 0.0
    while cloud.alive and (now := time.monotonic() - began) < seconds:
        if now >= told:
            _tell(cloud, now, rounds, failed)
            told += _TELL_EVERY
        try:
            _round(cloud.clouds, f"soak-{rounds}")
        except Exception as error:  # Every kind of error is a finding here; the next round is made all the same.
            failed += 1
            print(f"round {rounds}: {type(error).__name__}: {error}", flush=True)
        rounds += 1
        time.sleep(pause)
    _tell(cloud, time.monotonic() - began, rounds, failed)
    return failed


def _tell(cloud: RunningCloud, seconds: float, rounds: int, failed: int) -> None:
    memory = cloud.memory_by_service()
    each = " ".join(f"{name} {size / _MB:.0f}" for name, size in memory.items())
    print(
        f"{seconds / 60:5.1f} min {rounds:4d} rounds {failed:2d} failed {sum(memory.values()) / _MB:.0f} MB: {each}",
        flush=True,
    )


def _round(clouds: Path, name: str) -> None:
    """Make a thing of each service as a user who has just signed in, and remove all of them, the newest first."""
    member: Any = openstack.connection.Connection(config=OpenStackConfig(config_files=[str(clouds)]).get_one("member"))
    network, compute, volumes = member.network, member.compute, member.block_storage
    with ExitStack() as made:
        made.callback(member.close)
        net = network.create_network(name=name)
        made.callback(network.delete_network, net)
        subnet = network.create_subnet(name=name, network_id=net.id, ip_version=4, cidr="192.0.2.0/24")
        made.callback(network.delete_subnet, subnet)
        port = network.create_port(name=name, network_id=net.id)
        made.callback(network.delete_port, port)
        image = member.image.create_image(
            name=name, data=b"nothing", disk_format="raw", container_format="bare", wait=True, allow_duplicates=True
        )
        made.callback(member.image.delete_image, image.id)
        volume = volumes.create_volume(name=name, size=1)
        made.callback(_gone, volumes.get_volume, volume.id)
        made.callback(volumes.delete_volume, volume.id)
        _until(volumes.get_volume, volume.id, "available")
        base = member.image.find_image("sandbox-small")
        server = compute.create_server(name=name, image_id=base.id, flavor_id="1", networks=[{"port": port.id}])
        made.callback(_gone, compute.get_server, server.id)
        # A plain deletion can be taken back here, and such a server is still shown.
        made.callback(compute.delete_server, server.id, force=True)
        _until(compute.get_server, server.id, "ACTIVE")


def _until(look: Callable[[str], Any], thing: str, status: str) -> None:
    """Wait for a status; a thing that does not come to it in two minutes is a `TimeoutError`."""
    end = time.monotonic() + _WAIT
    while (now := look(thing).status) != status:
        if time.monotonic() > end:
            raise TimeoutError(f"{thing} is still {now} after {_WAIT:.0f} s")
        time.sleep(0.3)


def _gone(look: Callable[[str], Any], thing: str) -> None:
    """Wait until a removed thing is gone; one that stays for two minutes is a `TimeoutError`."""
    end = time.monotonic() + _WAIT
    while time.monotonic() < end:
        try:
            look(thing)
        except openstack.exceptions.NotFoundException:
            return
        time.sleep(0.3)
    raise TimeoutError(f"{thing} is not gone after {_WAIT:.0f} s")


if __name__ == "__main__":
    raise SystemExit(main())
