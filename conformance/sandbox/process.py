"""Start and stop the sandbox from the outside.

```python
with Sandbox() as nova:
    requests.get(f"{nova.url}/servers", headers={"X-Auth-Token": nova.tokens["member"]})
```

The child is in a session of its own, so that Ctrl-C reaches the parent alone, which then cleans up. It ends
when its standard input ends, so that it outlives no parent, whatever has killed that.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import requests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

GUEST = Path(__file__).parent / "guest" / "__main__.py"
READY_SECONDS = 120.0
_STOP_SECONDS = 10.0
_CONTROL_SECONDS = 60.0
_LOG_LINES = 3


SERVICES = ("compute", "placement")
"""The services of the sandbox that a run can try, by os-service-types."""


class SandboxError(Exception):
    """The sandbox cannot start, has ended, or refuses a control request: what, where, how to mend it."""


class Microversions(NamedTuple):
    """The lowest and the highest microversion of the Nova that runs, as `2.1` and `2.104`."""

    min: str
    max: str


@dataclass(frozen=True, eq=False)
class RunningSandbox:
    """A Nova that answers.

    Attributes:
        url: versioned root of the compute API, `http://127.0.0.1:PORT/v2.1`.
        placement_url: root of the Placement that this Nova uses; it takes the same tokens.
        tokens: role -> token: `admin`, `manager`, `member`, `reader`, `norole`, `expired` of the first
            project, `admin2`, `member2`, `reader2` of the second.
        projects: `project1` and `project2` -> id.
        release: version of Nova.
        placement_release: version of Placement.
        microversions: what it supports.
        computes: names of the hosts.
        pid: process id of the child.
        python: the interpreter that runs it.
        log: Nova's log. Unless it was asked for, it goes away with the sandbox.
        seconds: from the start of the child until it was ready.

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
    _child: subprocess.Popen[bytes] = field(repr=False)
    _state: Path = field(repr=False)

    def service(self, name: str) -> tuple[str, str]:
        """Return the root of one of `SERVICES`, and the release that runs as a requirement without `==`."""
        if name == "placement":
            return self.placement_url, f"openstack-placement {self.placement_release}"
        return self.url, f"nova {self.release}"

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._child.poll() is None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the process ends by itself and return its status.

        Raises:
            subprocess.TimeoutExpired: it still runs after `timeout` seconds.
        """
        return self._child.wait(timeout)

    def memory(self) -> int:
        """Return the resident memory of the process in bytes."""
        return int(self._control("GET", "memory")["rss_kib"]) * 1024

    def set_options(self, group: str | None = None, **options: object) -> None:
        """Set configuration options of Nova, of `[DEFAULT]` or of a group, while it runs."""
        self._control("POST", "options", {"group": group, "options": options})

    def restart_compute(self, host: str) -> None:
        """Restart the compute service of a host: one that was evacuated can come back only so."""
        self._control("POST", "restart", {"host": host})

    def patch(self, name: str) -> None:
        """Break this Nova on purpose in one of the ways that `guest/control.py` lists."""
        self._control("POST", "patch", {"break": name})

    def stop(self) -> None:
        """End the process and remove what it left on the disk. A second call does nothing."""
        _end(self._child)
        shutil.rmtree(self._state, ignore_errors=True)

    def _control(self, method: str, name: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
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
            state = "does not answer" if self.alive else f"has ended with status {self._child.returncode}"
            raise SandboxError(f"the sandbox at {self.url} {state}; its log is {self.log} ({error})") from error
        if not response.ok:
            raise SandboxError(f"the sandbox at {self.url} refuses {name!r}: {answer.get('error', answer)}")
        return answer


class Sandbox:
    """Context manager: a sandbox that runs while the block does. The arguments are those of `start`."""

    def __init__(
        self,
        python: Path | None = None,
        *,
        computes: int = 3,
        port: int = 0,
        log: Path | None = None,
        timeout: float = READY_SECONDS,
    ) -> None:
        self._arguments: dict[str, Any] = {
            "python": python,
            "computes": computes,
            "port": port,
            "log": log,
            "timeout": timeout,
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
) -> RunningSandbox:
    """Start a Nova and wait until it answers.

    Args:
        python: interpreter that has Nova installed, of any release that the guest runs with; by default
            this one.
        computes: number of compute services.
        port: port on 127.0.0.1; 0 takes a free one.
        log: file that Nova's log is appended to; by default one that goes away with the sandbox.
        timeout: seconds to wait.

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
    ]
    child: subprocess.Popen[bytes] | None = None
    try:
        child = _spawn(command, path)
        return _running(_ready_line(child, timeout, path), child, path, state)
    except BaseException as error:
        if child is not None:
            child.kill()  # it does not look at its input before it is ready, and holds nothing worth an orderly end
            _end(child)
        if isinstance(error, SandboxError) and log is None and str(path) in str(error):
            # The log is what explains the failure: it stays, outside the folder that goes.
            kept = Path(tempfile.gettempdir(), f"{state.name}.log")
            shutil.copyfile(path, kept)
            error = SandboxError(str(error).replace(str(path), str(kept)))
        shutil.rmtree(state, ignore_errors=True)
        raise error from None


def _spawn(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    # Test runners set what would change Nova's test case: a timeout that kills it, warnings that are errors.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("OS_") and name != "PYTHONWARNINGS"
    }
    try:
        errors = log.open("ab")
    except OSError as error:
        raise SandboxError(f"the sandbox cannot write its log {log}: {error.strerror}; name another file") from error
    with errors:
        try:
            return subprocess.Popen(  # noqa: S603 - the command is ours
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxError(
                f"the sandbox cannot run {command[0]}: {error.strerror}; name a Python that has Nova installed"
            ) from error


def _ready_line(child: subprocess.Popen[bytes], timeout: float, log: Path) -> dict[str, Any]:
    """Return the facts of the child's one line on standard output."""
    assert child.stdout is not None  # noqa: S101 - for the type checker
    until, seen = time.monotonic() + timeout, b""
    while b"\n" not in seen:
        readable, _, _ = select.select([child.stdout], [], [], max(0.0, until - time.monotonic()))
        if not readable:
            raise SandboxError(
                f"the sandbox was not ready after {timeout:g} s; give it more time, or see its log {log}"
            )
        chunk = os.read(child.stdout.fileno(), 65536)
        if not chunk:
            status = child.wait()
            raise SandboxError(f"the sandbox ended with status {status} before it was ready; {_last_words(log)}")
        seen += chunk
    line = seen.partition(b"\n")[0]
    try:
        facts = json.loads(line)
        if facts["ready"]:
            return dict(facts)
        reason = str(facts["error"])
    except (ValueError, TypeError, KeyError) as error:
        raise SandboxError(
            f"the sandbox wrote {line[:80]!r} where its ready line should be; see its log {log}"
        ) from error
    # A reason that the child could foresee needs no log, and left none.
    hint = f" (log: {log})" if log.exists() and log.stat().st_size else ""
    raise SandboxError(f"the sandbox cannot start: {reason}{hint}")


def _running(facts: Mapping[str, Any], child: subprocess.Popen[bytes], log: Path, state: Path) -> RunningSandbox:
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


def _last_words(log: Path) -> str:
    """Return where the log is, and its last lines."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return f"its log {log} cannot be read"
    words = " | ".join(line.strip() for line in lines[-_LOG_LINES:] if line.strip())
    return f"the last lines of its log {log}: {words or 'none'}"


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child: by the end of its input, else by a signal."""
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    for last_resort in (child.terminate, child.kill):
        try:
            child.wait(_STOP_SECONDS)
            return
        except subprocess.TimeoutExpired:
            last_resort()
    child.wait(_STOP_SECONDS)
