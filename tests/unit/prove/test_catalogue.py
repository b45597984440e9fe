"""What is broken: generated from the specs of Nova, every requirement and every way."""

import fnmatch
import random
import re

import pytest
import shipped

from conformance.engine.api.load import load_service
from conformance.engine.derive.suite import derive, highest_version
from conformance.prove.after import Field, Pretend
from conformance.prove.catalogue import catalogue, chosen, unbreakable
from conformance.prove.ground import Ground
from conformance.prove.instead import Answer, ForwardAs
from conformance.prove.where import NO_RESOURCE
from specs.microversion import Microversion

pytestmark = pytest.mark.xdist_group("shipped")  # what is derived once is derived in one process


@pytest.fixture(scope="module")
def ground():
    specs = shipped.specs_of("compute")
    selected = [spec for spec in specs if spec.reference.path.endswith("/servers-actions.inc")]
    suite = derive(specs, selected, None, True)
    return Ground(suite, highest_version(specs), load_service("compute"), ("ACTIVE", "BUILD", "SHUTOFF"))


@pytest.fixture(scope="module")
def breakages(ground):
    return {breakage.id: breakage for breakage in catalogue(ground)}


def one(breakages, rest):
    return breakages[f"servers-actions.{rest}"]


def test_there_are_thousands_and_each_has_an_id_of_its_own(ground, breakages):
    assert len(breakages) > 2000
    assert [b.id for b in catalogue(ground)] == list(breakages)


def test_every_requirement_can_be_broken_or_a_reason_is_given(ground, breakages):
    reasons = unbreakable(ground, breakages.values())
    assert set(reasons) == {"servers-actions.confirmResize/body/empty"}
    assert {b.requirement for b in breakages.values()} | set(reasons) == {r.id for r in ground.suite.requirements}


def test_a_breakage_names_cases_of_its_requirement_that_meet_it(ground, breakages):
    cases = {case.id: case for case in ground.suite.cases}
    for breakage in breakages.values():
        assert breakage.instead is not None or breakage.after is not None
        assert breakage.requirement.startswith(breakage.operation)
        assert breakage.id.startswith(breakage.requirement + "#")
        for case_id in breakage.cases:
            case = cases[case_id]
            assert case.requirement.id == breakage.requirement
            if case_id == breakage.cases[0] or breakage.where.body is None:
                assert breakage.where.covers(case.trial, ground.version(case)), (breakage.id, case_id)


@pytest.mark.slow
def test_what_no_client_can_see_is_still_in_the_catalogue():
    breakages = [breakage.id for breakage in shipped.breakages()]
    for pattern, reason in shipped.ground().service.unseen:
        assert fnmatch.filter(breakages, pattern), reason


def test_kinds_are_those_of_the_requirements(ground, breakages):
    kinds = {r.id: r.kind for r in ground.suite.requirements}
    assert all(kinds.get(b.requirement, b.kind) == b.kind for b in breakages.values())
    assert {"normal", "body", "header", "error/401", "error/409", "precondition", "postcondition", "microversion"} <= {
        b.kind for b in breakages.values()
    }


def test_a_precondition_from_both_sides(breakages):
    loose = one(breakages, "confirmResize/precondition/status#not-enforced@ACTIVE")
    assert loose.instead == Answer(204)
    assert loose.where.states == {"ACTIVE"}
    assert loose.cases[0] == "servers-actions.confirmResize/precondition/status[ACTIVE]"
    tight = one(breakages, "rebuild/precondition/status#over-enforced-409@SHUTOFF")
    assert tight.instead == Answer(409)
    assert tight.where.states == {"SHUTOFF"}


def test_a_lock_is_open_to_its_owner_only_in_the_broken_cloud(breakages):
    lock = one(breakages, "reboot/precondition/locked#lock-open@member")
    assert (lock.where.locked, lock.where.roles, lock.instead) == (True, {"member"}, ForwardAs("admin"))


def test_bounds(breakages):
    early = one(breakages, "addFloatingIp/microversion/operation/max-2.43#too-early")
    assert early.instead == ForwardAs(version=Microversion(2, 43))
    assert Microversion(2, 44) in early.where.versions
    assert Microversion(2, 45) not in early.where.versions
    assert Microversion(2, 43) not in early.where.versions
    ignored = one(breakages, "addFloatingIp/microversion/operation/max-2.43#ignored")
    assert Microversion(2, 100) in ignored.where.versions
    late = next(b for b in breakages.values() if "rebuild" in b.id and b.id.endswith("locked/min-2.9#too-late"))
    assert late.after == Field(("server", "locked"), "drop")
    assert Microversion(2, 9) in late.where.versions
    assert Microversion(2, 10) not in late.where.versions


def test_postconditions(breakages):
    never = one(breakages, "os-stop/postcondition/server-SHUTOFF#never@ACTIVE")
    assert never.after == Pretend("server", "ACTIVE")
    assert never.waits
    again = next(b for b in breakages.values() if b.operation.endswith("reboot") and b.mutation == "never")
    assert again.after.status != "ACTIVE"
    failed = one(breakages, "os-stop/postcondition/server-SHUTOFF#error-status@ACTIVE")
    assert failed.after == Pretend("server", "ERROR")


def test_constraints_are_tests_of_the_request(breakages):
    body = one(breakages, "createImage/error/400#accepted@name-missing").where.body
    assert body({"createImage": {}})
    assert not body({"createImage": {"name": "x"}})
    assert not body({"createImage": None})
    kind = one(breakages, "createImage/error/400#accepted@name-type").where.body
    assert kind({"createImage": {"name": {}}})
    assert kind({"createImage": {"name": 5}})
    assert not kind({"createImage": {"name": "x"}})
    enum = next(b for b in breakages.values() if b.id.endswith("reboot/constraint/type-enum#accepted")).where.body
    assert enum({"reboot": {"type": "WARM"}})
    assert not enum({"reboot": {"type": "HARD"}})
    length = one(breakages, "lock/constraint/locked_reason-max-length#accepted").where.body
    assert length({"lock": {"locked_reason": "x" * 256}})
    assert not length({"lock": {"locked_reason": "x" * 255}})


def test_an_unknown_id_has_no_server(breakages):
    unknown = one(breakages, "pause/error/404#accepted@unknown-id")
    assert unknown.where.states == {NO_RESOURCE}


def test_nothing_is_looked_for_in_the_body_of_a_204(breakages):
    assert not [b for b in breakages.values() if b.requirement == "servers-actions.confirmResize/body/empty"]


def test_a_sample_is_decided_by_its_seed_and_takes_of_every_pile(breakages):
    everything = list(breakages.values())
    taken = chosen(everything, 150, seed=7)
    assert len(taken) == 150
    assert [b.id for b in taken] == [b.id for b in chosen(everything, 150, seed=7)]
    assert {b.id for b in taken} != {b.id for b in chosen(everything, 150, seed=8)}
    piles = {(b.kind, b.mutation) for b in everything}
    assert {(b.kind, b.mutation) for b in taken} == piles
    shuffled = random.Random(1).sample(everything, len(everything))
    assert {b.kind for b in chosen(shuffled, kind="header")} == {"header"}
    assert {b.kind for b in chosen(everything, kind="error")} == {"error/400", "error/401", "error/403"} | {
        "error/404",
        "error/409",
    }
    assert chosen(everything, kind="nothing") == []


@pytest.mark.slow
@pytest.mark.parametrize("mutation", ["given-refused", "value-refused", "limit-refused"])
def test_every_value_that_the_reference_lets_in_is_tried_or_a_reason_says_why_not(mutation):
    """Its breakage is met by a request that should be accepted, unless the suite says why it has no case."""
    everything = shipped.ground()
    accepted = {}
    for case in everything.suite.cases:
        if case.trial.outcome.accepted is True:
            accepted.setdefault(case.operation.id, {})[case.trial.key] = (case.trial, everything.version(case))
    said = {untested.requirement.replace("[with-", "[") for untested in everything.suite.untested}
    found = [b for b in shipped.breakages() if b.mutation == mutation]
    assert len(found) > 10
    for breakage in found:
        if not any(breakage.where.covers(*trial) for trial in accepted[breakage.operation].values()):
            value = re.sub(r"-given$|(?<=-)value-|(?<=-)limit-", "", breakage.id.rpartition("@")[2])
            assert f"{breakage.requirement}[{value}]" in said
