"""Specs as pytest's test files, cases as its test items."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pytest

from conformance.engine.api.same import Same
from conformance.engine.model.case import Case
from conformance.plugin.failure import representation
from conformance.plugin.markers import READONLY, markers_of
from conformance.plugin.protocol import Told, may_be_bare, ran
from conformance.plugin.reference import Reference
from conformance.plugin.share import Share, Stopped
from conformance.plugin.shares import Shares
from reports.roles import as_role
from specs.record.model import Result
from specs.text import visible

KINDS = {
    "normal": "the documented request is accepted with a documented code",
    "body": "the body of a response is as documented",
    "header": "a header of a response is as documented",
    "error": "a documented error code is returned in its situation",
    "refusal": "a request is refused for a cause that the prose gives",
    "constraint": "a documented constraint of the request is enforced",
    "precondition": "a documented precondition, met and not met",
    "postcondition": "the documented effect of an operation happens",
    "situation": "a request in a status, or of a locked resource, of which the reference says nothing",
    "everywhere": "a promise of a guide about every operation is kept",
    "equality": "a value that a request sends is shown afterwards",
    "microversion": "a documented field or value begins and ends at its microversions",
    "removed": "an operation that is documented as removed is gone",
    "list": "paging, filtering and sorting of lists, and the choice of fields",
}
"""Markers by the kind of a requirement. Each documented code has a marker too, such as ``error_404``."""

ROLES = ("member", "admin", "reader", "alt", "visitor", "no-token", "bad-token")

SKIPS = ("inconclusive", "inapplicable")


class CaseFailed(Exception):
    """A case failed, or could not be decided because of a defect of this suite."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.case)
        self.result = result


def register_markers(config: pytest.Config, cases: Iterable[Case]) -> None:
    """Register the markers of the cases with pytest, so that ``-m`` and ``--strict-markers`` work."""
    lines = dict(KINDS)
    lines.update({f"as_{role.replace('-', '_')}": f"the request is sent as {role}" for role in ROLES})
    lines["no_resource"] = "the case needs no resource with a status"
    lines[READONLY] = "the case sends only GET or HEAD, and needs nothing made; `-m readonly` changes nothing at all"
    for case in cases:
        for name in markers_of(case):
            about = f"the resource is in {name[3:]}" if name.startswith("in_") else f"cases of {name.replace('_', '/')}"
            lines.setdefault(name, about)
    for name, text in lines.items():
        config.addinivalue_line("markers", f"{name}: {text}")


@lru_cache(maxsize=1024)
def _mark(name: str) -> pytest.MarkDecorator:
    """The marker of a name, of which ten thousand cases share some dozens; pytest would look each up again."""
    mark: pytest.MarkDecorator = getattr(pytest.mark, name)
    return mark


Collected = tuple[Reference, Sequence[Case], Share | None]
"""The specs of a service, its cases, and the share that tries them; None if nothing is tried."""


class SpecFile(pytest.File):
    """A spec as a test file; its items are the cases of its operations.

    ``tested`` is the type of the service, ``shown_path`` the path in the locations of the items, once it is known.
    """

    cases: Sequence[Case]
    share: Share | None
    tested: str
    shown_path: str | None = None

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path, service: Collected, folder: str) -> SpecFile:
        """Make the node of a file; a file outside of the root directory is named by ``folder`` and its name."""
        reference, cases, share = service
        inside = path.is_relative_to(parent.config.rootpath)
        own: dict[str, Any] = {} if inside else {"nodeid": f"{folder}/{path.name}"}
        file: SpecFile = cls.from_parent(parent, path=path, **own)
        file.cases = _by_file(Same(reference), Same(cases))[path]
        file.share, file.tested = share, reference.service
        return file

    def collect(self) -> Iterable[pytest.Item]:
        """The cases, in the order of the reference."""
        for case in self.cases:
            yield CaseItem.of(self, case)


@lru_cache(maxsize=8)
def _by_file(reference: Same[Reference], cases: Same[Sequence[Case]]) -> Mapping[Path, list[Case]]:
    """The cases in each file of a service: pytest asks for one file after the other."""
    files = reference.value.files
    found: dict[Path, list[Case]] = {path: [] for path in files.values()}
    for case in cases.value:
        found[files[case.requirement.operation]].append(case)
    return found


def collect_file(services: Sequence[Collected], parent: pytest.Collector, path: Path) -> SpecFile | None:
    """Return the node of a file, or None if the file is not one of the specs to test."""
    for service in services:
        reference, _, _ = service
        if path in set(reference.files.values()):
            # The ids of two services may be equal, so a file outside must not be named by its last two parts alone.
            folder = reference.service if len(services) > 1 else path.parent.name
            return SpecFile.of(parent, path, service, folder)
    return None


def collected(shares: Shares) -> list[Collected]:
    """What the processes of a run collect: the cases of each service, and no case of a service that the cloud lacks."""
    found: list[Collected] = [(share.reference, share.suite.cases, share) for share in shares]
    return found + [(reference, (), None) for reference, _ in shares.lacking]


class CaseItem(pytest.Item):
    """A case as a test item. Running the item waits for the result: the plan tries the case at its turn.

    ``tested`` is the type of the service; ``stopped`` is True if the run was stopped before the case was decided.
    """

    case: Case
    share: Share | None
    tested: str
    result: Result | None = None
    stopped: bool = False

    @classmethod
    def of(cls, parent: SpecFile, case: Case) -> CaseItem:
        """The item of a case."""
        item: CaseItem = cls.from_parent(parent, name=case.id)
        item.case, item.share, item.tested = case, parent.share, parent.tested
        for name in markers_of(case):
            item.add_marker(_mark(name))
        return item

    @property
    def service(self) -> str | None:
        """The type of the service if it is one of several in the run; None in a run of one."""
        return self.share.service if self.share is not None else None

    def runtest(self) -> None:
        """Wait for the result; fail or skip according to its verdict."""
        if self.share is None:
            pytest.skip("this is only a plan")
        result = self.decided(self.share)
        if result is None:
            pytest.skip("the run was stopped before the case was decided")
        if result.verdict in SKIPS:
            pytest.skip(self._why(result))
        if result.verdict == "fail" and result.waiver is not None:
            self.user_properties.append(("waiver", visible(result.waiver["link"])))
            pytest.xfail(visible(f"waived until {result.waiver['expires']}: {result.waiver['reason']}"))
        if result.verdict != "pass":
            raise CaseFailed(result)

    def decided(self, share: Share) -> Result | None:
        """Wait once for the result, and note its properties; None if the run was stopped before."""
        if self.result is None and not self.stopped:
            try:
                result = self.result = share.result(self.case.id)
            except Stopped:
                self.stopped = True
                return None
            source = f"{result.source.path}:{result.source.line}"
            for name, value in (("requirement", result.requirement), ("verdict", result.verdict), ("source", source)):
                self.user_properties.append((name, visible(value)))
            if result.deviation is not None:
                self.user_properties.append(("deviation", visible(result.deviation.id)))
        return self.result

    def outcome(self) -> Told | None:
        """Wait for the outcome; None if it is no pass and no skip of a verdict, so that ``runtest`` must raise it."""
        result: Result | None = None
        with contextlib.suppress(Exception):  # ``runtest`` raises it again
            result = self.decided(self.share) if self.share is not None else None
        if result is None or result.verdict not in ("pass", *SKIPS):
            return None
        return Told(result.seconds, *self.place(result))

    def place(self, result: Result) -> tuple[tuple[str, int | None, str], tuple[str, int, str] | None]:
        """The location of the report of a result, and the place and the reason of a skip; None if it is none.

        Only the trial shows whether the member's role was enough or the administrator had to send the request.
        """
        source, skipped = result.source, result.verdict in SKIPS
        skip = (source.path, source.line, self._why(result)) if skipped else None
        return (*self.location[:2], self.headed(result.role)), skip

    @staticmethod
    def _why(result: Result) -> str:
        return visible(f"{result.verdict}: {result.reason}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the lines about a failed case, instead of a traceback."""
        if isinstance(excinfo.value, CaseFailed) and self.share is not None:
            return representation(excinfo.value.result, self.share.head, self.share.told_of(excinfo.value.result))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return the location that pytest shows. Without this, pytest would split the name at its dots."""
        return self.path, None, self.headed(self.case.trial.request.role)

    @cached_property
    def location(self) -> tuple[str, int | None, str]:
        """The path, the line and the name as pytest gives them, but the path is made only once for each file."""
        file = self.parent
        if not isinstance(file, SpecFile) or file.shown_path is None:
            path, line, name = super().location
            if isinstance(file, SpecFile):
                file.shown_path = path
            return path, line, name
        _, line, name = self.reportinfo()
        return file.shown_path, line, name

    def headed(self, role: str | None) -> str:
        """The id of the case and the role that sends its request."""
        return f"{self.name} ({as_role(role)})"


def run(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Run a test in the main loop: a case without a hook around it, unless somebody waits for that."""
    if not (isinstance(item, CaseItem) and may_be_bare(item.config) and ran(item, item.outcome)):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)


def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Run a case without the phases of fixtures, which it does not have."""
    return (isinstance(item, CaseItem) and ran(item, item.outcome)) or None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a case its duration, the role that sent the judged request, and the place of a skip."""
    report = yield
    if isinstance(item, CaseItem) and item.result is not None and call.when == "call":
        report.duration = item.result.seconds
        report.location, skip = item.place(item.result)
        if skip is not None:
            report.longrepr = skip
    return report


WORDS = {
    # pytest's own word: its summary uses the word of the first skipped item for all of them.
    "inconclusive": ("skipped", "?", "SKIPPED"),
    "inapplicable": ("skipped", "-", "SKIPPED"),
    "error": ("failed", "E", "ERROR (of this suite)"),
}


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.CollectReport | pytest.TestReport) -> tuple[str, str, str] | None:
    """Show verdicts for which pytest has no word; the category in which pytest counts them stays."""
    if report.when != "call" or hasattr(report, "wasxfail"):
        return None
    properties: Mapping[str, object] = dict(report.user_properties)
    if "deviation" in properties and report.passed:
        return "passed", "o", "PASSED (with an omission)"
    return WORDS.get(str(properties.get("verdict")))
