"""What the refusal of a documented role leaves open is judged of an administrator's request."""

from __future__ import annotations

import pytest
from fake_run import SPIN_IDLE, SPUN, SUITE, cloud, key, started
from widgets import evidence

__all__ = ["cloud"]

TOGETHER = [case.id for case in SUITE.cases if case.trial.key == key()]
REFUSED = {"forbidden": {"code": 403, "message": "not you"}}


def verdicts(cloud, *codes):
    """Of the cases of a trial whose requests are answered so, the last answer for all further ones."""
    cloud.answers[key()] = lambda attempt: evidence(codes[min(attempt, len(codes)) - 1], found=SPUN)
    run = started(*TOGETHER)
    return {case_id: run.wait(case_id).verdict for case_id in TOGETHER}


def test_a_documented_role_that_is_kept_out_is_a_finding_and_all_else_is_judged(cloud):
    found = verdicts(cloud, 403, 202, 403)
    assert found.pop(SPIN_IDLE) == "fail"
    assert set(found.values()) == {"pass"}
    assert len(cloud.made) == 3, "the member, the administrator, and the member once more"


def test_where_an_administrator_is_kept_out_too_nothing_is_decided(cloud):
    found = verdicts(cloud, 403)
    assert found.pop(SPIN_IDLE) == "fail"
    assert set(found.values()) == {"inconclusive"}


@pytest.mark.parametrize("code", [202, 404, 409])
def test_what_is_answered_otherwise_is_asked_as_that_role_alone(cloud, code):
    verdicts(cloud, code)
    assert len(cloud.made) == (1 if code == 202 else 2)
