"""Locks between the processes of a run: a lane that changes shared things has the cloud for itself.

The turns are locks on one file of the run directory. A lane holds it with others, the lane ``alone`` by itself: it
waits for the lanes of all processes, and lanes that would begin meanwhile wait for it. A lane that holds the lock
waits for no other, and the kernel gives the lock of a dead process back, so that each wait ends; the stop of a run ends
it at once.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TURNS = "turns"
"""The file in the run directory."""

_LOOK = 0.1
"""Seconds between looks whether a turn has come."""


def hold(path: Path, how: int) -> int | None:
    """A lock on a file, as a descriptor that holds it; None where another process has it and ``how`` does not wait."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, how)
    except BlockingIOError:
        os.close(fd)
        return None
    return fd


@dataclass(frozen=True)
class Locks:
    """The turns of the lanes of one run.

    Attributes:
        path: the file; None where one process has the whole run, and orders its lanes itself.
    """

    path: Path | None = None

    @contextlib.contextmanager
    def taken(self, alone: bool, stopping: threading.Event) -> Iterator[None]:
        """Begin when it is the lane's turn, or when the run is stopped.

        Raises:
            OSError: the file cannot be locked.
        """
        held = self._wait(self.path, alone, stopping) if self.path is not None else None
        try:
            yield
        finally:
            if held is not None:
                os.close(held)

    @staticmethod
    def _wait(path: Path, alone: bool, stopping: threading.Event) -> int | None:
        how = fcntl.LOCK_NB | (fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        held = hold(path, how)
        while held is None and not stopping.wait(_LOOK):
            held = hold(path, how)
        return held
