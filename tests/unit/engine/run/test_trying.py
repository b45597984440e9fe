"""What does not pass without a second control is made again with one, alone."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from shelf import SUITE, made_of, paging, shelf
from widgets import KNOWLEDGE, case, plain, row, suite

from conformance.engine.model.evidence import Evidence, Problem
from conformance.engine.model.probe import Looked
from conformance.engine.run.jobs import Job
from conformance.engine.run.trying import judged_by, made
from specs.model import Sample
from specs.record.model import Exchange, SentRequest

FILTER = case(SUITE, "list/list/name")
JOB = Job.of([FILTER])


GEAR = Sample("gear.json", 9, None, {"gear": {"hue": "w"}})
SHOWN = (row("hue"),)


class Executor:
    """Makes the trials of lists on a shelf."""

    context = SimpleNamespace(role_names=frozenset({"member"}), service=KNOWLEDGE)

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


@pytest.mark.parametrize(
    ("both", "answers", "verdicts", "roles"),
    [
        (True, {"member": 500, "admin": 200}, ("fail", "pass"), ["member", "admin"]),
        (True, {"member": 200}, ("pass", "pass"), ["member"]),
        (True, {"member": 500, "admin": 500}, ("fail", "inconclusive"), ["member", "admin"]),
        (False, {"member": 500}, ("fail", "inconclusive"), ["member"]),
    ],
)
def test_an_administrator_asks_for_the_answer_that_a_member_is_kept_from_by_an_error(both, answers, verdicts, roles):
    listed = Sample("gears.json", 9, None, {"gears": []})
    show = plain("GET", "/gears", answers=(row("gears", "array"),), answered=(listed,), name="show", normal=(200,))
    service = replace(KNOWLEDGE, also_by_administrators=(show.id,) if both else ())
    found = suite(show, service=service)
    cases = [one for one in found.cases if one.id.endswith(("show/normal/200", "show/body/gears"))]
    asked = []

    def make(trial, *_):
        asked.append(trial.request.role)
        status = answers[trial.request.role]
        return Evidence(trial, status=status, body={"gears": []} if status == 200 else {}, role=trial.request.role)

    executor = SimpleNamespace(
        make=make, context=SimpleNamespace(role_names=frozenset({"member", "admin"}), service=service)
    )
    results = judged_by(executor, Job.of(cases), cases)
    assert tuple(judgement.verdict for _, _, judgement in results) == verdicts
    assert asked == roles


@pytest.mark.parametrize(
    ("first", "owned", "verdict", "tries"),
    [(409, True, "pass", 2), (409, False, "fail", 1), (400, True, "fail", 1), (200, True, "pass", 1)],
)
def test_a_thing_in_conflict_with_the_documented_request_is_replaced_by_a_new_one(first, owned, verdict, tries):
    put = plain("PUT", "/gears/{gear_id}", *SHOWN, samples=(GEAR,), normal=(200,))
    one = next(c for c in suite(put).cases if c.requirement.kind == "normal")
    statuses, made_with = [first, 200], []

    def make(trial, *_):
        asked = Exchange(SentRequest("PUT", "http://x/gears/g-1", {}), None, 1.0)
        made_with.append(statuses.pop(0))
        return Evidence(trial, status=made_with[-1], exchanges=(asked,))

    elements = SimpleNamespace(renew=lambda _: owned)
    context = SimpleNamespace(role_names=frozenset({"member"}), service=KNOWLEDGE)
    executor = SimpleNamespace(make=make, context=context, paths=SimpleNamespace(elements=elements))
    ((_, _, judgement),) = judged_by(executor, Job.of([one]), [one])
    assert (judgement.verdict, len(made_with)) == (verdict, tries)


@pytest.mark.parametrize(("fresh", "verdicts"), [("v", ["pass"]), ("w", ["inapplicable"])])
def test_a_value_that_an_earlier_trial_has_given_is_given_once_more_to_a_new_thing(fresh, verdicts):
    show = plain("GET", "/gears/{gear_id}", answers=SHOWN, answered=(GEAR,), name="show", normal=(200,))
    post = plain("POST", "/gears", *SHOWN, answers=SHOWN, answered=(GEAR,), normal=(201,))
    put = plain("PUT", "/gears/{gear_id}", *SHOWN, samples=(GEAR,), answers=SHOWN, answered=(GEAR,), normal=(200,))
    one = next(c for c in suite(post, show, put).cases if c.id.endswith("put-gears-gear_id/equality/hue"))
    had, renewed = ["w", fresh], []

    def make(trial, *_):
        found = {one.expectation.was[0]: Looked(was={"gear": {"hue": had.pop(0)}})}
        sent = {"gear": {"hue": "w"}}
        asked = Exchange(SentRequest("PUT", "http://x/gears/g-1?a=b", {}), None, 1.0)
        return Evidence(trial, status=200, sent=sent, body=sent, found=found, exchanges=(asked,))

    elements = SimpleNamespace(renew=lambda value: renewed.append(value) or True)
    context = SimpleNamespace(role_names=frozenset({"member"}), service=KNOWLEDGE)
    executor = SimpleNamespace(make=make, context=context, paths=SimpleNamespace(elements=elements))
    results = judged_by(executor, Job.of([one]), [one])
    assert [judgement.verdict for _, _, judgement in results] == verdicts
    assert renewed == ["/gears/g-1"]


def test_a_defect_of_this_suite_is_an_error_and_no_exception():
    def fail(*_):
        raise RuntimeError("a defect")

    found = made(SimpleNamespace(make=fail), JOB)
    assert found == replace(Evidence(JOB.trial), problem=Problem("error", "this suite failed: RuntimeError: a defect"))
