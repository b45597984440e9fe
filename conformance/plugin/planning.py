"""The session that sends no request: it shows the plan of the selected cases."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.engine.api.addresses import addressed
from conformance.engine.api.load import load_service
from conformance.engine.api.references import for_reference
from conformance.engine.api.service import ServiceDescription
from conformance.engine.model.case import Case, Suite
from conformance.engine.run.forecast import Forecast, Ground, forecast
from conformance.plugin import ending, items
from conformance.plugin.choices import Choices
from conformance.plugin.items import CaseItem, SpecFile, collect_file
from conformance.plugin.known import known_for
from conformance.plugin.levels import Levels
from conformance.plugin.plan import plan_lines
from conformance.plugin.reference import Reference
from conformance.plugin.trouble import say, tell
from specs.text import visible


class Plan:
    """A session that sends no request: ``--dry-run`` and ``--collect-only``."""

    def __init__(
        self,
        config: pytest.Config,
        choices: Choices,
        references: Sequence[Reference],
        suites: Sequence[Suite],
        levels: Levels,
    ) -> None:
        self._config = config
        self._levels = levels
        self._choices = choices
        self._services = [(one, suite.cases, None) for one, suite in zip(references, suites, strict=True)]

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the markers."""
        items.register_markers(config, (case for _, cases, _ in self._services for case in cases))

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> SpecFile | None:
        """Collect the specs to test."""
        return collect_file(self._services, parent, file_path)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Show the plan of the selected cases."""
        if self._config.option.collectonly or session.testsfailed:
            return None
        planned = False
        for reference, _, _ in self._services:
            cases = [one.case for one in session.items if isinstance(one, CaseItem) and one.tested == reference.service]
            if cases:
                planned = True
                service = self._described(reference)
                plan = plan_lines(cases, self._forecast(reference, cases), self._choices.max_resources, service)
                heading = [f"{reference.service}:"] if len(self._services) > 1 else []
                say(["", *map(visible, [*heading, *plan])], sys.stdout)
        if planned:
            say(self._levels.left_out, sys.stdout)
        return True

    @staticmethod
    def _described(reference: Reference) -> ServiceDescription:
        return for_reference(load_service(reference.service), addressed(reference.specs).specs)

    def _forecast(self, reference: Reference, cases: Sequence[Case]) -> Forecast:
        """The forecast for the cases of a service on a cloud of a named release, or else of that of the reference."""
        read = reference.specs[0].reference
        release = f"{read.package} {read.version}"
        known = known_for(self._choices.known, {"package": read.package, "version": read.version}, release, None)
        failing = known.failing(cases) if known is not None else frozenset()
        deviating = frozenset(case.trial.key for case in cases if case.id in failing)
        ground = Ground(self._described(reference), reference.specs)
        changes, parallel = not self._levels.readonly, self._choices.max_resources
        return forecast((case.trial for case in cases), ground, deviating, changes=changes, parallel=parallel)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Set exit status 2 if no case is selected or something else prevents a plan."""
        if exitstatus not in (0, 1):
            session.exitstatus = ending.CANNOT_RUN
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
            tell(ending.NOTHING)
