"""All that a cloud shows in its lists, of every service and project, to compare it before and after a run."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import requests
from keystoneauth1.session import Session
from openstack.config import OpenStackConfig

from specs.load import load_directory

SPECS = Path(__file__).parents[2] / "specs"
SERVICES = ("identity", "image", "block-storage", "network", "placement", "compute")
EVERY_PROJECT = {"block-storage": {"all_tenants": "1"}, "compute": {"all_tenants": "1", "is_public": "none"}}
"""Query parameters with which lists show the things of all projects to an administrator."""
VERSIONS = {"block-storage": "volume 3.60", "compute": "compute 2.79", "placement": "placement 1.30"}
PASSING = re.compile(r"links|.*updated?.*|.*_at|heartbeat.*|.*task_state|revision_number|resources_synced|state")
"""Fields that change by themselves."""
LEFT_OUT = re.compile(
    r"/(auth|OS-REVOKE|auto-allocated-topology|limits|messages|extensions|os-availability-zone|os-hypervisors.*|os-migrations|.*usages?.*)(/|$)"
)
"""Paths of lists that every request changes, such as counters and logs, of those that no request changes, and of a
thing that a look at it makes."""
USER = "{user_id}"
"""The placeholder for the user who asks, in the path of a list of things of that user alone."""
PROJECT = re.compile(r"\{(project|tenant)_id\}$")
"""The placeholder at the end of the path of a thing that each project has once, such as its quotas."""


def everything(clouds: Path, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """All things of all lists that the committed specs document: "service path id" -> the fields that last.

    Args:
        clouds: a clouds.yaml.
        names: role -> the entry of a user, each of which is asked; by default those of a sandbox cloud.
    """
    entries = names or {role: role for role in ("admin", "member", "alt")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the SDK announces what its next release drops
        config = OpenStackConfig(config_files=[str(clouds)])
        sessions = {role: config.get_one(entry).get_session() for role, entry in entries.items()}
    projects = [session.get_project_id() for session in sessions.values()]
    found: dict[str, Any] = {}
    for service in SERVICES:
        url = str(next(iter(sessions.values())).get_endpoint(service_type=service)).rstrip("/")
        url = re.sub(r"/v\d+(\.\d+)?(/[0-9a-f]{32})?$", "", url)
        for role, session in sessions.items():
            ask = _asking(service, session, url, admin=role == "admin")
            for path in _paths(service):
                if PROJECT.search(path):
                    if role == "admin":
                        own = (PROJECT.sub(str(project), path) for project in projects)
                        found.update({f"{service} {one}": ask(one) for one in own})
                else:
                    own_path = path.replace(USER, str(session.get_user_id()))
                    found.update(_things(f"{service} {own_path}", ask(own_path)))
    return found


def _paths(service: str) -> list[str]:
    """The paths, with their version, of all lists of a service, and of the things that each project has once."""
    version = {"compute": "/v2.1", "network": "/v2.0", "image": "/v2", "identity": "/v3", "block-storage": "/v3"}
    start = version.get(service, "")
    paths = set()
    for operation in load_directory(SPECS / service).operations:
        documented = operation.path.replace("{admin_project_id}", "{project_id}")
        path = documented if re.match(r"/v\d", documented) else start + documented
        rest = path.removeprefix(start).removeprefix("/{project_id}")
        known = "{" not in PROJECT.sub("", rest).replace(USER, "") and not LEFT_OUT.search(rest)
        if operation.method == "GET" and rest.strip("/") and known and path.startswith(start):
            paths.add(path.partition("?")[0])
    return sorted(paths)


def _asking(service: str, session: Session, url: str, *, admin: bool) -> Callable[[str], Any]:
    """A function that gives the content of the answer to a GET as one user; None if it has none that can be read."""
    headers = {"X-Auth-Token": str(session.get_token())}
    if service in VERSIONS:
        headers["OpenStack-API-Version"] = VERSIONS[service]

    def ask(path: str) -> Any:
        where = url + path.replace("{project_id}", str(session.get_project_id()))
        answer = requests.get(where, headers=headers, params=EVERY_PROJECT.get(service) if admin else None, timeout=60)
        if answer.status_code == requests.codes.bad_request:  # a list without these parameters
            answer = requests.get(where, headers=headers, timeout=60)
        return answer.json() if answer.ok and "json" in answer.headers.get("Content-Type", "") else None

    return ask


def _things(where: str, shown: Any) -> Iterator[tuple[str, Any]]:
    """The elements of the lists in an answer, by their names."""
    for held in shown.values() if isinstance(shown, dict) else ():
        for one in held if isinstance(held, list) else ():
            thing = next(iter(one.values())) if isinstance(one, dict) and len(one) == 1 else one
            if isinstance(thing, dict):
                names = [
                    next((thing[key] for key in ("id", "uuid", "name", "alias", "host_name") if thing.get(key)), None)
                ]
                name = " ".join(str(one) for one in (*names, thing.get("binary"), thing.get("host")) if one)
                yield f"{where} {name}", {key: value for key, value in thing.items() if not PASSING.fullmatch(key)}
