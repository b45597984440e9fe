"""Expectations about codes: what holds, what breaks, what is left out, what is observed, and what is undecided."""

from __future__ import annotations

import pytest
from widgets import LASTING, action, evidence, trial

from conformance.engine.judge.codes import (
    LOOKED_UP,
    Accepted,
    Admitted,
    AnsweredAsListed,
    LetIn,
    OutsideVersions,
    Refused,
    RefusedAsUnreadable,
    RefusedUnlessProviderChose,
    RefusedWhereSilent,
)
from conformance.engine.model.probe import FieldTaken
from specs.microversion import Microversion
from specs.model import Code

SPEED = FieldTaken("speed", "fast")
ALL = [
    Accepted((202,)),
    Admitted("it idles"),
    Refused((409,), "it spins"),
    Refused((400,), "it is too long", also_listed=True),
    Refused((409,), "it spins", any_refusal=True),
    RefusedUnlessProviderChose(403, "too low", default_policy=False),
    RefusedWhereSilent(409, "status SPINNING"),
    OutsideVersions(SPEED, "speed", "from 2.5 on"),
    LetIn((202,), "speed may be given"),
    AnsweredAsListed("status HALTED", state="HALTED"),
    RefusedAsUnreadable("the body is not JSON"),
    Refused((400,), "its id is no uuid", also_listed=True, elsewhere=(404, 409)),
]


def said(expectation, code, **more):
    """Verdict and class of the judgement; a deviation and its verdict belong together."""
    judgement = expectation.judge(evidence(code, **more))
    assert (judgement.verdict == "fail") == (judgement.deviation == "contradiction")
    assert judgement.deviation != "omission" or judgement.verdict == "pass"
    assert judgement.reason or judgement.verdict == "pass"
    assert expectation.expected
    return judgement.verdict, judgement.deviation


PASS, FAIL = ("pass", None), ("fail", "contradiction")
OMISSION, UNDECIDED, OBSERVED = ("pass", "omission"), ("inconclusive", None), ("inapplicable", None)


@pytest.mark.parametrize(
    ("expectation", "code", "expected"),
    [
        (ALL[0], 202, PASS),
        (ALL[0], 200, FAIL),
        (ALL[0], 204, FAIL),
        (ALL[0], 409, FAIL),
        (ALL[0], 500, FAIL),
        (Accepted((200, 202)), 200, PASS),
        (ALL[1], 202, PASS),
        (ALL[1], 200, PASS),
        (ALL[1], 409, FAIL),
        (ALL[1], 400, FAIL),
        (ALL[1], 500, FAIL),
        (ALL[1], 403, UNDECIDED),
        (ALL[1], 404, UNDECIDED),
        (ALL[2], 409, PASS),
        (ALL[2], 202, FAIL),
        (ALL[2], 400, FAIL),
        (ALL[2], 418, FAIL),
        (ALL[2], 500, FAIL),
        (ALL[3], 400, PASS),
        (ALL[3], 404, PASS),
        (ALL[3], 418, FAIL),
        (ALL[3], 202, FAIL),
        (ALL[3], 500, FAIL),
        (ALL[4], 409, PASS),
        (ALL[4], 400, PASS),
        (ALL[4], 418, OMISSION),
        (ALL[4], 202, FAIL),
        (ALL[4], 500, FAIL),
        (ALL[5], 403, PASS),
        (ALL[5], 202, OBSERVED),
        (ALL[5], 404, FAIL),
        (ALL[5], 500, FAIL),
        (RefusedUnlessProviderChose(403, "too low", default_policy=True), 202, FAIL),
        (RefusedUnlessProviderChose(403, "too low", default_policy=True), 403, PASS),
        (ALL[6], 409, PASS),
        (ALL[6], 202, OBSERVED),
        (ALL[6], 400, OBSERVED),
        (ALL[6], 418, OMISSION),
        (ALL[6], 500, FAIL),
        (ALL[7], 400, PASS),
        (ALL[7], 404, PASS),
        (ALL[7], 409, FAIL),
        (ALL[7], 500, FAIL),
        (ALL[7], 202, OBSERVED),
        (ALL[8], 202, PASS),
        (ALL[8], 200, FAIL),
        (ALL[8], 400, FAIL),
        (ALL[8], 422, FAIL),
        (ALL[8], 500, FAIL),
        (ALL[8], 403, UNDECIDED),
        (ALL[8], 404, UNDECIDED),
        (ALL[8], 409, UNDECIDED),
        (ALL[10], 400, PASS),
        (ALL[10], 415, PASS),
        (ALL[10], 202, FAIL),
        (ALL[10], 500, FAIL),
        (ALL[10], 404, UNDECIDED),
        (ALL[10], 409, UNDECIDED),
        (ALL[11], 400, PASS),
        (ALL[11], 404, OBSERVED),
        (ALL[11], 409, OBSERVED),
        (ALL[11], 418, FAIL),
        (ALL[11], 202, FAIL),
        (ALL[11], 500, FAIL),
        (ALL[9], 202, OBSERVED),
        (ALL[9], 409, OBSERVED),
        (ALL[9], 418, OMISSION),
        (ALL[9], 500, FAIL),
    ],
)
def test_a_code_decides(expectation, code, expected):
    assert said(expectation, code) == expected


def test_a_code_that_the_fault_does_not_explain_alone_hides_no_change():
    """Where it is not listed, the promise is broken by the code itself."""
    refused = ALL[11]
    before = {"status": "IDLE"}
    assert refused.judge(evidence(404, before=before, after={"status": "HALTED"})).verdict == "fail"
    unlisted = trial(action(error=(400,)))
    assert refused.judge(evidence(404, trial=unlisted)).verdict == "fail"
    assert refused.judge(evidence(400, trial=unlisted)).verdict == "pass"


@pytest.mark.parametrize("expectation", ALL)
@pytest.mark.parametrize("code", [413, 429])
def test_an_answer_of_what_stands_before_the_service_decides_nothing(expectation, code):
    assert said(expectation, code) == UNDECIDED


@pytest.mark.parametrize("code", [405, 406, 415])
def test_a_documented_request_that_is_not_understood_breaks_its_promise(code):
    assert said(Accepted((202,)), code) == FAIL
    assert said(Refused((409,), "it is busy"), code) == FAIL


@pytest.mark.parametrize("expectation", ALL)
def test_try_again_later_decides_nothing_and_a_bare_503_is_an_error(expectation):
    assert said(expectation, 503, headers={"retry-after": "40"}) == UNDECIDED
    assert said(expectation, 503) == FAIL


@pytest.mark.parametrize("expectation", ALL[2:5])
def test_a_framework_code_that_the_reference_lists_is_the_operations_own(expectation):
    listed = trial(action(error=(400, 409, 413)))
    assert said(expectation, 413, trial=listed) == (FAIL if expectation is ALL[2] else PASS)


def test_a_listed_server_error_is_observed_where_the_reference_is_silent():
    for expectation in (ALL[6], ALL[9]):
        assert said(expectation, 501, trial=trial(action(error=(409, 501)))) == OBSERVED


def test_what_is_forbidden_may_be_hidden_where_404_is_listed():
    both, hides = trial(action(error=(403, 404))), RefusedWhereSilent(403, "a role without any right", may_hide=True)
    assert said(hides, 404, trial=both) == PASS
    assert said(hides, 403, trial=both) == PASS
    assert said(hides, 200, trial=both) == OBSERVED
    assert said(hides, 404, trial=trial(action(error=(403,)))) == OMISSION
    assert said(RefusedWhereSilent(403, "a role without any right"), 404, trial=both) == OBSERVED


def test_what_a_driver_lacks_says_nothing_of_a_value():
    assert said(ALL[8], 501, trial=trial(action(error=(400, 501)))) == UNDECIDED
    assert said(ALL[8], 501) == FAIL


def test_codes_are_listed_by_microversion():
    late = trial(action(error=(Code(409, 1), Code(410, 1, min="2.5"))))
    assert said(ALL[4], 410, trial=late, version=Microversion(2, 5)) == PASS
    assert said(ALL[4], 410, trial=late, version=Microversion(2, 4)) == OMISSION


IDLE = {"status": "IDLE", "turning": None, "locked": False, "metadata": {}}


def promised(expectation):
    """A code that keeps the promise."""
    return expectation.codes[0] if isinstance(expectation, Refused) else expectation.code


REFUSALS = [e for e in ALL if isinstance(e, Refused | RefusedUnlessProviderChose | RefusedWhereSilent)]


@pytest.mark.parametrize("expectation", REFUSALS)
@pytest.mark.parametrize("field", ["status", "turning", "locked", "metadata"])
def test_a_refusal_that_has_an_effect_breaks_it(expectation, field):
    code = promised(expectation)
    judgement = expectation.judge(evidence(code, before=IDLE, after={**IDLE, field: "other"}))
    assert (judgement.verdict, judgement.observed) == ("fail", "changed")
    assert field in judgement.reason


@pytest.mark.parametrize("expectation", REFUSALS)
def test_a_refusal_after_which_the_resource_is_gone_breaks_it(expectation):
    code = promised(expectation)
    assert said(expectation, code, after=None) == FAIL
    assert said(expectation, code, before=None, after=None) == PASS


def test_what_cannot_be_read_changes_nothing():
    assert said(ALL[10], 400, before=IDLE, after={**IDLE, "status": "SPINNING"}) == FAIL


def test_lists_of_a_view_have_no_order():
    groups = [{"name": "a"}, {"name": "b"}]
    before = {"security_groups": groups, "addresses": {"net": [{"addr": "192.0.2.1"}]}}
    swapped = before | {"security_groups": groups[::-1]}
    assert Refused((409,), "").judge(evidence(409, before=before, after=swapped)).verdict == "pass"
    for other in ({"security_groups": groups[:1]}, {"addresses": {"net": []}}):
        assert Refused((409,), "").judge(evidence(409, before=before, after=before | other)).verdict == "fail"


def test_what_only_one_view_shows_has_not_changed():
    for name in (*LASTING, *LOOKED_UP):
        rest = {k: v for k, v in IDLE.items() if k != name}
        assert said(ALL[2], 409, before={**IDLE, name: 1}, after=rest) == PASS
        assert said(ALL[2], 409, before=rest, after={**IDLE, name: 1}) == PASS


def test_what_changes_by_itself_is_not_compared():
    assert said(ALL[2], 409, before={**IDLE, "updated": 1}, after={**IDLE, "updated": 2}) == PASS


def test_an_observation_says_what_was_seen():
    judgement = ALL[6].judge(evidence(202))
    assert judgement.observation == {"situation": "status SPINNING", "answer": 202}
    assert ALL[6].judge(evidence(409)).observation == {"situation": "status SPINNING", "answer": 409}
    by_state = RefusedWhereSilent(409, "status HALTED", state="HALTED")
    for expectation in (by_state, ALL[9]):
        seen = expectation.judge(evidence(409)).observation
        assert seen == {"situation": "status HALTED", "state": "HALTED", "answer": 409}
    assert ALL[5].judge(evidence(202)).observation == {"policy": "too low", "answer": 202}


@pytest.mark.parametrize(("taken", "expected"), [(True, FAIL), (False, PASS), (None, OBSERVED)])
def test_an_accepted_field_outside_its_versions_must_not_take_effect(taken, expected):
    assert ALL[7].probes == (SPEED,)
    assert said(ALL[7], 202, found={SPEED: taken}) == expected


def test_an_accepted_field_that_nothing_shows_is_observed_with_its_bound():
    judgement = OutsideVersions(SPEED, "speed", "up to 2.4").judge(evidence(202))
    assert "only up to 2.4" in judgement.reason
    assert judgement.observation == {"field": "speed", "answer": 202}
