"""A limit that a trial sets for its whole project: it counts or says nothing, and is put back whatever comes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import plain, row, sample
from workshop import EVERY, KNOWN, MAKE, opened, tried

from conformance.engine.cloud.errors import CloudError, GuardRefusal
from conformance.engine.cloud.guard import Guard
from conformance.engine.cloud.profile import GuardRules
from conformance.engine.cloud.shared import Change, Restoration, Shared
from conformance.engine.model.binding import Step
from conformance.engine.model.setup import Prepared

ROWS = (row("limits", "object", True), row("gears", "integer"), row("ram", "integer"), row("force", "boolean"))
SET = plain("PUT", "/limits/{project}", *ROWS, samples=(sample({"limits": {"ram": 7}}),), normal=(200,))
READ = plain("GET", "/limits/{project}", normal=(200,))
STEP = Step(SET.id, {"gears": 0, "force": True}, seen_by=READ.id)
WAS = {"id": "p-1", "gears": 10, "ram": 50}
LIMITS = Shared(
    "limit",
    "/limits/{project}",
    "limits",
    Restoration("/limits/{project}", within="limits", beside={"force": True}),
    (Change("PUT", "/limits/{project}", members=True),),
)
OF_GEARS = {"gear": {"name": "g"}}
AT_QUOTA = tried(MAKE, body=OF_GEARS, accepted=False, setup=(Prepared((STEP,)),))


def limited(tmp_path, *operations, **more):
    """A shop that makes no gear beyond a limit of its project, and what that is."""
    profile = replace(KNOWN.profile, shared=(LIMITS,))
    service = replace(KNOWN, placeholder_values={"project": "p-1"}, profile=profile)
    shop, executor = opened(tmp_path, *(operations or (*EVERY, SET, READ)), service=service, **more)
    held = dict(WAS)

    def put(ask):
        if ask.role == "member":
            return 403
        given = ask.body["limits"]
        if given.get("gears", 9) < 5 and not given.get("force"):
            return 400
        held.update({k: v for k, v in given.items() if k != "force"})
        return 200, {"limits": dict(held)}

    shop.does["GET /limits/p-1"] = lambda _: (200, {"limits": dict(held)})
    shop.does["PUT /limits/p-1"] = put
    shop.does["POST /gears"] = lambda _: 403 if held["gears"] == 0 else None
    return shop, executor, held


def set_to(shop):
    """What the limit was set to by an administrator, one after the other."""
    return [ask.body["limits"] for ask in shop.asked if ask.method == "PUT" and ask.role == "admin"]


UP_AND_DOWN = [{"gears": 0, "force": True}, {"gears": 10, "force": True}]


def test_the_request_is_sent_at_the_limit_which_is_then_put_back(tmp_path):
    shop, executor, held = limited(tmp_path)
    evidence = executor.make(AT_QUOTA)
    assert (evidence.status, evidence.problem, evidence.role) == (403, None, "member")
    assert set_to(shop) == UP_AND_DOWN
    assert held == WAS
    changes = [text for text in shop.changes if "as admin" in text or "gears" in text]
    assert changes == ["PUT /limits/p-1 as admin", "POST /gears", "PUT /limits/p-1 as admin"]


def test_only_what_was_set_is_put_back(tmp_path):
    """Somebody else may have changed another limit meanwhile."""
    shop, executor, held = limited(tmp_path)
    shop.does["POST /gears"] = lambda _: held.update(ram=99) or 403
    executor.make(AT_QUOTA)
    assert held == WAS | {"ram": 99}


def test_while_it_is_set_the_journal_says_how_it_is_put_back(tmp_path):
    """For whoever cleans up after a run that was killed."""
    shop, executor, _ = limited(tmp_path)
    owed = []
    shop.does["POST /gears"] = lambda _: owed.extend(shop.journal.debts()) or 403
    executor.make(AT_QUOTA)
    assert [str(debt) for debt in owed] == ["limit at /limits/p-1 (gears 10)"]
    assert shop.journal.debts() == ()


@pytest.mark.parametrize("limit", [-1, 0, 3])
def test_no_limit_at_all_and_one_below_what_is_used_are_put_back_too(tmp_path, limit):
    _, executor, held = limited(tmp_path)
    held["gears"] = limit
    assert executor.make(AT_QUOTA).status == 403
    assert held == WAS | {"gears": limit}


def test_what_is_let_in_all_the_same_is_evidence_and_the_limit_is_put_back(tmp_path):
    shop, executor, held = limited(tmp_path)
    del shop.does["POST /gears"]
    evidence = executor.make(AT_QUOTA)
    assert (evidence.status, evidence.problem) == (200, None)
    assert held == WAS
    assert shop.things["/gears"] == {}, "what was made is removed"


def raising(error):
    def answer(_):
        raise error

    return answer


@pytest.mark.parametrize("error", [CloudError("no answer"), ValueError("a defect"), KeyboardInterrupt()])
def test_whatever_happens_to_the_request_the_limit_is_put_back(tmp_path, error):
    shop, executor, held = limited(tmp_path)
    shop.does["POST /gears"] = raising(error)
    if isinstance(error, CloudError):
        assert executor.make(AT_QUOTA).problem.verdict == "error"
    else:
        with pytest.raises(type(error)):
            executor.make(AT_QUOTA)
    assert held == WAS


def test_a_step_that_was_answered_with_an_error_may_have_been_taken(tmp_path):
    shop, executor, held = limited(tmp_path)
    put = shop.does["PUT /limits/p-1"]
    shop.does["PUT /limits/p-1"] = lambda ask: (put(ask), 500)[1] if ask.body["limits"]["gears"] == 0 else put(ask)
    problem = executor.make(AT_QUOTA).problem
    assert problem.verdict == "inconclusive"
    assert f"{SET.id}, a step before the request, was answered 500" in problem.reason
    assert held == WAS
    assert "POST /gears" not in shop.changes


@pytest.mark.parametrize("times", [1, 4])
def test_it_is_put_back_as_often_as_it_takes(tmp_path, times):
    shop, executor, held = limited(tmp_path)
    put, left = shop.does["PUT /limits/p-1"], [503] * times
    shop.does["PUT /limits/p-1"] = lambda ask: (
        left.pop() if ask.role == "admin" and ask.body["limits"]["gears"] and left else put(ask)
    )
    evidence = executor.make(AT_QUOTA)
    assert (evidence.status, evidence.problem) == (403, None)
    assert held == WAS


def test_that_it_could_not_be_put_back_is_said(tmp_path):
    shop, executor, _ = limited(tmp_path)
    put = shop.does["PUT /limits/p-1"]
    shop.does["PUT /limits/p-1"] = lambda ask: 503 if ask.body["limits"]["gears"] else put(ask)
    problem = executor.make(AT_QUOTA).problem
    assert problem.verdict == "error"
    said = "limit at /limits/p-1 (gears 10): PUT /limits/p-1 gave 503"
    assert problem.reason == f"not put back as it was before: {said}"
    assert len(shop.journal.debts()) == 1


@pytest.mark.parametrize(("code", "verdict"), [(403, "inapplicable"), (404, "inapplicable"), (400, "inconclusive")])
def test_a_limit_that_cannot_be_set_leaves_it_untried(tmp_path, code, verdict):
    shop, executor, held = limited(tmp_path)
    shop.does["PUT /limits/p-1"] = code
    problem = executor.make(AT_QUOTA).problem
    assert (problem.verdict, problem.reason) == (verdict, f"{SET.id}, a step before the request, was answered {code}")
    assert (held, shop.journal.debts()) == (WAS, ())
    assert "POST /gears" not in shop.changes


def test_a_limit_that_is_kept_elsewhere_says_nothing(tmp_path):
    """A release may take the request and ask another service for its limits all the same."""
    shop, executor, held = limited(tmp_path)
    shop.does["PUT /limits/p-1"] = lambda _: (200, {"limits": dict(held)})
    problem = executor.make(AT_QUOTA).problem
    assert problem.verdict == "inapplicable"
    assert problem.reason == f"after {SET.id}, {READ.id} shows gears 10: the quotas are kept elsewhere"
    assert "POST /gears" not in shop.changes


@pytest.mark.parametrize("answer", [403, 500, (200, {"limits": {"ram": 5}})])
def test_what_is_not_shown_is_not_set_since_it_could_not_be_put_back(tmp_path, answer):
    shop, executor, _ = limited(tmp_path)
    shop.does["GET /limits/p-1"] = answer
    problem = executor.make(AT_QUOTA).problem
    assert (problem.verdict, problem.reason) == (
        "inapplicable",
        f"{READ.id} does not show the limits that {SET.id} sets",
    )
    assert shop.changes == []


def test_without_an_administrator_nothing_is_sent(tmp_path):
    shop, executor, _ = limited(tmp_path, roles=("member",))
    problem = executor.make(AT_QUOTA).problem
    assert problem.verdict == "inapplicable"
    assert problem.reason.endswith("needs an administrator: give --os-cloud-admin or --admin-token")
    assert shop.changes == []


def test_without_leave_for_what_is_shared_it_is_not_tried(tmp_path):
    shop, executor, held = limited(tmp_path)
    shop.does["PUT /limits/p-1"] = raising(GuardRefusal("not sent: it changes limits"))
    problem = executor.make(AT_QUOTA).problem
    assert (problem.verdict, problem.reason) == ("inapplicable", "not sent: it changes limits")
    assert held == WAS
    assert "POST /gears" not in shop.changes


def test_that_there_is_no_leave_is_seen_before_anything_is_made(tmp_path):
    shop, executor, held = limited(tmp_path)
    shop.guard = Guard(None, GuardRules(own_collections=frozenset({"gears"})))
    problem = executor.make(AT_QUOTA).problem
    assert problem.verdict == "inapplicable"
    assert "it changes limits, which all users share (--allow-disruptive would let it)" in problem.reason
    assert (shop.asked, held) == ([], WAS)


@pytest.mark.parametrize("known", [SET, READ])
def test_specs_that_lack_a_limits_operations_leave_it_untried(tmp_path, known):
    _, executor, _ = limited(tmp_path, *EVERY, known)
    problem = executor.make(AT_QUOTA).problem
    assert problem.verdict == "inapplicable"
    assert "is not in the specs at hand" in problem.reason


def test_the_words_of_a_quota_count_where_the_trial_has_used_it_up(tmp_path):
    shop, executor, _ = limited(tmp_path)
    make = shop.does["POST /gears"]
    said = 403, {"forbidden": {"code": 403, "message": "Quota exceeded, too many gears."}}, {}
    shop.does["POST /gears"] = lambda ask: said if make(ask) == 403 else None
    evidence = executor.make(AT_QUOTA)
    assert (evidence.status, evidence.problem) == (403, None)
