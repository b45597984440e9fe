"""A run that follows a guideline: only the cases that the guideline needs, and a certificate at the end."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.model.case import Suite
from conformance.plugin import ending
from conformance.plugin.choices import Choices
from conformance.plugin.guidelines import promises
from conformance.plugin.items import CaseItem
from conformance.plugin.reference import Reference
from conformance.plugin.trouble import Trouble, shown
from specs.guideline.choice import Promise, choose
from specs.guideline.load import GuidelineError, Loaded
from specs.guideline.needed import FILE, Declared, Needs, SpecDigest, digest_of, read_needs
from specs.record import RecordError
from specs.record.directory import PRIVATE
from specs.record.reader import HEAD
from specs.record.writer import write_atomically


def needs_of(
    loaded: Loaded, declared: Mapping[str, str], suites: Iterable[tuple[Reference, Suite]], lacking: Mapping[str, str]
) -> Needs:
    """Return what a guideline needs of some specs.

    Args:
        loaded: the guideline.
        declared: the id of each exception that the user declares, with its reason.
        suites: the specs of each service that is tried, with their suite.
        lacking: service -> the reason why nothing of it can be tried.

    Raises:
        Trouble: the guideline has no such exception.
    """
    known = [one.id for one in loaded.guideline.exceptions]
    for name in declared:
        if name not in known:
            of = f"; its exceptions are {', '.join(known)}" if known else ", which has no exceptions"
            raise Trouble(f"--declare {name}=...: there is no such exception in {loaded.guideline.id}{of}")
    digests: list[SpecDigest] = []
    found: list[Promise] = []
    for reference, suite in suites:
        release = reference.specs[0].reference
        folders = {file.parent for file in reference.files.values()}
        files = [path for folder in folders for path in folder.glob("*.yaml")]
        digests.append(SpecDigest(reference.service, release.package, release.version, digest_of(files)))
        found += promises(reference.service, suite)
    given = tuple(Declared(name, reason) for name, reason in declared.items())
    return Needs(loaded, choose(loaded.guideline, found), tuple(digests), given, dict(lacking))


class Guided:
    """The pytest hooks that leave out all cases but the needed ones.

    Args:
        cases: the service and the id of each needed case.
        references: the specs of the run.
    """

    def __init__(self, cases: frozenset[tuple[str, str]], references: Iterable[Reference]) -> None:
        self._cases = cases
        self._services = {path: one.service for one in references for path in one.files.values()}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Deselect the cases that the guideline does not need."""
        left_out = [one for one in items if isinstance(one, CaseItem) and not self._needed(one)]
        if left_out:
            items[:] = [one for one in items if not isinstance(one, CaseItem) or self._needed(one)]
            config.hook.pytest_deselected(items=left_out)

    def _needed(self, item: CaseItem) -> bool:
        return (self._services[item.path], item.case.id) in self._cases


class Certifying(Guided):
    """The hooks of the process that owns the run: they also write the certificate, and set the exit status by it."""

    def __init__(self, needs: Needs, references: Iterable[Reference], directory: Path) -> None:
        super().__init__(needs.cases, references)
        self._needs = needs
        self._directory = directory
        self._lines: list[str] = []

    def begin(self, choices: Choices) -> None:
        """Write the needs into the run directory. Raises Trouble: the resumed run has another guideline."""
        try:
            if choices.resume is not None:
                before = read_needs(self._directory).loaded
                if before.sha256 != self._needs.loaded.sha256:
                    raise Trouble(
                        f"the run to resume followed another text of {before.guideline.id}: give the same file again"
                    )
            write_atomically(self._directory / FILE, self._needs.dumps(), PRIVATE)
        except (GuidelineError, RecordError) as error:
            raise Trouble(str(error)) from None

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """After the end of the record, write the certificate."""
        yield
        if not (self._directory / HEAD).exists():
            return
        from reports.certify import certify

        try:
            done = certify(self._directory, mode=PRIVATE)
        except (GuidelineError, RecordError, OSError) as error:
            self._lines = [f"the certificate could not be written: {error}"]
            session.exitstatus = ending.CANNOT_RUN
            return
        self._lines = list(done.lines)
        if session.exitstatus not in (ending.CANNOT_RUN, ending.INTERRUPTED):
            session.exitstatus = done.status

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Generator[None]:
        """Print the verdict and the path of the certificate, after all other lines."""
        yield
        if self._lines:
            terminalreporter.write_sep("=", "certificate")
            for line in self._lines:
                terminalreporter.write_line(shown(line))
