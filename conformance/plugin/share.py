"""This process's share of a run: its cases, their results, and its files in the record.

The process that owns a run usually tries all cases; under pytest-xdist and stestr, other processes share them. Such a
process leaves its figures in the run directory, and the owner gathers them there.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from conformance.engine.cloud.errors import CloudError
from conformance.engine.model.case import Suite
from conformance.engine.run.run import Stopped
from conformance.engine.run.session import Session, Settings
from conformance.plugin.reference import Reference
from conformance.plugin.trouble import Trouble
from conformance.plugin.waivers import Waivers
from specs.record.directory import PRIVATE
from specs.record.errors import RecordError
from specs.record.model import Result, RunInfo
from specs.record.writer import RecordWriter, write_atomically

STOP = "stop"
"""A file in the run directory; if it exists, all processes of the run stop. It may hold the sentence that says why."""

_PART = "part-{}.json"
PARTS = "part-*.json"
"""Names of the files in which other processes of the run leave their figures."""


@dataclass
class Share:
    """The share of one process in a run.

    Attributes:
        reference: the specs of the run.
        session: the connection to the cloud.
        writer: writes the results of this process into the record.
        options: the options of the run, for the record.
        waivers: the waivers of the run.
        done: results from before the run was resumed, by case; these cases are not tried again.
        worker: the name of this process; None for the owner of the run.
        trouble: the reason why the run cannot start or go on, in one sentence; None if it can.
    """

    reference: Reference
    session: Session
    writer: RecordWriter
    options: Mapping[str, Any]
    waivers: Waivers = field(default_factory=Waivers)
    done: Mapping[str, Result] = field(default_factory=dict)
    worker: str | None = None
    trouble: str | None = None
    _decided: SimpleQueue[str] = field(default_factory=SimpleQueue)
    _results: dict[str, Result] = field(default_factory=dict)

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
        """Connect to the cloud and derive the cases. Raises Trouble: the cloud cannot be used."""
        told: list[Share] = []

        def record(result: Result) -> None:
            told[0].tell(result)

        try:
            session = Session(settings, reference.specs, reference.selected, record, worker)
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
    def suite(self) -> Suite:
        """The suite with all its cases, selected or not."""
        return self.session.suite

    @property
    def directory(self) -> Path:
        """The run directory."""
        return self.session.settings.directory

    def tell(self, result: Result) -> None:
        """Take a result from a thread of the engine: apply the waivers, write it, and mark its case as decided."""
        result = self.waivers.apply(result)
        self._results[result.case] = result
        try:
            self.writer.add(result)
        except RecordError as error:
            self.trouble = self.trouble or str(error)
        if self.trouble:
            self.stop()
        self._decided.put(result.case)

    def prepare(self, case_ids: Iterable[str], tell: Callable[[str], None]) -> None:
        """Make a first resource for the cases that are not decided yet. If this fails, ``trouble`` gives the reason."""
        wanted = [case_id for case_id in case_ids if case_id not in self.done]
        self.trouble = self.trouble or self.session.prepare(wanted, tell)

    def start(self, case_ids: Iterable[str]) -> None:
        """Start to try cases, except those that are already decided."""
        self.session.run.start([case_id for case_id in case_ids if case_id not in self.done])

    def result(self, case_id: str) -> Result:
        """Wait for the result of a case. Raises Stopped: the run was stopped before the case was decided."""
        if case_id in self.done:
            return self.done[case_id]
        result = self.session.run.wait(case_id)
        return self._results.get(case_id) or self.waivers.apply(result)

    def as_decided(self, case_ids: Sequence[str]) -> Iterator[str]:
        """Yield the ids in the order in which the cases are decided; cases that will not be decided come last."""
        waiting = dict.fromkeys(case_ids)
        for case_id in case_ids:
            if case_id in self.done:
                del waiting[case_id]
                yield case_id
        while waiting:
            try:
                case_id = self._decided.get(timeout=0.5)
            except Empty:
                if self.session.run.active or not self._decided.empty():
                    continue
                yield from waiting
                return
            if case_id in waiting:
                del waiting[case_id]
                yield case_id

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

    def leave_part(self) -> None:
        """Close the share, and leave its figures for the owner of the run."""
        left = self.session.close(cloud_ends=self.session.settings.sandbox)
        part = {"figures": self.session.figures(), "notes": list(self.session.notes()), "left": list(left)}
        with contextlib.suppress(RecordError):
            write_atomically(self.directory / _PART.format(self.worker), json.dumps(part), PRIVATE)
        self.writer.close()

    @cached_property
    def head(self) -> RunInfo:
        """The head of the record as of the start; the text of a failure takes the endpoint from it."""
        return self.info()

    def info(self, totals: Mapping[str, Any] | None = None) -> RunInfo:
        """The head of the record."""
        return self.session.info(self.options, totals)


def gather_parts(directory: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Gather the figures and notes that the other processes of a run have left, and remove their files."""
    figures: list[dict[str, Any]] = []
    notes: dict[str, dict[str, Any]] = {}
    for path in sorted(directory.glob(PARTS)):
        with contextlib.suppress(OSError, ValueError):
            part = json.loads(path.read_text("utf-8"))
            # Processes run at the same time, so the duration of the run is that of its owner.
            figures.append({**part["figures"], "seconds": 0.0})
            notes.update((json.dumps(note, sort_keys=True), note) for note in part["notes"])
            path.unlink()
    return figures, list(notes.values())


__all__ = ["STOP", "Share", "Stopped", "gather_parts"]
