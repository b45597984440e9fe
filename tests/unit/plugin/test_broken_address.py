"""A whole run at an address where something else than the service answers: no case passes, and the status is 3.

The service has no description. A stand-in server gives its version document and answers every other request in one way,
as a front end does that knows nothing of the service.
"""

import subprocess
import sys
from dataclasses import replace

import pytest
from boats import SPECS, TOKEN, VERSION, boats
from fake_cloud import fake_cloud

from conformance.engine.api.load import load_service
from specs.dump import dump
from specs.record import RunRecord

pytestmark = pytest.mark.slow  # each runs the command in a process of its own

EVERYTHING = {
    "404": (404, {"message": "Not Found"}),
    "401": (401, {"message": "The request you have made requires authentication."}),
    "200": (200, {}),
}


@pytest.fixture
def run(tmp_path):
    """Runs the whole reference of a service without a description at a server; gives the status, texts and record."""
    assert not load_service("boating").described
    folder = tmp_path / "boating"
    folder.mkdir()
    (folder / "widgets.yaml").write_text(dump(replace(SPECS[0], service="boating")))

    def ran(fake, *options):
        fake.routes["GET", "/"] = (300, {"versions": [VERSION]})
        fake.routes["GET", "/v1.0/"] = fake.routes["GET", "/v1.0"] = (200, {"version": VERSION})
        tokens = ("--token", TOKEN, "--admin-token", TOKEN, "--reader-token", TOKEN)
        where = ("--url", f"{fake.url}/v1.0", *tokens, "--spec", folder, "--output", tmp_path / "run")
        command = [sys.executable, "-m", "conformance", "run", *where, "--allow-disruptive", "-q", *options]
        told = subprocess.run(list(map(str, command)), cwd=tmp_path, capture_output=True, text=True, check=False)
        return told.returncode, told.stdout + told.stderr, RunRecord.read(tmp_path / "run")

    return ran


def verdicts(record):
    return {one.verdict for one in record.results}


def test_cases_pass_where_the_service_answers(run):
    """The others say nothing unless this reference and this server give passes."""
    with fake_cloud() as fake:
        boats(fake)
        status, told, record = run(fake)
    assert "pass" in verdicts(record), told
    assert status in (0, 1), told


@pytest.mark.parametrize("answer", EVERYTHING.values(), ids=EVERYTHING)
def test_nothing_passes_where_everything_is_answered_in_one_way(run, answer):
    with fake_cloud() as fake:
        fake.default = answer
        status, told, record = run(fake)
    assert record.results
    assert verdicts(record) <= {"inconclusive", "inapplicable"}, told
    assert all(one.reason for one in record.results)
    assert (status, record.info.exit_status) == (3, 3), told
    assert "note: no" in told  # the sentence that says what to look at
