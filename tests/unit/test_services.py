"""The figures of a service: what counts as offered, as accepted, and as decided."""

from __future__ import annotations

from typing import Any

import pytest
from record_builder import result

from specs.record import RunRecord
from specs.record.model import RunInfo, ServicePart
from tests.services import __main__ as told
from tests.services.figures import Figures, figures


def record(*results: Any, notes: tuple[dict[str, Any], ...] = (), service: str = "storage") -> RunRecord:
    totals = {"requests": 7, "seconds": 1.5}
    return RunRecord(RunInfo("2026-01-01", spec={"service": service}, notes=notes, totals=totals), results)


def of(*results: Any, **more: Any) -> Figures:
    (one,) = figures([record(*results, **more)])
    return one


def untested(requirement: str, reason: str, detail: str = "") -> dict[str, str]:
    return {"kind": "untested", "requirement": requirement, "reason": reason, "detail": detail}


def test_an_operation_of_a_part_that_the_cloud_lacks_is_not_offered() -> None:
    lacking = "this cloud does not have the optional part vpn"
    found = of(
        result("vpn.list/normal/200", "inapplicable", kind="normal", reason=lacking),
        result("agent.show/normal/200", "inapplicable", kind="normal", reason="the cloud shows no agent"),
        result("net.list/normal/200", kind="normal"),
        notes=(
            untested("net.merge", "not-derivable", "it needs two"),
            untested("net.new", "beyond-cloud", "from 4.0"),
            untested("vpn.join", "not-derivable", "its URL is broken"),
        ),
    )
    assert found.offered == {"agent.show", "net.list", "net.merge"}
    assert found.accepted == {"net.list"}
    assert found.not_accepted == {"agent.show": "inapplicable: the cloud shows no agent", "net.merge": "it needs two"}


def test_the_documented_request_tells_that_a_part_is_lacking() -> None:
    """A cloud without the part refuses an unknown id and a missing token all the same."""
    lacking = "this cloud lacks an optional part: it has no cluster"
    found = of(
        result("cluster.enable/normal/200", "inapplicable", kind="normal", reason=lacking),
        result("cluster.enable/error/404", kind="error/404"),
        result("cluster.list/normal/200", kind="normal"),
        result("cluster.list/normal/201", "inapplicable", kind="normal", reason=lacking),
        notes=(untested("cluster.merge", "not-derivable", "it needs two"),),
    )
    assert found.lacking == {"cluster.enable": lacking}
    assert found.offered == {"cluster.list", "cluster.merge"}
    assert found.pairs(404).all == 0
    assert f"  not offered: cluster.enable: {lacking}" in told.lines(found)


def test_a_pass_of_another_kind_is_no_normal_code() -> None:
    found = of(result("net.show/body/id", kind="body"), result("net.show/normal/200", "fail", kind="normal"))
    assert found.not_accepted == {"net.show": "fail: so it came"}


def test_a_deviation_without_a_normal_code_is_told_with_its_place_in_the_source() -> None:
    failed = result("net.show/normal/200", "fail", kind="normal")
    assert failed.deviation is not None
    note = {"kind": "expected", "deviation": failed.deviation.id, "source": ["net/policy.py:7"], "why": "It fails."}
    assert of(failed, notes=(note,)).not_accepted == {"net.show": "fail: so it came (net/policy.py:7)"}


def test_the_place_in_the_source_is_known_without_a_comparison_in_the_run() -> None:
    """A run on a cloud of an unknown release is compared with nothing."""
    name = "v3-ext--simple-cert.show-ca-certificate/normal/200"
    failed = result(name, "fail", kind="normal", observed="410")
    info = RunInfo("2026-01-01", spec={"service": "identity", "package": "keystone", "version": "30.0.0"})
    (one,) = figures([RunRecord(info, (failed,))])
    assert "(keystone/api/os_simple_cert.py:" in one.not_accepted["v3-ext--simple-cert.show-ca-certificate"]


def test_an_operation_without_a_code_of_success_in_the_reference_cannot_pass_one() -> None:
    silent, other = "v3--os-pki.list-revoked-tokens", "v3--users.list-users"
    results = [result(f"{other}/normal/200", kind="normal"), result(f"{silent}/body/x", kind="body")]
    found = of(*results, service="identity")
    assert (found.offered, found.promised) == ({silent, other}, {other})
    assert found.not_accepted == {silent: "the reference gives no code of success"}
    assert "  1 of them have no normal code in the reference; of the others: 1 of 1 (100.0 %)" in told.lines(found)


def test_a_pair_is_decided_by_a_pass_or_a_fail_of_any_of_its_cases() -> None:
    kind = "error/404"
    found = of(
        result("a.show/error/404", kind=kind, detail="unknown-id"),
        result("a.show/error/404", "inconclusive", kind=kind, detail="other-project"),
        result("b.show/error/404", "fail", kind=kind),
        result("c.show/error/404", "inapplicable", kind=kind),
        result("d.show/error/404", "inapplicable", kind=kind, reason="the reference is silent (observation)"),
        result("a.list/normal/200", kind="normal"),
        notes=(untested("a.list/error/404", "not-derivable"), untested("z.list/error/404", "beyond-cloud")),
    ).pairs(404)
    assert (found.decided, found.stated, found.all) == (2, 3, 5)
    assert found.open == {
        "a.list/error/404": "no case: not-derivable",
        "c.show/error/404": "inapplicable: so it came",
        "d.show/error/404": "inapplicable: the reference is silent (observation)",
    }


def test_several_runs_of_a_service_count_as_one_and_the_later_result_stands() -> None:
    name = "net.show/normal/200"
    (one,) = figures([record(result(name, "fail", kind="normal")), record(result(name, kind="normal"))])
    assert (one.verdicts["pass"], one.verdicts["fail"], one.requests, one.seconds) == (1, 0, 14, 3.0)


def test_a_run_of_several_services_is_told_service_by_service() -> None:
    parts = tuple(ServicePart(name, spec={"service": name}, totals={"requests": 1}) for name in ("network", "image"))
    info = RunInfo("2026-01-01", services=parts)
    results = [result("x.list/normal/200", kind="normal", service=part.service) for part in parts]
    found = figures([RunRecord(info, results)])
    assert [(one.service, one.requests, len(one.results)) for one in found] == [("network", 1, 1), ("image", 1, 1)]


def test_the_lines_name_every_operation_without_a_normal_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read = record(result("a.show/error/404", "inconclusive", kind="error/404", status=409))
    monkeypatch.setattr(RunRecord, "read", lambda _: read)
    assert told.main(["run", "--open"]) == 0
    said = capsys.readouterr().out
    assert "operations offered: 1; pass a normal code: 0 of 1 (0.0 %)" in said
    assert "404 decided: 0 of 1 (0.0 %); of those with a stated cause: 0 of 1 (0.0 %)\n" in said
    assert "  no normal code: a.show: no case asks for a normal code" in said
    assert "  404 open: a.show/error/404: inconclusive: so it came" in said


def test_a_code_that_the_release_never_gives_is_told_by_its_source() -> None:
    name = "v3--policies.create-policy/error/404"
    info = RunInfo(
        "2026-01-01",
        spec={"service": "identity", "package": "keystone", "version": "30.0.0"},
        notes=(untested(name, "no-constraint"), untested("v3--policies.create-policy/error/409", "no-constraint")),
    )
    results = (
        result("v3--policies.create-policy/normal/201", kind="normal"),
        result("v3--policies.show-policy-details/error/404", kind="error/404"),
    )
    (one,) = figures([RunRecord(info, results)])
    found = one.pairs(404)
    assert (found.decided, found.all, found.never) == (1, 2, 1)
    assert found.open[name].startswith("keystone 30.0.0 never answers so: neither request names")
    assert "(keystone/api/policy.py:56-76)" in found.open[name]
    assert one.pairs(409).never == 0
    assert any("of those that the release may give: 1 of 1" in line for line in told.lines(one))
