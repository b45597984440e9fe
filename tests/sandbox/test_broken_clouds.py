"""Ten promises broken on purpose, one at a time: each is told of by its own requirement, and by no unrelated one."""

from pathlib import Path

import pytest

from conformance.prove.catalogue import catalogue
from conformance.prove.prover import Prover
from specs.load import load_directory

SPECS = Path(__file__).parents[2] / "specs" / "compute"
ACTIONS = "servers-actions."

TEN = {
    "a wrong code": "lock/normal/202#other-success",
    "a body where none is promised": "pause/body/empty#content",
    "a missing field": "createImage/body/image_id#field-dropped",
    "a state that is never reached": "os-stop/postcondition/server-SHUTOFF#never@ACTIVE",
    "another state reached": "unrescue/postcondition/server-ACTIVE#other-status@RESCUE",
    "a lock that does not hold": "reboot/precondition/locked#lock-open@member",
    "a precondition not enforced": "confirmResize/precondition/status#not-enforced@ACTIVE",
    "a precondition over-enforced": "rebuild/precondition/status#over-enforced-409@SHUTOFF",
    "a microversion bound ignored": "addFloatingIp/microversion/operation/max-2.43#ignored",
    "a token not checked": "unpause/error/401#not-checked@no-token",
}

KNOWN = {
    "servers-actions.addFloatingIp/precondition/status",  # accepted in every status
    "servers-actions.rebuild/error/400",  # user_data that is no base64 is accepted
}
"""Requirements that the unbroken Nova does not keep."""


@pytest.fixture(scope="module")
def prover(sandbox):
    specs = load_directory(SPECS).specs
    selected = [spec for spec in specs if spec.reference.path.endswith("/servers-actions.inc")]
    with Prover(sandbox, specs, selected) as opened:
        yield opened


@pytest.fixture(scope="module")
def breakages(prover):
    return {breakage.id: breakage for breakage in catalogue(prover.ground)}


def test_a_proxy_that_breaks_nothing_adds_no_deviation(prover):
    cheap = [
        case.id
        for case in prover.ground.suite.cases
        if case.trial.situation.state in (None, "ACTIVE") and not case.trial.leads_to
    ]
    assert len(cheap) > 200
    prover.learn(cheap)
    failed = {result.requirement for result in prover.unbroken.values() if result.verdict == "fail"}
    assert failed <= KNOWN
    assert not [r.case for r in prover.unbroken.values() if r.verdict == "error"]
    passed = sum(result.verdict == "pass" for result in prover.unbroken.values())
    assert passed > 0.9 * len(cheap)


@pytest.mark.parametrize("what", TEN)
def test_a_broken_promise_is_told_of_by_its_own_requirement(what, prover, breakages):
    breakage = breakages[ACTIONS + TEN[what]]
    outcome = prover.try_(breakage)
    assert outcome.fate == "caught", outcome
    assert outcome.by[0] == breakage.requirement
    assert outcome.alarms == ()
    # What else tells of it has judged the very exchange that is broken.
    exchange = {case.trial.key for case in prover.ground.suite.cases if case.id in breakage.cases}
    beside = {case.requirement.id for case in prover.ground.suite.cases if case.trial.key in exchange}
    assert set(outcome.by) <= beside
