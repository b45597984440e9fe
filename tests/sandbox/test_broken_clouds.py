"""Promises broken on purpose, one at a time: each is told of by its own requirement, and by no unrelated one.

The sample is fixed: of each kind of requirement, each main way of breaking it. ``conformance prove`` tries the rest.
"""

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from conformance.engine.provision.context import Notes, Patience
from conformance.engine.run.run import Run
from conformance.prove.catalogue import catalogue
from conformance.prove.prover import Prover
from conformance.sandbox.process import Sandbox
from specs.load import load_directory

SPECS = Path(__file__).parents[2] / "specs" / "compute"

SAMPLE = (
    # the code, body and headers of an accepted request
    "servers-actions.lock/normal/202#other-success",
    "flavors.list-flavors-with-details/normal/200#refused-400@None-2.55",
    "servers.list-servers-detailed/normal/200#refused-409@ACTIVE-2.100",
    "servers-actions.resize/normal/202#value-refused@OS-DCF:diskConfig-value-AUTO",
    "servers-actions.rebuild/normal/202#given-refused@accessIPv4-given",
    "servers-actions.pause/body/empty#content",
    "os-hosts.list-hosts/body/hosts#empty",
    "os-instance-usage-audit-log.list-usage-audits-before-specified-time/body/instance_usage_audit_log#html",
    "servers-actions.createImage/body/image_id#field-dropped",
    "os-quota-sets.list-default-quotas-for-tenant/body/quota_set#field-renamed",
    "limits.show-rate-and-absolute-limits/body/totalRAMUsed#field-null",
    "flavors.list-flavors/body/name#field-retyped",
    "os-hypervisors.search-hypervisor-deprecated/body/state#field-value",
    "servers.show-server-details/body/id#other-id",
    "servers.show-server-details/body/id#other-server",
    "flavors.show-flavor-details/header/X-Compute-Request-Id#header-dropped",
    "os-aggregates.list-aggregates/header/X-Openstack-Request-Id#header-form",
    "flavors.create-flavor/equality/name#another-value",
    "flavors.create-flavor/equality/name/show#another-value",
    "os-aggregates.create-aggregate/equality/name/list#another-value",
    "servers-actions.revertResize/equality/flavor#another-value",
    # refusals
    "servers-admin-action.os-resetState/constraint/os-resetState.state-type#accepted",
    "servers-actions.reboot/constraint/type-type#500",
    "servers-admin-action.os-resetState/constraint/os-resetState-type#unlisted",
    "os-hypervisors.list-hypervisors/error/400#accepted@limit-type",
    "servers-actions.rebuild/error/400#accepted@accessIPv4-type",
    "servers-actions.rescue/error/400#error-empty",
    "servers-actions.rebuild/error/400#effect-status@description-type",
    "servers-actions.unpause/error/401#not-checked@no-token",
    "os-volumes.list-volumes-with-details/error/401#not-checked@bad-token",
    "images.list-images/error/401#other-code@no-token",
    "servers-actions.suspend/error/401#accepted@no-token",
    "os-hypervisors.list-hypervisors/error/403#not-checked@member",
    "os-hosts.show-host-details/error/403#error-html",
    "servers-admin-action.injectNetworkInfo/error/403#500@member",
    "servers-admin-action.migrate/error/403#effect-name",
    "servers-actions.pause/error/403#done-and-refused@reader",
    "server-security-groups.list-security-groups-by-server/error/404#accepted@unknown-id",
    "metadata.list-all-metadata/error/404#not-checked@other-project",
    "os-interface.list-port-interfaces/error/404#error-no-message",
    "servers-actions.lock/error/404#effect-lock",
    "servers-action-shelve.unshelve/error/404#500@unknown-id",
    "servers-actions.createImage/error/409#accepted@SHELVED_OFFLOADED",
    "servers-actions.reboot/error/409#lock-open@locked",
    "servers-action-shelve.shelve/error/409#done-and-refused@locked",
    "servers-actions.revertResize/error/409#effect-name",
    "servers-actions.resize/error/409#error-other-code",
    "servers-actions.resize/refusal/unchanged-flavorref#other-code",
    "servers.create-server/refusal/missing-host#accepted",
    # conditions before and after
    "servers-actions.confirmResize/precondition/status#not-enforced@ACTIVE",
    "servers-actions.os-start/precondition/status#500@ERROR",
    "servers-actions.reboot/precondition/locked#lock-open@member",
    "servers-action-shelve.unshelve/precondition/locked#over-enforced-400@admin",
    "servers-actions.rebuild/precondition/status#over-enforced-409@SHUTOFF",
    "servers-actions.os-stop/postcondition/server-SHUTOFF#never@ACTIVE",
    "servers-actions.unrescue/postcondition/server-ACTIVE#other-status@RESCUE",
    "servers-actions.os-start/postcondition/server-ACTIVE#error-status@SHUTOFF",
    "servers-actions.lock/postcondition/vocabulary#strange-for-a-moment@ACTIVE",
    "servers-actions.unlock/postcondition/locked#never",
    "os-keypairs.import-or-create-keypair/postcondition/listed#left-out",
    "os-keypairs.delete-keypair/postcondition/gone#never",
    # where the reference is silent, and what the guide says of every operation
    "os-server-tags.list-tags/situation/status#500@PAUSED",
    "limits.show-rate-and-absolute-limits/situation/query#500@unknown",
    "flavors.show-flavor-details/body/undocumented#key-added",
    "os-keypairs.list-keypairs/everywhere/OpenStack-API-Version#header-form",
    "os-keypairs.list-keypairs/everywhere/application/json#media-type",
    "os-keypairs.list-keypairs/everywhere/unknown_version#accepted",
    "os-aggregates.create-aggregate/everywhere/not_json#500",
    # microversions, and what was removed
    "servers-actions.addFloatingIp/microversion/operation/max-2.43#ignored",
    "os-hypervisors.show-hypervisor-uptime-deprecated/microversion/operation/max-2.87#too-early",
    "servers.list-servers-detailed/microversion/flavor.ephemeral/min-2.47#too-late",
    "os-hypervisors.list-hypervisors-details/microversion/memory_mb/max-2.87#ignored",
    "os-cells.list-cells-with-details/removed/20.0.0#404",
    "os-cells.capacities/removed/20.0.0#accepted-200",
    # lists
    "flavors.list-flavors/list/minDisk#ignored",
    "os-hypervisors.list-hypervisors-details/list/limit#one-more",
    "os-security-groups.list-security-groups/list/offset#empty",
)

KNOWN = {
    "servers-actions.addFloatingIp/precondition/status",  # accepted in every status
    "servers-actions.rebuild/error/400",  # user_data that is no base64 is accepted
}
"""Requirements that the unbroken Nova does not keep."""


@pytest.fixture(scope="module")
def prover(sandbox, tmp_path_factory):
    """On a sandbox of its own, which takes the servers of all breakages with it. (``sandbox`` skips.)"""
    specs = load_directory(SPECS).specs
    with (
        Sandbox(log=tmp_path_factory.mktemp("sandbox") / "nova.log") as running,
        Prover(running, specs, specs) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def breakages(prover):
    found = {breakage.id: breakage for breakage in catalogue(prover.ground)}
    # At once: the cases share servers then.
    prover.learn(case for name in SAMPLE if name in found for case in prover.needs(found[name]))
    return found


@pytest.fixture(scope="module")
def told():
    """Kind of the broken requirement -> of each of its breakages, the kinds of the requirements that told."""
    return {}


def test_a_proxy_that_breaks_nothing_adds_no_deviation(prover):
    cheap = [
        case.id
        for case in prover.ground.suite.cases
        if case.operation.id.startswith("servers-actions.")
        and case.trial.situation.state in (None, "ACTIVE")
        and not case.trial.outcome.leads_to
    ]
    assert len(cheap) > 200
    prover.learn(cheap)
    failed = {result.requirement for result in prover.unbroken.values() if result.verdict == "fail"}
    assert failed <= KNOWN
    assert not [r.case for r in prover.unbroken.values() if r.verdict == "error"]
    passed = sum(result.verdict == "pass" for result in prover.unbroken.values())
    assert passed > 0.9 * len(cheap)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_broken_promise_is_told_of_by_its_own_requirement(name, prover, breakages, told):
    breakage = breakages[name]
    outcome = prover.try_(breakage)
    assert outcome.fate == "caught", outcome
    assert outcome.by[0] == breakage.requirement
    assert outcome.alarms == ()
    kinds = {requirement.id: requirement.kind for requirement in prover.ground.suite.requirements}
    told.setdefault(breakage.kind, []).append({kinds[requirement] for requirement in outcome.by})


def test_every_kind_has_a_breakage_that_it_alone_catches(prover, told):
    if len([kinds for found in told.values() for kinds in found]) < len(SAMPLE):
        pytest.skip("not the whole sample was tried, or it was not caught")
    alone = {kind for kind, found in told.items() if {kind} in found}
    assert {requirement.kind for requirement in prover.ground.suite.requirements} <= alone


def test_servers_are_lent_again_only_while_nothing_can_have_changed_them(prover, breakages):
    stock, upstream = prover.stock, prover._proxy.upstream
    lending = stock.lending(upstream, "PAUSED", prover.session.journal.rand_name)
    first = lending.make("server", microversion="2.96")
    assert first.body["status"] == "PAUSED"
    lending.delete(first, wait=False)
    again = lending.make("server")
    assert again.id == first.id
    upstream.changed.add(first.id)
    lending.delete(again, wait=False)
    assert lending.make("server").id != first.id


def test_a_transition_on_the_way_to_a_status_breaks_its_own_promise(prover, breakages):
    """Only what needs the status is selected; the promise about the way to it fails all the same."""
    wrong = breakages["servers-actions.rescue/postcondition/server-RESCUE#other-status@ACTIVE"]
    needs_it = "servers-actions.unrescue/precondition/status[RESCUE]"
    results = []
    patience = Patience(status=8.0, settle=0.3)
    context = replace(prover.session.context, stopping=Event(), notes=Notes(), patience=patience)
    run = Run(prover.session.suite, context, results.append)
    prover._proxy.break_(wrong)
    try:
        run.start([needs_it])
        judged = run.wait(needs_it)
        run.stop()
    finally:
        prover._proxy.break_(None)
    (broken,) = [result for result in results if result.case != needs_it]
    assert (broken.verdict, broken.requirement) == ("fail", wrong.requirement)
    assert judged.verdict == "inconclusive"
    assert wrong.requirement in judged.reason
