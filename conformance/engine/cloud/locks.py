"""Locks between the processes of a run: for a list that they share, and for lanes that change shared settings.

Every lane locks one file in the run directory. Usual lanes share the lock; the lane ``alone``, which changes such
settings, holds it exclusively. It waits for the lanes of all processes, and lanes that begin in the meantime wait for
it. Every wait ends: a lane that holds the lock waits for no other lane, the kernel releases the lock of a dead process,
and the stop of the run ends all waits of lanes at once. A poll waits for the one request of the process that asks.
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
"""The name of the locked file in the run directory."""

_LOOK = 0.1
"""Seconds between two attempts to get the lock."""


def hold(path: Path, how: int) -> int | None:
    """Lock a file, which is created if necessary.

    Args:
        path: the file.
        how: the operation for ``fcntl.flock``.

    Returns:
        The file descriptor that holds the lock; None if another process holds it and ``how`` has ``LOCK_NB``.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, how)
    except BlockingIOError:
        os.close(fd)
        return None
    return fd


@dataclass(frozen=True)
class Locks:
    """The lock that the lanes of one run take, or the polls that share a list.

    Attributes:
        path: the file; None if the run has one process, which orders its lanes itself.
    """

    path: Path | None = None

    @contextlib.contextmanager
    def taken(self, alone: bool, stopping: threading.Event) -> Iterator[None]:
        """Hold the lock inside the block; the block also begins, without the lock, when the run is stopped.

        Args:
            alone: True for the lane that runs while no other lane runs, and for whoever writes the file.
            stopping: is set when the run is to stop.

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
