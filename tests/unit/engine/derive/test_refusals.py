"""A spec gives cases of refusals because of the role that asks, the thing that is there, or the quota."""

from __future__ import annotations

from dataclasses import replace

import pytest
from widgets import KNOWLEDGE, PATH, REFUSAL, action, case, ids, plain, row, sample, status, suite, untested

from conformance.engine.judge.codes import Admitted, Refused, RefusedUnlessProviderChose, RefusedWhereSilent
from conformance.engine.judge.contents import ErrorBody
from conformance.engine.model.binding import Step
from conformance.engine.model.setup import Locked, Prepared
from specs.model import Code, Condition, Policy
from specs.record.model import Source

LOCKED = Condition("locked_requires_admin", "widget", 23)


def test_401_is_asked_for_by_nobody_and_of_nothing():
    found = suite(action(error=(401,)))
    assert ids(found, "error") == ["spin/error/401[no-token]", "spin/error/401[bad-token]"]
    one = case(found, "spin/error/401[no-token]")
    assert one.expectation.codes == (401,)
    assert one.requirement.kind == "error/401"
    assert one.requirement.source == Source(PATH, 11)
    assert (one.trial.request.role, one.trial.situation.target, one.trial.outcome.accepted) == (
        "no-token",
        "unknown",
        False,
    )


@pytest.mark.parametrize(
    ("policy", "default_policy", "role", "expected"),
    [
        (None, False, "reader", RefusedUnlessProviderChose),
        (Policy(("admin", "owner"), 3, True), False, "reader", RefusedUnlessProviderChose),
        (Policy(("admin", "owner"), 3, True), True, "reader", RefusedUnlessProviderChose),
        (Policy(("admin",), 3, True), False, "member", RefusedUnlessProviderChose),
        (Policy(("admin",), 3, False), False, "member", Refused),
    ],
)
def test_403_is_for_a_role_below_the_documented_one(policy, default_policy, role, expected):
    found = suite(action(error=(403,), policy=policy), default_policy=default_policy)
    assert ids(found, "error/403") == [f"spin/error/403[{role}]"]
    one = case(found, f"spin/error/403[{role}]")
    assert type(one.expectation) is expected
    assert one.trial.request.role == role
    assert one.trial.outcome.accepted is False
    if expected is RefusedUnlessProviderChose:
        assert one.expectation.default_policy is default_policy
    assert ("documented defaults" in one.expectation.why) == (policy is not None)


@pytest.mark.parametrize(
    ("policy", "default_policy", "fallback"),
    [
        (None, True, "admin"),
        (Policy(("admin", "owner"), 3, True), False, "admin"),
        (Policy(("admin", "owner"), 3, True), True, None),
        (Policy(("admin", "owner"), 3, False), False, None),
    ],
)
def test_where_the_provider_may_choose_the_roles_an_administrator_asks_too(policy, default_policy, fallback):
    found = suite(action(policy=policy), default_policy=default_policy)
    request = case(found, "spin/normal/202[IDLE]").trial.request
    assert (request.role, request.fallback_role) == ("member", fallback)


def test_where_every_role_may_nobody_is_below():
    found = suite(action(error=(403,), policy=Policy(("any",), 3)))
    assert ids(found, "error/403") == []
    assert untested(found) == {"spin/error/403": "not-derivable"}


@pytest.mark.parametrize(
    ("given", "may_hide"),
    [
        ({"policy": Policy(("reader",), 3)}, True),
        ({"method": "GET", "action": None, "path": "/widgets/{widget_id}"}, True),
        ({"method": "GET", "action": None, "path": "/widgets"}, False),
        ({"method": "DELETE", "action": None, "path": "/badges/{badge_name}"}, False),
    ],
)
def test_where_no_documented_role_is_below_a_visitor_asks_and_only_a_refusal_decides(given, may_hide):
    """The reference does not say whether a role without rights may read, or has things of its own."""
    service = replace(KNOWLEDGE, user_owned=("badges",))
    found = suite(action(error=(403,), **given), service=service, default_policy=True)
    assert ids(found, "error/403") == ["spin/error/403[visitor]"]
    one = case(found, "spin/error/403[visitor]")
    assert one.expectation == RefusedWhereSilent(403, "a role without any right", may_hide)
    assert (one.trial.request.role, one.trial.outcome.accepted, one.trial.request.fallback_role) == (
        "visitor",
        None,
        None,
    )


def test_404_is_for_an_unknown_id_and_another_projects_resource():
    found = suite(action(error=(404,)))
    assert ids(found, "error") == ["spin/error/404[unknown-id]", "spin/error/404[other-project]"]
    unknown = case(found, "spin/error/404[unknown-id]")
    assert unknown.trial.situation.state is None
    assert unknown.fault == ErrorBody()
    foreign = case(found, "spin/error/404[other-project]").trial
    assert (foreign.request.role, foreign.situation.state, foreign.situation.target) == ("alt", "IDLE", "own")


def test_404_of_an_administrators_operation_knows_no_other_project():
    found = suite(action(error=(404,), policy=Policy(("admin",), 3)))
    assert ids(found, "404") == ["spin/error/404[unknown-id]"]
    assert case(found, "spin/error/404[unknown-id]").trial.request.role == "admin"


def test_that_it_must_exist_is_a_precondition():
    found = suite(action(error=(404,), preconditions=(Condition("exists", "widget", 21),)))
    one = case(found, "spin/precondition/exists[unknown-id]")
    assert one.trial is case(found, "spin/error/404[unknown-id]").trial
    assert one.requirement.source.line == 21


def test_409_by_status_with_a_documented_precondition():
    found = suite(action(error=(409,), preconditions=(status("IDLE", "SPINNING", line=21),)))
    assert ids(found, "error/409") == [
        "spin/error/409[HALTED]",
        "spin/error/409[BROKEN]",
        "spin/error/409[locked]",
    ]
    one, refused = case(found, "spin/error/409[HALTED]"), case(found, "spin/precondition/status[HALTED]")
    assert one.expectation == Refused((409,), "the status is HALTED, not IDLE or SPINNING")
    assert refused.expectation.any_refusal
    assert one.trial is refused.trial
    assert (one.trial.outcome.accepted, one.trial.outcome.leads_to) == (False, ())
    assert refused.requirement.source.line == 21


def test_a_precondition_is_refused_even_where_409_is_not_listed():
    found = suite(action(preconditions=(status("IDLE"),)))
    assert ids(found, "error") == []
    assert [i for i in ids(found, "precondition/status") if "IDLE" not in i] == [
        "spin/precondition/status[SPINNING]",
        "spin/precondition/status[HALTED]",
        "spin/precondition/status[BROKEN]",
    ]


def test_409_by_status_without_a_documented_precondition_is_observed():
    found = suite(action(error=(409,)))
    assert ids(found, "error/409") == [
        "spin/error/409[SPINNING]",
        "spin/error/409[HALTED]",
        "spin/error/409[BROKEN]",
        "spin/error/409[locked]",
    ]
    one = case(found, "spin/error/409[HALTED]")
    assert one.expectation == RefusedWhereSilent(409, "status HALTED", state="HALTED")
    assert one.trial.outcome.accepted is None
    locked = case(found, "spin/error/409[locked]")
    assert locked.expectation == RefusedWhereSilent(409, "a locked widget")
    assert (locked.trial.outcome.accepted, locked.trial.request.role) == (None, "member")


def test_a_documented_lock_refuses_its_owner_and_not_an_administrator():
    found = suite(action(error=(409,), preconditions=(status(*KNOWLEDGE.under_test.stable_statuses), LOCKED)))
    assert ids(found, "lock") == [
        "spin/precondition/locked[member]",
        "spin/error/409[locked]",
        "spin/precondition/locked[admin]",
    ]
    member, admin = case(found, "spin/precondition/locked[member]"), case(found, "spin/precondition/locked[admin]")
    assert Locked() in member.trial.setup
    assert Locked() in admin.trial.setup
    assert (member.trial.request.role, member.trial.outcome.accepted) == ("member", False)
    assert (admin.trial.request.role, admin.trial.outcome.accepted) == ("admin", True)
    assert isinstance(admin.expectation, Admitted)
    assert member.requirement.source.line == 23


def test_a_lock_of_an_administrators_operation_lets_him_through():
    found = suite(
        action(
            error=(409,),
            policy=Policy(("admin",), 3),
            preconditions=(status(*KNOWLEDGE.under_test.stable_statuses), LOCKED),
        )
    )
    assert ids(found, "lock") == ["spin/precondition/locked[admin]"]


@pytest.mark.parametrize("name", ["lock", "unlock"])
def test_what_locks_is_not_tried_on_what_is_locked(name):
    refused = ids(suite(action(name, error=(409,))), "error/409")
    assert refused
    assert "locked" not in " ".join(refused)


@pytest.mark.parametrize(
    ("code", "reason"), [(500, "provider"), (501, "provider"), (503, "provider"), (413, "not-derivable")]
)
def test_codes_that_nothing_provokes_have_a_reason(code, reason):
    assert untested(suite(action(error=(code,)))) == {f"spin/error/{code}": reason}


def test_a_code_of_other_versions_has_a_reason():
    found = suite(action(error=(Code(404, 11, max="2.5"),)))
    assert ids(found, "404") == []
    assert untested(found) == {"spin/error/404": "beyond-cloud"}


def test_a_code_in_prose_alone_asks_for_nothing():
    found = suite(action(error=(Code(404, 11, listed=False),)))
    assert (ids(found, "404"), untested(found)) == ([], {})


def test_the_table_provokes_a_refusal_and_the_suite_says_so():
    service = replace(KNOWLEDGE, refusals=(REFUSAL,))
    found = suite(action("paint", row("colourRef", required=True), error=(409,)), service=service)
    one = case(found, "paint/error/409[no-paint]")
    assert one.trial.request.body == {"paint": {"colourRef": REFUSAL.binding}}
    assert one.expectation == RefusedWhereSilent(409, "no-paint")
    assert found.used == ("refusals: widgets.paint no-paint",)
    assert suite(action("paint", row("colourRef")), service=service).used == ()


QUOTA = Step("widgets.limit", {"widgets": 0}, seen_by="widgets.limits")
WITH_QUOTA = replace(KNOWLEDGE, quotas={"gear": QUOTA})


def of_quota(**more):
    """An operation that asks for a quota of gears."""
    wanted = {"preconditions": (Condition("quota", "gear", 21, code=more.pop("code", None)),), "error": (403,)}
    return suite(action(**wanted | more), service=more.pop("service", WITH_QUOTA))


def test_a_project_at_its_quota_is_refused():
    found = of_quota()
    one = case(found, "spin/precondition/quota[no-gear-left]")
    assert one.expectation == Refused((), "the gear quota of the project is used up", any_refusal=True)
    assert one.requirement.source == Source(PATH, 21)
    assert (one.trial.outcome.accepted, one.trial.setup, one.trial.request.role) == (
        False,
        (Prepared((QUOTA,)),),
        "member",
    )
    assert not one.trial.request.fallback_role, "an administrator may be of another project, whose quota is another"
    assert untested(found) == {}
    assert "quotas: gear" in found.used


def test_the_reference_does_not_say_that_403_is_for_the_quota():
    found = of_quota()
    one = case(found, "spin/error/403[at-quota]")
    assert one.expectation == RefusedWhereSilent(403, "a project whose gear quota is used up")
    assert one.trial is case(found, "spin/precondition/quota[no-gear-left]").trial
    assert ids(of_quota(error=(404,)), "at-quota") == []


def test_where_the_reference_says_which_code_is_for_the_quota_it_is_due():
    found = of_quota(code=413, error=(403, 413))
    assert ids(found, "at-quota") == ["spin/error/413[at-quota]"]
    why = "the gear quota of the project is used up"
    assert case(found, "spin/error/413[at-quota]").expectation == Refused((413,), why)
    assert case(found, "spin/precondition/quota[no-gear-left]").expectation == Refused((413,), why, any_refusal=True)


def test_a_quota_that_the_api_cannot_set_or_is_an_administrators_own_has_no_case():
    elsewhere = suite(action(preconditions=(Condition("quota", "tooth", 21),)), service=WITH_QUOTA)
    assert untested(elsewhere) == {"spin/precondition/quota": "quota"}
    admins = of_quota(policy=Policy(("admin",), 3))
    assert untested(admins)["spin/precondition/quota"] == "quota"
    assert ids(admins, "quota") == []


@pytest.mark.parametrize(
    ("described", "name", "tried"), [(False, "uuid", False), (True, "uuid", True), (False, "owner_ref", True)]
)
def test_without_a_description_nothing_gets_an_id_by_which_it_might_not_be_removed(described, name, tried):
    given = row(name, "string", format="uuid")
    make = plain(
        "POST", "/gears", row("size"), given, samples=(sample({"size": "1", name: "x"}),), normal=(201,), error=(400,),
        name="make",
    )  # fmt: skip
    service = replace(KNOWLEDGE, described=described)
    found = suite(make, plain("GET", "/gears/{gear_id}"), plain("DELETE", "/gears/{gear_id}"), service=service)
    case_id = f"make/error/400[{name}-format]"
    assert (case_id in ids(found)) is tried
    assert (untested(found).get(case_id) == "not-derivable") is not tried
