"""Whole runs against a real Nova: by the command, under pytest-xdist and under stestr, with the same verdicts."""

import importlib.util
import json
import os
import resource
import signal
import subprocess
import sys
import time

import pytest
import requests

from specs.record import RunRecord

SELECTION = "servers-actions.lock/ or servers-actions.unlock/"
PER_PROCESS = 20
"""Requests that a further process costs once: versions, tokens, discovery."""


HOLDS = {"pass", "inapplicable"}
"""The verdicts where nothing is wrong: where the reference is silent, what the cloud accepts is an observation."""


class Runs:
    """Runs of this suite in a folder of their own, against the sandbox that all tests share."""

    def __init__(self, path, sandbox):
        self.path = path
        self.endpoint = [
            f"--url={sandbox.url}",
            f"--token={sandbox.tokens['member']}",
            f"--admin-token={sandbox.tokens['admin']}",
            f"--reader-token={sandbox.tokens['reader']}",
            f"--alt-token={sandbox.tokens['member2']}",
        ]

    def run(self, *args, endpoint=None):
        command = [
            sys.executable,
            "-m",
            "conformance",
            "run",
            *(self.endpoint if endpoint is None else endpoint),
            *args,
        ]
        return subprocess.run(command, cwd=self.path, capture_output=True, text=True, check=False, timeout=300)

    def record(self, name="runs/latest"):
        return RunRecord.read(self.path / name)


def verdicts(record):
    return {result.case: result.verdict for result in record.results}


@pytest.fixture
def runs(tmp_path, sandbox):
    return Runs(tmp_path, sandbox)


@pytest.fixture(scope="module")
def plain(tmp_path_factory, sandbox):
    """The record of a run in one process."""
    runs = Runs(tmp_path_factory.mktemp("plain"), sandbox)
    done = runs.run("-k", SELECTION)
    assert done.returncode == 0, done.stdout + done.stderr
    return runs.record()


def test_in_one_process(plain):
    counted = verdicts(plain)
    assert list(counted.values()).count("pass") > 20
    assert set(counted.values()) <= HOLDS
    totals = plain.info.totals
    assert totals["made"]["server"] >= 1
    assert totals["requests"] >= len(counted)
    assert {result.case for result in plain.results if not result.exchanges} == set()


def test_nothing_is_left_behind(plain, nova):
    names = [server["name"] for server in nova.get("/servers", role="member")["servers"]]
    assert not [name for name in names if name.startswith("conformance-")]


def test_on_two_workers(plain, runs):
    done = runs.run("-k", SELECTION, "-n", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    record = runs.record()
    assert verdicts(record) == verdicts(plain)
    assert record.info.totals["requests"] <= 1.2 * plain.info.totals["requests"] + 2 * PER_PROCESS


ALONE = "os-services.disable-scheduling-for-a-compute-service/normal"
"""Cases that change a host for everybody."""


def test_what_changes_hosts_is_tried_beside_nothing_in_other_processes(runs):
    selection = f"{ALONE} or servers-actions.pause/ or servers-actions.suspend/ or os-keypairs."
    done = runs.run("-k", selection, "-n", "2", "--allow-disruptive")
    assert done.returncode == 0, done.stdout + done.stderr
    files = [path.read_text().splitlines() for path in (runs.path / "runs" / "latest").glob("results-*.jsonl")]
    assert len(files) == 2
    assert all(len(lines) > 5 for lines in files), "both have tried something"
    lines = sorted((json.loads(line) for lines in files for line in lines), key=lambda line: line["at"])
    alone = [number for number, line in enumerate(lines) if line["case"].startswith(ALONE)]
    assert alone == list(range(alone[0], alone[0] + len(alone)))
    assert len(alone) > 1
    assert {lines[number]["verdict"] for number in alone} == {"pass"}
    assert not (runs.path / "runs" / "latest" / "turns").exists()


def test_under_stestr(plain, runs):
    if importlib.util.find_spec("stestr") is None:
        pytest.skip("stestr is not installed")
    (runs.path / "cases").mkdir()
    (runs.path / "cases" / "__init__.py").write_text("from conformance.stestr import load_tests\n")
    (runs.path / ".stestr.conf").write_text("[DEFAULT]\ntest_path=./cases\ngroup_regex=^([^/]+)/\n")
    environment = dict(os.environ)
    for option in runs.endpoint:
        name, _, value = option.removeprefix("--").partition("=")
        environment[f"CONFORMANCE_{name.replace('-', '_').upper()}"] = value
    pattern = r"^servers-actions\.(un)?lock/"
    command = [sys.executable, "-m", "stestr.cli", "run", "--concurrency", "2", pattern]
    done = subprocess.run(
        command, cwd=runs.path, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (runs.path / "runs" / "latest" / "report.html").exists()
    record = runs.record()
    assert verdicts(record) == verdicts(plain)
    # stestr hands out one case after another, so that no lane can take over the unused things of the one before.
    assert record.info.totals["requests"] <= 2 * plain.info.totals["requests"] + 2 * PER_PROCESS


def test_with_a_sandbox_of_its_own(runs):
    done = runs.run("-k", "servers-actions.lock/normal", endpoint=[])
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("sandbox at http://127.0.0.1:")
    record = runs.record()
    assert record.info.endpoint["sandbox"] is True
    assert record.info.endpoint["release"].startswith("nova ")
    assert (runs.path / "runs" / "latest" / "sandbox.log").exists()
    with pytest.raises(requests.ConnectionError):
        requests.get(record.info.endpoint["url"], timeout=5)


def test_interrupted_and_then_gone_on_with(runs, nova):
    command = [sys.executable, "-m", "conformance", "run", *runs.endpoint, "-k", SELECTION]
    process = subprocess.Popen(
        command,
        cwd=runs.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell starts what it runs in the background deaf to Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 60
    while not any(path.stat().st_size for path in runs.path.glob("runs/*/results.jsonl")):
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 130, out + errors
    first = runs.record()
    assert first.info.exit_status == 130
    assert len(first.results) > 0
    test_nothing_is_left_behind(None, nova)
    done = runs.run("-k", SELECTION, "--resume", "runs/latest")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(verdicts(runs.record()).values()) <= HOLDS


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ended_while_its_sandbox_starts(runs, number):
    command = [sys.executable, "-m", "conformance", "run", "-k", SELECTION]
    process = subprocess.Popen(
        command,
        cwd=runs.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr.readline() == (
        "conformance: starting the sandbox on this machine, which takes some seconds\n"
    )
    time.sleep(1)
    process.send_signal(number)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (out, errors) == (
        "",
        "conformance: interrupted before anything was tried: nothing was made, and nothing was recorded\n",
    )
    assert not (runs.path / "runs").exists()


@pytest.mark.parametrize("size", [20_000, 60_000])
def test_a_disk_that_fills_while_a_run_goes_on(runs, nova, size):
    """A limit for the size of files stands for a disk that is full: some file of the record comes to it."""
    command = [
        sys.executable,
        "-m",
        "conformance",
        "run",
        *runs.endpoint,
        "-k",
        "servers-actions.pause/ or os-keypairs.",
    ]
    before = nova.get("/os-keypairs")["keypairs"]
    done = subprocess.run(
        command,
        cwd=runs.path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )
    assert done.returncode == 2, done.stdout + done.stderr
    said = [line for line in (done.stdout + done.stderr).splitlines() if "cannot be written: File too large" in line]
    assert any(".jsonl" in line for line in said), done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "INTERNALERROR" not in done.stdout
    test_nothing_is_left_behind(None, nova)
    assert nova.get("/os-keypairs")["keypairs"] == before
    assert len(runs.record().results) > 0
    tidied = subprocess.run(
        [*command[:3], "cleanup", "runs/latest", *runs.endpoint[1:]],
        cwd=runs.path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert tidied.returncode == 0, tidied.stdout + tidied.stderr
    assert tidied.stdout.endswith(" 0 left\n")


def test_a_killed_run_is_cleaned_up_after(runs, nova):
    command = [sys.executable, "-m", "conformance", "run", *runs.endpoint, "-k", "servers-actions.pause/"]
    process = subprocess.Popen(command, cwd=runs.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not any('"made"' in path.read_text() for path in runs.path.glob("runs/*/journal.jsonl")):
        assert time.monotonic() < until
        time.sleep(0.05)
    process.kill()
    process.wait()
    command = [sys.executable, "-m", "conformance", "cleanup", "runs/latest", runs.endpoint[1], runs.endpoint[2]]
    done = subprocess.run(command, cwd=runs.path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " removed, " in done.stdout
    test_nothing_is_left_behind(None, nova)


def test_a_refused_token_is_a_sentence(runs, sandbox):
    done = runs.run(endpoint=[f"--url={sandbox.url}", "--token=no-token-of-this-cloud"])
    assert done.returncode == 2
    assert done.stderr.startswith("conformance: ")
    assert "--token" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (runs.path / "runs").exists()


def test_a_microversion_that_the_cloud_does_not_know(runs):
    done = runs.run("--microversion", "2.0", "-k", SELECTION)
    assert done.returncode == 2
    assert "knows the microversions 2.1 to " in done.stderr


def test_no_secret_is_in_the_record(plain, sandbox):
    text = b"".join(path.read_bytes() for path in plain.path.iterdir() if path.is_file())
    for token in sandbox.tokens.values():
        assert token.encode() not in text
    assert json.loads((plain.path / "run.json").read_text())["options"]["url"] == sandbox.url
