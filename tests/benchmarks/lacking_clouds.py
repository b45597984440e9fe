"""What a certificate says of clouds that lack something: ``python -m tests.benchmarks.lacking_clouds [NAME ...]``.

A sandbox cloud is started for each NAME, something is taken from it as its administrator would, or by a proxy in front
of it, and `conformance certify scs-iaas` runs as a member. The table shows how many capabilities are proved, broken and
not proved; below it stands each capability that is not proved, with its sentences. Status 1 if one is broken.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from keystoneauth1.session import Session

from conformance.sandbox.cloud.running import sandbox_cloud
from tests.benchmarks.tempest import certify
from tests.support.cloud_proxy import CloudProxy, cloud_proxy
from tests.support.fault_proxy import Fault, Heard
from tests.support.tempest import administrator

OLD = (2, 60)
"""The highest microversion of the cloud that is old."""


def no_block_storage(_: Session, proxy: CloudProxy) -> None:
    """The catalogue has no block storage."""

    def change(heard: Heard, status: int, value: Any) -> tuple[int, Any]:
        if isinstance(value, dict) and "catalog" in (token := value.get("token", {})):
            token["catalog"] = [one for one in token["catalog"] if one["type"] != "block-storage"]
        return status, value

    proxy.break_in("identity", Fault(change=change))


def no_volume_quota(admin: Session, _: CloudProxy) -> None:
    """The project may have no volume."""
    for project in admin.get("/projects", endpoint_filter={"service_type": "identity"}).json()["projects"]:
        if project["name"].startswith("project"):
            body = {"quota_set": {"volumes": 0}}
            admin.put(f"/os-quota-sets/{project['id']}", json=body, endpoint_filter={"service_type": "block-storage"})


def no_floating_pool(admin: Session, _: CloudProxy) -> None:
    """No network leads outside."""
    of = {"service_type": "network"}
    for router in admin.get("/v2.0/routers", endpoint_filter=of).json()["routers"]:
        body: dict[str, Any] = {"router": {"external_gateway_info": None}}
        admin.put(f"/v2.0/routers/{router['id']}", json=body, endpoint_filter=of)
    for network in admin.get("/v2.0/networks?router:external=true", endpoint_filter=of).json()["networks"]:
        admin.put(f"/v2.0/networks/{network['id']}", json={"network": {"router:external": False}}, endpoint_filter=of)


def old(_: Session, proxy: CloudProxy) -> None:
    """Compute ends at an early microversion."""
    highest = ".".join(map(str, OLD))

    def change(heard: Heard, status: int, value: Any) -> tuple[int, Any]:
        given = {name.lower(): text for name, text in heard.headers.items()}.get("openstack-api-version", "")
        asked = given.removeprefix("compute ")
        if asked and asked != "latest" and tuple(map(int, asked.split("."))) > OLD:
            words = f"Version {asked} is not supported by the API. Minimum is 2.1 and maximum is {highest}."
            error = {"status": 406, "title": "Not Acceptable", "detail": words, "code": "", "request_id": ""}
            return 406, {"errors": [error | {"min_version": "2.1", "max_version": highest, "links": []}]}
        for one in _versions(value):
            one["version"] = highest if one.get("version") else one.get("version")
        return status, value

    proxy.break_in("compute", Fault(change=change))


def _versions(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return []
    found = value.get("versions", [value["version"]] if isinstance(value.get("version"), dict) else [])
    return [one for one in found if isinstance(one, dict)]


LACKING: Mapping[str, Callable[[Session, CloudProxy], None]] = {
    "no-block-storage": no_block_storage,
    "no-volume-quota": no_volume_quota,
    "no-floating-pool": no_floating_pool,
    "old-compute": old,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the certificates and print what they say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(LACKING)}; all without one")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a directory for the records")
    given = parser.parse_args(arguments)
    directory = given.keep or Path(tempfile.mkdtemp(prefix="lacking-"))
    directory.mkdir(parents=True, exist_ok=True)
    broken = 0
    for name in given.names or LACKING:
        with sandbox_cloud() as cloud, cloud_proxy(cloud.urls) as proxy:
            LACKING[name](administrator(cloud.clouds), proxy)
            clouds = proxy.clouds_file(cloud.clouds, directory)
            seconds, said = certify(clouds, directory / name)
            (directory / f"{name}.txt").write_text(said, "utf-8")
            requests = proxy.requests().total()
        file = directory / name / "certificate.json"
        if not file.exists():
            print(f"{name}: no certificate: {said.strip().splitlines()[-1]}", flush=True)
            continue
        capabilities = json.loads(file.read_text("utf-8"))["capabilities"]
        counts = Counter(one["standing"] for one in capabilities)
        broken += counts["broken"]
        print(f"{name}: {dict(counts)}, {requests} requests, {seconds:.0f} s", flush=True)
        for one in capabilities:
            if one["standing"] != "proved":
                print(f"  {one['id']}: {one['standing']}: {one['why']}", flush=True)
    print(f"records in {directory}")
    return int(broken > 0)


if __name__ == "__main__":
    raise SystemExit(main())
