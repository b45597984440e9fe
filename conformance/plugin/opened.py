"""The open parts of a run, held by the process that owns it: directory, endpoint, session and record."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from conformance.engine.cloud.journal import PATTERN, Journal
from conformance.engine.run.locks import TURNS
from conformance.engine.run.session import Settings
from conformance.plugin.choices import Choices
from conformance.plugin.endpoint import Endpoint, has_logs, open_endpoint, remove_logs
from conformance.plugin.expected import compare
from conformance.plugin.known import known_for
from conformance.plugin.options import STARTED
from conformance.plugin.reference import Reference
from conformance.plugin.share import PARTS, STOP, Share, gather_parts
from conformance.plugin.trouble import Trouble
from conformance.plugin.waivers import Waivers
from specs.guideline.needed import FILE as NEEDS
from specs.record import RecordError, RecordWriter, RunDirectory, RunRecord, Tally
from specs.record.model import Result, RunInfo
from specs.record.reader import HEAD, LINES, WORKER_LINES
from specs.record.totals import added

WRITTEN = (HEAD, LINES, WORKER_LINES, PATTERN, PARTS, STOP, TURNS, NEEDS)
"""Patterns of the names of files that the processes of a run write into its directory before the first case."""

DECIDED = ("pass", "fail", "inapplicable")
"""Verdicts that count as decided: a resumed run does not try these cases again."""


class Opened:
    """The open directory, endpoint, session and record of a run.

    Attributes:
        choices: the options of the run.
        reference: the specs of the run.
        files: the files of the specs to test.
        directory: the run directory.
        done: the decided results of a resumed run, by case.
        share: the share of this process in the run.
        closed: True after ``close``.

    Raises:
        Trouble: one of the parts cannot be opened.
    """

    def __init__(
        self,
        choices: Choices,
        reference: Reference,
        waivers: Waivers,
        files: Sequence[Path],
        options: Mapping[str, Any],
    ) -> None:
        self.choices = choices
        self.reference = reference
        self.files = files
        self.closed = False
        self._begun = False
        self._given_up = False
        self._endpoint: Endpoint | None = None
        self._writer: RecordWriter | None = None
        self.share: Share
        try:
            self._place = _place(choices)
        except RecordError as error:
            raise Trouble(str(error)) from None
        self.directory = self._place.path
        try:
            self._before, self.done = _earlier(choices, self.directory)
            self._open(waivers, options)
        except RecordError as error:
            self._give_up()
            raise Trouble(str(error)) from None
        except Trouble:
            # The log explains why a sandbox did not start.
            self._give_up(keep_log=self._endpoint is None)
            raise
        except BaseException:
            self._give_up()
            raise

    def _open(self, waivers: Waivers, options: Mapping[str, Any]) -> None:
        self._writer = RecordWriter(self.directory, resume=self.choices.resume is not None)
        self._endpoint = open_endpoint(self.choices, self.directory, self.reference.service)
        settings = settings_of(self.choices, self._endpoint, self.directory)
        self.share = Share.open(self.reference, settings, self._writer, options, waivers, self.done)
        _same_endpoint(self._before, self.share)
        session = self.share.session
        supported = session.cloud.microversions
        self._expected = known_for(
            self.choices.known, self.share.head.spec, session.settings.release, supported.max if supported else None
        )
        if self._expected is not None:
            session.run.deviating = self._expected.failing(session.suite.cases)

    @property
    def first_line(self) -> str:
        """One line that names the endpoint under test and the roles of the run."""
        cloud, release = self.share.session.cloud, self.share.session.settings.release
        supported = cloud.microversions
        versions = f"microversions {supported.min} to {supported.max}" if supported.max else "no microversions"
        if cloud.root is not None and cloud.root.version is not None and not supported.max:
            versions = f"version {cloud.root.version}, {versions}"
        roles = ", ".join(sorted(str(role) for role in cloud.roles))
        return f"{cloud.name} ({f'{release}, ' if release else ''}{versions}), as {roles}"

    def write_head(self) -> None:
        """Write the head of the record, without which a cleanup knows no endpoint. Raises RecordError."""
        if self._writer is not None:
            self._writer.write_info(self._since_before(self.share.info()))

    def begin_record(self) -> None:
        """Write the head of the record and let ``runs/latest`` point to it. Raises RecordError."""
        if not self._begun and self._writer is not None:
            self._writer.start(self._since_before(self.share.info()))
            self._begun = True

    def close(self) -> None:
        """Stop the run, and remove the resources of all its processes, unless the sandbox of the run holds them."""
        if not self.closed:
            self.closed = True
            self.share.session.close(whole_run=True, cloud_ends=self.choices.own)

    def finish(self, status: int, totals: Mapping[str, Any]) -> RunInfo:
        """Write the head of the record with the totals, and end the sandbox."""
        figures, notes = self._gathered
        info = self.share.info({**totals, **figures})
        endpoint = self._endpoint.notes() if self._endpoint else ()
        compared = self._compared()
        lacking = [{"kind": "undocumented", "text": text} for text in self.reference.undocumented]
        every = {repr(sorted(n.items(), key=str)): n for n in (*endpoint, *info.notes, *notes, *lacking, *compared)}
        info = replace(self._since_before(info), notes=tuple(every.values()), exit_status=status)
        if self._writer is not None:
            self._writer.finish(info)
        for name in (STOP, TURNS):
            (self.directory / name).unlink(missing_ok=True)
        self._end_endpoint()
        return info

    @property
    def accepted(self) -> int | None:
        """The number of requests that the cloud has accepted; None if an earlier part of the run did not count them."""
        if self._before is not None and "accepted" not in self._before.totals:
            return None
        return int(self._gathered[0]["accepted"])

    @cached_property
    def _gathered(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The figures of the whole run, and the notes of its other processes, which must have ended."""
        parts, notes = gather_parts(self.directory)
        before = self._before.totals if self._before else {}
        return added(before, self.share.session.figures(), *parts), notes

    def _compared(self) -> tuple[dict[str, Any], ...]:
        """Compare the run with the expected deviations of this release, for the record. Raises RecordError."""
        if self._expected is None:
            return ()
        cases: dict[str, list[str]] = {}
        for case in self.share.suite.cases:
            cases.setdefault(case.requirement.id, []).append(case.id)
        results = RunRecord.read(self.directory).results
        compared = compare(self._expected, results, cases, whole=self.choices.microversion is None)
        return compared.notes(self._expected if self.share.session.settings.release is None else None)

    def leave(self, status: int) -> None:
        """Finish the record, and remove no resources, because the process ends at once."""
        with contextlib.suppress(Exception):
            if self._writer is not None and self._begun:
                tally = Tally.of(RunRecord.read(self.directory).results)
                info = self.share.info({**tally.totals(), **self.share.session.figures()})
                self._writer.finish(replace(self._since_before(info), exit_status=status))

    def discard(self) -> None:
        """Close everything without leaving a record, because no case was selected."""
        self.close()
        self._give_up()

    def abandon(self) -> None:
        """Close everything that an early end of the session has left open, and release the directory."""
        if not self.closed:
            with contextlib.suppress(Exception):
                self.close()
        if not self._begun:
            self._give_up()
        self._end_endpoint()
        if self._writer is not None:
            self._writer.close()
        self._place.release()

    def _since_before(self, info: RunInfo) -> RunInfo:
        return replace(info, started=self._before.started) if self._before else info

    def _end_endpoint(self) -> None:
        if self._endpoint is not None:
            self._endpoint.close()

    def _give_up(self, keep_log: bool = False) -> None:
        """Remove the files of a run that has not begun; a resumed run keeps its files."""
        if self._given_up:
            return  # the directory may belong to another run by now
        self._given_up = True
        self._end_endpoint()
        if self._writer is not None:
            self._writer.close()
        made = any(not entry.settled for entry in Journal.read(self.directory))
        if self.choices.resume is None and not made:  # the cleanup needs the journal
            if not (keep_log and has_logs(self.directory)):
                remove_logs(self.directory, self._place.before)
            self._place.remove(WRITTEN)
        self._place.release()


def settings_of(choices: Choices, endpoint: Endpoint, directory: Path) -> Settings:
    """The settings of a run on an open endpoint."""
    return Settings(
        target=endpoint.target.only(choices.roles),
        directory=directory,
        sandbox=choices.own,
        release=endpoint.release,
        default_policy=choices.default_policy,
        allow_disruptive=choices.allow_disruptive,
        max_resources=choices.max_resources,
        microversion=choices.microversion,
        wishes=choices.use,
    )


def _place(choices: Choices) -> RunDirectory:
    if choices.resume is not None:
        return RunDirectory.take_again(choices.resume)
    return RunDirectory.take(choices.output) if choices.output is not None else RunDirectory.new()


def _earlier(choices: Choices, directory: Path) -> tuple[RunInfo | None, dict[str, Result]]:
    """Return the head and the decided results of the run to resume. Raises RecordError."""
    if choices.resume is None:
        return None, {}
    record = RunRecord.read(directory)
    return record.info, {r.case: r for r in record.results if r.verdict in DECIDED}


def _same_endpoint(before: RunInfo | None, share: Share) -> None:
    if before is None:
        return
    now = share.head.endpoint
    own = now.get("sandbox") or before.endpoint.get("sandbox")
    asked = [(share.options.get(name), before.options.get(name)) for name in STARTED]
    # The URL of a started endpoint is another one each time.
    keys = ("sandbox", "release") if own or any(map(any, asked)) else ("url",)
    if not all(one == other for one, other in [*asked, *((before.endpoint.get(key), now.get(key)) for key in keys)]):
        was = before.endpoint.get("name") or before.endpoint.get("url")
        raise Trouble(f"the run to resume tested {was}, not {now['name']}: give the same endpoint again")
