"""The progress of a run while it goes on: decided cases, deviations, resources in flight, waits, and the time left.

On a terminal, lines below pytest's output are drawn anew all the time. Without a terminal, one line goes to standard
error every half minute. With ``-qq`` or ``-p no:terminal`` nothing is shown.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from conformance.engine.run.forecast import forecast, shares
from conformance.plugin.items import CaseItem
from conformance.plugin.screen import Screen
from conformance.plugin.trouble import shown
from reports.words import count, duration, number, plural

if TYPE_CHECKING:
    from conformance.engine.run.session import Session

TICK = 0.5
"""Seconds between two drawings on a terminal."""

LINE_EVERY = 30.0
"""Seconds between two lines without a terminal."""

TELLING = 0.05
"""The part of the work that must be done before the time left is told."""


@dataclass
class State:
    """The state of a run.

    Attributes:
        total: the number of selected cases.
        decided: the number of cases with a result.
        deviations: the number of results with a deviation so far.
        unexpected: the number of those whose deviation is not expected of the release; None if no release is compared.
        done: the part of the work that is done, from 0 to 1, by the forecast.
        seconds: the seconds since the start.
        noun: the name of a resource under test; empty if the service has none.
        resources: status -> number of resources under test in it.
        waits: what is being waited for, and the seconds of each wait so far.
    """

    total: int = 0
    decided: int = 0
    deviations: int = 0
    unexpected: int | None = None
    done: float = 0.0
    seconds: float = 0.0
    noun: str = ""
    resources: Mapping[str, int] = field(default_factory=dict)
    waits: Sequence[tuple[str, float]] = ()

    def lines(self) -> list[str]:
        """The state in a line each: the cases, the resources in flight, and the waits."""
        percent = f" ({100 * self.decided // self.total} %)" if self.total else ""
        first = [
            f"decided {number(self.decided)} of {number(self.total)}{percent}",
            f"{count(self.deviations, 'deviation')}{self._expected()}",
        ]
        if TELLING <= self.done < 1:
            first.append(f"about {duration(self.seconds * (1 - self.done) / self.done)} left")
        lines = [", ".join(first)]
        if self.resources:
            flying = ", ".join(f"{many} {status}" for status, many in sorted(self.resources.items()))
            lines.append(f"in flight: {count(sum(self.resources.values()), self.noun, plural(self.noun))} ({flying})")
        if self.waits:
            what, longest = max(self.waits, key=lambda wait: wait[1])
            others = f", and {number(len(self.waits) - 1)} more" if len(self.waits) > 1 else ""
            lines.append(f"waiting: {what}, {duration(longest)} so far{others}")
        return lines

    def _expected(self) -> str:
        """How many deviations are not expected, in brackets; empty if there is none at all, or nobody knows."""
        if self.unexpected is None or not self.deviations:
            return ""
        return f" ({f'{number(self.unexpected)} unexpected' if self.unexpected else 'expected'})"


class Progress:
    """The pytest hooks that show the progress of a run, in the process that owns it.

    Args:
        config: pytest's configuration.
        sessions: the connections to the cloud, one for each service; other processes of the run have their own, which
            are not looked at.
        expects: tells by the ids of a deviation and of its case whether it is expected of the release; None if no
            release is compared.
    """

    def __init__(
        self, config: pytest.Config, sessions: Sequence[Session], expects: Callable[[str, str], bool] | None = None
    ) -> None:
        self._config = config
        self._sessions = sessions
        self._began = 0.0
        nouns = {one.kind for session in sessions for one in session.context.service.resources}
        noun = nouns.pop() if len(nouns) == 1 else "resource" if nouns else ""
        self._expects = expects
        self._state = State(noun=noun, unexpected=None if expects is None else 0)
        self._weights: Mapping[str, float] = {}
        self._over = threading.Event()
        # Copies, because pytest redirects the originals while it captures the output of tests.
        self._out, self._errors = os.dup(1), os.dup(2)
        config.add_cleanup(self._close)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """Show the progress as long as the cases are tried."""
        if session.config.option.collectonly or not self._shows():
            return (yield)
        _without_alternating_names(session)
        self._expect([item.case.id for item in session.items if isinstance(item, CaseItem)])
        self._began = time.monotonic()
        thread = threading.Thread(target=self._show, args=[self._screen()], name="progress", daemon=True)
        thread.start()
        try:
            return (yield)
        finally:
            self._over.set()
            thread.join()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Note the selected cases, which a controller of pytest-xdist does not collect itself."""
        self._expect([name for nodeid in ids if (name := nodeid.partition("::")[2])])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a decided case, and its deviation."""
        if report.when != "call":
            return
        properties = dict(report.user_properties)
        if "verdict" in properties:
            case = report.nodeid.partition("::")[2]
            self._state.decided += 1
            self._state.done += self._weights.get(case, 0.0)
            if properties["verdict"] == "fail" or "deviation" in properties:
                self._state.deviations += 1
                if self._state.unexpected is not None and self._expects is not None:
                    self._state.unexpected += not self._expects(str(properties.get("deviation")), case)

    def _shows(self) -> bool:
        return self._config.pluginmanager.has_plugin("terminalreporter") and self._config.option.verbose > -2

    def _screen(self) -> Screen | None:
        """The screen, if pytest writes to a terminal that can move its cursor."""
        if not os.isatty(self._out) or os.environ.get("TERM", "dumb") == "dumb":
            return None
        return Screen(self._config.get_terminal_writer(), os.dup(self._out))

    def _expect(self, case_ids: Sequence[str]) -> None:
        """Note the selected cases, and the part of the forecast work of each."""
        chosen = set(case_ids)
        weights: dict[str, float] = {}
        total = max(1, len(case_ids))
        for session in self._sessions:
            context = session.context
            trials = {case.id: case.trial for case in session.suite.cases if case.id in chosen}
            plan = forecast(trials.values(), context)
            # Two services may have a case of one name, and its weight is then that of both.
            for case_id, weight in shares(plan, trials, context.service).items():
                weights[case_id] = weights.get(case_id, 0.0) + weight * len(trials) / total
        self._weights = weights
        self._state.total = len(case_ids)

    def _show(self, screen: Screen | None) -> None:
        try:
            while not self._over.wait(TICK if screen is not None else LINE_EVERY):
                lines = [shown(line) for line in self._now().lines()]
                if screen is not None:
                    screen.draw(lines)
                else:
                    self._tell("; ".join(lines))
        finally:
            if screen is not None:
                screen.close()

    def _now(self) -> State:
        state = self._state
        state.seconds = time.monotonic() - self._began
        state.resources = Counter(status for session in self._sessions for status in session.run.statuses())
        state.waits = [
            (f"{kind}{f' in {status}' if status else ''}{f' ({task})' if task else ''}", seconds)
            for session in self._sessions
            for kind, status, task, seconds in session.watch.waiting()
        ]
        return state

    def _tell(self, line: str) -> None:
        writer = self._config.get_terminal_writer()
        # Where both streams go to one place, the dots of pytest would stand before the line.
        if os.path.sameopenfile(self._out, self._errors):
            if writer.width_of_current_line:
                writer.line()
            writer.flush()
        encoding = getattr(sys.__stderr__, "encoding", None) or "utf-8"
        os.write(self._errors, f"conformance: {line}\n".encode(encoding, "backslashreplace"))

    def _close(self) -> None:
        self._over.set()
        for fd in (self._out, self._errors):
            os.close(fd)


def _without_alternating_names(session: pytest.Session) -> None:
    """Have pytest print no names of files before its signs, if the cases are of several files.

    Files share resources, so that their cases are decided by turns, and a line would begin with another name every few
    cases. With ``-v`` each case has a line with its name all the same.
    """
    if len({item.path for item in session.items if isinstance(item, CaseItem)}) > 1:
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:  # pytest runs without it under `-p no:terminal`
            reporter.showfspath = False
