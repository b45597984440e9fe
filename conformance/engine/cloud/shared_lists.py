"""The lists that the polls of all processes of a run share: one process asks, and the others read the answer.

Each process alone would ask as often as a run of one process, so that a cloud would be asked the more often, the more
processes there are. A list is taken from another process only if it was requested after the need for it arose; the
clock for that, ``time.monotonic``, is the same for all processes of a machine.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from conformance.engine.cloud.kinds import View
from conformance.engine.cloud.locks import Locks

LISTS = "lists"
"""The start of the names of the files in the run directory; they are removed at the end of the run."""


@dataclass(frozen=True)
class Listed:
    """A list of things.

    Attributes:
        begun: the time of the request, by ``time.monotonic``.
        views: the views of the things by id.
        sent: the number of requests: one for each page.
        seconds: their duration.
    """

    begun: float
    views: dict[str, View]
    sent: int
    seconds: float


class SharedLists:
    """The newest list of each kind of thing, in files that all processes of a run read and write.

    Args:
        directory: the run directory.
        processes: the number of processes that share the run.
        service: the type of the service, if it is one of several in the run; None in a run of one.
    """

    def __init__(self, directory: Path, processes: int, service: str | None = None) -> None:
        self.processes = processes
        self._start = directory / "-".join(part for part in (LISTS, service) if part)

    def newest(self, name: str, since: float, pace: float, ask: Callable[[], Listed]) -> Listed:
        """Return a list that some process has requested after a time.

        Args:
            name: the name of the list: the same for all processes, and for nothing else.
            since: the time, by ``time.monotonic``.
            pace: the least seconds between two lists of this name, for each request of the last one.
            ask: requests the list.

        Raises:
            OSError: the files cannot be read or written.
        """
        path = Path(f"{self._start}-{name}")
        turns = Locks(path)
        while True:
            # While one process asks, the others wait for the lock, and then find its list.
            with turns.taken(alone=True, stopping=threading.Event()):
                last = self._read(path)
                if last is not None and last.begun > since:
                    return last
                rest = 0.0 if last is None else last.begun + pace * max(1, last.sent) - time.monotonic()
                if rest <= 0:
                    return self._written(path, ask())
            time.sleep(rest)

    @staticmethod
    def _read(path: Path) -> Listed | None:
        text = path.read_text(encoding="utf-8")
        try:
            listed = Listed(**json.loads(text)) if text else None
        except ValueError:  # a process was killed while it wrote
            return None
        # The clock begins anew when the machine does: a list of a run that is resumed later may seem to be to come.
        return listed if listed is not None and listed.begun <= time.monotonic() else None

    @staticmethod
    def _written(path: Path, listed: Listed) -> Listed:
        # The file is the lock, too, so it is written in place. Only the process that holds the lock does so.
        path.write_text(json.dumps(asdict(listed)), encoding="utf-8")
        return listed
