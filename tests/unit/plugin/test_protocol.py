"""How pytest runs a case: in the short way, or by its own protocol if anybody takes part in the phases."""

import json
import re
from functools import wraps

import pytest

from conformance.plugin.progress import Progress

pytest_plugins = ["pytester", "plugin_project"]
pytestmark = pytest.mark.slow  # each runs a session of pytest

REPORTS = """
    import json
    from pathlib import Path

    def pytest_runtest_logreport(report):
        line = [report.nodeid, report.when, report.outcome, report.location, sorted(report.keywords),
                report.user_properties, str(report.longrepr), getattr(report, "wasxfail", None)]
        with Path("reports.jsonl").open("a") as stream:
            stream.write(json.dumps(line) + chr(10))
"""
OWN = """
    def pytest_runtest_teardown(item):
        print("taking part")
"""
MARKED = """
    import pytest

    def pytest_collection_modifyitems(items):
        next(item for item in items if "lock/normal" in item.name).add_marker(pytest.mark.xfail(reason="by hand"))
"""


def reports_of(project, *texts):
    (project.path / "reports.jsonl").unlink(missing_ok=True)
    project.pytester.makeconftest("\n".join(texts))
    result = project.run("-k", "servers-actions.lock")
    lines = (project.path / "reports.jsonl").read_text().splitlines()
    (project.path / "conftest.py").unlink()
    return result, sorted(map(json.loads, lines), key=lambda line: line[:1])  # stable: the order of a case stays


def test_the_reports_are_those_of_the_own_protocol(project):
    lock = project.matching("servers-actions.lock/")
    project.decide(**dict(zip(lock, ("fail", "error", "inconclusive", "inapplicable"), strict=False)))
    short, reports = reports_of(project, REPORTS)
    own, expected = reports_of(project, REPORTS, OWN)
    assert reports == expected
    assert {line[1] for line in reports} == {"setup", "call", "teardown"}
    assert short.parseoutcomes() == own.parseoutcomes()


def test_no_phase_is_left_out_if_anybody_takes_part_in_one(project):
    project.pytester.makeconftest(OWN)
    result = project.run("-s", "-k", "servers-actions.lock/normal")
    said = sum(line.count("taking part") for line in result.outlines)
    assert said == len(project.matching("servers-actions.lock/normal"))


def test_a_marker_of_pytest_counts(project):
    project.pytester.makeconftest(MARKED)
    count = len(project.matching("servers-actions.lock/normal"))
    project.run("-k", "servers-actions.lock/normal").assert_outcomes(xpassed=1, passed=count - 1)


def test_pytest_counts_the_properties_of_each_case_once(project):
    project.run("--junitxml=out.xml", "-k", "servers-actions.lock/normal")
    text = (project.path / "out.xml").read_text()
    assert text.count('name="requirement"') == len(project.matching("servers-actions.lock/normal"))


AROUND = """
    import pytest

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(item):
        print("around a test")
        return (yield)
"""


def test_the_hook_around_a_case_is_called_if_anybody_waits_for_it(project):
    project.pytester.makeconftest(AROUND)
    result = project.run("-s", "-k", "servers-actions.lock/normal")
    said = sum(line.count("around a test") for line in result.outlines)
    assert said == len(project.matching("servers-actions.lock/normal"))


def test_the_reports_do_not_depend_on_the_hook_around_a_case(project):
    lock = project.matching("servers-actions.lock/")
    project.decide(**dict(zip(lock, ("fail", "error", "inconclusive", "inapplicable"), strict=False)))
    bare, reports = reports_of(project, REPORTS)
    hooked, expected = reports_of(project, REPORTS, AROUND)
    assert reports == expected
    assert bare.parseoutcomes() == hooked.parseoutcomes()


COUNTED = """
    class Counted:
        def __init__(self, hook):
            self.hook = hook

        def get_hookimpls(self):
            return self.hook.get_hookimpls()

        def __call__(self, **given):
            print("asked for a test")
            return self.hook(**given)

    def pytest_collection_finish(session):
        hooks = session.config.hook
        hooks.pytest_runtest_protocol = Counted(hooks.pytest_runtest_protocol)
"""


def test_nobody_is_asked_around_a_case_without_need(project):
    project.pytester.makeconftest(COUNTED)
    result = project.run("-s", "-k", "servers-actions.lock/normal")
    assert not any("asked for a test" in line for line in result.outlines)
    project.pytester.makeconftest("\n".join([COUNTED, AROUND]))
    result = project.run("-s", "-k", "servers-actions.lock/normal")
    assert any("asked for a test" in line for line in result.outlines)


@pytest.mark.parametrize("without", ["faulthandler", "warnings"])
def test_a_case_runs_without_the_plugins_of_pytest_that_wait_for_the_hook(project, without):
    result = project.run("-p", f"no:{without}", "-k", "servers-actions.lock/normal")
    result.assert_outcomes(passed=len(project.matching("servers-actions.lock/normal")))


@pytest.fixture
def phases(monkeypatch):
    """The phases of which the plugin itself has heard."""
    heard, found = Progress.pytest_runtest_logreport, set()

    @wraps(heard)
    def hear(self, report):
        found.add(report.when)
        heard(self, report)

    monkeypatch.setattr(Progress, "pytest_runtest_logreport", hear)
    return found


@pytest.mark.parametrize("option", ["--durations=3", "--junitxml=out.xml"])
def test_nobody_hears_of_phases_in_which_nothing_is_done_without_need(project, phases, option):
    project.run("-k", "servers-actions.lock/normal")
    assert phases == {"call"}
    project.run("-k", "servers-actions.lock/normal", option)
    assert phases == {"setup", "call", "teardown"}


@pytest.mark.parametrize("option", ["-q", "-v", "-rA"])
def test_the_terminal_says_the_same_without_these_phases(project, phases, option):
    lock = project.matching("servers-actions.lock/")
    project.decide(**dict(zip(lock, ("fail", "error", "inconclusive", "inapplicable"), strict=False)))

    def said():
        result = project.run("-k", "servers-actions.lock/", option)
        lines = [line.partition(" [")[0] for line in result.outlines if re.match(r"specs/|[A-Z]+ |[.oFE?-]+ |_", line)]
        return result.parseoutcomes(), sorted(line for line in lines if "record:" not in line)

    alone = said()
    assert phases == {"call"}
    project.pytester.makeconftest("def pytest_runtest_logreport(report):\n    pass")
    assert said() == alone
    assert phases == {"setup", "call", "teardown"}
