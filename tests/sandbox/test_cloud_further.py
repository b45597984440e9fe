"""A service without a description joins the sandbox cloud, and a run holds it to its own reference alone."""

import subprocess
import sys

import pytest

from specs.record import RunRecord

RELEASE = "ironic==39.0.0"
CHOSEN = "allocation.list-allocations/ or nodes.list-nodes/"


def conformance(path, *words):
    command = [sys.executable, "-m", "conformance", *words]
    return subprocess.run(command, cwd=path, capture_output=True, text=True, check=False, timeout=900)


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    path = tmp_path_factory.mktemp("further")
    built = conformance(path, "build", RELEASE, "--output", "specs")
    assert built.returncode == 0, built.stderr
    done = conformance(path, "run", "--sandbox-cloud", "--spec", "specs", "-k", CHOSEN)
    assert done.returncode in (0, 1, 3), done.stdout + done.stderr
    return RunRecord.read(path / "runs" / "latest")


def test_it_is_tried_at_its_own_address(record):
    assert record.info.endpoint["url"].startswith("http://127.0.0.1:")
    verdicts = {result.case: result.verdict for result in record.results}
    assert verdicts["baremetal-api-v1-nodes.list-nodes/normal/200"] == "pass"


def test_no_refusal_contradicts_and_none_proves_without_an_accepted_request(record):
    accepted = {result.operation for result in record.results if result.accepted}
    assert accepted
    for result in record.results:
        refused = result.status is not None and 400 <= result.status < 500
        assert not (result.verdict == "fail" and refused), result.case
        if result.verdict == "pass" and refused and result.status != 401:
            assert result.operation in accepted, result.case
