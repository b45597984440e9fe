"""Placement's reference on the sandbox's own Placement: everything is tried, and only what is known deviates."""

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import requests

from conformance.plugin.expected import expected_of
from specs.load import load
from specs.record import RunRecord

SPECS = Path(__file__).parents[2] / "specs" / "placement"
OPERATIONS = [operation for path in sorted(SPECS.glob("*.yaml")) for operation in load(path).operations]


@pytest.fixture(scope="module")
def record(tmp_path_factory, sandbox):
    path = tmp_path_factory.mktemp("placement")
    command = [sys.executable, "-m", "conformance", "run", "--spec", str(SPECS), f"--url={sandbox.placement_url}"]
    command += ["--default-policy", "--allow-disruptive"]
    for option, role in {"": "member", "admin-": "admin", "reader-": "reader", "alt-": "member2"}.items():
        command.append(f"--{option}token={sandbox.tokens[role]}")
    done = subprocess.run(command, cwd=path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return RunRecord.read(path / "runs" / "latest")


def test_every_operation_passes_a_documented_normal_code(record):
    passed = {r.operation for r in record.results if r.kind == "normal" and r.verdict == "pass"}
    assert passed == {operation.id for operation in OPERATIONS}


UNDECIDED = {
    # Null says that the consumer is new; where it is not, the answer is 409, which is no word about null.
    "allocations.manage-allocations/normal/204[consumer_generation-null]",
    "reshaper.reshaper/normal/204[allocations.-consumer_uuid-.consumer_generation-null]",
    # The step before the request, which makes an inventory, needs the name in the path that is of another form.
    "inventory.show-resource-provider-inventory/situation/path[uuid-format]",
}


def test_documented_refusals_are_decided(record):
    listed = {f"{o.id}/error/{code.code}" for o in OPERATIONS for code in o.responses.error}
    decided = {r.requirement for r in record.results if r.verdict in ("pass", "fail")}
    assert listed - decided == {
        "allocations.update-allocations/error/404",  # no line of Placement's answers it
        "resource_provider_traits.delete-resource-provider-traits/error/409",  # only for who comes in between
    }


def test_nothing_is_left_undecided_or_behind(record, sandbox):
    assert {r.case for r in record.results if r.verdict in ("inconclusive", "error")} <= UNDECIDED
    assert not [note for note in record.info.notes if note["kind"] == "left-behind"]
    headers = {"X-Auth-Token": sandbox.tokens["admin"]}
    shown = requests.get(f"{sandbox.placement_url}/resource_providers", headers=headers, timeout=60).json()
    prefix = json.loads((record.path / "journal.jsonl").read_text().splitlines()[0])["prefix"]
    assert not [one["name"] for one in shown["resource_providers"] if one["name"].startswith(prefix)]


def test_only_what_is_known_deviates(record):
    known = expected_of("openstack-placement", metadata.version("openstack-placement"))
    if known is None:
        pytest.skip("nobody has examined this release")
    always = {one.deviation for one in known.by_id.values() if not one.depends}
    assert {r.deviation.id for r in record.results if r.deviation is not None} == always


def test_the_version_is_asked_for_in_the_header_of_the_service(record):
    asked = record.results[0].exchanges[0].request.headers
    assert asked["OpenStack-API-Version"].startswith("placement 1.")
    assert "X-OpenStack-Nova-API-Version" not in asked
