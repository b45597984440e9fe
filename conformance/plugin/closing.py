"""The end of the output on a terminal: pytest's short summary without what is known, and after it the run's own lines.

A run on a known release fails in hundreds of cases as expected. One line for each of them would push the totals away
from the end of the terminal, and hide the few that are new.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

from conformance.plugin.trouble import shown

if TYPE_CHECKING:
    from reports.known import Known

DEFAULT = "fE"
"""The characters of pytest's option ``-r`` if a user gives none: then the short summary lists failures and errors."""


class Closing:
    """The pytest hooks around the summary on a terminal.

    Args:
        config: pytest's configuration.

    Attributes:
        lines: the lines of the run, which come last; without any, nothing is left out or printed.
        known: the expected deviations that the run has observed, by their ids.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._shortens = getattr(config.option, "reportchars", "") == DEFAULT  # it lacks with -p no:terminal
        self._left_out = 0
        self.lines: Sequence[str] = ()
        self.known: Mapping[str, Known] = {}

    @pytest.hookimpl(specname="pytest_terminal_summary", wrapper=True, tryfirst=True)
    def pytest_around_terminal_summary(self, terminalreporter: Any) -> Generator[None]:
        """Give pytest's own counts the failures back, and print the lines of the run."""
        failed = terminalreporter.stats.get("failed")
        try:
            yield
        finally:
            if failed is not None:
                terminalreporter.stats["failed"] = failed
        if self.lines:
            terminalreporter.write_sep("=", "conformance")
            for line in (*self.lines, *self._hint()):
                terminalreporter.write_line(shown(line))

    @pytest.hookimpl(trylast=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Leave the known failures out of the short summary, which comes next; their texts have been printed."""
        failed = terminalreporter.stats.get("failed", ())
        if self._shortens and self.lines and failed:
            new = [report for report in failed if not _is_known(report, self.known)]
            self._left_out = len(failed) - len(new)
            terminalreporter.stats["failed"] = new

    def _hint(self) -> Collection[str]:
        many = self._left_out
        if not many:
            return ()
        which = "1 case that fails as expected is" if many == 1 else f"{many} cases that fail as expected are"
        return (f"{which} not listed one by one: -rf lists all that fail",)


def _is_known(report: pytest.TestReport, known: Mapping[str, Known]) -> bool:
    """Whether the report is of a case that is known to show its deviation."""
    found = known.get(str(dict(report.user_properties).get("deviation")))
    return found is not None and report.nodeid.partition("::")[2] not in found.beyond
