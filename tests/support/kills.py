"""A proxy that kills a run right after the cloud has done what the run asked for, and what that leaves on a cloud."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from conformance.plugin.options import BY_NAME
from tests.support.inhabited import Endpoint, differences
from tests.support.moments import ANY_CHANGE, Moment

ROOT = Path(__file__).parents[2]
CONFORMANCE = [sys.executable, "-m", "conformance"]
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}
LONGEST = 300.0
"""Seconds after which a run or a cleanup has failed."""

Way = Literal["alone", "xdist", "stestr"]
"""How the cases are run: in one process, by two workers of pytest-xdist, or by two of stestr."""


@dataclass
class Proxy:
    """Passes requests on to an endpoint, and kills a run after a moment, whose answer it drops.

    Attributes:
        victim: the working directory of all processes of the run.
    """

    upstream: str
    moment: Moment | None = None
    victim: Path | None = None
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


def killed(place: Path) -> None:
    """Kill all processes that work in a directory, those included that began a session of their own."""
    while True:
        found = [int(one.name) for one in Path("/proc").glob("[0-9]*") if _works_in(one, place)]
        if not found:
            return
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _works_in(process: Path, place: Path) -> bool:
    try:
        # One that has ended, and that nobody has asked for its status, has no command any more.
        return (process / "cwd").readlink() == place and (process / "cmdline").read_bytes() != b""
    except OSError:
        return False


@contextmanager
def proxy(upstream: str) -> Iterator[Proxy]:
    """A proxy before an endpoint, on a free port of 127.0.0.1."""
    through = Proxy(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def handle_one_request(self) -> None:
            with contextlib.suppress(ConnectionError):  # of one that was killed
                super().handle_one_request()
                return
            self.close_connection = True

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
        claimed: the things that the cleanup named as possibly the run's, and that a second one removed on demand.
        in_the_end: what is there beyond that from before, or otherwise, after the second cleanup.
    """

    operation: str
    killed_after: str
    changed: tuple[str, ...]
    left: tuple[str, ...]
    after: tuple[str, ...]
    status: int
    said: str
    claimed: tuple[str, ...] = ()
    in_the_end: tuple[str, ...] = ()

    @property
    def true(self) -> bool:
        """Whether the words of the cleanup were so: it ended with 0 if all is as before; else it names each thing."""
        if not self.left and not self.after:
            return self.status == 0
        told = [line for line in self.said.splitlines() if line.startswith(("left:", "not put back:"))]
        things = [one.partition(":")[0].split()[-1] for one in self.left + self.after]
        whole = [re.compile(rf"(?<![\w-]){re.escape(thing)}(?![\w-])") for thing in things]
        return self.status == 1 and all(any(one.search(line) for line in told) for one in whole)


def _command(
    way: Way, operation: str, directory: Path, place: Path, named: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """The command that runs the cases of an operation, and the variables that it needs."""
    options = {**named, "max-servers": "1" if way == "alone" else "2", "output": str(directory)}
    if way != "stestr":
        given = [f"--{name}={value}" for name, value in options.items()]
        more = ["-n", "2"] if way == "xdist" else []
        return [*CONFORMANCE, "run", *given, "--allow-disruptive", "-k", operation, *more], {}
    (place / "cases").mkdir()
    (place / "cases" / "__init__.py").write_text("from conformance.stestr import load_tests\n", "utf-8")
    (place / ".stestr.conf").write_text("[DEFAULT]\ntest_path=./cases\ngroup_regex=^([^/]+)/\n", "utf-8")
    variables = {BY_NAME[name].variable: value for name, value in options.items()}
    pattern = "|".join(map(re.escape, operation.split(" or ")))
    command = [sys.executable, "-m", "stestr.cli", "run", "--concurrency", "2", pattern]
    return command, {**variables, BY_NAME["allow-disruptive"].variable: "1"}


def tried(
    cloud: Endpoint,
    projects: tuple[str, ...],
    operation: str,
    moment: Moment | float,
    directory: Path,
    way: Way = "alone",
    *,
    cleanup_too: bool = False,
) -> Outcome:
    """Run an operation's cases, kill the run at a moment, or so many seconds after its first change, and clean up.

    Args:
        cloud: the endpoint.
        projects: those that are dumped.
        operation: an expression that selects cases.
        moment: the request after which the run is killed, or a number of seconds.
        directory: of the run.
        way: how the cases are run.
        cleanup_too: whether a first cleanup is killed, too, right after the first thing that it has changed.
    """
    before = cloud.dump(projects)
    parts = urlsplit(cloud.url)
    place = (directory.parent / f"{directory.name}.place").resolve()
    place.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with proxy(f"{parts.scheme}://{parts.netloc}") as through:
        through.moment = moment if isinstance(moment, Moment) else None
        through.victim = place
        named, secrets = cloud.named(through.url + parts.path, place)
        command, variables = _command(way, operation, directory.resolve(), place, named)
        with (directory.parent / f"{directory.name}.log").open("wb") as log:
            run = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=place,
                env=environment | secrets | variables,
            )
            try:
                while not isinstance(moment, Moment) and not through.begun.wait(0.2) and run.poll() is None:
                    pass
                run.wait(LONGEST if isinstance(moment, Moment) else moment)
            except subprocess.TimeoutExpired:
                killed(place)
                through.killed_after = through.asked[-1] if through.asked else "nothing"
                run.wait()
    changed = differences(before, cloud.dump(projects))

    def cleaned(*more: str, url: str = cloud.url) -> subprocess.CompletedProcess[str]:
        named, secrets = cloud.named(url, place)
        return subprocess.run(
            [*CONFORMANCE, "cleanup", str(directory.resolve()), *(f"--{key}={v}" for key, v in named.items()), *more],
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
            cwd=place,
            env=environment | secrets,
        )

    if cleanup_too:
        with proxy(f"{parts.scheme}://{parts.netloc}") as through_again:
            through_again.moment, through_again.victim = ANY_CHANGE, place
            cleaned(url=through_again.url + parts.path)
    done = cleaned()
    after = differences(before, cloud.dump(projects))
    said = done.stdout + done.stderr
    # Nobody else uses these projects, so what the cleanup asks about is claimed as a user would do who knows that.
    claimed = tuple(one for one in re.findall(r"--claim ([^`\s]+)`", said) if one != "ID")
    if claimed:
        cleaned(*(f"--claim={one}" for one in claimed))
    return Outcome(
        operation,
        through.killed_after,
        changed,
        tuple(one for one in after if one.startswith("+")),
        tuple(one for one in after if not one.startswith("+")),
        done.returncode,
        said,
        claimed,
        differences(before, cloud.dump(projects)) if claimed else after,
    )
