"""The lanes of a run, divided among the processes of stestr.

stestr gives each process the cases of some operations. But the cases of a lane share a resource and the requests that
bring it into a status, whatever their operations are. So the processes tell each other their cases, and each lane is
tried by one of them, for all. The others take its results from the record. If a process
ends before it has decided a case, the processes that wait for the case try it themselves.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from specs.record import RecordError
from specs.record.codec import MalformedError, result_from_json
from specs.record.directory import PRIVATE
from specs.record.model import scoped
from specs.record.writer import write_atomically

if TYPE_CHECKING:
    from conformance.plugin.share import Share
    from specs.record.model import Result

CHOSEN = "chosen-{}.json"
"""The name of the file in which a process tells the others its cases."""

MEMBERS = "members.json"
"""The name of the file with the processes that divide the lanes. Whoever comes later tries its own cases."""

_LOOK = 0.3
"""Seconds between two looks at the results of the other processes."""


@dataclass
class Together:
    """The processes of a run that divide its lanes.

    Attributes:
        place: the directory in which the processes meet.
        me: the name of this process.
        living: gives the names of the processes that take part in the run now.
        chosen: the ids of the cases of each process, with the service before them in a run of several.
    """

    place: Path
    me: str
    living: Callable[[], Collection[str]]
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def announce(self, case_ids: Iterable[str]) -> None:
        """Tell the other processes the cases of this one."""
        mine = sorted(case_ids)
        self.chosen = {self.me: frozenset(mine)}
        with contextlib.suppress(RecordError):  # then this process tries its own cases
            write_atomically(self.place / CHOSEN.format(self.me), json.dumps(mine), PRIVATE)

    def meet(self, limit: int) -> int:
        """Agree on the processes that divide the lanes: those that take part when the first one asks.

        Each of them gets a resource in the end, since the others wait for none of them: otherwise those with resources
        would wait for the lanes of one that waits for a resource.

        Args:
            limit: the most resources of the run at a time.

        Returns:
            The number of processes among which the resources are to be divided.
        """
        members = self.place / MEMBERS
        with contextlib.suppress(OSError, ValueError, RecordError), FileLock(self.place / f"{MEMBERS}.lock"):
            if not members.exists():
                write_atomically(members, json.dumps(sorted({*self.living(), self.me})[:limit]), PRIVATE)
            names = json.loads(members.read_text("utf-8"))
            if self.me in names:
                told = {name: (self.place / CHOSEN.format(name)).read_text("utf-8") for name in names}
                self.chosen = {name: frozenset(json.loads(text)) for name, text in told.items()}
                return len(names)
        return limit

    def divided(self, share: Share) -> dict[str, str]:
        """The process that tries each chosen case of a service, by the id of the case within the service.

        All processes divide the lanes in the same way, the longest first, so that each gets about as many cases.
        """
        lanes: dict[str, list[str]] = {}
        known = {scoped(share.service, case.id): case.id for case in share.suite.cases}
        for chosen in sorted(frozenset().union(*self.chosen.values()) & known.keys()):
            lanes.setdefault(share.session.run.lane(known[chosen]), []).append(known[chosen])
        loads = dict.fromkeys(sorted(self.chosen), 0)
        division: dict[str, str] = {}
        for _, cases in sorted(lanes.items(), key=lambda lane: (-len(lane[1]), lane[0])):
            name = min(loads, key=lambda one: (loads[one], one))
            loads[name] += len(cases)
            division |= dict.fromkeys(cases, name)
        return division


@dataclass
class Following:
    """Takes the results of cases that other processes try, and the cases back that these have left undecided.

    Args:
        share: the share of this process.
        tried_by: the process that tries each of the cases.
        living: gives the names of the processes that take part in the run now.
    """

    share: Share
    tried_by: Mapping[str, str]
    living: Callable[[], Collection[str]]
    _read: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Follow the other processes in a thread, until all cases are decided or the run is stopped."""
        self.share.leave_to_others(self.tried_by)
        if self.tried_by:
            threading.Thread(target=self._follow, name="following", daemon=True).start()

    def _follow(self) -> None:
        stopping = self.share.session.context.stopping
        while (left := self._left()) and not stopping.wait(_LOOK):
            gone = set(left.values()) - set(self.living())
            for name in sorted(set(left.values())):
                self._take(name)
            self.share.take_back([case for case, name in self._left().items() if name in gone])

    def _left(self) -> dict[str, str]:
        return {case: name for case, name in self.tried_by.items() if self.share.waits_for_others(case)}

    def _take(self, name: str) -> None:
        """Take the results that a process has written since the last look."""
        with contextlib.suppress(OSError), (self.share.directory / f"results-{name}.jsonl").open("rb") as file:
            file.seek(self._read.get(name, 0))
            for line in file:
                if not line.endswith(b"\n"):
                    break  # the rest of the line is still to come
                self._read[name] = self._read.get(name, 0) + len(line)
                result = _result(line)
                if result is not None and result.service == self.share.service and result.case in self.tried_by:
                    self.share.adopt(result)


def _result(line: bytes) -> Result | None:
    """The result in a line of a record; None if it cannot be read."""
    try:
        return result_from_json(json.loads(line))
    except (MalformedError, ValueError, RecursionError):
        return None
