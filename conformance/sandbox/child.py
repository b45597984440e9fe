"""A child process of the sandboxes: its start, its messages, and its end.

The child is in a session of its own, so that Ctrl-C reaches only the parent, which then cleans up. The child ends when
its standard input ends, so that it never outlives its parent, even a killed one. Its messages are lines of JSON on its
standard output; everything else goes to its log.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_STOP_SECONDS = 10.0
_LOG_LINES = 3


class SandboxError(Exception):
    """A sandbox cannot start, has ended, or refuses a control request. The message names the error and the remedy."""


@contextlib.contextmanager
def alone(lock: Path, tell: Callable[[str], object]) -> Iterator[None]:
    """Hold a lock file while the block runs. A process that must wait for it is told the reason through ``tell``."""
    from filelock import FileLock, Timeout

    held = FileLock(lock)
    try:
        held.acquire(timeout=1.0)
    except Timeout:
        tell(f"waiting for another process that makes {lock.stem}")
        held.acquire()
    try:
        yield
    finally:
        held.release()


def spawn(command: Sequence[str], log: Path, what: str, how: str, more: Mapping[str, str] | None = None) -> Child:
    """Start a child process.

    Args:
        command: the command; its first word is the interpreter.
        log: file to which the child's error output is appended.
        what: name of the child in errors, such as "the sandbox".
        how: the remedy if the interpreter cannot be run.
        more: environment variables of the child, in addition to those of this process.

    Raises:
        SandboxError: the child cannot be started.
    """
    # Test runners set variables that change Nova's test case: a timeout that kills it, warnings that are errors.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("OS_") and name != "PYTHONWARNINGS"
    }
    try:
        errors = log.open("ab")
    except OSError as error:
        raise SandboxError(f"{what} cannot write its log {log}: {error.strerror}; name another file") from error
    with errors:
        try:
            process = subprocess.Popen(  # noqa: S603 - the command is ours
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment | dict(more or {}),
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxError(f"{what} cannot run {command[0]}: {error.strerror}; {how}") from error
    return Child(process, log, what)


class Child:
    """A child that has been started.

    Attributes:
        process: the process.
        log: file with its error output.
        what: name of the child in errors.
    """

    def __init__(self, process: subprocess.Popen[bytes], log: Path, what: str) -> None:
        self.process = process
        self.log = log
        self.what = what
        self._seen = b""

    def facts(self, timeout: float) -> dict[str, Any]:
        """Return the object of the child's next line on standard output.

        Raises:
            SandboxError: no line came within ``timeout`` seconds, or the line is not a JSON object.
        """
        line = self._line(timeout)
        try:
            return dict(json.loads(line))
        except (ValueError, TypeError) as error:
            raise self._no_ready_line(line) from error

    def ready(self, timeout: float, tell: Callable[[str], object] | None = None) -> dict[str, Any]:
        """Wait for the child's ready line, and return its facts.

        Args:
            timeout: seconds to wait for each line.
            tell: called with a sentence for each line about a step that takes long.

        Raises:
            SandboxError: the child is not ready; one sentence gives the reason.
        """
        while "tell" in (facts := self.facts(timeout)):
            if tell is not None:
                tell(str(facts["tell"]))
        try:
            if facts["ready"]:
                return facts
            reason = str(facts["error"])
        except KeyError as error:
            raise self._no_ready_line(json.dumps(facts).encode()) from error
        # A reason that the child could foresee needs no log, and left none.
        hint = f" (log: {self.log})" if self.log.exists() and self.log.stat().st_size else ""
        raise SandboxError(f"{self.what} cannot start: {reason}{hint}")

    def _no_ready_line(self, line: bytes) -> SandboxError:
        return SandboxError(f"{self.what} wrote {line[:80]!r} instead of its ready line; see its log {self.log}")

    def _line(self, timeout: float) -> bytes:
        assert self.process.stdout is not None  # noqa: S101 - for the type checker
        until = time.monotonic() + timeout
        # Unlike select(), a selector takes descriptors above 1023, which a long test session reaches.
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._seen:
                if not selector.select(max(0.0, until - time.monotonic())):
                    raise SandboxError(
                        f"{self.what} was not ready after {timeout:g} s; give it more time, or see its log {self.log}"
                    )
                chunk = os.read(self.process.stdout.fileno(), 65536)
                if not chunk:
                    status = self.process.wait()
                    raise SandboxError(
                        f"{self.what} ended with status {status} before it was ready; {last_words(self.log)}"
                    )
                self._seen += chunk
        line, _, self._seen = self._seen.partition(b"\n")
        return line

    def end(self) -> None:
        """End the child by closing its standard input, or by a signal if that does not help."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        for last_resort in (self.process.terminate, self.process.kill):
            try:
                self.process.wait(_STOP_SECONDS)
                return
            except subprocess.TimeoutExpired:
                last_resort()
        self.process.wait(_STOP_SECONDS)


def last_words(log: Path) -> str:
    """Return the path of a log and its last lines, as a sentence."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return f"its log {log} cannot be read"
    words = " | ".join(line.strip() for line in lines[-_LOG_LINES:] if line.strip())
    return f"the last lines of its log {log}: {words or 'none'}"


def keep_log(error: SandboxError, log: Path, name: str) -> SandboxError:
    """Copy the log named in an error to the folder for temporary files, and return the error with the copy's path.

    ``name`` is the file name of the copy.
    """
    if str(log) not in str(error):
        return error
    kept = Path(tempfile.gettempdir(), name)
    shutil.copyfile(log, kept)
    return SandboxError(str(error).replace(str(log), str(kept)))
