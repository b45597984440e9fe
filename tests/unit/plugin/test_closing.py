"""The end of the output: the run's own lines come last, and failures that are known are not listed one by one."""

from __future__ import annotations

import pytest

from conformance.plugin import opened
from conformance.plugin.expected import Expected, ExpectedDeviations

pytest_plugins = ["pytester", "plugin_project"]
pytestmark = pytest.mark.xdist_group("shipped")

NORMAL = "servers-actions.lock/normal/"


@pytest.fixture
def failing(project, monkeypatch):
    """A project with two cases that fail, and a function that makes the deviation of the first an expected one."""
    first, second = sorted(project.matching(NORMAL))[:2]
    project.decide_parts({first: "fail", second: "fail"})

    def expect(case):
        requirement = case.partition("[")[0]
        identity = f"{requirement}!contradiction!{project.observed(case)}"
        one = Expected(identity, ("a.inc:1",), ("a.py:2",), "so it is", cases=frozenset({case.partition("[")[2][:-1]}))
        known = ExpectedDeviations("nova", "34.0.0", {identity: one})
        monkeypatch.setattr(opened, "known_for", lambda *_: known)

    project.run("-k", NORMAL)
    project.observed = {r.case: r.observed for r in project.record.results}.__getitem__
    return first, second, expect


def listed(done):
    """The failures of the short summary, and the lines after it."""
    lines = done.outlines
    return [line.split("::")[-1].split(" - ")[0] for line in lines if line.startswith("FAILED ")]


def test_known_failures_are_counted_and_not_listed(project, failing):
    first, second, expect = failing
    expect(first)
    done = project.run("-k", NORMAL)
    assert listed(done) == [second]
    done.stdout.fnmatch_lines(
        [
            f"FAILED *{second.replace('[', '[[]')}*",
            "*= conformance =*",
            "* 2 fail*",
            "report: *",
            "1 case that fails as expected is not listed one by one: -rf lists all that fail",
            "*= 2 failed, *",
        ]
    )
    assert done.ret == 1
    assert done.outlines[-1].count("2 failed") == 1, "pytest's own count stays"


@pytest.mark.parametrize("option", ["-rf", "-ra", "-rA"])
def test_a_user_who_asks_for_all_gets_all(project, failing, option):
    first, second, expect = failing
    expect(first)
    done = project.run("-k", NORMAL, option)
    assert sorted(listed(done)) == [first, second]
    assert "not listed" not in done.stdout.str()


def test_without_a_known_release_every_failure_is_listed_before_the_totals(project, failing):
    first, second, _ = failing
    done = project.run("-k", NORMAL)
    assert sorted(listed(done)) == [first, second]
    done.stdout.fnmatch_lines(["*= short test summary info =*", "FAILED *", "*= conformance =*", "*= 2 failed, *"])
    assert "not listed" not in done.stdout.str()


def test_the_texts_of_known_failures_are_printed_all_the_same(project, failing):
    first, _, expect = failing
    expect(first)
    project.run("-k", NORMAL).stdout.fnmatch_lines([f"*Try again*{first.replace('[', '[[]')}*"])
