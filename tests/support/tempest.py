"""Tempest, the programme of tests that a list such as that of SCS-0128 names: its environment, settings and results."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from keystoneauth1.identity import v3
from keystoneauth1.session import Session

from conformance.sandbox.environments import Plan, cache, environment, this_python

RELEASE = "47.0.0"
LIST = Path(__file__).parents[1] / "unit" / "scs-0128.lst"
"""The names of the 258 tests."""

USERS = (
    ("member", "member", "member"),
    ("manager", "member", "member"),
    ("reader", "member", "reader"),
    ("alt", "alt", "member"),
    ("reader", "alt", "reader"),
)
"""The users that Tempest gets without an administrator: the entry of each, the entry of its project, and its role.

Tempest takes any of the members for a class of tests, and then asks for a reader of the same project."""

ENDED = re.compile(r"^\{\d+\} (?P<test>\S+?)(?:\[[^\]]*\])? (?:\[[\d.]+s\] )?\.\.\. (?P<how>ok|FAILED|SKIPPED)", re.M)
_CLASS = re.compile(r"^\{\d+\} setUpClass \((?P<class>[\w.]+)\) (?:\[[\d.]+s\] )?\.\.\. (?P<how>FAILED|SKIPPED)", re.M)


@dataclass(frozen=True)
class Outcome:
    """How Tempest ended.

    Attributes:
        how: name of a test -> ``ok``, ``FAILED``, ``SKIPPED`` or, if Tempest does not mention it, ``missing``.
        seconds: from the start to the end.
        output: all that was printed.
    """

    how: Mapping[str, str]
    seconds: float
    output: str

    @property
    def counts(self) -> Counter[str]:
        """The number of tests by how they ended."""
        return Counter(self.how.values())

    @property
    def failed(self) -> tuple[str, ...]:
        """The tests that failed."""
        return tuple(test for test, how in self.how.items() if how == "FAILED")


def tests() -> tuple[str, ...]:
    """Return the names of the 258 tests."""
    return tuple(LIST.read_text("utf-8").split())


def program() -> Path:
    """Return the folder of Tempest's commands; its environment is installed at the first use. Raises SandboxError."""
    plan = Plan(f"tempest=={RELEASE}", f"tempest-{RELEASE}-py{this_python()}", this_python(), (f"tempest=={RELEASE}",))
    return environment(plan, cache(), tell=print).parent


def settings(clouds: Path, dynamic: bool) -> dict[str, dict[str, str]]:
    """Return the sections of a ``tempest.conf`` for a cloud.

    Args:
        clouds: a file clouds.yaml with the entries admin, member and alt.
        dynamic: True to let an administrator make projects and users for each class of tests.
    """
    entries = yaml.safe_load(clouds.read_text("utf-8"))["clouds"]
    admin = entries["admin"]["auth"]
    found = _found(clouds)
    auth = {"use_dynamic_credentials": str(dynamic), "test_accounts_file": str(clouds.with_name("accounts.yaml"))}
    if dynamic:
        auth |= {
            "admin_username": admin["username"],
            "admin_password": admin["password"],
            "admin_project_name": admin["project_name"],
            "admin_domain_name": "Default",
        }
    versions = {"min_microversion": "2.1", "max_microversion": "latest"}
    waits = {"build_interval": "1", "build_timeout": "60"}
    return {
        "DEFAULT": {"log_dir": str(clouds.parent), "log_file": "tempest.log"},
        "oslo_concurrency": {"lock_path": str(clouds.parent / "lock")},
        "auth": auth,
        "identity": {
            "uri_v3": admin["auth_url"],
            "auth_version": "v3",
            "region": entries["admin"]["region_name"],
            "v3_endpoint_type": "public",
        },
        "compute": {**versions, **waits, "fixed_network_name": "private", **found["compute"]},
        "compute-feature-enabled": {"console_output": "True", "vnc_console": "True", "resize": "True"},
        "image": waits,
        "image-feature-enabled": {"import_image": "True"},
        "network": {**waits, "floating_network_name": "public", "public_network_id": found["network"]},
        "network-feature-enabled": {"ipv6_subnet_attributes": "True"},
        "validation": {"run_validation": "False", "image_ssh_user": "nobody"},
        "volume": {**waits, "min_microversion": "3.0", "max_microversion": "latest", "disk_format": "raw"},
        "service_available": {"cinder": "True", "glance": "True", "nova": "True", "neutron": "True", "swift": "False"},
    }


def administrator(clouds: Path) -> Session:
    """Return a session of the administrator that a file clouds.yaml names."""
    admin = yaml.safe_load(clouds.read_text("utf-8"))["clouds"]["admin"]["auth"]
    return Session(v3.Password(**admin))


def _found(clouds: Path) -> dict[str, Any]:
    """Look up the images, flavors and the outer network of a cloud, as its administrator."""
    session = administrator(clouds)

    def got(service: str, path: str) -> Any:
        return session.get(path, endpoint_filter={"service_type": service}).json()

    images = sorted(got("image", "/v2/images?visibility=public")["images"], key=lambda one: one["size"])
    flavors = got("compute", "/flavors")["flavors"]
    outside = got("network", "/v2.0/networks?router:external=True")["networks"][0]["id"]
    return {
        "compute": {
            "image_ref": images[0]["id"],
            "image_ref_alt": images[1]["id"],
            "flavor_ref": flavors[0]["id"],
            "flavor_ref_alt": flavors[1]["id"],
        },
        "network": outside,
    }


def write(clouds: Path, dynamic: bool, directory: Path) -> Path:
    """Write ``tempest.conf`` and ``accounts.yaml`` for a cloud into a directory, and return the path of the first."""
    sections = settings(clouds, dynamic)
    entries = yaml.safe_load(clouds.read_text("utf-8"))["clouds"]
    accounts = [
        {
            "username": entries[user]["auth"]["username"],
            "password": entries[user]["auth"]["password"],
            "project_name": entries[of]["auth"]["project_name"],
            "domain_name": "Default",
            "roles": [role],
            "resources": {"network": "private"},
        }
        for user, of, role in USERS
    ]
    _let_read(clouds, entries)
    (directory / "accounts.yaml").write_text(yaml.safe_dump(accounts), "utf-8")
    parser = configparser.RawConfigParser(default_section="none")
    parser.read_dict(sections)
    path = directory / "tempest.conf"
    with path.open("w", encoding="utf-8") as file:
        parser.write(file)
    return path


def _let_read(clouds: Path, entries: Mapping[str, Any]) -> None:
    """Make the reader a reader of the other project as well, as the administrator."""
    session, of = administrator(clouds), {"service_type": "identity"}

    def found(kind: str, name: str) -> str:
        return str(session.get(f"/{kind}?name={name}", endpoint_filter=of).json()[kind][0]["id"])

    user = found("users", entries["reader"]["auth"]["username"])
    project = found("projects", entries["alt"]["auth"]["project_name"])
    session.put(f"/projects/{project}/users/{user}/roles/{found('roles', 'reader')}", endpoint_filter=of)


def run(conf: Path, names: Sequence[str]) -> Outcome:
    """Run tests of Tempest one after another, and return how each ended.

    Args:
        conf: the path of ``tempest.conf``, alone in a directory that Tempest can write to.
        names: names of tests.
    """
    commands, directory = program(), conf.parent
    # A run that was stopped leaves marks there, and its users would seem to be taken.
    shutil.rmtree(directory / "lock", ignore_errors=True)
    chosen = directory / "tests.lst"
    chosen.write_text("".join(f"^{re.escape(name)}(\\[|$)\n" for name in names), "utf-8")
    workspace = directory / "workspace"
    environment_ = os.environ | {"TEMPEST_CONFIG_DIR": str(directory), "TEMPEST_CONFIG": conf.name}
    command = [str(commands / "tempest"), "run", "--serial", "--include-list", str(chosen), "--config-file", str(conf)]
    workspace.mkdir(exist_ok=True)
    (workspace / ".stestr.conf").write_text(
        "[DEFAULT]\ntest_path=./tempest/test_discover\ngroup_regex=([^\\.]*\\.)*\n", "utf-8"
    )
    if not (workspace / "tempest").exists():
        (workspace / "tempest").symlink_to(next(commands.parent.glob("lib/python3*/site-packages/tempest")))
    began = time.monotonic()
    done = subprocess.run(command, cwd=workspace, env=environment_, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    return Outcome(ended(done.stdout, names), seconds, done.stdout + done.stderr)


def ended(printed: str, names: Sequence[str]) -> dict[str, str]:
    """Read from Tempest's output how tests ended; the tests of a class that could not begin ended as the class did."""
    single = {found["test"]: found["how"] for found in ENDED.finditer(printed)}
    classes = {found["class"]: found["how"] for found in _CLASS.finditer(printed)}
    return {name: single.get(name) or classes.get(name.rpartition(".")[0]) or "missing" for name in names}
