"""How pytest runs a case: without the phases that prepare and remove fixtures.

A case has no fixtures, and its result is there or comes from another thread, so nothing is to be set up, captured or
torn down around it. pytest's own protocol calls some fifty hooks for each test all the same, which took a fifth of the
processor time of a run. Whoever listens still gets the three reports of each case. If anybody but pytest itself hooks
into the phases, or an option or a marker is about them, pytest's own protocol runs the case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

PHASES = ("pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_teardown", "pytest_runtest_makereport")

IDLE = ("_pytest.", "_hypothesis_pytestplugin", "conformance.")
"""How the names of modules begin whose hooks for these phases do nothing for a case, or whose work is done here."""

OPTIONS = ("setupshow", "setuponly", "setupplan", "usepdb", "trace")
"""Options that show the phases, or stop in them."""

MARKERS = frozenset({"skip", "skipif", "xfail", "usefixtures"})
"""Markers that pytest's own protocol obeys. No case has one by itself."""

SHORTENED = pytest.StashKey[bool]()
"""Whether the cases of a session may be run in the short way."""


def ran(item: pytest.Item) -> bool:
    """Run a case, unless pytest's own protocol must run it. Returns whether it was run."""
    if not _may_be_shortened(item.config) or any(mark.name in MARKERS for mark in item.iter_markers()):
        return False
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    call = pytest.CallInfo.from_call(item.runtest, "call", reraise=(KeyboardInterrupt, pytest.exit.Exception))
    report: pytest.TestReport = hook.pytest_runtest_makereport(item=item, call=call)
    hook.pytest_runtest_logreport(report=_empty(item, report, "setup", call.start))
    hook.pytest_runtest_logreport(report=report)
    if report.failed:
        hook.pytest_exception_interact(node=item, call=call, report=report)
    hook.pytest_runtest_logreport(report=_empty(item, report, "teardown", call.stop, report.user_properties))
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _may_be_shortened(config: pytest.Config) -> bool:
    """Whether nobody but pytest itself takes part in the phases, and no option is about them."""
    if SHORTENED not in config.stash:
        options = any(getattr(config.option, name, False) for name in OPTIONS)
        hooks = (getattr(config.hook, name) for name in PHASES)
        modules = [impl.function.__module__ or "" for hook in hooks for impl in hook.get_hookimpls()]
        config.stash[SHORTENED] = not options and all(name.startswith(IDLE) for name in modules)
    return config.stash[SHORTENED]


def _empty(
    item: pytest.Item,
    report: pytest.TestReport,
    when: Literal["setup", "teardown"],
    moment: float,
    properties: Iterable[tuple[str, object]] = (),
) -> pytest.TestReport:
    """The report of a phase in which nothing was done."""
    return pytest.TestReport(
        getattr(item, "id", item.nodeid),  # since pytest 9.2 a node has an id that is more than its text
        item.location,
        report.keywords,
        "passed",
        None,
        when,
        start=moment,
        stop=moment,
        user_properties=properties,
    )
