"""The run that all processes of one stestr run share. Another process, the keeper, owns it.

The first process starts the keeper (``keeper.py``), which opens the endpoint and the record. All other processes find
the run through a file. Each process that uses the run holds a shared lock as long as it lives. When the keeper gets an
exclusive lock, no process uses the run any more, and the keeper ends it. The kernel releases the locks of a killed
process.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from conformance.engine.cloud.locks import hold
from conformance.plugin.choices import from_environment
from conformance.plugin.trouble import Trouble, say, shown, tell
from conformance.stestr.started import STARTED

STATE = "state.json"
USERS = "users"
START = "start.lock"
SEEN = "seen"
SLOWEST = "slowest"
"""The name of a file with the seconds that the slowest process of the run took from its start to its joining."""
LAST_WORDS = "ended-{}"
"""The name of a file with the closing lines of a run; the keeper holds it locked until record and report exist."""

READONLY_ONLY = "CONFORMANCE_READONLY"
"""The environment variable that does what ``-m readonly`` does under pytest: only cases that change nothing."""

SETTLE = 1.0
"""Seconds to wait until all processes of a run have started; then they divide the resources among them."""


def meeting_place(environment: Mapping[str, str]) -> Path:
    """Return the directory that the processes of one run share: one for each working directory and environment."""
    named = sorted((k, v) for k, v in environment.items() if k.startswith("CONFORMANCE_"))
    digest = hashlib.sha256(json.dumps([str(Path.cwd()), named]).encode()).hexdigest()[:8]
    return Path("runs").absolute() / f".stestr-{digest}"


def is_held(path: Path) -> bool:
    """True if some process holds a lock on a file."""
    fd = hold(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if fd is None:
        return True
    os.close(fd)
    return False


@dataclass
class SharedRun:
    """A run in which this process takes part.

    Attributes:
        place: the directory from ``meeting_place``.
        handed: the settings from ``hand_over``.
    """

    place: Path
    handed: Mapping[str, Any]
    _user: int
    _slots: tuple[int, ...] = ()

    def living(self) -> list[str]:
        """Return the names of the processes that try cases of the run now (see ``name_of``)."""
        held = [path for path in self.place.glob("worker-*") if is_held(path)]
        return [name_of(path.name.removeprefix("worker-")) for path in held]

    def take_resources(self, among: Callable[[int], int] | None = None) -> int:
        """Return how many resources this process may have at a time: an equal part of the run's limit, at least one.

        Args:
            among: tells by the limit among how many processes it is divided; None for all that take part now.
        """
        mine = self.place / f"worker-{os.getpid()}"
        here = hold(mine, fcntl.LOCK_SH)
        self._slots += (here,) if here is not None else ()
        time.sleep(SETTLE)
        limit = int(self.handed["max_resources"])
        fair = max(1, limit // max(1, among(limit) if among is not None else len(self.living())))
        got: list[int] = []
        while not got:
            for number in range(limit):
                if len(got) < fair:
                    fd = hold(self.place / f"resource-{number}", fcntl.LOCK_EX | fcntl.LOCK_NB)
                    got += [fd] if fd is not None else []
            if not got:
                time.sleep(SETTLE)
        self._slots += tuple(got)
        return len(got)

    def leave(self) -> list[str]:
        """Leave the run and wait for its end. Return the closing lines to one process of the run, [] to the others."""
        last_words = Path(self.handed["last_words"])
        try:
            # Opened before the locks are released: until then the run cannot have ended, so the file belongs to it.
            words = last_words.open(encoding="utf-8")
        except OSError:
            words = None
        for fd in (self._user, *self._slots):
            os.close(fd)
        self._slots = ()
        if words is None:
            return []
        with words:
            fcntl.flock(words, fcntl.LOCK_SH)
            said = words.read().splitlines()
        try:
            last_words.unlink()
        except FileNotFoundError:
            return []  # another process has taken the closing lines
        log, directory = self.place / "keeper.log", self.handed["directory"]
        return said or [
            f"the run broke off: see {log}, and remove its resources with `conformance cleanup {directory}`"
        ]


def name_of(pid: int | str) -> str:
    """The name of a process in the record of the run."""
    return f"p{pid}"


def slowest(place: Path) -> float:
    """Return the seconds that the slowest process so far took to join the run; 0.0 if unknown."""
    try:
        return float((place / SLOWEST).read_text("ascii"))
    except (OSError, ValueError):
        return 0.0


def join(environment: Mapping[str, str]) -> SharedRun:
    """Take part in the run of this environment; start it if it does not exist. Raises Trouble: it cannot start."""
    took = time.monotonic() - STARTED
    place = meeting_place(environment)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir(mode=0o700, exist_ok=True)
    with FileLock(place / START):
        user = hold(place / USERS, fcntl.LOCK_SH)
        handed = _state(place) or _begin(place, from_environment(environment).sandbox)
        (place / SLOWEST).write_text(str(max(took, slowest(place))), "ascii")
    if user is None:  # cannot happen: a shared lock waits until it is free
        raise Trouble(f"{place / USERS} cannot be locked: check its permissions")
    return SharedRun(place, handed, user)


def _state(place: Path) -> dict[str, Any] | None:
    """Return the settings that a living keeper has written, or None."""
    if not is_held(place / "keeper"):
        return None
    try:
        return dict(json.loads((place / STATE).read_text("utf-8")))
    except (OSError, ValueError):
        return None


def _begin(place: Path, sandbox: bool) -> dict[str, Any]:
    if sandbox:
        tell("starting the sandbox on this machine, which takes some seconds")
    command = [sys.executable, "-P", "-m", "conformance.stestr.keeper", str(place)]
    with (place / "keeper.log").open("wb") as log:
        # The keeper inherits no files: otherwise a reader of this process's output would wait for the keeper to end.
        keeper = subprocess.Popen(  # noqa: S603 -- the command is ours
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
    with keeper.stdout:  # type: ignore[union-attr]
        line = keeper.stdout.readline()  # type: ignore[union-attr]
    try:
        said = json.loads(line)
    except ValueError:
        status = keeper.wait()
        raise Trouble(f"the keeper of the run ended with status {status}: see {place / 'keeper.log'}") from None
    if "error" in said:
        keeper.wait()
        raise Trouble(said["error"])
    say([f"{shown(said['line'])}; record: {said['directory']}"], sys.stderr)
    # Nobody waits for the keeper: it outlives this process, and the system reaps it.
    keeper.returncode = 0
    return dict(said["handed"])
