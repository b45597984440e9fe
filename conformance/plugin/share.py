"""This process's share of one service of a run: its cases, their results, and its files in the record.

The process that owns a run usually tries all cases; under pytest-xdist and stestr, other processes share them. Such a
process leaves its figures in the run directory, and the owner gathers them there.
"""

from __future__ import annotations

import contextlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from conformance.engine.cloud.errors import CloudError, ServiceMissing
from conformance.engine.model.case import Case, Suite
from conformance.engine.run.run import Stopped
from conformance.engine.run.session import Session, Settings
from conformance.plugin.expected import ExpectedDeviations
from conformance.plugin.further import Count, LeftOut, corrected
from conformance.plugin.reference import Reference
from conformance.plugin.trouble import Trouble
from conformance.plugin.waivers import Waivers
from specs.record.directory import PRIVATE
from specs.record.errors import RecordError
from specs.record.model import Result, RunInfo
from specs.record.writer import RecordWriter, write_atomically

GATHERING = 0.1
"""Seconds for which decided cases are gathered, and then yielded together. Whoever reports them takes the interpreter
from the threads of the lanes, and to be woken for each case would cost both sides more than the reports."""

STOP = "stop"
"""A file in the run directory; if it exists, all processes of the run stop. It may hold the sentence that says why."""


class Lacking(Trouble):
    """The cloud offers nothing of a service: its promises are inapplicable as a whole."""


_PART = "part-{}.json"
PARTS = "part-*.json"
"""Names of the files in which other processes of the run leave their figures."""


@dataclass
class Share:
    """The share of one process in the cases of one service of a run.

    Attributes:
        reference: the specs of the service.
        session: the connection to the cloud.
        writer: writes the results of this process into the record.
        options: the options of the run, for the record.
        waivers: the waivers of the run.
        done: results from before the run was resumed, by case; these cases are not tried again.
        worker: the name of this process; None for the owner of the run.
        trouble: the reason why the run cannot start or go on, in one sentence; None if it can.
        closed: True after ``close``.
        left_out: the cases that the level of the run leaves out; None if the level is not ``essential``.
        ahead: see ``as_decided``.
        known: the deviations that are expected of the release; None if the cloud is compared with none.
    """

    reference: Reference
    session: Session
    writer: RecordWriter
    options: Mapping[str, Any]
    waivers: Waivers = field(default_factory=Waivers)
    done: Mapping[str, Result] = field(default_factory=dict)
    worker: str | None = None
    trouble: str | None = None
    closed: bool = False
    left_out: LeftOut | None = None
    ahead: str | None = None
    known: ExpectedDeviations | None = None
    _decided: SimpleQueue[str] = field(default_factory=SimpleQueue)
    _results: dict[str, Result] = field(default_factory=dict)
    _elsewhere: set[str] = field(default_factory=set)

    @classmethod
    def open(
        cls,
        reference: Reference,
        settings: Settings,
        writer: RecordWriter,
        options: Mapping[str, Any],
        waivers: Waivers | None = None,
        done: Mapping[str, Result] | None = None,
        worker: str | None = None,
    ) -> Share:
        """Connect to the cloud and derive the cases.

        Raises:
            Lacking: the cloud offers nothing of the service.
            Trouble: the cloud cannot be used.
        """
        told: list[Share] = []

        def record(result: Result) -> None:
            told[0].tell(result)

        try:
            session = Session(settings, reference.specs, reference.selected, record, worker)
        except ServiceMissing as error:
            raise Lacking(str(error)) from None
        except CloudError as error:
            raise Trouble(str(error)) from None
        except OSError as error:
            file = error.filename or settings.directory
            raise Trouble(f"{file} cannot be written: {error.strerror or error}; make room") from None
        share = cls(reference, session, writer, options, waivers or Waivers(), done or {}, worker)
        told.append(share)
        session.cloud.standing.when_lost = share.give_up
        session.journal.when_broken = share.end_for_the_journal
        return share

    @property
    def service(self) -> str | None:
        """The type of the service if it is one of several in the run; None in a run of one."""
        return self.session.settings.service

    @property
    def suite(self) -> Suite:
        """The suite with all its cases, selected or not."""
        return self.session.suite

    @property
    def directory(self) -> Path:
        """The run directory."""
        return self.session.settings.directory

    def tell(self, result: Result) -> None:
        """Take a result from a thread of the engine: apply the waivers, write it, and mark its case as decided."""
        result = self.waivers.apply(self._labelled(result))
        self._results[result.case] = result
        try:
            self.writer.add(result)
        except RecordError as error:
            self.trouble = self.trouble or str(error)
        if self.trouble:
            self.stop()
        self._decided.put(result.case)

    def prepare(self, case_ids: Iterable[str], tell: Callable[[str], None]) -> None:
        """Make a first resource for the cases that are not decided yet.

        If this fails, ``trouble`` gives the reason. A run of several services goes on: a note gives the reason, and
        each case that needs a resource gives it, too.
        """
        if self.trouble:
            return
        wanted = [case_id for case_id in case_ids if case_id not in self.done]
        reason = self.session.prepare(wanted, tell)
        if reason and self.service is not None and not self.session.journal.trouble:
            self.session.context.notes.add("missing", reason)
        else:
            self.trouble = self.trouble or reason

    def start(self, case_ids: Iterable[str]) -> None:
        """Start to try cases, except those that are already decided."""
        self.session.run.start([case_id for case_id in case_ids if case_id not in self.done])

    def result(self, case_id: str) -> Result:
        """Wait for the result of a case. Raises Stopped: the run was stopped before the case was decided."""
        if case_id in self.done:
            return self.done[case_id]
        if case_id in self._results:
            return self._results[case_id]
        if case_id in self._elsewhere:
            raise Stopped(case_id)
        result = self.session.run.wait(case_id)
        return self._results.get(case_id) or self.waivers.apply(self._labelled(result))

    def leave_to_others(self, case_ids: Iterable[str]) -> None:
        """Leave cases of this process to other processes of the run; ``adopt`` takes their results."""
        self._elsewhere.update(case_id for case_id in case_ids if case_id not in self.done)

    def waits_for_others(self, case_id: str) -> bool:
        """Whether a case is left to another process that has not decided it yet."""
        return case_id in self._elsewhere

    def adopt(self, result: Result) -> None:
        """Take the result of a case that was left to another process, which has written it into the record."""
        if result.case in self._elsewhere:
            self._results[result.case] = result
            self._elsewhere.discard(result.case)
            self._decided.put(result.case)

    def take_back(self, case_ids: Sequence[str]) -> None:
        """Try cases that another process has left undecided."""
        if case_ids:
            self.start(case_ids)
            self._elsewhere.difference_update(case_ids)

    def _labelled(self, result: Result) -> Result:
        return replace(result, service=self.service) if self.service else result

    def as_decided(self, case_ids: Sequence[str]) -> Iterator[str]:
        """Yield the ids in the order in which the cases are decided; cases that will not be decided come last.

        Meanwhile ``ahead`` is the id that comes next; None while nobody knows.
        """
        waiting, self.ahead = dict.fromkeys(case_ids), None
        for case_id in case_ids:
            if case_id in self.done:
                del waiting[case_id]
                yield case_id
        ready: deque[str] = deque()
        while waiting:
            with contextlib.suppress(Empty):
                if not ready:
                    ready.append(self._decided.get(timeout=0.5))
                    self.session.context.stopping.wait(GATHERING)
                while True:
                    ready.append(self._decided.get_nowait())
            if not ready:
                others = self._elsewhere and not self.session.context.stopping.is_set()
                if self.session.run.active or others or not self._decided.empty():
                    continue
                yield from waiting
                return
            case_id = ready.popleft()
            if case_id in waiting:
                del waiting[case_id]
                self.ahead = next((one for one in ready if one in waiting), None)
                yield case_id

    def instead_of(self, case_ids: Iterable[str]) -> list[Case]:
        """Choose further cases to try, of the requirements of which decided cases have decided nothing.

        There are none unless the level of the run is ``essential``, and none once the run is stopped or in trouble.
        """
        if self.left_out is None or self.trouble or self.session.context.stopping.is_set():
            return []
        known = {**self.done, **self._results}
        cases = {case.id: case for case in self.suite.cases}
        return self.left_out.instead_of((cases[one], known[one]) for one in case_ids if one in known)

    def stop(self) -> None:
        """Start no further case, and end all waiting."""
        self.session.context.stopping.set()

    def end_for_the_journal(self) -> None:
        """Stop, since the journal cannot be written: nothing may be asked for any more."""
        self.trouble = self.trouble or self.session.journal.trouble
        self.stop()

    def give_up(self) -> None:
        """Stop all processes of the run, since the cloud is lost."""
        self.stop()
        with contextlib.suppress(OSError):
            (self.directory / STOP).write_text(self.session.cloud.lost or "", "utf-8")

    @property
    def lost(self) -> str | None:
        """The reason why the cloud is lost, in one sentence, from any process of the run; None if it is not lost."""
        with contextlib.suppress(OSError):
            return self.session.cloud.lost or (self.directory / STOP).read_text("utf-8") or None
        return None

    def close(self, *, whole_run: bool, cloud_ends: bool = False) -> None:
        """Close the session (see ``Session.close``). A second call does nothing."""
        if not self.closed:
            self.closed = True
            self.session.close(whole_run, cloud_ends)

    def leave_part(self) -> None:
        """Close the session, and leave its figures for the owner of the run."""
        left = self.session.close(cloud_ends=self.session.settings.sandbox)
        part = {"figures": self.session.figures(), "notes": list(self.session.notes()), "left": list(left)}
        named = f"{self.worker}-{self.service}" if self.service else self.worker
        part |= {"service": self.service} if self.service else {}
        part |= {"left_out": asdict(self.left_out.count)} if self.left_out else {}
        with contextlib.suppress(RecordError):
            write_atomically(self.directory / _PART.format(named), json.dumps(part), PRIVATE)

    def told_of(self, result: Result) -> str:
        """The known cause of the contradiction of a failed case; empty if nothing is."""
        return self.known.told_of(result) if self.known is not None else ""

    @cached_property
    def head(self) -> RunInfo:
        """The head of the record as of the start; the text of a failure takes the endpoint from it."""
        return self.info()

    def info(self, totals: Mapping[str, Any] | None = None) -> RunInfo:
        """The head of the record."""
        info = self.session.info(self.options, totals)
        return replace(info, notes=corrected(info.notes, [self.left_out.count])) if self.left_out else info


@dataclass
class Parts:
    """The figures and notes of the other processes of a run about one service, and how many cases they left out."""

    figures: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    left_out: list[Count] = field(default_factory=list)


def gather_parts(directory: Path) -> dict[str | None, Parts]:
    """Gather the figures and notes that the other processes of a run have left, and remove their files.

    Returns:
        The service, or None in a run of one -> what they left about it.
    """
    found: dict[str | None, Parts] = {}
    for path in sorted(directory.glob(PARTS)):
        with contextlib.suppress(OSError, ValueError):
            part = json.loads(path.read_text("utf-8"))
            of_service = found.setdefault(part.get("service"), Parts())
            # Processes run at the same time, so the duration of the run is that of its owner.
            of_service.figures.append({**part["figures"], "seconds": 0.0})
            of_service.notes.update((json.dumps(note, sort_keys=True), note) for note in part["notes"])
            of_service.left_out += [Count(**part["left_out"])] if "left_out" in part else []
            path.unlink()
    return found


__all__ = ["STOP", "Lacking", "Share", "Stopped", "gather_parts"]
