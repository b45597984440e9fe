"""Starts and stops the sandbox cloud from another process.

```python
with sandbox_cloud() as cloud:
    openstack.connection.Connection(config=OpenStackConfig(config_files=[cloud.clouds]).get_one("member"))
```
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import conformance
from conformance.sandbox.child import Child, SandboxError, spawn
from conformance.sandbox.cloud import environment, further, layout
from conformance.sandbox.cloud.processes import resident
from conformance.sandbox.environments import Tell, cache

READY_SECONDS = 900.0
_WHAT = "the sandbox cloud"
_PREFIX = "cloud-sandbox-"
_KEPT = "content"


@dataclass(frozen=True, eq=False)
class RunningCloud:
    """A running cloud.

    Attributes:
        clouds: path of the file clouds.yaml.
        users: names of its entries.
        urls: type of a service -> its URL in the catalogue.
        pids: name of a service -> process id.
        logs: folder of the logs; removed with the cloud unless the caller named it.
        seconds: time from the start until all services were ready, in seconds.
    """

    clouds: Path
    users: tuple[str, ...]
    urls: Mapping[str, str]
    pids: Mapping[str, int]
    logs: Path
    seconds: float
    _child: Child = field(repr=False)
    _root: Path = field(repr=False)
    _death: list[str] = field(default_factory=list, repr=False)
    _over: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def alive(self) -> bool:
        """True if the cloud is still running."""
        return self._child.process.poll() is None

    @property
    def death(self) -> str | None:
        """One sentence with the reason why the cloud has ended by itself; None while it runs, and after `stop`."""
        return self._death[0] if self._death else None

    def wait(self) -> str:
        """Wait until the cloud ends by itself, and return a sentence with the reason."""
        self._over.wait()
        return self.death or f"{_WHAT} has ended with status {self._child.process.wait()}"

    def memory_by_service(self) -> dict[str, int]:
        """Return the resident memory of each service in bytes (Linux)."""
        return {name: resident(pid) for name, pid in self.pids.items()}

    def memory(self) -> int:
        """Return the resident memory of all services in bytes (Linux)."""
        return sum(self.memory_by_service().values())

    def stop(self) -> None:
        """End all processes and remove their files. A second call does nothing."""
        self._over.set()
        self._child.end()
        shutil.rmtree(self._root, ignore_errors=True)


def release(service: str) -> str | None:
    """Return the release of a service, by its type, such as `nova 34.0.0`; None if the cloud does not have it."""
    known = (layout.BY_TYPE | further.BY_TYPE).get(service)
    return f"{known.distribution} {known.release}" if known else None


def joining(services: Sequence[str]) -> list[str]:
    """Return those types of services that the cloud has only if they join the six."""
    return [service for service in services if service in further.BY_TYPE]


def start(
    *,
    port: int = 0,
    logs: Path | None = None,
    as_installed: bool = False,
    join: Sequence[str] = (),
    timeout: float = READY_SECONDS,
    tell: Tell | None = None,
) -> RunningCloud:
    """Start a cloud and wait until all its services are ready.

    Its environment is installed, and its databases are made, if this has not been done yet.

    Args:
        port: port of the identity service on 127.0.0.1; 0 takes a free one, as for all other services.
        logs: folder for the logs; by default one that is removed with the cloud.
        as_installed: True to keep the services' own defaults, with which fewer statuses can be reached.
        join: types of services that join the six, as in `further.FURTHER`.
        timeout: seconds to wait, without the time of an installation.
        tell: called with a sentence about each step that takes long.

    Raises:
        SandboxError: the cloud did not become ready.
    """
    tell = tell or _silent
    python = environment.interpreter(tell=tell)
    more = ["--join=" + one.type for one in further.named(join)]
    if more:
        more.append(f"--further-python={further.interpreter(tell=tell)}")
    # The databases contain the paths of the cloud's files, so the path is short and without links.
    root = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    own = (logs or root / "log").absolute()
    child: Child | None = None
    try:
        own.mkdir(parents=True, exist_ok=True)
        child = spawn([*_command(python, root, own, port, as_installed), *more], own / "keeper.out", _WHAT, "", _path())
        facts = child.ready(timeout, tell)
        running = _running(facts, child, own, root)
    except BaseException as error:
        if child is not None:
            child.end()
        if isinstance(error, SandboxError) and logs is None:
            error = _with_logs_kept(error, own)
        shutil.rmtree(root, ignore_errors=True)
        if isinstance(error, OSError):
            error = SandboxError(f"{error.filename} cannot be written: {error.strerror}; name another folder for logs")
        raise error from None
    threading.Thread(target=_watch, args=[running, logs is None, tell], name="cloud", daemon=True).start()
    return running


@contextlib.contextmanager
def sandbox_cloud(**arguments: Any) -> Iterator[RunningCloud]:
    """Run a cloud until the `with` block ends. The arguments are those of `start`. Raises SandboxError."""
    running = start(**arguments)
    try:
        yield running
    finally:
        running.stop()


def _silent(_: str) -> None:
    pass


def _command(python: Path, root: Path, logs: Path, port: int, as_installed: bool) -> list[str]:
    kept = cache() / f"{environment.plan().name}-{_KEPT}"
    command = [sys.executable, "-W", "ignore", "-m", "conformance.sandbox.cloud.keeper"]
    for name, value in (("python", python), ("root", root), ("logs", logs), ("kept", kept), ("port", port)):
        command += [f"--{name}", str(value)]
    return [*command, "--as-installed"] if as_installed else command


def _path() -> dict[str, str]:
    """Return the environment variable with which a child can import this package."""
    paths = [str(Path(conformance.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def _running(facts: Mapping[str, Any], child: Child, logs: Path, root: Path) -> RunningCloud:
    try:
        return RunningCloud(
            clouds=Path(facts["clouds"]),
            users=tuple(facts["users"]),
            urls=dict(facts["urls"]),
            pids=dict(facts["pids"]),
            logs=logs,
            seconds=facts["seconds"],
            _child=child,
            _root=root,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SandboxError(f"the ready line of {_WHAT} lacks {error}; see its log {child.log}") from error


def _watch(running: RunningCloud, keep: bool, tell: Tell) -> None:
    """Wait for the end of the cloud; if it ends by itself, tell the reason."""
    status = running._child.process.wait()
    if running._over.is_set():
        return
    with contextlib.suppress(SandboxError):
        sentence = running._child.facts(1.0).get("ended", f"the process that runs it ended with status {status}")
        error = SandboxError(f"{_WHAT} has ended: {sentence}")
        running._death.append(str(_with_logs_kept(error, running.logs) if keep else error))
        tell(running._death[0])
    running._over.set()


def _with_logs_kept(error: SandboxError, logs: Path) -> SandboxError:
    """Copy the logs named in an error to a folder that is kept, and return the error with the copies' paths."""
    if str(logs) not in str(error):
        return error
    kept = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}logs-"))
    shutil.copytree(logs, kept, dirs_exist_ok=True)
    return SandboxError(str(error).replace(str(logs), str(kept)))
