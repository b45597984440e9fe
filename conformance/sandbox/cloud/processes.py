"""The processes of the guest: each ends when this process ends, and all can be ended together."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.sandbox.child import SandboxError
from conformance.sandbox.cloud.layout import Layout

GUEST = Path(__file__).parent / "guest" / "__main__.py"


def command(python: Path, layout: Layout, what: str, service: str, facts: Mapping[str, Any]) -> list[str]:
    """Return the command that runs the guest.

    Args:
        python: the interpreter with the installed services.
        layout: layout of the cloud.
        what: `serve` or `tables`.
        service: name of the service.
        facts: facts for the service, as JSON values.
    """
    etc = str(layout.configuration(service))
    # -P keeps the folder of the guest off the path, where its modules would hide the services' packages.
    return [str(python), "-P", "-W", "ignore", str(GUEST), what, service, "--etc", etc, "--facts", json.dumps(facts)]


def environment(layout: Layout, plugins: Path) -> dict[str, str]:
    """Return the environment variables of the guest: without the user's settings, with a temporary folder of its own.

    Args:
        layout: layout of the cloud.
        plugins: folder with the metadata of a distribution, for the path of the interpreter.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OS_", "PYTHON"))}
    return kept | {
        "PYTHONPATH": str(plugins),
        # The user's home folder is neither read nor changed.
        "HOME": str(layout.root / "tmp"),
        "TMPDIR": str(layout.root / "tmp"),
        "XDG_CACHE_HOME": str(layout.root / "tmp"),
        # By default glibc makes a heap for every few threads, and memory that is free in one heap stays there.
        "MALLOC_ARENA_MAX": "2",
        # The services talk to each other on this machine, without a proxy of the user's settings.
        "NO_PROXY": "*",
        "no_proxy": "*",
    }


class Processes:
    """Named child processes.

    Args:
        environment: environment variables of all processes.
        folder: working folder of all processes.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self._environment = environment
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()
        self._ended = False

    @property
    def pids(self) -> dict[str, int]:
        """Name -> process id."""
        return {name: process.pid for name, process in list(self._running.items())}

    def start(self, name: str, arguments: Sequence[str], output: Path, sockets: Sequence[int] = ()) -> None:
        """Start a process; its output is appended to a file. Raises SandboxError."""
        with self._lock:
            if self._ended:
                raise SandboxError("the cloud has been ended")
            try:
                with output.open("ab") as file:
                    self._running[name] = subprocess.Popen(  # noqa: S603 - the command is ours
                        arguments,
                        stdin=subprocess.PIPE,
                        stdout=file,
                        stderr=file,
                        env=dict(self._environment),
                        cwd=self._folder,
                        pass_fds=tuple(sockets),
                    )
            except OSError as error:
                raise SandboxError(f"{arguments[0]} cannot be run for {name}: {error.strerror}") from None

    def ended(self) -> dict[str, int]:
        """Return name -> exit status of the processes that have ended by themselves; each is returned once."""
        with self._lock:
            if self._ended:
                return {}
            found = {name: status for name, one in self._running.items() if (status := one.poll()) is not None}
            for name in found:
                _close_input(self._running.pop(name))
            return found

    def end(self) -> None:
        """Kill all processes at once, since they have nothing to save; later starts are refused."""
        with self._lock:
            self._ended = True
            for process in self._running.values():
                with contextlib.suppress(OSError):
                    process.kill()
            for process in self._running.values():
                process.wait()
                _close_input(process)


def _close_input(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


def most_telling(output: Path, log: Path) -> Path:
    """Return the file that explains the end of a service: its output, or its log.

    An uncaught error is in the log, once the service has set the log up.
    """
    with contextlib.suppress(OSError):
        if "Traceback" in output.read_text("utf-8", "replace"):
            return output
    return log if log.exists() else output


def resident(pid: int) -> int:
    """Return the resident memory of a process in bytes (Linux); 0 if it is unknown."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0
