"""The process that runs a cloud: it makes or copies the content, starts the services, and ends them.

It is a child of the process that uses the cloud, and ends when its standard input ends. It writes lines of JSON to
standard output: `{"tell": "..."}` for each step that takes long, then `{"ready": true, ...}` or
`{"ready": false, "error": "..."}`, and `{"ended": "..."}` if a service ends by itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import sqlite3
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, NoReturn

from conformance.sandbox.child import SandboxError, alone
from conformance.sandbox.cloud import clouds_file, contents, further, settings, store, tables
from conformance.sandbox.cloud.api import Api
from conformance.sandbox.cloud.children import LOOK_SECONDS, Children, listen
from conformance.sandbox.cloud.layout import SERVICES, Layout
from conformance.sandbox.cloud.processes import Processes, environment
from conformance.sandbox.cloud.settings import network

_LOOK_SECONDS = 0.3
_AT_WORK_SECONDS = 120.0


class Keeper:
    """One cloud, from the start to the end of this process."""

    def __init__(self, options: Namespace) -> None:
        self._options = options
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self._failing = threading.Lock()
        self._ready = False
        self._processes: Processes | None = None

    def run(self) -> None:
        """Start the cloud, and run it until this process is told to end."""
        threading.Thread(target=self._end_with_the_parent, name="parent", daemon=True).start()
        for number in (signal.SIGTERM, signal.SIGINT):
            # In a thread of its own: the current thread may hold a lock that the end needs.
            signal.signal(number, lambda *_: threading.Thread(target=self._end, args=[0]).start())
        try:
            facts = self._start()
        except (SandboxError, OSError, sqlite3.Error) as error:
            # The reason for the end of a service explains more than an unanswered request to it.
            time.sleep(2 * LOOK_SECONDS)
            self._fail(_sentence(error))
        self._ready = True
        self._say(ready=True, **facts)
        threading.Event().wait()

    def _start(self) -> dict[str, Any]:
        """Start all services, and return the facts of the ready line. Raises SandboxError, OSError, sqlite3.Error."""
        options = self._options
        sockets = listen(options.port)
        directory: Path = options.kept
        directory.parent.mkdir(parents=True, exist_ok=True)
        # While one process makes the content, others that need it wait.
        with alone(directory.with_name(f"{directory.name}.lock"), self._tell):
            kept = store.read(directory)
            layout = Layout(
                root=options.root,
                logs=options.logs,
                ports={name: one.getsockname()[1] for name, one in sockets.items()},
                password=kept.password if kept else secrets.token_hex(12),
                etc=options.python.parent.parent / "etc",
                as_installed=options.as_installed,
            )
            self._make_folders(layout)
            settings.write(layout)
            self._processes = Processes(environment(layout, network.plugins(layout)), layout.root)
            children = Children(options.python, layout, sockets, self._processes, self._fail)
            if kept is None:
                self._make(layout, self._processes, children)
                store.keep(layout, directory)
            else:
                store.use(kept, directory, layout)
        if not layout.as_installed:
            store.add_retired_services(layout)
        if kept is not None:
            children.watch()
            children.start(service.name for service in SERVICES)
            self._at_work(layout)
        more = {}
        if options.join:
            self._tell(f"starting {', '.join(options.join)} beside the six services")
            services = further.named(options.join)
            more = further.join(options.further_python, layout, services, self._processes, self._fail)
        clouds = clouds_file.clouds(layout)
        path = layout.root / clouds_file.NAME
        path.write_text(clouds_file.text(clouds), "utf-8")
        return {
            "clouds": str(path),
            "users": list(clouds["clouds"]),
            "urls": {service.type: layout.url(service.name) for service in SERVICES} | more,
            "pids": self._processes.pids,
            "seconds": round(time.monotonic() - self._started, 2),
        }

    @staticmethod
    def _make_folders(layout: Layout) -> None:
        """Make the folders that configurations name; those of the state come with the kept content."""
        layout.logs.mkdir(parents=True, exist_ok=True)
        (layout.root / "tmp").mkdir()
        for service in SERVICES:
            (layout.root / "lock" / service.name).mkdir(parents=True)

    def _make(self, layout: Layout, processes: Processes, children: Children) -> None:
        """Make the content of a new cloud; afterwards all services are running."""
        self._tell("making the databases of the cloud; this is done once and takes a minute or two")
        for service in SERVICES:
            layout.files(service.name).mkdir(parents=True)
        tables.make(self._options.python, layout, processes)
        children.watch()
        first, *others = (service.name for service in SERVICES)
        # The other services request tokens of their own when they start.
        children.start([first])
        contents.identity(layout)
        children.start(others)
        contents.resources(layout)
        self._at_work(layout)

    def _at_work(self, layout: Layout) -> None:
        """Wait until every service answers, and their workers have reported. Raises SandboxError."""
        api, until = Api(layout), time.monotonic() + _AT_WORK_SECONDS
        for service, path in (("placement", "/"), ("glance", "/v2/images"), ("neutron", "/v2.0/networks")):
            api.get(service, path)
        while lacking := contents.missing(api):
            if time.monotonic() > until:
                raise SandboxError(f"not at work after {_AT_WORK_SECONDS:g} s: {', '.join(lacking)}")
            time.sleep(_LOOK_SECONDS)

    def _say(self, **facts: Any) -> None:
        with contextlib.suppress(OSError):
            os.write(1, json.dumps(facts).encode() + b"\n")

    def _tell(self, sentence: str) -> None:
        self._say(tell=sentence)

    def _fail(self, sentence: str) -> NoReturn:
        with self._failing:
            self._say(**({"ended": sentence} if self._ready else {"ready": False, "error": sentence}))
            self._end(1, keep_logs=True)

    def _end_with_the_parent(self) -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        self._end(0)

    def _end(self, status: int, keep_logs: bool = False) -> NoReturn:
        """End all processes, remove the temporary files, and end this process with a status.

        `keep_logs`: leave the logs to the parent, because they explain an error.
        """
        if not self._lock.acquire(blocking=False):
            threading.Event().wait()  # until the other thread has ended the process
        if self._processes is not None:
            self._processes.end()
        root: Path = self._options.root
        for path in root.iterdir() if keep_logs and root.is_dir() else [root]:
            if path != self._options.logs:
                shutil.rmtree(path, ignore_errors=True)
        os._exit(status)


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return " ".join(str(error).split())


def _arguments(argv: list[str]) -> Namespace:
    parser = ArgumentParser(prog="sandbox cloud")
    parser.add_argument("--python", type=Path, required=True, help="interpreter with the installed services")
    parser.add_argument("--root", type=Path, required=True, help="folder for all temporary files; removed at the end")
    parser.add_argument("--logs", type=Path, required=True, help="folder for the logs")
    parser.add_argument("--kept", type=Path, required=True, help="folder for content kept for the next start")
    parser.add_argument("--port", type=int, default=0, help="port of the identity service; 0: a free one")
    parser.add_argument("--as-installed", action="store_true", help="leave the services their own defaults")
    parser.add_argument("--join", action="append", default=[], help="type of a further service that joins the six")
    parser.add_argument("--further-python", type=Path, help="interpreter with the further services")
    return parser.parse_args(argv)


if __name__ == "__main__":
    Keeper(_arguments(sys.argv[1:])).run()
