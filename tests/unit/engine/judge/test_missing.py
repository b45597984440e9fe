"""A cloud that says that it lacks an optional part leaves cases inapplicable; an unlisted 5xx breaks a promise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import action, evidence, trial

from conformance.engine.judge.missing import for_want_of_a_part
from conformance.engine.model.evidence import Judgement, Problem, Verdict
from specs.refusals import Cause, Refusal

TEXTS = ("no such depot", "Pool not found")
LISTED = trial(action("paint", error=(404, 501)))


def judged(verdict: Verdict, code: int, said: str = "there is NO SUCH DEPOT here") -> Judgement:
    seen = evidence(code, trial=LISTED, body={"fault": {"code": code, "message": said}})
    deviation = "contradiction" if verdict == "fail" else None
    return for_want_of_a_part(Judgement(verdict, str(code), "because", deviation=deviation), seen, TEXTS)


@pytest.mark.parametrize(
    ("verdict", "code", "expected"),
    [
        ("fail", 404, "inapplicable"),
        ("fail", 501, "inapplicable"),
        ("fail", 500, "fail"),
        ("fail", 202, "fail"),
        ("inconclusive", 500, "inapplicable"),
        ("inconclusive", 404, "inapplicable"),
        ("pass", 404, "pass"),
        ("error", 404, "error"),
    ],
)
def test_what_a_missing_part_leaves_open(verdict: Verdict, code: int, expected: str) -> None:
    judgement = judged(verdict, code)
    assert judgement.verdict == expected
    assert (judgement.deviation is None) == (expected != "fail")
    if expected == "inapplicable":
        assert judgement.reason == "this cloud lacks an optional part: there is NO SUCH DEPOT here"


def test_other_words_say_nothing_of_parts() -> None:
    assert judged("inconclusive", 500, "the depot burns").verdict == "inconclusive"
    seen = evidence(500, trial=LISTED)
    assert for_want_of_a_part(Judgement("inconclusive", "500", "because"), seen, ()).verdict == "inconclusive"


def test_a_thing_that_a_missing_part_would_make_is_not_the_case_s_own_refusal() -> None:
    problem = Problem("inconclusive", "no can could be made: POST /cans gave 500 (no such depot)")
    seen = replace(evidence(None, trial=LISTED), problem=problem)
    judgement = for_want_of_a_part(Judgement("inconclusive", "not tried", problem.reason), seen, TEXTS)
    assert (judgement.verdict, problem.reason in str(judgement.reason)) == ("inapplicable", True)


@pytest.mark.parametrize(
    ("code", "cause", "expected"),
    [
        (405, Cause(environment="back-end"), "inapplicable"),
        (501, Cause(environment="back-end"), "fail"),
        (405, Cause(missing=("depot",)), "fail"),
        (404, Cause(environment="back-end"), "fail"),
    ],
)
def test_the_code_that_the_reference_gives_for_a_deployment_without_the_part_is_no_fail(code, cause, expected) -> None:
    refusals = tuple(Refusal(cause, told) for told in (404, 405))
    painting = replace(action("paint", error=(404, 405, 501)), refusals=refusals)
    seen = evidence(code, trial=trial(painting), body={"fault": {"code": code, "message": "no"}})
    judgement = Judgement("fail", str(code), "because", deviation="contradiction")
    assert for_want_of_a_part(judgement, seen, ()).verdict == expected
