"""The open parts of a run, held by the process that owns it: directory, endpoint, session and record."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from conformance.engine.run.locks import TURNS
from conformance.engine.run.session import Settings
from conformance.plugin.choices import Choices
from conformance.plugin.endpoint import Endpoint, has_logs, open_endpoint, remove_logs
from conformance.plugin.expected import ExpectedDeviations, compare, expected_of
from conformance.plugin.reference import Reference
from conformance.plugin.share import STOP, Share, gather_parts
from conformance.plugin.trouble import Trouble
from conformance.plugin.waivers import Waivers
from specs.record import RecordError, RecordWriter, RunRecord
from specs.record.model import Result, RunInfo
from specs.record.totals import added
from specs.record.writer import new_directory

DECIDED = ("pass", "fail", "inapplicable")
"""Verdicts that count as decided: a resumed run does not try these cases again."""


class Opened:
    """The open directory, endpoint, session and record of a run. Raises Trouble if one cannot be opened."""

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
        self._endpoint: Endpoint | None = None
        self._writer: RecordWriter | None = None
        self.share: Share
        self._before, self.done = _earlier(choices)
        try:
            self._open(waivers, options)
        except RecordError as error:
            self._give_up()
            raise Trouble(str(error)) from None
        except BaseException:
            self._give_up()
            raise

    def _open(self, waivers: Waivers, options: Mapping[str, Any]) -> None:
        given = self.choices.resume or self.choices.output
        self._made_parent = given is None or not given.exists()
        self.directory = given or new_directory("runs")
        # If the directory holds a record, it belongs to another run, and nothing in it may be changed.
        self._ours = given is None
        self._writer = RecordWriter(self.directory, resume=self.choices.resume is not None)
        self._ours = self.choices.resume is None
        self._endpoint = open_endpoint(self.choices, self.directory, self.reference.service)
        settings = Settings(
            target=self._endpoint.target,
            directory=self.directory,
            sandbox=self.choices.sandbox,
            release=self._endpoint.release,
            default_policy=self.choices.default_policy,
            allow_disruptive=self.choices.allow_disruptive,
            max_resources=self.choices.max_resources,
            microversion=self.choices.microversion,
        )
        self.share = Share.open(self.reference, settings, self._writer, options, waivers, self.done)
        _same_endpoint(self._before, self.share)
        self._expected = _expected(self.share)

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

    def begin_record(self) -> None:
        """Write the head of the record and let ``runs/latest`` point to it. Raises RecordError."""
        if not self._begun and self._writer is not None:
            self._begun = True
            self._writer.start(self._since_before(self.share.info()))

    def close(self) -> None:
        """Stop, and remove the resources of this process and of the run's other processes."""
        if not self.closed:
            self.closed = True
            self.share.session.close(whole_run=True)

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
        """The figures of the whole run, and the notes of its other processes, when they have ended."""
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
        return compare(self._expected, results, cases, whole=self.choices.microversion is None).notes

    def discard(self) -> None:
        """Close everything without leaving a record, because no case was selected."""
        self.close()
        self._give_up()

    def abandon(self) -> None:
        """Close everything that an early end of the session has left open."""
        if not self.closed:
            with contextlib.suppress(Exception):
                self.close()
        self._end_endpoint()
        if self._writer is not None:
            self._writer.close()

    def _since_before(self, info: RunInfo) -> RunInfo:
        return replace(info, started=self._before.started) if self._before else info

    def _end_endpoint(self) -> None:
        if self._endpoint is not None:
            self._endpoint.close()

    def _give_up(self) -> None:
        self._end_endpoint()
        if self._writer is not None:
            self._writer.close()
        directory = getattr(self, "directory", None)
        if directory is None or not getattr(self, "_ours", False):
            return
        if self._endpoint is None and has_logs(directory):
            return  # they explain why the sandbox did not start
        if self._made_parent:
            shutil.rmtree(directory, ignore_errors=True)
            with contextlib.suppress(OSError):
                directory.parent.rmdir()
            return
        for name in ("results.jsonl", "run.json", "journal.jsonl"):
            (directory / name).unlink(missing_ok=True)
        remove_logs(directory)


def _earlier(choices: Choices) -> tuple[RunInfo | None, dict[str, Result]]:
    if choices.resume is None:
        return None, {}
    try:
        record = RunRecord.read(choices.resume)
        return record.info, {r.case: r for r in record.results if r.verdict in DECIDED}
    except RecordError as error:
        raise Trouble(str(error)) from None


def _expected(share: Share) -> ExpectedDeviations | None:
    """Return the expected deviations of the tested release if the specs come from its own reference. Raises Trouble."""
    settings, spec = share.session.settings, share.head.spec
    if not settings.sandbox or settings.release != f"{spec.get('package')} {spec.get('version')}":
        return None
    return expected_of(spec["package"], spec["version"])


def _same_endpoint(before: RunInfo | None, share: Share) -> None:
    if before is None:
        return
    now = share.head.endpoint
    started = now.get("sandbox") or before.endpoint.get("sandbox") or share.options.get("sandbox-cloud")
    keys = ("sandbox", "release") if started else ("url",)
    for key in keys:
        if before.endpoint.get(key) != now.get(key):
            was = before.endpoint.get("name") or before.endpoint.get("url")
            raise Trouble(f"the run to resume tested {was}, not {now['name']}: give the same endpoint again")
