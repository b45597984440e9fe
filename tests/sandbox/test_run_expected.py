"""What is known of the release that is installed here: a run tells it from news, and its places exist."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from conformance.plugin.expected import expected_of
from specs.record import RunRecord


def test_a_run_on_the_sandbox_tells_what_is_known(tmp_path):
    command = [sys.executable, "-m", "conformance", "run", "--sandbox", "-k", "servers-actions.lock/"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 expected deviations seen, 0 unexpected, 0 vanished\n" in done.stdout
    record = RunRecord.read(tmp_path / "runs" / "latest")
    seen = {deviation.id for result in record.results if (deviation := result.deviation)}
    assert {note["deviation"] for note in record.info.notes if note["kind"] == "expected"} == seen
    page = (tmp_path / "runs" / "latest" / "report.html").read_text()
    assert "nova/api/openstack/compute/schemas/lock_server.py:22-37" in page


def test_every_place_in_the_source_is_there():
    known = expected_of("nova", metadata.version("nova"))
    if known is None:
        pytest.skip("nobody has examined this release")
    spec = importlib.util.find_spec("nova")
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parents[1]
    for item in known.by_id.values():
        for place in item.source:
            file, _, lines = place.partition(":")
            first, _, last = lines.partition("-")
            there = (root / file).read_text("utf-8").splitlines()
            assert int(first) <= int(last or first) <= len(there), place
            assert there[int(first) - 1].strip(), place
