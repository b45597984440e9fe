"""Two services of the sandbox in one run of two processes: one record, nothing left, and each judged as alone."""

import json
import subprocess
import sys

import pytest

from specs.record import RunRecord

CHOSEN = "servers-actions.lock/ or root.list or traits"


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    path = tmp_path_factory.mktemp("several")
    command = [
        sys.executable,
        "-m",
        "conformance",
        "run",
        "--sandbox",
        "--service",
        "compute",
        "--service",
        "placement",
    ]
    done = subprocess.run(
        [*command, "-n", "2", "-k", CHOSEN], cwd=path, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return RunRecord.read(path / "runs" / "latest")


def test_both_are_tried_at_their_own_addresses(record):
    compute, placement = record.info.services
    assert compute.endpoint["url"] != placement.endpoint["url"]
    assert (compute.endpoint["min"], placement.endpoint["min"]) == ("2.1", "1.0")
    for part in (compute, placement):
        mine = [result for result in record.results if result.service == part.service]
        assert len(mine) == part.totals["cases"] > 20
        assert {exchange.request.url.startswith(part.endpoint["url"]) for r in mine for exchange in r.exchanges} == {
            True
        }
        assert not [result.case for result in mine if result.verdict not in ("pass", "inapplicable")]
    assert list(compute.totals["made"]) == ["server"]


def test_the_processes_name_all_things_alike_and_leave_none(record):
    journals = sorted(record.path.glob("journal-*.jsonl"))
    assert {"journal-compute.jsonl", "journal-placement.jsonl"} <= {path.name for path in journals}
    lines = [json.loads(line) for path in journals for line in path.read_text().splitlines()]
    assert len({line["prefix"] for line in lines if line["do"] == "run"}) == 1
    assert {line["service"] for line in lines if line["do"] == "intend"} == {"compute", "placement"}
    assert not [note for note in record.info.notes if note["kind"] == "left-behind"]
