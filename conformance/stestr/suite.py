"""Cases as unittest's tests, with the same ids as in every other runner."""

from __future__ import annotations

import contextlib
import os
import sys
import unittest
from collections.abc import Container, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from conformance.plugin.failure import failure_lines
from conformance.plugin.levels import choose_again
from conformance.plugin.share import Share, Stopped
from conformance.plugin.trouble import Trouble, say
from conformance.plugin.worker import leave_parts, open_parts
from conformance.stestr.shared import SEEN, SharedRun, join, name_of
from conformance.stestr.together import Following, Together
from specs.record import RecordError
from specs.record.model import scoped
from specs.text import visible


class SuiteError(Exception):
    """A case that could not be decided because of a defect of this suite, not of the cloud."""


class CaseTest(unittest.TestCase):
    """One case as a test. The suite fills in its result before the test is run.

    Args:
        case_id: the id of the case.
        service: the type of its service, if it is one of several in the run; the test's id then begins with it.
    """

    longMessage = False

    def __init__(self, case_id: str, service: str | None = None) -> None:
        super().__init__("try_case")
        self._case_id = case_id
        self.service = service
        self.share: Share | None = None
        self.trouble = "the case was run outside of its suite, and only the suite is connected to the cloud"
        self._clock: Any = None

    def id(self) -> str:
        """The id of the case, which is unique in the run: in a run of several services with the service before it."""
        return scoped(self.service, self._case_id)

    @property
    def case_id(self) -> str:
        """The id of the case within its service."""
        return self._case_id

    def shortDescription(self) -> None:  # noqa: N802 -- unittest's name
        """Return None: the id is enough."""

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """Run the test. Tell the result the duration of the trial, by which stestr balances its workers."""
        self._clock = getattr(result, "time", None)
        if self.share is not None and self._clock is not None:
            try:
                seconds = self.share.result(self._case_id).seconds
            except Stopped:
                seconds = 0.0
            self._clock(datetime.now(UTC) - timedelta(seconds=seconds))
        return super().run(result)

    def try_case(self) -> None:
        """Pass, fail or skip according to the verdict."""
        if self._clock is not None:
            self._clock(datetime.now(UTC))
        if self.share is None:
            raise SuiteError(self.trouble)
        try:
            result = self.share.result(self._case_id)
        except Stopped:
            self.skipTest("the run was stopped before the case was decided")
        if result.verdict in ("inconclusive", "inapplicable"):
            self.skipTest(visible(f"{result.verdict}: {result.reason}"))
        if result.verdict == "fail" and result.waiver is not None:
            self.skipTest(visible(f"waived until {result.waiver['expires']}: {result.waiver['reason']}"))
        text = "\n" + "\n".join(failure_lines(result, self.share.head, self.share.told_of(result)))
        if result.verdict == "error":
            raise SuiteError(text)
        if result.verdict == "fail":
            raise self.failureException(text)


class CaseSuite(unittest.TestSuite):
    """The cases of a run, or the part of them that a runner selected."""

    def __init__(self, run: SharedRun, tests: Iterable[CaseTest] = ()) -> None:
        self._run = run
        super().__init__(tests)

    @property
    def _cases(self) -> list[CaseTest]:
        return [test for test in self if isinstance(test, CaseTest)]

    def filter_by_ids(self, test_ids: Container[str]) -> CaseSuite:
        """Return a suite of the cases of these ids; testtools and stestr call this method."""
        return CaseSuite(self._run, [test for test in self._cases if test.id() in test_ids])

    def run(self, result: unittest.TestResult, debug: bool = False) -> unittest.TestResult:  # noqa: ARG002
        """Try all cases, in parallel lanes, and report each when it is decided."""
        if not self._cases:
            return result
        (self._run.place / SEEN).touch()
        together = Together(self._run.place, name_of(os.getpid()), self._run.living)
        together.announce(test.id() for test in self._cases)
        try:
            shares = open_parts(self._run.handed, together.me, self._run.take_resources(together.meet))
            for share in shares:
                choose_again(share, self._run.handed)
        except (Trouble, RecordError) as trouble:
            _not_tried(self._cases, str(trouble), result)
            return result
        try:
            for share in shares:
                tests = {test.case_id: test for test in self._cases if test.service == share.service}
                division = together.divided(share)
                if (tests or together.me in division.values()) and not result.shouldStop:
                    _try(tests, share, together, division, result)
        finally:
            leave_parts(shares)
        if lines := self._run.leave():
            say(["", "conformance:", *lines], sys.stderr)
        return result


def _try(
    tests: Mapping[str, CaseTest],
    share: Share,
    together: Together,
    division: Mapping[str, str],
    result: unittest.TestResult,
) -> None:
    """Try the lanes of this process, for all processes, and report its own tests.

    Args:
        tests: the tests of this process by their cases.
        share: its share of the service.
        together: the processes of the run.
        division: the process that tries each case.
        result: the result to report to.
    """
    mine = [case_id for case_id in dict.fromkeys((*tests, *division)) if division[case_id] == together.me]
    share.prepare(mine, lambda text: say([text], sys.stderr))
    if share.trouble:
        _not_tried(tests.values(), share.trouble, result)
        return
    tried_by = {case_id: division[case_id] for case_id in tests if division[case_id] != together.me}
    Following(share, tried_by, together.living).begin()
    share.start(mine)
    _report(tests, share, result)
    for case_id in mine:
        if result.shouldStop:
            return
        with contextlib.suppress(Stopped):
            share.result(case_id)


def _not_tried(tests: Iterable[CaseTest], trouble: str, result: unittest.TestResult) -> None:
    for test in tests:
        test.trouble = trouble
        test.run(result)


def _report(tests: Mapping[str, CaseTest], share: Share, result: unittest.TestResult) -> None:
    """Report tests when their cases are decided, and try others where these have decided nothing."""
    while tests:
        for case_id in share.as_decided(list(tests)):
            if result.shouldStop:
                return
            if "[" in case_id:
                _name_whole(tests[case_id].id(), result)
            tests[case_id].share = share
            tests[case_id].run(result)
        tests = {case.id: CaseTest(case.id, share.service) for case in share.instead_of(tests)}
        share.start(tests)


def _name_whole(case_id: str, result: unittest.TestResult) -> None:
    """Write a whole case id to stestr's output: stestr takes the part in brackets for tags and drops it.

    The id goes into the subunit stream as text without a test, which stestr shows unchanged.
    """
    status = getattr(getattr(result, "decorated", result), "status", None)
    if status is not None:
        line = f"{visible(case_id)}:\n".encode()
        status(file_name="stdout", file_bytes=line, mime_type="text/plain; charset=utf8", eof=True)


def load() -> CaseSuite:
    """Return all cases of the run that the environment variables name. Raises Trouble: the run cannot start."""
    run = join(os.environ)
    return CaseSuite(run, [CaseTest(case_id, service) for service, case_id in run.handed["cases"]])
