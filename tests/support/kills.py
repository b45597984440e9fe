"""A proxy that kills a run right after the cloud has done what the run asked for, and what that leaves on a cloud."""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

ROOT = Path(__file__).parents[2]
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}
LONGEST = 300.0
"""Seconds after which a run or a cleanup has failed."""

LISTS = {
    "servers": ("/servers", {"all_tenants": "1"}),
    "images": ("/images/detail", {}),
    "volumes": ("/os-volumes", {}),
    "snapshots": ("/os-snapshots", {}),
    "floating_ips": ("/os-floating-ips", {}),
    "security_groups": ("/os-security-groups", {}),
    "server_groups": ("/os-server-groups", {}),
    "keypairs": ("/os-keypairs", {}),
    "flavors": ("/flavors/detail", {"is_public": "none"}),
    "aggregates": ("/os-aggregates", {}),
    "services": ("/os-services", {}),
}
"""What is looked at before and after: key of the answer -> path and query."""

PASSING = {"updated_at", "links", "updated", "OS-EXT-STS:task_state"}
"""Fields that change by themselves."""


@dataclass(frozen=True)
class Moment:
    """The request after whose success a run is killed: a method, a pattern of its path, one of its body."""

    method: str
    path: str
    body: str = ""

    def fits(self, method: str, path: str, body: bytes) -> bool:
        """Whether a request is this one."""
        return (
            method == self.method
            and re.search(self.path, urlsplit(path).path) is not None
            and re.search(self.body, body.decode("utf-8", "replace")) is not None
        )


@dataclass
class Proxy:
    """Passes requests on to an endpoint, and kills a process after a moment, whose answer it drops."""

    upstream: str
    moment: Moment | None = None
    victim: subprocess.Popen[bytes] | None = None
    killed_after: str = ""
    asked: list[str] = field(default_factory=list)
    url: str = ""
    begun: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def passed(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Any:
        """The answer of the endpoint; None where it is dropped."""
        parts = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        with self._lock:
            if method != "GET":
                self.asked.append(f"{method} {path} {answer.status}")
                self.begun.set()
            hit = self.moment is not None and self.moment.fits(method, path, body) and answer.status < 300
            if hit and self.victim is not None and not self.killed_after:
                self.killed_after = f"{method} {urlsplit(path).path}"
                killed(self.victim)
        return None if self.killed_after else (answer.status, answer.getheaders(), content)


def killed(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and all that it has started."""
    os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def proxy(upstream: str) -> Iterator[Proxy]:
    """A proxy before an endpoint, on a free port of 127.0.0.1."""
    through = Proxy(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            got = through.passed(self.command, self.path, self.headers, body)
            if got is None:
                self.close_connection = True
                return
            status, headers, content = got
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _pass  # noqa: N815 -- the base class's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    through.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield through
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Outcome:
    """How it went with one kill.

    Attributes:
        operation: that was tried.
        killed_after: the request after which the run was killed; empty where it ended before.
        changed: what differed when the run was killed; left, after: what is there beyond that from before, and what
            is otherwise or not there, after the cleanup.
        status, said: of the cleanup.
    """

    operation: str
    killed_after: str
    changed: tuple[str, ...]
    left: tuple[str, ...]
    after: tuple[str, ...]
    status: int
    said: str

    @property
    def true(self) -> bool:
        """Whether what the cleanup said was so."""
        nothing = not self.left and not self.after
        return nothing if self.status == 0 else not nothing or "left:" in self.said


class Endpoint:
    """A cloud with its tokens, and somebody who looks at all of it."""

    def __init__(self, url: str, tokens: Mapping[str, str]) -> None:
        self.url, self.tokens = url, dict(tokens)

    def call(self, method: str, path: str, role: str = "admin", version: str = "2.1", **more: Any) -> Any:
        """The content of an answer; None where it is refused."""
        headers = {"X-Auth-Token": self.tokens[role], "OpenStack-API-Version": f"compute {version}"}
        headers["X-OpenStack-Nova-API-Version"] = version
        answer = requests.request(method, self.url + path, headers=headers, timeout=60, **more)
        return answer.json() if answer.ok and answer.content else None

    def inhabited(self) -> tuple[str, ...]:
        """Give the cloud the traits of one that others use; returns the projects in which something is."""
        projects: list[str] = []
        for role in ("member", "alt"):
            made = self.call(
                "POST", "/os-server-groups", role, json={"server_group": {"name": "o", "policies": ["affinity"]}}
            )
            found = self.call("GET", f"/os-server-groups/{made['server_group']['id']}", role, "2.13")
            projects.append(found["server_group"]["project_id"])
        for project in projects:
            self.call("PUT", f"/os-quota-sets/{project}", json={"quota_set": {"cores": 77, "ram": 99000}})
        services = self.call("GET", "/os-services", version="2.53", params={"binary": "nova-compute"})["services"]
        body = {"status": "disabled", "disabled_reason": "theirs"}
        self.call("PUT", f"/os-services/{services[-1]['id']}", version="2.53", json=body)
        return tuple(projects)

    def dump(self, projects: tuple[str, ...]) -> dict[str, Any]:
        """All that there is, in every project: "key id" -> the thing; and quotas."""
        found: dict[str, Any] = {}
        for key, (path, query) in LISTS.items():
            for role in sorted(self.tokens):
                shown = self.call("GET", path, role, "2.53" if key == "services" else "2.1", params=query) or {}
                for one in shown.get(key, ()):
                    thing = one.get("keypair", one)
                    name = f"{key} {thing.get('id', thing.get('name'))}"
                    found[name] = {k: v for k, v in thing.items() if k not in PASSING}
        for project in projects:
            found[f"quota {project}"] = self.call("GET", f"/os-quota-sets/{project}")
        for one in ("default", "conformance"):
            found[f"quota class {one}"] = self.call("GET", f"/os-quota-class-sets/{one}")
        return found

    def options(self, url: str) -> list[str]:
        """The options of a command that name this cloud, at a URL."""
        prefixes = {"member": "", "admin": "admin-", "reader": "reader-", "alt": "alt-"}
        given = [f"--{prefixes[role]}token={token}" for role, token in self.tokens.items() if role in prefixes]
        return [f"--url={url}", *given]


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "conformance", *arguments]


def tried(
    cloud: Endpoint, projects: tuple[str, ...], operation: str, moment: Moment | float, directory: Path
) -> Outcome:
    """Run an operation's cases, kill the run at a moment, or so many seconds after its first change, and clean up."""
    before = cloud.dump(projects)
    parts = urlsplit(cloud.url)
    with proxy(f"{parts.scheme}://{parts.netloc}") as through:
        through.moment = moment if isinstance(moment, Moment) else None
        arguments = ["run", *cloud.options(through.url + parts.path), "-k", operation, "--allow-disruptive"]
        arguments += ["--max-servers", "1", "--output", str(directory)]
        with (directory.parent / f"{directory.name}.log").open("wb") as log:
            run = subprocess.Popen(
                _command(*arguments), stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, cwd=ROOT
            )
            through.victim = run
            try:
                if not isinstance(moment, Moment):
                    through.begun.wait(LONGEST)
                run.wait(LONGEST if isinstance(moment, Moment) else moment)
            except subprocess.TimeoutExpired:
                killed(run)
                through.killed_after = through.asked[-1] if through.asked else "nothing"
                run.wait()
    changed = differences(before, cloud.dump(projects))
    done = subprocess.run(
        _command("cleanup", str(directory), *cloud.options(cloud.url)),
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
        cwd=ROOT,
    )
    after = differences(before, cloud.dump(projects))
    left = tuple(one for one in after if one.startswith("+"))
    said = done.stdout + done.stderr
    others = tuple(one for one in after if not one.startswith("+"))
    return Outcome(operation, through.killed_after, changed, left, others, done.returncode, said)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """What is new (+), no longer exists (-) or is otherwise (~)."""
    found = [f"+ {name}" for name in after if name not in before] + [
        f"- {name}" for name in before if name not in after
    ]
    for name in before:
        if name in after and before[name] != after[name]:
            found.append(f"~ {name}: {_first_difference(before[name], after[name])}")
    return tuple(found)


def _first_difference(one: Any, other: Any) -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in (*one, *other):
            if one.get(key) != other.get(key):
                return f"{key} {_first_difference(one.get(key), other.get(key))}"
    return f"{one} -> {other}"


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
    ("os-hosts.update-host-status/normal", Moment("PUT", "/os-hosts/")),
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
)
"""Each request that changes others' things or makes something shared, with the cases that send it."""


def at_random(number: int, seed: int) -> list[tuple[str, float]]:
    """Cases, and seconds from the first change of their run to its end."""
    chosen = random.Random(seed)
    cases = (
        "os-aggregates",
        "os-services",
        "os-quota",
        "servers-actions.lock",
        "flavors",
        "servers-action-shelve.shelve",
    )
    return [(chosen.choice(cases), round(chosen.uniform(0, 15), 1)) for _ in range(number)]
