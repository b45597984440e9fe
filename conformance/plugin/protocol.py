"""How pytest runs a case: without the phases that prepare and remove fixtures.

A case has no fixtures, and its result is there or comes from another thread, so nothing is to be set up, captured or
torn down around it. pytest's own protocol calls some fifty hooks for each test all the same, which took a fifth of the
processor time of a run; and a skip takes longer to be raised, and found in a traceback, than to be decided. Whoever
listens still gets the three reports of each case; if nobody listens who makes anything of the reports of two phases in
which nothing was done, only that of the call is made. If anybody but pytest itself hooks into the phases, or an option
or a marker is about them, pytest's own protocol runs the case. The main loop calls no hook around a case either, unless
somebody else waits for that: pytest itself would only set up what tests in Python need, such as a filter of warnings.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PHASES = ("pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_teardown", "pytest_runtest_makereport")

IDLE = ("_pytest.", "_hypothesis_pytestplugin", "conformance.")
"""How the names of modules begin whose hooks for these phases do nothing for a case, or whose work is done here."""

OPTIONS = ("setupshow", "setuponly", "setupplan", "usepdb", "trace")
"""Options that show the phases, or stop in them."""

MARKERS = frozenset({"skip", "skipif", "xfail", "usefixtures"})
"""Markers that pytest's own protocol obeys. No case has one by itself."""

AROUND = ("pytest_runtest_protocol",)
"""The hook around all phases of a test."""

LISTENING = ("pytest_runtest_logreport", "pytest_report_teststatus")
"""The hooks that get the report of each phase."""

HEARS_THE_CALL = (
    *(f"_pytest.{name}" for name in ("cacheprovider", "logging", "main", "runner", "skipping", "subtests", "terminal")),
    "syrupy",
    "conformance.",
)
"""How the names of modules begin that make nothing of the reports of the other phases, if these have passed."""

SHORTENED = pytest.StashKey[bool]()
"""Whether the cases of a session may be run in the short way."""

BARE = pytest.StashKey[bool]()
"""Whether the main loop may leave out the hook around them."""


CALL_ALONE = pytest.StashKey[bool]()
"""Whether only the report of the call is made, since nobody makes anything of the others."""


@dataclass(frozen=True)
class Above:
    """The keywords of the nodes above a case, and whether pytest's own protocol obeys a marker of theirs."""

    keywords: dict[str, Literal[1]]
    marked: bool


ABOVE = pytest.StashKey[Above]()


@dataclass(frozen=True)
class Told:
    """The outcome of a case that raises nothing: it passes, or its skip is told as path, line and reason."""

    duration: float
    location: tuple[str, int | None, str]
    skip: tuple[str, int, str] | None = None


def ran(item: pytest.Item, outcome: Callable[[], Told | None]) -> bool:
    """Run a case, unless pytest's own protocol must run it. Returns whether it was run.

    Args:
        item: the case.
        outcome: waits for the outcome; None if the case must be run, since that raises something.
    """
    above = _above(item)
    if not _may_be_shortened(item.config) or above.marked or any(mark.name in MARKERS for mark in item.own_markers):
        return False
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    start, told, call = time.time(), outcome(), None
    if told is not None:
        report = _made(item, told, start)
    else:
        call = pytest.CallInfo.from_call(item.runtest, "call", reraise=(KeyboardInterrupt, pytest.exit.Exception))
        report = hook.pytest_runtest_makereport(item=item, call=call)
    alone = _is_call_alone(item.config)
    if not alone:
        hook.pytest_runtest_logreport(report=_empty(item, report, "setup", report.start))
    hook.pytest_runtest_logreport(report=report)
    if report.failed and call is not None:
        hook.pytest_exception_interact(node=item, call=call, report=report)
    if not alone:
        hook.pytest_runtest_logreport(report=_empty(item, report, "teardown", report.stop, report.user_properties))
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def may_be_bare(config: pytest.Config) -> bool:
    """Whether nobody but pytest itself waits for the hook around a test, which then does nothing for a case."""
    if BARE not in config.stash:
        timed = config.pluginmanager.has_plugin("faulthandler") and config.getini("faulthandler_timeout")
        config.stash[BARE] = not timed and _are_idle(config, AROUND)
    return config.stash[BARE]


def _may_be_shortened(config: pytest.Config) -> bool:
    """Whether nobody but pytest itself takes part in the phases, and no option is about them."""
    if SHORTENED not in config.stash:
        options = any(getattr(config.option, name, False) for name in OPTIONS)
        config.stash[SHORTENED] = not options and _are_idle(config, PHASES)
    return config.stash[SHORTENED]


def _is_call_alone(config: pytest.Config) -> bool:
    """Whether nobody makes anything of the reports of the other phases, such as a list of their durations."""
    if CALL_ALONE not in config.stash:
        config.stash[CALL_ALONE] = config.option.durations is None and _are_idle(config, LISTENING, HEARS_THE_CALL)
    return config.stash[CALL_ALONE]


def _are_idle(config: pytest.Config, names: Iterable[str], idle: tuple[str, ...] = IDLE) -> bool:
    """Whether all implementations of some hooks are of modules that do nothing for a case. ``idle``: as IDLE."""
    hooks = (getattr(config.hook, name) for name in names)
    modules = [impl.function.__module__ or "" for hook in hooks for impl in hook.get_hookimpls()]
    return all(name.startswith(idle) for name in modules)


def _made(item: pytest.Item, told: Told, start: float) -> pytest.TestReport:
    """The report of a case that raises nothing, as pytest makes it, but without the hooks that nobody uses."""
    return pytest.TestReport(
        _id(item),
        told.location,
        _keywords(item),
        "passed" if told.skip is None else "skipped",
        told.skip,
        "call",
        duration=told.duration,
        start=start,
        stop=time.time(),
        user_properties=item.user_properties,
    )


def _above(item: pytest.Item) -> Above:
    """What the nodes above a case give to it, found once for each file."""
    file = item.parent
    if file is None:
        return Above({}, False)
    if ABOVE not in file.stash:
        marked = any(mark.name in MARKERS for mark in file.iter_markers())
        file.stash[ABOVE] = Above(dict.fromkeys(file.keywords, 1), marked)
    return file.stash[ABOVE]


def _keywords(item: pytest.Item) -> dict[str, Literal[1]]:
    """The keywords of a case in its report, its own ones first. pytest asks all nodes above anew for each case."""
    own: dict[str, Literal[1]] = dict.fromkeys(getattr(item.keywords, "_markers", item.keywords), 1)
    return own | _above(item).keywords


def _id(item: pytest.Item) -> Any:
    """The id of a node in a report: since pytest 9.2 it is more than its text."""
    return getattr(item, "id", item.nodeid)


def _empty(
    item: pytest.Item,
    report: pytest.TestReport,
    when: Literal["setup", "teardown"],
    moment: float,
    properties: Iterable[tuple[str, object]] = (),
) -> pytest.TestReport:
    """The report of a phase in which nothing was done."""
    return pytest.TestReport(
        _id(item),
        item.location,
        report.keywords,
        "passed",
        None,
        when,
        start=moment,
        stop=moment,
        user_properties=properties,
    )
