"""Starts and stops the sandbox from another process.

```python
with Sandbox() as nova:
    requests.get(f"{nova.url}/servers", headers={"X-Auth-Token": nova.tokens["member"]})
```
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from conformance.sandbox.child import Child, SandboxError, keep_log, spawn
from conformance.sandbox.guest.changes import Changes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

GUEST = Path(__file__).parent / "guest" / "__main__.py"
READY_SECONDS = 120.0
NO_CHANGES = Changes()
_CONTROL_SECONDS = 60.0

__all__ = ["READY_SECONDS", "SERVICES", "Microversions", "RunningSandbox", "Sandbox", "SandboxError", "start"]

SERVICES = ("compute", "placement")
"""The services of the sandbox that a run can try, by os-service-types."""


class Microversions(NamedTuple):
    """The lowest and the highest microversion of the running Nova, such as `2.1` and `2.104`."""

    min: str
    max: str


@dataclass(frozen=True, eq=False)
class RunningSandbox:
    """A running Nova.

    Attributes:
        url: versioned root of the compute API, `http://127.0.0.1:PORT/v2.1`.
        placement_url: root of the Placement that this Nova uses; it accepts the same tokens.
        tokens: role -> token: `admin`, `manager`, `member`, `reader`, `norole`, `expired` of the first
            project, `admin2`, `member2`, `reader2` of the second.
        projects: `project1` and `project2` -> id.
        release: version of Nova.
        placement_release: version of Placement.
        microversions: the lowest and the highest supported microversion.
        computes: names of the compute hosts.
        pid: process id of the child.
        python: the interpreter that runs it.
        log: Nova's log; removed with the sandbox unless the caller named the file.
        seconds: time from the start of the child until it was ready, in seconds.

    """

    url: str
    placement_url: str
    tokens: Mapping[str, str] = field(repr=False)
    projects: Mapping[str, str]
    release: str
    placement_release: str
    microversions: Microversions
    computes: tuple[str, ...]
    pid: int
    python: Path
    log: Path
    seconds: float
    _control_url: str = field(repr=False)
    _control_token: str = field(repr=False)
    _child: Child = field(repr=False)
    _state: Path = field(repr=False)

    def service(self, name: str) -> tuple[str, str]:
        """Return the root URL of one of `SERVICES`, and its running release, such as `nova 34.0.0`."""
        if name == "placement":
            return self.placement_url, f"openstack-placement {self.placement_release}"
        return self.url, f"nova {self.release}"

    @property
    def alive(self) -> bool:
        """True if the process still runs."""
        return self._child.process.poll() is None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process ends by itself and return its status.

        Raises:
            subprocess.TimeoutExpired: it still runs after `timeout` seconds.
        """
        return self._child.process.wait(timeout)

    def memory(self) -> int:
        """Return the resident memory of the process in bytes."""
        return int(self._control("GET", "memory")["rss_kib"]) * 1024

    def set_options(self, group: str | None = None, **options: object) -> None:
        """Set configuration options of Nova, of `[DEFAULT]` or of a group, while it runs."""
        self._control("POST", "options", {"group": group, "options": options})

    def restart_compute(self, host: str) -> None:
        """Restart the compute service of a host: after an evacuation it comes up only in this way."""
        self._control("POST", "restart", {"host": host})

    def patch(self, name: str) -> None:
        """Break this Nova on purpose in one of the ways that `guest/control.py` lists."""
        self._control("POST", "patch", {"break": name})

    def stop(self) -> None:
        """End the process and remove its files. A second call does nothing."""
        self._child.end()
        shutil.rmtree(self._state, ignore_errors=True)

    def _control(self, method: str, name: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        import requests  # most commands start no sandbox, and its import takes long

        try:
            response = requests.request(
                method,
                f"{self._control_url}{name}",
                json=body,
                headers={"X-Sandbox-Control": self._control_token},
                timeout=_CONTROL_SECONDS,
            )
            answer: dict[str, Any] = response.json()
        except (requests.RequestException, ValueError) as error:
            state = "does not answer" if self.alive else f"has ended with status {self._child.process.returncode}"
            raise SandboxError(f"the sandbox at {self.url} {state}; its log is {self.log} ({error})") from error
        if not response.ok:
            raise SandboxError(f"the sandbox at {self.url} refuses {name!r}: {answer.get('error', answer)}")
        return answer


class Sandbox:
    """A sandbox as a context manager: it runs until the `with` block ends. The arguments are those of `start`."""

    def __init__(
        self,
        python: Path | None = None,
        *,
        computes: int = 3,
        port: int = 0,
        log: Path | None = None,
        timeout: float = READY_SECONDS,
        changes: Changes = NO_CHANGES,
    ) -> None:
        self._arguments: dict[str, Any] = {
            "python": python,
            "computes": computes,
            "port": port,
            "log": log,
            "timeout": timeout,
            "changes": changes,
        }
        self._running: RunningSandbox | None = None

    def __enter__(self) -> RunningSandbox:
        self._running = start(**self._arguments)
        return self._running

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running is not None:
            self._running.stop()
            self._running = None


def start(
    python: Path | None = None,
    *,
    computes: int = 3,
    port: int = 0,
    log: Path | None = None,
    timeout: float = READY_SECONDS,
    changes: Changes = NO_CHANGES,
) -> RunningSandbox:
    """Start a Nova and wait until it is ready.

    Args:
        python: interpreter with an installed Nova of a release that the guest supports; by default this one.
        computes: number of compute services.
        port: port on 127.0.0.1; 0 takes a free one.
        log: file to which Nova's log is appended; by default one that is removed with the sandbox.
        timeout: seconds to wait.
        changes: the differences from the ordinary sandbox, such as those of a variant.

    Raises:
        SandboxError: it did not become ready.

    """
    interpreter = str(python or sys.executable)
    state = Path(tempfile.mkdtemp(prefix="nova-sandbox-"))
    path = (log or state / "nova.log").absolute()
    command = [
        interpreter,
        "-W",
        "ignore",
        str(GUEST),
        "--port",
        str(port),
        "--computes",
        str(computes),
        "--log",
        str(path),
        "--state",
        str(state),
        "--changes",
        changes.text(),
    ]
    child: Child | None = None
    try:
        child = spawn(command, path, "the sandbox", "name a Python that has Nova installed")
        return _running(child.ready(timeout), child, path, state)
    except BaseException as error:
        if child is not None:
            # It does not look at its input before it is ready, and holds nothing worth an orderly end.
            child.process.kill()
            child.end()
        if isinstance(error, SandboxError) and log is None:
            # The log explains the failure, so it is kept, outside of the folder that is removed.
            error = keep_log(error, path, f"{state.name}.log")
        shutil.rmtree(state, ignore_errors=True)
        raise error from None


def _running(facts: Mapping[str, Any], child: Child, log: Path, state: Path) -> RunningSandbox:
    try:
        return RunningSandbox(
            url=facts["url"],
            placement_url=facts["placement"],
            tokens=dict(facts["tokens"]),
            projects=dict(facts["projects"]),
            release=facts["nova"],
            placement_release=facts["placement_version"],
            microversions=Microversions(**facts["microversion"]),
            computes=tuple(facts["computes"]),
            pid=facts["pid"],
            python=Path(facts["python"]),
            log=log,
            seconds=facts["seconds"],
            _control_url=facts["control"]["url"],
            _control_token=facts["control"]["token"],
            _child=child,
            _state=state,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SandboxError(f"the ready line of the sandbox lacks {error}; see its log {log}") from error
