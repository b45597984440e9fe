"""The process that owns a run: it opens and closes everything, and prints the outcome."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.api.load import load_service
from conformance.engine.derive.suite import derive
from conformance.engine.model.case import Suite
from conformance.plugin import ending, items
from conformance.plugin.choices import Choices, from_config
from conformance.plugin.find import given_files
from conformance.plugin.items import CaseItem, SpecFile, collect_file
from conformance.plugin.levels import Levels
from conformance.plugin.opened import Opened
from conformance.plugin.plan import plan_lines
from conformance.plugin.progress import Progress
from conformance.plugin.reference import Reference, packaged, read_reference
from conformance.plugin.share import STOP
from conformance.plugin.signals import Signals, left_behind, things_of
from conformance.plugin.trouble import Trouble, say, shown, tell
from conformance.plugin.waivers import Waivers, load_waivers
from conformance.plugin.worker import hand_over
from specs.microversion import Microversion
from specs.record import RecordError, RunRecord
from specs.text import visible

_KEPT = {"keyword": "k", "markexpr": "m", "numprocesses": "n", "lf": "lf", "maxfail": "maxfail"}
"""Options of pytest that are recorded: those that select cases or start processes."""

SILENCE = 15.0
"""Seconds that the removal of the run's resources may take before a message says that it is slow."""

LATER = "pressing Ctrl-C twice ends the wait, and `conformance cleanup` removes the rest later"

NOTHING = "nothing was selected: no case matches -k, -m and the other options (`conformance list` shows all)"

TOO_EARLY = "interrupted before anything was tried: nothing was made, and nothing was recorded"


def begin(config: pytest.Config, files: Sequence[Path]) -> None:
    """Check the options, open the endpoint and the record, and take part in the session. Raises Trouble."""
    choices = from_config(config)
    if not files:
        files = _default_files(config)
    reference = read_reference(files)
    waivers = load_waivers(choices.waivers) if choices.waivers else Waivers()
    config.pluginmanager.register(items, "conformance-items")
    if choices.dry_run or config.option.collectonly:
        _not_distributed(config)
        ceiling = Microversion.parse(choices.microversion) if choices.microversion else None
        policy = choices.default_policy or choices.own
        suite = derive(reference.specs, reference.selected, ceiling, policy)
        levels = Levels(choices.level, load_service(reference.service))
        config.pluginmanager.register(levels, "conformance-levels")
        config.pluginmanager.register(Plan(config, choices, reference, suite, levels), "conformance-plan")
        return
    signals = Signals()
    signals.install()
    config.add_cleanup(signals.restore)
    opened = Opened(choices, reference, waivers, files, _options(config, choices))
    # pytest calls this at any end of the session, even before the session has begun.
    config.add_cleanup(opened.abandon)
    lines = [opened.first_line, *([signals.how_to_end] if signals.how_to_end else [])]
    say(map(shown, lines), sys.stdout)
    session = opened.share.session
    config.pluginmanager.register(Levels(choices.level, session.context.service, session), "conformance-levels")
    config.pluginmanager.register(Progress(config, session), "conformance-progress")
    config.pluginmanager.register(signals, "conformance-signals")
    config.pluginmanager.register(Owner(config, opened, signals), "conformance-owner")


def _options(config: pytest.Config, choices: Choices) -> dict[str, Any]:
    """Return the options for the record: those of this suite without secrets, and some of pytest's."""
    options = dict(choices.given)
    if config.args != [str(packaged())]:
        options["spec"] = config.args[0] if len(config.args) == 1 else list(config.args)
    for name, word in _KEPT.items():
        value = getattr(config.option, name, None)
        if value:
            options[word] = value if isinstance(value, (str, int, float, bool)) else str(value)
    return options


def _default_files(config: pytest.Config) -> list[Path]:
    if config.args_source is pytest.Config.ArgsSource.ARGS:
        named = ", ".join(config.args)
        raise Trouble(f"no specs (YAML with `format` and `operations`) are under {named}: run `conformance build`")
    config.args[:] = [str(packaged())]
    config.args_source = pytest.Config.ArgsSource.ARGS
    return given_files(config, called=True)


def _not_distributed(config: pytest.Config) -> None:
    for name, value in (("numprocesses", None), ("dist", "no"), ("distload", False), ("tx", [])):
        if hasattr(config.option, name):
            setattr(config.option, name, value)


class Plan:
    """A session that sends no request: ``--dry-run`` and ``--collect-only``."""

    def __init__(
        self, config: pytest.Config, choices: Choices, reference: Reference, suite: Suite, levels: Levels
    ) -> None:
        self._config = config
        self._choices = choices
        self._reference = reference
        self._suite = suite
        self._levels = levels

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the markers."""
        items.register_markers(config, self._suite.cases)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> SpecFile | None:
        """Collect the specs to test."""
        return collect_file(self._reference, self._suite.cases, parent, file_path, None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Show the plan of the selected cases."""
        if self._config.option.collectonly or session.testsfailed:
            return None
        cases = [item.case for item in session.items if isinstance(item, CaseItem)]
        if cases:
            reference = self._reference
            plan = plan_lines(cases, self._choices.max_resources, reference.service, reference.specs)
            say(["", *map(visible, plan), *self._levels.left_out], sys.stdout)
        return True

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Set exit status 2 if no case is selected or something else prevents a plan."""
        if exitstatus not in (0, 1):
            session.exitstatus = ending.CANNOT_RUN
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            tell(NOTHING)


class Owner:
    """The pytest hooks of the process that owns the run: the only process, or the controller of pytest-xdist."""

    def __init__(self, config: pytest.Config, opened: Opened, signals: Signals) -> None:
        self._config = config
        self._opened = opened
        self._share = opened.share
        self._signals = signals
        signals.stop = self._interrupt
        seconds = opened.share.session.context.patience.status
        signals.begun(opened.directory, seconds, lambda: opened.leave(ending.INTERRUPTED))
        self._interrupted = False
        self._ended_by = ""
        self._other_failed = False
        self._failures = 0
        self._workers_died = False
        self._selected: set[str] = set()
        self._lines: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the markers."""
        items.register_markers(config, self._share.suite.cases)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> SpecFile | None:
        """Collect the specs to test."""
        return collect_file(self._opened.reference, self._share.suite.cases, parent, file_path, self._share)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run the plan of the selected cases, and report each case when it is decided."""
        if self._signals.came:
            return True
        if session.testsfailed and not session.config.option.continue_on_collection_errors:
            return None
        if self._config.pluginmanager.has_plugin("dsession"):
            return None
        cases = {item.case.id: item for item in session.items if isinstance(item, CaseItem)}
        self._selected = set(cases)
        if cases and not self._begin_record():
            return True
        others = [item for item in session.items if not isinstance(item, CaseItem)]
        for index, item in enumerate(others):
            _run(session, item, others[index + 1] if index + 1 < len(others) else None)
        self._share.prepare(cases, tell)
        if self._share.trouble:
            return True
        self._share.start(cases)
        for case_id in self._share.as_decided(list(cases)):
            _run(session, cases[case_id], None)
        return True

    def _begin_record(self) -> bool:
        try:
            self._opened.begin_record()
        except RecordError as error:
            self._share.trouble = str(error)
            self._share.stop()
        return self._share.trouble is None

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
        self._share.stop()

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
        slow = threading.Timer(SILENCE, tell, [f"the cloud is slow to remove the resources of the run; {LATER}"])
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
            tell(f"{self._share.trouble or error}{rest}")
            session.exitstatus = ending.CANNOT_RUN

    def _conclude(self, cannot: str | None) -> int:
        notes: list[str] = []
        directory = self._opened.directory
        if self._workers_died and not self._interrupted and not self._enough:
            recorded = [result.case for result in RunRecord.read(directory).results]
            chosen = [case for case in self._share.suite.cases if case.id in self._selected]
            for result in ending.missing_results(chosen, recorded, "the worker that tried it has died"):
                self._share.writer.add(result)
        tally = ending.tally_of(directory)
        status = ending.status_of(
            tally,
            self._opened.choices,
            interrupted=self._interrupted,
            accepted=self._opened.accepted,
            other_failed=self._other_failed,
        )
        if (why := tally.nothing_shown(self._opened.accepted)) is not None and not self._interrupted:
            notes.append(why)
        if cannot is not None:
            status = ending.CANNOT_RUN
            notes.append(cannot)
        notes += ending.notes_at_end(self._share, directory)
        if self._signals.came:
            notes.append(f"the run was interrupted by {self._signals.came}")
        info = self._opened.finish(status, tally.totals())
        trouble = ending.write_report(directory)
        self._lines = ending.closing_lines(info, tally, directory, [*notes, *([trouble] if trouble else [])])
        return status

    def _why_not(self, session: pytest.Session, exitstatus: int) -> str | None:
        """Return one sentence that says why the run could not start or go on; None if it could, or after Ctrl-C."""
        if self._share.trouble:
            return str(self._share.trouble)
        if lost := self._share.lost:
            return f"the run ended early: {lost}; go on later with --resume {self._opened.directory}"
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            return "; ".join((NOTHING, *self._share.session.versions_left_out))
        if exitstatus in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
            return "pytest could not go on; see its message above"
        if exitstatus == pytest.ExitCode.INTERRUPTED and not self._interrupted and not self._enough:
            why = session.shouldstop or self._ended_by or "collection failed, or something asked for it"
            return f"the session ended early: {why}"
        return None

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the outcome, and the paths of the record and the report."""
        if self._lines:
            terminalreporter.write_sep("=", "conformance")
            for line in self._lines:
                terminalreporter.write_line(shown(line))

    # pytest-xdist

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Hand the settings of the run over to a worker."""
        count = int(node.workerinput["workercount"])
        opened = self._opened
        handed = hand_over(self._share, opened.files, opened.choices, count, self._config.args)
        node.workerinput["conformance"] = handed

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config) -> Any:
        """Use a scheduler that keeps each lane on one worker."""
        from xdist.workermanage import parse_tx_spec_config

        from conformance.plugin.parallel import NO_ITEM, LaneScheduling

        lanes = {case.id: self._share.session.run.lane(case.id) for case in self._share.suite.cases}

        def lane_of(nodeid: str) -> str:
            path, _, name = nodeid.partition("::")
            return lanes.get(name) or NO_ITEM + path

        count = len(parse_tx_spec_config(config))
        limit = self._opened.choices.max_resources
        return LaneScheduling(count, lane_of, max(1, limit // count) + 1, limit)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Note the selected cases."""
        self._selected = {name for nodeid in ids if (name := nodeid.partition("::")[2])}
        if self._selected and not self._begin_record():
            self._stop_others()

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, error: object | None) -> None:
        """Note that a worker has died, so that its undecided cases get a result."""
        if error:
            self._workers_died = True


def _run(session: pytest.Session, item: pytest.Item, nextitem: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)


def _is_crash(report: pytest.TestReport) -> bool:
    return str(report.when) == "???"
