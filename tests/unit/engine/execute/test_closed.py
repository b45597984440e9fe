"""What a provider has closed to every role decides nothing, unless the cloud is said to keep the documented policy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from widgets import action, evidence, trial
from workshop import NOTE, opened, tried

from conformance.engine.execute.senders import CLOSED, for_want_of_leave
from conformance.engine.model.evidence import broken, holds
from specs.model import Code, Policy, Responses

REFUSED = (403, {"forbidden": {"code": 403, "message": "Policy does not allow it"}})
LISTED = Responses((Code(201, 10),), (Code(403, 11), Code(404, 11)))
OPEN = replace(NOTE, responses=LISTED)
FREE = Policy(("owner", "admin"), 12, provider_may_change=True)


def made(tmp_path: Any, operation: Any, kept: bool = False, roles: Any = ("member", "admin"), **more: Any) -> Any:
    shop, executor = opened(tmp_path, roles=roles, default_policy=kept)
    shop.does["PUT notes"] = more.pop("answers", REFUSED)
    return executor.make(tried(operation, fallback_role="admin", **more))


def test_what_is_refused_to_every_role_may_be_closed_by_the_provider(tmp_path: Any) -> None:
    seen = made(tmp_path, replace(OPEN, policy=FREE))
    assert (seen.role, seen.problem.verdict) == ("admin", "inapplicable")
    assert seen.problem.reason == f"{CLOSED} (Policy does not allow it): with --default-policy this counts"
    assert made(tmp_path / "none", OPEN).problem.verdict == "inapplicable", "the reference names no role"
    assert made(tmp_path / "admin", OPEN, role="admin").problem.verdict == "inapplicable"


def test_a_policy_is_one_where_the_reference_lists_no_403(tmp_path: Any) -> None:
    """Many references list none, and an operator had closed the creation of snapshots: a false alarm."""
    assert made(tmp_path, NOTE).problem.verdict == "inapplicable"


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        (replace(OPEN, policy=FREE), {"kept": True}),
        (replace(OPEN, policy=replace(FREE, provider_may_change=False)), {}),
        (NOTE, {"answers": (403, {"forbidden": {"code": 403, "message": "it is locked"}})}),
        (OPEN, {"role": "reader", "roles": ("member", "admin", "reader")}),
        (OPEN, {"answers": 404}),
        (OPEN, {"accepted": False}),
    ],
)
def test_any_other_refusal_is_judged(tmp_path: Any, operation: Any, more: Any) -> None:
    assert made(tmp_path, operation, **more).problem is None


def test_an_administrator_that_is_let_in_is_judged(tmp_path: Any) -> None:
    seen = made(tmp_path, OPEN, answers=lambda ask: REFUSED if ask.role == "member" else None)
    assert (seen.problem, seen.status, seen.role) == (None, 201, "admin")


def test_a_refusal_of_every_role_comes_before_the_one_that_is_expected(tmp_path: Any) -> None:
    """A closed operation answers 403 for a thing that does not exist, too."""
    _, executor = opened(tmp_path, default_policy=False)
    asked = trial(action("spin", error=(403, 404)), accepted=False)
    failed = broken(403, "refused with 403 instead of 404: no such resource exists")
    seen = evidence(403, trial=asked, role="admin")
    told = for_want_of_leave(failed, seen, executor.context)
    assert (told.verdict, told.deviation) == ("inapplicable", None)
    assert str(told.reason).startswith(CLOSED)
    assert for_want_of_leave(failed, replace(seen, role="member"), executor.context) == failed, "an admin was not asked"
    changed = broken("changed", "refused with 403, and yet it is gone")
    assert for_want_of_leave(changed, seen, executor.context) == changed
    assert for_want_of_leave(holds(403), seen, executor.context) == holds(403)
    kept = opened(tmp_path / "kept", default_policy=True)[1].context
    assert for_want_of_leave(failed, seen, kept) == failed
