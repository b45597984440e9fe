"""What does not pass without a second control is made again with one, alone."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from shelf import SUITE, made_of, paging, shelf
from widgets import case

from conformance.engine.model.evidence import Evidence, Problem
from conformance.engine.run.jobs import Job
from conformance.engine.run.trying import judged_by, made

FILTER = case(SUITE, "list/list/name")
JOB = Job.of([FILTER])


class Executor:
    """Makes the trials of lists on a shelf."""

    context = SimpleNamespace(role_names=frozenset({"member"}))

    def __init__(self, on):
        self.paging, self.together = paging(on), []

    def make(self, trial, probes, together=False):
        self.together.append(together)
        self.paging.together = together
        return made_of(self.paging, trial)


@pytest.fixture(autouse=True)
def judging_alone(monkeypatch):
    monkeypatch.setattr(
        "conformance.engine.run.trying.judged",
        lambda cases, evidence, _: [(one, evidence, one.expectation.judge(evidence)) for one in cases],
    )


def tried(on):
    executor = Executor(on)
    first = made(executor, JOB, together=True)
    ((_, evidence, judgement),) = judged_by(executor, JOB, [FILTER], first)
    return judgement.verdict, evidence.pages.controlled, executor.together


def test_a_pass_needs_no_second_control():
    assert tried(shelf()) == ("pass", False, [True])


def test_a_fail_is_told_with_both_controls_alone():
    assert tried(shelf(ignores=("name",))) == ("fail", True, [True, False])


def test_a_defect_of_this_suite_is_an_error_and_no_exception():
    def fail(*_):
        raise RuntimeError("a defect")

    found = made(SimpleNamespace(make=fail), JOB)
    assert found == replace(Evidence(JOB.trial), problem=Problem("error", "this suite failed: RuntimeError: a defect"))
