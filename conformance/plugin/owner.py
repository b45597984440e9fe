"""The process that owns a run: it opens and closes everything, and prints the outcome."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.plugin import ending, items
from conformance.plugin.closing import Closing
from conformance.plugin.heads import tallies_of
from conformance.plugin.items import CaseItem, SpecFile, collect_file, collected
from conformance.plugin.levels import Levels
from conformance.plugin.opened import Opened
from conformance.plugin.share import STOP, Share
from conformance.plugin.signals import Signals, left_behind, things_of
from conformance.plugin.trouble import tell
from conformance.plugin.worker import hand_over, lane_name
from reports.known import known_of
from specs.record import RecordError, RunRecord, Tally

SILENCE = 15.0
"""Seconds that the removal of the run's resources may take before a message says that it is slow."""

LATER = "pressing Ctrl-C twice ends the wait, and `conformance cleanup` removes the rest later"

TOO_EARLY = "interrupted before anything was tried: nothing was made, and nothing was recorded"


class Owner:
    """The pytest hooks of the process that owns the run: the only process, or the controller of pytest-xdist."""

    def __init__(self, config: pytest.Config, opened: Opened, signals: Signals, levels: Levels) -> None:
        self._config = config
        self._opened = opened
        self._levels = levels
        self._shares = opened.shares
        self._signals = signals
        signals.stop = self._interrupt
        seconds = opened.shares.first.session.context.patience.status
        signals.begun(opened.directory, seconds, lambda: opened.leave(ending.INTERRUPTED))
        self._interrupted = False
        self._ended_by = ""
        self._other_failed = False
        self._failures = 0
        self._workers_died = False
        self._selected: set[tuple[str | None, str]] = set()
        self._trouble: str | None = None
        self._closing = Closing(config)
        config.pluginmanager.register(self._closing, "conformance-closing")

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the markers."""
        items.register_markers(config, self._shares.cases)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> SpecFile | None:
        """Collect the specs to test."""
        return collect_file(collected(self._shares), parent, file_path)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run the plan of the selected cases, and report each case when it is decided."""
        if self._signals.came:
            return True
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            return None
        if self._config.pluginmanager.has_plugin("dsession"):
            return None
        cases = [item for item in session.items if isinstance(item, CaseItem)]
        self._selected = {(item.service, item.case.id) for item in cases}
        if cases and not self._begin_record():
            return True
        others = [item for item in session.items if not isinstance(item, CaseItem)]
        for index, item in enumerate(others):
            _run(session, item, others[index + 1] if index + 1 < len(others) else None)
        for share in self._shares:
            mine = {item.case.id: item for item in cases if item.share is share}
            if mine and not self._try(session, share, mine):
                break
            if share is not self._shares.every[-1]:
                share.close(whole_run=True)
        return True

    def _try(self, session: pytest.Session, share: Share, cases: Mapping[str, CaseItem]) -> bool:
        """Try the selected cases of a service. Return False if no other service may begin."""
        share.prepare(cases, tell)
        if share.trouble:
            return False
        while cases:
            share.start(cases)
            for case_id in share.as_decided(list(cases)):
                # pytest keeps the nodes above a case if it knows that the next one is below them, too.
                _run(session, cases[case_id], cases.get(share.ahead or ""))
            more = self._levels.instead_of(list(cases.values()))
            cases = {item.case.id: item for item in more}
            self._selected |= {(item.service, item.case.id) for item in more}
        return not (share.trouble or share.session.context.stopping.is_set())

    def _begin_record(self) -> bool:
        try:
            self._opened.begin_record()
        except RecordError as error:
            self._trouble = str(error)
            self._shares.stop()
        return self._trouble is None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count failures, and stop the other processes after enough of them (``--maxfail``)."""
        if not report.failed:
            return
        self._failures += 1
        if "verdict" not in dict(report.user_properties) and not _is_crash(report):
            self._other_failed = True
        if self._enough:
            self._stop_others()

    @property
    def _enough(self) -> bool:
        limit = int(self._config.getvalue("maxfail") or 0)
        return 0 < limit <= self._failures

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Distinguish Ctrl-C from the interrupt by which pytest-xdist stops after enough failures."""
        value = excinfo.value
        if type(value) is KeyboardInterrupt or "received keyboard-interrupt" in str(value):
            self._interrupt()
        self._ended_by = str(value)

    def _interrupt(self) -> None:
        self._interrupted = True
        self._stop_others()
        self._shares.stop()

    def _stop_others(self) -> None:
        if self._config.pluginmanager.has_plugin("dsession"):
            with contextlib.suppress(OSError):
                (self._opened.directory / STOP).touch()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Clean up, finish the record, and set the exit status."""
        cannot = self._why_not(session, int(exitstatus))
        if not self._selected:
            self._opened.discard()
            if self._signals.came:
                session.exitstatus = ending.INTERRUPTED
                tell(TOO_EARLY)
            elif cannot is not None:  # otherwise only tests of another kind were selected
                session.exitstatus = ending.CANNOT_RUN
                if exitstatus != pytest.ExitCode.USAGE_ERROR:  # pytest itself reports wrong arguments
                    tell(cannot)
            return
        slow = threading.Timer(SILENCE, self._say_that_it_is_slow)
        slow.daemon = True
        slow.start()
        try:
            self._opened.close()
        finally:
            slow.cancel()
        self._signals.over()
        self._interrupted = self._interrupted or self._signals.came is not None
        try:
            session.exitstatus = self._conclude(cannot)
        except (RecordError, OSError) as error:
            left = things_of(self._opened.directory)
            rest = f"; {left_behind(self._opened.directory)}" if left else ""
            tell(f"{self._cannot or error}{rest}")
            session.exitstatus = ending.CANNOT_RUN

    def _conclude(self, cannot: str | None) -> int:
        notes: list[str] = []
        directory = self._opened.directory
        if self._workers_died and not self._interrupted and not self._enough:
            self._add_missing(directory)
        tallies = tallies_of(directory)
        tally = Tally.total(tallies.values())
        why = ending.nothing_shown(self._shares, tallies, self._opened.accepted)
        status = ending.status_of(
            tally,
            self._opened.choices,
            interrupted=self._interrupted,
            nothing_shown=bool(why),
            other_failed=self._other_failed,
        )
        if not self._interrupted:
            notes += why
        if cannot is not None:
            status = ending.CANNOT_RUN
            notes.append(cannot)
        notes += ending.notes_at_end(self._shares, directory)
        if tally.undecided_percent > self._opened.choices.allow_undecided:
            notes += ending.without_room(RunRecord.read(directory).results)
        if self._signals.came:
            notes.append(f"the run was interrupted by {self._signals.came}")
        info = self._opened.finish(status, tallies)
        trouble = ending.write_report(directory)
        self._closing.known = known_of(info)
        self._closing.lines = ending.closing_lines(info, tally, directory, [*notes, *([trouble] if trouble else [])])
        return status

    def _say_that_it_is_slow(self) -> None:
        if self._config.pluginmanager.has_plugin("terminalreporter"):
            writer = self._config.get_terminal_writer()
            if writer.width_of_current_line:  # the last dots of pytest
                writer.line()
                writer.flush()
        tell(f"the cloud is slow to remove the resources of the run; {LATER}")

    def _add_missing(self, directory: Path) -> None:
        """Record an error for each case that a dead worker has not decided. Raises RecordError."""
        recorded = {(result.service, result.case) for result in RunRecord.read(directory).results}
        for share in self._shares:
            chosen = [case for case in share.suite.cases if (share.service, case.id) in self._selected - recorded]
            for result in ending.missing_results(chosen, "the worker that tried it has died"):
                share.tell(result)

    @property
    def _cannot(self) -> str | None:
        return self._trouble or self._shares.trouble

    def _why_not(self, session: pytest.Session, exitstatus: int) -> str | None:
        """Return one sentence that says why the run could not start or go on; None if it could, or after Ctrl-C."""
        if self._cannot:
            return self._cannot
        if lost := self._shares.lost:
            return f"the run ended early: {lost}; go on later with --resume {self._opened.directory}"
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            return "; ".join(
                (ending.NOTHING, *(out for share in self._shares for out in share.session.versions_left_out))
            )
        if exitstatus in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
            return "pytest could not go on; see its message above"
        if exitstatus == pytest.ExitCode.INTERRUPTED and not self._interrupted and not self._enough:
            why = session.shouldstop or self._ended_by or "collection failed, or something asked for it"
            return f"the session ended early: {why}"
        return None

    # pytest-xdist

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the settings of the run over to a worker."""
        count = int(node.workerinput["workercount"])
        opened = self._opened
        handed = hand_over(self._shares, opened.files, opened.choices, opened.options, count, self._config.args)
        node.workerinput["conformance"] = handed

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> Any:
        """Use a scheduler that keeps each lane on one worker."""
        from xdist.workermanage import parse_tx_spec_config

        from conformance.plugin.parallel import NO_ITEM, LaneScheduling

        lanes = {
            (share.service, case.id): lane_name(share, case.id) for share in self._shares for case in share.suite.cases
        }

        def lane_of(nodeid: str) -> str:
            path, _, name = nodeid.partition("::")
            return lanes.get((self._service_of(path), name)) or NO_ITEM + path

        count = len(parse_tx_spec_config(config))
        limit = self._opened.choices.max_resources
        services = [share.service for share in self._shares]
        return LaneScheduling(count, lane_of, max(1, limit // count) + 1, limit, services)

    def _service_of(self, node: str) -> str | None:
        """The service of a spec file, by its node id; None in a run of one service."""
        if not self._shares.several:
            return None
        root = self._config.rootpath
        for share in self._shares:
            for path in set(share.reference.files.values()):
                inside = path.is_relative_to(root)
                if node == (path.relative_to(root).as_posix() if inside else f"{share.service}/{path.name}"):
                    return share.service
        return None

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Note the selected cases."""
        named = [nodeid.partition("::") for nodeid in ids]
        services = {path: self._service_of(path) for path in {path for path, _, _ in named}}
        self._selected = {(services[path], name) for path, _, name in named if name}
        if self._selected and not self._begin_record():
            self._stop_others()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, error: object | None) -> None:
        """Note that a worker has died, so that its undecided cases get a result."""
        if error:
            self._workers_died = True


def _run(session: pytest.Session, item: pytest.Item, nextitem: pytest.Item | None) -> None:
    items.run(item, nextitem)
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)


def _is_crash(report: pytest.TestReport) -> bool:
    return str(report.when) == "???"
