"""Every way to end a run: signals, one or several, ignored ones, and the end of the terminal."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from conformance.engine.cloud.shared import Debt
from conformance.plugin.signals import left_behind, things_of

pytest_plugins = ["pytester", "plugin_project"]
pytestmark = pytest.mark.slow  # each starts an interpreter

ROOT = Path(__file__).parents[3]
LOCK = "servers-actions.lock/"
MADE = (
    {"do": "intend", "key": "1", "kind": "server_group", "name": "x", "role": "member", "at": 1},
    {"do": "made", "key": "1", "id": "a", "path": "/os-server-groups/a", "at": 2},
    {"do": "intend", "key": "2", "kind": "server_group", "name": "y", "role": "member", "at": 3},
    {"do": "intend", "key": "3", "kind": "server", "name": "z", "role": "member", "at": 4},
)


def begun(project, ignored=(), hang=0, **streams):
    """A run that hangs at a case, in a process of its own, with things in its journal."""
    stuck = {"close": "hang"} if streams.pop("stuck", False) else {}
    project.decide_parts({project.matching(LOCK)[hang]: "hang", **stuck})
    command = [sys.executable, "-m", "pytest", "-p", "fake_engine", *project.endpoint, "-k", LOCK, "specs/compute"]

    def set_up():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)

    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | streams
    process = subprocess.Popen(command, cwd=project.path, preexec_fn=set_up, **given)
    until(lambda: len(project.tried) > hang)
    return process


def until(condition):
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def journal(project):
    (project.path / "runs" / "latest" / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in MADE))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_says_what_is_removed_and_how_long_that_takes(project, number):
    process = begun(project)
    journal(project)
    process.send_signal(number)
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert errors.strip().splitlines() == [
        f"conformance: interrupted by {number.name}: the current trials may take 90 s to end, then the run removes "
        "its resources (1 server and 2 server groups), each within 30 s; a second signal leaves them to "
        f"`conformance cleanup {(project.path / 'runs' / 'latest').resolve()}`"
    ]
    assert "!!!" not in out
    assert "full-trace" not in out
    assert f"note: the run was interrupted by {number.name}" in out
    assert project.record.info.exit_status == 130
    assert (project.path / "closed.txt").exists()


def test_the_second_leaves_what_was_made_and_names_the_command(project):
    process = begun(project, stuck=True)
    journal(project)
    process.send_signal(signal.SIGINT)
    until((project.path / "closed.txt").exists)
    for _ in range(4):
        process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    directory = (project.path / "runs" / "latest").resolve()
    assert errors.strip().splitlines()[-1] == (
        "conformance: interrupted again, by SIGINT: 1 server and 2 server groups left on the cloud: "
        f"remove with `conformance cleanup {directory}`"
    )
    assert "Traceback" not in errors
    assert project.record.info.exit_status == 130


def test_where_ctrl_c_is_ignored_the_first_lines_say_what_ends_the_run(project):
    process = begun(project, ignored=[signal.SIGINT])
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    process.terminate()
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert re.search(rf"\A.*\nCtrl-C is ignored here, .*: `kill {process.pid}` ends the run", out)
    assert "interrupted by SIGTERM" in errors


def test_a_terminal_that_is_gone_ends_the_run_in_order(project):
    master, slave = os.openpty()
    process = begun(project, stdout=slave, stderr=slave, stdin=slave, text=False)
    os.close(slave)
    os.close(master)
    process.send_signal(signal.SIGHUP)
    assert process.wait(120) == 130
    assert project.record.info.exit_status == 130
    assert (project.path / "runs" / "latest" / "report.html").exists()


def test_signals_that_were_ignored_stay_so(project):
    process = begun(project, ignored=[signal.SIGHUP])
    process.send_signal(signal.SIGHUP)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    assert process.returncode == 130


def test_a_session_gives_the_signals_back(project):
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    assert project.run("-k", LOCK).ret == 0
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before


def test_under_xdist_too(project):
    project.decide_parts({project.matching(LOCK)[0]: "hang"})
    command = [sys.executable, "-m", "pytest", "-p", "fake_engine", *project.endpoint, "-k", LOCK, "-n", "2"]
    process = subprocess.Popen(
        [*command, "specs/compute"],
        cwd=project.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until(lambda: project.tried)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 130, out + errors
    assert errors.count("interrupted by SIGINT") == 1
    assert "!!!" not in out
    assert project.record.info.exit_status == 130


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_a_signal_before_the_first_trial_leaves_no_record(project, processes):
    (project.path / "conftest.py").write_text(
        "import os, signal\n\n\ndef pytest_sessionstart(session):\n"
        "    if not hasattr(session.config, 'workerinput'):\n        os.kill(os.getpid(), signal.SIGTERM)\n"
    )
    done = project.run_process("-k", LOCK, *processes)
    assert done.ret == 130
    assert [line for line in done.errlines if line][-1] == (
        "conformance: interrupted before anything was tried: nothing was made, and nothing was recorded"
    )
    assert project.tried == []
    assert not (project.path / "runs").exists()


def test_what_is_left_is_said_by_kind(tmp_path):
    assert things_of(tmp_path) == ""
    assert left_behind(tmp_path) == "nothing is left"
    owe = {"do": "owe", **asdict(Debt("9", "limit", "/x", "limits", "/x", "PUT", {}, {})), "at": 9}
    (tmp_path / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in (*MADE, owe)))
    assert things_of(tmp_path) == "1 server, 2 server groups and 1 changed setting"


@pytest.mark.parametrize(
    ("quantity", "kind", "words"),
    [
        (2, "share networks", "2 share networks"),
        (1, "shares", "1 share"),
        (2, "policies", "2 policies"),
        (2, "access", "2 accesses"),
    ],
)
def test_a_kind_may_bear_the_name_of_its_collection(tmp_path, quantity, kind, words):
    lines = ({**MADE[0], "key": str(number), "kind": kind.replace(" ", "_")} for number in range(quantity))
    (tmp_path / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert things_of(tmp_path) == words


AT_IMPORT = """
import os, sys

class Signalling:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            sys.meta_path.remove(self)
            exec("os.kill(os.getpid(), {number})")

sys.meta_path.insert(0, Signalling())
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("click", "interrupted by {} before the command began"),
        ("conformance.plugin.options", "interrupted by {} before the command began"),
        ("_pytest.config", "interrupted by {}"),
        ("conformance.plugin.called", "interrupted by {}"),
        ("conformance.plugin.owner", "interrupted by {}"),
    ],
)
def test_a_signal_in_the_first_seconds_is_one_sentence(tmp_path, number, module, said):
    """It comes while a module is imported, which takes seconds altogether."""
    (tmp_path / "sitecustomize.py").write_text(AT_IMPORT.format(module=module, number=int(number)))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    command = [sys.executable, "-m", "conformance", "run", "--url", "http://127.0.0.1:9", "--token", "x"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines() == [f"conformance: {said.format(number.name)}"]
    assert done.returncode == 130
    assert done.stdout == ""
    assert not (tmp_path / "runs").exists()
