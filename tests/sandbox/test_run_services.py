"""Four services of one cloud in one run: what they promise is decided, all as expected, and nothing is left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.sandbox.cloud.running import RunningCloud, sandbox_cloud
from specs.record import RunRecord
from tests.benchmarks.leftovers import USERS
from tests.services.figures import figures
from tests.support.everything import everything
from tests.support.inhabited import differences

pytestmark = pytest.mark.filterwarnings("ignore")

CHOSEN = "regions-v3 or metadefs-namespaces.create or images-tags or address-scopes or tags.add or qos-specs.create"
SERVICES = ("identity", "image", "network", "block-storage")


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with sandbox_cloud(tell=lambda text: print(text, file=sys.stderr)) as running:
        yield running


@pytest.fixture(scope="module")
def tried(cloud: RunningCloud, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, RunRecord, tuple[str, ...]]:
    """What the run said, its record, and the differences that it has left in the cloud."""
    path: Path = tmp_path_factory.mktemp("services")
    before = everything(cloud.clouds)
    assert len(before) > 100, "a dump that shows little would show no difference"
    services = [f"--service={name}" for name in SERVICES]
    command = [sys.executable, "-m", "conformance", "run", *USERS, *services, "-k", CHOSEN, f"--output={path}/run"]
    variables = {**os.environ, "OS_CLIENT_CONFIG_FILE": str(cloud.clouds)}
    done = subprocess.run(command, env=variables, cwd=path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout, RunRecord.read(path / "run"), differences(before, everything(cloud.clouds))


def test_each_deviation_is_an_expected_one(tried: tuple[str, RunRecord, Any]) -> None:
    said, record, _ = tried
    assert ", 0 unexpected, " in said, said
    assert not [one.case for one in record.results if one.verdict == "error"]


def test_of_each_service_requests_are_accepted_and_refusals_decided(tried: tuple[Any, RunRecord, Any]) -> None:
    found = figures([tried[1]])
    assert tuple(one.service for one in found) == SERVICES
    for one in found:
        assert one.accepted, one.service
        assert one.verdicts["pass"] > 20, one.service
        assert one.pairs(404).decided or one.pairs(400).decided, one.service
        assert one.verdicts["inconclusive"] <= 0.05 * len(one.results), one.service


def test_nothing_is_left_and_nothing_of_others_has_changed(tried: tuple[Any, Any, tuple[str, ...]]) -> None:
    assert tried[2] == ()
