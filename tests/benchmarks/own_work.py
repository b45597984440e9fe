"""The suite's own processor time for each request, against a stand-in that answers at once.

```
python -m tests.benchmarks.own_work [--profile] [-k EXPR]
```

The stand-in is a process of its own: it answers each GET with the sample of the reference, and refuses unknown ids and
tokens. Two runs with ``-m readonly`` are made, one with a single case and one with all. The first one costs what every
run costs: imports, specs, cases. What the second one costs beyond that is divided by its further requests. Each is made
three times, and the best one counts, because other work on the machine makes the same work dearer. The figures are
printed and not asserted. ``--profile`` prints where the processor time of all threads of the second run goes.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from specs.load import load_directory

ROOT = Path(__file__).parents[2]
TOKEN = "a-token"
ONE = "flavors.list-flavors/normal"
ROUNDS = 3
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
VERSION = {"id": "v2.1", "status": "CURRENT", "min_version": "2.1", "version": "2.104"}

PROFILED = """
    import cProfile, pstats, sys, threading, time
    from conformance.cli import main
    found = []
    def begin(*_):
        sys.setprofile(None)
        found.append(cProfile.Profile(time.thread_time))
        found[-1].enable()
    threading.setprofile(begin)
    begin()
    try:
        main(sys.argv[1:], standalone_mode=False)
    except SystemExit:
        pass
    found[0].disable()
    stats = pstats.Stats(*found)
    stats.sort_stats("tottime").print_stats(45)
"""


class Answers(BaseHTTPRequestHandler):
    """Answers from samples."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    """Head and body go in one packet: the body would else wait 40 ms for the acknowledgement of the head."""
    routes: Sequence[tuple[re.Pattern[str], Any]] = ()

    def do_GET(self) -> None:
        """Answer one request."""
        path = urlsplit(self.path).path.rstrip("/")
        if path in ("", "/v2.1"):
            links = [{"rel": "self", "href": f"http://{self.headers['Host']}/v2.1/"}]
            one = {**VERSION, "links": links}
            self._answer(200, {"versions": [one]} if not path else {"version": one})
        elif self.headers.get("X-Auth-Token") != TOKEN:
            self._answer(401, {"error": {"code": 401, "message": "no valid token"}})
        elif (unknown := UUID.search(path)) is not None:
            self._answer(404, {"itemNotFound": {"code": 404, "message": f"{unknown[0]} could not be found"}})
        else:
            fitting = (body for route, body in self.routes if route.fullmatch(path.removeprefix("/v2.1")))
            body = next(fitting, None)
            self._answer(*(200, body) if body is not None else (404, {"error": "no such route"}))

    def _answer(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.send_header("x-openstack-request-id", "req-1")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def serve() -> None:
    """Answer on a free port of 127.0.0.1, which is printed, until standard input ends."""
    import threading

    Answers.routes = [
        (re.compile(re.sub(r"\{[^}]*\}", "[^/]+", operation.path)), operation.response.samples[-1].body)
        for operation in load_directory(ROOT / "specs" / "compute").operations
        if operation.method == "GET" and operation.response.samples
    ]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


@contextmanager
def stand_in() -> Iterator[str]:
    """The URL of a stand-in, which ends with the block."""
    command = [sys.executable, "-m", "tests.benchmarks.own_work", "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        yield f"http://127.0.0.1:{int(child.stdout.readline())}/v2.1"
        assert child.stdin is not None
        child.stdin.close()


def run(url: str, directory: Path, keyword: str, profile: bool = False) -> dict[str, Any]:
    """Make one run; returns the totals of its record."""
    start = [sys.executable, "-m", "conformance"] if not profile else [sys.executable, "-c", textwrap.dedent(PROFILED)]
    options = ["--url", url, "--token", TOKEN, "-m", "readonly", "-qq", "--tb=no", "--output", str(directory)]
    command = [*start, "run", *options, *(["-k", keyword] if keyword else [])]
    # Without bytecode each run would compile all modules anew, as no run of a user does.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=ROOT, check=False, text=True, capture_output=True, env=kept)
    if profile:
        print(done.stdout[done.stdout.find("Ordered by") :])
    return dict(json.loads((directory / "run.json").read_text())["totals"])


def best(url: str, folder: Path, keyword: str) -> dict[str, Any]:
    """The totals of the run that took the least processor time of some."""
    runs = [run(url, folder / str(number), keyword) for number in range(ROUNDS)]
    return min(runs, key=lambda totals: float(totals["processor_seconds"]))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.own_work", description="Own work for a request.")
    parser.add_argument("-k", default="", metavar="EXPR", help="the cases of the second run")
    parser.add_argument("--profile", action="store_true", help="print where the processor time goes")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve()
        return
    with stand_in() as url, tempfile.TemporaryDirectory() as folder:
        one = best(url, Path(folder, "one"), ONE)
        every = (
            run(url, Path(folder, "all"), given.k, True) if given.profile else best(url, Path(folder, "all"), given.k)
        )
    requests = every["requests"] - one["requests"]
    spent = every["processor_seconds"] - one["processor_seconds"]
    print(f"start: {one['processor_seconds']:.1f} s of the processor, {one['requests']} requests")
    print(f"all: {every['processor_seconds']:.1f} s, {every['requests']} requests, {every['cases']} cases")
    print(f"{1000 * spent / max(1, requests):.2f} ms of the processor for each further request")


if __name__ == "__main__":
    main()
