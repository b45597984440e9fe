"""What does not pass without a second control is made again with one, alone."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from shelf import SUITE, made_of, paging, shelf
from widgets import KNOWLEDGE, action, case, plain, row, suite

from conformance.engine.model.evidence import Evidence, Problem
from conformance.engine.model.probe import Looked
from conformance.engine.run.jobs import Job
from conformance.engine.run.trying import judged_anew, judged_by, made
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


def test_a_fail_of_a_list_that_cannot_be_looked_at_again_is_undecided():
    """The elements may have gone, which were of others; but nothing shows that the first look was wrong."""
    executor = Executor(shelf(ignores=("name",)))
    first = made(executor, JOB, together=True)
    executor.make = lambda trial, *_: Evidence(trial, problem=Problem("inapplicable", "no element shows a value"))
    ((_, _, judgement),) = judged_by(executor, JOB, [FILTER], first)
    assert (judgement.verdict, judgement.deviation) == ("inconclusive", None)
    assert "seen once and could not be tried again: no element shows a value" in judgement.reason


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


HAD = (Sample("gear.json", 9, None, {"gear": {"hue": "w"}}),)


def had_before(values, refuses=(), shows=None):
    """The verdict on a value that a gear had before, the values that were sent, and the paths of the renewed gears.

    Args:
        values: the values that the gear had before each request.
        refuses: values that the service refuses.
        shows: the value that it shows whatever is sent; None if it shows the one that is sent.
    """
    show = plain("GET", "/gears/{gear_id}", answers=SHOWN, answered=(GEAR,), name="show", normal=(200,))
    post = plain("POST", "/gears", *SHOWN, answers=SHOWN, answered=(GEAR,), normal=(201,))
    put = plain("PUT", "/gears/{gear_id}", *SHOWN, samples=HAD, answers=SHOWN, answered=(GEAR,), normal=(200,))
    one = next(c for c in suite(post, show, put).cases if c.id.endswith("put-gears-gear_id/equality/hue"))
    had, renewed, sent = list(values), [], []

    def make(trial, *_):
        sent.append(trial.request.body["gear"]["hue"])
        found = {one.expectation.was[0]: Looked(was={"gear": {"hue": had.pop(0)}})}
        asked = Exchange(SentRequest("PUT", "http://x/gears/g-1?a=b", {}), None, 1.0)
        status = 400 if sent[-1] in refuses else 200
        body = {"gear": {"hue": shows or sent[-1]}}
        return Evidence(trial, status=status, sent=trial.request.body, body=body, found=found, exchanges=(asked,))

    elements = SimpleNamespace(renew=lambda value: renewed.append(value) or True)
    context = SimpleNamespace(role_names=frozenset({"member"}), service=KNOWLEDGE)
    executor = SimpleNamespace(make=make, context=context, paths=SimpleNamespace(elements=elements))
    ((_, _, judgement),) = judged_by(executor, Job.of([one]), [one])
    return judgement.verdict, sent, renewed


def test_where_a_thing_had_the_value_before_another_value_is_sent():
    assert had_before(["w", "w"]) == ("pass", ["w", "w2"], [])
    assert had_before(["v"]) == ("pass", ["w"], [])


@pytest.mark.parametrize(("fresh", "verdict"), [("v", "pass"), ("w", "inapplicable")])
def test_if_no_other_value_is_taken_it_is_given_once_more_to_a_new_thing(fresh, verdict):
    assert had_before(["w", "w", fresh], refuses=("w2",)) == (verdict, ["w", "w2", "w"], ["/gears/g-1"])


def test_another_text_that_does_not_come_back_breaks_nothing():
    """It may name something that the service does not know."""
    assert had_before(["w", "w", "w"], shows="w") == ("inapplicable", ["w", "w2", "w"], ["/gears/g-1"])


@pytest.mark.parametrize(
    ("second", "owned", "state", "verdict", "tries"),
    [
        (400, True, None, "fail", 3),
        (400, False, None, "inconclusive", 2),
        (400, True, "IDLE", "inconclusive", 2),
        (200, True, None, "fail", 2),
        (500, True, None, "inconclusive", 2),
    ],
)
def test_where_a_thing_takes_no_second_request_a_failed_case_gets_a_new_one(second, owned, state, verdict, tries):
    """The answer lacks its field, and what the request has made stands in the way of the next one."""
    put = plain("PUT", "/gears/{gear_id}", *SHOWN, samples=HAD, answers=(row("hue", required=True),), answered=(GEAR,))
    one = next(c for c in suite(put).cases if c.id.endswith("/body/hue"))
    one = replace(one, trial=replace(one.trial, situation=replace(one.trial.situation, state=state)))
    first = Evidence(one.trial, status=202, body={"gear": {}})
    statuses, renewed = [second, 202], []
    asked = Exchange(SentRequest("PUT", "http://x/gears/g-1", {}), None, 1.0)

    def judge(cases, _):
        evidence = Evidence(one.trial, status=statuses.pop(0), body={"gear": {}}, exchanges=(asked,))
        return [(case, evidence, case.expectation.judge(evidence)) for case in cases]

    elements = SimpleNamespace(renew=lambda value: renewed.append(value) or owned)
    paths = SimpleNamespace(elements=elements, forget_found=lambda: None)
    executor = SimpleNamespace(paths=paths, renew=lambda: renewed.append("the resource"))
    ((_, _, judgement),) = judged_anew(executor, Job.of([one]), [one], [(one, first, None)], judge)
    assert (judgement.verdict, 3 - len(statuses)) == (verdict, tries)
    assert ("the resource" in renewed) == (state is not None)


@pytest.mark.parametrize(
    ("first", "state", "second", "tries"),
    [
        (202, "IDLE", (202,), [True]),
        (202, "IDLE", (409, 409), [True, False]),
        (409, "IDLE", (409,), [False]),
        (202, None, (202,), [False]),
    ],
    ids=["accepted again", "refused this time", "refused and obeyed", "of no resource"],
)
def test_what_is_accepted_in_vain_needs_no_exact_view_before_it_as_long_as_it_is_accepted(first, state, second, tries):
    one = next(c for c in suite(action("spin", error=(409,))).cases if "error/409" in c.id)
    trial = replace(one.trial, outcome=replace(one.trial.outcome, accepted=False))
    one = replace(one, trial=replace(trial, situation=replace(trial.situation, state=state)))
    statuses, together, dropped = list(second), [], []

    def make(trial, probes, shared=False):
        together.append((shared, subject.again))
        return Evidence(trial, status=statuses.pop(0))

    def judge(cases, evidence):
        evidence = evidence or made(executor, Job.of([one]))
        return [(case, evidence, case.expectation.judge(evidence)) for case in cases]

    subject = SimpleNamespace(again=False)
    paths = SimpleNamespace(elements=SimpleNamespace(renew=lambda path: False), forget_found=lambda: None)
    looks = SimpleNamespace(drop=dropped.append)
    executor = SimpleNamespace(paths=paths, renew=lambda: None, subject=subject, looks=looks, make=make)
    before = [(one, Evidence(one.trial, status=first), None)]
    ((_, evidence, _),) = judged_anew(executor, Job.of([one]), [one], before, judge)
    assert (together, evidence.status) == ([(shared, shared) for shared in tries], second[-1])
    assert (bool(dropped), subject.again) == (len(tries) > 1, False)


def test_a_defect_of_this_suite_is_an_error_and_no_exception():
    def fail(*_):
        raise RuntimeError("a defect")

    found = made(SimpleNamespace(make=fail), JOB)
    assert found == replace(Evidence(JOB.trial), problem=Problem("error", "this suite failed: RuntimeError: a defect"))
