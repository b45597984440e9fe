"""The open parts of a run, held by the process that owns it: directory, endpoint, sessions and record."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from conformance.engine.cloud.journal import PATTERN, Journal
from conformance.engine.cloud.locks import TURNS
from conformance.engine.cloud.shared_lists import LISTS
from conformance.engine.run.session import Settings, patience_of
from conformance.plugin.choices import Choices
from conformance.plugin.endpoint import Endpoint, has_logs, open_endpoint, remove_logs
from conformance.plugin.expected import ExpectedDeviations, compare
from conformance.plugin.further import corrected
from conformance.plugin.heads import TIMES, joined, narrowed, tallies_of
from conformance.plugin.known import check_named, known_for
from conformance.plugin.options import STARTED
from conformance.plugin.reference import Reference
from conformance.plugin.share import PARTS, STOP, Parts, Share, gather_parts
from conformance.plugin.shares import Shares, check_wishes, open_each, said, undescribed
from conformance.plugin.trouble import Trouble
from conformance.plugin.waivers import Waivers
from reports.words import count as counted
from reports.words import listed
from specs.guideline.needed import FILE as NEEDS
from specs.record import RecordError, RecordWriter, RunDirectory, RunRecord, Tally
from specs.record.model import Result, RunInfo
from specs.record.reader import HEAD, LINES, WORKER_LINES
from specs.record.totals import added

WRITTEN = (HEAD, LINES, WORKER_LINES, PATTERN, PARTS, STOP, TURNS, NEEDS, f"{LISTS}-*")
"""Patterns of the names of files that the processes of a run write into its directory before the first case."""

DECIDED = ("pass", "fail", "inapplicable")
"""Verdicts that count as decided: a resumed run does not try these cases again."""


class Opened:
    """The open directory, endpoint, sessions and record of a run.

    Attributes:
        choices: the options of the run.
        references: the specs of the run, by service.
        files: the files of the specs to test.
        options: the options of the run, for the record.
        directory: the run directory.
        shares: the shares of this process in the run, one for each service.
        closed: True after ``close``.

    Raises:
        Trouble: one of the parts cannot be opened.
    """

    def __init__(
        self,
        choices: Choices,
        references: Sequence[Reference],
        waivers: Waivers,
        files: Sequence[Path],
        options: Mapping[str, Any],
    ) -> None:
        self.choices = choices
        self.references = references
        self.options = options
        self.files = files
        self.closed = False
        self._begun = False
        self._given_up = False
        self._endpoint: Endpoint | None = None
        self._writer: RecordWriter | None = None
        self.shares: Shares
        check_fit(choices, references)
        try:
            self._place = _place(choices)
        except RecordError as error:
            raise Trouble(str(error)) from None
        self.directory = self._place.path
        try:
            self._before, self._done = _earlier(choices, self.directory)
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
        self._writer = writer = RecordWriter(self.directory, resume=self.choices.resume is not None)
        services = [reference.service for reference in self.references]
        _same_services(self._before, services)
        self._endpoint = endpoint = open_endpoint(self.choices, self.directory, services)

        def open_one(reference: Reference, prefix: str | None) -> Share:
            label = reference.service if len(services) > 1 else None
            settings = settings_of(self.choices, endpoint, self.directory, reference.service)
            settings = replace(settings, prefix=prefix, service=label)
            done = {case: result for (service, case), result in self._done.items() if service in (None, label)}
            own = narrowed(options, reference) if label else options
            return Share.open(reference, settings, writer, own, waivers, done)

        self.shares = open_each(self.references, endpoint.lacking, open_one)
        for share in self.shares:
            _same_endpoint(self._before, share)
            share.known = self._expected(share)
            if share.known is not None:
                share.session.run.deviating = share.known.failing(share.suite.cases)

    @property
    def expects(self) -> Callable[[str, str], bool] | None:
        """Tells by the ids of a deviation and of its case whether it is expected; None if no release is compared."""
        releases = [share.known for share in self.shares if share.known is not None]

        def expected(deviation: str, case: str) -> bool:
            known = (release.by_id.get(deviation) for release in releases)
            return any(one is not None and one.explains(case) for one in known)

        return expected if releases else None

    @property
    def first_lines(self) -> list[str]:
        """One line for each service: the endpoint under test and the roles of the run, or that the cloud lacks it."""
        lines = [said(share, self._first_line(share)) for share in self.shares]
        return lines + [f"{reference.service}: {_left_out(reference, why)}" for reference, why in self.shares.lacking]

    @staticmethod
    def _first_line(share: Share) -> str:
        cloud, release = share.session.cloud, share.session.settings.release
        supported = cloud.microversions
        versions = f"microversions {supported.min} to {supported.max}" if supported.max else "no microversions"
        if cloud.root is not None and cloud.root.version is not None and not supported.max:
            versions = f"version {cloud.root.version}, {versions}"
        roles = ", ".join(sorted(str(role) for role in cloud.roles))
        return f"{cloud.name} ({f'{release}, ' if release else ''}{versions}), as {roles}"

    def write_head(self) -> None:
        """Write the head of the record, without which a cleanup knows no endpoint. Raises RecordError."""
        if self._writer is not None:
            self._writer.write_info(self._info())

    def begin_record(self) -> None:
        """Write the head of the record and let ``runs/latest`` point to it. Raises RecordError."""
        if not self._begun and self._writer is not None:
            self._writer.start(self._info())
            self._begun = True

    def close(self) -> None:
        """Stop the run, and remove the resources of all its processes, unless the sandbox of the run holds them."""
        if not self.closed:
            self.closed = True
            self.shares.stop()
            for share in self.shares:
                share.close(whole_run=True, cloud_ends=self.choices.own)

    def finish(self, status: int, tallies: Mapping[str | None, Tally]) -> RunInfo:
        """Write the head of the record with the totals, and end the sandbox.

        Args:
            status: the exit status of the run.
            tallies: the counts of the results in the record, as ``tallies_of`` gives them.

        Raises:
            RecordError: the record cannot be read or written.
        """
        endpoint = self._endpoint.notes() if self._endpoint else ()
        heads = [self._head(share, tallies.get(share.service, Tally())) for share in self.shares]
        info = self._info(heads, endpoint=endpoint, finished=True)
        info = replace(info, exit_status=status)
        if self._writer is not None:
            self._writer.finish(info)
        for file in (self.directory / STOP, self.directory / TURNS, *self.directory.glob(f"{LISTS}-*")):
            file.unlink(missing_ok=True)
        self._end_endpoint()
        return info

    def _head(self, share: Share, tally: Tally) -> RunInfo:
        """The head of one service at the end of the run, with its totals and all its notes. Raises RecordError."""
        info = share.info({**tally.totals(), **self.figures(share)})
        parts = self._parts.get(share.service, Parts())
        lacking = [{"kind": "undocumented", "text": text} for text in share.reference.undocumented]
        lacking += [{"kind": "undescribed", "text": text} for text in undescribed(share)]
        noted = corrected((*info.notes, *parts.notes.values()), parts.left_out)
        if (known := self._expected(share)) is not None:
            noted = tuple(map(known.explained, noted))
        return replace(info, notes=(*noted, *lacking, *self._compared(share)))

    def _info(
        self, heads: Sequence[RunInfo] = (), endpoint: Sequence[dict[str, Any]] = (), finished: bool = False
    ) -> RunInfo:
        """The head of the record, of the heads of all services, which are made anew if there are none."""
        heads = list(heads) or [share.info() for share in self.shares]
        info = heads[0]
        if self.shares.several:
            info = joined(heads, self.shares, self.options)
            if self._before and info.totals:
                before = self._before.totals
                times = {key: round((before.get(key) or 0.0) + info.totals[key], 1) for key in TIMES}
                info = replace(info, totals={**info.totals, **times})
        notes = tuple({repr(sorted(n.items(), key=str)): n for n in (*endpoint, *info.notes)}.values())
        started = self._before.started if self._before else info.started
        return replace(info, started=started, notes=notes if finished else info.notes)

    def accepted(self, share: Share) -> int | None:
        """The number of accepted requests about a service; None if an earlier part of the run did not count them."""
        before = self._totals_before(share)
        return None if before and "accepted" not in before else int(self.figures(share)["accepted"])

    def figures(self, share: Share) -> dict[str, Any]:
        """The figures of the whole run about a service; its other processes must have ended."""
        parts = self._parts.get(share.service, Parts())
        return added(self._totals_before(share), share.session.figures(), *parts.figures)

    def _totals_before(self, share: Share) -> Mapping[str, Any]:
        if self._before is None:
            return {}
        parts = {part.service: part.totals for part in self._before.services}
        return parts.get(share.service or "", {}) if parts else self._before.totals

    @cached_property
    def _parts(self) -> dict[str | None, Parts]:
        return gather_parts(self.directory)

    def _expected(self, share: Share) -> ExpectedDeviations | None:
        """The deviations that are expected of a service, by its release. Raises Trouble: their file is broken."""
        session, supported = share.session, share.session.cloud.microversions
        highest = supported.max if supported else None
        return known_for(self.choices.known, share.head.spec, session.settings.release, highest)

    def _compared(self, share: Share) -> tuple[dict[str, Any], ...]:
        """Compare a service with the expected deviations of its release, for the record. Raises RecordError."""
        expected = self._expected(share)
        if expected is None:
            return ()
        cases: dict[str, list[str]] = {}
        for case in share.suite.cases:
            cases.setdefault(case.requirement.id, []).append(case.id)
        results = (one for one in RunRecord.read(self.directory).results if one.service == share.service)
        compared = compare(expected, results, cases, whole=self.choices.microversion is None)
        return compared.notes(expected if share.session.settings.release is None else None)

    def leave(self, status: int) -> None:
        """Finish the record, and remove no resources, because the process ends at once."""
        with contextlib.suppress(Exception):
            if self._writer is not None and self._begun:
                tallies = tallies_of(self.directory)
                heads = [
                    share.info({**tallies.get(share.service, Tally()).totals(), **share.session.figures()})
                    for share in self.shares
                ]
                self._writer.finish(replace(self._info(heads), exit_status=status))

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


def settings_of(choices: Choices, endpoint: Endpoint, directory: Path, service: str) -> Settings:
    """The settings of a run on one service of an open endpoint."""
    return Settings(
        target=endpoint.targets[service].only(choices.roles),
        directory=directory,
        sandbox=choices.own,
        release=endpoint.releases.get(service),
        default_policy=choices.default_policy,
        allow_disruptive=choices.allow_disruptive,
        max_resources=choices.max_resources,
        patience=patience_of(choices.patience, choices.own),
        microversion=choices.microversion,
        wishes=choices.use,
    )


def _place(choices: Choices) -> RunDirectory:
    if choices.resume is not None:
        return RunDirectory.take_again(choices.resume)
    return RunDirectory.take(choices.output) if choices.output is not None else RunDirectory.new()


def check_fit(choices: Choices, references: Sequence[Reference]) -> None:
    """Make sure that the options fit the services of the run. Raises Trouble."""
    check_named(choices.known, {reference.package for reference in references})
    if len(references) > 1:
        if choices.microversion is not None:
            services = listed(reference.service for reference in references)
            raise Trouble(
                f"--microversion {choices.microversion} is a version of one API, and the specs are of {services}: "
                "leave it out, or give the specs of one service"
            )
        check_wishes(choices.use, references)


def _earlier(choices: Choices, directory: Path) -> tuple[RunInfo | None, dict[tuple[str | None, str], Result]]:
    """Return the head and the decided results of the run to resume, by service and case. Raises RecordError."""
    if choices.resume is None:
        return None, {}
    record = RunRecord.read(directory)
    return record.info, {(r.service, r.case): r for r in record.results if r.verdict in DECIDED}


def _same_services(before: RunInfo | None, services: Sequence[str]) -> None:
    """Make sure that a run of several services goes on with the same services. Raises Trouble."""
    if before is None:
        return
    were = [part.service for part in before.services] or [before.service]
    if (before.services or len(services) > 1) and sorted(were) != sorted(services):
        raise Trouble(f"the run to resume tested {listed(were)}, not {listed(services)}: give the same services again")


def _same_endpoint(before: RunInfo | None, share: Share) -> None:
    if before is None:
        return
    earlier = {part.service: part.endpoint for part in before.services if part.lacking is None}
    if earlier and share.service not in earlier:
        return  # the cloud lacked the service, and has it now
    was, now = earlier.get(share.service or "", before.endpoint), share.head.endpoint
    own = now.get("sandbox") or was.get("sandbox")
    asked = [(share.options.get(name), before.options.get(name)) for name in STARTED]
    # The URL of a started endpoint is another one each time.
    keys = ("sandbox", "release") if own or any(map(any, asked)) else ("url",)
    if not all(one == other for one, other in [*asked, *((was.get(key), now.get(key)) for key in keys)]):
        named = was.get("name") or was.get("url")
        raise Trouble(f"the run to resume tested {named}, not {now['name']}: give the same endpoint again")


def _left_out(reference: Reference, why: str) -> str:
    count = sum(len(spec.operations) for spec in reference.selected)
    return f"{why}: its {counted(count, 'operation')} are inapplicable"
