"""Every check has a breaker: whatever the suite of the committed specs promises to notice, some broken cloud does."""

import pytest
import shipped
from made_up import broken, case, operation

from conformance.engine.judge.codes import Accepted
from conformance.prove.catalogue import LISTED, unbreakable

pytestmark = [pytest.mark.xdist_group("shipped"), pytest.mark.slow]  # all breakages are read, in one process

KINDS = (
    "normal",
    "body",
    "header",
    "constraint",
    "error/400",
    "error/401",
    "error/403",
    "error/404",
    "error/409",
    "precondition",
    "postcondition",
    "refusal",
    "situation",
    "equality",
    "microversion",
    "removed",
)
"""All kinds of requirement (DESIGN, 4) but ``list``, which is looked at below."""

MUTATIONS = {
    "normal": {"other-success", "refused-400", "refused-409", "refused-500", "value-refused", "limit-refused"}
    | {"other-situation"},
    "body": {"content", "html", "empty", "field-dropped", "field-renamed", "field-null", "field-retyped", "field-value"}
    | {"other-id", "other-server", "field-late", "field-lost", "field-shown", "filled"},
    "header": {"header-dropped", "header-form"},
    "constraint": {"accepted", "unlisted", "500", "effect-status"},
    "error/400": {"accepted", "unlisted", "500", "effect-status", "error-html", "error-empty", "error-no-message"},
    "error/401": {"not-checked", "accepted", "other-code", "500"},
    "error/403": {
        "not-checked",
        "other-code",
        "500",
        "done-and-refused",
        "effect-status",
        "effect-lock",
        "effect-name",
    },
    "error/404": {"not-checked", "accepted", "other-code", "500", "done-and-refused", "error-other-code"},
    "error/409": {"accepted", "lock-open", "other-code", "500", "done-and-refused", "effect-status"},
    "precondition": {"not-enforced", "lock-open", "over-enforced-409", "over-enforced-400", "over-enforced-500"},
    "postcondition": {
        "never",
        "other-status",
        "error-status",
        "strange-status",
        "strange-for-a-moment",
        "still-listed",
        "left-out",
    },
    "refusal": {"accepted", "other-code"},
    "situation": {"500"},
    "equality": {"another-value"},
    "microversion": {"too-early", "too-late", "ignored", "500"},
    "removed": {"accepted", "other-code", "404", "500"},
    "list": {"ignored", "one-more", "reversed", "empty", "refused-400", "500"},
}
"""Kind -> what is done to it, at least."""


@pytest.fixture(scope="module")
def ground():
    return shipped.ground()


@pytest.fixture(scope="module")
def everything():
    return shipped.breakages()


def test_every_kind_of_requirement_is_broken(ground, everything):
    kinds = {breakage.kind for breakage in everything}
    assert set(KINDS) <= kinds
    assert {requirement.kind for requirement in ground.suite.requirements} <= kinds


@pytest.mark.parametrize("kind", KINDS)
def test_in_every_main_way(everything, kind):
    assert MUTATIONS[kind] <= {breakage.mutation for breakage in everything if breakage.kind == kind}


def test_lists_are_broken_where_a_suite_has_them():
    one = operation("GET", "/widgets", normal=200)
    query = (("limit", "1"), ("marker", "x"), ("sort_key", "id"), ("name", "mine"))
    asked = [
        case(one, f"list/{what}", Accepted((200,)), accepted=True, query=query)
        for what in ("limit", "marker", "sort_key", "name")
    ]
    found = broken(*asked).values()
    assert {breakage.requirement for breakage in found} == {case.requirement.id for case in asked}
    assert MUTATIONS["list"] == {breakage.mutation for breakage in found}


def test_every_form_of_expectation_is_broken_in_every_kind_that_uses_it(ground, everything):
    cases = {case.id: case for case in ground.suite.cases}
    used = {(case.requirement.kind, type(case.expectation).__name__) for case in ground.suite.cases}
    met = {
        (breakage.kind, type(cases[case_id].expectation).__name__)
        for breakage in everything
        for case_id in breakage.cases
    }
    assert used <= met


def test_a_quota_is_not_enforced(everything):
    found = {breakage.id: breakage for breakage in everything}
    at_quota = "servers.create-server/precondition/quota"
    assert found[f"{at_quota}#not-enforced@no-server-left"].cases == (f"{at_quota}[no-server-left]",)
    assert "servers.create-server/error/403#500@at-quota" in found
    assert "servers.create-server/error/403#done-and-refused@at-quota" not in found, "it is shut to everybody"


def test_every_requirement_is_broken_or_a_reason_is_given(ground, everything):
    reasons = unbreakable(ground, everything)
    assert set(reasons.values()) <= {"HTTP allows no body with a 204", LISTED}


def test_one_cloud_breaks_what_only_a_new_kind_of_case_sees(everything):
    found = {breakage.id: breakage.cases for breakage in everything}
    assert found["servers.update-server/equality/description/kept#another-value"] == (
        "servers.update-server/equality/description/kept",
    )
    twice = "os-server-tags.add-a-single-tag/normal/204/tag-exists"
    assert found[f"{twice}#other-situation@ACTIVE"].count(twice) == 1
    unknown = "os-volumes.create-snapshot/situation/unknown-reference"
    assert found[f"{unknown}#500@volume_id"] == (f"{unknown}[volume_id]",)
    console = "servers-remote-consoles.create-console/situation/under-way"
    assert found[f"{console}#500@MIGRATING"] == (f"{console}[MIGRATING]",)
    typo = "os-flavor-access.addTenantAccess/refusal/missing-tenant"
    assert found[f"{typo}#accepted"] == (typo,)
    image = "servers.show-server-details/body/image/empty-if-volume-backed"
    assert found[f"{image}#filled"] == (f"{image}[volume-backed]",)
    key = "os-keypairs.import-or-create-keypair/body/private_key/shown-unless-public_key"
    assert found[f"{key}#field-lost"][0] == key
    assert f"{key}#filled" not in found
    shown = "servers.show-server-details/body/name"
    assert f"{shown}[at-2.1]" in found[f"{shown}#field-late"]
    assert shown not in found[f"{shown}#field-late"]
    assert found[f"{shown}#field-lost"] == (f"{shown}[in-SHUTOFF]",)
